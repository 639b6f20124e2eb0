package template

import (
	"cmp"
	"fmt"
	"slices"
)

// addSpoken compiles what concerns amounts in words and words that mean money
// only beside a cue: forty pounds, a fiver, 只要50块.
func (p *prices) addSpoken(f priceFile) error {
	p.cued = map[string]*marks{}
	for lang, words := range f.CuedWords {
		p.cued[lang] = newMarks()
		p.addAll(p.cued[lang], mark{after: true, folded: true, noHole: true}, f, words)
		p.cued[lang].sort()
	}
	var err error
	if p.whole, err = newLists(f.Whole, f.WholeExcept); err != nil {
		return fmt.Errorf("whole: %w", err)
	}
	if p.cuesBefore, err = newLists(f.CuesBefore, f.CuedExcept); err != nil {
		return fmt.Errorf("cues_before: %w", err)
	}
	if p.cuesAfter, err = newLists(f.CuesAfter, nil); err != nil {
		return fmt.Errorf("cues_after: %w", err)
	}
	return nil
}

// spoken adds to the amounts in figures those in words.
func (p *prices) spoken(t *text, lang string, sets []*marks, out []amount) []amount {
	n, before := p.words[lang], len(out)
	free := func(start, end int) bool {
		return !slices.ContainsFunc(out[:before], func(a amount) bool { return start < a.end && a.start < end })
	}
	for i := 0; i < len(t.tokens); i++ {
		from, to := i, i
		switch tok := &t.tokens[i]; {
		case tok.kind == number:
			to = i + 1
		case n != nil && tok.kind != link && tok.kind != hole:
			to = n.run(t, i)
		}
		if to == from {
			continue
		}
		i = to - 1
		start, end := t.tokens[from].start, t.tokens[to-1].end
		if stop := p.spokenEnd(t, lang, sets, from, to); stop > 0 && free(start, stop) {
			out = append(out, amount{start, stop, false})
		} else if stop := p.cuedEnd(t, lang, from, to, end); stop > 0 && free(start, stop) {
			out = append(out, amount{start, stop, false})
		}
	}
	for _, h := range p.whole.find(t, lang) {
		if start, end := t.tokens[h.from].start, t.tokens[h.to-1].end; free(start, end) {
			out = append(out, amount{start, end, false})
		}
	}
	if len(out) > before {
		slices.SortFunc(out, func(a, b amount) int { return cmp.Compare(a.start, b.start) })
	}
	return out
}

// spokenEnd is where the currency ends that follows a number in words, 0
// without one.
func (p *prices) spokenEnd(t *text, lang string, sets []*marks, from, to int) int {
	first := &t.tokens[from]
	if first.kind == number {
		return 0 // figures has seen it
	}
	end := t.tokens[to-1].end
	for _, ms := range sets {
		stop := ms.endAfter(t, end, end-first.start, false)
		if stop > 0 && !(to == from+1 && stop == end+1 && p.words[lang].shy[first.word]) {
			return stop
		}
	}
	return 0
}

// cueWithin is how many tokens may stand between a number and its cue.
const cueWithin = 1

// cuedEnd is where a word ends that means money only beside a cue: weights are
// in pounds too.
func (p *prices) cuedEnd(t *text, lang string, from, to, end int) int {
	ms := p.cued[lang]
	if ms == nil {
		return 0
	}
	stop := ms.endAfter(t, end, end-t.tokens[from].start, false)
	if stop == 0 {
		return 0
	}
	next := to
	for next < len(t.tokens) && t.tokens[next].start < stop {
		next++
	}
	same := func(i int) bool { return t.tokens[i].sentence == t.tokens[from].sentence }
	found := slices.ContainsFunc(p.cuesBefore.find(t, lang), func(h hit) bool {
		return h.to <= from && h.to >= from-cueWithin && same(h.from)
	}) || slices.ContainsFunc(p.cuesAfter.find(t, lang), func(h hit) bool {
		return h.from >= next && h.from <= next+cueWithin && same(h.from)
	})
	excepted := false
	p.cuesBefore.excepted(t, lang, func(h hit) { excepted = excepted || h.from < next && h.to > from })
	if !found || excepted {
		return 0
	}
	return stop
}
