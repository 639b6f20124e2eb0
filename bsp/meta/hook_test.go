package meta_test

import (
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// TestReadHook: the number's own address goes before the account's, and that
// before the app's; who is not subscribed is called nowhere.
func TestReadHook(t *testing.T) {
	const (
		apps   = "/subscribed_apps"
		number = "/100000000000101"
		one    = `{"data":[{"whatsapp_business_api_data":{"id":"1","name":"Bottega","link":"https://x.example"}}]}`
		over   = `{"data":[{"whatsapp_business_api_data":{"id":"1","name":"Bottega"},"override_callback_uri":"https://a.example"}]}`
	)
	told := func(url string, missing ...string) core.Hooked {
		return core.Hooked{URL: url, State: "subscribed", Apps: []string{"Bottega"}, Missing: missing}
	}
	hidden := told("")
	hidden.ByHand = true
	bsptest.ReadHooks(t, spec(t), open, []bsptest.HookCase{
		{Name: "the app's", Answers: map[string]string{apps: one, number: `{"webhook_configuration":{"application":"https://app.example"},"id":"1"}`}, Want: told("https://app.example")},
		{Name: "the account's", Answers: map[string]string{apps: over, number: `{"webhook_configuration":{"application":"https://app.example","whatsapp_business_account":"https://a.example"}}`}, Want: told("https://a.example")},
		{Name: "the number's", Answers: map[string]string{apps: over, number: `{"webhook_configuration":{"application":"https://app.example","phone_number":"https://n.example"}}`}, Want: told("https://n.example")},
		{Name: "nobody subscribed", Answers: map[string]string{apps: `{"data":[]}`, number: `{"webhook_configuration":{"application":"https://app.example"}}`},
			Want: core.Hooked{URL: "https://app.example", Missing: []string{"subscribed_apps"}}},
		{Name: "the number is hidden", Answers: map[string]string{apps: over, number: `403 {"error":{"code":10,"message":"(#10) permission"}}`}, Want: told("https://a.example")},
		{Name: "nothing to see", Answers: map[string]string{apps: one, number: `{"id":"1"}`}, Want: hidden},
		{Name: "a key that ended", Answers: map[string]string{apps: `401 {"error":{"code":190,"message":"x"}}`}, Code: core.ProviderRefused},
		{Name: "out of order", Answers: map[string]string{apps: one, number: `500 {"error":{"code":2,"message":"x"}}`}, Code: core.Unreachable},
	})
}
