package meta_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
)

// TestDecodeGolden holds the events of every sample to what was read by eye once.
func TestDecodeGolden(t *testing.T) { bsptest.DecodeSamples(t, 80, ".json", meta.Decoder{}) }

func TestDecodeNotJSON(t *testing.T) {
	for _, body := range []string{"", " ", "<html>", `{"object":"whatsapp_business_account","entry":[{"id":"1","chan`, `{}{}`, "\xff", strings.Repeat("[", 20000) + strings.Repeat("]", 20000)} {
		evs, err := meta.Decoder{}.Decode([]byte(body))
		if core.CodeOf(err) != core.InvalidInput || evs != nil {
			t.Errorf("%.40q: %v, %v", body, evs, err)
		}
	}
}

// JSON that is no callback is unknown, not an error, and not silence.
func TestDecodeForeignJSON(t *testing.T) {
	for _, body := range []string{`{}`, `[]`, `7`, `null`, `"entry"`, `{"entry":null}`, `{"entry":{}}`, `{"object":"page"}`} {
		evs, err := meta.Decoder{}.Decode([]byte(body))
		if err != nil || len(evs) != 1 || evs[0].Kind != core.EvUnknown {
			t.Errorf("%s: %+v, %v", body, evs, err)
		}
	}
}

// A callback with the thousand updates that Meta allows keeps them all, in order.
func TestDecodeThousand(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"101"},"messages":[`)
	for i := range 1000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"from":"393331234567","id":"wamid.%d","timestamp":"1763000000","type":"text","text":{"body":"%d"}}`, i, i)
	}
	b.WriteString(`]}}]}]}`)
	evs, err := meta.Decoder{}.Decode([]byte(b.String()))
	if err != nil || len(evs) != 1000 {
		t.Fatalf("%d events, %v", len(evs), err)
	}
	for i, e := range evs {
		if e.Text != fmt.Sprint(i) || e.Channel != "101" || e.Provider != core.Meta {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
}

// Edits nested in edits must not cost the square of their depth.
func TestDecodeNestedEdits(t *testing.T) {
	const depth = 3000
	one := `{"type":"edit","edit":{"original_message_id":"w","message":`
	body := `{"entry":[{"changes":[{"field":"messages","value":{"messages":[` + strings.Repeat(one, depth) + `{}` + strings.Repeat("}}", depth) + `]}}]}]}`
	evs, err := meta.Decoder{}.Decode([]byte(body))
	if err != nil || len(evs) != 1 || evs[0].Kind != core.EvEdit || evs[0].Text != "" {
		t.Errorf("%d events, %v", len(evs), err)
	}
}

// promises holds for the events of any callback.
func promises(t *testing.T, evs []core.Event) {
	t.Helper()
	for _, e := range evs {
		if e.Kind == "" || e.Provider != core.Meta {
			t.Errorf("event without kind or provider: %+v", e)
		}
		for _, p := range []core.Phone{e.From, e.To, e.Recipient, e.New} {
			if p != "" && !isE164(string(p)) {
				t.Errorf("%q is given as a phone", p)
			}
		}
		if e.Kind == core.EvStatus && !e.Status.Known() {
			t.Errorf("status %q", e.Status)
		}
		if e.Error != nil && e.Error.Class == "" {
			t.Errorf("error without a class: %+v", e.Error)
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("%+v: %v", e, err)
		}
		var back core.Event
		if err := json.Unmarshal(b, &back); err != nil || back.Kind != e.Kind || !back.At.Equal(e.At) {
			t.Errorf("%s does not come back: %v", b, err)
		}
	}
}

func isE164(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && len(digits) >= 7 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}

// FuzzDecode: no body makes the decoder panic; what is JSON is never dropped
// in silence; what comes out keeps the contract's promises.
func FuzzDecode(f *testing.F) {
	_, bodies := bsptest.Samples(f, 80)
	for _, body := range bodies {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		evs, err := meta.Decoder{}.Decode(body)
		if valid := json.Valid(body); valid != (err == nil) {
			t.Fatalf("valid %v, error %v", valid, err)
		}
		if err == nil && len(evs) == 0 && !emptyEntry(body) {
			t.Errorf("no event for %s", body)
		}
		promises(t, evs)
	})
}

// emptyEntry reports whether a callback's lists of entries are all empty.
func emptyEntry(body []byte) bool {
	var v struct {
		Entry []json.RawMessage `json:"entry"`
	}
	return json.Unmarshal(body, &v) == nil && len(v.Entry) == 0
}

func BenchmarkDecode(b *testing.B) {
	body, err := os.ReadFile("testdata/callbacks/image.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := (meta.Decoder{}).Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
