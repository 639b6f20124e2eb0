package bsptest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"bottega/core"
)

// Samples are the bodies in testdata/callbacks, at least so many: callbacks of
// every documented shape, invented by us.
func Samples(tb testing.TB, least int) (files []string, bodies [][]byte) {
	tb.Helper()
	files, err := filepath.Glob("testdata/callbacks/*")
	if err != nil || len(files) < least {
		tb.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return files, bodies
}

// DecodeSamples holds the events of every sample to what was read by eye once.
// A golden has the name of its sample without the suffix trim.
func DecodeSamples(t *testing.T, least int, trim string, d core.Decoder) {
	files, bodies := Samples(t, least)
	for i, body := range bodies {
		t.Run(strings.TrimSuffix(filepath.Base(files[i]), trim), func(t *testing.T) {
			evs, err := d.Decode(body)
			if err != nil {
				t.Fatal(err)
			}
			golden.RequireEqual(t, Lines(t, evs))
		})
	}
}
