package inbox

import (
	"strings"
	"unicode"

	"bottega/core/fold"
)

// AnyLanguage is the key of the courtesies that hold in every language.
const AnyLanguage = "any"

// questionMarks make any message a question.
const questionMarks = "?？؟¿⁉"

// maxCourtesy is the longest text, in runes, that can be a courtesy alone.
const maxCourtesy = 160

// kind of a whole message.
type kind uint8

const (
	content   kind = iota // says something that wants reading
	thanks                // thanks, praise, a farewell: "grazie mille!", "bye 👋"
	agreement             // as well or only an agreement: "ok grazie", "👍"
)

// IsCourtesy reports whether a whole message is a closing courtesy in one of
// the languages: every word of it belongs to the language's list (or to
// "any"), and at least one of them is more than a filler. Case, accents,
// punctuation, repeated letters and emoji do not matter. A question mark or
// any other word makes it content: "grazie, ma quando arriva?".
func IsCourtesy(text string, lists map[string][]string) bool {
	return courtesyKind(text, lists) != content
}

func courtesyKind(text string, lists map[string][]string) kind {
	if len(text) > 4*maxCourtesy || strings.ContainsAny(text, questionMarks) {
		return content
	}
	common := lists[AnyLanguage]
	t := newPhrase(text, common)
	if len(t.runes) == 0 || len(t.runes) > maxCourtesy {
		return content
	}
	shared, ok := t.candidates(nil, common)
	if !ok {
		return content
	}
	best := t.cover(shared)
	if best == thanks {
		return best
	}
	for lang, list := range lists {
		if lang == AnyLanguage {
			continue
		}
		words, ok := t.candidates(shared[:len(shared):len(shared)], list)
		if !ok {
			continue
		}
		switch t.cover(words) {
		case thanks:
			return thanks
		case agreement:
			best = agreement
		}
	}
	return best
}

// States of a partly covered text, as bits of a set.
const (
	onlyFillers = 1 << iota
	hasThanks   // nothing but thanks and fillers
	hasAgreement
)

// phrase is a text in the form in which words are compared: folded runes
// without runs of the same letter, one space between words.
type phrase struct {
	runes  []rune
	raw    string // lower case, for emoticons
	firsts map[rune]bool
}

// newPhrase folds a text, with the emoticons of a list ("+<3") taken out first:
// what is left of them without punctuation would be words.
func newPhrase(text string, common []string) phrase {
	p := phrase{raw: strings.ToLower(text), firsts: map[rune]bool{}}
	rest := p.raw
	for _, e := range common {
		if part, w := split(e); part == '+' && emoticon(w) {
			rest = strings.ReplaceAll(rest, w, " ")
		}
	}
	p.runes = canon(rest)
	for i, r := range p.runes {
		if p.starts(i) {
			p.firsts[r] = true
		}
	}
	return p
}

// starts reports whether a word may begin at i; each Han character and each
// emoji is a word of its own.
func (p phrase) starts(i int) bool {
	return i == 0 || i < len(p.runes) && (p.runes[i-1] == ' ' || single(p.runes[i]) || single(p.runes[i-1]))
}

// ends reports whether a word may end before i.
func (p phrase) ends(i int) bool {
	return i == len(p.runes) || p.runes[i] == ' ' || p.starts(i)
}

// candidates adds to words the entries that begin like a word of the text. It
// reports false when the text holds what is never a courtesy.
func (p phrase) candidates(words []string, list []string) ([]string, bool) {
	for _, e := range list {
		part, w := split(e)
		if part == '-' && emoticon(w) {
			if strings.Contains(p.raw, w) {
				return nil, false
			}
			continue
		}
		r, ok := firstRune(w)
		if !ok || !p.firsts[r] {
			continue
		}
		if part != '-' {
			words = append(words, e)
		} else if p.has(w) {
			return nil, false
		}
	}
	return words, true
}

// cover finds the best reading of the whole text by entries.
func (p phrase) cover(words []string) kind {
	reach := make([]uint8, len(p.runes)+1)
	reach[0] = onlyFillers
	for i := range p.runes {
		if reach[i] == 0 {
			continue
		}
		if p.runes[i] == ' ' || pictograph(p.runes[i]) { // unlisted emoji decorate
			reach[i+1] |= reach[i]
		}
		if p.runes[i] == ' ' || !p.starts(i) {
			continue
		}
		for _, e := range words {
			part, w := split(e)
			if end, ok := p.match(i, w); ok && p.ends(end) {
				reach[end] |= after(reach[i], part)
			}
		}
	}
	switch end := reach[len(p.runes)]; {
	case end&hasThanks != 0:
		return thanks
	case end&hasAgreement != 0:
		return agreement
	}
	return content
}

// after is the set of states that a word leads to.
func after(states uint8, part byte) (next uint8) {
	switch part {
	case '+':
		return states
	case '~':
		return hasAgreement
	}
	if states&(onlyFillers|hasThanks) != 0 {
		next |= hasThanks
	}
	if states&hasAgreement != 0 {
		next |= hasAgreement
	}
	return next
}

// has reports whether a word or phrase occurs in the text.
func (p phrase) has(w string) bool {
	for i := range p.runes {
		if p.starts(i) {
			if end, ok := p.match(i, w); ok && p.ends(end) {
				return true
			}
		}
	}
	return false
}

// match compares a folded word with the text from i on and returns where it
// ends there. It squeezes the word as it goes and allocates nothing.
func (p phrase) match(i int, w string) (end int, ok bool) {
	var q squeezer
	space := false
	for _, r := range w {
		c := class(r)
		if c == ' ' {
			space = i > 0 && q.n > 0
			continue
		}
		if c < 0 {
			continue
		}
		if space {
			space = false
			if i >= len(p.runes) || p.runes[i] != ' ' {
				return 0, false
			}
			q.keep(' ')
			i++
		}
		if !q.keep(c) {
			continue
		}
		if i >= len(p.runes) || p.runes[i] != c {
			return 0, false
		}
		i++
	}
	return i, q.n > 0
}

func split(entry string) (part byte, word string) {
	if entry == "" {
		return '+', ""
	}
	switch entry[0] {
	case '+', '~', '-':
		return entry[0], entry[1:]
	}
	return 0, entry
}

// emoticon reports whether an entry is drawn with signs: ":-(".
func emoticon(w string) bool { return w != "" && w[0] < 0x80 && class(rune(w[0])) == ' ' }

// firstRune is the first rune of a folded word that counts.
func firstRune(w string) (rune, bool) {
	for _, r := range w {
		if c := class(r); c > 0 && c != ' ' {
			return c, true
		}
	}
	return 0, false
}

// squeezer drops repetitions: runs of a letter become one ("grazieee"), of a
// Han character or emoji at most two ("哈哈哈").
type squeezer struct {
	last, before rune
	n            int
}

// keep reports whether r is kept after what was kept so far.
func (q *squeezer) keep(r rune) bool {
	if q.n > 0 && r == q.last && unicode.IsLetter(r) && !single(r) ||
		q.n > 1 && r == q.last && r == q.before && single(r) {
		return false
	}
	q.before, q.last, q.n = q.last, r, q.n+1
	return true
}

// canon brings a text to the form in which words are compared: folded,
// squeezed, without punctuation.
func canon(text string) []rune {
	out := make([]rune, 0, len(text))
	var q squeezer
	for _, r := range fold.String(text) {
		c := class(r)
		if c < 0 || c == ' ' && (q.n == 0 || q.last == ' ') || !q.keep(c) {
			continue
		}
		out = append(out, c)
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out = out[:n-1]
	}
	return out
}

// class keeps what makes words and emoji, and makes the rest a space; -1 is for
// what is not seen, joiners and skin tones.
func class(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return ' '
	case unicode.IsLetter(r), unicode.IsNumber(r), pictograph(r):
		return r
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Sk):
		return -1
	}
	return ' '
}

// single reports whether a rune is a word by itself.
func single(r rune) bool {
	return r > 0x2000 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || pictograph(r))
}

func pictograph(r rune) bool {
	return r > 0x2000 && unicode.Is(unicode.So, r)
}
