package connect

import (
	"reflect"
	"testing"

	"bottega/core"
)

// TestCallbacks: where a provider's callbacks go is read, never changed, and
// what is wrong with it has a name.
func TestCallbacks(t *testing.T) {
	const own = "https://shop.example.com/webhooks/shop"
	refused := core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "10"})
	for name, tt := range map[string]struct {
		goes  core.Hooked
		tune  func(*desk, *core.Channel)
		state State
		why   string
		url   string // as it is told
	}{
		"ours":             {goes: core.Hooked{URL: own, State: "active"}, state: Done, url: own},
		"ours, with slash": {goes: core.Hooked{URL: own + "/"}, state: Done, url: own + "/"},
		"elsewhere":        {goes: core.Hooked{URL: "https://me:pw@crm.example/in?key=1#x"}, state: Warned, why: WhyOther, url: "https://crm.example/in"},
		"nowhere":          {state: Warned, why: WhyNowhere},
		"seen by hand":     {goes: core.Hooked{ByHand: true}, state: ToDo, why: WhyUnseen},
		"some lack":        {goes: core.Hooked{URL: own, State: "ACTIVE", Missing: []string{"MESSAGE_STATUS"}}, state: Warned, why: WhyLacks, url: own},
		"slowed":           {goes: core.Hooked{URL: own, State: "DEGRADED"}, state: Warned, why: WhyState, url: own},
		"stopped":          {goes: core.Hooked{URL: own, State: "INACTIVE"}, state: Warned, why: WhyState, url: own},
		"refused":          {tune: func(d *desk, _ *core.Channel) { d.far.goesErr = refused }, state: Failed, why: WhyUntold},
		"no port":          {tune: func(d *desk, _ *core.Channel) { d.far.noPorts = true }, state: ToDo, why: WhyUnseen},
		"no key":           {tune: func(d *desk, _ *core.Channel) { delete(d.keys.vals, "shop/token") }, state: Failed, why: WhyUntold},
		"asked for": {tune: func(d *desk, ch *core.Channel) {
			d.far.Caps.PollInbound, ch.Account.Receive = true, core.ByPolling
		}, state: Skipped, why: WhyPolled},
		"a tunnel of ours": {goes: core.Hooked{URL: "https://x.trycloudflare.example/webhooks/shop"}, tune: func(_ *desk, ch *core.Channel) { ch.Account.PublicURL = "" },
			state: Done, url: "https://x.trycloudflare.example/webhooks/shop"},
		"another channel's": {goes: core.Hooked{URL: "https://x.example/webhooks/old?k=1"}, tune: func(_ *desk, ch *core.Channel) { ch.Account.PublicURL = "" },
			state: Warned, why: WhyOther, url: "https://x.example/webhooks/old"},
		"no address at all": {goes: core.Hooked{URL: ":"}, tune: func(_ *desk, ch *core.Channel) { ch.Account.PublicURL = "" }, state: Warned, why: WhyOther, url: "…"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "token")
			d.far.key["new"], d.far.goes = endless(), tt.goes
			x := metaDraft("new")
			x.Channel.Account.PublicURL = own
			ch, err := d.Connect(t.Context(), x, true, d.tell)
			if err != nil {
				t.Fatal(err)
			}
			if tt.tune != nil {
				tt.tune(d, &ch)
			}
			r := d.Callbacks(t.Context(), ch)
			if r.Step != StepWebhook || r.State != tt.state || r.Why != tt.why || (r.Err != nil) != (tt.state == Failed) {
				t.Fatalf("%+v", r)
			}
			if r.Hook != nil && r.Hook.URL != tt.url || r.Hook == nil && tt.url != "" {
				t.Errorf("told %+v, want %s", r.Hook, tt.url)
			}
			if (r.State == ToDo || r.State == Warned) && !reflect.DeepEqual(r.Paste, &Paste{Path: "/webhooks/shop", URL: ch.Account.PublicURL, Verify: true}) {
				t.Errorf("%+v", r.Paste)
			}
		})
	}
}
