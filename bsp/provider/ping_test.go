package provider

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bottega/bsp/webhook"
	"bottega/core"
	"bottega/core/coretest"
)

// TestPingOfEachProvider: a ping signed as each provider signs comes back from
// the receiver, leaves nothing in the journal, and says what is wrong where
// something is.
func TestPingOfEachProvider(t *testing.T) {
	shop := coretest.New(core.NewFeed())
	good := ring{"tw": {AuthToken: "12345"}, "bd": {APIKey: "bk_eu1_x", WebhookSecret: whsec}, "ze": {Token: "z", WebhookSecret: plainWord},
		"mt": {Token: "t", AppSecret: "app", VerifyToken: "v"}}
	wrong := ring{"tw": {AuthToken: "other"}, "bd": {WebhookSecret: "whsec_b3RoZXI="}, "ze": {WebhookSecret: "other"}, "mt": {AppSecret: "other"}}
	s := &Set{Keys: good, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	srv := httptest.NewServer(webhook.New(webhook.Options{Channel: s.Channel(shop), Journal: shop, Now: time.Now}))
	t.Cleanup(srv.Close)
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>It works!</h1>") }))
	t.Cleanup(page.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, p := range map[string]core.ProviderName{"tw": core.Twilio, "bd": core.Bird, "ze": core.Zenvia, "mt": core.Meta} {
		ch, err := shop.SaveChannel(t.Context(), core.Channel{Name: name, Provider: p, Number: "+390212345678", State: core.Active,
			Account: core.Account{SID: "AC00000000000000000000000000000000", PublicURL: srv.URL + "/webhooks/" + name}})
		if err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string]struct {
			keys    core.Keyring
			address string
			want    core.Code
		}{
			"comes back":      {good, srv.URL + "/webhooks/" + name, ""},
			"another key":     {wrong, srv.URL + "/webhooks/" + name, core.BadSignature},
			"another path":    {good, srv.URL + "/webhooks/nobody", core.BadAddress},
			"another program": {good, page.URL + "/webhooks/" + name, core.BadAddress},
			"nobody":          {good, gone.URL + "/webhooks/" + name, core.Unreachable},
			"not safe":        {good, "http://shop.example/webhooks/" + name, core.InvalidInput},
			"no address":      {good, "shop.example", core.InvalidInput},
			"no key":          {ring{}, srv.URL + "/webhooks/" + name, core.NoSecret},
		} {
			from := *s
			from.Keys = c.keys
			if got := from.Ping(t.Context(), ch, c.address, 5*time.Second); got.Code != c.want || got.At.IsZero() {
				t.Errorf("%s, %s: %+v, want %q", p, what, got, c.want)
			}
		}
	}
	if n := len(shop.Journal()); n != 0 {
		t.Errorf("%d pings were kept as callbacks", n)
	}
	if p := s.Ping(t.Context(), core.Channel{Name: "x", Provider: "pigeon"}, srv.URL, time.Second); p.Code != core.NotYet {
		t.Errorf("an unknown provider: %+v", p)
	}
}

// What the adapters say they can do is told without a key, and is what a
// gateway with its key says.
func TestCapabilitiesNeedNoKey(t *testing.T) {
	s := &Set{Keys: ring{"c": {AuthToken: "1", APIKey: "bk_eu1_x", Token: "t", AppSecret: "a", VerifyToken: "v"}}, Client: http.DefaultClient, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	for p := range Decoders() {
		for _, a := range []core.Account{{}, {PublicURL: "https://x.example/h", SMSFrom: "Forno"}} {
			ch := core.Channel{Name: "c", Provider: p, Number: "+390212345678", Account: a}
			gw, err := s.Gateway(context.Background(), ch)
			if err != nil {
				t.Fatal(err)
			}
			if got := Capabilities(ch); got != gw.Capabilities() || Can(&ch) != got.PollInbound {
				t.Errorf("%s: %+v, the gateway says %+v", p, got, gw.Capabilities())
			}
			_, texts := core.Port[core.Texter](gw)
			if gw.Capabilities().SMS && !texts {
				t.Errorf("%s promises SMS and has no port for it", p)
			}
		}
	}
	if (Capabilities(core.Channel{Provider: "pigeon"}) != core.Capabilities{}) {
		t.Error("an unknown provider can do something")
	}
}

// The address's query goes along to Twilio's signature, and the log tells no key.
func TestPingKeepsTheQuery(t *testing.T) {
	var log strings.Builder
	var got *url.URL
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.URL
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(srv.Close)
	s := &Set{Keys: ring{"tw": {AuthToken: "secret-word"}}, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))}
	p := s.Ping(t.Context(), core.Channel{Name: "tw", Provider: core.Twilio}, srv.URL+"/hook?shop=1", time.Second)
	if p.Code != core.BadAddress || got.Query().Get("shop") != "1" || len(got.Query().Get("bodySHA256")) != 64 {
		t.Errorf("%+v, %v", p, got)
	}
	if strings.Contains(log.String(), "secret-word") || !strings.Contains(log.String(), "bad_address") {
		t.Errorf("log: %s", log.String())
	}
}
