package provider

import (
	"context"
	"testing"

	"bottega/core"
)

// half is a file of keys in front of a keyring that does not answer.
type half map[string]core.Secret

func (half) Where() string { return "file+os" }

func (h half) Get(_ context.Context, channel, field string) (core.Secret, error) {
	if v, ok := h[channel+"/"+field]; ok {
		return v, nil
	}
	return "", core.Fail(core.NoKeyring, "half", nil)
}

func (half) Set(context.Context, string, string, core.Secret) error { return nil }
func (half) Delete(context.Context, string, string) error           { return nil }

func (h half) Holds(_ context.Context, channel string) bool {
	_, ok := h[channel+"/"+Token]
	return ok
}

// TestKeyWithoutKeyring: what a channel may do without is missing where its
// keys lie in the file, though a keyring does not answer; what it needs is not.
func TestKeyWithoutKeyring(t *testing.T) {
	s := &Set{Keys: half{"shop/token": "x"}}
	for field, want := range map[string]core.Code{Token: "", TokenSecret: core.NoSecret, WebhookSecret: core.NoSecret, AppSecret: core.NoKeyring} {
		if _, err := s.key(t.Context(), "shop", field); core.CodeOf(err) != want {
			t.Errorf("%s: %v, want %q", field, err, want)
		}
	}
	if _, err := s.key(t.Context(), "other", TokenSecret); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("of a channel whose keys lie elsewhere: %v", err)
	}
}
