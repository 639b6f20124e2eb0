package bird_test

import (
	"encoding/json"
	"testing"

	"bottega/bsp/bird"
	"bottega/bsp/bsptest"
	"bottega/core"
)

// TestDecodeGolden holds the events of every sample to what was read by eye once.
func TestDecodeGolden(t *testing.T) { bsptest.DecodeSamples(t, 40, ".json", bird.Decoder{}) }

// FuzzDecode: no body makes the decoder panic; what is JSON is never dropped in
// silence; what comes out keeps the contract's promises.
func FuzzDecode(f *testing.F) {
	_, bodies := bsptest.Samples(f, 40)
	for _, body := range bodies {
		f.Add(body)
	}
	for _, body := range []string{"", "[]", "7", `{"data":[[]]}`, `{"data":"x","type":"whatsapp.received"}`, "<html>"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		evs, err := bird.Decoder{}.Decode(body)
		if valid := json.Valid(body); valid != (err == nil) || valid != (len(evs) > 0) || err != nil && core.CodeOf(err) != core.InvalidInput {
			t.Fatalf("valid %v, %d events, error %v", valid, len(evs), err)
		}
		bsptest.Promises(t, core.Bird, evs)
	})
}
