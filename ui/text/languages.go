package text

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Language names a language by its tag ("pt-BR") in these words' language; a
// tag that is none comes back as it is.
func (w *Words) Language(tag string) string {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return tag
	}
	own, err := language.Parse(w.lang)
	if err != nil {
		return tag
	}
	if n := display.Tags(own); n != nil {
		if name := n.Name(t); name != "" {
			return name
		}
	}
	return tag
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
