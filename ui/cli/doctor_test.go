package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
	"bottega/core/health"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func examiner(t *testing.T, env ...string) *app {
	t.Helper()
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	return &app{w: w, g: Globals{Words: w}, h: Host{Environ: env, Now: func() time.Time { return now }}}
}

// TestClockAgainstTheProvider: seconds are nothing, half a minute is told, five
// minutes are a failure, either way.
func TestClockAgainstTheProvider(t *testing.T) {
	a, c := examiner(t), &core.Channel{Name: "shop"}
	s := &Shop{Checks: health.Checks{ClockWarn: core.Duration(30 * time.Second), ClockLimit: core.Duration(5 * time.Minute)}}
	for by, want := range map[time.Duration]grade{0: good, 29 * time.Second: good, -40 * time.Second: fair, time.Minute: fair, 10 * time.Minute: bad, -10 * time.Minute: bad} {
		ck := a.skew(s, c, by)
		if ck.Grade != want || (want == good) != (ck.Fix == "") {
			t.Errorf("%v: %+v, want %s", by, ck, want)
		}
		if want != good && strings.Contains(ck.Message, "ahead") != (by > 0) {
			t.Errorf("%v: %s", by, ck.Message)
		}
	}
}

// TestProviderIsAsked: what a provider says becomes a grade with its fix.
func TestProviderIsAsked(t *testing.T) {
	refused := &core.ProviderError{Code: "190", Class: core.ClassAuth, Message: "expired"}
	for name, c := range map[string]struct {
		r    core.Reached
		err  error
		want grade
		says string
	}{
		"well":       {core.Reached{Health: core.Health{CanSend: core.CanSendAll, Quality: core.QualityGreen}}, nil, good, "GREEN"},
		"held":       {core.Reached{Health: core.Health{CanSend: "BLOCKED", Notes: []string{"63020 payment"}}}, nil, fair, "63020 payment"},
		"away":       {core.Reached{}, core.Fail(core.Unreachable, "t", nil), fair, "not reached"},
		"no key":     {core.Reached{}, core.Fail(core.NoSecret, "t", nil), fair, "not asked"},
		"locked":     {core.Reached{}, core.Fail(core.NoKeyring, "t", nil), fair, "not asked"},
		"key is old": {core.Reached{}, core.Fail(core.ProviderRefused, "t", refused), bad, "shop: "},
	} {
		a := examiner(t)
		s := &Shop{Reach: func(context.Context, core.Channel) (core.Reached, error) { return c.r, c.err }}
		cs := a.ask(t.Context(), s, &core.Channel{Name: "shop", Provider: core.Twilio})
		if len(cs) != 1 || cs[0].Grade != c.want || !strings.Contains(cs[0].Message, c.says) || c.want != good && cs[0].Fix == "" {
			t.Errorf("%s: %+v", name, cs)
		}
	}
	if cs := examiner(t).ask(t.Context(), &Shop{}, &core.Channel{Provider: core.Sandbox}); cs != nil {
		t.Errorf("the demo's own number is asked: %+v", cs)
	}
	s := &Shop{Reach: func(context.Context, core.Channel) (core.Reached, error) {
		return core.Reached{Timed: true, Skew: 10 * time.Minute}, core.Fail(core.ProviderRefused, "t", refused)
	}, Checks: health.Checks{ClockWarn: 1, ClockLimit: core.Duration(5 * time.Minute)}}
	if cs := examiner(t).ask(t.Context(), s, &core.Channel{Name: "shop", Provider: core.Bird}); len(cs) != 2 || cs[1].Name != "clock" || cs[1].Grade != bad {
		t.Errorf("a refusal tells the time as well: %+v", cs)
	}
}

// TestKeyIsAsked: what the provider tells of a key now goes before what was
// known; what it lacks and when it ends have their fixes.
func TestKeyIsAsked(t *testing.T) {
	a := examiner(t)
	now := a.h.Now()
	for name, c := range map[string]struct {
		key  core.Key
		want []grade
		says string
	}{
		"not told":   {core.Key{Missing: []string{"x"}}, nil, ""},
		"well":       {core.Key{At: now, Endless: true, Scopes: []string{"messaging"}}, []grade{good}, "messaging"},
		"lacks one":  {core.Key{At: now, Missing: []string{"whatsapp_business_management"}}, []grade{fair}, "whatsapp_business_management"},
		"ends soon":  {core.Key{At: now, Expires: now.Add(48 * time.Hour)}, []grade{good, fair}, "its key ends"},
		"has ended":  {core.Key{At: now, Expires: now.Add(-time.Hour)}, []grade{good, bad}, "its key ends"},
		"ends later": {core.Key{At: now, Expires: now.AddDate(1, 0, 0)}, []grade{good}, "It runs out"},
	} {
		s := &Shop{Connect: &connect.Service{Policy: connect.Policy{Expiry: core.Duration(7 * 24 * time.Hour)}, Keys: connect.Given{},
			Gateways: func(core.Keyring) core.Gateways { return everywhere{&coretest.Gateway{}} }},
			Reach: func(context.Context, core.Channel) (core.Reached, error) {
				return core.Reached{Health: core.Health{CanSend: core.CanSendAll, Key: c.key}}, nil
			}}
		var got []grade
		var said strings.Builder
		for _, ck := range a.ask(t.Context(), s, &core.Channel{Name: "shop", Provider: core.Meta}) {
			if ck.Name == "key" {
				got = append(got, ck.Grade)
				said.WriteString(ck.Message)
				if (ck.Grade == good) != (ck.Fix == "") {
					t.Errorf("%s: %+v", name, ck)
				}
			}
		}
		if !slices.Equal(got, c.want) || !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: %v %s", name, got, said.String())
		}
	}
}

// told is a provider that says where its callbacks go.
type told struct {
	core.Gateway
	goes core.Hooked
	err  error
}

func (p told) ReadHook(context.Context, core.Hook) (core.Hooked, error) { return p.goes, p.err }

// TestCallbacksAreAsked: where a provider's callbacks go becomes a grade with
// its fix, for every provider and in every language; one without a call for it
// is not a failure.
func TestCallbacksAreAsked(t *testing.T) {
	const own = "https://shop.example.com/webhooks/shop"
	for name, c := range map[string]struct {
		goes core.Hooked
		err  error
		want grade
		says string
	}{
		"well":       {core.Hooked{URL: own, State: "active"}, nil, good, own},
		"elsewhere":  {core.Hooked{URL: "https://crm.example/in"}, nil, fair, "https://crm.example/in"},
		"nowhere":    {core.Hooked{}, nil, bad, ""},
		"some":       {core.Hooked{URL: own, Missing: []string{"whatsapp.read"}}, nil, fair, "whatsapp.read"},
		"slow":       {core.Hooked{URL: own, State: "paused"}, nil, fair, "paused"},
		"by hand":    {core.Hooked{ByHand: true}, nil, fair, own},
		"no answer":  {core.Hooked{}, core.Fail(core.Unreachable, "t", nil), fair, ""},
		"hostile":    {core.Hooked{URL: "https://x.example/\x1b]0;bell\a/" + own}, nil, fair, "…"},
		"not a word": {core.Hooked{URL: own, State: "inactive\x1b[2J"}, nil, good, own},
	} {
		for _, lang := range []string{"en", "it"} {
			for _, p := range []core.ProviderName{core.Meta, core.Twilio, core.Bird, core.Zenvia, core.Sandbox} {
				a := examiner(t)
				w, err := text.Load(lang)
				if err != nil {
					t.Fatal(err)
				}
				a.w, a.g.Words = w, w
				s := &Shop{Checks: health.Checks{Wait: core.Duration(time.Minute)}, Connect: &connect.Service{Keys: connect.Given{"webhook_secret": "s", "verify_token": "v"},
					Gateways: func(core.Keyring) core.Gateways { return everywhere{told{&coretest.Gateway{}, c.goes, c.err}} }}}
				ch := core.Channel{Name: "shop", Provider: p, Account: core.Account{PublicURL: own, BaseURL: "http://127.0.0.1:1"}}
				cs := a.callbacks(t.Context(), s, &ch)
				if len(cs) != 1 || cs[0].Grade != c.want || cs[0].Name != "callbacks" || cs[0].Channel != "shop" || (cs[0].Fix == "") != (c.want == good) {
					t.Fatalf("%s, %s, %s: %+v", name, lang, p, cs)
				}
				said := cs[0].Message + cs[0].Fix
				if !strings.Contains(said, c.says) || strings.ContainsAny(said, "\x1b\a") || strings.Contains(said, "{{") || strings.Contains(said, "<no value>") {
					t.Errorf("%s, %s, %s: %q", name, lang, p, said)
				}
			}
		}
	}
	s := &Shop{Connect: &connect.Service{Keys: connect.Given{}, Gateways: func(core.Keyring) core.Gateways {
		return everywhere{&coretest.Gateway{Caps: core.Capabilities{PollInbound: true}}}
	}}}
	if cs := examiner(t).callbacks(t.Context(), s, &core.Channel{Name: "tw", Provider: core.Twilio}); cs != nil {
		t.Errorf("one that is asked needs none: %+v", cs)
	}
}

// notes are settings.
type notes struct {
	core.SettingsStore
	m map[string]any
}

func (n notes) Setting(_ context.Context, key string, v any) (bool, error) {
	x, ok := n.m[key]
	if !ok {
		return false, nil
	}
	b, err := json.Marshal(x)
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(b)).Decode(v)
	}
	return true, err
}

func TestTemplateListAge(t *testing.T) {
	a := examiner(t)
	for name, c := range map[string]struct {
		m    map[string]any
		want grade
	}{
		"never": {nil, fair},
		"today": {map[string]any{core.SyncSetting(3): a.h.Now().Add(-time.Hour)}, good},
		"old":   {map[string]any{core.SyncSetting(3): a.h.Now().Add(-80 * time.Hour)}, fair},
	} {
		s := &Shop{Settings: notes{m: c.m}, Checks: health.Checks{Templates: core.Duration(48 * time.Hour)}}
		if ck := a.shelf(t.Context(), s, &core.Channel{ID: 3, Name: "shop"}); ck.Grade != c.want {
			t.Errorf("%s: %+v", name, ck)
		}
	}
}

// TestWhereAPersonSits: widths, clipboard, notifications and language, by what
// the terminal answers and the environment says.
func TestWhereAPersonSits(t *testing.T) {
	bus := t.TempDir()
	if err := os.WriteFile(filepath.Join(bus, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	right := func(s string) (int, bool) { return kit.Width(s), true }
	for name, c := range map[string]struct {
		env   []string
		cells func(string) (int, bool)
		lang  string
		want  map[string]grade
	}{
		"a good one":          {[]string{"TERM=xterm-256color", "DBUS_SESSION_BUS_ADDRESS=unix:path=/x"}, right, "en", map[string]grade{"width": good, "clipboard": good, "notices": good, "locale": good}},
		"a bus by its folder": {[]string{"XDG_RUNTIME_DIR=" + bus}, nil, "", map[string]grade{"notices": good, "clipboard": good}},
		"an old one":          {[]string{"TERM=screen"}, func(s string) (int, bool) { return len([]rune(s)), true }, "", map[string]grade{"width": fair, "clipboard": fair, "notices": fair}},
		"a silent one":        {[]string{"TERM_PROGRAM=Apple_Terminal"}, func(string) (int, bool) { return 0, false }, "sv", map[string]grade{"width": fair, "clipboard": fair, "locale": fair}},
		"tmux":                {[]string{"TERM=screen-256color", "TMUX=/tmp/x"}, nil, "", map[string]grade{"clipboard": good}},
	} {
		a := examiner(t, c.env...)
		a.h.Terminal.Cells, a.g.Lang = c.cells, c.lang
		got := map[string]check{}
		for _, ck := range a.desk() {
			got[ck.Name] = ck
		}
		for check, want := range c.want {
			if ck := got[check]; ck.Grade != want || (ck.Grade != good) != (ck.Fix != "") {
				t.Errorf("%s: %+v, want %s", name, ck, want)
			}
		}
		if _, told := got["width"]; told != (c.cells != nil) {
			t.Errorf("%s: widths are told without a terminal, or not with one", name)
		}
	}
}
