package text

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"golang.org/x/text/language"

	"bottega/assets"
)

// Language names a language by its tag ("pt-BR") in these words' language; a
// tag that is none, or that has no name there, comes back as it is.
func (w *Words) Language(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return tag
	}
	if name := w.tongues[t.String()]; name != "" {
		return name
	}
	b, _ := t.Base()
	if name := w.tongues[b.String()]; name != "" {
		if r, sure := t.Region(); sure == language.Exact {
			return name + " (" + r.String() + ")"
		}
		return name
	}
	return tag
}

// readTongues reads how languages are called in lang. The names are CLDR's, as
// x/text/language/display has them; that package weighs 2.5 MB, since it has
// them in all languages of the world. A test holds the file to it.
func readTongues(lang string) (map[string]string, error) {
	data, err := fs.ReadFile(assets.Languages(), "languages/"+lang+".json")
	if err != nil {
		return nil, fmt.Errorf("text.Load %s: %w", lang, err)
	}
	var names map[string]string
	if err := json.Unmarshal(data, &names); err != nil {
		return nil, fmt.Errorf("text.Load %s: %w", lang, err)
	}
	return names, nil
}

// Missing says that a language has no words and which one stands in for it,
// "" when it has or none was asked for.
func (w *Words) Missing(lang string) string {
	t, err := language.Parse(base(lang))
	if lang == "" || err != nil || base(lang) == w.lang {
		return ""
	}
	return w.T(LanguageMissing, "Language", w.Language(t.String()), "Instead", w.Language(w.lang))
}
