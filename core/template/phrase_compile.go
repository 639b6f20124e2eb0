package template

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// newPhrases checks and compiles a list of a rule file.
func newPhrases(list []string) (*phrases, error) {
	l, err := deferred(list)
	if err != nil {
		return nil, err
	}
	return l.phrases(), nil
}

// check wants a beginning and an end from a phrase, and something from each of
// its words and alternatives. What passes can be compiled.
func check(s string) error {
	// gaps stand apart: begun is what came before, said what the word in hand says
	begun, said, open, last := false, false, false, ' '
	for _, r := range s + " " {
		space := r == ' ' || r == '~'
		if open && !said && (space || r == '|') {
			return fmt.Errorf("phrase %q has a word that says nothing", s)
		}
		switch {
		case r == '~' && !begun:
			return fmt.Errorf("phrase %q has no beginning", s)
		case space:
			open = false
		case r == '|':
			if !open {
				return fmt.Errorf("phrase %q has a word that says nothing", s)
			}
			said = false
		case last == '~' && '1' <= r && r <= '9':
			r = '~' // how far the gap goes
		default:
			said = open && said || says(r)
			open, begun = true, true
		}
		if r != ' ' {
			last = r
		}
	}
	if !begun || last == '~' {
		return fmt.Errorf("phrase %q has no beginning or no end", s)
	}
	return nil
}

func says(r rune) bool { return r == '#' || r == '@' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// compiled makes the table of a list that was checked.
func compiled(list []string) *phrases {
	ps := &phrases{first: map[string][]*phrase{}, prefixes: map[string][]*phrase{}}
	known := map[string][]element{}
	for _, s := range list {
		elements := compile(s, known)
		ps.insert(&phrase{elements: elements, touching: touching(elements)})
	}
	for p := range ps.prefixes {
		if !slices.Contains(ps.lengths, len(p)) {
			ps.lengths = append(ps.lengths, len(p))
		}
	}
	slices.Sort(ps.lengths)
	return ps
}

// insert files a phrase under all that its first element looks for.
func (ps *phrases) insert(p *phrase) {
	e := &p.elements[0]
	if e.of == nil {
		ps.file(e, p)
		return
	}
	for w := range e.of.words {
		ps.file(&element{word: w}, p)
	}
	for i := range e.of.other {
		ps.file(&e.of.other[i], p)
	}
	for w := range e.of.rows {
		if !e.of.words[w] {
			ps.file(&element{word: w}, p)
		}
	}
	for _, row := range e.of.loose {
		if !slices.ContainsFunc(e.of.other, func(o element) bool { return o.how == row[0].how && o.word == row[0].word }) {
			ps.file(&row[0], p)
		}
	}
}

func (ps *phrases) file(e *element, p *phrase) {
	switch e.how {
	case exact:
		ps.first[e.word] = append(ps.first[e.word], p)
	case prefix:
		ps.prefixes[e.word] = append(ps.prefixes[e.word], p)
	case infix:
		ps.infixes = append(ps.infixes, p)
	case numeral, blank:
		ps.numerals = append(ps.numerals, p)
	}
}

// touching reports a phrase of characters only, written without spaces.
func touching(es []element) bool {
	for i := range es {
		switch e := &es[i]; e.how {
		case exact:
			if r, _ := utf8.DecodeRuneInString(e.word); !isGlyph(r) {
				return false
			}
		case prefix, infix:
			return false
		case anyOf, choice:
			if !e.of.touching() {
				return false
			}
		}
	}
	return true
}

func (c *choices) touching() bool {
	for w := range c.words {
		if r, _ := utf8.DecodeRuneInString(w); !isGlyph(r) {
			return false
		}
	}
	for _, rows := range c.rows {
		if slices.ContainsFunc(rows, func(row []element) bool { return !touching(row) }) {
			return false
		}
	}
	return touching(c.other) && !slices.ContainsFunc(c.loose, func(row []element) bool { return !touching(row) })
}

// compile reads one phrase. Known are the pieces read so far.
func compile(s string, known map[string][]element) []element {
	var out []element
	for _, chunk := range strings.Fields(apart(s)) {
		es, ok := known[chunk]
		if !ok {
			es = alternatives(chunk)
			known[chunk] = es
		}
		out = append(out, es...)
	}
	return out
}

// apart puts blanks around each ~ and its digit.
func apart(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '~' {
			b.WriteByte(s[i])
			continue
		}
		b.WriteString(" ~")
		if i+1 < len(s) && '1' <= s[i+1] && s[i+1] <= '9' {
			i++
			b.WriteByte(s[i])
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// alternatives reads a chunk without spaces. Alternatives become one element,
// which keeps the tables small.
func alternatives(chunk string) []element {
	if !strings.Contains(chunk, "|") {
		return parseElements(strings.ReplaceAll(chunk, "_", " "))
	}
	e := element{how: anyOf, of: &choices{words: map[string]bool{}}}
	for c := range strings.SplitSeq(chunk, "|") {
		es := parseElements(strings.ReplaceAll(c, "_", " "))
		switch {
		case len(es) == 0: // a mark alone
		case len(es) == 1 && es[0].how == exact:
			e.of.words[es[0].word] = true
		case len(es) == 1 && es[0].how <= numeral:
			e.of.other = append(e.of.other, es[0])
		case es[0].how == exact:
			if e.of.rows == nil {
				e.of.rows = map[string][][]element{}
			}
			e.of.rows[es[0].word] = append(e.of.rows[es[0].word], es)
			e.how = choice
		default:
			e.of.loose = append(e.of.loose, es)
			e.how = choice
		}
	}
	return []element{e}
}

// parseElements reads a piece without alternatives.
func parseElements(s string) []element {
	if n, ok := strings.CutPrefix(s, "~"); ok {
		e := element{how: between}
		if n != "" {
			e.most = n[0] - '0'
		}
		return []element{e}
	}
	if plain(s) {
		return []element{{word: s}}
	}
	var out []element
	t := newText(strings.Trim(s, "*"))
	at := 0
	for _, tok := range t.tokens {
		out = append(out, signs(t, at, tok.start)...)
		out = append(out, element{word: tok.word})
		at = tok.end
	}
	out = append(out, signs(t, at, len(t.fold))...)
	if n := len(out); n > 0 && out[n-1].how == exact && strings.HasSuffix(s, "*") {
		out[n-1].how = prefix
		if n == 1 && strings.HasPrefix(s, "*") {
			out[0].how = infix
		}
	} else if n == 1 && strings.HasPrefix(s, "*") {
		out[0].how = infix
	}
	return out
}

// plain reports a word that folding would not change.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

// signs are the # and @ of a phrase between its words.
func signs(t *text, from, to int) []element {
	var out []element
	for _, r := range t.fold[from:to] {
		switch r {
		case '#':
			out = append(out, element{how: numeral})
		case '@':
			out = append(out, element{how: blank})
		}
	}
	return out
}
