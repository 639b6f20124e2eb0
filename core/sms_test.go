package core_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bottega/core"
)

func TestSMSParts(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		parts int
		wide  bool
	}{
		"nothing":            {"", 0, false},
		"plain":              {"Il suo ordine 881 e' pronto. Forno Rossi", 1, false},
		"Italian accents":    {"Il caffè è più buono qui: perché no?", 1, false},
		"full":               {strings.Repeat("a", 160), 1, false},
		"one too many":       {strings.Repeat("a", 161), 2, false},
		"two of 153":         {strings.Repeat("a", 306), 2, false},
		"brackets count two": {strings.Repeat("[", 81), 2, false},
		"a curly quote":      {"L’ordine è pronto", 1, true},
		"wide, full":         {strings.Repeat("ã", 70), 1, true},
		"wide, two":          {strings.Repeat("ã", 71), 2, true},
		"emoji count two":    {strings.Repeat("🎂", 36), 2, true},
	} {
		if parts, wide := (core.SMS{Text: c.text}).Parts(); parts != c.parts || wide != c.wide {
			t.Errorf("%s: %d parts, wide %v; want %d, %v", name, parts, wide, c.parts, c.wide)
		}
	}
}

// More text never takes fewer parts.
func TestSMSPartsGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		less, _ := core.SMS{Text: a}.Parts()
		more, _ := core.SMS{Text: a + b}.Parts()
		if more < less || (a != "") != (less > 0) {
			t.Fatalf("%q has %d parts, with %q more %d", a, less, b, more)
		}
	})
}
