package template

import (
	"slices"
	"testing"
)

func TestWordSets(t *testing.T) {
	ws := wordSets{"en": {"nth": {"second", "third"}, "gift": {"is free", "on us"}}, "de": {"nth": {"zweite"}}}
	ls, err := ws.lists(byLang{"de": {"halber preis"}}, []string{"<nth> ~2 <gift>"}, []string{"second of ~2 is free"}, []string{"<nth> half <gift>"})
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]bool{
		"The second cup is free": true, "Your third one on us": true, "The second half is free": false, "The second of May is free": false,
		"Der zweite on us": false, "Zum halben Preis": false, "Halber Preis": true,
	} {
		if got := len(ls.find(newText(in), "de")) > 0; got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	for name, c := range map[string]struct {
		sets     wordSets
		patterns []string
	}{
		"no such set": {ws, []string{"<nth> <gone>"}},
		"no end":      {ws, []string{"<nth ~2 a"}},
		"no begin":    {ws, []string{"~2 <nth>"}},
		"a mark":      {wordSets{"en": {"nth": {"a|b"}}}, []string{"<nth>"}},
		"an empty":    {wordSets{"en": {"nth": {""}}}, []string{"<nth>"}},
	} {
		if c.sets.check() == nil {
			if _, err := c.sets.lists(nil, c.patterns, nil, nil); err == nil {
				t.Errorf("%s is taken", name)
			}
		}
	}
}

// Lists are compiled when a text asks for them; all that ship can be.
func TestEveryListCompiles(t *testing.T) {
	l := linter()
	d := l.discounts
	for i, ls := range []*lists{d.near, d.fixed, d.words, d.sales, l.urgency, l.share, l.threat, l.goods, l.cta, l.category.promo, l.category.otp, l.sensitive.verbs, l.sensitive.nouns} {
		for lang, lz := range ls.by {
			ps := lz.phrases()
			if len(ps.first)+len(ps.prefixes)+len(ps.infixes)+len(ps.numerals) == 0 {
				t.Errorf("list %d has nothing in %s", i, lang)
			}
			for w := range ps.first {
				if got := foldAll(w); got != w || slices.Contains([]string{"", " "}, w) {
					t.Errorf("list %d in %s looks for %q, a text would hold %q", i, lang, w, got)
				}
			}
		}
	}
}
