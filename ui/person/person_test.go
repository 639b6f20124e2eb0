package person

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core/consent"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/text"
	"bottega/ui/theme"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func newPen(t *testing.T, lang string) Pen {
	t.Helper()
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return Pen{Theme: theme.New(theme.Dark()), Words: w, Now: noon}
}

func plain(fs []Fact) string {
	var ls []string
	for _, f := range fs {
		ls = append(ls, f.Label+": "+ansi.Strip(f.Value))
	}
	return strings.Join(ls, "\n")
}

func TestFacts(t *testing.T) {
	d := &people.Detail{Heat: segment.HeatQuiet, LowFreq: true, Currency: "EUR", Facts: people.Facts{Orders: 14, Spend: 120450000000, AOV: 8603000000, LTV: 64000000000,
		Freq: "monthly", AOVTier: "mid", LastOrder: noon.AddDate(0, 0, -3)}}
	p := newPen(t, "en")
	want := "Warmth: ○ quiet for 30 days\n: ↓ low-frequency group"
	if got := plain(p.Warmth(d)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	want = "Orders: 14 · every month\nSpent: €1,204.50\nOn average: €86.03 · medium\nA year: €640.00\nLast one: Sat 21 Nov"
	if got := plain(p.Purchases(d)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d.LowFreq, d.Facts.Kept = false, true
	if got := plain(p.Warmth(d)); !strings.Contains(got, "low frequency: never") {
		t.Errorf("kept: %q", got)
	}
	if got := plain(p.Purchases(&people.Detail{})); got != "Orders: none yet" {
		t.Errorf("%q", got)
	}
}

// Each reason of the ledger, each heat, frequency and tier has words in every
// language.
func TestAllCodesHaveWords(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		p := newPen(t, lang)
		for _, r := range []consent.Reason{consent.Agreed, consent.NeverAgreed, consent.SaidStop, consent.StoppedInApp, consent.StoppedAll, consent.InWindow, consent.WindowShut, consent.NotObjected} {
			s := consent.Standing{Marketing: consent.Verdict{Reason: r}}
			if got := plain(p.Standing(&s)[:1]); strings.Contains(got, "contacts.") {
				t.Errorf("%s: %s", lang, got)
			}
		}
		for _, h := range []string{segment.Heat7d, segment.Heat30d, segment.HeatQuiet, segment.HeatCold, segment.HeatNever} {
			if got := plain(p.Warmth(&people.Detail{Heat: h})); strings.Contains(got, "contacts.") {
				t.Errorf("%s: %s", lang, got)
			}
		}
		for _, f := range []string{"none", "rarer", "quarterly", "monthly"} {
			for _, a := range []string{"none", "low", "mid", "high"} {
				d := &people.Detail{Facts: people.Facts{Orders: 1, Freq: f, AOVTier: a}}
				if got := plain(p.Purchases(d)); strings.Contains(got, "contacts.") {
					t.Errorf("%s: %s", lang, got)
				}
			}
		}
	}
}

// A stop is bad news, a closed window is not.
func TestStandingSigns(t *testing.T) {
	p := newPen(t, "en")
	at := noon.AddDate(0, 0, -1)
	s := consent.Of([]consent.Entry{{ID: 1, Kind: consent.OptOut, Scope: consent.Marketing, At: at}}, false)
	got := plain(p.Standing(&s))
	if !strings.Contains(got, "Promotion: ✗ said stop") || !strings.Contains(got, "Answers: · window closed") {
		t.Errorf("%q", got)
	}
}
