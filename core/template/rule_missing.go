package template

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// optouts recognises a way out of marketing.
type optouts struct {
	verbs    *lists
	keywords *phrases
	phrases  *lists
	buttons  *phrases
	upper    map[string]bool
	notAfter map[string]bool
	footer   map[string]string
}

func newOptouts(f optoutFile) (*optouts, error) {
	o := &optouts{upper: set(f.Uppercase), notAfter: set(f.NotAfter), footer: f.Footer}
	var err error
	if o.verbs, err = newLists(f.Verbs, nil); err != nil {
		return nil, fmt.Errorf("verbs: %w", err)
	}
	if o.phrases, err = newLists(f.Phrases, nil); err != nil {
		return nil, fmt.Errorf("phrases: %w", err)
	}
	if o.keywords, err = newPhrases(f.Keywords); err != nil {
		return nil, fmt.Errorf("keywords: %w", err)
	}
	if o.buttons, err = newPhrases(f.Buttons); err != nil {
		return nil, fmt.Errorf("buttons: %w", err)
	}
	return o, nil
}

// missing notes what a good template has and this one has not.
func (p *pass) missing() {
	marketing := p.t.Category == Marketing
	if marketing && !p.hasOptout() {
		f := p.add(optoutMissing, Place{Part: PartFooter}, 0, 0)
		if s := p.optout.footer[p.lang]; s != "" && p.t.Footer == "" {
			f.Fix = &Fix{Edits: []Edit{{Place{Part: PartFooter}, 0, 0, s}}}
		}
	}
	if marketing && !p.hasCTA() {
		p.add(ctaMissing, Place{Part: PartBody}, 0, 0)
	}
	if within := p.limits.NameWithin.Value; len(p.body.vars) == 0 || p.body.vars[0].Start >= within {
		p.add(nameMissing, Place{Part: PartBody}, 0, 0, "within", strconv.Itoa(within))
	}
	if words := p.body.words(); words < p.limits.GenericWords.Value {
		p.add(genericWords, Place{Part: PartBody}, 0, 0, "words", strconv.Itoa(words), "want", strconv.Itoa(p.limits.GenericWords.Value))
	}
	if h := p.t.Header.Format; p.t.Category == Utility && (h == "IMAGE" || h == "VIDEO" || h == "DOCUMENT" || h == "GIF") {
		p.add(mediaHint, Place{Part: PartHeader}, 0, 0, "format", h)
	}
}

func (p *pass) hasOptout() bool {
	for _, in := range p.parts[1:3] {
		if p.optout.said(in.text, p.lang) {
			return true
		}
	}
	for _, in := range p.parts[3:] {
		found := false
		if len(in.tokens) > 0 {
			p.optout.buttons.at(in.text, 0, func(hit) { found = true })
		}
		if found || len(p.optout.phrases.find(in.text, p.lang)) > 0 || p.optout.capitals(in.text) {
			return true
		}
	}
	return false
}

// said reports an instruction: a keyword in capitals, a verb with a keyword
// soon after it, or a phrase.
func (o *optouts) said(t *text, lang string) bool {
	if o.capitals(t) || len(o.phrases.find(t, lang)) > 0 {
		return true
	}
	for _, v := range o.verbs.find(t, lang) {
		for i := v.to; i < len(t.tokens) && i <= v.to+2 && t.tokens[i].sentence == t.tokens[v.from].sentence; i++ {
			end := 0
			o.keywords.at(t, i, func(h hit) { end = max(end, h.to) })
			if end > 0 && (end == len(t.tokens) || !o.notAfter[t.tokens[end].word]) {
				return true
			}
		}
	}
	return false
}

// capitals reports a keyword written in capitals that stands alone: not the
// second half of NON-STOP.
func (o *optouts) capitals(t *text) bool {
	for _, tok := range t.tokens {
		if tok.kind == link || !o.upper[string(t.cased[tok.start:tok.end])] {
			continue
		}
		if (tok.start == 0 || t.fold[tok.start-1] != '-') && (tok.end == len(t.fold) || t.fold[tok.end] != '-') {
			return true
		}
	}
	return false
}

// hasCTA: a button, a link, a phrase, or a question.
func (p *pass) hasCTA() bool {
	if len(p.t.Buttons) > 0 || slices.ContainsFunc(p.body.links, func(a address) bool { return a.host != "" }) {
		return true
	}
	if strings.ContainsAny(p.t.Body, "?？؟") {
		return true
	}
	return len(p.cta.find(p.body, p.lang)) > 0
}

// Rules of style.
const (
	shouting       Rule = "shouting"
	invisibleChars Rule = "invisible-chars"
	unbalanced     Rule = "markdown-unbalanced"
)

func (p *pass) style() {
	p.shout()
	for _, in := range p.parts {
		p.hidden(in)
	}
	p.marks()
}

// hidden notes characters that nobody sees.
func (p *pass) hidden(in part) {
	first, last := -1, -1
	var edits []Edit
	for i, r := range in.src {
		with := ""
		switch {
		case invisible(r):
		case unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r): // these have rules of their own
			with = " "
		default:
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
		edits = append(edits, Edit{in.place, i, i + 1, with})
	}
	if first >= 0 {
		p.add(invisibleChars, in.place, first, last+1).Fix = &Fix{Edits: edits}
	}
}

// marks notes an odd star or a pair of them in the body.
func (p *pass) marks() {
	stars, double := 0, -1
	rs := p.body.src
	for i := 0; i < len(rs); i++ {
		if v, in := p.body.varAt(i); in {
			i = v.End - 1
			continue
		}
		if rs[i] != '*' || p.inLink(i) {
			continue
		}
		bullet := (i == 0 || rs[i-1] == '\n') && i+1 < len(rs) && rs[i+1] == ' '
		if bullet {
			continue
		}
		stars++
		if i > 0 && rs[i-1] == '*' && double < 0 {
			double = i - 1
		}
	}
	at := Place{Part: PartBody}
	switch {
	case double >= 0:
		var edits []Edit
		for i := 1; i < len(rs); i++ {
			if rs[i] == '*' && rs[i-1] == '*' {
				edits = append(edits, Edit{at, i, i + 1, ""})
			}
		}
		p.add(unbalanced, at, double, double+2).Fix = &Fix{Edits: edits}
	case stars%2 == 1:
		i := slices.Index(rs, '*')
		p.add(unbalanced, at, i, i+1)
	}
}

// inLink reports whether rune i of the original body lies in an address.
func (p *pass) inLink(i int) bool {
	n, _ := slices.BinarySearchFunc(p.body.links, i, func(a address, at int) int {
		if start, _ := p.body.span(a.start, a.end); start <= at {
			return -1
		}
		return 1
	})
	if n == 0 {
		return false
	}
	a := p.body.links[n-1]
	_, end := p.body.span(a.start, a.end)
	return i < end
}

// shout notes runs of words in capitals, mostly capitals, and !!!.
func (p *pass) shout() {
	capitals, letters := 0, 0
	for _, in := range p.parts[:2] {
		start, words, run := -1, 0, 0
		flush := func(end int) {
			if words >= p.limits.ShoutWords.Value && run >= p.limits.ShoutLetters.Value {
				p.shoutAt(in, start, end)
			}
			start, words, run = -1, 0, 0
		}
		for i, tok := range in.tokens {
			if tok.kind == number {
				continue
			}
			up, low := caseOf(in.cased[tok.start:tok.end])
			if tok.kind != word {
				up, low = 0, 1
			} else {
				capitals, letters = capitals+up, letters+up+low
			}
			if low > 0 || up == 0 || start >= 0 && tok.sentence != in.tokens[start].sentence {
				flush(i)
			}
			if low == 0 && up > 0 {
				if start < 0 {
					start = i
				}
				words, run = words+1, run+up
			}
		}
		flush(len(in.tokens))
		if i := strings.Index(string(in.fold), "!!!"); i >= 0 && !p.has(shouting) {
			at := len([]rune(string(in.fold)[:i]))
			from, to := in.span(at, at+3)
			p.add(shouting, in.place, from, to).Fix = &Fix{Edits: []Edit{{in.place, from, to, "!"}}}
		}
	}
	if letters >= p.limits.ShoutMin.Value && capitals*100 >= p.limits.ShoutPercent.Value*letters && !p.has(shouting) {
		p.add(shouting, Place{Part: PartBody}, 0, len(p.body.src))
	}
}

func caseOf(rs []rune) (upper, lower int) {
	for _, r := range rs {
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return upper, lower
}

// shoutAt notes the tokens [start, end) and offers them in small letters.
func (p *pass) shoutAt(in part, start, end int) {
	for end > start+1 && in.tokens[end-1].kind == number {
		end--
	}
	from, to := in.span(in.tokens[start].start, in.tokens[end-1].end)
	f := p.add(shouting, in.place, from, to)
	first := true
	quiet := []rune(strings.Map(func(r rune) rune {
		if !first {
			return unicode.ToLower(r)
		}
		first = false
		return r
	}, string(in.src[from:to])))
	if len(quiet) == to-from {
		f.Fix = &Fix{Edits: []Edit{{in.place, from, to, string(quiet)}}}
	}
}
