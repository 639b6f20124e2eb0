package text_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"bottega/assets"
	"bottega/ui/text"
)

// write writes the names of languages again from CLDR.
var write = flag.Bool("languages", false, "write assets/languages")

// regional are the tags with a region that templates may have, where CLDR or
// the providers tell variants apart.
var regional = []string{"en-GB", "en-US", "es-AR", "es-ES", "es-MX", "fr-CA", "nl-BE", "pt-BR", "pt-PT", "zh-CN", "zh-HK", "zh-TW", "zh-Hans", "zh-Hant"}

// cldr names all languages with a code of two letters.
func cldr(own language.Tag) map[string]string {
	names := map[string]string{}
	n := display.Tags(own)
	add := func(tag string) {
		t, err := language.Parse(tag)
		if err != nil {
			return
		}
		if name := n.Name(t); name != "" && name != tag {
			names[t.String()] = name
		}
	}
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			add(string(a) + string(b))
		}
	}
	for _, tag := range regional {
		add(tag)
	}
	return names
}

// TestLanguagesAreCLDRs: the names carried are CLDR's, for each language that
// has words and each that will.
func TestLanguagesAreCLDRs(t *testing.T) {
	for _, lang := range []string{"en", "it", "ru", "zh", "de", "es", "pt"} {
		want := cldr(language.Make(lang))
		if len(want) < 150 {
			t.Fatalf("%s has %d names", lang, len(want))
		}
		if *write {
			data, err := json.MarshalIndent(want, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join("../../assets/languages", lang+".json"), append(data, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		data, err := fs.ReadFile(assets.Languages(), "languages/"+lang+".json")
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(data, &got); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v; write them again with -languages", lang, err)
		}
	}
}

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
