package template

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Rule is the id of a rule, as rules.json and the words for people know it.
type Rule string

// Severity of a finding. Errors block a submission, warnings and hints do not.
type Severity string

// The severities, worst first.
const (
	SevError   Severity = "error"
	SevWarning Severity = "warning"
	SevHint    Severity = "hint"
)

// Profile chooses how severe rules are.
type Profile string

// Strict is the default; Official keeps what Meta or a provider documents and
// turns the rest into hints.
const (
	Strict   Profile = "strict"
	Official Profile = "official"
)

// Part of a template that a finding points into.
type Part string

// The parts. Buttons and samples are numbered from 1.
const (
	PartName     Part = "name"
	PartLanguage Part = "language"
	PartCategory Part = "category"
	PartHeader   Part = "header"
	PartBody     Part = "body"
	PartFooter   Part = "footer"
	PartButton   Part = "button"
	PartSample   Part = "sample"
)

// Place is one text of a template. Field tells which of a button's texts
// ("" its label, "url", "phone", "example") or whose sample ("" the body's,
// "header").
type Place struct {
	Part  Part
	N     int
	Field string
}

// String is the place as people and programs read it: "body", "button 2".
func (p Place) String() string {
	if p.N == 0 {
		return string(p.Part)
	}
	return string(p.Part) + " " + strconv.Itoa(p.N)
}

// Finding is one rule broken at one place.
type Finding struct {
	Rule       Rule
	Severity   Severity
	Place      Place
	Start, End int    // runes into the place's text; equal when it concerns all of it
	Text       string // what stands there
	Params     map[string]string
	Source     string
	Fix        *Fix // nil when only a person can mend it
}

// Edit replaces the runes [Start, End) of a place.
type Edit struct {
	Place      Place
	Start, End int
	With       string
}

// Fix is a mechanical rewrite. Edits of one place are in order and apart.
// Buttons, when not nil, is the new order of the buttons, old indexes from 0.
type Fix struct {
	Edits   []Edit
	Buttons []int
}

// Blocks reports whether any finding forbids to submit.
func Blocks(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == SevError })
}

// Apply gives the template with a fix made. An edit that does not fit, for the
// template changed since, is left out.
func (t Template) Apply(fix Fix) Template {
	t = t.clean()
	for _, e := range slices.Backward(fix.Edits) {
		if p := t.at(e.Place); p != nil {
			rs := []rune(*p)
			if 0 <= e.Start && e.Start <= e.End && e.End <= len(rs) {
				*p = string(rs[:e.Start]) + e.With + string(rs[e.End:])
			}
		}
	}
	if t.Header.Text != "" && t.Header.Format == "" {
		t.Header.Format = HeaderText
	}
	if isOrder(fix.Buttons, len(t.Buttons)) {
		sorted := make([]Button, 0, len(t.Buttons))
		for _, i := range fix.Buttons {
			sorted = append(sorted, t.Buttons[i])
		}
		t.Buttons = sorted
	}
	return t
}

func isOrder(order []int, n int) bool {
	if len(order) != n || n == 0 {
		return false
	}
	s := slices.Sorted(slices.Values(order))
	return s[0] == 0 && s[n-1] == n-1 && len(slices.Compact(s)) == n
}

// at is the text that a place names, nil when the template has none such. One
// sample more than there are is a place too: an edit may add it.
func (t *Template) at(p Place) *string {
	switch p.Part {
	case PartName:
		return &t.Name
	case PartLanguage:
		return &t.Language
	case PartCategory:
		return &t.Category
	case PartHeader:
		return &t.Header.Text
	case PartBody:
		return &t.Body
	case PartFooter:
		return &t.Footer
	case PartSample:
		if p.Field == string(PartHeader) {
			return sampleAt(&t.Header.Samples, p.N)
		}
		return sampleAt(&t.Samples, p.N)
	case PartButton:
		return t.buttonAt(p)
	}
	return nil
}

func (t *Template) buttonAt(p Place) *string {
	if p.N < 1 || p.N > len(t.Buttons) {
		return nil
	}
	b := &t.Buttons[p.N-1]
	switch p.Field {
	case "":
		return &b.Text
	case fieldURL:
		return &b.URL
	case fieldPhone:
		return &b.Phone
	case fieldExample:
		return &b.Example
	}
	return nil
}

// Fields of a button.
const (
	fieldURL     = "url"
	fieldPhone   = "phone"
	fieldExample = "example"
)

func sampleAt(ss *[]string, n int) *string {
	if n < 1 || n > len(*ss)+1 {
		return nil
	}
	if n == len(*ss)+1 {
		*ss = append(*ss, "")
	}
	return &(*ss)[n-1]
}

// TextAt is the text that a place names, "" when there is none.
func (t Template) TextAt(p Place) string {
	t.Buttons = slices.Clone(t.Buttons)
	t.Samples, t.Header.Samples = slices.Clip(t.Samples), slices.Clip(t.Header.Samples)
	if s := t.at(p); s != nil {
		return *s
	}
	return ""
}

// LineCol turns a rune offset into line and column, both from 1.
func LineCol(s string, at int) (line, col int) {
	line, col = 1, 1
	for _, r := range s {
		if at == 0 {
			break
		}
		at--
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
	}
	return line, col
}

// ids names templates in a parameter: "order_ready, order_ready_2".
func ids(ts []Template) string {
	names := make([]string, 0, len(ts))
	for _, t := range ts {
		names = append(names, cmp.Or(t.Name, t.ID, "…"))
	}
	return strings.Join(names, ", ")
}
