package template

import (
	"os"
	"strings"
	"testing"
)

// service are the sections of wordings.txt whose sentences are no marketing.
var service = map[string]bool{
	string(sensitiveID): true, string(threat): true, string(mismatch): true, string(goods): true, "fine in service": true,
}

// missedAtMost is the share of a section's sentences, in hundred, that may go
// unnoticed.
const missedAtMost = 5

// TestWordings: in each language, what shops say to lower a price, to hurry, to
// spread a message, to ask for what nobody should, to threaten and to sell is
// found; and nothing of the kind in plain sentences that look like it.
func TestWordings(t *testing.T) {
	data, err := os.ReadFile("testdata/wordings.txt")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(strings.TrimSpace(string(data)), "\n# ")
	if len(sections) < 60 {
		t.Fatalf("%d sections", len(sections))
	}
	for _, section := range sections {
		title, list, _ := strings.Cut(strings.TrimPrefix(section, "# "), "\n")
		t.Run(strings.ReplaceAll(title, " ", ""), func(t *testing.T) {
			rule, lang, _ := strings.Cut(title, " | ")
			sentences, missed := strings.Split(list, "\n"), 0
			for _, s := range sentences {
				found := rulesIn(s, rule, lang)
				switch {
				case strings.HasPrefix(rule, "fine"):
					if len(found) > 0 {
						t.Errorf("%q: %v", s, found)
					}
				case !found[Rule(rule)]:
					t.Logf("%q is missed", s)
					missed++
				}
			}
			if missed*100 > missedAtMost*len(sentences) {
				t.Errorf("%d of %d are missed", missed, len(sentences))
			}
		})
	}
}

// rulesIn are the rules of wording that a sentence breaks.
func rulesIn(s, rule, lang string) map[Rule]bool {
	tpl := Template{Name: "x", Language: map[string]string{"zh": "zh_CN", "pt": "pt_BR"}[lang], Category: Marketing, Body: s, Footer: "STOP"}
	if tpl.Language == "" {
		tpl.Language = lang
	}
	if service[rule] {
		tpl.Category = Utility
	}
	found := map[Rule]bool{}
	for _, f := range linter().Lint(tpl, Context{}) {
		switch f.Rule {
		case discount, discountWord, urgency, shareInducing, sensitiveID, threat, goods, mismatch, price:
			found[f.Rule] = true
		}
	}
	if found[discount] {
		found[discountWord] = true // the figure says it already
	}
	return found
}
