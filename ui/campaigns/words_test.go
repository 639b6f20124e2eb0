package campaigns

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/ui/theme"
)

// plain draws without colours.
func plain(t testing.TB) *brush {
	t.Helper()
	return newPane(t, newShop(t, 3), theme.Plain(), "en").brush()
}

func TestWaitInWords(t *testing.T) {
	b, until := plain(t), noon.Add(20*time.Hour)
	for want, c := range map[string]campaign.Campaign{
		"quiet hours until Tomorrow 08:00":                    {State: campaign.Waiting, Wait: campaign.Wait{Reason: campaign.QuietHours, Until: until}},
		"the provider asks to slow down until Tomorrow 08:00": {State: campaign.Waiting, Wait: campaign.Wait{Reason: campaign.Throttled, Until: until}},
		"the limit of 24 hours is reached":                    {State: campaign.Waiting, Wait: campaign.Wait{Reason: campaign.TierLimit}},
		"waits":                                               {State: campaign.Waiting, Wait: campaign.Wait{Reason: "of a newer version"}},
		"starts Tomorrow 08:00":                               {State: campaign.Scheduled, Schedule: campaign.Schedule{When: campaign.At, At: until}},
		"":                                                    {State: campaign.Running, Wait: campaign.Wait{Reason: campaign.QuietHours}},
	} {
		if got := b.wait(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPauseInWords(t *testing.T) {
	b := plain(t)
	for want, c := range map[string]campaign.Campaign{
		"Paused by hand.":                          {Pause: campaign.ByHand},
		"The template autumn may not be sent now.": {Pause: campaign.TemplateGone, PauseDetail: "aut\x1b[31mumn"},
		"Too many messages failed.":                {Pause: campaign.TooManyFailed},
		"Sending is stopped on this number. ":      {Pause: campaign.ChannelStopped, PauseDetail: string(core.ClassAuth)},
	} {
		if got := b.pause(&c); !strings.HasPrefix(got, want) || strings.Contains(got, "\x1b") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := b.pause(&campaign.Campaign{Pause: campaign.ChannelStopped, PauseDetail: string(core.ClassPayment)}); len(got) < len("Sending is stopped on this number. ")+5 {
		t.Errorf("no reason behind %q", got)
	}
}

func TestScheduleInWords(t *testing.T) {
	b, at := plain(t), noon.Add(22*time.Hour)
	for want, s := range map[string]campaign.Schedule{
		"at once":           {},
		"at Tomorrow 10:00": {When: campaign.At, At: at},
		"at Tomorrow 10:00, on each one’s own clock":     {When: campaign.At, At: at, Local: true},
		"when each of them usually answers":              {When: campaign.Golden},
		"when each usually answers, from Tomorrow 10:00": {When: campaign.Golden, At: at},
	} {
		if got := b.schedule(s); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRefusalsInWords(t *testing.T) {
	b := plain(t)
	for want, r := range map[string]campaign.Refusal{
		"4,000 a minute is above the ceiling, and nobody took the risk.": {Rule: campaign.RuleSpeed, Detail: "4000"},
		"The template x may not be sent:":                                {Rule: campaign.RuleForm, Detail: "x"},
		"Nobody is left to write to.":                                    {Rule: campaign.RuleNobody},
		"Sending is stopped on this number.":                             {Rule: campaign.RuleChannel, Detail: string(core.ClassPolicy)},
	} {
		if got := b.refusal(&r); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, s := range map[string][2]string{
		"bottega’s own rule":       {"own rule", ""},
		"bottega’s own rule, P-13": {"own rule, P-13", ""},
		"S-039 · 22 Nov 2026":      {"S-039", "2026-11-22"},
	} {
		if got := b.source(s[0], s[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatCanBeTriedAgain(t *testing.T) {
	b := plain(t)
	for want, g := range map[string]campaign.Group{
		"Trying again cannot help.":                {How: campaign.Never, N: 3},
		"2 can be tried again: R":                  {How: campaign.Ask, N: 3, Again: 2, From: noon},
		"1 can be tried again from Tomorrow 12:00": {How: campaign.Ask, N: 3, Again: 1, From: noon.Add(24 * time.Hour)},
	} {
		if got := b.again(&g); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhoIs(t *testing.T) {
	for _, c := range []struct {
		k    core.Contact
		want who
	}{
		{core.Contact{Name: "Ma\x07ria", Phone: "+393331234567"}, who{"Maria", "+39 333 123 4567"}},
		{core.Contact{Username: "mari.b", Phone: "+393331234567"}, who{"mari.b", "+39 333 123 4567"}},
		{core.Contact{Phone: "+393331234567"}, who{"+39 333 123 4567", "+39 333 123 4567"}},
	} {
		if got := whoIs(&people.Listed{Contact: c.k}); got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
}

func TestAudienceAndCategoryInWords(t *testing.T) {
	b := plain(t)
	for want, c := range map[string]campaign.Campaign{
		"everybody":                 {},
		"tag:vip":                   {Segment: "tag:vip"},
		"tag:vip without tag:torte": {Segment: "tag:vip", Exclude: "tag:torte"},
	} {
		if got := b.audience(&c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, c := range map[string]ledger.Category{"Marketing": ledger.Marketing, "Utility": ledger.Utility, "Authentication": ledger.Authentication} {
		if got := b.category(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if b.category("") == "" || b.why("of a newer version") != "of a newer version" {
		t.Error("what is not known has no words at all")
	}
}

// Every state has a shape of its own: colour alone tells nothing.
func TestStatesHaveShapes(t *testing.T) {
	b, seen := plain(t), map[string]campaign.State{}
	for _, s := range campaign.States {
		shape, _, _ := strings.Cut(ansi.Strip(b.state(s)), " ")
		if other, ok := seen[shape]; ok || shape == "?" {
			t.Errorf("%s and %s look the same: %s", s, other, shape)
		}
		seen[shape] = s
	}
	levels := map[string]bool{}
	for _, l := range []ledger.Level{ledger.Fine, ledger.Near, ledger.Over} {
		shape, _ := b.level(l)
		levels[shape] = true
	}
	if len(levels) != 3 {
		t.Errorf("levels look alike: %v", levels)
	}
}

func TestEstimateInWords(t *testing.T) {
	b := plain(t)
	eur := func(s string) core.Money { return core.Money{Amount: s, Currency: "EUR"} }
	for want, e := range map[string]ledger.Estimate{
		"":               {},
		"€2.50":          {Low: eur("2.50"), High: eur("2.50")},
		"€2.50 to €3.10": {Low: eur("2.50"), High: eur("3.10"), FeeHigh: eur("0.00")},
		"€2.50 to €3.10 + €0.40 to the provider": {Low: eur("2.50"), High: eur("3.10"), FeeHigh: eur("0.40")},
	} {
		if got := b.estimate(&e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for s, want := range map[string]bool{"0": true, "0.00": true, "-0.0": true, "0.01": false, "10": false} {
		if zero(s) != want {
			t.Errorf("zero(%q) is %v", s, !want)
		}
	}
}

// The export tells of each person what the screen does.
func TestCells(t *testing.T) {
	b, w := plain(t), who{"Maria", "+39 333 123 4567"}
	for _, c := range []struct {
		x    campaign.Recipient
		want string
	}{
		{campaign.Recipient{State: campaign.Read, Template: "autumn", Language: "it", SentAt: noon}, "Maria|+39 333 123 4567|read||autumn|it|2026-11-24 12:00:00|"},
		{campaign.Recipient{State: campaign.Skipped, Why: campaign.OptedOut}, "Maria|+39 333 123 4567|left out|said stop||||"},
		{campaign.Recipient{State: campaign.Failed, Class: core.ClassUndeliverable, Code: "131026"}, "Maria|+39 333 123 4567|failed|WhatsApp cannot reach this number.||||131026"},
		{campaign.Recipient{State: campaign.Pending}, "Maria|+39 333 123 4567|in line|||||"},
	} {
		if got := strings.Join(b.cells(&c.x, w), "|"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
