package bird_test

import (
	"encoding/json"
	"slices"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// TestReadHook: how the webhook of an address stands; without one, who is told
// of messages instead.
func TestReadHook(t *testing.T) {
	const end, address, other = "/v1/webhooks", "https://shop.example.com/webhooks/bird", "https://crm.example.com/in"
	all := []string{"whatsapp.received", "whatsapp.accepted", "whatsapp.sent", "whatsapp.delivered", "whatsapp.read", "whatsapp.failed", "whatsapp.rejected",
		"whatsapp.reacted", "whatsapp_suppression.created", "preference.granted", "preference.revoked"}
	hook := func(url, status string, events ...string) map[string]any {
		return map[string]any{"id": whk, "url": url, "status": status, "events": events}
	}
	list := func(hooks ...map[string]any) map[string]string {
		b, err := json.Marshal(map[string]any{"data": append([]map[string]any{}, hooks...)})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{end: string(b)}
	}
	ours := core.Hook{URL: address}
	bsptest.ReadHooks(t, spec(t), open, []bsptest.HookCase{
		{Name: "ours", Hook: ours, Answers: list(hook(other, "active", all...), hook(address+"/", "active", all...)), Want: core.Hooked{URL: address + "/", State: "active"}},
		{Name: "asleep", Hook: ours, Answers: list(hook(address, "paused", all...)), Want: core.Hooked{URL: address, State: "paused"}},
		{Name: "events lack", Hook: ours, Answers: list(hook(address, "active", slices.Delete(slices.Clone(all), 3, 5)...)), Want: core.Hooked{URL: address, State: "active", Missing: []string{"whatsapp.delivered", "whatsapp.read"}}},
		{Name: "somebody else's", Hook: ours, Answers: list(hook("https://mail.example", "active", "email.sent"), hook(other, "active", all...)), Want: core.Hooked{URL: other, State: "active"}},
		{Name: "nowhere", Hook: ours, Answers: list(), Want: core.Hooked{}},
		{Name: "without an address", Answers: list(hook("https://mail.example", "active", "email.sent")), Want: core.Hooked{}},
		{Name: "no scope", Hook: ours, Answers: map[string]string{end: "403 " + refused("permission_error", "E1", "Forbidden")}, Code: core.ProviderRefused},
		{Name: "HTML", Hook: ours, Answers: map[string]string{end: "<html>"}, Code: core.Unreachable},
	})
}
