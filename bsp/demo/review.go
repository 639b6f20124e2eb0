package demo

import (
	"io/fs"
	"maps"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

// reviewer judges templates as the platform's review would: by the rules that
// it documents, in its own words for a rejection. The error that comes first
// in the template gives the word.
func reviewer(rules fs.FS, now func() time.Time) (func(core.Template) string, error) {
	linter, err := template.NewLinter(rules)
	if err != nil {
		return nil, err
	}
	cycle, err := library.LoadCycle(rules)
	if err != nil {
		return nil, err
	}
	words := slices.Sorted(maps.Keys(cycle.Reasons))
	return func(t core.Template) string {
		for _, f := range linter.Lint(template.Of(t), template.Context{Profile: template.Official, Now: now()}) {
			if f.Severity == template.SevError {
				return wordFor(words, cycle, f.Rule)
			}
		}
		return ""
	}, nil
}

// wordFor is the word that names the rule first in its list; INVALID_FORMAT
// for a rule that no word stands for.
func wordFor(words []string, c library.Cycle, rule template.Rule) string {
	best, at := "INVALID_FORMAT", -1
	for _, w := range words {
		if i := slices.Index(c.Reasons[w], rule); i >= 0 && (at < 0 || i < at) {
			best, at = w, i
		}
	}
	return best
}
