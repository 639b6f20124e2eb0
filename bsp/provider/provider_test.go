package provider

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"bottega/bsp/meta"
	"bottega/core"
	"bottega/core/coretest"
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

// What each provider's interface does with templates, as its page says
// (bsp/meta.md 4, twilio.md 4, bird.md 7, zenvia.md 4): where it cannot, the
// call is refused without a request, and the library says what to do.
func TestTemplateCapabilities(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusTeapot)
	}))
	defer srv.Close()
	k := keys{Token: "t", AppSecret: "a", VerifyToken: "v"}
	for _, p := range []core.ProviderName{core.Meta, core.Sandbox, core.Twilio, core.Bird, core.Zenvia} {
		needed, _ := Fields(p)
		for _, f := range needed {
			if k[f] == "" {
				k[f] = "x"
			}
		}
	}
	form := core.Template{ID: "HX00000000000000000000000000000007", Name: "x", Language: "it", Category: "UTILITY", Body: "Ciao, passa quando vuoi a prendere il pane."}
	for p, want := range map[core.ProviderName][3]bool{core.Meta: {true, true, true}, core.Sandbox: {true, true, true}, core.Zenvia: {true, true, true},
		core.Twilio: {true, false, true}, core.Bird: {false, false, false}} {
		gw, err := set(k).Gateway(t.Context(), core.Channel{Name: "shop", Provider: p, Number: "+390551234567", Account: core.Account{SID: "AC00000000000000000000000000000001", PhoneNumberID: "1", BusinessID: "2", BaseURL: srv.URL}})
		if err != nil {
			t.Fatal(p, err)
		}
		c := gw.Capabilities()
		if got := [3]bool{c.CreateTemplates, c.EditTemplates, c.DeleteTemplates}; got != want {
			t.Errorf("%s creates, edits, deletes %v, want %v", p, got, want)
		}
		for i, do := range []func() error{
			func() error { _, err := gw.CreateTemplate(t.Context(), form); return err },
			func() error { _, err := gw.EditTemplate(t.Context(), form); return err },
			func() error { return gw.DeleteTemplate(t.Context(), form) },
		} {
			asked.Store(0)
			err := do()
			if no := core.CodeOf(err) == core.Unsupported && asked.Load() == 0; no == want[i] || err == nil {
				t.Errorf("%s, deed %d: %v after %d requests", p, i, err, asked.Load())
			}
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
		{core.Channel{Name: "shop", Provider: core.Twilio}, core.NoSecret},
		{core.Channel{Name: "shop", Provider: "carrier pigeon"}, core.NotYet},
	} {
		if _, err := set(full).Gateway(t.Context(), c.ch); core.CodeOf(err) != c.want {
			t.Errorf("Gateway of %s at %s: %v, want %s", c.ch.Name, c.ch.Provider, err, c.want)
		}
		if _, err := set(full).Callback(t.Context(), c.ch); core.CodeOf(err) != c.want {
			t.Errorf("Callback of %s at %s: %v, want %s", c.ch.Name, c.ch.Provider, err, c.want)
		}
	}
	half := keys{Token: "EAAG", AppSecret: "app"}
	if _, err := set(half).Callback(t.Context(), core.Channel{Name: "shop", Provider: core.Meta}); core.CodeOf(err) != core.NoSecret {
		t.Errorf("without the verify token: %v", err)
	}
}

func TestCallback(t *testing.T) {
	ch, err := set(full).Callback(t.Context(), core.Channel{Name: "shop", Provider: core.Meta})
	if err != nil {
		t.Fatal(err)
	}
	verify, shake := ch.Verify, ch.Handshake
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

func TestChannel(t *testing.T) {
	shop := coretest.New(core.NewFeed())
	ch, err := shop.SaveChannel(t.Context(), core.Channel{Name: "shop", Provider: core.Meta})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shop.SaveChannel(t.Context(), core.Channel{Name: "keyless", Provider: core.Meta}); err != nil {
		t.Fatal(err)
	}
	find := set(full).Channel(shop)
	got, err := find(t.Context(), "shop")
	if err != nil || got.ID != ch.ID || got.Verify == nil || got.Handshake == nil {
		t.Errorf("shop: %+v, %v", got, err)
	}
	if _, err := find(t.Context(), "nobody"); core.CodeOf(err) != core.NotFound {
		t.Errorf("an unknown channel: %v", err)
	}
	if _, err := find(t.Context(), "keyless"); core.CodeOf(err) != core.NoSecret {
		t.Errorf("a channel without keys must be a 503, not a 404: %v", err)
	}
}

func TestDecoders(t *testing.T) {
	for p, d := range Decoders() {
		if _, err := d.Decode([]byte(`{"object":"whatsapp_business_account","entry":[]}`)); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if needed, _ := Fields(p); len(needed) == 0 {
			t.Errorf("%s needs no key", p)
		}
	}
}

// TestWatch: health is asked once an hour, kept beside other changes, and a
// provider that is down changes nothing.
// TestWatchAsksTheKey: what the key may do is asked once a day, and an answer
// that says nothing takes nothing back.
func TestWatchAsksTheKey(t *testing.T) {
	batches, mute := 0, false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodGet:
			_, _ = w.Write([]byte(`{"id":"1","quality_rating":"GREEN"}`))
		case mute:
			batches++
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			batches++
			_, _ = w.Write([]byte(`[{"code":200,"body":"{\"data\":{\"is_valid\":true,\"expires_at\":1796083200,\"scopes\":[\"whatsapp_business_messaging\"]}}"}]`))
		}
	}))
	defer srv.Close()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s := set(full)
	s.Now, s.AskKey = func() time.Time { return now }, 24*time.Hour
	shop := coretest.New(core.NewFeed())
	ch, err := shop.SaveChannel(t.Context(), core.Channel{Name: "shop", Provider: core.Meta, Account: core.Account{PhoneNumberID: "1", BusinessID: "2", BaseURL: srv.URL}})
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		later time.Duration
		mute  bool
		want  int
	}{{0, false, 1}, {2 * time.Hour, false, 1}, {24 * time.Hour, true, 2}, {2 * time.Hour, false, 3}} {
		now, mute = now.Add(step.later), step.mute
		if err := s.ask(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
		got, err := shop.Channel(t.Context(), ch.ID)
		if err != nil || batches != step.want || got.Health.Key.Expires.Unix() != 1796083200 || len(got.Health.Key.Missing) != 1 {
			t.Fatalf("step %d: %+v after %d questions, %v", i, got.Health.Key, batches, err)
		}
	}
}

func TestWatch(t *testing.T) {
	asked, down := 0, false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		if down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"1","quality_rating":"YELLOW"}`))
	}))
	defer srv.Close()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s := set(full)
	s.Now = func() time.Time { return now }
	shop := coretest.New(core.NewFeed())
	ch, err := shop.SaveChannel(t.Context(), core.Channel{Name: "shop", Provider: core.Meta, Number: "+390555550100", Account: core.Account{PhoneNumberID: "1", BusinessID: "2", BaseURL: srv.URL}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := shop.SaveChannel(t.Context(), core.Channel{Name: "keyless", Provider: core.Meta}); err != nil {
		t.Fatal(err)
	}
	look := func(quality core.Quality, times int) {
		t.Helper()
		if err := s.ask(t.Context(), shop); err != nil {
			t.Fatal(err)
		}
		got, err := shop.Channel(t.Context(), ch.ID)
		if err != nil || got.Health.Quality != quality || got.Number != "+390555550100" || asked != times {
			t.Fatalf("health %+v after %d questions, %v; want %s after %d", got.Health, asked, err, quality, times)
		}
	}
	look(core.QualityYellow, 1)
	look(core.QualityYellow, 1) // fresh: not asked
	now, down = now.Add(Every), true
	look(core.QualityYellow, 2) // asked in vain: kept as it was
	down = false
	now = now.Add(-48 * time.Hour) // the clock is set back: asked again
	look(core.QualityYellow, 3)

	err = shop.Write(t.Context(), func(tx core.Tx) error { // a callback tells the limit, which the answer leaves out
		c, err := tx.Channel(ch.ID)
		if err != nil {
			return err
		}
		c.Health, _ = c.Health.Told(core.QualityUnknown, 2000, "RESTRICTED", now)
		return tx.SaveChannel(&c)
	})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(Every)
	look(core.QualityYellow, 4)
	if got, err := shop.Channel(t.Context(), ch.ID); err != nil || got.Health.Limit != 2000 || len(got.Health.Notes) != 1 {
		t.Errorf("what the callback told is gone: %+v, %v", got.Health, err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Watch(ctx, shop); !errors.Is(err, context.Canceled) {
		t.Errorf("Watch after its end: %v", err)
	}
}
