package provider

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"bottega/bsp"
	"bottega/core"
)

// remembering is a keyring that remembers what it read until it is told to forget.
type remembering struct {
	keys
	held map[string]core.Secret
}

func (r *remembering) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	if v, ok := r.held[field]; ok {
		return v, nil
	}
	v, err := r.keys.Get(ctx, channel, field)
	if err == nil {
		r.held[field] = v
	}
	return v, err
}

func (r *remembering) Forget(channel string) {
	if channel == "shop" {
		clear(r.held)
	}
}

// TestKeyIsReadAnew: through all decorators, a send that was refused with a key
// which another process has renewed is made again with the new one, and a key
// that is gone is refused twice, no more.
func TestKeyIsReadAnew(t *testing.T) {
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		if asked[len(asked)-1] != "Bearer new" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":{"code":190,"message":"expired"}}`))
			return
		}
		_, _ = w.Write([]byte(`{"messages":[{"id":"wamid.1"}]}`))
	}))
	defer srv.Close()
	ring := &remembering{keys{Token: "old", AppSecret: "app", VerifyToken: "own"}, map[string]core.Secret{}}
	s := set(nil)
	s.Keys, s.Calls = ring, &bsp.Stats{}
	gw, err := s.Gateway(t.Context(), core.Channel{Name: "shop", Provider: core.Meta, Account: core.Account{PhoneNumberID: "1", BusinessID: "2", BaseURL: srv.URL}})
	if err != nil {
		t.Fatal(err)
	}
	send := func() (a core.Accept, err error) {
		err = core.WithKey(gw, func() (err error) {
			a, err = gw.Send(t.Context(), core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: "x"}})
			return err
		})
		return a, err
	}
	if _, err := send(); core.CodeOf(err) != core.ProviderRefused || len(asked) != 2 {
		t.Errorf("gone: %v after %v", err, asked)
	}
	ring.keys[Token], asked = "new", nil
	if a, err := send(); err != nil || a.ProviderID != "wamid.1" || len(asked) != 2 {
		t.Errorf("renewed: %v after %v", err, asked)
	}
	if _, err := send(); err != nil || len(asked) != 3 {
		t.Errorf("from then on: %v after %v", err, asked)
	}
	if _, ok := core.Port[core.Rekeyer](must(set(full).Gateway(t.Context(), core.Channel{Name: "shop", Provider: core.Meta}))); ok {
		t.Error("a keyring that remembers nothing is told to forget")
	}
}

func must(gw core.Gateway, err error) core.Gateway {
	if err != nil {
		panic(err)
	}
	return gw
}
