// Package fold brings words to the form in which they are compared: without
// case, accents and forms of writing, so that "MÜLLER", "müller" and "ｍuller"
// are one word. Search, segments, tags and keyword matching all use it.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// extra maps letters that Unicode does not decompose.
var extra = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ı", "i")

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
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Join(strings.Fields(norm.NFC.String(extra.Replace(b.String()))), " ")
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
