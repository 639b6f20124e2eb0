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
		"short at first":  {[]core.Secret{"ciao", "ciao", good, good}, 4, exitDone, "15 characters at least", good},
		"never right":     {[]core.Secret{"a", "a", "b", "b", "c", "c", good, good}, 6, exitFailed, "nothing is connected", ""},
		"left":            {[]core.Secret{"", good, good}, 1, exitFailed, "nothing is connected", ""},
		"nobody":          {nil, 0, exitFailed, "--passphrase-file", ""},
	} {
		t.Run(name, func(t *testing.T) {
			mem, keys := coretest.New(core.NewFeed()), &coretest.Chest{}
			var out, errs bytes.Buffer
			asked := 0
			ask := func(_ context.Context, prompt string) (core.Secret, error) {
				errs.WriteString(prompt + "\n")
				asked++
				return tt.answers[asked-1], nil
			}
			if tt.answers == nil {
				ask = nil
			}
			code := Run(t.Context(), Host{In: strings.NewReader(`{"name":"shop","api_key":"bk_eu1_x","from":"+390212345678"}`), Out: &out, Err: &errs, Now: time.Now, Environ: Environ{"BOTTEGA_LANG=en"}, Terminal: Terminal{Secret: ask},
				Open: func(context.Context, Globals) (*Shop, error) {
					return &Shop{Dir: "/shop", Channels: mem, Connect: &connect.Service{Channels: mem, Keys: keys, Rungs: []core.Keyring{keys}, Policy: connect.Policy{Passphrase: 15}, Now: time.Now}, Close: func() error { return nil }}, nil
				}, Crash: func(Globals, error) (string, bool) { return "", false }}, []string{"connect", "bird", "--from-stdin", "--no-check"})
			if code != tt.exit || asked != tt.asked || !strings.Contains(errs.String(), tt.says) || keys.Pass() != tt.pass {
				t.Errorf("exit %d, asked %d times: %s%s", code, asked, out.String(), errs.String())
			}
			chs, err := mem.Channels(t.Context())
			if err != nil || len(chs) != map[int]int{exitDone: 1}[code] {
				t.Errorf("%d channels, %v", len(chs), err)
			}
			if strings.Contains(out.String()+errs.String(), good) {
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
