package template

import (
	"errors"
	"fmt"
	"strings"
)

// numbersFile is numbers.json: numbers written out.
type numbersFile struct {
	origin
	// Parts are what number words are made of: ottanta, cinque.
	Parts byLang `json:"parts"`
	// Joins stand inside a word between two parts: und. Ands do so between words.
	Joins byLang `json:"joins"`
	Ands  byLang `json:"ands"`
	// One are words for one that mostly mean "a": they may begin an amount, but
	// count as a number nowhere else.
	One byLang `json:"one"`
	// Shy are characters that, alone before a currency of one character, are
	// more often part of a name (三元) than of a price.
	Shy byLang `json:"shy"`
}

// numerals knows the number words of one language.
type numerals struct {
	parts map[byte][]string // by their first byte
	joins []string
	ands  map[string]bool
	one   map[string]bool
	shy   map[string]bool
}

func newNumerals(f numbersFile) (map[string]*numerals, error) {
	if len(f.Parts) == 0 {
		return nil, errors.New("no parts")
	}
	out := map[string]*numerals{}
	for lang, parts := range f.Parts {
		n := &numerals{parts: map[byte][]string{}, ands: folded(f.Ands[lang]), one: folded(f.One[lang]), shy: folded(f.Shy[lang])}
		for _, s := range parts {
			s = foldAll(s)
			if s == "" {
				return nil, fmt.Errorf("%s: an empty part", lang)
			}
			n.parts[s[0]] = append(n.parts[s[0]], s)
		}
		for _, s := range f.Joins[lang] {
			n.joins = append(n.joins, foldAll(s))
		}
		out[lang] = n
	}
	return out, nil
}

func folded(list []string) map[string]bool {
	out := make(map[string]bool, len(list))
	for _, s := range list {
		out[foldAll(s)] = true
	}
	return out
}

// longestNumeral bounds the work on one word, in bytes.
const longestNumeral = 60

// is reports a word made of number parts only.
func (n *numerals) is(word string) bool {
	return len(word) > 0 && len(word) <= longestNumeral && n.rest(word, false)
}

// rest reports that the remainder of a word is made of parts; joined allows a
// join before the next one.
func (n *numerals) rest(word string, joined bool) bool {
	for _, p := range n.parts[word[0]] {
		if after, ok := strings.CutPrefix(word, p); ok && (after == "" || n.rest(after, true)) {
			return true
		}
	}
	for _, j := range n.joins {
		if after, ok := strings.CutPrefix(word, j); joined && ok && after != "" && n.rest(after, false) {
			return true
		}
	}
	return false
}

// count notes which words of a text are numbers.
func (n *numerals) count(t *text) {
	if n == nil {
		return
	}
	for i := range t.tokens {
		tok := &t.tokens[i]
		tok.counts = (tok.kind == word || tok.kind == glyph) && !n.one[tok.word] && n.is(tok.word)
	}
}

// run is where the number in words that starts at token i ends, i without one.
func (n *numerals) run(t *text, i int) int {
	end := i
	for j := i; j < len(t.tokens); j++ {
		tok := &t.tokens[j]
		if j > i && !near(t, j) {
			break
		}
		if tok.counts || n.one[tok.word] {
			end = j + 1
		} else if !n.ands[tok.word] || j == i {
			break
		}
	}
	return end
}

// near reports that token i follows the one before at a space, a hyphen or at
// once.
func near(t *text, i int) bool {
	gap := t.tokens[i].start - t.tokens[i-1].end
	return gap == 0 || gap == 1 && (t.fold[t.tokens[i].start-1] == ' ' || t.fold[t.tokens[i].start-1] == '-')
}
