package connect

import (
	"context"
	"errors"
	"slices"
	"testing"

	"bottega/core"
	"bottega/core/coretest"
)

// shut is a keyring that does not answer, or environment that holds what it has.
type shut struct{ where string }

func (s shut) Where() string { return s.where }

func (s shut) Get(context.Context, string, string) (core.Secret, error) {
	if s.where == "env" {
		return "", core.Fail(core.NotFound, "shut", nil)
	}
	return "", core.Fail(core.NoKeyring, "shut", nil)
}

func (shut) Set(context.Context, string, string, core.Secret) error {
	return core.Fail(core.NoKeyring, "shut", nil)
}

func (shut) Delete(context.Context, string, string) error {
	return core.Fail(core.NoKeyring, "shut", nil)
}

// TestSeal: where no keyring answers nothing is asked of the provider and
// nothing kept until somebody has chosen a pass phrase that is long enough.
func TestSeal(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["EAAG"] = core.Key{Endless: true}
	c := &coretest.Chest{}
	d.Keys, d.Rungs, d.Policy.Passphrase = c, []core.Keyring{shut{"env"}, shut{"os"}, c}, 15
	_, err := d.Connect(t.Context(), metaDraft("EAAG"), false, d.tell)
	if why, ok := errors.AsType[*Unsealed](err); !ok || why.Least != 15 || core.CodeOf(err) != core.NoKeyring {
		t.Fatalf("kept nowhere: %v", err)
	}
	if len(d.far.asked) != 0 || len(d.told) != 0 || !c.Unsealed() {
		t.Errorf("asked %v, told %v", d.far.asked, d.told)
	}
	if chs, err := d.mem.Channels(t.Context()); err != nil || len(chs) != 0 {
		t.Errorf("%d channels, %v", len(chs), err)
	}
	for _, pass := range []core.Secret{"", "fourteen chars", "città à è ì ò"} {
		if err := d.Seal(t.Context(), pass); core.CodeOf(err) != core.InvalidInput || !c.Unsealed() {
			t.Errorf("%d characters will do", len(pass.Reveal()))
		}
	}
	if err := d.Seal(t.Context(), "città à è ì ò ù"); err != nil { // characters, not bytes
		t.Fatal(err)
	}
	if err := d.Seal(t.Context(), "another one, also long"); core.CodeOf(err) != core.Conflict {
		t.Errorf("sealed twice: %v", err)
	}
	ch, err := d.Connect(t.Context(), metaDraft("EAAG"), false, d.tell)
	if v, _ := c.Get(t.Context(), "shop", "token"); err != nil || !slices.Contains(d.steps(), "keep done") || v != "EAAG" {
		t.Errorf("%v, %v", d.steps(), err)
	}
	d.told = nil
	if err := c.Seal(""); err != nil { // as if its pass phrase were not known yet
		t.Fatal(err)
	}
	if _, err := d.Rotate(t.Context(), ch.Name, map[string]core.Secret{"token": "EAAH"}, d.tell); core.CodeOf(err) != core.NoKeyring || len(d.told) != 0 {
		t.Errorf("rotated into nothing: %v", err)
	}
	if _, err := d.Connect(t.Context(), metaDraft("EAAG"), false, d.tell); err != nil { // all of it lies there
		t.Errorf("needs a place for what is kept: %v", err)
	}
}

// TestNoSeal: with a keyring that answers nobody chooses a pass phrase.
func TestNoSeal(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["EAAG"] = core.Key{Endless: true}
	c := &coretest.Chest{}
	d.Rungs = []core.Keyring{shut{"env"}, d.keys, c}
	if _, err := d.Connect(t.Context(), metaDraft("EAAG"), false, d.tell); err != nil {
		t.Error(err)
	}
	if err := d.Seal(t.Context(), "quite a long pass phrase"); core.CodeOf(err) != core.Conflict || !c.Unsealed() {
		t.Errorf("sealed: %v", err)
	}
}

// unsaved is a store that takes no channel.
type unsaved struct{ core.ChannelStore }

func (unsaved) SaveChannel(context.Context, core.Channel) (core.Channel, error) {
	return core.Channel{}, core.Fail(core.Internal, "unsaved", nil)
}

// TestNothingHalfWritten: a channel that cannot be kept leaves no key behind,
// and of one that was there the keys in use stay.
func TestNothingHalfWritten(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["EAAG"], d.far.key["EAAH"] = core.Key{Endless: true}, core.Key{Endless: true}
	d.Channels = unsaved{d.mem}
	if _, err := d.Connect(t.Context(), metaDraft("EAAG"), false, d.tell); err == nil || len(d.keys.vals) != 0 {
		t.Errorf("%d keys are left, %v", len(d.keys.vals), err)
	}
	d.Channels = d.mem
	if _, err := d.Connect(t.Context(), metaDraft("EAAG"), false, d.tell); err != nil {
		t.Fatal(err)
	}
	d.Channels = unsaved{d.mem}
	if _, err := d.Connect(t.Context(), metaDraft("EAAH"), false, d.tell); err == nil || d.keys.vals["shop/token"].Reveal() != "EAAG" {
		t.Errorf("connected again: %v", err)
	}
	if _, err := d.Rotate(t.Context(), "shop", map[string]core.Secret{"token": "EAAH"}, d.tell); err == nil || d.keys.vals["shop/token"].Reveal() != "EAAG" {
		t.Errorf("rotated: %v", err)
	}
}

// TestZenviaWithoutKeyring: a secret for callbacks is made up where keys lie in
// the file and no keyring answers, when connecting and when an address comes
// later.
func TestZenviaWithoutKeyring(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["zt"] = core.Key{Endless: true}
	c := &coretest.Chest{}
	if err := c.Seal("four words of mine"); err != nil {
		t.Fatal(err)
	}
	d.Keys, d.Rungs = halfway{c}, []core.Keyring{shut{"env"}, c, shut{"os"}}
	draft := func(url string) Draft {
		return Draft{Channel: core.Channel{Name: "shop", Provider: core.Zenvia, Number: "+5511955550100", Account: core.Account{PhoneNumberID: "1", PublicURL: url}}, Secrets: map[string]core.Secret{"token": "zt"}}
	}
	ch, err := d.Connect(t.Context(), draft(""), false, d.tell)
	if err != nil {
		t.Fatal(err)
	}
	if ch, err = d.Address(t.Context(), ch, "https://shop.example/webhooks/shop"); err != nil {
		t.Fatal(err)
	}
	d.told = nil
	d.Subscribe(t.Context(), ch, d.tell)
	if v, err := c.Get(t.Context(), "shop", "webhook_secret"); err != nil || v != "made-up" || len(d.far.hooks) == 0 || d.far.hooks[len(d.far.hooks)-1].Secret != "made-up" {
		t.Errorf("%v, %v: %v", d.steps(), d.far.hooks, err)
	}
	if err := c.Delete(t.Context(), "shop", "webhook_secret"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Connect(t.Context(), draft("https://shop.example/webhooks/shop"), false, d.tell); err != nil {
		t.Errorf("connected again: %v", err)
	}
}

// halfway is a ladder of which one rung does not answer: what its other has not
// may lie there.
type halfway struct{ core.Sealer }

func (h halfway) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	v, err := h.Sealer.Get(ctx, channel, field)
	if err != nil {
		return "", core.Fail(core.NoKeyring, "halfway", err)
	}
	return v, nil
}
