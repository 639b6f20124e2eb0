// Package fold brings words to the form in which they are compared: without
// case, accents and forms of writing, so that "MÜLLER", "müller" and "ｍuller"
// are one word. Segments, tags and keywords compare what String makes of them.
// The search index cuts a text into words with their places (storage/fold.go)
// and folds letter by letter; what one writes as the other does is here once.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Letter spells a small letter that Unicode does not take apart with plain
// ones, and reports whether it is such a letter. The search index is built of
// it: a change here needs the index built anew.
func Letter(r rune) (string, bool) {
	if r < 'ß' { // nearly all letters, and all that are plain
		return "", false
	}
	s, ok := letters[r]
	return s, ok
}

var letters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ı': "i", 'ς': "σ",
}

// String folds s: compatibility forms decomposed, lower case, marks dropped
// (so ё is е and й is и), white space as single blanks, none at the ends.
// Folding twice changes nothing.
func String(s string) string {
	if ascii(s) {
		return strings.Join(strings.Fields(strings.ToLower(s)), " ")
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToLower(norm.NFKC.String(s))) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		r = unicode.ToLower(r)
		if plain, ok := Letter(r); ok {
			b.WriteString(plain)
			continue
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " ")
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
