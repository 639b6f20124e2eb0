package template

import (
	"fmt"
	"slices"
	"strings"
)

// newPhrases compiles a list of a rule file.
func newPhrases(list []string) (*phrases, error) {
	ps := &phrases{first: map[string][]*phrase{}, prefixes: map[string][]*phrase{}}
	for _, s := range list {
		elements, err := compile(s)
		if err != nil {
			return nil, err
		}
		ps.insert(&phrase{elements: elements, touching: touching(elements)})
	}
	for p := range ps.prefixes {
		if !slices.Contains(ps.lengths, len(p)) {
			ps.lengths = append(ps.lengths, len(p))
		}
	}
	slices.Sort(ps.lengths)
	return ps, nil
}

// insert files a phrase under all that its first element looks for.
func (ps *phrases) insert(p *phrase) {
	first := p.elements[:1:1]
	if e := first[0]; e.how == anyOf || e.how == choice {
		first = slices.Clone(e.any)
		for _, row := range e.rows {
			first = append(first, row[0])
		}
	}
	for i, e := range first {
		if slices.ContainsFunc(first[:i], func(o element) bool { return o.how == e.how && o.word == e.word }) {
			continue
		}
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
}

// touching reports a phrase of characters only, written without spaces.
func touching(es []element) bool {
	for _, e := range es {
		switch e.how {
		case exact:
			if !isGlyph([]rune(e.word)[0]) {
				return false
			}
		case prefix, infix:
			return false
		case anyOf, choice:
			if !touching(e.any) || slices.ContainsFunc(e.rows, func(row []element) bool { return !touching(row) }) {
				return false
			}
		}
	}
	return true
}

// compile reads one phrase of a rule file.
func compile(s string) ([]element, error) {
	var out []element
	for _, chunk := range strings.Fields(apart(s)) {
		es, err := alternatives(chunk)
		if err != nil {
			return nil, fmt.Errorf("phrase %q: %w", s, err)
		}
		out = append(out, es...)
	}
	if len(out) == 0 || out[0].how == between || out[len(out)-1].how == between {
		return nil, fmt.Errorf("phrase %q has no beginning or no end", s)
	}
	return out, nil
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
func alternatives(chunk string) ([]element, error) {
	var e element
	choices := strings.Split(chunk, "|")
	for _, c := range choices {
		es := parseElements(strings.ReplaceAll(c, "_", " "))
		switch {
		case len(es) == 0:
			return nil, fmt.Errorf("%q says nothing", c)
		case len(choices) == 1:
			return es, nil
		case len(es) == 1 && es[0].how <= numeral:
			e.any = append(e.any, es[0])
		default:
			e.rows = append(e.rows, es)
		}
	}
	e.how = anyOf
	if len(e.rows) > 0 {
		e.how = choice
	}
	return []element{e}, nil
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
