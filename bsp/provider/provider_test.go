package provider

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"bottega/bsp/meta"
	"bottega/core"
)

// keys is a keyring with the fields that are set.
type keys map[string]core.Secret

func (k keys) Get(_ context.Context, channel, field string) (core.Secret, error) {
	if channel == "dark" {
		return "", core.Fail(core.NoKeyring, "test", nil)
	}
	if v, ok := k[field]; ok && channel == "shop" {
		return v, nil
	}
	return "", core.Fail(core.NotFound, "test", nil)
}
func (keys) Set(context.Context, string, string, core.Secret) error { return nil }
func (keys) Delete(context.Context, string, string) error           { return nil }
func (keys) Where() string                                          { return "memory" }

func set(k keys) *Set {
	return &Set{Keys: k, Client: http.DefaultClient, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

var full = keys{Token: "EAAG", AppSecret: "app", VerifyToken: "own"}

func TestGateway(t *testing.T) {
	var auth string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		auth = r.Header.Get("Authorization")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"1","quality_rating":"GREEN"}`))
	}))
	defer srv.Close()
	for _, p := range []core.ProviderName{core.Meta, core.Sandbox} {
		ch := core.Channel{Name: "shop", Provider: p, Account: core.Account{PhoneNumberID: "1", BusinessID: "2", BaseURL: srv.URL}}
		gw, err := set(full).Gateway(t.Context(), ch)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gw.Health(t.Context()); err != nil || auth != "Bearer EAAG" {
			t.Errorf("%s: health %v, authorised with %q", p, err, auth)
		}
	}
}

func TestNoGateway(t *testing.T) {
	for _, c := range []struct {
		ch   core.Channel
		want core.Code
	}{
		{core.Channel{Name: "other", Provider: core.Meta}, core.NoSecret},
		{core.Channel{Name: "dark", Provider: core.Meta}, core.NoKeyring},
		{core.Channel{Name: "shop", Provider: core.Twilio}, core.NotYet},
		{core.Channel{Name: "shop", Provider: "carrier pigeon"}, core.NotYet},
	} {
		if _, err := set(full).Gateway(t.Context(), c.ch); core.CodeOf(err) != c.want {
			t.Errorf("Gateway of %s at %s: %v, want %s", c.ch.Name, c.ch.Provider, err, c.want)
		}
		if _, _, err := set(full).Callback(t.Context(), c.ch); core.CodeOf(err) != c.want {
			t.Errorf("Callback of %s at %s: %v, want %s", c.ch.Name, c.ch.Provider, err, c.want)
		}
	}
	half := keys{Token: "EAAG", AppSecret: "app"}
	if _, _, err := set(half).Callback(t.Context(), core.Channel{Name: "shop", Provider: core.Meta}); core.CodeOf(err) != core.NoSecret {
		t.Errorf("without the verify token: %v", err)
	}
}

func TestCallback(t *testing.T) {
	verify, shake, err := set(full).Callback(t.Context(), core.Channel{Name: "shop", Provider: core.Meta})
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"object":"whatsapp_business_account"}`)
	if err := verify(http.Header{meta.SignatureHeader: {meta.Sign("app", body)}}, body); err != nil {
		t.Errorf("a signed callback: %v", err)
	}
	if err := verify(http.Header{meta.SignatureHeader: {meta.Sign("EAAG", body)}}, body); core.CodeOf(err) != core.BadSignature {
		t.Errorf("a callback signed by somebody else: %v", err)
	}
	q := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {"own"}, "hub.challenge": {"42"}}
	if got, ok := shake(q); !ok || got != "42" {
		t.Errorf("handshake = %q, %t", got, ok)
	}
}

func TestDecoders(t *testing.T) {
	for p, d := range Decoders() {
		if _, err := d.Decode([]byte(`{"object":"whatsapp_business_account","entry":[]}`)); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
}
