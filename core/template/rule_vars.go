package template

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rules of variables.
const (
	varSyntax    Rule = "var-syntax"
	varMixed     Rule = "var-mixed-formats"
	varNamed     Rule = "var-named-format"
	varSequence  Rule = "var-sequence"
	varOrder     Rule = "var-order"
	varDuplicate Rule = "var-duplicate"
	varAtStart   Rule = "var-at-start"
	varAtEnd     Rule = "var-at-end"
	varEdge      Rule = "var-edge-punct"
	varAdjacent  Rule = "var-adjacent"
	varRatio     Rule = "var-ratio"
	varRatioLow  Rule = "var-ratio-low"
)

func (p *pass) variables() {
	p.syntax()
	p.formats()
	for _, in := range p.parts[:2] {
		p.namesWell(in)
		p.sequence(in)
		p.adjacent(in)
	}
	p.edges()
	p.ratio()
}

// foreign are placeholders of other tools: [[1]], ##x##, ${x}, %s, %name%,
// *|NAME|*; letters must not touch %s, or 100%sure would be one.
var foreign = regexp.MustCompile(`\[\[\s*([\pL\pN_ -]{1,40}?)\s*\]\]|##\s*([\pL\pN_]{1,40})\s*##|\$\{\s*([\pL\pN_.]{1,40})\s*\}|\*\|\s*([\pL\pN_]{1,40})\s*\|\*|(?:^|[^\pL\pN%])(%(?:[0-9]\$)?[sd])(?:$|[^\pL\pN%])|(?:^|[^\pL\pN%])%([\pL_]{3,40})%`)

// braced is a placeholder with braces missing or to spare, in any width.
var braced = regexp.MustCompile(`[{｛]+\s*([^{}｛｝\n]{1,40}?)\s*[}｝]+|[{｛]+|[}｝]+`)

// syntax notes malformed placeholders, one finding for each.
func (p *pass) syntax() {
	for _, in := range p.parts[:3] {
		p.syntaxOf(in.place, in.src, in.vars)
	}
	for i, b := range p.t.Buttons {
		if b.Type == URLButton {
			p.syntaxOf(Place{PartButton, i + 1, fieldURL}, []rune(b.URL), Vars(b.URL))
		}
	}
}

func (p *pass) syntaxOf(at Place, src []rune, vars []Var) {
	for _, v := range vars {
		if v.Raw != v.Name {
			f := p.add(varSyntax, at, v.Start, v.End)
			if v.Name != "" && v.Number >= 0 {
				f.Fix = &Fix{Edits: []Edit{{at, v.Start, v.End, "{{" + v.Name + "}}"}}}
			}
		}
	}
	rest, ok := masked(src, vars)
	if !ok {
		return
	}
	var taken []cluster
	for _, re := range []*regexp.Regexp{foreign, braced} {
		count := runeCount{s: rest}
		for _, m := range re.FindAllStringSubmatchIndex(rest, -1) {
			start, end, name := submatch(&count, m)
			if re == braced && inCluster(taken, start) {
				continue
			}
			if re == foreign {
				taken = append(taken, cluster{start, end})
			}
			f := p.add(varSyntax, at, start, end)
			if good := repaired(name); good != "" {
				f.Fix = &Fix{Edits: []Edit{{at, start, end, "{{" + good + "}}"}}}
			}
		}
	}
}

// masked is src without its placeholders, rune for rune, and whether anything
// in it can be a malformed one. Long runs of braces are looked at as one.
func masked(src []rune, vars []Var) (string, bool) {
	rest := slices.Clone(src)
	for _, v := range vars {
		for i := v.Start; i < v.End; i++ {
			rest[i] = ' '
		}
	}
	return string(rest), slices.ContainsFunc(rest, func(r rune) bool { return strings.ContainsRune("{}｛｝[#%|", r) })
}

// submatch turns a match's bytes into runes: the whole malformed placeholder
// and the name inside it.
func submatch(c *runeCount, m []int) (start, end int, name string) {
	s, from, to := c.s, m[0], m[1]
	for g := 2; g+1 < len(m); g += 2 {
		if m[g] < 0 {
			continue
		}
		name = s[m[g]:m[g+1]]
		if strings.HasPrefix(name, "%") { // the match has its neighbours
			from, to, name = m[g], m[g+1], ""
		} else if s[from] != '%' && strings.HasSuffix(s[from:to], "%") {
			from = m[g] - 1
		}
	}
	start = c.at(from)
	return start, start + utf8.RuneCountInString(s[from:to]), name
}

// runeCount turns rising byte offsets into rune offsets without starting over.
type runeCount struct {
	s           string
	byte, runes int
}

func (c *runeCount) at(b int) int {
	if b < c.byte {
		return c.runes - utf8.RuneCountInString(c.s[b:c.byte])
	}
	c.runes += utf8.RuneCountInString(c.s[c.byte:b])
	c.byte = b
	return c.runes
}

// repaired is the name that belongs between the braces, "" when unclear.
func repaired(name string) string {
	name = strings.TrimSpace(name)
	if digitsOnly(name) {
		return strings.TrimLeft(name, "0")
	}
	if len(name) > 30 || strings.Contains(name, ". ") || strings.Contains(name, ", ") {
		return ""
	}
	return Slug(name)
}

// formats notes positional beside named placeholders, or another kind than
// the template declares.
func (p *pass) formats() {
	want := p.t.Format
	for _, in := range p.parts[:2] {
		for _, v := range in.vars {
			is := Named
			if v.Number != 0 {
				is = Positional
			}
			if want == "" {
				want = is
			}
			if is != want {
				p.add(varMixed, in.place, v.Start, v.End)
				return
			}
		}
	}
}

var nameForm = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

func (p *pass) namesWell(in part) {
	for _, v := range in.vars {
		if v.Number != 0 || nameForm.MatchString(v.Name) || v.Name == "" {
			continue
		}
		f := p.add(varNamed, in.place, v.Start, v.End)
		if s := strings.TrimLeft(Slug(v.Name), "0123456789_"); s != "" {
			f.Fix = &Fix{Edits: []Edit{{in.place, v.Start, v.End, "{{" + s + "}}"}}}
		}
	}
}

// sequence notes gaps, wrong order and repetition in one part.
func (p *pass) sequence(in part) {
	seen, highest, order := map[string]bool{}, 0, -1
	numbers, twice := 0, false
	for i, v := range in.vars {
		if seen[v.Name] {
			if !twice {
				p.add(varDuplicate, in.place, v.Start, v.End, "name", v.Name)
			}
			twice = true
			continue
		}
		seen[v.Name] = true
		if v.Number == 0 {
			continue
		}
		numbers++
		if v.Number < highest && order < 0 {
			order = i
		}
		highest = max(highest, v.Number)
		if v.Number < 0 {
			highest = 1 << 30
		}
	}
	if p.has(varMixed) {
		return
	}
	if highest != numbers {
		v := in.vars[slices.IndexFunc(in.vars, func(v Var) bool { return v.Number != 0 })]
		for _, u := range in.vars {
			if u.Number > numbers || u.Number < 0 {
				v = u
			}
		}
		p.add(varSequence, in.place, v.Start, v.End, "want", strconv.Itoa(numbers)).Fix = p.renumbered(in)
	} else if order >= 0 {
		v := in.vars[order]
		p.add(varOrder, in.place, v.Start, v.End).Fix = p.renumbered(in)
	}
}

func (p *pass) hasAt(r Rule, at Place) bool {
	return slices.ContainsFunc(p.found, func(f Finding) bool { return f.Rule == r && f.Place == at })
}

// renumbered counts the placeholders of a part from 1 by first appearance and
// takes their samples along.
func (p *pass) renumbered(in part) *Fix {
	fix, next := &Fix{}, map[string]int{}
	for _, v := range in.vars {
		if next[v.Name] == 0 {
			next[v.Name] = len(next) + 1
		}
		fix.Edits = append(fix.Edits, Edit{in.place, v.Start, v.End, "{{" + strconv.Itoa(next[v.Name]) + "}}"})
	}
	samples, field := p.t.Samples, ""
	if in.place.Part == PartHeader {
		samples, field = p.t.Header.Samples, string(PartHeader)
	}
	for i, name := range distinct(in.vars) {
		if to := next[name]; i < len(samples) && to-1 < len(samples) && to != i+1 {
			at := Place{PartSample, to, field}
			fix.Edits = append(fix.Edits, Edit{at, 0, len([]rune(samples[to-1])), samples[i]})
		}
	}
	return fix
}

// edges looks at the beginning and the end of the body.
func (p *pass) edges() {
	vs, src, at := p.body.vars, p.body.src, Place{Part: PartBody}
	if len(vs) == 0 {
		return
	}
	first, last := vs[0], vs[len(vs)-1]
	switch {
	case blankRunes(src[:first.Start]):
		f := p.add(varAtStart, at, first.Start, first.End)
		if g := p.rewrites.Greetings[p.lang]; g != "" {
			f.Fix = &Fix{Edits: []Edit{{at, 0, first.Start, g}}}
		}
	case wordless(src[:first.Start]):
		p.add(varEdge, at, 0, first.End)
	}
	closing := p.rewrites.Closings[p.lang]
	switch {
	case blankRunes(src[last.End:]):
		f := p.add(varAtEnd, at, last.Start, last.End)
		if closing != "" {
			f.Fix = &Fix{Edits: []Edit{{at, last.End, len(src), "." + closing}}}
		}
	case wordless(src[last.End:]):
		f := p.add(varEdge, at, last.Start, len(src))
		if closing != "" {
			f.Fix = &Fix{Edits: []Edit{{at, len(src), len(src), closing}}}
		}
	}
}

func blankRunes(rs []rune) bool {
	return !slices.ContainsFunc(rs, func(r rune) bool { return !unicode.IsSpace(r) && !invisible(r) })
}

// wordless: no letter and no digit of any script.
func wordless(rs []rune) bool {
	emoji := emojiAt(rs)
	for i, r := range rs {
		if (unicode.IsLetter(r) || unicode.IsNumber(r)) && !inCluster(emoji, i) {
			return false
		}
	}
	return true
}

// adjacent notes two placeholders with nothing but white space or marks between.
func (p *pass) adjacent(in part) {
	for i := 1; i < len(in.vars); i++ {
		a, b := in.vars[i-1], in.vars[i]
		if !slices.ContainsFunc(in.src[a.End:b.Start], func(r rune) bool { return !unicode.IsSpace(r) && !isMarkup(r) && !invisible(r) }) {
			p.add(varAdjacent, in.place, a.Start, b.End)
		}
	}
}

// ratio compares the static words of the body with its placeholders.
func (p *pass) ratio() {
	n := len(p.body.vars)
	if n == 0 {
		return
	}
	words, least, good := p.body.words(), p.limits.RatioError.Value*n+1, p.limits.RatioLow.Value*n
	kv := []string{"words", strconv.Itoa(words), "variables", strconv.Itoa(n)}
	switch {
	case words < least:
		p.add(varRatio, Place{Part: PartBody}, 0, 0, append(kv, "want", strconv.Itoa(least))...)
	case words < good:
		p.add(varRatioLow, Place{Part: PartBody}, 0, 0, append(kv, "want", strconv.Itoa(good))...)
	}
}
