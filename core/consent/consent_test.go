package consent_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core/consent"
)

var t0 = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func keywords(t testing.TB) consent.Keywords {
	t.Helper()
	k, err := consent.LoadKeywords(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestRead(t *testing.T) {
	k := keywords(t)
	plain := consent.Context{At: t0}
	afterUtility := consent.Context{At: t0, LastUtilityAt: t0.Add(-2 * time.Hour)}
	longAfter := consent.Context{At: t0, LastUtilityAt: t0.Add(-25 * time.Hour)}
	stopped := consent.Context{At: t0, OptedOut: true}
	asked := consent.Context{At: t0, OptedOut: true, AskedToReturn: true}
	for _, c := range []struct {
		text  string
		ctx   consent.Context
		want  consent.Reading
		scope consent.Scope
	}{
		{"STOP", plain, consent.SaysOut, consent.Marketing},
		{" «Stop!» 🙏", plain, consent.SaysOut, consent.Marketing},
		{"Basta.", plain, consent.SaysOut, consent.Marketing},
		{"СТОП", plain, consent.SaysOut, consent.Marketing},
		{"退订", plain, consent.SaysOut, consent.Marketing},
		{"TD", plain, consent.SaysOut, consent.Marketing},
		{"Arrêt", plain, consent.SaysOut, consent.Marketing},
		{"no más", plain, consent.SaysOut, consent.Marketing},
		{"Keine Werbung", plain, consent.SaysOut, consent.Marketing},
		{"stop all", plain, consent.SaysOut, consent.Everything},
		{"stop", stopped, consent.SaysOut, consent.Everything},
		{"cancel", plain, consent.SaysOut, consent.Marketing},
		{"Cancel!", afterUtility, consent.Ask, consent.Marketing},
		{"取消", afterUtility, consent.Ask, consent.Marketing},
		{"cancel", longAfter, consent.SaysOut, consent.Marketing},
		{"stop, oggi non vengo", plain, consent.Propose, consent.Marketing},
		{"please unsubscribe me from this", plain, consent.Propose, consent.Marketing},
		{"我想退订这个", plain, consent.Propose, consent.Marketing},
		{"start", stopped, consent.SaysIn, consent.Marketing},
		{"Подписаться", stopped, consent.SaysIn, consent.Marketing},
		{"sì", stopped, consent.SaysNothing, ""},
		{"Sì!", asked, consent.SaysIn, consent.Marketing},
		{"yes", plain, consent.SaysNothing, ""},
		{"quando basta una torta per dieci?", plain, consent.SaysNothing, ""},
		{"ci vediamo alla fin fine", plain, consent.SaysNothing, ""},
		{"the bus stopped here", plain, consent.SaysNothing, ""},
		{"grazie!", plain, consent.SaysNothing, ""},
		{"", plain, consent.SaysNothing, ""},
		{"🙏🙏", plain, consent.SaysNothing, ""},
	} {
		got := k.Read(c.text, c.ctx)
		if got.Reading != c.want || got.Scope != c.scope {
			t.Errorf("%q reads %q (%s), want %q (%s)", c.text, got.Reading, got.Scope, c.want, c.scope)
		}
	}
}

func TestEveryKeywordReads(t *testing.T) {
	k := keywords(t)
	for lang, list := range k.Out {
		for _, w := range list {
			if got := k.Read(w, consent.Context{At: t0}); got.Reading != consent.SaysOut {
				t.Errorf("%s %q reads %q", lang, w, got.Reading)
			}
		}
	}
	for lang, list := range k.In {
		for _, w := range list {
			if got := k.Read(w, consent.Context{At: t0, OptedOut: true}); got.Reading != consent.SaysIn {
				t.Errorf("%s %q reads %q", lang, w, got.Reading)
			}
		}
	}
}

func entry(id int64, kind consent.Kind, after time.Duration) consent.Entry {
	return consent.Entry{ID: id, Kind: kind, Scope: consent.Marketing, At: t0.Add(after)}
}

func TestStanding(t *testing.T) {
	all := entry(2, consent.OptOut, time.Hour)
	all.Scope = consent.Everything
	mistake := entry(3, consent.Mistaken, 2*time.Hour)
	mistake.Undoes = 2
	for name, c := range map[string]struct {
		entries            []consent.Entry
		open               bool
		marketing, utility consent.Reason
		service            consent.Reason
	}{
		"nobody asked":            {nil, false, consent.NeverAgreed, consent.NotObjected, consent.WindowShut},
		"agreed":                  {[]consent.Entry{entry(1, consent.OptIn, 0)}, true, consent.Agreed, consent.NotObjected, consent.InWindow},
		"agreed, then stop":       {[]consent.Entry{entry(1, consent.OptIn, 0), entry(2, consent.OptOut, time.Hour)}, true, consent.SaidStop, consent.NotObjected, consent.InWindow},
		"stop all":                {[]consent.Entry{entry(1, consent.OptIn, 0), all}, true, consent.StoppedAll, consent.StoppedAll, consent.InWindow},
		"stop undone":             {[]consent.Entry{entry(1, consent.OptIn, 0), all, mistake}, false, consent.Agreed, consent.NotObjected, consent.WindowShut},
		"stop in WhatsApp":        {[]consent.Entry{entry(1, consent.OptIn, 0), entry(2, consent.ProviderStop, time.Hour)}, false, consent.StoppedInApp, consent.NotObjected, consent.WindowShut},
		"resumed in WhatsApp":     {[]consent.Entry{entry(1, consent.OptIn, 0), entry(2, consent.ProviderStop, 1), entry(3, consent.ProviderResume, 2)}, false, consent.Agreed, consent.NotObjected, consent.WindowShut},
		"resume lifts no opt-out": {[]consent.Entry{entry(1, consent.OptIn, 0), entry(2, consent.OptOut, 1), entry(3, consent.ProviderResume, 2)}, false, consent.SaidStop, consent.NotObjected, consent.WindowShut},
		"back again":              {[]consent.Entry{entry(1, consent.OptOut, 0), entry(2, consent.OptIn, time.Hour)}, false, consent.Agreed, consent.NotObjected, consent.WindowShut},
	} {
		s := consent.Of(c.entries, c.open)
		if s.Marketing.Reason != c.marketing || s.Utility.Reason != c.utility || s.Service.Reason != c.service {
			t.Errorf("%s: %s, %s, %s", name, s.Marketing.Reason, s.Utility.Reason, s.Service.Reason)
		}
		if s.Marketing.Allowed != (c.marketing == consent.Agreed) || s.Service.Allowed != c.open {
			t.Errorf("%s: allowed %v, %v", name, s.Marketing.Allowed, s.Service.Allowed)
		}
	}
}

func TestLedgerOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var es []consent.Entry
		for i := range rapid.IntRange(0, 7).Draw(t, "n") {
			e := entry(int64(i+1), rapid.SampledFrom([]consent.Kind{consent.OptIn, consent.OptOut, consent.ProviderStop, consent.ProviderResume, consent.Mistaken}).Draw(t, "kind"),
				time.Duration(rapid.IntRange(0, 5).Draw(t, "at"))*time.Hour)
			e.Scope = rapid.SampledFrom([]consent.Scope{consent.Marketing, consent.Everything}).Draw(t, "scope")
			e.Undoes = int64(rapid.IntRange(0, i).Draw(t, "undoes"))
			es = append(es, e)
		}
		shuffled := rapid.Permutation(slices.Clone(es)).Draw(t, "shuffled")
		a, b := consent.Of(es, true), consent.Of(shuffled, true)
		if a != b {
			t.Fatalf("%v and %v differ", a, b)
		}
		if a.Marketing.Allowed && !slices.ContainsFunc(es, func(e consent.Entry) bool { return e.Kind == consent.OptIn }) {
			t.Fatal("marketing is allowed without an opt-in")
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("stop\u202e, no")
	f.Fuzz(func(t *testing.T, s string) {
		k := keywords(t)
		if got := k.Read(s, consent.Context{At: t0}); got.Reading != consent.SaysNothing && got.Word == "" {
			t.Fatalf("%q reads %q without a word", s, got.Reading)
		}
	})
}
