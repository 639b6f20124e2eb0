package template

import (
	"fmt"
	"slices"
	"strings"
)

// Rules of the category.
const (
	mismatch      Rule = "category-mismatch"
	authContent   Rule = "auth-content"
	otpMisplaced  Rule = "otp-in-wrong-category"
	genericWords  Rule = "generic-content"
	mediaHint     Rule = "media-hint"
	nameMissing   Rule = "name-missing"
	ctaMissing    Rule = "cta-missing"
	optoutMissing Rule = "optout-missing"
)

// categories knows the words that belong to one category only.
type categories struct {
	words   []string
	old     map[string]string
	promo   *lists
	otp     *lists
	presets map[string]preset
}

func newCategories(f categoryFile) (*categories, error) {
	c := &categories{words: f.Categories, old: f.Old, presets: f.Presets}
	var err error
	if c.promo, err = newLists(f.Promo, f.PromoExcept); err != nil {
		return nil, fmt.Errorf("promo: %w", err)
	}
	if c.otp, err = newLists(f.OTP, f.OTPExcept); err != nil {
		return nil, fmt.Errorf("otp: %w", err)
	}
	return c, nil
}

// mismatch notes promotion in a message that says it is none. The other rules
// have run before.
func (p *pass) mismatch() {
	if p.t.Category != Utility {
		return
	}
	for _, f := range p.found {
		if f.Rule == discount || f.Rule == discountWord || f.Rule == urgency {
			p.add(mismatch, f.Place, f.Start, f.End)
			return
		}
	}
	for _, in := range p.parts {
		if hits := p.category.promo.find(in.text, p.lang); len(hits) > 0 {
			p.addTokens(mismatch, in, hits)
			return
		}
	}
}

// oneTimeCode notes a login code outside its own category.
func (p *pass) oneTimeCode() {
	if len(p.body.vars) == 0 || p.t.Category != Utility && p.t.Category != Marketing {
		return
	}
	for _, in := range p.parts[:2] {
		for _, h := range p.category.otp.find(in.text, p.lang) {
			if !p.warnsOnly(in.text, h) {
				p.addTokens(otpMisplaced, in, []hit{h})
				return
			}
		}
	}
}

// codeWithin is how near its placeholder a code's name stands.
const codeWithin = 6

// warnsOnly reports a code that is only spoken of: "we never ask for your
// verification code", with no placeholder near.
func (p *pass) warnsOnly(t *text, h hit) bool {
	for i := max(0, h.from-codeWithin); i < len(t.tokens) && i < h.to+codeWithin; i++ {
		if t.tokens[i].kind == hole && t.tokens[i].sentence == t.tokens[h.from].sentence {
			return false
		}
	}
	return p.deniedBefore(t, h.from)
}

// deniedBefore reports a "never" or "not" earlier in the sentence.
func (p *pass) deniedBefore(t *text, from int) bool {
	denied := false
	for i := from - 1; i >= 0 && t.tokens[i].sentence == t.tokens[from].sentence && !denied; i-- {
		p.shareNot.at(t, i, func(n hit) { denied = denied || n.to <= from })
	}
	return denied
}

// authentication allows nothing but the platform's own text (P-10).
func (p *pass) authentication() {
	at := Place{Part: PartBody}
	switch {
	case p.t.Header.Format != "":
		p.add(authContent, Place{Part: PartHeader}, 0, len(p.header.src))
	case len(p.body.links) > 0:
		start, end := p.body.span(p.body.links[0].start, p.body.links[0].end)
		p.add(authContent, at, start, end)
	case len(emojiAt(p.body.src)) > 0:
		e := emojiAt(p.body.src)[0]
		p.add(authContent, at, e.from, e.to)
	default:
		pre, known := p.category.presets[p.lang]
		if !known || onlySpace(p.t.Body) || pre.allows(p.t.Body) {
			return
		}
		p.add(authContent, at, 0, len(p.body.src)).Fix = &Fix{Edits: []Edit{{at, 0, len(p.body.src), pre.Body + " " + pre.Security[0]}}}
	}
}

// allows compares without marks and with single blanks.
func (pre preset) allows(body string) bool {
	is := bare(body)
	if is == bare(pre.Body) {
		return true
	}
	return slices.ContainsFunc(pre.Security, func(s string) bool { return is == bare(pre.Body+" "+s) })
}

func bare(s string) string {
	s = strings.Map(func(r rune) rune {
		if isMarkup(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
