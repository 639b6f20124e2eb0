package connect

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"EAAG":                        "EAAG",
		"  EAAG\r\n":                  "EAAG",
		"EAAG1\nEAAG2":                "EAAG1EAAG2",
		`"EAAG",`:                     "EAAG",
		"'EAAG';":                     "EAAG",
		"“EAAG”":                      "EAAG",
		"«EAAG»":                      "EAAG",
		"\ufeffEA\u200bAG\u00a0":      "EAAG",
		"\x1b]0;x\x07EAAG":            "]0;xEAAG",
		"EA\u202eAG":                  "EAAG",
		`"`:                           `"`,
		`"EAAG`:                       `"EAAG`,
		"":                            "",
		"+39 055 123":                 "+39055123",
		"https://x.example/webhooks ": "https://x.example/webhooks",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestCleanIsClean: whatever is pasted, nothing is left that could hide, break a
// line or command a terminal, and what is clean without quotes stays as it is.
func TestCleanIsClean(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := rapid.String().Draw(r, "in")
		got := Clean(in)
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			r.Fatalf("%q is left of %q", got, in)
		}
		if !strings.ContainsAny(got, "\"'`“”„‘’«»") && Clean(got) != got {
			r.Fatalf("%q becomes %q", got, Clean(got))
		}
	})
}

func TestValues(t *testing.T) {
	got := Values([]byte(` {"token":"EAAG","waba_id":"1","rows":3,"deep":{"x":"y"}} `))
	if len(got) != 2 || got["token"] != "EAAG" || got["waba_id"] != "1" {
		t.Errorf("%v", got)
	}
	for _, in := range []string{"", "EAAG", "123", "null", "[]", `"x"`, "{"} {
		if got := Values([]byte(in)); got != nil {
			t.Errorf("%q: %v", in, got)
		}
	}
}
