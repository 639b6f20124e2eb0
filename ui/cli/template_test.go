package cli

import (
	"errors"
	"strings"
	"testing"

	"bottega/core/template"
)

// TestDecodedText: a file in another encoding is refused with its line, before
// its letters turn into question marks for the review and the customers.
func TestDecodedText(t *testing.T) {
	for name, tt := range map[string]struct {
		data string
		line string // "" when it can be read
	}{
		"UTF-8":        {"Il caffè è pronto, {{1}}, al banco.", ""},
		"a mark first": {"\uFEFFIl caffè è pronto.", ""},
		"Latin-1":      {"Hello {{1}}.\nThe caf\xe9 is open.\nBye", "2"},
		"in JSON":      {"{\"body\":\n\n\"caf\xe9\"}", "3"},
		"cut off":      {"Pronto, perch\xc3", "1"},
		"UTF-16":       {"\xff\xfeH\x00i\x00", "1"},
	} {
		for _, lang := range []string{"en", "it"} {
			a := &app{w: words(t, lang)}
			ts, err := a.decoded("x.txt", []byte(tt.data))
			if tt.line == "" {
				if err != nil || len(ts) != 1 || strings.ContainsRune(ts[0].Body, '\uFFFD') {
					t.Errorf("%s: %+v, %v", name, ts, err)
				}
				continue
			}
			no, ok := errors.AsType[*refusal](err)
			if !ok {
				t.Fatalf("%s: %+v, %v", name, ts, err)
			}
			if s := a.w.T(no.key, no.kv...); !strings.Contains(s, "UTF-8") || !strings.Contains(s, " "+tt.line+")") {
				t.Errorf("%s: %s", name, s)
			}
		}
	}
}

// TestWordedText: what flags, the input and the editor bring in another
// encoding is refused as well, and what was there stays.
func TestWordedText(t *testing.T) {
	given := func(string) bool { return false }
	for name, o := range map[string]writing{"body": {body: "caf\xe9"}, "header": {header: "caf\xe9"}, "footer": {footer: "a\nb\xe9"}, "input": {body: "-"}} {
		a := &app{w: words(t, "en"), h: Host{In: strings.NewReader("Hello {{1}}.\ncaf\xe9")}}
		o.given = given
		_, err := a.worded(template.Template{Body: "as it was"}, o)
		no, ok := errors.AsType[*refusal](err)
		if !ok {
			t.Fatalf("%s: %v", name, err)
		}
		if s := a.w.T(no.key, no.kv...); !strings.Contains(s, "UTF-8") {
			t.Errorf("%s: %s", name, s)
		}
	}
	a := &app{w: words(t, "en"), h: Host{In: strings.NewReader("Il caffè è pronto.\r\n")}}
	if got, err := a.worded(template.Template{Footer: "Forno"}, writing{body: "-", given: given}); err != nil || got.Body != "Il caffè è pronto." || got.Footer != "Forno" {
		t.Errorf("%+v, %v", got, err)
	}
}
