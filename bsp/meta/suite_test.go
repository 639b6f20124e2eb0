package meta_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
)

const token core.Secret = "EAAGm0PX4ZCpsBAtokenThatMustNotLeak"

var account = core.Account{PhoneNumberID: "100000000000101", BusinessID: "100000000000201"}

// noon stands still.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// open builds a gateway to a fake.
func open(f *bsptest.Fake) core.Gateway { return gateway(f) }

func gateway(f *bsptest.Fake) *meta.Gateway {
	a := account
	a.BaseURL = f.URL
	return meta.New(meta.Config{
		Account: a, Client: f.Client, Log: f.Log, Now: noon,
		Token: func(context.Context) (core.Secret, error) { return token, nil },
	})
}

func accepted(id string) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","contacts":[{"input":"+393331234567","wa_id":"393331234567"}],"messages":[{"id":%q}]}`, id)
}

func graphError(code int, details string) string {
	return fmt.Sprintf(`{"error":{"message":"(#%d) no","type":"OAuthException","code":%d,"error_data":{"messaging_product":"whatsapp","details":%q},"fbtrace_id":"A1"}}`, code, code, details)
}

// spec is the check of all requests, nil where the description is not at hand.
func spec(t *testing.T) *bsptest.Spec {
	if !bsptest.HasSpecs() {
		return nil
	}
	return bsptest.MetaSpec(t, token)
}

func TestSuite(t *testing.T) {
	bsptest.Run(t, dialect(t), open)
}

// TestRequestsFitTheDescription says aloud when the suite ran without it.
func TestRequestsFitTheDescription(t *testing.T) {
	bsptest.MetaSpec(t, token)
}

func dialect(t *testing.T) bsptest.Dialect {
	refusal := func(name string, status, code int, class core.Class, want core.Code) bsptest.Refusal {
		return bsptest.Refusal{Name: name, Status: status, Body: graphError(code, "why"), Class: class, Code: want}
	}
	return bsptest.Dialect{
		Token: token, Accepted: accepted, Spec: spec(t),
		Echo: func(words string) string { return graphError(131009, words) },
		Ref: func(body []byte) string {
			var m struct {
				Ref string `json:"biz_opaque_callback_data"`
			}
			if err := json.Unmarshal(body, &m); err != nil {
				t.Error(err)
			}
			return m.Ref
		},
		Refusals: []bsptest.Refusal{
			refusal("server trouble", 500, 131000, core.ClassRetry, core.Unreachable),
			refusal("throughput", 400, 130429, core.ClassThrottle, core.RateLimited),
			refusal("pair limit", 400, 131056, core.ClassPairLimit, core.RateLimited),
			refusal("window", 400, 131047, core.ClassWindowClosed, core.WindowClosed),
			refusal("window, old code", 400, 470, core.ClassWindowClosed, core.WindowClosed),
			refusal("undeliverable", 400, 131026, core.ClassUndeliverable, core.ProviderRefused),
			refusal("marketing cap", 400, 131049, core.ClassMarketingCapped, core.ProviderRefused),
			refusal("opted out", 400, 131050, core.ClassOptedOut, core.ProviderRefused),
			refusal("template", 404, 132001, core.ClassTemplate, core.ProviderRefused),
			refusal("media", 400, 131053, core.ClassMedia, core.BadMedia),
			refusal("token", 401, 190, core.ClassAuth, core.ProviderRefused),
			refusal("permission", 403, 230, core.ClassAuth, core.ProviderRefused),
			refusal("code 0", 401, 0, core.ClassAuth, core.ProviderRefused),
			refusal("policy", 403, 368, core.ClassPolicy, core.ProviderRefused),
			refusal("payment", 400, 131042, core.ClassPayment, core.ProviderRefused),
			refusal("our mistake", 400, 100, core.ClassInvalid, core.ProviderRefused),
			refusal("new code, 4xx", 400, 199999, core.ClassInvalid, core.ProviderRefused),
			{Name: "new code, 5xx", Status: 500, Body: graphError(199999, "why"), Class: core.ClassUnknown, Uncertain: true},
			{Name: "error in a 200", Status: 200, Body: graphError(131047, "why"), Class: core.ClassWindowClosed, Code: core.WindowClosed},
			{Name: "code as a string", Status: 400, Body: `{"error":{"code":"131047"}}`, Class: core.ClassWindowClosed, Code: core.WindowClosed},
			{Name: "400 with HTML", Status: 400, Body: "<html>no</html>", Class: core.ClassInvalid, Code: core.ProviderRefused},
			{Name: "401 with HTML", Status: 401, Body: "<html>no</html>", Class: core.ClassAuth, Code: core.ProviderRefused},
			{Name: "429 with nothing", Status: 429, Class: core.ClassThrottle, Code: core.RateLimited},
			{Name: "404 with nothing", Status: 404, Class: core.ClassInvalid, Code: core.ProviderRefused},
			{Name: "408", Status: 408, Class: core.ClassRetry, Uncertain: true},
		},
	}
}
