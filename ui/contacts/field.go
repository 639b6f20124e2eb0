package contacts

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// fieldTypes are what a field of the shop's own may hold, beside choices.
var fieldTypes = []struct {
	t core.CustomType
	k text.K
}{{core.CustomText, text.ContactsTypeText}, {core.CustomNumber, text.ContactsTypeNumber}, {core.CustomDate, text.ContactsTypeDate}, {core.CustomTaxID, text.ContactsTypeTaxID}}

// askField asks for a field of the shop's own: a name, and behind a colon what
// it holds.
func (p *Pane) askField() tea.Cmd {
	w := p.env.Words
	read := func(typed string) dialog.Reading {
		f, ok := readField(w, typed)
		if !ok {
			return dialog.Reading{Says: w.T(text.ContactsFieldHow)}
		}
		if _, taken := p.schema.Field(f.Name); taken {
			return dialog.Reading{Says: w.T(text.ContactsFieldTaken, "Name", kit.CleanLine(f.Name)), Bad: true}
		}
		what := strings.Join(f.Choices, " · ")
		for _, t := range fieldTypes {
			if t.t == f.Type {
				what = w.T(t.k)
			}
		}
		return dialog.Reading{Says: kit.CleanLine(f.Name + ": " + what), OK: true}
	}
	return dialog.Open(dialog.NewAsk(p.env, w.T(text.ContactsField), w.T(text.ContactsFieldHint), "", read, func(typed string) tea.Cmd {
		f, _ := readField(w, typed) // read has accepted it
		work := p.d.Work
		return p.act(func(ctx context.Context) (tea.Msg, error) {
			return doneMsg{toast: frame.Toast{Text: w.T(text.ContactsFieldMade, "Name", kit.CleanLine(f.Name))}}, work.SaveField(ctx, f)
		})
	}))
}

// readField reads "shoe size: number" or "delivery: pickup, courier". A name is
// one word of the segment language: blanks become underlines.
func readField(w *text.Words, typed string) (core.CustomField, bool) {
	name, rest, _ := strings.Cut(typed, ":")
	f := core.CustomField{Type: core.CustomText}
	f.Name, _ = core.CleanTag(strings.Join(strings.Fields(name), "_"))
	if f.Name == "" {
		return f, false
	}
	rest = strings.TrimSpace(rest)
	for _, t := range fieldTypes {
		if strings.EqualFold(rest, w.T(t.k)) || strings.EqualFold(rest, string(t.t)) {
			f.Type = t.t
			return f, true
		}
	}
	for c := range strings.SplitSeq(rest, ",") {
		if c = strings.TrimSpace(c); c != "" {
			f.Choices = append(f.Choices, c)
		}
	}
	if len(f.Choices) > 0 {
		f.Type = core.CustomChoice
	}
	return f, true
}
