package campaign_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/ledger"
)

func numbered(n int, fn func(i int, p *campaign.Person)) []campaign.Person {
	out := make([]campaign.Person, n)
	for i := range out {
		out[i] = ana()
		out[i].Contact, out[i].Phone = int64(i+1), core.Phone(fmt.Sprintf("+39333%07d", i))
		if fn != nil {
			fn(i, &out[i])
		}
	}
	return out
}

func excluded(r *campaign.Report) map[campaign.Reason]int {
	out := map[campaign.Reason]int{}
	for _, e := range r.Excluded {
		out[e.Reason] = e.N
	}
	return out
}

func TestPlanCountsEverybodyOnce(t *testing.T) {
	people := numbered(12, func(i int, p *campaign.Person) {
		switch i {
		case 0:
			p.Marketing = consent.SaidStop
		case 1:
			p.Marketing = consent.NeverAgreed
		case 2:
			p.ActiveAt = time.Time{}
		case 3:
			p.PromoAt = t0
		case 4:
			p.Phone = ""
		case 5:
			p.Blocked = true
		case 6:
			p.Country = "US"
		case 7:
			p.Phone = "+39333" + "0000011" // the twelfth again
		}
	})
	r := plan(t, input(t, draft()), people...)
	want := map[campaign.Reason]int{campaign.OptedOut: 1, campaign.NoConsent: 1, campaign.Cold: 1, campaign.Promo: 1, campaign.NoNumber: 1,
		campaign.Blocked: 1, campaign.Country: 1, campaign.Duplicate: 1}
	got := excluded(r)
	for why, n := range want {
		if got[why] != n {
			t.Errorf("%s: %d", why, got[why])
		}
	}
	if r.Matched != 12 || r.Included != 4 || len(got) != len(want) || len(r.Refusals) != 0 {
		t.Errorf("%+v", r)
	}
	if !slices.IsSortedFunc(r.Excluded, func(a, b campaign.Exclusion) int {
		return slices.Index(campaign.Reasons, a.Reason) - slices.Index(campaign.Reasons, b.Reason)
	}) {
		t.Errorf("not in the documented order: %v", r.Excluded)
	}
	if who := slices.Collect(r.Out(campaign.Blocked)); !slices.Equal(who, []int64{6}) {
		t.Errorf("blocked are %v", who)
	}
	var seats []int64
	for s := range r.Seats() {
		seats = append(seats, s.Contact)
		if s.Template != "autumn" || s.Language != "it" || s.Person == "" || s.Due.Before(t0) {
			t.Errorf("%+v", s)
		}
	}
	if !slices.Equal(seats, []int64{8, 9, 10, 11}) {
		t.Errorf("seats of %v", seats)
	}
}

func TestAPersonThatIsThereTwice(t *testing.T) {
	twice := func(fn func(a, b *campaign.Person)) []campaign.Person {
		a, b := ana(), ana()
		a.Contact, b.Contact = 1, 2
		a.Phone, b.Phone = "+5511987654321", "+551187654321"
		fn(&a, &b)
		return []campaign.Person{a, b}
	}
	for name, c := range map[string]struct {
		people   []campaign.Person
		included int
		why      campaign.Reason
		n        int
	}{
		"written to once":          {twice(func(_, _ *campaign.Person) {}), 1, campaign.Duplicate, 1},
		"who said stop said it":    {twice(func(_, b *campaign.Person) { b.Marketing = consent.SaidStop }), 0, campaign.OptedOut, 2},
		"a promotion today":        {twice(func(_, b *campaign.Person) { b.PromoAt = t0 }), 0, campaign.Promo, 2},
		"blocked":                  {twice(func(a, _ *campaign.Person) { a.Blocked = true }), 0, campaign.Blocked, 2},
		"one of them never agreed": {twice(func(a, _ *campaign.Person) { a.Marketing = consent.NeverAgreed }), 1, campaign.NoConsent, 1},
		"one of them is cold":      {twice(func(a, _ *campaign.Person) { a.ActiveAt = time.Time{} }), 1, campaign.Cold, 1},
		"the same user id": {twice(func(a, b *campaign.Person) {
			a.UserID, b.UserID, b.Phone = "BR.1", "BR.1", ""
		}), 1, campaign.Duplicate, 1},
		"other people": {twice(func(_, b *campaign.Person) { b.Phone = "+5511987654322" }), 2, campaign.Duplicate, 0},
	} {
		r := plan(t, input(t, draft()), c.people...)
		if r.Included != c.included || excluded(r)[c.why] != c.n {
			t.Errorf("%s: %d included, %v", name, r.Included, r.Excluded)
		}
	}
}

// Whatever the people are like: everybody is counted once, nobody gets two
// seats, and nobody gets one of whom any contact opted out.
func TestPlanAddsUp(t *testing.T) {
	in := input(t, draft())
	rapid.Check(t, func(rt *rapid.T) {
		people := numbered(rapid.IntRange(0, 30).Draw(rt, "n"), func(i int, p *campaign.Person) {
			p.Phone = rapid.SampledFrom([]core.Phone{"+393331", "+393332", "+393333", "+5511987654321", "+551187654321", ""}).Draw(rt, "phone")
			p.UserID = rapid.SampledFrom([]string{"", "IT.1", "IT.2"}).Draw(rt, "user")
			p.Marketing = rapid.SampledFrom([]consent.Reason{consent.Agreed, consent.Agreed, consent.SaidStop, consent.NeverAgreed}).Draw(rt, "consent")
			if rapid.Bool().Draw(rt, "cold") {
				p.ActiveAt = time.Time{}
			}
		})
		r := plan(t, in, people...)
		sum := r.Included
		for _, e := range r.Excluded {
			sum += e.N
			if got := len(slices.Collect(r.Out(e.Reason))); got != e.N {
				rt.Fatalf("%s: %d, named are %d", e.Reason, e.N, got)
			}
		}
		if sum != len(people) || r.Matched != len(people) {
			rt.Fatalf("%d of %d", sum, len(people))
		}
		phones, users := map[string]bool{}, map[string]bool{}
		n := 0
		for s := range r.Seats() {
			n++
			p := people[s.Contact-1]
			key := campaign.PersonKey(p.Phone, "")
			if key != "" && phones[key] || p.UserID != "" && users[p.UserID] {
				rt.Fatalf("%+v has two seats", p)
			}
			phones[key], users[p.UserID] = true, true
			for _, o := range people {
				same := key != "" && campaign.PersonKey(o.Phone, "") == key || p.UserID != "" && o.UserID == p.UserID
				if same && o.Marketing == consent.SaidStop {
					rt.Fatalf("%+v has a seat, and %+v said stop", p, o)
				}
			}
		}
		if n != r.Included {
			rt.Fatalf("%d seats for %d", n, r.Included)
		}
	})
}

func TestPlanPricesAndShowsTheCard(t *testing.T) {
	in := input(t, draft())
	people := numbered(100, func(i int, p *campaign.Person) {
		if i%2 == 0 {
			p.Country, p.Language = "DE", "de"
		}
	})
	r := plan(t, in, people...)
	if r.Cost.High.Amount != "10.80" || r.Cost.Low.Amount != "9.072" || r.Cost.CardFrom != "2026-10-01" || len(r.Cost.Lines) != 2 {
		t.Errorf("%+v", r.Cost)
	}
	if len(r.Forms) != 2 || r.Forms[0].N != 50 || r.Forms[0].Language != "en_US" {
		t.Errorf("%+v", r.Forms)
	}
	in.New, in.Limits.PerHour = true, 5000
	in.Templates, in.Messages, in.ReplyRate, in.Left = 390, 1000, 0.11, 50
	in.Month = in.Book.Month(in.Account, t0)
	marks := map[campaign.Rule]campaign.Mark{}
	for _, m := range plan(t, in, people...).Marks {
		marks[m.Rule] = m
		if m.Source == "" {
			t.Errorf("%s has no source", m.Rule)
		}
	}
	for rule, level := range map[campaign.Rule]ledger.Level{campaign.RuleNight: ledger.Fine, campaign.RuleHour: ledger.Fine,
		campaign.RuleTemplates: ledger.Over, campaign.RuleReply: ledger.Over, campaign.RuleLimit: ledger.Over} {
		if marks[rule].Level != level {
			t.Errorf("%s: %+v", rule, marks[rule])
		}
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*campaign.Input)
		want   campaign.Rule
	}{
		"fine":                     {func(*campaign.Input) {}, ""},
		"too fast":                 {func(in *campaign.Input) { in.Campaign.Pace.PerMinute = 3001 }, campaign.RuleSpeed},
		"at somebody's risk":       {func(in *campaign.Input) { in.Campaign.Pace = campaign.Pace{PerMinute: 3001, Override: "ada"} }, ""},
		"faster than the platform": {func(in *campaign.Input) { in.Campaign.Pace = campaign.Pace{PerMinute: 4801, Override: "ada"} }, campaign.RulePlatform},
		"urgent promotion":         {func(in *campaign.Input) { in.Campaign.Urgent = true }, campaign.RuleUrgent},
		"one-time codes":           {func(in *campaign.Input) { in.Campaign.Category = ledger.Authentication }, campaign.RuleCodes},
		"promotion by SMS":         {func(in *campaign.Input) { in.Campaign.SMS = true }, campaign.RuleSMS},
		"a stopped channel":        {func(in *campaign.Input) { in.Channel.State, in.Channel.PauseClass = core.Paused, core.ClassAuth }, campaign.RuleChannel},
		"too many blocks":          {func(in *campaign.Input) { in.BlockRate = 0.003 }, campaign.RuleBlocked},
		"no time":                  {func(in *campaign.Input) { in.Campaign.Schedule.When = campaign.At }, campaign.RuleTime},
		"more held back than sent": {func(in *campaign.Input) { in.Campaign.HoldBack = 0.6 }, campaign.RuleShares},
		"no template":              {func(in *campaign.Input) { in.Forms = campaign.NewForms(&in.Campaign, nil) }, campaign.RuleForm},
		"moved to utility": {func(in *campaign.Input) {
			all := forms()
			for i := range all {
				all[i].Category = "UTILITY"
			}
			in.Forms = campaign.NewForms(&in.Campaign, all)
		}, campaign.RuleMoved},
	} {
		in := input(t, draft())
		c.change(&in)
		r := plan(t, in, numbered(40, nil)...)
		var rules []campaign.Rule
		for _, x := range r.Refusals {
			rules = append(rules, x.Rule)
			if x.Source == "" {
				t.Errorf("%s: %s has no source", name, x.Rule)
			}
		}
		if c.want == "" && len(rules) > 0 || c.want != "" && !slices.Contains(rules, c.want) {
			t.Errorf("%s: %v", name, rules)
		}
		if (r.Check() == nil) != (len(rules) == 0) {
			t.Errorf("%s: %v", name, r.Check())
		}
	}
	if r := plan(t, input(t, draft())); len(r.Refusals) != 1 || r.Refusals[0].Rule != campaign.RuleNobody {
		t.Errorf("an empty audience: %+v", r.Refusals)
	}
}

func TestHeldBack(t *testing.T) {
	in := input(t, draft())
	in.Campaign.HoldBack = 0.2
	r := plan(t, in, numbered(1000, nil)...)
	held := 0
	for s := range r.Seats() {
		if s.Held {
			held++
		}
	}
	if held < 150 || held > 250 || excluded(r)[campaign.HeldBack] != held || r.Included+held != 1000 {
		t.Errorf("%d held back, %d included", held, r.Included)
	}
}

func TestOutlook(t *testing.T) {
	rome := func(p *campaign.Person) { p.Zone = "Europe/Rome" }
	people := numbered(30*60*14, func(_ int, p *campaign.Person) { rome(p) }) // fourteen hours' worth
	in := input(t, draft())
	in.Left, in.Limits.PerDay = -1, -1
	o := plan(t, in, people...).Outlook
	// Eleven hours are left of the day in Rome; the rest goes from eight next morning.
	night := time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)
	morning := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	if len(o.Pauses) != 1 || o.Pauses[0].Reason != campaign.QuietHours || !o.Pauses[0].From.Equal(night) || !o.Pauses[0].Until.Equal(morning) {
		t.Fatalf("%+v", o.Pauses)
	}
	if want := morning.Add(3 * time.Hour); o.End.Sub(want).Abs() > 2*time.Minute || o.Night != 0 || o.Sent != len(people) || o.Busiest != 1800 {
		t.Errorf("ends %v, want %v; %d at night, %d an hour", o.End, want, o.Night, o.Busiest)
	}
	in.Limits.PerDay, in.Left = 2000, 500
	o = plan(t, in, people[:3000]...).Outlook
	if len(o.Pauses) == 0 || o.Pauses[0].Reason != campaign.TierLimit || o.End.Sub(t0) < 24*time.Hour {
		t.Errorf("500 left today, 2,000 a day: %+v", o)
	}
	in.Limits = campaign.Limits{PerMinute: 3000, PerDay: -1, PerHour: 5000}
	in.Left = -1
	o = plan(t, in, people[:12000]...).Outlook
	if o.Busiest > 5000 || len(o.Pauses) == 0 || o.Pauses[0].Reason != campaign.HourLimit {
		t.Errorf("5,000 an hour: %+v", o)
	}
}

func TestOutlookOfTheNight(t *testing.T) {
	in := input(t, notice())
	in.Campaign.Urgent, in.Left, in.Limits.PerDay = true, -1, -1
	people := numbered(100, func(i int, p *campaign.Person) {
		p.Zone = "Europe/Rome"
		if i < 28 {
			p.Zone = "America/New_York" // five in the morning
		}
	})
	r := plan(t, in, people...)
	if share := r.Outlook.NightShare(); share < 0.27 || share > 0.29 || len(r.Outlook.Pauses) != 0 {
		t.Errorf("%v at night, %+v (S-215)", share, r.Outlook.Pauses)
	}
	if m := r.Marks[0]; m.Rule != campaign.RuleNight || m.Level != ledger.Over {
		t.Errorf("%+v", m)
	}
	in.Campaign.Urgent = false
	if r := plan(t, in, people...); r.Outlook.NightShare() != 0 {
		t.Errorf("%v at night without hurry (S-216)", r.Outlook.NightShare())
	}
}

// The walk through time sends everybody, at no time more than allowed, and
// nobody at night.
func TestOutlookAddsUp(t *testing.T) {
	in := input(t, draft())
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(rt, "n")
		in.Limits = campaign.Limits{PerMinute: rapid.IntRange(1, 100).Draw(rt, "minute"), PerHour: rapid.SampledFrom([]int{0, 50}).Draw(rt, "hour"),
			PerDay: rapid.SampledFrom([]int{-1, 120}).Draw(rt, "day"), PerDayCap: rapid.SampledFrom([]int{0, 200}).Draw(rt, "cap")}
		in.Left = in.Limits.PerDay
		in.Campaign.Schedule.When = rapid.SampledFrom([]campaign.When{campaign.Now, campaign.Golden}).Draw(rt, "when")
		people := numbered(n, func(i int, p *campaign.Person) {
			p.Zone = rapid.SampledFrom(someZones).Draw(rt, "zone")
		})
		o := plan(t, in, people...).Outlook
		if o.Sent != n || o.Night != 0 || o.End.Before(o.Start) || o.Start.Before(t0) {
			rt.Fatalf("%+v of %d", o, n)
		}
		if h := in.Limits.PerHour; h > 0 && o.Busiest > h {
			rt.Fatalf("%d in an hour, allowed are %d", o.Busiest, h)
		}
		last := t0
		for _, p := range o.Pauses {
			if !p.Until.After(p.From) || p.From.Before(last) || p.Reason == campaign.NoWait {
				rt.Fatalf("%+v", o.Pauses)
			}
			last = p.Until
		}
	})
}

// Whatever an address looks like, it tells people apart and comes out as it
// went in.
func TestKeysOfAPlan(t *testing.T) {
	var ps []campaign.Person
	for i, who := range []struct {
		phone core.Phone
		user  string
	}{{"+393331234567", ""}, {"+0393331234567", ""}, {"393331234567", ""}, {"+", ""}, {"+12345678901234567890123", ""}, {"", "IT.1"}, {"+393330000000", "IT.2"}, {"", ""}, {"", ""},
		{"393331234567", ""}, {"", "IT.1"}, {"", "IT.2"}, {"+393331234567", "IT.3"}, {"", "IT.3"}} {
		p := ana()
		p.Contact, p.Phone, p.UserID = int64(i+1), who.phone, who.user
		ps = append(ps, p)
	}
	r := plan(t, input(t, draft()), ps...)
	if got := slices.Collect(r.Out(campaign.Duplicate)); !slices.Equal(got, []int64{10, 11, 12, 13, 14}) {
		t.Errorf("there twice: %v", got)
	}
	for s := range r.Seats() {
		p := ps[s.Contact-1]
		if want := campaign.PersonKey(p.Phone, p.UserID); s.Person != want {
			t.Errorf("%d is %q, want %q", s.Contact, s.Person, want)
		}
	}
}
