package contacts

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/text"
)

// editedMsg is how the change of a fact went.
type editedMsg struct {
	id    int64
	field string
	undo  people.Undo
	err   error
}

// editFact changes the fact under the cursor: in its place, or by choosing
// where it takes only some values.
func (p *Pane) editFact() tea.Cmd {
	c := &p.card
	f := c.facts[c.cur]
	if f.choices == nil {
		c.edit = &edit{id: c.id(), field: f.field}
		c.edit.in.Limit = 4000
		c.edit.in.SetValue(f.value)
		c.reveal = true
		return nil
	}
	var all []dialog.Option
	for _, o := range f.choices {
		all = append(all, dialog.Option{Value: o.value, Label: o.label, On: o.value == f.value})
	}
	id := c.id()
	return dialog.Open(dialog.NewPick(p.env, f.label, p.env.Words.T(text.ContactsPickHint), all, false, func(v string) tea.Cmd { return p.change(id, f.field, v) }))
}

// keepFact saves what was typed.
func (p *Pane) keepFact() tea.Cmd {
	e, f := p.card.edit, p.card.facts[p.card.cur]
	if e.busy {
		return nil
	}
	if v := strings.TrimSpace(e.in.Value()); v != f.value {
		e.busy = true
		return p.change(e.id, e.field, v)
	}
	p.card.edit = nil
	return nil
}

func (p *Pane) dropFact() tea.Cmd {
	p.card.edit = nil
	return nil
}

// change writes one fact.
func (p *Pane) change(id int64, field, value string) tea.Cmd {
	work, agent, ctx := p.d.Work, p.env.Agent, p.env.Ctx
	return send(func() tea.Msg {
		back, err := work.Edit(ctx, id, agent, patch(field, value))
		return editedMsg{id, field, back, err}
	})
}

// patch changes one field.
func patch(field, value string) people.Patch {
	p := people.Patch{}
	switch field {
	case contact.ColName:
		p.Name = &value
	case contact.ColLanguage:
		p.Language = &value
	case contact.ColZone:
		p.TimeZone = &value
	case contact.ColEmail:
		p.Email = &value
	case contact.ColBirthday:
		p.Birthday = &value
	case contact.ColNote:
		p.Note = &value
	case contact.ColValue:
		tier := core.ValueTier(value)
		p.Value = &tier
	default:
		p.Custom = map[string]string{strings.TrimPrefix(field, contact.CustomPrefix): value}
	}
	return p
}

// takeEdited ends an edit, or goes on with it when the value cannot be.
func (p *Pane) takeEdited(m editedMsg) tea.Cmd {
	e := p.card.edit
	here := e != nil && e.id == m.id && e.field == m.field
	var bad *people.BadValue
	switch {
	case errors.As(m.err, &bad) && here:
		e.busy, e.bad = false, p.env.Words.T(text.K("cli.problem."+string(bad.Problem)))
		return nil
	case m.err != nil:
		if here {
			e.busy = false
		}
		return fail(m.err)
	}
	if here {
		p.card.edit = nil
	}
	if m.undo == nil {
		return nil
	}
	return tea.Batch(p.renew(), toast(frame.Toast{Text: p.env.Words.T(text.ContactsToastChanged), Undo: m.undo}))
}
