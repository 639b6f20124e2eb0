package campaign_test

import (
	"fmt"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
)

// crowd makes n people as a shop has them: most may be written to.
func crowd(n int) []campaign.Person {
	out := make([]campaign.Person, n)
	countries := []struct{ code, prefix string }{{"IT", "+39333"}, {"IT", "+39347"}, {"DE", "+49151"}, {"BR", "+551198"}, {"FR", "+33612"}, {"GB", "+447911"}}
	for i := range out {
		c := countries[i%len(countries)]
		out[i] = campaign.Person{Contact: int64(i + 1), Name: "Ana", Phone: core.Phone(fmt.Sprintf("%s%07d", c.prefix, i)), Country: c.code,
			Language: []string{"it", "it", "de", "pt_BR", "fr", "en_GB"}[i%6], Marketing: consent.Agreed, Utility: consent.NotObjected,
			ActiveAt: t0.Add(-time.Duration(i%100) * 24 * time.Hour)}
		switch {
		case i%20 == 3:
			out[i].Marketing = consent.SaidStop
		case i%20 == 4:
			out[i].Marketing = consent.NeverAgreed
		case i%50 == 5:
			out[i].PromoAt = t0.Add(-time.Hour)
		}
		if i%3 == 0 {
			out[i].Replies[8+i%12] = uint16(1 + i%9)
		}
	}
	return out
}

func benchPlan(b *testing.B, n int, when campaign.When) {
	people := crowd(n)
	in := input(b, draft())
	in.Campaign.Schedule.When = when
	in.Left, in.Limits.PerDay, in.Limits.PerMinute = -1, -1, 3000
	b.ReportAllocs()
	for b.Loop() {
		p := campaign.NewPlan(rules(b), in)
		for i := range people {
			p.Add(&people[i])
		}
		if r := p.Report(); r.Included < n/2 || r.Outlook.End.IsZero() {
			b.Fatalf("%d of %d, %+v", r.Included, n, r.Outlook)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/plan")
}

func BenchmarkPlan100k(b *testing.B)       { benchPlan(b, 100_000, campaign.Now) }
func BenchmarkPlan100kGolden(b *testing.B) { benchPlan(b, 100_000, campaign.Golden) }

func BenchmarkThrottle(b *testing.B) {
	th, err := campaign.NewThrottle(rules(b), campaign.Limits{PerMinute: 3000, PerDay: 100_000, PerHour: 5000}, nil)
	if err != nil {
		b.Fatal(err)
	}
	now := t0
	for i := 0; b.Loop(); i++ {
		if w := th.Ask(now, int64(i), true); w.Reason == campaign.NoWait {
			th.Count(now, int64(i), true)
		} else {
			now = w.Until
		}
	}
}
