package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
)

// owner sits at the terminal and answers what is asked, unseen.
type owner struct {
	answers   []core.Secret // nil: nobody can be asked
	asked     int
	out, errs bytes.Buffer
}

// run runs a command line on a shop in memory.
func (p *owner) run(t *testing.T, mem *coretest.Mem, keys core.Keyring, in string, args ...string) int {
	t.Helper()
	ask := func(_ context.Context, prompt string) (core.Secret, error) {
		p.errs.WriteString(prompt + "\n")
		p.asked++
		return p.answers[p.asked-1], nil
	}
	if p.answers == nil {
		ask = nil
	}
	gateways := func(core.Keyring) core.Gateways { return everywhere{&coretest.Gateway{Now: time.Now}} }
	return Run(t.Context(), Host{In: strings.NewReader(in), Out: &p.out, Err: &p.errs, Now: time.Now, Environ: Environ{"BOTTEGA_LANG=en"}, Terminal: Terminal{Secret: ask},
		Open: func(context.Context, Globals) (*Shop, error) {
			return &Shop{Dir: "/shop", Channels: mem, Gateways: gateways, Close: func() error { return nil },
				Connect: &connect.Service{Channels: mem, Keys: keys, Rungs: []core.Keyring{keys}, Gateways: gateways, Policy: connect.Policy{Passphrase: 15}, Now: time.Now}}, nil
		}, Crash: func(Globals, error) (string, bool) { return "", false }}, args)
}

// TestPassphraseIsChosen: where no keyring answers, connect asks in the open for
// a new pass phrase, twice; without one nothing is kept, and where nobody can be
// asked a sentence says what to do.
func TestPassphraseIsChosen(t *testing.T) {
	const good, long = "four words of mine", "quite another phrase"
	for name, tt := range map[string]struct {
		answers []core.Secret // nil: nobody can be asked
		asked   int
		exit    int
		says    string
		pass    core.Secret
	}{
		"chosen":          {[]core.Secret{good, good}, 2, exitDone, "encrypted file in /shop", good},
		"differs at once": {[]core.Secret{good, long, good, good}, 4, exitDone, "not the same", good},
		"short at first":  {[]core.Secret{"ciao", good, good}, 3, exitDone, "15 characters at least", good},
		"never right":     {[]core.Secret{"a", good, long, "c", good, good}, 4, exitFailed, "nothing is connected", ""},
		"left":            {[]core.Secret{"", good, good}, 1, exitFailed, "nothing is connected", ""},
		"nobody":          {nil, 0, exitFailed, "--passphrase-file", ""},
	} {
		t.Run(name, func(t *testing.T) {
			mem, keys := coretest.New(core.NewFeed()), &coretest.Chest{}
			p := &owner{answers: tt.answers}
			code := p.run(t, mem, keys, `{"name":"shop","api_key":"bk_eu1_x","from":"+390212345678"}`, "connect", "bird", "--from-stdin", "--no-check")
			if code != tt.exit || p.asked != tt.asked || !strings.Contains(p.errs.String(), tt.says) || keys.Pass() != tt.pass {
				t.Errorf("exit %d, asked %d times: %s%s", code, p.asked, p.out.String(), p.errs.String())
			}
			chs, err := mem.Channels(t.Context())
			if err != nil || len(chs) != map[int]int{exitDone: 1}[code] {
				t.Errorf("%d channels, %v", len(chs), err)
			}
			if strings.Contains(p.out.String()+p.errs.String(), good) {
				t.Error("the pass phrase is shown")
			}
		})
	}
}

// TestSealPasses: what is no question of a pass phrase is not asked.
func TestSealPasses(t *testing.T) {
	a, other := examiner(t), errors.New("other")
	a.h.Terminal.Secret = func(context.Context, string) (core.Secret, error) { t.Error("asked"); return "", nil }
	if err := a.sealed(t.Context(), &Shop{}, func() error { return other }); !errors.Is(err, other) {
		t.Error(err)
	}
}

// TestRotateAsks: on a terminal new keys are asked for, unseen, each checked by
// its form; what is left empty stays as it is.
func TestRotateAsks(t *testing.T) {
	mem, keys := coretest.New(core.NewFeed()), &coretest.Chest{}
	if err := keys.Seal("four words of mine"); err != nil {
		t.Fatal(err)
	}
	if err := keys.Set(t.Context(), "shop", "webhook_secret", "old"); err != nil {
		t.Fatal(err)
	}
	if _, err := mem.SaveChannel(t.Context(), core.Channel{Name: "shop", Provider: core.Bird, State: core.Active}); err != nil {
		t.Fatal(err)
	}
	p := &owner{answers: []core.Secret{"no key", " bk_eu1_NEW\n", ""}}
	if code := p.run(t, mem, keys, "", "channels", "rotate", "shop"); code != exitDone || p.asked != 3 {
		t.Fatalf("exit %d, asked %d times: %s%s", code, p.asked, p.out.String(), p.errs.String())
	}
	for field, want := range map[string]core.Secret{"api_key": "bk_eu1_NEW", "webhook_secret": "old"} {
		if v, err := keys.Get(t.Context(), "shop", field); err != nil || v != want {
			t.Errorf("%s is another: %v", field, err)
		}
	}
	if said := p.out.String() + p.errs.String(); strings.Contains(said, "bk_eu1_NEW") || !strings.Contains(said, "New API key") {
		t.Errorf("said: %s", said)
	}
	p = &owner{answers: []core.Secret{"", ""}}
	if code := p.run(t, mem, keys, "", "channels", "rotate", "shop"); code != exitUsage {
		t.Errorf("nothing new: exit %d", code)
	}
	p = &owner{}
	if code := p.run(t, mem, keys, "", "channels", "rotate", "shop"); code != exitUsage || !strings.Contains(p.errs.String(), "--from-stdin") {
		t.Errorf("nobody there: exit %d: %s", code, p.errs.String())
	}
}
