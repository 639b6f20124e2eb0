package bsptest

import (
	"bytes"
	"encoding/json"
	"testing"

	"bottega/core"
)

// Lines writes events for a golden file, one on each line.
func Lines(tb testing.TB, evs []core.Event) []byte {
	tb.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, e := range evs {
		if err := enc.Encode(e); err != nil {
			tb.Fatal(err)
		}
	}
	return out.Bytes()
}

// Promises holds the events of any callback to the contract: a kind, the
// provider, phones in E.164, known states, classes, and JSON that comes back.
func Promises(tb testing.TB, p core.ProviderName, evs []core.Event) {
	tb.Helper()
	for _, e := range evs {
		if e.Kind == "" || e.Provider != p {
			tb.Errorf("event without kind or provider: %+v", e)
		}
		for _, n := range []core.Phone{e.From, e.To, e.Recipient, e.New} {
			if n != "" && !e164.MatchString(string(n)) {
				tb.Errorf("%q is given as a phone", n)
			}
		}
		if e.Kind == core.EvStatus && !e.Status.Known() {
			tb.Errorf("status %q", e.Status)
		}
		if e.Kind == core.EvMessage && e.Type == "" {
			tb.Errorf("message without a type: %+v", e)
		}
		if e.Error != nil && e.Error.Class == "" {
			tb.Errorf("error without a class: %+v", e.Error)
		}
		b, err := json.Marshal(e)
		if err != nil {
			tb.Fatalf("%+v: %v", e, err)
		}
		var back core.Event
		if err := json.Unmarshal(b, &back); err != nil || back.Kind != e.Kind || !back.At.Equal(e.At) {
			tb.Errorf("%s does not come back: %v", b, err)
		}
	}
}
