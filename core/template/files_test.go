package template

import (
	"io/fs"
	"testing"
)

type ruleFile struct {
	name string
	data []byte
}

func ruleFiles(t *testing.T) []ruleFile {
	t.Helper()
	names, err := fs.Glob(rules(), "lint/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var out []ruleFile
	for _, n := range names {
		data, err := fs.ReadFile(rules(), n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ruleFile{n, data})
	}
	return out
}
