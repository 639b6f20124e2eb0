package text

import (
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
)

// forms are the words of one message, by plural form; one that has none has
// only the form Other. Which form a number asks for, x/text knows for each
// language.
type forms [plural.Many + 1]string

// names of the forms as the locale files and CLDR write them.
var names = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// UnmarshalJSON reads "words" or {"one": "…", "other": "…"}.
func (f *forms) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &f[plural.Other])
	}
	var byName map[string]string
	if err := json.Unmarshal(data, &byName); err != nil {
		return err
	}
	for name, words := range byName {
		form, ok := names[name]
		if !ok {
			return fmt.Errorf("text: %q is no plural form", name)
		}
		f[form] = words
	}
	return nil
}

// pick gives the words of a form. A rare form that was not translated (the
// Italian "many" of a million) falls back to Other, which is right for it.
func (f forms) pick(form plural.Form) string {
	if f[form] != "" {
		return f[form]
	}
	return f[plural.Other]
}

const open, shut = "{{.", "}}"

// fill puts the values of kv, pairs of name and value, where s says {{.Name}},
// and does nothing else: values are never interpreted, and a "{{name}}" of a
// template shown to the user stays as it is. A later pair wins over an earlier
// one; a placeholder without value vanishes.
func fill(s string, kv []any) string {
	var b strings.Builder
	for {
		lit, rest, ok := strings.Cut(s, open)
		name, after, closed := strings.Cut(rest, shut)
		if !ok || !closed {
			if b.Len() == 0 {
				return s
			}
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(lit)
		write(&b, kv, name)
		s = after
	}
}

// write writes the value that kv has for name.
func write(b *strings.Builder, kv []any, name string) {
	for i := len(kv)/2*2 - 2; i >= 0; i -= 2 {
		if kv[i] == name && kv[i+1] != nil {
			fmt.Fprint(b, kv[i+1])
			return
		}
	}
}
