package zenvia_test

import (
	"encoding/json"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/zenvia"
	"bottega/core"
)

// TestDecodeGolden holds the events of every sample to what was read by eye once.
func TestDecodeGolden(t *testing.T) { bsptest.DecodeSamples(t, 50, ".json", zenvia.Decoder{}) }

// FuzzDecode: no body makes the decoder panic; what is JSON is never dropped in
// silence; what comes out keeps the contract's promises.
func FuzzDecode(f *testing.F) {
	_, bodies := bsptest.Samples(f, 50)
	for _, body := range bodies {
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
