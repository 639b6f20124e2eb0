package campaigns

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// card draws the preflight card of a report.
func drawCheck(t *testing.T, rep *campaign.Report, w, h int) string {
	t.Helper()
	s := newShop(t, 3)
	p := newPane(t, s, theme.Plain(), "en")
	c := s.make(s.draft("Autumn"))
	uitest.Play(t, p, p.open(c, stepCheck))
	p.wiz.report, p.wiz.planErr = rep, nil
	return ansi.Strip(strings.Join(p.Lines(w, h), "\n"))
}

// The card names everything that a report has.
func TestCheckTellsAll(t *testing.T) {
	day := func(d, h int) time.Time { return time.Date(2026, 11, 24+d, h, 0, 0, 0, time.UTC) }
	eur := func(s string) core.Money { return core.Money{Amount: s, Currency: "EUR"} }
	rep := &campaign.Report{
		Matched: 1300, Included: 1200,
		Excluded: []campaign.Exclusion{{Reason: campaign.OptedOut, N: 60}, {Reason: campaign.Duplicate, N: 40}},
		Forms:    []campaign.FormCount{{Template: "autumn", Language: "it", N: 900}, {Template: "autumn", Language: "en", N: 300}},
		Cost: ledger.Estimate{Low: eur("60"), High: eur("72.5"), FeeHigh: eur("6"), Unpriced: 4, CardFrom: "2026-10-01", CardSource: "the card",
			Lines: []ledger.EstimateLine{{Market: "Italy", N: 900, Free: 12}, {Market: "Rest", N: 300, Free: 3}}},
		Limits: campaign.Limits{PerMinute: 30, PerHour: 5000, PerDay: 2000, PerDayCap: 250}, Left: 1900,
		Quotas: []ledger.Quota{{Channel: 1, Used: 100, Free: 1000, Left: 900, Resets: day(7, 0)}},
		Outlook: campaign.Outlook{Start: day(0, 12), End: day(9, 15), MoreBreaks: 2, Pauses: []campaign.Stretch{
			{Reason: campaign.QuietHours, From: day(0, 22), Until: day(1, 8)}, {Reason: campaign.WarmUp, From: day(1, 9), Until: day(1, 12)},
			{Reason: campaign.QuietHours, From: day(2, 22), Until: day(3, 8)}, {Reason: campaign.QuietHours, From: day(3, 22), Until: day(4, 8)},
			{Reason: campaign.QuietHours, From: day(4, 22), Until: day(5, 8)}, {Reason: campaign.QuietHours, From: day(5, 22), Until: day(6, 8)},
			{Reason: campaign.QuietHours, From: day(6, 22), Until: day(7, 8)}}},
		Marks: []campaign.Mark{
			{Rule: campaign.RuleNight, Value: 0.02, Limit: 0.05, Level: ledger.Fine},
			{Rule: campaign.RuleHour, Value: 4500, Limit: 5000, Level: ledger.Near, Source: "S-200", Date: "2026-11-22"},
			{Rule: campaign.RuleReply, Value: 0.03, Limit: 0.05, Least: true, Level: ledger.Over, Source: "S-043", Date: "2026-11-22"},
			{Rule: campaign.RuleStale, Level: ledger.Near, Source: "the card", Date: "2026-10-01"}},
	}
	wanted := []string{"▸ Start: send to 1,200 people", "1,200 people get it of 1,300 who match", "900  autumn it", "300  autumn en", "60  said stop", "40  the same person under another entry",
		"€60.00 to €72.50 + €6.00 to the provider", "prices of 1 Oct 2026 · the card", "The price of 4 messages is not known.", "15 of them are free", "free answers this month: 900 of 1,000 left",
		"From 12:00 to Thu 3 Dec 15:00.", "at most 5,000 an hour", "new number: 250 today", "room for 1,900 more people in 24 hours", "22:00 – Tomorrow 08:00  quiet hours", "daily cap of a new number", "and 3 more pauses",
		"✓ sent at night", "2%  below 5%", "! busiest hour", "4,500  below 5,000", "S-200 · 22 Nov 2026", "✗ replies so far", "3%  at least 5%", "! prices may be old"}
	for _, size := range [][2]int{{80, 80}, {130, 60}} {
		got := drawCheck(t, rep, size[0], size[1])
		for _, w := range wanted {
			if !strings.Contains(got, w) {
				t.Errorf("%v: no %q in\n%s", size, w, got)
			}
		}
	}
	rep.Excluded, rep.Marks, rep.Cost, rep.Outlook = nil, nil, ledger.Estimate{}, campaign.Outlook{}
	got := drawCheck(t, rep, 100, 40)
	for _, not := range []string{"Against the limits", "prices of", "From 12"} {
		if strings.Contains(got, not) {
			t.Errorf("%q without a reason in\n%s", not, got)
		}
	}
	if !strings.Contains(got, "nobody is left out") {
		t.Errorf("nobody is left out, but\n%s", got)
	}
}

// Every refusal stands on the card with its source.
func TestCheckNamesEachRefusal(t *testing.T) {
	rep := &campaign.Report{Left: -1, Refusals: []campaign.Refusal{
		{Rule: campaign.RuleForm, Detail: "autumn", Source: "own rule"}, {Rule: campaign.RuleSpeed, Detail: "4000", Source: "S-039", Date: "2026-11-22"},
		{Rule: campaign.RuleUrgent, Source: "S-214", Date: "2026-11-22"}, {Rule: campaign.RuleSMS, Source: "S-161", Date: "2026-11-22"}, {Rule: campaign.RuleTime, Source: "own rule"}}}
	got := drawCheck(t, rep, 80, 40)
	for _, w := range []string{"✗ It cannot start like this", "The template autumn may not be sent", "4,000 a minute", "S-039 · 22 Nov 2026", "A promotion is never urgent.", "Promotions never go by SMS.", "S-161", "Its time is missing"} {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in\n%s", w, got)
		}
	}
}

// The card scrolls on a low screen, by keys and wheel, and the chosen line stays
// on it.
func TestCheckScrolls(t *testing.T) {
	play(t, setting{w: 60, h: 14, fill: func(s *shop) { s.make(s.draft("Autumn")) }}, func(s *uitest.Screen, _ *scene) {
		s.Press("s")
		s.Sleep(time.Second)
		s.Want("▌ ▸ Start")
		s.WantNot("Against the limits")
		for range 40 {
			s.Press("j")
		}
		s.Want("prices may be old")
		s.WantNot("Start: send")
		for range 40 {
			s.Press("k")
		}
		s.Want("▌ ▸ Start")
		s.Wheel(5, 8, 8)
		s.WantNot("Start: send")
		s.Wheel(5, 8, -20)
		s.Want("▌ ▸ Start")
	})
}
