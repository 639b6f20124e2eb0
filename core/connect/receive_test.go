package connect

import (
	"testing"

	"bottega/core"
)

// TestReceive: way and address change nothing else, and what the provider
// cannot do is refused.
func TestReceive(t *testing.T) {
	d := newDesk(t, "token")
	ch := d.mem.AddChannel(t, "shop")
	for _, tt := range []struct {
		way  core.Way
		can  bool
		code core.Code
	}{
		{core.ByTunnel, false, ""}, {core.ByPolling, true, ""}, {core.ByBoth, true, ""}, {"", false, ""},
		{core.ByPolling, false, core.Unsupported}, {core.ByBoth, false, core.Unsupported}, {"pigeon", true, core.InvalidInput},
	} {
		got, err := d.Receive(t.Context(), ch, tt.way, tt.can)
		if core.CodeOf(err) != tt.code || err == nil && (got.Account.Receive != tt.way || got.Name != "shop") {
			t.Errorf("%q: %+v, %v", tt.way, got.Account, err)
		}
	}
	got, err := d.Address(t.Context(), ch, "https://shop.example/webhooks/shop")
	if err != nil || got.Account.PublicURL != "https://shop.example/webhooks/shop" {
		t.Errorf("%+v, %v", got.Account, err)
	}
	if _, err := d.Address(t.Context(), ch, "http://shop.example"); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("no TLS: %v", err)
	}
	if got, err = d.Address(t.Context(), ch, ""); err != nil || got.Account.PublicURL != "" {
		t.Errorf("taken away: %+v, %v", got.Account, err)
	}
	ch.ID = 99
	if _, err := d.Address(t.Context(), ch, ""); core.CodeOf(err) != core.NotFound {
		t.Errorf("of nobody: %v", err)
	}
}
