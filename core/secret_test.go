package core

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestSecretShowsNowhere prints a secret in every way there is.
func TestSecretShowsNowhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := "k" + rapid.StringMatching(`[A-Za-z0-9_-]{11,40}`).Draw(rt, "secret")
		s := Secret(raw)
		holder := struct {
			Name  string
			Token Secret
			Ref   *Secret
			List  []Secret
			Map   map[string]Secret
		}{"shop", s, &s, []Secret{s}, map[string]Secret{"token": s}}
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%T"} {
			fmt.Fprintf(&out, verb, s)
			fmt.Fprintf(&out, verb, holder)
		}
		fmt.Fprint(&out, s, holder, s.String(), s.GoString(), fmt.Errorf("call: %v", s))
		b, err := json.Marshal(holder)
		if err != nil {
			rt.Fatal(err)
		}
		out.Write(b)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("Connected", "token", s, "all", holder, slog.Group("g", "token", s))
		}
		for _, leak := range []string{raw, fmt.Sprintf("%x", raw), fmt.Sprintf("%X", raw)} {
			if strings.Contains(out.String(), leak) {
				rt.Fatalf("the secret shows: %s", out.String())
			}
		}
		if s.Reveal() != raw {
			rt.Fatal("Reveal does not give the secret")
		}
	})
}

func TestPhoneInLogs(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("Sent", "to", Phone("+393331234567"), "short", Phone("+3"), "none", Phone(""))
	if got := out.String(); strings.Contains(got, "39333") || !strings.Contains(got, "to=…67") || !strings.Contains(got, "short=… none=…") {
		t.Error(got)
	}
}
