package editor

import (
	"slices"

	"bottega/core/template"
)

// Findings are all that the linter says of the document, worst first within
// the order of the fields.
func (e *Editor) Findings() []template.Finding { return e.found }

// Under are the findings that are shown under a field.
func (e *Editor) Under(p template.Place) []template.Finding {
	var out []template.Finding
	for i := range e.found {
		if e.home(e.found[i].Place) == p {
			out = append(out, e.found[i])
		}
	}
	return out
}

// home is the field that shows a finding: its own place, else the nearest
// field of the same part.
func (e *Editor) home(p template.Place) template.Place {
	if _, ok := e.field(p); ok {
		return p
	}
	for _, try := range []template.Place{
		{Part: p.Part, N: p.N}, {Part: p.Part, N: p.N, Field: Type}, {Part: p.Part, Field: Format}, {Part: p.Part, Field: Add}, {Part: p.Part},
	} {
		if _, ok := e.field(try); ok {
			return try
		}
	}
	return template.Place{Part: template.PartBody}
}

// Current is the finding that a rewrite would act on: the one that Next went
// to, else the first one with a rewrite under the field, nil for none.
func (e *Editor) Current() *template.Finding {
	if e.fix >= 0 && e.fix < len(e.found) {
		return &e.found[e.fix]
	}
	var first *template.Finding
	for i := range e.found {
		f := &e.found[i]
		if e.home(f.Place) != e.at {
			continue
		}
		if f.Fix != nil {
			return f
		}
		if first == nil {
			first = f
		}
	}
	return first
}

// Next goes to the next (1) or previous (-1) finding, field and cursor; false
// when there is none.
func (e *Editor) Next(d int) bool {
	n := len(e.found)
	if n == 0 {
		return false
	}
	order := e.order()
	i := slices.Index(order, e.fix)
	switch {
	case i >= 0:
		i = ((i+d)%n + n) % n
	case d > 0:
		i = e.after(order)
	default:
		i = (e.after(order) - 1 + n) % n
	}
	f := e.found[order[i]]
	e.Go(e.home(f.Place))
	if in := e.inputs[e.at]; in != nil && e.at == f.Place {
		in.Seek(f.Start)
	}
	e.fix = order[i]
	return true
}

// order lists the findings in the order of the fields that show them.
func (e *Editor) order() []int {
	at := map[template.Place]int{}
	for i, f := range e.fields {
		at[f.Place] = i
	}
	out := make([]int, len(e.found))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return at[e.home(e.found[a].Place)] - at[e.home(e.found[b].Place)] })
	return out
}

// after is the first finding of order in or behind the field with the cursor.
func (e *Editor) after(order []int) int {
	here := slices.IndexFunc(e.fields, func(f Field) bool { return f.Place == e.at })
	for i, o := range order {
		home := e.home(e.found[o].Place)
		if slices.IndexFunc(e.fields, func(f Field) bool { return f.Place == home }) >= here {
			return i
		}
	}
	return 0
}

// Rewrite applies the rewrite of the current finding as one step and reports
// whether there was one.
func (e *Editor) Rewrite() bool {
	f := e.Current()
	if f == nil || f.Fix == nil || e.touchesLocked(f.Fix) {
		return false
	}
	before := e.snap()
	fixed := e.doc.Apply(*f.Fix)
	e.keep(before, false)
	e.doc = clone(fixed)
	e.learn()
	e.recall()
	e.refresh()
	return true
}

func (e *Editor) touchesLocked(fix *template.Fix) bool {
	return slices.ContainsFunc(fix.Edits, func(x template.Edit) bool { return e.locked[x.Place.Part] })
}

// Counts are how many errors, warnings and hints there are.
func (e *Editor) Counts() (errors, warnings, hints int) {
	for i := range e.found {
		switch e.found[i].Severity {
		case template.SevError:
			errors++
		case template.SevWarning:
			warnings++
		default:
			hints++
		}
	}
	return errors, warnings, hints
}
