package zenvia_test

import (
	"encoding/json"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/zenvia"
	"bottega/core"
)

// TestReadHook: both kinds of events have to go to our address, awake and with
// our secret; of somebody else's address only the host is told.
func TestReadHook(t *testing.T) {
	const secret, own, end = core.Secret("hook-secret-that-is-long"), "https://shop.example.com/webhooks/z", "/subscriptions"
	address := zenvia.Address(own, secret)
	list := func(subs ...map[string]any) map[string]string {
		b, err := json.Marshal(append([]map[string]any{}, subs...))
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{end: string(b)}
	}
	in, states := subscribed("a", "MESSAGE", address, "ACTIVE", secret.Reveal()), subscribed("b", "MESSAGE_STATUS", address, "ACTIVE", secret.Reveal())
	sms := subscribed("c", "MESSAGE", address, "ACTIVE", secret.Reveal())
	sms["criteria"] = map[string]string{"channel": "sms"}
	ours := core.Hook{URL: own, Secret: secret, Known: true}
	bsptest.ReadHooks(t, spec(t), open, []bsptest.HookCase{
		{Name: "ours", Hook: ours, Answers: list(in, states), Want: core.Hooked{URL: own, State: "ACTIVE"}},
		{Name: "slowed", Hook: ours, Answers: list(in, subscribed("b", "MESSAGE_STATUS", address, "DEGRADED", secret.Reveal())), Want: core.Hooked{URL: own, State: "DEGRADED"}},
		{Name: "stopped", Hook: ours, Answers: list(subscribed("a", "MESSAGE", address, "INACTIVE", secret.Reveal()), states), Want: core.Hooked{URL: own, State: "INACTIVE"}},
		{Name: "no states", Hook: ours, Answers: list(in), Want: core.Hooked{URL: own, State: "ACTIVE", Missing: []string{"MESSAGE_STATUS"}}},
		{Name: "another secret", Hook: ours, Answers: list(subscribed("a", "MESSAGE", address, "ACTIVE", "old"), states), Want: core.Hooked{URL: own, State: "ACTIVE", Missing: []string{zenvia.SecretHeader}}},
		{Name: "SMS only", Hook: ours, Answers: list(sms), Want: core.Hooked{}},
		{Name: "somebody else's", Hook: ours, Answers: list(subscribed("a", "MESSAGE", "https://crm.example/in/9f2c6c1e", "ACTIVE", "x")), Want: core.Hooked{URL: "https://crm.example/…", State: "ACTIVE"}},
		{Name: "without an address", Answers: list(in), Want: core.Hooked{URL: "https://shop.example.com/…", State: "ACTIVE"}},
		{Name: "a wrong token", Hook: ours, Answers: map[string]string{end: `401 {"code":"AUTHENTICATION_ERROR","message":"x"}`}, Code: core.ProviderRefused},
	})
}

// subscribed is a subscription as Zenvia tells it.
func subscribed(id, event, url, status, header string) map[string]any {
	return map[string]any{"id": id, "eventType": event, "status": status, "version": "v2", "criteria": map[string]string{"channel": "whatsapp"},
		"webhook": map[string]any{"url": url, "headers": map[string]any{zenvia.SecretHeader: header}}}
}
