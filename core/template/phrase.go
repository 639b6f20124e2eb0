package template

import (
	"slices"
	"strings"
	"unicode"
)

// A phrase in the rule files is a sequence of tokens that follow each other in
// one sentence, folded like the text. "word*" also matches longer words,
// "*word*" words that contain it (German compounds), "#" a number or a
// placeholder or a number in words, "@" a placeholder, "~" up to gap tokens of
// anything, "~2" up to two, "a|b_c" either "a" or "b c".
// Characters of scripts without spaces are tokens and must touch.
const gap = 5

// How an element of a phrase matches.
const (
	exact = iota
	prefix
	infix
	numeral
	blank
	between
	anyOf
	choice
)

type element struct {
	how  uint8
	most uint8 // tokens between, 0 for gap
	word string
	of   *choices // of anyOf and choice
}

// choices are the alternatives of one element. Phrases that name the same ones
// share them.
type choices struct {
	words map[string]bool        // exact words
	other []element              // prefixes, infixes and numerals
	rows  map[string][][]element // of more words, by the first one
	loose [][]element            // the same where the first is no exact word
}

type phrase struct {
	elements []element
	touching bool // written without spaces
}

// phrases finds many phrases in one pass over the tokens.
type phrases struct {
	first    map[string][]*phrase
	prefixes map[string][]*phrase
	lengths  []int // of the prefixes, in bytes, rising
	infixes  []*phrase
	numerals []*phrase
}

// hit is a stretch of tokens that a phrase covers.
type hit struct{ from, to int }

// find calls yield with each place where a phrase matches.
func (ps *phrases) find(t *text, yield func(hit)) {
	if ps == nil {
		return
	}
	for i := range t.tokens {
		ps.at(t, i, yield)
	}
}

func (ps *phrases) at(t *text, i int, yield func(hit)) {
	tok := &t.tokens[i]
	switch tok.kind {
	case link:
		return
	case hole:
		ps.try(ps.numerals, t, i, yield)
		return
	}
	if tok.kind == number || tok.counts {
		ps.try(ps.numerals, t, i, yield)
	}
	if list := ps.first[tok.word]; list != nil {
		ps.try(list, t, i, yield)
	}
	for _, n := range ps.lengths {
		if n > len(tok.word) {
			break
		}
		if list := ps.prefixes[tok.word[:n]]; list != nil {
			ps.try(list, t, i, yield)
		}
	}
	for _, p := range ps.infixes {
		if strings.Contains(tok.word, p.elements[0].word) {
			ps.try([]*phrase{p}, t, i, yield)
		}
	}
}

func (ps *phrases) try(list []*phrase, t *text, i int, yield func(hit)) {
	for _, p := range list {
		if p.elements[0].how == blank && !touches(t, i+1) {
			continue
		}
		if end := p.match(t, i, 0); end > i {
			yield(hit{i, end})
		}
	}
}

// match compares the elements from k on with the tokens from i on and returns
// where the phrase ends, 0 when it does not match.
func (p *phrase) match(t *text, i, k int) int {
	for ; k < len(p.elements); k++ {
		e := &p.elements[k]
		switch e.how {
		case between:
			for skip := 0; skip <= p.gapOf(e); skip++ {
				if end := p.match(t, i+skip, k+1); end > 0 && t.tokens[i-1].sentence == t.tokens[end-1].sentence {
					return end
				}
			}
			return 0
		case choice:
			return p.longest(t, i, k)
		}
		if !p.fits(t, i, k, e) {
			return 0
		}
		i++
	}
	return i
}

// longest tries the alternatives of element k and returns the furthest end.
func (p *phrase) longest(t *text, i, k int) int {
	best, e := 0, &p.elements[k]
	if i >= len(t.tokens) {
		return 0
	}
	if p.fits(t, i, k, e) {
		best = p.match(t, i+1, k+1)
	}
	for _, rows := range [][][]element{e.of.rows[t.tokens[i].word], e.of.loose} {
		for _, row := range rows {
			n := 0
			for n < len(row) && p.fits(t, i+n, k+n, &row[n]) {
				n++
			}
			if n == len(row) {
				best = max(best, p.match(t, i+n, k+1))
			}
		}
	}
	return best
}

// fits compares one token with one element, which stands at k in the phrase or
// so far into one of its alternatives.
func (p *phrase) fits(t *text, i, k int, e *element) bool {
	if i >= len(t.tokens) || !e.matches(&t.tokens[i]) {
		return false
	}
	if k == 0 {
		return true
	}
	free := k < len(p.elements) && p.elements[k-1].how == between
	return (free || t.tokens[i].sentence == t.tokens[i-1].sentence) && (!p.touching || free || touches(t, i))
}

// gapOf is how much ~ may skip: characters where each is a token.
func (p *phrase) gapOf(e *element) int {
	switch {
	case e.most > 0:
		return int(e.most)
	case p.touching:
		return 2 * gap
	}
	return gap
}

// touches reports that token i begins where the one before ends, or a space
// later beside a number or placeholder.
func touches(t *text, i int) bool {
	if i >= len(t.tokens) {
		return false
	}
	a, b := &t.tokens[i-1], &t.tokens[i]
	if a.end == b.start {
		return true
	}
	return (a.kind != glyph || b.kind != glyph) && b.start == a.end+1 && unicode.IsSpace(t.fold[a.end])
}

func (e *element) matches(tok *token) bool {
	switch e.how {
	case anyOf, choice:
		if tok.kind != link && e.of.words[tok.word] {
			return true
		}
		for i := range e.of.other {
			if e.of.other[i].matches(tok) {
				return true
			}
		}
		return false
	case numeral:
		return tok.kind == number || tok.kind == hole || tok.counts
	case blank:
		return tok.kind == hole
	case prefix:
		return tok.kind != link && strings.HasPrefix(tok.word, e.word)
	case infix:
		return tok.kind != link && strings.Contains(tok.word, e.word)
	}
	return tok.kind != link && tok.word == e.word
}

// without drops the hits that lie inside one of the others.
func without(hits, others []hit) []hit {
	byStart := func(a, b hit) int { return a.from - b.from }
	slices.SortFunc(hits, byStart)
	slices.SortFunc(others, byStart)
	next, reach := 0, 0
	return slices.DeleteFunc(hits, func(h hit) bool {
		for ; next < len(others) && others[next].from <= h.from; next++ {
			reach = max(reach, others[next].to)
		}
		return h.to <= reach
	})
}

// disjoint sorts hits and drops those that overlap an earlier one.
func disjoint(hits []hit) []hit {
	slices.SortFunc(hits, func(a, b hit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	out := hits[:0]
	for _, h := range hits {
		if len(out) == 0 || h.from >= out[len(out)-1].to {
			out = append(out, h)
		}
	}
	return out
}
