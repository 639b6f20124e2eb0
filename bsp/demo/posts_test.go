package demo_test

import (
	"context"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/demo"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/inbox"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/storage"
)

// office is the campaigns' of a world, as the program makes it.
func (w world) office(t *testing.T, customers *people.Service) *campaign.Office {
	t.Helper()
	records := storage.Campaigns{DB: w.shop.DB}
	prices := &ledger.Desk{Rules: assets.Rules(), File: w.shop.Prices, Save: w.shop.SavePrices, Store: w.shop, Shop: w.shop.Book.Rules, Campaign: campaign.ByRef,
		Home: func() *time.Location { return inbox.Zone(w.shop.Book.Rules().Hours) }}
	return &campaign.Office{Desk: w.lines.Desk, Audience: records, Records: records, Pulse: records, Channels: w.shop, Templates: w.lines.Forms,
		Parse: customers.Parse, Bands: customers.Bands(), Prices: prices.MonthOf, Contact: w.shop.Contact}
}

// The demo's campaigns are made once: one under way and one done, through the
// engine and the simulator, and a draft that the rules refuse.
func TestPost(t *testing.T) {
	day := time.Now().Truncate(24 * time.Hour)
	shift := time.Until(day.Add(11 * time.Hour)) // noon in Italy: nobody is written to at night
	w, shut := openWorldAt(t, t.TempDir(), 1, func() time.Time { return time.Now().Add(shift) })
	defer shut()
	if err := w.far.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	customers, err := people.New(w.shop.DB, assets.Rules(), w.shop.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Sell(t.Context(), assets.Demo(), customers); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	stop := w.live(t)
	defer stop()
	o := w.office(t, customers)
	sub := w.shop.Feed.Subscribe(core.Campaigns)
	defer sub.Close()
	for range 2 { // the second time changes nothing
		if err := demo.Post(ctx, assets.Demo(), w.far.Channel(), o, w.shop.Feed); err != nil {
			t.Fatal(err)
		}
	}
	cs, err := o.Store.Campaigns(ctx)
	if err != nil || len(cs) != 3 {
		t.Fatalf("%d campaigns, %v", len(cs), err)
	}
	refused, live, first := cs[0], cs[1], cs[2]
	rep, err := o.Plan(ctx, refused.ID)
	if err != nil || refused.State != campaign.Draft || len(rep.Refusals) == 0 || rep.Refusals[0].Rule != campaign.RuleForm {
		t.Errorf("the draft: %+v, %+v, %v", refused, rep, err)
	}
	for _, c := range []campaign.Campaign{live, first} {
		if c.State == campaign.Draft || c.Foreseen == nil || c.Foreseen.Included < 5 {
			t.Errorf("%s is %s: %+v", c.Name, c.State, c.Foreseen)
		}
	}
	for {
		n, err := o.Store.Counts(ctx, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		if n.Funnel().Delivered > 0 {
			return
		}
		if _, err := sub.Next(ctx, 0); err != nil {
			t.Fatalf("nothing was delivered: %v", n)
		}
	}
}
