package template

import (
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
