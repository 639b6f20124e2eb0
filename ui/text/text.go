// Package text has every word that people read: messages by typed key,
// plurals, numbers, money, dates and the sentences for core's codes. Locale
// files lie in assets/locale/LANG/AREA.json in go-i18n's format; a placeholder
// is written {{.Name}}.
package text

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"bottega/assets"
)

// K names a message. Keys are constants in k_AREA.go; a test holds that each
// has words in every language and is used.
type K string

// Words speaks one language. It never changes after Load and is safe for
// concurrent use.
type Words struct {
	lang  string
	loc   *i18n.Localizer
	nums  *message.Printer
	plain map[K]string // messages without placeholders, ready to show
}

// Fallback is spoken when a language is not known.
const Fallback = "en"

// Languages that have words, sorted.
func Languages() ([]string, error) {
	es, err := fs.ReadDir(assets.Locale(), ".")
	if err != nil {
		return nil, fmt.Errorf("text.Languages: %w", err)
	}
	var out []string
	for _, e := range es {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}

// Load reads the words of a language ("it", "it-IT"); "" and languages
// without words get Fallback's.
func Load(lang string) (*Words, error) {
	known, err := Languages()
	if err != nil {
		return nil, err
	}
	lang = base(lang)
	if !slices.Contains(known, lang) {
		lang = Fallback
	}
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("text.Load %s: %w", lang, err)
	}
	b := i18n.NewBundle(tag)
	b.RegisterUnmarshalFunc("json", json.Unmarshal)
	w := &Words{lang: lang, nums: message.NewPrinter(tag), plain: map[K]string{}}
	if err := w.read(b, tag); err != nil {
		return nil, err
	}
	w.loc = i18n.NewLocalizer(b, lang)
	return w, nil
}

// read adds all areas of the language to the bundle.
func (w *Words) read(b *i18n.Bundle, tag language.Tag) error {
	files, err := fs.Glob(assets.Locale(), path.Join(w.lang, "*.json"))
	if err != nil {
		return fmt.Errorf("text.Load %s: %w", w.lang, err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(assets.Locale(), f)
		if err != nil {
			return fmt.Errorf("text.Load: %w", err)
		}
		ms, err := b.ParseMessageBytes(tag, data, json.Unmarshal)
		if err != nil {
			return fmt.Errorf("text.Load %s: %w", f, err)
		}
		for _, m := range ms {
			if m.One == "" && !strings.Contains(m.Other, open) {
				w.plain[K(m.ID)] = m.Other
			}
		}
	}
	return nil
}

// Lang is the language spoken, "it".
func (w *Words) Lang() string { return w.lang }

// T says a message. kv are pairs of placeholder name and value. A key without
// words comes back as itself; tests see to it that there is none.
func (w *Words) T(k K, kv ...any) string {
	if s, ok := w.plain[k]; ok {
		return s
	}
	return w.say(k, &i18n.LocalizeConfig{MessageID: string(k), TemplateData: pairs(kv)})
}

// N says a message in the plural form that n asks for; {{.Count}} is n as the
// language writes it.
func (w *Words) N(k K, n int, kv ...any) string {
	data := pairs(kv)
	data["Count"] = w.Num(n)
	return w.say(k, &i18n.LocalizeConfig{MessageID: string(k), TemplateData: data, PluralCount: n})
}

// Has reports whether a key has words.
func (w *Words) Has(k K) bool {
	if _, ok := w.plain[k]; ok {
		return true
	}
	_, _, err := w.loc.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: string(k), TemplateParser: placeholder{}})
	return err == nil
}

func (w *Words) say(k K, c *i18n.LocalizeConfig) string {
	c.TemplateParser = placeholder{}
	// An error with words beside it means that a rare plural form fell back to
	// "other", which is right for it.
	s, err := w.loc.Localize(c)
	if err != nil && s == "" {
		return string(k)
	}
	return s
}

func pairs(kv []any) map[string]any {
	m := make(map[string]any, len(kv)/2+1)
	for i := 0; i+1 < len(kv); i += 2 {
		if name, ok := kv[i].(string); ok {
			m[name] = kv[i+1]
		}
	}
	return m
}

func base(lang string) string {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "_")
	lang, _, _ = strings.Cut(lang, "-")
	return lang
}
