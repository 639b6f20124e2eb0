package storage_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/storage"
	"bottega/storage/storagetest"
)

// benchOffice is an office over n people who agreed, with a campaign for all.
func benchOffice(b *testing.B, n int) (*campaign.Office, campaign.Campaign, core.Channel) {
	b.Helper()
	ctx := context.Background()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	db := storagetest.Open(b, core.NewFeed(), func() time.Time { return now })
	check := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ch, err := db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, State: core.Active, Health: core.Health{Limit: -1}, CreatedAt: now})
	check(err)
	const part = 5000
	for from := 0; from < n; from += part {
		check(db.Write(ctx, func(tx core.Tx) error {
			ps := make([]people.Person, min(part, n-from))
			for i := range ps {
				phone := core.Phone(fmt.Sprintf("+39333%07d", from+i))
				ps[i].Contact = core.Contact{Name: "Ana", Phone: phone, Language: "it", CreatedAt: now}
				ps[i].Identities = []core.Identity{{Kind: core.IdentityPhone, Value: string(phone)}}
				ps[i].Country = "IT"
				ps[i].Ledger = []consent.Entry{{Kind: consent.OptIn, Scope: consent.Marketing, At: now.Add(-time.Hour), Source: consent.ByImport}}
			}
			return tx.(people.Tx).AddPeople(ps)
		}))
	}
	rules, err := campaign.LoadRules(assets.Rules())
	check(err)
	book, err := ledger.LoadBook(assets.Rules())
	check(err)
	store := storage.Campaigns{DB: db}
	o := &campaign.Office{Desk: &campaign.Desk{Rules: &rules, Store: store, Zones: campaign.NewZones(time.UTC, rules.Quiet.Value), Home: time.UTC, Host: "here", Now: func() time.Time { return now }},
		Audience: store, Records: store, Pulse: store, Channels: db,
		Templates: func(context.Context, int64) ([]core.Template, error) {
			return []core.Template{{Name: "autumn", Language: "it", Category: "MARKETING", Status: "APPROVED", Body: "Ciao {{1}}"}}, nil
		},
		Parse: func(_ context.Context, expr string) (segment.Query, error) {
			return segment.Parse(expr, segment.Schema{})
		},
		Prices: func(context.Context, core.Channel, time.Time) (*ledger.Book, ledger.Account, *ledger.Month, error) {
			return &book, ledger.Account{Provider: core.Sandbox, Currency: "USD"}, nil, nil
		}}
	c, err := o.Create(ctx, campaign.Campaign{Name: "Autumn", ChannelID: ch.ID, Templates: []string{"autumn"}, Category: ledger.Marketing,
		Pace: campaign.Pace{PerMinute: 60_000, Override: "bench"}, Values: []campaign.Value{{Variable: "1", Field: "name"}}})
	check(err)
	return o, c, ch
}

// BenchmarkPlan is a plan for 100,000 people.
func BenchmarkPlan(b *testing.B) {
	const n = 100_000
	o, c, _ := benchOffice(b, n)
	for b.Loop() {
		r, err := o.Plan(context.Background(), c.ID)
		if err != nil || r.Included != n {
			b.Fatalf("%+v, %v", r, err)
		}
	}
}

// BenchmarkHandOver is one message of a running campaign into the outbox, its
// states durable; the provider's part is not in it.
func BenchmarkHandOver(b *testing.B) {
	const n = 50_000
	o, c, ch := benchOffice(b, n)
	ctx := context.Background()
	r, err := o.Plan(ctx, c.ID)
	if err != nil {
		b.Fatal(err)
	}
	r.Refusals = nil // the pace is no shop's
	if c, err = o.Start(ctx, c.ID, r, "ada"); err != nil {
		b.Fatal(err)
	}
	now := o.Now()
	db := o.Store.(storage.Campaigns)
	run := &campaign.Runner{Rules: o.Rules, Store: o.Store, Lease: db, Feed: core.NewFeed(), Zones: o.Zones, Home: o.Home, Templates: o.Templates,
		Shop: func() core.Rules { return core.Rules{} }, Host: "here", Owner: "bench", Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
	b.ResetTimer()
	for done := 0; done < b.N; {
		now = now.Add(time.Second)
		if _, err := run.Step(ctx, ch.ID); err != nil {
			b.Fatal(err)
		}
		var jobs []core.Job
		err := db.Update(ctx, func(tx campaign.Tx) (err error) {
			if jobs, err = tx.Claim(ch.ID, "bench", now, time.Minute, 1000); err != nil {
				return err
			}
			for _, j := range jobs {
				m := j.Message
				m.State, m.ProviderID, m.SentAt = core.Accepted, fmt.Sprint("wamid.", m.ID), now
				if err := tx.SaveMessage(&m); err != nil {
					return err
				}
				if err := tx.Release(m.ID, true, time.Time{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if len(jobs) == 0 && done == 0 {
			b.Fatal("nothing leaves")
		}
		if done += len(jobs); len(jobs) == 0 {
			b.Skip("more asked for than there are people")
		}
	}
}
