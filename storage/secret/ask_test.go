package secret

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"bottega/core"
)

// TestAsked: the pass phrase is asked for when a key is needed first, once;
// three wrong answers or none end the asking.
func TestAsked(t *testing.T) {
	silent := errors.New("nobody is there")
	for name, c := range map[string]struct {
		answers []string // "" is no answer
		asked   int
		code    core.Code
	}{
		"right":       {[]string{"right"}, 1, ""},
		"after two":   {[]string{"wrong", "Right", "right"}, 3, ""},
		"never right": {[]string{"a", "b", "c", "right"}, 3, core.WrongPassphrase},
		"nobody":      {[]string{"", "right"}, 1, core.NoKeyring},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secrets.age")
			made := NewFile(path, "right")
			made.workN = 2
			if err := made.Set(t.Context(), "shop", "token", "EAAG-plain-token"); err != nil {
				t.Fatal(err)
			}
			asked := 0
			f := Asked(path, func(_ context.Context, tries int) (core.Secret, error) {
				if tries != asked {
					t.Errorf("asked %d times, told %d", asked, tries)
				}
				asked++
				if c.answers[tries] == "" {
					return "", silent
				}
				return core.Secret(c.answers[tries]), nil
			})
			f.workN = 2
			if err := f.Open(t.Context()); core.CodeOf(err) != c.code {
				t.Errorf("opened: %v", err)
			}
			for range 2 { // and never again
				v, err := f.Get(t.Context(), "shop", "token")
				if core.CodeOf(err) != c.code || err == nil && v.Reveal() != "EAAG-plain-token" {
					t.Errorf("read: %v", err)
				}
			}
			if err := f.Set(t.Context(), "shop", "token", "EAAG-renewed"); core.CodeOf(err) != c.code {
				t.Errorf("written: %v", err)
			}
			if v, err := made.Get(t.Context(), "shop", "token"); err != nil || (v.Reveal() == "EAAG-renewed") != (c.code == "") {
				t.Errorf("sealed as before? %v", err)
			}
			if asked != c.asked {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}

// TestAskedForNothing: where there is no file nobody is asked, and none is made
// under a pass phrase that nobody chose.
func TestAskedForNothing(t *testing.T) {
	f := Asked(filepath.Join(t.TempDir(), "secrets.age"), func(context.Context, int) (core.Secret, error) {
		t.Error("asked")
		return "x", nil
	})
	if err := f.Open(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := f.Get(t.Context(), "shop", "token"); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
	if err := f.Set(t.Context(), "shop", "token", "x"); core.CodeOf(err) != core.NoKeyring {
		t.Error(err)
	}
}

// TestPlacesAsk: the file is a place when its pass phrase is known, or when it
// is there and somebody can be asked.
func TestPlacesAsk(t *testing.T) {
	none := func(string) (string, bool) { return "", false }
	ask := func(context.Context, int) (core.Secret, error) { return "right", nil }
	dir := t.TempDir()
	if ks := Places(none, dir, "test", 1, ask, 0); Ladder(ks...).Where() != "env+os+file" || !ks[2].(core.Sealer).Unsealed() {
		t.Errorf("without a file: %v", Ladder(ks...).Where())
	}
	told := func(string) (string, bool) { return "right", true }
	if ks := Places(told, dir, "test", 1, nil, 0); Ladder(ks...).Where() != "env+file+os" || ks[1].(core.Sealer).Unsealed() {
		t.Errorf("with a pass phrase: %v", Ladder(ks...).Where())
	}
	f := NewFile(filepath.Join(dir, "secrets.age"), "right")
	f.workN = 2
	if err := f.Set(t.Context(), "shop", "token", "x"); err != nil {
		t.Fatal(err)
	}
	if ks := Places(none, dir, "test", 1, ask, 0); Ladder(ks...).Where() != "env+file+os" {
		t.Errorf("with one: %v", Ladder(ks...).Where())
	}
	if ks := Places(none, dir, "test", 1, nil, 0); Ladder(ks...).Where() != "env+os" {
		t.Errorf("nobody to ask: %v", Ladder(ks...).Where())
	}
}
