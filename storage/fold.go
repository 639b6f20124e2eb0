package storage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bottega/core/fold"
)

// token is one searchable word of a text, or one character of a script that
// does not put spaces between words.
type token struct {
	text       string // folded
	start, end int    // in runes of the text
	single     bool   // a character of such a script
}

// maxToken is how much of an endless word is kept, in runes.
const maxToken = 64

// tokens cuts a text into words. Case, accents and compatibility forms are
// folded away: "È", "e" and "ё", "е" and "Ｅ" meet. The index, the query and
// the marks in a snippet all come from here, so they cannot disagree; SQLite's
// tokenizer is left to split at spaces.
func tokens(s string, emit func(token) bool) {
	c := cutter{emit: emit}
	i := 0
	for _, r := range s {
		if !c.add(r, i) {
			return
		}
		i++
	}
	c.flush()
}

// cutter gathers the runes of one word.
type cutter struct {
	emit  func(token) bool
	word  []byte
	runes int
	start int
	end   int
	buf   [64]byte
}

func (c *cutter) add(r rune, i int) bool {
	if r < utf8.RuneSelf {
		switch {
		case 'A' <= r && r <= 'Z':
			c.put(r+'a'-'A', i)
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			c.put(r, i)
		default:
			return c.flush()
		}
		return true
	}
	form := norm.NFKD
	if unspaced(r) {
		form = norm.NFKC // keeps か apart from が, and hangul syllables whole
	}
	var raw [utf8.UTFMax]byte
	for _, f := range string(form.Append(c.buf[:0], raw[:utf8.EncodeRune(raw[:], r)]...)) {
		if !c.addFolded(f, i) {
			return false
		}
	}
	return true
}

// addFolded takes one rune of a decomposed character.
func (c *cutter) addFolded(r rune, i int) bool {
	switch {
	case unicode.Is(unicode.Mn, r):
		if c.runes > 0 {
			c.end = i + 1 // the accent belongs to what it stands on
		}
	case unspaced(r) && unicode.IsLetter(r):
		if !c.flush() {
			return false
		}
		return c.emit(token{text: string(r), start: i, end: i + 1, single: true})
	case unicode.IsLetter(r), unicode.IsNumber(r):
		r = unicode.ToLower(r)
		if s, ok := fold.Letter(r); ok {
			for _, p := range s {
				c.put(p, i)
			}
			return true
		}
		c.put(r, i)
	default:
		return c.flush()
	}
	return true
}

func (c *cutter) put(r rune, i int) {
	if c.runes == 0 {
		c.start = i
	}
	c.end = i + 1
	if c.runes < maxToken {
		c.word = utf8.AppendRune(c.word, r)
		c.runes++
	}
}

func (c *cutter) flush() bool {
	if c.runes == 0 {
		return true
	}
	t := token{text: string(c.word), start: c.start, end: c.end}
	c.word, c.runes = c.word[:0], 0
	return c.emit(t)
}

// unspaced reports whether r is of a script that writes words without spaces
// between them: there each character is a word of its own, and a query of
// several characters is a phrase.
func unspaced(r rune) bool {
	if r < 0x0e00 { // Thai is the first of them
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// folded is what the index gets of a text.
func folded(s string) string {
	var b strings.Builder
	tokens(s, func(t token) bool {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
		return true
	})
	return b.String()
}

// digits keeps the decimal digits of s.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}
