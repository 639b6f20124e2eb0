package inbox_test

import (
	"os"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
)

// shopRules are the rules the program ships.
func shopRules(t testing.TB) core.Rules {
	t.Helper()
	r, err := inbox.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type line struct{ lang, text string }

func corpus(t testing.TB, name string) []line {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var ls []line
	for l := range strings.Lines(string(b)) {
		lang, text, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
		ls = append(ls, line{lang, text})
	}
	return ls
}

func TestCourtesyCorpus(t *testing.T) {
	lists := shopRules(t).Courtesy
	for _, c := range []struct {
		file string
		want bool
	}{{"courtesies.txt", true}, {"contents.txt", false}} {
		ls := corpus(t, c.file)
		if len(ls) < 150 {
			t.Errorf("%s has %d lines, want 150", c.file, len(ls))
		}
		langs := map[string]int{}
		for _, l := range ls {
			langs[l.lang]++
			if got := inbox.IsCourtesy(l.text, lists); got != c.want {
				t.Errorf("%s: %q is a courtesy: %v, want %v", l.lang, l.text, got, c.want)
			}
		}
		for _, lang := range []string{"en", "it", "ru", "zh", "de", "es", "pt", "fr"} {
			if langs[lang] < 15 {
				t.Errorf("%s has %d lines in %s", c.file, langs[lang], lang)
			}
		}
	}
}

func TestCourtesyEachLanguageStandsAlone(t *testing.T) {
	lists := shopRules(t).Courtesy
	for _, l := range corpus(t, "courtesies.txt") {
		own := map[string][]string{l.lang: lists[l.lang], inbox.AnyLanguage: lists[inbox.AnyLanguage]}
		if !inbox.IsCourtesy(l.text, own) {
			t.Errorf("%q is no courtesy by the list of %s alone", l.text, l.lang)
		}
	}
}

func TestCourtesyEveryListedWordCounts(t *testing.T) {
	for lang, list := range shopRules(t).Courtesy {
		never := map[string][]string{lang: list}
		for _, e := range list {
			switch e[0] {
			case '+', '-':
				if inbox.IsCourtesy(strings.TrimSpace(e[1:]), never) && e[0] == '-' {
					t.Errorf("%s: %q is never a courtesy, and is one", lang, e)
				}
			default:
				if word := strings.TrimPrefix(e, "~"); !inbox.IsCourtesy(word, never) {
					t.Errorf("%s: %q is listed but not recognised", lang, word)
				}
			}
		}
	}
}

// TestCourtesySurvivesDress writes courtesies as people do.
func TestCourtesySurvivesDress(t *testing.T) {
	lists := shopRules(t).Courtesy
	ls := corpus(t, "courtesies.txt")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(ls).Draw(t, "line").text
		if rapid.Bool().Draw(t, "upper") {
			text = strings.ToUpper(text)
		}
		text = rapid.SampledFrom([]string{"", " ", "\n", "🙏 ", "... ", "😊"}).Draw(t, "before") + text
		text += rapid.SampledFrom([]string{"", "!!!", ".", " 🙏🙏🙏", " 😊❤️", "\n", " 🎂", "…", "~"}).Draw(t, "after")
		if !inbox.IsCourtesy(text, lists) {
			t.Fatalf("%q is no courtesy", text)
		}
		for _, q := range []string{"?", " ？", " xyzzy", " 42", " 😡"} {
			if inbox.IsCourtesy(text+q, lists) {
				t.Fatalf("%q is a courtesy", text+q)
			}
		}
	})
}

func TestCourtesyUnknownWordIsContent(t *testing.T) {
	lists := map[string][]string{"it": {"grazie", "+mille", "~ok", "-:("}}
	for text, want := range map[string]bool{
		"grazie": true, "grazie mille": true, "mille": false, "ok": true, "ok grazie mille": true, "grazie :(": false,
		"graziella": false, "grazie x": false, "": false, "ok ok ok": true, "okgrazie": false,
	} {
		if got := inbox.IsCourtesy(text, lists); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if inbox.IsCourtesy("grazie", nil) {
		t.Error("a courtesy without lists")
	}
	if !inbox.IsCourtesy("grazie", map[string][]string{inbox.AnyLanguage: {"grazie"}}) {
		t.Error("the list for any language alone does not count")
	}
}

func TestCourtesyLongTextIsContent(t *testing.T) {
	lists := shopRules(t).Courtesy
	if inbox.IsCourtesy(strings.Repeat("grazie ", 100), lists) {
		t.Error("seven hundred characters pass for a courtesy")
	}
}

func FuzzIsCourtesy(f *testing.F) {
	for _, name := range []string{"courtesies.txt", "contents.txt"} {
		for _, l := range corpus(f, name) {
			f.Add(l.text)
		}
	}
	lists := shopRules(f).Courtesy
	f.Fuzz(func(t *testing.T, text string) {
		if !inbox.IsCourtesy(text, lists) {
			return
		}
		if strings.ContainsAny(text, "?？") {
			t.Errorf("%q asks something", text)
		}
		if strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsSymbol(r) }) < 0 {
			t.Errorf("%q says nothing", text)
		}
	})
}

func BenchmarkIsCourtesy(b *testing.B) {
	lists := shopRules(b).Courtesy
	texts := []string{"Grazie mille!", "Buongiorno, vorrei sapere se avete ancora la torta alle mele", "спасибо большое", "ok"}
	for i := 0; b.Loop(); i++ {
		inbox.IsCourtesy(texts[i%len(texts)], lists)
	}
}
