package connect

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"testing/fstest"
)

func endless() core.Key { return core.Key{Endless: true, At: noon()} }

func TestConnectStepByStep(t *testing.T) {
	approvedOne := []core.Template{{Status: "APPROVED"}, {Status: "PENDING"}}
	refused := core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "10", Class: core.ClassAuth})
	for name, tt := range map[string]struct {
		tune func(*desk, *Draft)
		want []string
		code core.Code
	}{
		"all well": {func(d *desk, _ *Draft) {}, []string{"key done", "number done", "templates done", "keep done", "webhook done"}, ""},
		"it ends soon": {func(d *desk, _ *Draft) {
			d.far.key["new"] = core.Key{Expires: noon().Add(6 * 24 * time.Hour), At: noon()}
		}, []string{"key warn expires", "number done", "templates done", "keep done", "webhook done"}, ""},
		"a scope is missing": {func(d *desk, _ *Draft) { d.far.key["new"] = core.Key{Missing: []string{"m"}, At: noon()} }, []string{"key warn scopes", "number done", "templates done", "keep done", "webhook done"}, ""},
		"the number is held": {func(d *desk, _ *Draft) { d.far.health.CanSend = "LIMITED" }, []string{"key done", "number warn blocked", "templates done", "keep done", "webhook done"}, ""},
		"no template":        {func(d *desk, _ *Draft) { d.far.templates = nil }, []string{"key done", "number done", "templates warn none", "keep done", "webhook done"}, ""},
		"no list":            {func(d *desk, _ *Draft) { d.far.listErr = refused }, []string{"key done", "number done", "templates warn refused", "keep done", "webhook done"}, ""},
		"by hand": {func(d *desk, _ *Draft) {
			d.far.hook = func(core.Hook) (core.Hooked, error) { return core.Hooked{ByHand: true}, nil }
		}, []string{"key done", "number done", "templates done", "keep done", "webhook todo paste"}, ""},
		"slowed down": {func(d *desk, _ *Draft) {
			d.far.hook = func(core.Hook) (core.Hooked, error) { return core.Hooked{URL: "u", State: "degraded"}, nil }
		}, []string{"key done", "number done", "templates done", "keep done", "webhook warn state"}, ""},
		"the hook is refused": {func(d *desk, _ *Draft) {
			d.far.hook = func(core.Hook) (core.Hooked, error) { return core.Hooked{}, refused }
		}, []string{"key done", "number done", "templates done", "keep done", "webhook failed refused"}, ""},
		"the handshake fails": {func(d *desk, x *Draft) {
			x.Channel.Account.PublicURL = "https://x.example/webhooks/shop"
			d.Reach = func(context.Context, Question) (Reached, error) { return Reached{}, &Unreached{Why: WhyTLS} }
			d.far.hook = func(core.Hook) (core.Hooked, error) {
				return core.Hooked{}, core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "2200"})
			}
		}, []string{"key done", "number done", "templates done", "keep done", "address warn tls", "webhook todo handshake"}, ""},
		"asked for":                    {func(d *desk, _ *Draft) { d.far.Caps.PollInbound = true }, []string{"key done", "number done", "templates done", "keep done", "webhook skipped polled"}, ""},
		"a provider that tells little": {func(d *desk, _ *Draft) { d.far.noPorts = true }, []string{"key skipped untold", "number done", "templates done", "keep done", "webhook todo paste"}, ""},
		"a key that does not open":     {func(d *desk, x *Draft) { x.Secrets["token"] = "wrong" }, []string{"key skipped untold"}, core.ProviderRefused},
		"no keyring":                   {func(d *desk, _ *Draft) { d.keys.fails = 2 }, []string{"key done", "number done", "templates done"}, core.NoKeyring},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "token")
			d.far.key["new"], d.far.templates = endless(), approvedOne
			x := metaDraft("new")
			tt.tune(d, &x)
			ch, err := d.Connect(t.Context(), x, false, d.tell)
			if core.CodeOf(err) != tt.code || !reflect.DeepEqual(d.steps(), tt.want) {
				t.Fatalf("%v, %v", d.steps(), err)
			}
			if err != nil {
				chs, e := d.mem.Channels(t.Context())
				if e != nil || len(chs) != 0 || len(d.keys.vals) != 0 {
					t.Errorf("left behind: %v, %d keys, %v", chs, len(d.keys.vals), e)
				}
				return
			}
			if ch.ID == 0 || ch.Number != "+390555550100" || ch.Health.Limit != 2000 || len(d.keys.vals) != 3 {
				t.Errorf("%+v", ch)
			}
			if len(ch.Health.Key.Missing) > 0 != (name == "a scope is missing") {
				t.Errorf("%+v", ch.Health.Key)
			}
		})
	}
}

// TestConnectPutsKeysBack: a keyring that fails half way has what it had.
func TestConnectPutsKeysBack(t *testing.T) {
	for fails := 1; fails <= 3; fails++ {
		d := newDesk(t, "token")
		d.far.key["new"] = endless()
		d.keys.vals = map[string]core.Secret{"shop/token": "old", "shop/app_secret": "old-secret"}
		d.keys.fails = fails
		if _, err := d.Connect(t.Context(), metaDraft("new"), false, d.tell); core.CodeOf(err) != core.NoKeyring {
			t.Fatalf("%d: %v", fails, err)
		}
		if len(d.keys.vals) != 2 || d.keys.vals["shop/token"].Reveal() != "old" || d.keys.vals["shop/app_secret"].Reveal() != "old-secret" {
			t.Errorf("failing at %d leaves %d keys", fails, len(d.keys.vals))
		}
	}
}

func TestConnectRefusesWhatIsTaken(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["new"] = endless()
	if _, err := d.Connect(t.Context(), metaDraft("new"), false, d.tell); err != nil {
		t.Fatal(err)
	}
	again, other := metaDraft("new"), metaDraft("new")
	if ch, err := d.Connect(t.Context(), again, false, d.tell); err != nil || ch.ID != 1 {
		t.Errorf("the same again: %+v, %v", ch, err)
	}
	other.Channel.Name = "second"
	_, err := d.Connect(t.Context(), other, false, d.tell)
	if taken, _ := errors.AsType[*Taken](err); taken == nil || !taken.Number || taken.Name != "shop" || core.CodeOf(err) != core.Conflict {
		t.Errorf("the same number under another name: %v", err)
	}
	other.Channel.Name, other.Channel.Provider = "shop", core.Twilio
	_, err = d.Connect(t.Context(), other, false, d.tell)
	if taken, _ := errors.AsType[*Taken](err); taken == nil || taken.Number {
		t.Errorf("another provider under that name: %v", err)
	}
	d.told = nil
	free := metaDraft("wrong")
	free.Channel.Name, free.Channel.Account.PhoneNumberID = "third", "3"
	if _, err := d.Connect(t.Context(), free, true, d.tell); err != nil || !reflect.DeepEqual(d.steps(), []string{"keep done"}) {
		t.Errorf("unchecked: %v, %v", d.steps(), err)
	}
}

// TestHookSecrets: Zenvia's secret is made up once, and Bird's is kept when it
// is told.
// TestWayInSurvives: the way in that the shop chose and the address that the
// provider calls outlive a new key and the same number typed again; a new
// address takes the place of the old one.
func TestWayInSurvives(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["new"], d.far.key["newer"] = endless(), endless()
	ch, err := d.Connect(t.Context(), metaDraft("new"), false, d.tell)
	if err != nil {
		t.Fatal(err)
	}
	ch.Account.Receive, ch.Account.PublicURL = core.ByTunnel, "https://t.example/webhooks/shop"
	if _, err := d.mem.SaveChannel(t.Context(), ch); err != nil {
		t.Fatal(err)
	}
	kept := func(what, address string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		got, err := d.mem.ChannelByName(t.Context(), "shop")
		if err != nil || got.Account.Receive != core.ByTunnel || got.Account.PublicURL != address {
			t.Errorf("after %s: %+v, %v", what, got.Account, err)
		}
	}
	_, err = d.Rotate(t.Context(), "shop", map[string]core.Secret{"token": "newer"}, d.tell)
	kept("a new key", "https://t.example/webhooks/shop", err)
	x := metaDraft("newer")
	x.Channel.Account.BaseURL = "http://127.0.0.1:1"
	_, err = d.Connect(t.Context(), x, true, d.tell)
	kept("the number again", "https://t.example/webhooks/shop", err)
	if got, err := d.mem.ChannelByName(t.Context(), "shop"); err != nil || got.Account.BaseURL != "http://127.0.0.1:1" {
		t.Errorf("what was typed is not taken: %+v, %v", got.Account, err)
	}
	x.Channel.Account.PublicURL = "https://new.example/webhooks/shop"
	_, err = d.Connect(t.Context(), x, true, d.tell)
	kept("a new address", "https://new.example/webhooks/shop", err)
}

// TestSubscribeByTheWayIn: who chose to be called is told what to paste, even
// where the provider could be asked; who chose to ask is left alone.
func TestSubscribeByTheWayIn(t *testing.T) {
	for way, want := range map[core.Way]State{"": Skipped, core.ByPolling: Skipped, core.ByCallback: Done, core.ByTunnel: Done, core.ByBoth: Done} {
		d := newDesk(t, "token")
		d.far.key["new"], d.far.Caps.PollInbound = endless(), true
		ch, err := d.Connect(t.Context(), metaDraft("new"), false, func(Result) {})
		if err != nil {
			t.Fatal(err)
		}
		ch.Account.Receive = way
		d.Subscribe(t.Context(), ch, func(r Result) {
			if r.Step == StepWebhook && r.State != want {
				t.Errorf("%q: %s %s, not %s", way, r.State, r.Why, want)
			}
		})
	}
}

func TestHookSecrets(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["z"] = endless()
	x := Draft{Channel: core.Channel{Name: "z", Provider: core.Zenvia, Number: "+5511987654321", Account: core.Account{PublicURL: "https://x.example/webhooks/z"}}, Secrets: map[string]core.Secret{"token": "z"}}
	for range 2 {
		x.Secrets = map[string]core.Secret{"token": "z"}
		if _, err := d.Connect(t.Context(), x, false, d.tell); err != nil {
			t.Fatal(err)
		}
		d.NewSecret = func() core.Secret { return "another" }
	}
	if d.keys.vals["z/webhook_secret"].Reveal() != "made-up" || d.far.hooks[1].Secret.Reveal() != "made-up" {
		t.Error("the secret of the callbacks changed")
	}
	d = newDesk(t, "api_key")
	d.far.key["b"] = endless()
	d.far.hook = func(h core.Hook) (core.Hooked, error) {
		if h.Known {
			return core.Hooked{URL: h.URL, State: "active"}, nil
		}
		return core.Hooked{URL: h.URL, State: "active", Secret: "whsec_1"}, nil
	}
	x = Draft{Channel: core.Channel{Name: "b", Provider: core.Bird, Number: "+390212345678", Account: core.Account{PublicURL: "https://x.example/webhooks/b"}}, Secrets: map[string]core.Secret{"api_key": "b"}}
	ch, err := d.Connect(t.Context(), x, false, d.tell)
	if err != nil || d.keys.vals["b/webhook_secret"].Reveal() != "whsec_1" {
		t.Fatalf("%v", err)
	}
	d.Subscribe(t.Context(), ch, d.tell)
	if len(d.far.hooks) != 2 || !d.far.hooks[1].Known {
		t.Errorf("%d hooks", len(d.far.hooks))
	}
	if got := d.Lies(t.Context(), ch); !reflect.DeepEqual(got, []Kept{{"api_key", "memory"}, {"webhook_secret", "memory"}}) {
		t.Errorf("%v", got)
	}
}

func TestRotate(t *testing.T) {
	for name, tt := range map[string]struct {
		secrets map[string]core.Secret
		tune    func(*desk)
		code    core.Code
		inUse   core.Secret
		state   core.ChannelState
	}{
		"good":            {map[string]core.Secret{"token": "new"}, func(*desk) {}, "", "new", core.Active},
		"does not open":   {map[string]core.Secret{"token": "wrong"}, func(*desk) {}, core.ProviderRefused, "old", core.Paused},
		"may too little":  {map[string]core.Secret{"token": "new"}, func(d *desk) { d.far.key["new"] = core.Key{Missing: []string{"m"}, At: noon()} }, core.Refused, "old", core.Paused},
		"another number":  {map[string]core.Secret{"token": "new"}, func(d *desk) { d.far.health.Number = "+390555550199" }, core.Conflict, "old", core.Paused},
		"nothing":         {nil, func(*desk) {}, core.InvalidInput, "old", core.Paused},
		"a foreign field": {map[string]core.Secret{"api_key": "new"}, func(*desk) {}, core.InvalidInput, "old", core.Paused},
		"no secret":       {map[string]core.Secret{"waba_id": "3"}, func(*desk) {}, core.InvalidInput, "old", core.Paused},
		"blanks":          {map[string]core.Secret{"token": "n e w"}, func(*desk) {}, core.InvalidInput, "old", core.Paused},
		"no keyring":      {map[string]core.Secret{"token": "new", "app_secret": "n"}, func(d *desk) { d.keys.fails = d.keys.sets + 2 }, core.NoKeyring, "old", core.Paused},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "token")
			d.far.key["old"], d.far.key["new"] = endless(), core.Key{Expires: noon().Add(60 * 24 * time.Hour), At: noon()}
			ch, err := d.Connect(t.Context(), metaDraft("old"), false, d.tell)
			if err != nil {
				t.Fatal(err)
			}
			ch.State, ch.PauseClass = core.Paused, core.ClassAuth
			if _, err := d.mem.SaveChannel(t.Context(), ch); err != nil {
				t.Fatal(err)
			}
			tt.tune(d)
			d.told, d.far.asked = nil, nil
			_, err = d.Rotate(t.Context(), "shop", tt.secrets, d.tell)
			if core.CodeOf(err) != tt.code {
				t.Fatalf("%v", err)
			}
			now, err := d.mem.ChannelByName(t.Context(), "shop")
			if err != nil || d.keys.vals["shop/token"].Reveal() != tt.inUse.Reveal() || now.State != tt.state {
				t.Errorf("in use is %v, the channel %s, %v", d.keys.vals["shop/token"].Reveal() == "new", now.State, err)
			}
			if tt.code == "" && (d.told[0].Before == nil || !d.told[0].Before.Endless || now.Health.Key.Expires.IsZero() || d.far.asked[0] != "inspect new") {
				t.Errorf("%+v, %v", d.told[0], d.far.asked)
			}
		})
	}
	d := newDesk(t, "token")
	if _, err := d.Rotate(t.Context(), "nobody", map[string]core.Secret{"token": "x"}, d.tell); core.CodeOf(err) != core.NotFound {
		t.Errorf("a channel that is not there: %v", err)
	}
}

func TestCheckAgain(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["new"] = endless()
	ch, err := d.Connect(t.Context(), metaDraft("new"), false, d.tell)
	if err != nil {
		t.Fatal(err)
	}
	d.told, d.far.health.Quality, d.far.health.At = nil, core.QualityRed, noon().Add(time.Hour)
	h, err := d.Check(t.Context(), ch, d.tell)
	if err != nil || h.Quality != core.QualityRed || !reflect.DeepEqual(d.steps(), []string{"key done", "number done", "templates warn none"}) {
		t.Errorf("%+v, %v, %v", h, d.steps(), err)
	}
	delete(d.keys.vals, "shop/token")
	if _, err := d.Check(t.Context(), ch, d.tell); core.CodeOf(err) != core.NoSecret {
		t.Errorf("without its key: %v", err)
	}
	if got := d.Lies(t.Context(), ch); got[0] != (Kept{"token", ""}) {
		t.Errorf("%v", got)
	}
}

func TestRemove(t *testing.T) {
	d := newDesk(t, "token")
	d.far.key["new"] = endless()
	ch, err := d.Connect(t.Context(), metaDraft("new"), false, d.tell)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Remove(t.Context(), ch); err != nil || len(d.keys.vals) != 0 {
		t.Errorf("%d keys left, %v", len(d.keys.vals), err)
	}
	if _, err := d.mem.Channel(t.Context(), ch.ID); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}

func TestPolicy(t *testing.T) {
	p, err := LoadPolicy(assets.Rules())
	if err != nil || p.Expiry.D() != 7*24*time.Hour || p.TLS != "1.2" {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", "{", `{"expiry":{"value":"-1h"}}`} {
		if _, err := LoadPolicy(fstest.MapFS{"connect.json": {Data: []byte(bad)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := LoadPolicy(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}
