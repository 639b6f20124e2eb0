package template

import (
	"strconv"
	"strings"
	"unicode"
)

// Rules of samples.
const (
	sampleMissing     Rule = "sample-missing"
	sampleCount       Rule = "sample-count"
	sampleFormat      Rule = "sample-format"
	samplePlaceholder Rule = "sample-placeholder"
	samplePromo       Rule = "sample-promo"
)

func (p *pass) samples() {
	if !p.t.Sampled {
		return
	}
	p.sampleNumbers(Place{Part: PartBody}, "", p.body, p.t.Samples)
	if !p.t.Header.File() { // else its sample is a file's handle
		p.sampleNumbers(Place{Part: PartHeader}, string(PartHeader), p.header, p.t.Header.Samples)
	}
	for i, b := range p.t.Buttons {
		at := Place{PartButton, i + 1, fieldURL}
		if vs := Vars(b.URL); b.Type == URLButton && len(vs) == 1 && onlySpace(b.Example) && !p.hasAt(urlVariable, at) {
			p.add(sampleMissing, at, vs[0].Start, vs[0].End)
		}
	}
	for i, s := range p.t.Samples {
		p.sample(Place{PartSample, i + 1, ""}, s)
	}
	for i, s := range p.t.Header.Samples {
		if p.t.Header.File() {
			break
		}
		p.sample(Place{PartSample, i + 1, string(PartHeader)}, s)
	}
}

// sampleNumbers wants one sample for each placeholder. A part with malformed
// placeholders is not counted: nobody knows how many it has.
func (p *pass) sampleNumbers(at Place, field string, t *text, samples []string) {
	want := len(distinct(t.vars))
	switch {
	case len(samples) == want:
	case len(samples) == 0:
		p.add(sampleMissing, at, t.vars[0].Start, t.vars[0].End)
		return
	case p.hasAt(varSyntax, at) && !p.wellBraced(t):
		return
	default:
		p.add(sampleCount, at, 0, 0, "count", strconv.Itoa(len(samples)), "want", strconv.Itoa(want))
	}
	for i, s := range samples {
		if onlySpace(s) && i < want {
			p.add(sampleMissing, Place{PartSample, i + 1, field}, 0, 0)
			return
		}
	}
}

// wellBraced reports that only the inside of placeholders is malformed, so
// that they can be counted all the same.
func (p *pass) wellBraced(t *text) bool {
	rest, suspect := masked(t.src, t.vars)
	return !suspect || !foreign.MatchString(rest) && !strings.ContainsAny(rest, "{}｛｝")
}

// sample judges one value, as written in the template or about to be sent.
func (p *pass) sample(at Place, s string) {
	if sampleMalformed(s, p.limits.SpacesMax.Value) {
		p.add(sampleFormat, at, 0, len([]rune(s)))
	}
	t := newText(s)
	if key := strings.Join(strings.Fields(string(t.fold)), " "); p.dummies[key] {
		p.add(samplePlaceholder, at, 0, len(t.src))
	}
	in := part{at, t}
	amounts := p.prices.find(t, p.lang)
	hits := p.discounts.find(t, p.lang, p.t.Category, amounts)
	haste := p.urgency.find(t, p.lang)
	if p.t.Category == Marketing {
		haste = append(haste, apartFrom(spans(t, amounts), p.urgencySoft.find(t, p.lang))...)
	}
	for _, h := range haste {
		hits = append(hits, hit{t.tokens[h.from].start, t.tokens[h.to-1].end})
	}
	if p.t.Category == Marketing {
		for _, a := range amounts {
			if !a.hole {
				hits = append(hits, hit{a.start, a.end})
			}
		}
	}
	p.addHits(samplePromo, in, disjoint(hits))
	p.linksOf(in)
}

// sampleMalformed: a new line, a tab or another control character, a long run of
// spaces or a placeholder, which the provider refuses in any value (132018).
func sampleMalformed(s string, spaces int) bool {
	return strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, strings.Repeat(" ", spaces+1)) || len(Vars(Braces(s))) > 0
}

// Value judges a real value for a variable just before it is sent, as the
// samples are judged: sample-format and url-shortener block, the rest warns.
func (l *Linter) Value(s string, t Template, c Context) []Finding {
	p := &pass{Linter: l, c: &c, t: Template{Category: t.Category, Samples: []string{valid(s)}}, lang: base(t.Language), read: map[Place][]rune{}}
	p.sample(Place{PartSample, 1, ""}, valid(s))
	return p.sorted()
}
