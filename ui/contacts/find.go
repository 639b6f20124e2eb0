package contacts

import (
	"cmp"
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/contact"
	"bottega/core/fold"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

// showMsg asks the pane to go to a person.
type showMsg struct{ id int64 }

// Find offers people to the command palette. It runs off the app's goroutine
// and touches nothing of the pane that changes.
func (p *Pane) Find(ctx context.Context, words string, n int) ([]frame.Entry, error) {
	var q segment.And
	for _, w := range strings.Fields(words) {
		q = append(q, segment.Word(fold.String(w)))
	}
	if len(q) == 0 || n <= 0 || len(words) > segment.MaxRunes {
		return nil, nil
	}
	ids, err := p.d.Lists.List(ctx, segment.Query{Root: q}.String(), people.BySeen, true)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	rows, err := p.d.Lists.Rows(ctx, ids[:min(n, len(ids))])
	if err != nil {
		return nil, err
	}
	var out []frame.Entry
	for i := range rows {
		c := &rows[i].Contact
		name, detail := c.Name, contact.Pretty(c.Phone)
		if name == "" {
			name, detail = cmp.Or(detail, c.Username), ""
		}
		out = append(out, frame.Entry{Title: kit.CleanLine(name), Detail: kit.CleanLine(detail), Msg: frame.ShowTab{Pane: Name, Msg: showMsg{c.ID}}})
	}
	return out, nil
}

// goToPerson shows somebody wherever they are: without a filter everybody is
// in the list.
func (p *Pane) goToPerson(id int64) tea.Cmd {
	p.focus, p.showing = onList, false
	p.list.sel = id
	p.filter.in.SetValue("")
	p.filter.bad = nil
	p.want.expr, p.want.fresh = "", false
	return p.renew()
}
