package template

import (
	"slices"
	"strings"
)

// Rules of money, of links, and of words that press or spread.
const (
	price         Rule = "price"
	priceVar      Rule = "price-var"
	discount      Rule = "discount"
	discountWord  Rule = "discount-word"
	shortener     Rule = "url-shortener"
	brandedShort  Rule = "url-branded-short"
	whatsAppLink  Rule = "url-whatsapp-link"
	plainHTTP     Rule = "url-http"
	suspicious    Rule = "url-suspicious"
	shareInducing Rule = "share-inducing"
	urgency       Rule = "urgency"
)

func (p *pass) money() {
	type words struct {
		in   part
		hits []hit
	}
	var later []words
	for _, in := range p.parts {
		amounts := p.prices.find(in.text, p.lang)
		p.amounts = append(p.amounts, amounts)
		for _, a := range amounts {
			start, end := in.span(a.start, a.end)
			if a.hole {
				p.add(priceVar, in.place, start, end)
				continue
			}
			f := p.add(price, in.place, start, end)
			f.Fix = p.withoutPrice(in, a, start, end)
		}
		instead := p.discounts.first[p.lang]
		p.addHits(discount, in, p.discounts.find(in.text, p.lang, p.t.Category, amounts), "instead", instead)
		if ws := p.discounts.named(in.text, p.lang, p.t.Category); len(ws) > 0 {
			later = append(later, words{in, ws})
		}
	}
	if p.has(discount) {
		return // the figure says it already
	}
	for _, w := range later {
		p.addTokens(discountWord, w.in, w.hits, "instead", p.discounts.first[p.lang])
	}
}

func (p *pass) webLinks() {
	for _, in := range p.parts {
		p.linksOf(in)
	}
	for i, b := range p.t.Buttons {
		if b.Type == URLButton {
			p.linksOf(part{Place{PartButton, i + 1, fieldURL}, newText(b.URL)})
		}
	}
}

// linksOf judges the web addresses of one text.
func (p *pass) linksOf(in part) {
	for _, a := range in.links {
		if a.host == "" {
			continue
		}
		start, end := in.span(a.start, a.end)
		button := in.place.Part == PartButton
		switch {
		case p.hosts.shortener(a.host, p.c):
			p.add(shortener, in.place, start, end, "host", a.host)
		case under(p.hosts.branded, a.host) && !p.c.allowed(a.host):
			p.add(brandedShort, in.place, start, end, "host", a.host)
		case under(p.hosts.whatsapp, a.host) && !button:
			p.add(whatsAppLink, in.place, start, end, "host", a.host)
		}
		from, to := in.span(a.hostStart, a.hostEnd)
		raw := strings.ToLower(string(in.src[from:to]))
		if (p.hosts.odd(a.host) || p.hosts.disguised(raw)) && !p.c.allowed(a.host) {
			p.add(suspicious, in.place, start, end, "host", a.host)
		}
		if a.scheme == "http" {
			at, _ := in.span(a.start, a.start+len(a.scheme))
			f := p.add(plainHTTP, in.place, start, end)
			f.Fix = &Fix{Edits: []Edit{{in.place, at, at + len(a.scheme), "https"}}}
		}
	}
}

// pressure finds what urges to hurry or to pass the message on.
func (p *pass) pressure() {
	for i, in := range p.parts {
		haste, bait := p.urgency.find(in.text, p.lang), p.share.find(in.text, p.lang)
		if p.t.Category == Marketing {
			haste = disjoint(append(haste, apartFrom(spans(in.text, p.amounts[i]), p.urgencySoft.find(in.text, p.lang))...))
			bait = disjoint(append(bait, p.shareSoft.find(in.text, p.lang)...))
		}
		p.addTokens(urgency, in, haste)
		for _, h := range bait {
			if !p.negated(in.text, h) {
				p.addTokens(shareInducing, in, []hit{h})
			}
		}
	}
}

// apartFrom drops the hits that hold an amount: only £14 each presses nobody.
func apartFrom(amounts, hits []hit) []hit {
	return slices.DeleteFunc(hits, func(h hit) bool {
		return slices.ContainsFunc(amounts, func(a hit) bool { return a.from < h.to && h.from < a.to })
	})
}

// negatedWithin is how far before a phrase a "do not" counts.
const negatedWithin = 3

// negated reports a "do not" among the three tokens before a hit, or anywhere
// earlier in the clause where characters are tokens.
func (p *pass) negated(t *text, h hit) bool {
	at := &t.tokens[h.from]
	for i := h.from - 1; i >= 0 && i >= h.from-40; i-- {
		tok := &t.tokens[i]
		if tok.sentence != at.sentence {
			break
		}
		if at.kind == glyph && tok.clause != at.clause || at.kind != glyph && i < h.from-negatedWithin {
			break
		}
		found := false
		p.shareNot.at(t, i, func(n hit) { found = found || n.to <= h.from })
		if found {
			return true
		}
	}
	return p.deniedLater(t, h)
}

// deniedLater knows that German denies behind the verb: teilen Sie das nicht.
func (p *pass) deniedLater(t *text, h hit) bool {
	not := p.shareLater[p.lang]
	for i := h.from; i < len(t.tokens) && i < h.to+negatedWithin && t.tokens[i].clause == t.tokens[h.from].clause; i++ {
		if slices.Contains(not, t.tokens[i].word) {
			return true
		}
	}
	return false
}
