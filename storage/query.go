package storage

import (
	"strings"
	"unicode"
)

// term is one stretch between spaces of what was typed: its words must stand
// side by side.
type term struct {
	words  []string
	prefix bool // the last word may go on
}

// Bounds of a query, so that a pasted page does not become one.
const (
	maxTerms = 16
	maxWords = 32 // of one term
)

// terms reads what a person typed. The last word is taken as a beginning, as
// is one followed by a star; all the others are whole words. No character has
// another meaning, whatever SQLite's query language would make of it.
func terms(typed string) []term {
	fields := strings.Fields(typed)
	var ts []term
	for i, f := range fields {
		if len(ts) == maxTerms {
			break
		}
		var t term
		var last token
		tokens(f, func(w token) bool {
			t.words, last = append(t.words, w.text), w
			return len(t.words) < maxWords
		})
		if len(t.words) == 0 {
			continue
		}
		open := i == len(fields)-1 && last.end == len([]rune(f)) || strings.HasSuffix(f, "*")
		// A beginning of one letter stands for half the language: whole words only.
		t.prefix = open && !last.single && len([]rune(last.text)) > 1
		ts = append(ts, t)
	}
	return ts
}

// match is the terms in SQLite's query language.
func match(ts []term) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + strings.Join(t.words, " ") + `"`)
		if t.prefix {
			b.WriteString(" *")
		}
	}
	return b.String()
}

// matchDigits finds phone numbers that contain the digits typed, as they are
// and without the zeros of a national or international prefix. It is "" when
// what was typed is no part of a number of at least three digits.
func matchDigits(typed string) string {
	for _, r := range typed {
		if !unicode.IsSpace(r) && !strings.ContainsRune("+-./()0123456789", r) {
			return ""
		}
	}
	d := digits(typed)
	if len(d) < 3 || len(d) > 20 {
		return ""
	}
	q := `"` + d + `"`
	if bare := strings.TrimLeft(d, "0"); bare != d && len(bare) >= 3 {
		q += ` OR "` + bare + `"`
	}
	return q
}

// Lengths of a snippet in runes.
const (
	snippetLength = 120
	snippetBefore = 30 // shown before the first match
)

// snippet cuts the part around the first match out of a text and tells where
// the matches are in it, as rune ranges. Characters that steer a terminal
// become spaces, one for one, so that the ranges stay true.
func snippet(text string, ts []term) (string, [][2]int) {
	rs := []rune(text)
	for i, r := range rs {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			rs[i] = ' '
		}
	}
	marks := marked(text, ts)
	from := 0
	if len(marks) > 0 && len(rs) > snippetLength {
		from = wordStart(rs, max(0, min(marks[0][0]-snippetBefore, len(rs)-snippetLength)), marks[0][0])
	}
	to := min(len(rs), from+snippetLength)
	shift, out := from, string(rs[from:to])
	if from > 0 {
		out, shift = "…"+out, from-1
	}
	if to < len(rs) {
		out += "…"
	}
	var in [][2]int
	for _, m := range marks {
		if m[0] >= from && m[0] < to {
			in = append(in, [2]int{m[0] - shift, min(m[1], to) - shift})
		}
	}
	return out, in
}

// wordStart moves from forward to the next beginning of a word before the match.
func wordStart(rs []rune, from, match int) int {
	if from == 0 {
		return 0
	}
	for i := from; i < match; i++ {
		if unicode.IsSpace(rs[i-1]) {
			return i
		}
	}
	return from
}

// marked finds where the terms meet the text, in order and without overlap.
func marked(text string, ts []term) [][2]int {
	var all []token
	tokens(text, func(t token) bool {
		all = append(all, t)
		return true
	})
	var out [][2]int
	for i := 0; i < len(all); {
		n := 0
		for _, t := range ts {
			if t.at(all[i:]) {
				n = max(n, len(t.words))
			}
		}
		if n == 0 {
			i++
			continue
		}
		out = append(out, [2]int{all[i].start, all[i+n-1].end})
		i += n
	}
	return out
}

// at reports whether the term stands at the beginning of ws.
func (t *term) at(ws []token) bool {
	if len(t.words) > len(ws) {
		return false
	}
	for i, w := range t.words {
		if i == len(t.words)-1 && t.prefix {
			return strings.HasPrefix(ws[i].text, w)
		}
		if ws[i].text != w {
			return false
		}
	}
	return true
}
