package inbox

import (
	"strings"
	"unicode"
)

// AnyLanguage is the key of the courtesies that hold in every language.
const AnyLanguage = "any"

// questionMarks make any message a question.
const questionMarks = "?？؟¿"

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
	best := content
	for lang, list := range lists {
		if lang == AnyLanguage && len(lists) > 1 {
			continue
		}
		switch t.cover(list, common) {
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
		if part, w := split(e); part == '+' && w != "" && w[0] < 0x80 && fold(rune(w[0])) == ' ' {
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

// cover finds the best reading of the whole text by the two lists.
func (p phrase) cover(list, common []string) kind {
	type word struct {
		runes []rune
		part  byte
	}
	var words []word
	for _, entries := range [2][]string{list, common} {
		for _, e := range entries {
			part, w := split(e)
			if part == '-' {
				if p.has(w) {
					return content
				}
				continue
			}
			if first, ok := firstRune(w); ok && p.firsts[first] {
				words = append(words, word{canon(w), part})
			}
		}
	}
	reach := make([]int, len(p.runes)+1)
	reach[0] = onlyFillers
	for i := range p.runes {
		if reach[i] == 0 {
			continue
		}
		if p.runes[i] == ' ' || pictograph(p.runes[i]) { // unlisted emoji decorate
			reach[i+1] |= reach[i]
		}
		if !p.starts(i) {
			continue
		}
		for _, w := range words {
			if end := i + len(w.runes); end <= len(p.runes) && p.ends(end) && same(p.runes[i:end], w.runes) {
				reach[end] |= after(reach[i], w.part)
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
func after(states int, part byte) int {
	switch part {
	case '+':
		return states
	case '~':
		return hasAgreement
	}
	next := 0
	if states&(onlyFillers|hasThanks) != 0 {
		next |= hasThanks
	}
	if states&hasAgreement != 0 {
		next |= hasAgreement
	}
	return next
}

// has reports whether what is never a courtesy occurs: emoticons and emoji
// anywhere, words as whole words.
func (p phrase) has(w string) bool {
	runes := canon(w)
	if len(runes) == 0 {
		return strings.Contains(p.raw, w)
	}
	for i := range p.runes {
		if end := i + len(runes); end <= len(p.runes) && p.starts(i) && p.ends(end) && same(p.runes[i:end], runes) {
			return true
		}
	}
	return false
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

// firstRune is the first rune of canon(w), found without building it.
func firstRune(w string) (rune, bool) {
	for _, r := range w {
		if f := fold(r); f > 0 && f != ' ' {
			return f, true
		}
	}
	return 0, false
}

func same(a, b []rune) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// canon folds a text for comparison: lower case, no accents, no punctuation,
// runs of a letter as one ("grazieee"), of a Han character or emoji as at most
// two ("哈哈哈").
func canon(text string) []rune {
	out := make([]rune, 0, len(text))
	for _, r := range text {
		f := fold(r)
		n := len(out)
		switch {
		case f < 0:
			continue
		case f == ' ':
			if n > 0 && out[n-1] != ' ' {
				out = append(out, ' ')
			}
			continue
		case n > 0 && out[n-1] == f && unicode.IsLetter(f) && !single(f):
			continue
		case n > 1 && out[n-1] == f && out[n-2] == f && single(f):
			continue
		}
		out = append(out, f)
	}
	if n := len(out); n > 0 && out[n-1] == ' ' {
		out = out[:n-1]
	}
	return out
}

// single reports whether a rune is a word by itself.
func single(r rune) bool {
	return unicode.Is(unicode.Han, r) || unicode.In(r, unicode.Hiragana, unicode.Katakana) || pictograph(r)
}

func pictograph(r rune) bool {
	return r > 0x2000 && unicode.Is(unicode.So, r)
}
