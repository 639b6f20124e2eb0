package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
)

// prepaid is a provider that tells what is left on the account.
type prepaid struct {
	*coretest.Gateway
	left core.Money
	err  error
}

func (p prepaid) Balance(context.Context) (core.Money, error) { return p.left, p.err }

// everywhere is one gateway for every channel.
type everywhere struct{ gw core.Gateway }

func (e everywhere) Gateway(context.Context, core.Channel) (core.Gateway, error) { return e.gw, nil }

// TestBalance: what is left is told where the provider tells it, and an account
// that cannot be asked is an error, not silence.
func TestBalance(t *testing.T) {
	plain := &coretest.Gateway{}
	for name, tt := range map[string]struct {
		gw   core.Gateway
		want string
		exit int
	}{
		"told":     {prepaid{plain, core.Money{Amount: "12.35", Currency: "USD"}, nil}, "12.35 USD left", exitDone},
		"not told": {plain, "the provider answers", exitDone},
		"refused":  {prepaid{plain, core.Money{}, errors.New("no")}, "", exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			mem := coretest.New(core.NewFeed())
			mem.AddChannel(t, "shop")
			run := func(args ...string) (string, int) {
				var out, errs bytes.Buffer
				code := Run(t.Context(), Host{In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Environ: Environ{"BOTTEGA_LANG=en"},
					Open: func(context.Context, Globals) (*Shop, error) {
						gateways := func(core.Keyring) core.Gateways { return everywhere{tt.gw} }
						return &Shop{Channels: mem, Gateways: gateways, Connect: &connect.Service{Channels: mem, Gateways: gateways, Now: time.Now}, Close: func() error { return nil }}, nil
					}, Crash: func(Globals, error) (string, bool) { return "", false }}, args)
				return out.String(), code
			}
			if out, code := run("channels", "test", "shop"); code != tt.exit || !strings.Contains(out, tt.want) {
				t.Errorf("%d: %s", code, out)
			}
			out, code := run("channels", "test", "shop", "--json")
			if code != tt.exit {
				t.Fatalf("%d: %s", code, out)
			}
			if tt.exit != exitDone {
				return
			}
			var said struct {
				Balance *core.Money `json:"balance"`
			}
			if err := json.Unmarshal([]byte(out), &said); err != nil || (said.Balance != nil) != (name == "told") {
				t.Errorf("%s, %v", out, err)
			}
		})
	}
}
