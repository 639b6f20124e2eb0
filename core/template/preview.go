package template

import (
	"strings"
	"unicode"
)

// Preview is a template as the customer's phone shows it, samples filled in.
type Preview struct {
	Format      string // of the header: "", TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION
	Header      []Run
	Body        []Run
	Footer      string
	Buttons     []Button // Text and, for links and numbers, where they lead
	RightToLeft bool     // the body reads from right to left
}

// Preview fills a template with its samples and reads its marks. Variables
// without a sample stay as they are written.
func (t Template) Preview() Preview {
	t = t.clean()
	p := Preview{Format: t.Header.Format, Footer: t.Footer, RightToLeft: rightToLeft(t.Body)}
	p.Header = plainRuns(filled(t.Header.Text, t.Header.Samples))
	p.Body = runs(filled(t.Body, t.Samples))
	for _, b := range t.Buttons {
		if vs := Vars(b.URL); len(vs) == 1 && b.Example != "" {
			b.URL = withExample(b.URL, vs[0], b.Example)
		}
		p.Buttons = append(p.Buttons, b)
	}
	return p
}

// withExample fills a link's variable: the example is the value alone or the
// whole link.
func withExample(url string, v Var, example string) string {
	if strings.Contains(example, "://") {
		return example
	}
	rs := []rune(url)
	return string(rs[:v.Start]) + example + string(rs[v.End:])
}

// filled is a text with its samples and where they stand.
func filled(text string, samples []string) ([]rune, []cluster) {
	val, rs := values(text, samples), []rune(text)
	var out []rune
	var where []cluster
	at := 0
	for _, v := range Vars(text) {
		out = append(out, rs[at:v.Start]...)
		s, ok := val[v.Name]
		if ok {
			from := len(out)
			out = append(out, []rune(s)...)
			where = append(where, cluster{from, len(out)})
		} else {
			out = append(out, rs[v.Start:v.End]...)
		}
		at = v.End
	}
	return append(out, rs[at:]...), where
}

// plainRuns keeps marks as they are: headers and footers show them.
func plainRuns(rs []rune, where []cluster) []Run {
	return gather(rs, make([]Style, len(rs)), make([]bool, len(rs)), where)
}

// rightToLeft goes by the first letter, as phones do.
func rightToLeft(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
		}
	}
	return false
}

// Measures are the counters that an editor shows while somebody types.
type Measures struct {
	Body, BodyMax         int // characters as written
	Rendered              int // with samples
	Header, HeaderMax     int
	Footer, FooterMax     int
	Buttons, ButtonsMax   int
	Emoji, EmojiMax       int
	Words, Variables      int
	WordsWanted           int // for so many variables, below which a review may refuse
	TargetMin, TargetMax  int // the length that the seeds advise, in characters of the body's script
	LabelMax, VariableMax int // of a button's label; of variables in a header
}

// Measure counts a template.
func (l *Linter) Measure(t Template) Measures {
	t = t.clean()
	body, lim := newText(t.Body), l.limits
	m := Measures{Body: len(body.src), BodyMax: lim.BodyMax.Value, Rendered: len([]rune(Hydrate(t.Body, t.Samples))),
		Header: len([]rune(t.Header.Text)), HeaderMax: lim.HeaderMax.Value, Footer: len([]rune(t.Footer)), FooterMax: lim.FooterMax.Value,
		Buttons: len(t.Buttons), ButtonsMax: lim.ButtonsMax.Value, Emoji: len(emojiAt(body.src)), EmojiMax: lim.EmojiMax.Value,
		Words: body.words(), Variables: len(body.vars), LabelMax: lim.LabelMax.Value, VariableMax: lim.HeaderVariables.Value,
		TargetMin: lim.LatinMin.Value, TargetMax: lim.LatinMax.Value}
	if m.Variables > 0 {
		m.WordsWanted = lim.RatioLow.Value * m.Variables
	}
	glyphs := 0
	for _, tok := range body.tokens {
		if tok.kind == glyph {
			glyphs++
		}
	}
	if glyphs*2 > len(body.tokens) {
		m.TargetMin, m.TargetMax = lim.LengthMin.Value, lim.LengthMax.Value
	}
	return m
}
