package twilio_test

import (
	"fmt"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// TestReadHook: where a sender's messages go; a number that is no sender is
// seen on the provider's page.
func TestReadHook(t *testing.T) {
	const end, address = "/Channels/Senders", "https://relay.example.com/webhooks/shop"
	page := func(number core.Phone, hook string) map[string]string {
		return map[string]string{end: fmt.Sprintf(`{"senders":[{"sid":"XE00000000000000000000000000000001","status":"ONLINE","sender_id":"whatsapp:%s","webhook":%s}],"meta":{"next_page_url":null}}`, number, hook)}
	}
	bsptest.ReadHooks(t, spec(t), open, []bsptest.HookCase{
		{Name: "ours", Hook: core.Hook{URL: address}, Answers: page(shop, `{"callback_url":"`+address+`","status_callback_url":null}`), Want: core.Hooked{URL: address, State: "active"}},
		{Name: "nowhere", Hook: core.Hook{URL: address}, Answers: page(shop, `null`), Want: core.Hooked{}},
		{Name: "sandbox", Answers: page("+14155238886", `{"callback_url":"https://x.example"}`), Want: core.Hooked{ByHand: true}},
		{Name: "without an API", Answers: map[string]string{end: `404 {"code":20404,"message":"not found","status":404}`}, Want: core.Hooked{ByHand: true}},
		{Name: "a wrong token", Answers: map[string]string{end: `401 {"code":20003,"message":"Authenticate","status":401}`}, Code: core.ProviderRefused},
		{Name: "out of order", Answers: map[string]string{end: `503 busy`}, Code: core.Unreachable},
	})
}
