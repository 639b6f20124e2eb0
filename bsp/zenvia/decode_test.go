package zenvia_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"bottega/bsp/bsptest"
	"bottega/bsp/zenvia"
	"bottega/core"
)

func samples(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("testdata/callbacks/*.json")
	if err != nil || len(files) < 50 {
		tb.Fatalf("%d samples, %v", len(files), err)
	}
	return files
}

// TestDecodeGolden holds the events of every sample to what was read by eye once.
func TestDecodeGolden(t *testing.T) {
	for _, file := range samples(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			evs, err := zenvia.Decoder{}.Decode(body)
			if err != nil {
				t.Fatal(err)
			}
			golden.RequireEqual(t, bsptest.Lines(t, evs))
		})
	}
}

// FuzzDecode: no body makes the decoder panic; what is JSON is never dropped in
// silence; what comes out keeps the contract's promises.
func FuzzDecode(f *testing.F) {
	for _, file := range samples(f) {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{"", "[]", "7", "<html>", `{"type":"MESSAGE","message":7}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		evs, err := zenvia.Decoder{}.Decode(body)
		if valid := json.Valid(body); valid != (err == nil) || valid != (len(evs) > 0) || err != nil && core.CodeOf(err) != core.InvalidInput {
			t.Fatalf("valid %v, %d events, error %v", valid, len(evs), err)
		}
		bsptest.Promises(t, core.Zenvia, evs)
	})
}
