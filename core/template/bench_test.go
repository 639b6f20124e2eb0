package template

import (
	"strings"
	"testing"
)

// benchmarked are 1,000 templates, the corpora over and over.
func benchmarked(t testing.TB) []Template {
	t.Helper()
	var ts []Template
	for _, name := range []string{"corpus.jsonl", "second.jsonl"} {
		for _, r := range readCorpus(t, name) {
			got, err := Decode(r.raw)
			if err != nil {
				t.Fatal(err)
			}
			ts = append(ts, got...)
		}
	}
	for len(ts) < 1000 {
		ts = append(ts, ts...)
	}
	return ts[:1000]
}

// BenchmarkLint1000 is held to 200 ms by the issue.
func BenchmarkLint1000(b *testing.B) {
	ts := benchmarked(b)
	lib := NewLibrary(ts[:200])
	for b.Loop() {
		for _, t := range ts {
			linter().Lint(t, Context{Library: lib})
		}
	}
}

// BenchmarkLintKey is what one key in the editor costs on a long template.
func BenchmarkLintKey(b *testing.B) {
	t := Template{Name: "long", Language: "it", Category: Marketing, Sampled: true, Samples: []string{"Ada"},
		Body: "Ciao {{1}}, " + strings.Repeat("sono arrivate le stoffe invernali e ne abbiamo messa da parte una. ", 15)}
	for b.Loop() {
		linter().Lint(t, Context{})
	}
}

func BenchmarkNewLinter(b *testing.B) {
	for b.Loop() {
		if _, err := NewLinter(rules()); err != nil {
			b.Fatal(err)
		}
	}
}
