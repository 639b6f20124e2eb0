package core_test

import (
	"testing"

	"bottega/core"
)

func TestWay(t *testing.T) {
	for name, c := range map[string]struct {
		account core.Account
		can     bool
		want    core.Way
	}{
		"asked where it can be":       {core.Account{}, true, core.ByPolling},
		"both with an address":        {core.Account{PublicURL: "https://x.example/w"}, true, core.ByBoth},
		"called where it cannot":      {core.Account{}, false, core.ByCallback},
		"chosen":                      {core.Account{PublicURL: "https://x.example/w", Receive: core.ByPolling}, true, core.ByPolling},
		"chosen, a tunnel":            {core.Account{Receive: core.ByTunnel}, false, core.ByTunnel},
		"chosen, but it cannot":       {core.Account{Receive: core.ByPolling}, false, core.ByCallback},
		"chosen, both, but it cannot": {core.Account{Receive: core.ByBoth}, false, core.ByCallback},
		"called by choice":            {core.Account{Receive: core.ByCallback}, true, core.ByCallback},
	} {
		ch := core.Channel{Account: c.account}
		if got := ch.Way(c.can); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for _, w := range core.Ways() {
		if !w.Calls() && !w.Polls() {
			t.Errorf("nothing comes in by %s", w)
		}
	}
}
