package template

import (
	"slices"
	"strconv"
)

// withoutPrice takes an amount out of the text: in the body it becomes a
// variable, wherever it stands; elsewhere, where variables are few or forbidden,
// the words around it become an invitation to ask. nil where neither reads well.
func (p *pass) withoutPrice(in part, a amount, start, end int) *Fix {
	if in.place.Part == PartBody {
		return p.intoVariable(in, start, end)
	}
	return p.intoQuestion(in, a)
}

// intoVariable makes an amount of the body a variable whose sample it becomes;
// those behind it count one further. Numbers that are out of order are another
// rule's business, which comes first.
func (p *pass) intoVariable(in part, start, end int) *Fix {
	names := distinct(in.vars)
	had := len(p.t.Samples)
	if had != 0 && had != len(names) {
		return nil
	}
	v, at, later := "", 0, []Edit(nil)
	if p.t.Format == Named || len(in.vars) > 0 && in.vars[0].Number == 0 {
		v, at = freshName(names), len(distinctBefore(in.vars, start))
	} else if at, later = shifted(in, names, start); at < 0 {
		return nil
	} else {
		v = strconv.Itoa(at + 1)
	}
	fix := &Fix{}
	i := slices.IndexFunc(later, func(e Edit) bool { return e.Start >= end })
	if i < 0 {
		i = len(later)
	}
	fix.Edits = append(fix.Edits, later[:i]...)
	fix.Edits = append(fix.Edits, p.between(in, start, end, "{{"+v+"}}", i == len(later))...)
	fix.Edits = append(fix.Edits, later[i:]...)
	if had == len(names) && (p.t.Sampled || had == 0) {
		fix.Edits = append(fix.Edits, inserted(p.t.Samples, at, string(in.src[start:end]))...)
	}
	return fix
}

// between puts a variable in place of [start, end), with words before one that
// would begin the body and behind one that would end it.
func (p *pass) between(in part, start, end int, with string, last bool) []Edit {
	rest := in.src[end:]
	if wordless(in.src[:start]) {
		with = p.rewrites.Prices[p.lang] + with
	}
	closing := p.rewrites.Closings[p.lang]
	switch {
	case !last || closing == "" || !wordless(rest):
		return []Edit{{in.place, start, end, with}}
	case blankRunes(rest):
		return []Edit{{in.place, start, len(in.src), with + "." + closing}}
	}
	return []Edit{{in.place, start, end, with}, {in.place, len(in.src), len(in.src), closing}}
}

// shifted gives how many variables stand before start, and the edits that make
// those behind it count one further; -1 when they are not numbered in order.
func shifted(in part, names []string, start int) (int, []Edit) {
	before := len(distinctBefore(in.vars, start))
	var edits []Edit
	highest := 0
	for _, v := range in.vars {
		if v.Number < 1 || v.Number > highest+1 {
			return -1, nil
		}
		highest = max(highest, v.Number)
		if v.Number > before {
			edits = append(edits, Edit{in.place, v.Start, v.End, "{{" + strconv.Itoa(v.Number+1) + "}}"})
		}
	}
	if highest != len(names) {
		return -1, nil
	}
	return before, edits
}

func distinctBefore(vs []Var, start int) []string {
	i := slices.IndexFunc(vs, func(v Var) bool { return v.Start >= start })
	if i < 0 {
		i = len(vs)
	}
	return distinct(vs[:i])
}

// freshName is a name that no variable has.
func freshName(names []string) string {
	s := "price"
	for n := 2; slices.Contains(names, s); n++ {
		s = "price_" + strconv.Itoa(n)
	}
	return s
}

// inserted gives the edits that make s the sample at index at, and move the
// others up. The last one, which is new, is made first.
func inserted(samples []string, at int, s string) []Edit {
	var edits []Edit
	for i := at; i <= len(samples); i++ {
		old := 0
		if i < len(samples) {
			old = len([]rune(samples[i]))
		}
		edits = append(edits, Edit{Place{PartSample, i + 1, ""}, 0, old, s})
		if i < len(samples) {
			s = samples[i]
		}
	}
	return edits
}

// intoQuestion replaces the clause around an amount by an invitation to ask.
// Not one that holds a variable, whose sample would be left over, nor one that
// tells the way out.
func (p *pass) intoQuestion(in part, a amount) *Fix {
	ask := p.rewrites.Ask[p.lang]
	if ask == "" || len(in.tokens) == 0 {
		return nil
	}
	hits := spans(in.text, []amount{a})
	if len(hits) == 0 {
		return nil
	}
	from, to := hits[0].from, hits[0].to
	for from > 0 && in.tokens[from-1].clause == in.tokens[from].clause {
		from--
	}
	for to < len(in.tokens) && in.tokens[to].clause == in.tokens[to-1].clause {
		to++
	}
	if slices.ContainsFunc(in.tokens[from:to], func(tok token) bool { return tok.kind == hole }) {
		return nil
	}
	start, end := in.span(min(a.start, in.tokens[from].start), max(a.end, in.tokens[to-1].end))
	after := string(in.src[:start]) + ask + string(in.src[end:])
	if p.optout.said(in.text, p.lang) && !p.optout.said(newText(after), p.lang) {
		return nil
	}
	return &Fix{Edits: []Edit{{in.place, start, end, ask}}}
}
