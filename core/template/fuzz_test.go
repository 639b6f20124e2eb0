package template

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// hostile are inputs that have broken linters before.
func hostile() map[string]string {
	return map[string]string{
		"nothing":          "",
		"bad bytes":        "Hi \xff\xfe{{1}}\xc3\x28 20\xff% off https://bit.ly/\xff",
		"nested braces":    strings.Repeat("{", 500) + "1" + strings.Repeat("}", 500),
		"odd braces":       "{{{1}}} {{{{2}}}} {{}} {{ }} {{{}}} }}{{ {1}} {{1} ｛｛1｝｝",
		"many variables":   manyVariables(10_000),
		"one variable":     strings.Repeat("{{1}}", 10_000),
		"big":              strings.Repeat("Hurry, 20% off for €19,99 at https://bit.ly/x and send it to your friends! ", 3_500),
		"a megabyte":       strings.Repeat("Ciao {{1}}, il tuo ordine è pronto. ", 27_000),
		"stars":            strings.Repeat("* *a* http://a.b/ ", 10_000),
		"only braces":      strings.Repeat("{a", 60_000),
		"han":              strings.Repeat("限时八折满200减30转发给朋友", 5_000),
		"marks":            strings.Repeat("e\u0301\u0302", 20_000),
		"combining":        "a" + strings.Repeat("\u0301", 20_000),
		"dots":             strings.Repeat("a.", 40_000) + "/",
		"at signs":         strings.Repeat("a@b.", 20_000),
		"joiners":          strings.Repeat("👩\u200d", 10_000),
		"flags":            strings.Repeat("🇮", 20_001),
		"numbers":          strings.Repeat("1.", 40_000) + "€",
		"no end":           strings.Repeat("share ", 20_000) + "friends",
		"capitals":         strings.Repeat("SHOUT ", 20_000),
		"object character": "\uFFFC {{1}} \uFFFC",
		"right to left":    "\u202Eשלום\u202C {{1}} مرحبا 20٪ خصم",
	}
}

func manyVariables(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("w {{")
		b.WriteString(strings.Repeat("1", i%7+1))
		b.WriteString("}} ")
	}
	return b.String()
}

// Whatever the text, the linter comes to an end and points inside it. Texts of
// hundreds of kilobytes would show anything that takes their square.
func TestHostileTexts(t *testing.T) {
	for name, s := range hostile() {
		t.Run(name, func(t *testing.T) {
			lang := "de" // its lists have every kind of phrase
			if name == "han" {
				lang = "zh_CN"
			}
			tpl := Template{Name: cutTo(s, 5000), Language: lang, Category: Marketing, Body: s, Footer: "x", Header: Header{Text: cutTo(s, 5000)},
				Samples: []string{cutTo(s, 5000)}, Sampled: true, Buttons: []Button{{Type: URLButton, Text: cutTo(s, 5000), URL: "https://x.example/" + cutTo(s, 5000)}}}
			checkSpans(t, tpl, linter().Lint(tpl, Context{Library: NewLibrary([]Template{tpl})}))
			Runs(s)
			Hydrate(s, []string{"a", "b"})
		})
	}
}

func cutTo(s string, n int) string { return s[:min(n, len(s))] }

func FuzzLint(f *testing.F) {
	for _, s := range hostile() {
		f.Add(cutTo(s, 300), "en", "MARKETING", "Anna")
	}
	for _, r := range readCorpus(f, "corpus.jsonl") {
		ts, err := Decode(r.raw)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ts[0].Body, ts[0].Language, ts[0].Category, strings.Join(ts[0].Samples, "\n"))
	}
	f.Fuzz(func(t *testing.T, body, lang, category, sample string) {
		tpl := Template{Name: sample, Language: lang, Category: category, Body: body, Footer: sample, Header: Header{Text: body, Samples: []string{sample}},
			Samples: []string{sample}, Sampled: true, Buttons: []Button{{Type: URLButton, Text: body, URL: body, Example: sample}, {Type: CopyCode, Example: body}}}
		fs := linter().Lint(tpl, Context{Profile: Official})
		checkSpans(t, tpl, fs)
		for _, finding := range fs[:min(8, len(fs))] { // enough of each text
			if finding.Fix != nil {
				fixed := tpl.Apply(*finding.Fix)
				checkSpans(t, fixed, linter().Lint(fixed, Context{}))
			}
		}
		for _, run := range Runs(body) {
			if run.Text == "" || !utf8.ValidString(run.Text) {
				t.Fatalf("run %q of %q", run.Text, body)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"name":"a","components":[{"type":"BODY","text":"Hi {{1}}","example":{"body_text":[["Ann"]]}}]}`, `[{"body":"x"},{"body":"y"}]`,
		"{\"body\":\"a\"}\n{\"body\":\"b\"}", "{{1}}, hi", "[[1]] hi", "{", "[", "[]", "{}", "null", `{"body":1}`, `[1]`, `{"components":null}`, "\uFEFF{}", `{"body":"x"} rest`,
		`{"samples":null,"buttons":[{"example":["a"]}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ts, err := Decode(data)
		if err != nil {
			return
		}
		for _, tpl := range ts {
			b, err := json.Marshal(tpl)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Decode(b)
			if err != nil || len(again) != 1 || again[0].Body != tpl.Body || again[0].Name != tpl.Name {
				t.Fatalf("%s comes back as %+v, %v", b, again, err)
			}
		}
	})
}

// A fix that was applied is not offered again for the same place, and filling
// in never loses what stands around the variables.
func TestHydrateKeepsTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.StringMatching(`[\p{L} ]{0,8}`).Draw(t, "before")
		value := rapid.StringMatching(`[^{}<>]{1,8}`).Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, "value")
		after := rapid.StringMatching(`[\p{L} ]{0,8}`).Draw(t, "after")
		if got := Hydrate(before+"<<1>>"+after, []string{value}); got != before+value+after {
			t.Fatalf("%q", got)
		}
	})
}
