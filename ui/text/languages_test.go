package text_test

import (
	"testing"

	"bottega/ui/text"
)

func TestLanguagesHaveNames(t *testing.T) {
	for _, c := range []struct{ words, tag, want string }{
		{"en", "it", "Italian"}, {"it", "it", "italiano"}, {"it", "de", "tedesco"}, {"en", "pt-BR", "Brazilian Portuguese"},
		{"en", "", ""}, {"en", "not a language", "not a language"}, {"en", "\x1b[31m", "\x1b[31m"},
	} {
		w, err := text.Load(c.words)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Language(c.tag); got != c.want {
			t.Errorf("%q in %s is %q, not %q", c.tag, c.words, got, c.want)
		}
	}
}

func TestMissingLanguageIsTold(t *testing.T) {
	for lang, want := range map[string]string{"ru": "Russian is not there yet: English.", "ru_RU": "Russian is not there yet: English.",
		"en": "", "en-GB": "", "it": "", "": "", "C!": ""} {
		w, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Missing(lang); got != want {
			t.Errorf("%q: %q, not %q", lang, got, want)
		}
	}
}
