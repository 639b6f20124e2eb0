package twilio_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/twilio"
	"bottega/core"
)

// TestDecodeGolden holds the events of every sample to what was read by eye once.
func TestDecodeGolden(t *testing.T) { bsptest.DecodeSamples(t, 45, "", twilio.Decoder{}) }

func TestDecodeForeign(t *testing.T) {
	for _, body := range []string{"", " ", "<html>", "hello", "a=%zz", "\xff"} {
		if evs, err := (twilio.Decoder{}).Decode([]byte(body)); core.CodeOf(err) != core.InvalidInput || evs != nil {
			t.Errorf("%q: %v, %v", body, evs, err)
		}
	}
	for _, body := range []string{"{}", "[]", "7", "null", `{"messages":7}`, "a=b"} {
		if evs, err := (twilio.Decoder{}).Decode([]byte(body)); err != nil || len(evs) != 1 || evs[0].Kind != core.EvUnknown {
			t.Errorf("%q: %+v, %v", body, evs, err)
		}
	}
}

// FuzzDecode: no body makes the decoder panic; a form or JSON is never dropped
// in silence; what comes out keeps the contract's promises.
func FuzzDecode(f *testing.F) {
	_, bodies := bsptest.Samples(f, 45)
	for _, body := range bodies {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		evs, err := twilio.Decoder{}.Decode(body)
		_, formErr := url.ParseQuery(string(bytes.TrimSpace(body)))
		readable := json.Valid(body) || formErr == nil && strings.Contains(string(body), "=")
		if readable != (err == nil) || readable != (len(evs) > 0) {
			t.Fatalf("readable %v, %d events, error %v", readable, len(evs), err)
		}
		bsptest.Promises(t, core.Twilio, evs)
	})
}

// FuzzVerify: no request makes the check panic, and none is taken without the token.
func FuzzVerify(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "https://a.example/x?bodySHA256=00", "a=b&a=c", "c2lnbmVk")
	f.Add("application/json", "https://a.example/x?bodySHA256=zz", "{}", "")
	f.Add("", "::", "%zz", "x")
	f.Fuzz(func(t *testing.T, kind, address, body, header string) {
		if twilio.Verify(token, header, []string{address}, kind, []byte(body)) {
			t.Fatal("taken")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body, err := os.ReadFile("testdata/callbacks/image.form")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := (twilio.Decoder{}).Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
