package demo_test

import (
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/demo"
	"bottega/bsp/provider"
	"bottega/bsp/traffic"
	"bottega/core"
	"bottega/storage/shop"
)

// open opens a folder as a second process would that knows nothing of the demo:
// a keyring of the system is not there.
func open(t *testing.T, dir string) *shop.Shop {
	t.Helper()
	s, err := shop.Open(t.Context(), shop.Options{Folder: dir, Now: time.Now, Rules: assets.Rules(), KeysOf: demo.KeysOf,
		Lookup: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestSecondProcess: while the demo runs, a command in another process on the
// same data reaches the simulated provider: it has the keys, and tells nobody
// that they cannot be read.
func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	w, shut := openWorld(t, dir, 1)
	defer shut()
	s := open(t, dir)
	lines, err := traffic.New(traffic.Options{Store: s, Keys: s.Keys, Feed: s.Feed, Rules: s.Book.Rules, Policy: assets.Rules(), Now: s.Now, Log: s.Log, ID: s.ID})
	if err != nil {
		t.Fatal(err)
	}
	ch, err := s.ChannelByName(t.Context(), demo.Channel)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := lines.Library()
	if err != nil {
		t.Fatal(err)
	}
	if n, err := lib.Sync(t.Context(), ch.ID); err != nil || n.Total == 0 {
		t.Errorf("%+v, %v", n, err)
	}
	if h := ch.Health; h.AwayWhy != "" {
		t.Errorf("the channel says %q", h.AwayWhy)
	}
	theirs, err := w.shop.Keys.Get(t.Context(), demo.Channel, provider.Token)
	if err != nil || theirs == "" {
		t.Fatal(err)
	}
	shut()
	again, stop := openWorld(t, dir, 1)
	defer stop()
	if ours, err := again.shop.Keys.Get(t.Context(), demo.Channel, provider.Token); err != nil || ours != theirs {
		t.Errorf("other keys after a restart, %v: who remembers the old ones is refused", err)
	}
}

// TestKeys: a keyring as any other; a shop's data has none of its own.
func TestKeys(t *testing.T) {
	s := open(t, t.TempDir())
	if k, err := demo.KeysOf(t.Context(), s); k != nil || err != nil {
		t.Errorf("a shop's own keyring: %v, %v", k, err)
	}
	k := demo.Keys(s)
	ctx := t.Context()
	if _, err := k.Get(ctx, "a", "token"); core.CodeOf(err) != core.NotFound {
		t.Errorf("nothing there: %v", err)
	}
	if err := k.Delete(ctx, "a", "token"); core.CodeOf(err) != core.NotFound {
		t.Errorf("nothing to delete: %v", err)
	}
	for _, c := range []string{"a", "b"} {
		if err := k.Set(ctx, c, "token", core.Secret("key of "+c)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Delete(ctx, "a", "token"); err != nil {
		t.Error(err)
	}
	if _, err := k.Get(ctx, "a", "token"); core.CodeOf(err) != core.NotFound {
		t.Errorf("after it was deleted: %v", err)
	}
	if v, err := k.Get(ctx, "b", "token"); err != nil || v.Reveal() != "key of b" {
		t.Errorf("%q, %v", v.Reveal(), err)
	}
	if k.Where() != "demo" {
		t.Error(k.Where())
	}
}
