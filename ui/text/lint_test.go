package text

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"bottega/assets"
)

// Each rule of the linter has a message and a hint in every language, and no
// others are left over.
func TestEveryRuleHasWords(t *testing.T) {
	data, err := fs.ReadFile(assets.Rules(), "lint/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Rules []struct {
			ID string `json:"id"`
		} `json:"rules"`
	}
	if err := json.Unmarshal(data, &f); err != nil || len(f.Rules) == 0 {
		t.Fatal(len(f.Rules), err)
	}
	for _, lang := range languages(t) {
		w, err := Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Rules {
			if !w.Has(K("lint.rule."+r.ID)) || !w.Has(K("lint.hint."+r.ID)) {
				t.Errorf("%s: %s has no words", lang, r.ID)
			}
		}
		if n := len(readCatalog(t, lang)["lint"]); n != 2*len(f.Rules) {
			t.Errorf("%s: %d messages for %d rules", lang, n, len(f.Rules))
		}
	}
}

func TestFinding(t *testing.T) {
	w, err := Load("en")
	if err != nil {
		t.Fatal(err)
	}
	msg, hint := w.Finding("body-length", map[string]string{"count": "1100", "max": "1024"})
	if msg != "The body has 1100 characters, 1024 are allowed." || hint == "" {
		t.Errorf("%q %q", msg, hint)
	}
	if msg, _ := w.Finding("var-at-start", nil); strings.Contains(msg, "no value") {
		t.Errorf("%q", msg)
	}
	if _, hint := w.Finding("var-at-start", nil); hint != "Greet first: Hello {{1}}, …" {
		t.Errorf("%q", hint)
	}
	if msg, hint := w.Finding("no-such-rule", nil); msg != "no-such-rule" || hint != "" {
		t.Errorf("%q %q", msg, hint)
	}
}
