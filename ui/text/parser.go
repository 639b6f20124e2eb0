package text

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

const open, shut = "{{.", "}}"

// placeholder reads {{.Name}} and nothing else: values are never interpreted, and
// a "{{name}}" of a template shown to the user stays as it is.
type placeholder struct{}

func (placeholder) Cacheable() bool { return true }

func (placeholder) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	var p parsed
	for {
		lit, rest, ok := strings.Cut(src, open)
		name, after, closed := strings.Cut(rest, shut)
		if !ok {
			return append(p, part{lit: src}), nil
		}
		if !closed {
			return nil, fmt.Errorf("text: placeholder without end in %q", src)
		}
		p = append(p, part{lit: lit, name: name})
		src = after
	}
}

// part is some literal text and the placeholder behind it.
type part struct{ lit, name string }

type parsed []part

func (p parsed) Execute(data any) (string, error) {
	vals, _ := data.(map[string]any)
	var b strings.Builder
	for _, t := range p {
		b.WriteString(t.lit)
		if t.name == "" {
			continue
		}
		switch v := vals[t.name].(type) {
		case nil:
		case string:
			b.WriteString(v)
		default:
			fmt.Fprint(&b, v)
		}
	}
	return b.String(), nil
}
