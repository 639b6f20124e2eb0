package campaigns

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/core/contact"
	"bottega/ui/text"
)

// missing is what a campaign cannot be planned without, "" when all is there.
func (w *wizard) missing() text.K {
	_, why := w.gap()
	return why
}

// gap is the first step that lacks something, and what.
func (w *wizard) gap() (step, text.K) {
	for s := range steps {
		if why := w.lacks(s); why != "" {
			return s, why
		}
	}
	return stepCheck, ""
}

// mend goes to the line that lacks something.
func (w *wizard) mend() tea.Cmd {
	s, _ := w.gap()
	cmd := w.goTo(s)
	for i, f := range w.fields() {
		if f.wrong {
			w.cur[s] = i
			break
		}
	}
	w.propose()
	return cmd
}

// lacks is what is still wanting on a step, "" when it has all.
func (w *wizard) lacks(s step) text.K {
	switch s {
	case stepWho:
		return w.lacksWho()
	case stepWhat:
		if len(w.c.Templates) == 0 {
			return text.CampMissForm
		}
		for _, v := range w.variables() {
			if !filled(w.value(v)) {
				return text.CampMissValue
			}
		}
	case stepWhen:
		if w.c.Schedule.When == campaign.At && w.c.Schedule.At.IsZero() {
			return text.CampMissTime
		}
	}
	return ""
}

func (w *wizard) lacksWho() text.K {
	switch _, bad := w.chosenCountries(); {
	case w.bad[0] != nil || w.bad[1] != nil:
		return text.CampMissWho
	case bad != "":
		return text.CampMissCountry
	case w.c.ChannelID == 0:
		return text.CampMissChannel
	}
	return ""
}

// filled reports whether something stands for a variable.
func filled(v *campaign.Value) bool { return v != nil && (v.Field != "" || v.Text != "") }

// chosenCountries are the codes of the countries field, once each, and the
// first word in it that is none.
func (w *wizard) chosenCountries() (codes []string, bad string) {
	return countries(w.countries.Value())
}

func countries(typed string) (codes []string, bad string) {
	seen := map[string]bool{}
	for _, c := range strings.FieldsFunc(strings.ToUpper(typed), func(r rune) bool { return strings.ContainsRune(" ,;\t", r) }) {
		switch {
		case !contact.IsRegion(c):
			if bad == "" {
				bad = c
			}
		case !seen[c]:
			seen[c] = true
			codes = append(codes, c)
		}
	}
	return codes, bad
}
