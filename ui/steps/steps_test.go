package steps

import (
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/text"
)

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// every is each end that a step may have, with facts.
func every() []connect.Result {
	key := &core.Key{Scopes: []string{"a"}, Missing: []string{"b"}, Expires: noon().AddDate(0, 0, 3)}
	number := &connect.Number{Phone: "+390555550100", Name: "Bottega", Quality: core.QualityGreen, Limit: 2000, Status: "LIMITED", Notes: []string{"note"}}
	reached := &connect.Reached{URL: "https://x.example/webhooks/shop", TLS: "1.3", Status: 404}
	paste := &connect.Paste{Path: "/webhooks/shop"}
	refused := core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "10", Class: core.ClassAuth})
	test := func(s core.State) *connect.Test { return &connect.Test{State: s, Took: 1500 * time.Millisecond} }
	r := func(s connect.Step, st connect.State, why string) connect.Result {
		return connect.Result{Step: s, State: st, Why: why, Key: key, Number: number, Reached: reached, Paste: paste, Err: refused, Templates: &connect.Templates{Total: 3, Approved: 2},
			Kept: []connect.Kept{{Field: "token", Where: "os"}, {Field: "app_secret", Where: "os"}, {Field: "verify_token"}}}
	}
	hooked := func(x connect.Result) connect.Result {
		x.Hook = &core.Hooked{URL: "https://x.example/h", State: "degraded"}
		return x
	}
	tried := func(x connect.Result, s core.State) connect.Result {
		x.Test = test(s)
		return x
	}
	return []connect.Result{
		r(connect.StepKey, connect.Done, ""), r(connect.StepKey, connect.Warned, connect.WhyExpires), r(connect.StepKey, connect.Warned, connect.WhyScopes), r(connect.StepKey, connect.Skipped, connect.WhyUntold),
		r(connect.StepNumber, connect.Done, ""), r(connect.StepNumber, connect.Warned, connect.WhyBlocked),
		r(connect.StepTemplates, connect.Done, ""), r(connect.StepTemplates, connect.Warned, connect.WhyNone), r(connect.StepTemplates, connect.Warned, connect.WhyRefused),
		r(connect.StepKeep, connect.Done, ""),
		r(connect.StepAddress, connect.Done, ""), r(connect.StepAddress, connect.Warned, connect.WhyUnreached), r(connect.StepAddress, connect.Warned, connect.WhyName),
		r(connect.StepAddress, connect.Warned, connect.WhyTLS), r(connect.StepAddress, connect.Warned, connect.WhyElsewhere), r(connect.StepAddress, connect.Warned, connect.WhyRedirected),
		hooked(r(connect.StepWebhook, connect.Done, "")), r(connect.StepWebhook, connect.Skipped, connect.WhyPolled), r(connect.StepWebhook, connect.ToDo, connect.WhyNoAddress), r(connect.StepWebhook, connect.ToDo, connect.WhyPaste),
		r(connect.StepWebhook, connect.ToDo, connect.WhyHandshake), hooked(r(connect.StepWebhook, connect.Warned, connect.WhyState)), r(connect.StepWebhook, connect.Failed, connect.WhyRefused),
		tried(r(connect.StepTest, connect.Done, ""), core.Delivered), tried(r(connect.StepTest, connect.Done, ""), core.Read), tried(r(connect.StepTest, connect.ToDo, connect.WhySent), core.Accepted),
		tried(r(connect.StepTest, connect.ToDo, connect.WhyNoTick), core.Accepted), r(connect.StepTest, connect.ToDo, connect.WhyWrite), tried(r(connect.StepTest, connect.Failed, connect.WhyRefused), core.Failed),
	}
}

// TestEveryEndHasWords: each way a step may end is said in each language and
// for each provider, with its facts in it and no placeholder left; what is to
// be done has a hint.
func TestEveryEndHasWords(t *testing.T) {
	langs, err := text.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		w, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range connect.Providers() {
			teller := Teller{Words: w, Now: noon(), Channel: &core.Channel{Name: "shop", Provider: p}}
			for _, r := range every() {
				s := teller.Say(r)
				all := s.Label + " " + s.What + " " + s.Hint
				if strings.Contains(all, "connect.") || strings.Contains(all, "{{") || s.What == "" {
					t.Errorf("%s %s %s %s: %q", lang, p, r.Step, r.Why, all)
				}
				if (r.State == connect.ToDo && r.Why != connect.WhySent || r.State == connect.Warned) && s.Hint == "" {
					t.Errorf("%s %s %s says not what to do", lang, r.Step, r.Why)
				}
			}
			for _, f := range connect.Fields(p) {
				if all := Find(w, p, f.Name) + Field(w, f.Name); strings.Contains(all, "connect.") {
					t.Errorf("%s %s %s: %s", lang, p, f.Name, all)
				}
			}
		}
		for _, f := range []connect.Fault{"", connect.Missing, connect.NoName, connect.NoDigits, connect.NoAccount, connect.NoService, connect.NoPhone, connect.NoAddress, connect.NoKeyForm, connect.Blanks, connect.NoVersion, connect.OddToken, connect.OddHex, connect.OddShort} {
			if s := Fault(w, f); strings.Contains(s, "connect.") {
				t.Errorf("%s: fault %q has no words", lang, f)
			}
		}
	}
}

func TestWords(t *testing.T) {
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	teller := Teller{Words: w, Now: noon(), Channel: &core.Channel{Name: "shop", Provider: core.Meta}}
	before := core.Key{Endless: true}
	for _, tt := range []struct {
		r    connect.Result
		want string
	}{
		{connect.Result{Step: connect.StepKey, State: connect.Done, Key: &core.Key{Endless: true}, Before: &before}, "Before: everything. It does not run out."},
		{connect.Result{Step: connect.StepNumber, State: connect.Done, Number: &connect.Number{Limit: -1}}, "quality not rated yet · no limit of people"},
		{connect.Result{Step: connect.StepKeep, State: connect.Done, Kept: []connect.Kept{{Field: "token", Where: "os"}, {Field: "verify_token", Where: "env"}, {Field: "app_secret", Where: "os"}}}, "Access token, App secret → the system’s keyring; Verify token → the environment"},
		{connect.Result{Step: connect.StepAddress, State: connect.Done, Reached: &connect.Reached{URL: "http://127.0.0.1:1/x"}}, "no TLS, on this computer only"},
		{connect.Result{Step: connect.StepTest, State: connect.Done, Test: &connect.Test{State: core.Read, Took: 90 * time.Second}}, "Read after 1 min"},
	} {
		if s := teller.Say(tt.r); !strings.Contains(s.What+s.Hint, tt.want) {
			t.Errorf("%q %q lacks %q", s.What, s.Hint, tt.want)
		}
	}
	week := 7 * 24 * time.Hour
	for at, want := range map[time.Duration]string{8 * 24 * time.Hour: "", 3 * 24 * time.Hour: "key runs out Fri 27 Nov", -time.Hour: "key has run out"} {
		if got := teller.Ends(core.Key{Expires: noon().Add(at)}, week); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%v: %q", at, got)
		}
	}
	for s, sign := range map[connect.State]string{connect.Done: "✓", connect.Warned: "!", connect.ToDo: "○", connect.Failed: "✗", connect.Skipped: "–"} {
		if Sign(s) != sign {
			t.Error(s)
		}
	}
}
