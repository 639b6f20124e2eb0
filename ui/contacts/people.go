package contacts

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/contact"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/text"
)

// askNew asks for the number of somebody new, and a name behind it.
func (p *Pane) askNew() tea.Cmd {
	w, region := p.env.Words, p.d.Region
	read := func(typed string) dialog.Reading {
		if strings.TrimSpace(typed) == "" {
			return dialog.Reading{Says: w.T(text.ContactsNewHow)}
		}
		number, name := splitNumber(typed)
		ph, bad := contact.ReadPhone(number, region)
		switch {
		case bad == contact.PhoneRegion:
			return dialog.Reading{Says: w.T(text.ContactsNewCountry)}
		case bad != "":
			return dialog.Reading{Says: w.T(text.K("cli.problem." + string(bad)))}
		}
		return dialog.Reading{Says: strings.TrimSpace(contact.Pretty(ph) + "  " + name), OK: true}
	}
	return dialog.Open(dialog.NewAsk(p.env, w.T(text.ContactsNew), w.T(text.ContactsNewHint), "", read, func(typed string) tea.Cmd {
		number, name := splitNumber(typed)
		ph, _ := contact.ReadPhone(number, region) // read has accepted it
		work := p.d.Work
		return p.act(func(ctx context.Context) (tea.Msg, error) {
			id, made, err := work.Create(ctx, ph, name)
			return madeMsg{id, made}, err
		})
	}))
}

// splitNumber parts "+39 333 1234567 Maria Rossi" where the letters begin.
func splitNumber(typed string) (number, name string) {
	typed = strings.TrimSpace(typed)
	i := strings.IndexFunc(typed, func(r rune) bool { return !strings.ContainsRune("+0123456789 ()-./\u00a0", r) })
	if i < 0 {
		return typed, ""
	}
	return strings.TrimSpace(typed[:i]), strings.TrimSpace(typed[i:])
}

// madeMsg is somebody new, or who has the number already.
type madeMsg struct {
	id   int64
	made bool
}

// show goes to somebody new, or to who has the number.
func (p *Pane) show(m madeMsg) tea.Cmd {
	k := text.ContactsToastNew
	if !m.made {
		k = text.ContactsToastKnown
	}
	p.list.unmark(nil)
	return tea.Batch(p.goToPerson(m.id), toast(frame.Toast{Text: p.env.Words.T(k), Refused: !m.made}))
}

// eraseMsg is the answer yes.
type eraseMsg struct{ ids []int64 }

func (p *Pane) erase(ids []int64) tea.Cmd {
	w, work := p.env.Words, p.d.Work
	return p.start(w.T(text.ContactsErasing), len(ids), func(ctx context.Context, progress func(int)) (doneMsg, error) {
		n := 0
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return doneMsg{toast: frame.Toast{Text: w.N(text.ContactsErasedN, n)}}, err
			}
			if _, err := work.Erase(ctx, id); err != nil {
				return doneMsg{}, err
			}
			n++
			progress(n)
		}
		return doneMsg{did: ids, toast: frame.Toast{Text: w.N(text.ContactsErasedN, n)}}, nil
	})
}
