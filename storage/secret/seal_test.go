package secret

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bottega/core"
)

// TestSeal: a file that nobody has sealed keeps nothing and is not made; once a
// pass phrase was chosen it opens with that one, and takes no second.
func TestSeal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	f := Unmade(path)
	f.workN = 2
	ctx := t.Context()
	if _, err := f.Get(ctx, "shop", "token"); core.CodeOf(err) != core.NotFound {
		t.Errorf("read: %v", err)
	}
	if err := f.Set(ctx, "shop", "token", "x"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("kept without a pass phrase: %v", err)
	}
	if err := f.Seal(""); core.CodeOf(err) != core.InvalidInput || !f.Unsealed() {
		t.Errorf("sealed with nothing: %v", err)
	}
	if err := f.Seal("four words of mine"); err != nil || f.Unsealed() {
		t.Fatalf("sealed: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file before there is a key: %v", err)
	}
	if err := f.Seal("another"); core.CodeOf(err) != core.Conflict {
		t.Errorf("sealed twice: %v", err)
	}
	if err := f.Set(ctx, "shop", "token", "EAAG"); err != nil {
		t.Fatal(err)
	}
	again := NewFile(path, "four words of mine")
	if v, err := again.Get(ctx, "shop", "token"); err != nil || v.Reveal() != "EAAG" {
		t.Errorf("opened again: %v", err)
	}
}

// TestSealedElsewhere: what another process has sealed meanwhile is neither
// overwritten nor guessed at.
func TestSealedElsewhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets.age")
	here, there := Unmade(path), NewFile(path, "theirs")
	there.workN = 2
	if err := there.Set(t.Context(), "shop", "token", "EAAG"); err != nil {
		t.Fatal(err)
	}
	if here.Unsealed() || core.CodeOf(here.Seal("mine")) != core.Conflict {
		t.Error("sealed over another's file")
	}
	if _, err := here.Get(t.Context(), "shop", "token"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("read: %v", err)
	}
	if err := here.Set(t.Context(), "shop", "token", "x"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("written: %v", err)
	}
	if v, err := there.Get(t.Context(), "shop", "token"); err != nil || v.Reveal() != "EAAG" {
		t.Errorf("theirs: %v", err)
	}
}

// TestLadderSeals: with a keyring that does not answer keys go nowhere until
// the file is sealed, and then into the file.
func TestLadderSeals(t *testing.T) {
	f := Unmade(filepath.Join(t.TempDir(), "secrets.age"))
	f.workN = 2
	l := Ladder(Env(func(string) (string, bool) { return "", false }), broken{}, f)
	if err := l.Set(t.Context(), "shop", "token", "EAAG"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("kept: %v", err)
	}
	if err := f.Seal("four words of mine"); err != nil {
		t.Fatal(err)
	}
	if err := l.Set(t.Context(), "shop", "token", "EAAG"); err != nil {
		t.Fatal(err)
	}
	if v, err := l.Get(t.Context(), "shop", "token"); err != nil || v.Reveal() != "EAAG" {
		t.Errorf("read: %v", err)
	}
}

// TestHolds: the file tells whether it has keys of a channel, through ladder
// and cache; a keyring that does not answer cannot.
func TestHolds(t *testing.T) {
	f := NewFile(filepath.Join(t.TempDir(), "secrets.age"), "right")
	f.workN = 2
	k := Cached(Ladder(broken{}, f), time.Minute, time.Now)
	holds := func(channel string) bool { return k.(core.Holder).Holds(t.Context(), channel) }
	if holds("shop") {
		t.Error("holds before there is a file")
	}
	if err := f.Set(t.Context(), "shop", "token", "x"); err != nil {
		t.Fatal(err)
	}
	if !holds("shop") || holds("sho") || holds("shop2") || holds("") {
		t.Error("holds keys of another channel")
	}
	wrong := Ladder(NewFile(f.path, "wrong"), broken{})
	if wrong.(core.Holder).Holds(t.Context(), "shop") {
		t.Error("holds what it cannot read")
	}
}
