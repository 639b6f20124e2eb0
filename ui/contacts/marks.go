package contacts

import (
	"context"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/text"
)

// whom are the people that an action is about: the marked, else the one under
// the cursor.
func (p *Pane) whom() []int64 {
	if len(p.list.marked) > 0 {
		return slices.Sorted(maps.Keys(p.list.marked))
	}
	return []int64{p.list.sel}
}

// onWhom settles whom an action is about and goes on with them. Marks outlive
// the filter under which they were set, so that people can be gathered from
// several lists; where some of them are not shown, nobody is touched unseen: it
// is asked first.
func (p *Pane) onWhom(act func(ids []int64) tea.Cmd) tea.Cmd {
	ids := p.whom()
	if p.list.hidden == 0 {
		return act(ids)
	}
	w, shown := p.env.Words, p.list.markedHere()
	only := text.ContactsOnlyShown
	if len(shown) == 0 {
		shown, only = []int64{p.list.sel}, text.ContactsOnlyCursor
	}
	all := []dialog.Option{{Value: "shown", Label: w.T(only, "Who", p.about(shown))}, {Value: "all", Label: w.N(text.ContactsAllMarked, len(ids))}}
	name := w.N(text.ContactsMarked, len(ids)) + " · " + w.N(text.ContactsNotShown, p.list.hidden)
	return dialog.Open(dialog.NewPick(p.env, name, w.T(text.ContactsPickHint), all, false, func(v string) tea.Cmd {
		if v == "all" {
			return act(ids)
		}
		return act(shown)
	}))
}

// about names them: one by name, several by number.
func (p *Pane) about(ids []int64) string {
	if len(ids) == 1 {
		if r := p.list.rows[ids[0]]; r != nil && r.ID != 0 {
			return title(&r.Contact, p.env.Words)
		}
	}
	return p.env.Words.N(text.ContactsPeople, len(ids))
}

// named is how many people a question calls by their names.
const named = 3

// askErase asks before people go for good, and says who they are: a mark that
// was forgotten must not cost a customer.
func (p *Pane) askErase() tea.Cmd {
	return p.onWhom(func(ids []int64) tea.Cmd {
		w, r := p.env.Words, p.d.Lists
		return p.act(func(ctx context.Context) (tea.Msg, error) {
			rows, err := r.Rows(ctx, ids[:min(named, len(ids))])
			if err != nil {
				return nil, err
			}
			who := ""
			for i := range rows {
				if who != "" {
					who += ", "
				}
				who += title(&rows[i].Contact, w)
			}
			q := frame.Confirm{Title: w.T(text.ContactsErase, "Who", who), Text: w.T(text.ContactsEraseText), Do: w.T(text.ContactsEraseDo), Danger: true,
				Yes: send(func() tea.Msg { return eraseMsg{ids} })}
			if len(ids) > 1 {
				if rest := len(ids) - len(rows); rest > 0 {
					who = w.N(text.ContactsAndMore, rest, "Who", who)
				}
				q.Title, q.Text = w.T(text.ContactsErase, "Who", w.N(text.ContactsPeople, len(ids))), who+"\n"+q.Text
			}
			return q, nil
		})
	})
}
