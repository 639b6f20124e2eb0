package templates

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"bottega/assets"
	"bottega/core"
	"bottega/core/template"
	"bottega/ui/text"
)

// Each variable and each starter that is offered has words in every language,
// and the samples are such that the review takes.
func TestOfferedVariables(t *testing.T) {
	all, err := ReadSamples(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	starter, err := template.Starter(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	langs, err := text.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		w, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range starter {
			if !w.Has(text.K("templates.starter." + s.Name)) {
				t.Errorf("the starter %s has no words in %s", s.Name, lang)
			}
		}
		for _, s := range all {
			if !w.Has(text.K("templates.var." + s.Name)) {
				t.Errorf("%s has no words in %s", s.Name, lang)
			}
		}
	}
	for _, s := range all {
		if template.Slug(s.Name) != s.Name {
			t.Errorf("%q is no name of a variable", s.Name)
		}
		for _, lang := range []string{"en", "it", "ru", "zh_CN", "de", "es", "pt_BR", "sw"} {
			v := s.In(lang)
			if v == "" {
				t.Errorf("%s has no sample for %s", s.Name, lang)
			}
			if fs := theLinter().Value(v, template.Template{Category: template.Utility, Language: lang}, template.Context{}); template.Blocks(fs) {
				t.Errorf("%s in %s: %v", s.Name, lang, fs)
			}
		}
	}
}

func TestReadSamplesRefuses(t *testing.T) {
	for name, fsys := range map[string]fs.FS{"no file": fstest.MapFS{}, "no JSON": fstest.MapFS{"variables.json": {Data: []byte("[{")}}} {
		if _, err := ReadSamples(fsys); core.CodeOf(err) != core.InvalidInput || errors.Unwrap(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
