package template

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bottega/assets"
	"bottega/core"
)

// The starter set is complete in every language and breaks no rule: no error
// and no warning in profile strict, judged together as one library.
func TestStarter(t *testing.T) {
	ts, err := Starter(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	names, languages := map[string]int{}, map[string]int{}
	for i, tpl := range ts {
		names[tpl.Name]++
		languages[tpl.Language]++
		others := NewLibrary(append(append([]Template{}, ts[:i]...), ts[i+1:]...))
		for _, f := range linter().Lint(tpl, Context{Library: others}) {
			if f.Severity != SevHint {
				t.Errorf("%s %s: %s %s %q", tpl.Name, tpl.Language, f.Severity, f.Rule, f.Text)
			}
		}
	}
	if len(names) != 18 {
		t.Errorf("%d templates", len(names))
	}
	for _, lang := range []string{"en", "it", "ru", "zh_CN", "de", "es", "pt_BR"} {
		if languages[lang] != len(names) {
			t.Errorf("%s has %d of %d", lang, languages[lang], len(names))
		}
	}
}

// TestStarterReadsWell: no sample brings an article or a preposition of its
// own, for what a shop fills in without one would read wrong ("fino a le 19").
func TestStarterReadsWell(t *testing.T) {
	ts, err := Starter(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	leading := map[string][]string{"it": {"il", "lo", "la", "le", "i", "gli", "un", "una", "alle", "al"}, "es": {"el", "la", "las", "los", "un", "una"},
		"pt": {"o", "a", "os", "as", "um", "uma"}, "de": {"der", "die", "das", "dem", "den", "ein", "eine"}}
	for _, tpl := range ts {
		for _, s := range tpl.Samples {
			first, _, more := strings.Cut(strings.ToLower(s), " ")
			if more && slices.Contains(leading[base(tpl.Language)], first) {
				t.Errorf("%s %s: the sample %q begins with an article", tpl.Name, tpl.Language, s)
			}
		}
	}
}

func TestStarterRefuses(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"no file":    {},
		"no JSON":    {"starter.json": {Data: []byte("[")}},
		"other JSON": {"starter.json": {Data: []byte(`{"a": 1}`)}},
	} {
		if _, err := Starter(fsys); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}
