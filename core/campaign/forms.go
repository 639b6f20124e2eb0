package campaign

import (
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/template"
)

// Forms are the templates a campaign may send now, by version and language.
type Forms struct {
	// Trouble is why the campaign cannot go on with them, "" when it can, and
	// TroubleWith the template it is about.
	Trouble     PauseReason
	TroubleWith string

	variants  [][]core.Template // as Campaign.Templates; those that cannot be sent are empty
	fallbacks []string
	values    []Value
	needs     map[*core.Template][]string
}

// NewForms picks from all templates of a channel those that a campaign names
// and that may be sent: approved, not of red quality (the next step is a
// pause, P-52), and of the very category whose consent the campaign asks for:
// one that Meta moved to marketing would reach people who said no to that.
func NewForms(c *Campaign, all []core.Template) *Forms {
	f := &Forms{fallbacks: c.Languages, values: c.Values, needs: map[*core.Template][]string{}, variants: make([][]core.Template, len(c.Templates))}
	for v, name := range c.Templates {
		for _, t := range all {
			if t.Name == name && Sendable(&t) && !red(&t) && CategoryOf(t) == c.Category {
				f.variants[v] = append(f.variants[v], t)
			}
		}
		for i := range f.variants[v] {
			t := &f.variants[v][i]
			f.needs[t] = template.Variables(t.Header.Text + "\n" + t.Body)
		}
	}
	f.Trouble, f.TroubleWith = f.trouble(c, all)
	return f
}

// trouble is what is wrong with the campaign's templates: one was moved to
// another category, or there is none left to send.
func (f *Forms) trouble(c *Campaign, all []core.Template) (why PauseReason, name string) {
	for i := range all {
		t := &all[i]
		if !slices.Contains(c.Templates, t.Name) {
			continue
		}
		moving := t.Correct != "" && CategoryOf(core.Template{Category: t.Correct}) != c.Category
		switch {
		case Sendable(t) && (moving || CategoryOf(*t) != c.Category):
			return TemplateMoved, t.Name // other consent and another price
		case Sendable(t) && red(t) && why == "":
			why, name = TemplateRed, t.Name
		}
	}
	switch {
	case f.Any():
		return "", ""
	case why != "":
		return why, name
	case len(c.Templates) > 0:
		return TemplateGone, c.Templates[0]
	}
	return TemplateGone, ""
}

// Sendable reports whether a template may be sent now.
func Sendable(t *core.Template) bool { return strings.EqualFold(t.Status, "APPROVED") }

func red(t *core.Template) bool { return strings.EqualFold(t.Quality, "RED") }

// Any reports whether any version can be sent.
func (f *Forms) Any() bool {
	for _, languages := range f.variants {
		if len(languages) > 0 {
			return true
		}
	}
	return false
}

// Pick finds what to send to a person: of the version that is theirs the very
// language, the same language of another region, the campaign's fallbacks in
// order, or the only one there is for whom no language is known. Where that
// version has none the next in turn takes its place (S-210). nil when none fits.
func (f *Forms) Pick(variant int, language string) *core.Template {
	n := len(f.variants)
	for i := range n {
		if t := f.pick(f.variants[(variant+i)%n], language); t != nil {
			return t
		}
	}
	return nil
}

func (f *Forms) pick(languages []core.Template, language string) *core.Template {
	if len(languages) == 0 {
		return nil
	}
	if t := find(languages, language); t != nil {
		return t
	}
	for _, want := range f.fallbacks {
		if t := find(languages, want); t != nil {
			return t
		}
	}
	if language == "" && len(languages) == 1 {
		return &languages[0]
	}
	return nil
}

func find(languages []core.Template, want string) *core.Template {
	if want = norm(want); want == "" {
		return nil
	}
	var near *core.Template
	for i := range languages {
		have := norm(languages[i].Language)
		switch {
		case have == want:
			return &languages[i]
		case near == nil && root(have) == root(want):
			near = &languages[i]
		}
	}
	return near
}

func norm(language string) string {
	return strings.ToLower(strings.ReplaceAll(language, "-", "_"))
}

func root(language string) string {
	base, _, _ := strings.Cut(language, "_")
	return base
}

// Values fills a template's variables from a person; ok is false when one
// stays without, which the provider would refuse (132000).
func (f *Forms) Values(t *core.Template, p *Person) (values map[string]string, ok bool) {
	needs := f.needs[t]
	if len(needs) == 0 {
		return nil, true
	}
	values = make(map[string]string, len(needs))
	for _, v := range f.values {
		if !slices.Contains(needs, strings.TrimPrefix(v.Variable, "header.")) {
			continue // another version's
		}
		text := v.Text
		if got := strings.TrimSpace(p.field(v.Field)); got != "" {
			text = got
		}
		if text = strings.TrimSpace(text); text != "" {
			values[v.Variable] = text
		}
	}
	for _, n := range needs {
		if values[n] == "" && values["header."+n] == "" {
			return nil, false
		}
	}
	return values, true
}

func (p *Person) field(name string) string {
	switch name {
	case "":
		return ""
	case "name":
		return p.Name
	case "phone":
		return string(p.Phone)
	}
	return p.Fields[name]
}
