// Package text has every word that people read: messages by typed key,
// plurals, numbers, money, dates and the sentences for core's codes. Locale
// files lie in assets/locale/LANG/AREA.json: a key has its words, or an object
// with the words of each plural form; a placeholder is written {{.Name}}.
package text

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
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
	lang string
	tag  language.Tag
	nums *message.Printer
	said map[K]forms
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
	w := &Words{lang: lang, tag: tag, nums: message.NewPrinter(tag), said: map[K]forms{}}
	if err := w.read(); err != nil {
		return nil, err
	}
	return w, nil
}

// read takes in all areas of the language.
func (w *Words) read() error {
	files, err := fs.Glob(assets.Locale(), path.Join(w.lang, "*.json"))
	if err != nil {
		return fmt.Errorf("text.Load %s: %w", w.lang, err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(assets.Locale(), f)
		if err != nil {
			return fmt.Errorf("text.Load: %w", err)
		}
		if err := json.Unmarshal(data, &w.said); err != nil { // adds to what is there
			return fmt.Errorf("text.Load %s: %w", f, err)
		}
	}
	return nil
}

// Lang is the language spoken, "it".
func (w *Words) Lang() string { return w.lang }

// T says a message. kv are pairs of placeholder name and value. A key without
// words comes back as itself; tests see to it that there is none.
func (w *Words) T(k K, kv ...any) string {
	f, ok := w.said[k]
	if !ok {
		return string(k)
	}
	return fill(f.pick(plural.Other), kv)
}

// N says a message in the plural form that n asks for; {{.Count}} is n as the
// language writes it.
func (w *Words) N(k K, n int, kv ...any) string {
	f, ok := w.said[k]
	if !ok {
		return string(k)
	}
	// x/text takes the operand modulo ten million where it is larger.
	form := plural.Cardinal.MatchPlural(w.tag, max(n, -n)%10_000_000, 0, 0, 0, 0)
	return fill(f.pick(form), slices.Concat(kv, []any{"Count", w.Num(n)}))
}

// Has reports whether a key has words.
func (w *Words) Has(k K) bool {
	_, ok := w.said[k]
	return ok
}

func base(lang string) string {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "_")
	lang, _, _ = strings.Cut(lang, "-")
	return lang
}
