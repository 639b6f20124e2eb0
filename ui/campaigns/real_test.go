package campaigns_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/coretest"
	"bottega/core/inbox"
	"bottega/core/ledger"
	"bottega/core/outbox"
	"bottega/core/people"
	"bottega/storage"
	"bottega/storage/shop"
	"bottega/ui"
	"bottega/ui/campaigns"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

// start is a Tuesday afternoon in the shop.
var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

// counter is the app with the pane over the real store, office and engine; only
// the provider is made up.
type counter struct {
	t      *testing.T
	db     *storage.DB
	office *campaign.Office
	people *people.Service
	far    *coretest.Gateway
	feed   *core.Feed
	now    func() time.Time
	ended  sync.WaitGroup
	stop   context.CancelFunc
}

func open(t *testing.T, w, h int, script func(*uitest.Screen, *counter)) {
	t.Helper()
	dir := t.TempDir()
	c := &counter{t: t}
	uitest.Run(t, w, h, func(ctx context.Context) tea.Model { return c.build(ctx, dir) }, func(s *uitest.Screen) {
		defer func() {
			c.stop()
			c.ended.Wait()
			if err := c.db.Close(); err != nil {
				t.Error(err)
			}
		}()
		s.Sleep(time.Second)
		s.Press("4")
		s.Sleep(time.Second)
		script(s, c)
	})
}

func (c *counter) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *counter) build(ctx context.Context, dir string) tea.Model {
	began := time.Now()
	c.now = func() time.Time { return start.Add(time.Since(began)) }
	c.feed = core.NewFeed()
	var err error
	c.db, err = storage.Open(dir, c.feed, storage.Options{Now: c.now, Process: "p1"})
	c.must(err)
	c.people, err = people.New(c.db, assets.Rules(), c.now)
	c.must(err)
	rules, err := campaign.LoadRules(assets.Rules())
	c.must(err)
	shopRules, err := inbox.LoadRules(assets.Rules())
	c.must(err)
	policy, err := outbox.LoadPolicy(assets.Rules())
	c.must(err)
	words, err := text.Load("en")
	c.must(err)
	store, zones, log := storage.Campaigns{DB: c.db}, campaign.NewZones(time.UTC, rules.Quiet.Value), slog.New(slog.DiscardHandler)
	current := func() core.Rules { return shopRules }
	lib := &campaign.Library{Read: c.db, Now: c.now, Age: time.Second}
	desk := &campaign.Desk{Rules: &rules, Store: store, Zones: zones, Home: time.UTC, Host: "here", Now: c.now}
	prices := &ledger.Desk{Rules: assets.Rules(), File: func() ([]byte, error) { return nil, nil }, Store: c.db, Shop: current, Campaign: campaign.ByRef, Home: func() *time.Location { return time.UTC }}
	c.office = &campaign.Office{Desk: desk, Audience: store, Records: store, Pulse: store, Channels: c.db, Templates: lib.Of, Parse: c.people.Parse, Bands: c.people.Bands(), Prices: prices.MonthOf, Contact: c.db.Contact}
	runner := &campaign.Runner{Rules: &rules, Store: store, Lease: c.db, Feed: c.feed, Zones: zones, Home: time.UTC, Templates: lib.Of, Activated: rules.Activated,
		Gauge: func(context.Context, int64) (campaign.Gauge, error) { return campaign.Green, nil }, Shop: current, Host: "here", Owner: "p1", Now: c.now, Log: log}
	c.far = &coretest.Gateway{Now: c.now}
	sender := &outbox.Runner{Store: c.db, Gateways: campaign.Watched{Gateways: c.far, Runner: runner}, Feed: c.feed, Rules: current, Policy: policy, Now: c.now, Log: log, Owner: "p1"}
	c.fill()
	ctx, c.stop = context.WithCancel(ctx)
	for _, job := range []func(context.Context) error{runner.Run, sender.Run} {
		c.ended.Go(func() {
			if err := job(ctx); err != nil && !errors.Is(err, context.Canceled) {
				c.t.Error(err)
			}
		})
	}
	env := &frame.Env{Ctx: ctx, Words: words, Now: c.now, Agent: "ada"}
	spent := func(ctx context.Context, k campaign.Campaign) ([]core.Money, error) {
		ch, err := c.db.Channel(ctx, k.ChannelID)
		if err != nil {
			return nil, err
		}
		total, err := prices.Spent(ctx, ch, k.ID, k.StartedAt, c.now())
		return total.Amounts.List(), err
	}
	pane := campaigns.New(env, campaigns.Deps{Read: store, Desk: c.office, Office: c.office, People: c.people, Forms: c.db, Channels: c.db, Notes: c.db, Rules: &rules,
		OpenTable: shop.OpenTable, SaveTable: shop.SaveTable, Spent: spent, Region: "IT"})
	return ui.New(env, ui.Deps{Feed: c.feed, Panes: map[string]frame.Pane{campaigns.Name: pane}, Status: func(context.Context) ui.Status { return ui.Status{Shop: "Ferramenta Rossi"} }})
}

// fill gives the shop a number, a template, and twenty people, two of whom may
// not be written to.
func (c *counter) fill() {
	ctx := context.Background()
	ch, err := c.db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, Number: "+390551234567", State: core.Active, CreatedAt: start.AddDate(-1, 0, 0), Health: core.Health{Limit: 2000}})
	c.must(err)
	var ids []int64
	c.must(c.db.Write(ctx, func(tx core.Tx) error {
		ids = ids[:0]
		form := core.StoredTemplate{ChannelID: ch.ID, State: core.TemplateApproved, Version: 1, CreatedAt: start, ApprovedAt: start,
			Template: core.Template{ID: "1", Name: "autumn", Language: "it", Category: "MARKETING", Status: "APPROVED", Quality: "GREEN", Body: "Ciao {{1}}, novità", Samples: []string{"Maria"}}}
		if err := tx.SaveTemplate(&form); err != nil {
			return err
		}
		for i := range 20 {
			k := core.Contact{Name: fmt.Sprintf("Anna %d", i), Phone: core.Phone(fmt.Sprintf("+39333%07d", 1000000+i)), Language: "it", LastInAt: start.Add(-time.Hour), CreatedAt: start.AddDate(0, -2, 0)}
			if err := tx.SaveContact(&k); err != nil {
				return err
			}
			if err := tx.AddIdentity(k.ID, core.Identity{ChannelID: ch.ID, Kind: core.IdentityPhone, Value: string(k.Phone)}); err != nil {
				return err
			}
			ids = append(ids, k.ID)
		}
		return nil
	}))
	_, _, err = c.people.Record(ctx, ids[:19], consent.Entry{Kind: consent.OptIn, Scope: consent.Marketing, Words: "card at the till", Agent: "ada"}, nil)
	c.must(err)
	_, _, err = c.people.Record(ctx, ids[:1], consent.Entry{Kind: consent.OptOut, Scope: consent.Marketing, Words: "STOP", Agent: "ada"}, nil)
	c.must(err)
}

// From the wizard to the last message, on the real store and engine: each person
// who may be written to gets it once, and the screen and the file say so.
func TestOnTheRealEngine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "autumn.csv")
	open(t, 120, 36, func(s *uitest.Screen, c *counter) {
		c.far.Answer = func(n int, _ core.Outgoing) (bool, error) {
			if n == 3 {
				return false, &core.Error{Code: core.ProviderRefused, Op: "test", Err: &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable}}
			}
			return true, nil
		}
		s.Press("n")
		s.Sleep(time.Second)
		s.Type("Autumn")
		s.Press("ctrl+n", "enter", "enter")
		s.Sleep(time.Second)
		s.Press("ctrl+n", "ctrl+n", "ctrl+n")
		s.Sleep(time.Second)
		s.Want("▸ Start: send to 18 people", "said stop", "has not agreed to marketing", "prices of")
		s.Press("ctrl+s", "y")
		s.Sleep(2 * time.Second)
		s.Want("▸ running", "/18", "30 a minute")
		s.Sleep(15 * time.Second)
		s.Want("a minute of 30")
		s.WantNot("18/18")
		s.Press("p")
		s.Sleep(time.Second)
		s.Want("‖ paused")
		sent := len(c.far.Ledger())
		s.Sleep(time.Minute)
		if n := len(c.far.Ledger()); n != sent || n == 0 || n == 18 {
			t.Errorf("%d were sent before the pause, %d after it", sent, n)
		}
		s.Press("r")
		s.Sleep(time.Second)
		s.Want("people would still get it.")
		s.Press("y")
		s.Sleep(2 * time.Minute)
		s.Want("● finished", "18/18", "WhatsApp cannot reach this number.", "Trying again cannot help.")
		got := map[core.Phone]int{}
		for _, m := range c.far.Ledger() {
			got[m.To]++
		}
		if len(got) != 17 {
			t.Errorf("%d people got it", len(got))
		}
		for to, n := range got {
			if n != 1 {
				t.Errorf("%s got it %d times", to, n)
			}
		}
		s.Press("w", "ctrl+u")
		s.Type(path)
		s.Press("enter")
		s.Sleep(2 * time.Second)
		s.Want("18 people written to autumn.csv.")
		file, err := os.ReadFile(path)
		if err != nil || strings.Count(string(file), "\n") != 19 || !strings.Contains(string(file), "131026") || !strings.Contains(string(file), "Anna 5") {
			t.Errorf("%v, %s", err, file)
		}
	})
}
