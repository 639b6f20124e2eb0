package template

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"bottega/core"
)

// Starter reads starter.json from fsys (assets.Templates()): templates that a
// shop can submit as they are or after small changes, each in every language,
// in the file's order, languages sorted. They break no rule that is an error.
// Errors: InvalidInput with the cause.
func Starter(fsys fs.FS) ([]Template, error) {
	const op, name = "template.Starter", "starter.json"
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, core.Fail(core.InvalidInput, op, err)
	}
	var families []struct {
		Name      string          `json:"name"`
		Category  string          `json:"category"`
		Languages map[string]flat `json:"languages"`
	}
	if err := json.Unmarshal(data, &families); err != nil {
		return nil, core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", name, err))
	}
	var out []Template
	for _, f := range families {
		for _, lang := range slices.Sorted(maps.Keys(f.Languages)) {
			t := f.Languages[lang].template()
			t.Name, t.Category, t.Language = f.Name, f.Category, lang
			out = append(out, t.Submitted())
		}
	}
	return out, nil
}
