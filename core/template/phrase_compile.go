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
		all, err := expand(s)
		if err != nil {
			return nil, err
		}
		for _, elements := range all {
			ps.insert(&phrase{elements: elements, touching: touching(elements)})
		}
	}
	for p := range ps.prefixes {
		if !slices.Contains(ps.lengths, len(p)) {
			ps.lengths = append(ps.lengths, len(p))
		}
	}
	slices.Sort(ps.lengths)
	return ps, nil
}

// insert files a phrase under what its first element looks for.
func (ps *phrases) insert(p *phrase) {
	first := p.elements[:1]
	if first[0].how == anyOf {
		first = first[0].any
	}
	for _, e := range first {
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
		if e.how == exact && !isGlyph([]rune(e.word)[0]) || e.how == prefix || e.how == infix || e.how == anyOf && !touching(e.any) {
			return false
		}
	}
	return true
}

// expand compiles one phrase of a rule file into all that it stands for.
func expand(s string) ([][]element, error) {
	out := [][]element{nil}
	for _, chunk := range strings.Fields(apart(s)) {
		choices, err := alternatives(chunk)
		if err != nil {
			return nil, fmt.Errorf("phrase %q: %w", s, err)
		}
		var next [][]element
		for _, es := range choices {
			for _, head := range out {
				next = append(next, append(slices.Clone(head), es...))
			}
		}
		out = next
	}
	for _, es := range out {
		if len(es) == 0 || es[0].how == between || es[len(es)-1].how == between {
			return nil, fmt.Errorf("phrase %q has no beginning or no end", s)
		}
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

// alternatives reads a chunk without spaces. All its single words become one
// element, which keeps the tables small; those of more words stand apart.
func alternatives(chunk string) ([][]element, error) {
	var out [][]element
	var single []element
	for _, choice := range strings.Split(chunk, "|") {
		es := parseElements(strings.ReplaceAll(choice, "_", " "))
		switch {
		case len(es) == 0:
			return nil, fmt.Errorf("%q says nothing", choice)
		case len(es) == 1 && es[0].how <= numeral:
			single = append(single, es[0])
		default:
			out = append(out, es)
		}
	}
	switch len(single) {
	case 0:
	case 1:
		out = append(out, single)
	default:
		out = append(out, []element{{how: anyOf, any: single}})
	}
	return out, nil
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
