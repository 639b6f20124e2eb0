package template

import (
	"fmt"
	"slices"
)

// Rules about what people are asked for or told.
const (
	sensitiveID Rule = "sensitive-id"
	threat      Rule = "threat"
	goods       Rule = "restricted-goods"
)

// sensitives finds requests for card numbers, passwords and documents.
type sensitives struct {
	verbs  *lists
	nouns  *lists
	breaks map[string]*phrases
}

func newSensitives(f sensitiveFile) (*sensitives, error) {
	s := &sensitives{breaks: map[string]*phrases{}}
	var err error
	if s.verbs, err = newLists(f.Verbs, nil); err != nil {
		return nil, fmt.Errorf("verbs: %w", err)
	}
	if s.nouns, err = newLists(f.Nouns, f.Except); err != nil {
		return nil, fmt.Errorf("nouns: %w", err)
	}
	for lang, list := range f.Breaks {
		if s.breaks[lang], err = newPhrases(list); err != nil {
			return nil, fmt.Errorf("breaks: %w", err)
		}
	}
	return s, nil
}

func (p *pass) people() {
	for _, in := range p.parts {
		p.asks(in)
		p.addTokens(threat, in, p.threat.find(in.text, p.lang))
		p.addTokens(goods, in, p.goods.find(in.text, p.lang))
	}
}

// asks wants a request, and what must not be requested a few tokens later in
// the same sentence, with no "never" before it and no "if" between.
func (p *pass) asks(in part) {
	nouns := p.sensitive.nouns.find(in.text, p.lang)
	if len(nouns) == 0 || exempt(p.sensitive.nouns, in.text, p.lang) {
		return
	}
	verbs := p.sensitive.verbs.find(in.text, p.lang)
	for _, n := range nouns {
		i, _ := slices.BinarySearchFunc(verbs, n.from, func(v hit, at int) int { return v.from - at })
		for i--; i >= 0 && p.near(in.text, verbs[i], n); i-- {
			if !p.parted(in.text, verbs[i].to, n.from) && !p.deniedBefore(in.text, verbs[i].from) && !p.deniedLater(in.text, hit{verbs[i].from, n.to}) {
				p.addTokens(sensitiveID, in, []hit{{verbs[i].from, n.to}})
				return
			}
		}
	}
}

// exempt reports that the text asks for a part only: "the last 4 digits",
// "后四位".
func exempt(nouns *lists, t *text, lang string) bool {
	found := false
	nouns.excepted(t, lang, func(h hit) {
		for i := h.from; i < h.to; i++ {
			found = found || t.tokens[i].kind == number && t.tokens[i].word == "4" || t.tokens[i].word == "四"
		}
	})
	return found
}

func (p *pass) near(t *text, verb, noun hit) bool {
	wide := p.limits.Sensitive.Value
	if t.tokens[noun.from].kind == glyph {
		wide = p.limits.SensitiveHan.Value
	}
	return t.tokens[verb.from].sentence == t.tokens[noun.from].sentence && noun.from-verb.to < wide
}

// parted reports an "if" between verb and noun: "reply here if you forgot your
// password" asks for nothing.
func (p *pass) parted(t *text, from, to int) bool {
	found := false
	for i := from; i < to && !found; i++ {
		for _, lang := range []string{p.lang, english} {
			if b := p.sensitive.breaks[lang]; b != nil {
				b.at(t, i, func(h hit) { found = found || h.to <= to })
			}
		}
	}
	return found
}
