package campaign_test

import (
	"context"
	"log/slog"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/coretest"
	"bottega/core/ledger"
)

// fataler is a test or a rapid test.
type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// world is a shop with a store in memory, a provider that keeps a ledger of
// what people got, and a runner that may die at any time.
type world struct {
	t     fataler
	ctx   context.Context
	rules *campaign.Rules
	book  ledger.Book
	now   time.Time
	feed  *core.Feed
	mem   *coretest.Mem // nil on another store
	store keeper
	home  *time.Location

	channel   core.Channel
	templates []core.Template
	run       *campaign.Runner
	desk      campaign.Desk
	lives     int

	texter   func(context.Context, int64) bool // of every runner; nil sends no SMS
	smses    map[string]int                    // that phones got, by reference
	jobs     []job
	ledger   []got
	seq      int            // order of claims and opt-outs, whatever the clock says
	optedOut map[string]int // when, by seq; of persons
	phones   map[int64]core.Phone
}

// keeper is a store with the rest of what a world needs of it.
type keeper interface {
	campaign.Store
	core.LeaseStore
	SaveChannel(context.Context, core.Channel) (core.Channel, error)
}

// job is a message that the sender has claimed.
type job struct {
	core.Job
	contact int64
	at      time.Time
	seq     int
}

// got is a message that a person got.
type got struct {
	campaign, contact int64
	ref, id           string
	claimed           time.Time
	seq               int // of the claim
}

func newWorld(t fataler, r *campaign.Rules, book ledger.Book, home *time.Location) *world {
	feed := core.NewFeed()
	mem := coretest.New(feed)
	w := newWorldOn(t, r, book, home, feed, coretest.Campaigns{Mem: mem})
	w.mem = mem
	return w
}

// newWorldOn is a world on a store of any kind that publishes to feed.
func newWorldOn(t fataler, r *campaign.Rules, book ledger.Book, home *time.Location, feed *core.Feed, store keeper) *world {
	w := &world{t: t, ctx: context.Background(), rules: r, book: book, now: t0, home: home, feed: feed, store: store, templates: forms(), optedOut: map[string]int{}, smses: map[string]int{}, phones: map[int64]core.Phone{}}
	w.desk = campaign.Desk{Rules: r, Store: w.store, Zones: campaign.NewZones(home, r.Quiet.Value), Home: home, Host: "here", Now: w.clock}
	ch, err := w.store.SaveChannel(w.ctx, core.Channel{Name: "shop", Provider: core.Meta, State: core.Active, Health: core.Health{Limit: -1}})
	w.must(err)
	w.channel = ch
	w.restart()
	return w
}

func (w *world) clock() time.Time { return w.now }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}

// restart forgets everything that a process keeps in memory.
func (w *world) restart() {
	w.lives++
	w.run = &campaign.Runner{Rules: w.rules, Store: w.store, Lease: w.store, Feed: w.feed, Zones: campaign.NewZones(w.home, w.rules.Quiet.Value), Home: w.home,
		Templates: func(context.Context, int64) ([]core.Template, error) { return w.templates, nil },
		Shop:      coretest.Rules, Texts: w.texter, Host: "here", Owner: "one process at a time", Now: w.clock, Log: slog.New(slog.DiscardHandler)}
}

// person adds a contact who may be written to.
func (w *world) person(phone core.Phone) int64 {
	c := core.Contact{Name: "Ana", Phone: phone}
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		p := ana()
		p.Contact, p.Phone = c.ID, phone
		return settle(tx, p)
	}))
	w.phones[c.ID] = phone
	return c.ID
}

// settle gives a new contact what ana has.
func settle(tx campaign.Tx, p campaign.Person) error {
	if own, ok := tx.(coretest.CampaignTx); ok {
		own.SetPerson(p)
		return nil
	}
	if err := tx.AddIdentity(p.Contact, core.Identity{Kind: core.IdentityPhone, Value: string(p.Phone)}); err != nil {
		return err
	}
	return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: p.Contact, Kind: consent.OptIn, Scope: consent.Marketing, At: p.ActiveAt, Source: consent.BySelf})
}

// facts reads a person as the store knows it.
func (w *world) facts(contact int64) (p campaign.Person) {
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) (err error) { p, err = tx.Person(w.channel.ID, contact); return err }))
	return p
}

// change notes something else about a person.
func (w *world) change(contact int64, fn func(*campaign.Person)) {
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		p, err := tx.Person(w.channel.ID, contact)
		if err != nil {
			return err
		}
		fn(&p)
		tx.(coretest.CampaignTx).SetPerson(p)
		return nil
	}))
}

// optOut notes a stop and takes back what has not left, in one transaction.
func (w *world) optOut(contact int64) {
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		if own, ok := tx.(coretest.CampaignTx); ok {
			p, err := tx.Person(w.channel.ID, contact)
			if err != nil {
				return err
			}
			p.Marketing = consent.SaidStop
			own.SetPerson(p)
			return campaign.Withdraw(tx, contact, false)
		}
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: contact, Kind: consent.OptOut, Scope: consent.Marketing, At: w.now, Source: consent.BySelf})
	}))
	if _, ok := w.optedOut[w.key(contact)]; !ok {
		w.seq++
		w.optedOut[w.key(contact)] = w.seq
	}
}

// key is the person that a contact is.
func (w *world) key(contact int64) string { return campaign.PersonKey(w.phones[contact], "") }

// start plans a campaign for the contacts and starts it.
func (w *world) start(c campaign.Campaign, contacts ...int64) campaign.Campaign {
	w.t.Helper()
	c.ID, c.ChannelID = 0, w.channel.ID
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error { return tx.SaveCampaign(&c) }))
	c, err := w.desk.Start(w.ctx, c.ID, w.plan(c, contacts...), "ada")
	w.must(err)
	return c
}

func (w *world) plan(c campaign.Campaign, contacts ...int64) *campaign.Report {
	p := campaign.NewPlan(w.rules, campaign.Input{Campaign: c, Forms: campaign.NewForms(&c, w.templates), Zones: campaign.NewZones(w.home, w.rules.Quiet.Value),
		Home: w.home, Now: w.now, Limits: w.rules.LimitsOf(c.Pace, w.channel.Health, time.Time{}, w.now, 0), Left: -1, Book: &w.book,
		Account: ledger.Account{Provider: core.Meta, Currency: "USD"}, Channel: w.channel})
	for _, id := range contacts {
		person := w.facts(id)
		p.Add(&person)
	}
	return p.Report()
}

func (w *world) campaign(id int64) campaign.Campaign {
	w.t.Helper()
	c, err := w.store.Campaign(w.ctx, id)
	w.must(err)
	return c
}

func (w *world) counts(id int64) campaign.Counts {
	w.t.Helper()
	n, err := w.store.Counts(w.ctx, id)
	w.must(err)
	return n
}

func (w *world) rows(id int64) []campaign.Recipient {
	w.t.Helper()
	rows, err := w.store.Recipients(w.ctx, campaign.RecipientQuery{Campaign: id, Limit: 1000})
	w.must(err)
	return rows
}

// step lets the runner work once; a failing store is the runner's affair.
func (w *world) step() time.Time {
	at, err := w.run.Step(w.ctx, w.channel.ID)
	if err != nil && (w.mem == nil || w.mem.Fail == nil && w.mem.FailTx == nil) {
		w.t.Fatalf("step: %v", err)
	}
	return at
}

// claim takes one message for sending and reports whether there was one.
func (w *world) claim() bool {
	var js []core.Job
	contact := int64(0)
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) (err error) {
		if js, err = tx.Claim(w.channel.ID, "sender", w.now, time.Minute, 1); err != nil || len(js) == 0 {
			return err
		}
		c, err := tx.Conversation(js[0].Message.ConversationID)
		contact = c.ContactID
		return err
	}))
	if len(js) == 0 {
		return false
	}
	w.seq++
	w.jobs = append(w.jobs, job{js[0], contact, w.now, w.seq})
	return true
}

// take is a person getting a message, or a phone getting an SMS.
func (w *world) take(j job) string {
	if j.Message.Type == core.TypeSMS {
		w.smses[j.Message.Ref]++
		return "sms." + j.Message.Ref
	}
	row := w.rowOf(j.Message.ID)
	id := "wamid." + j.Message.Ref
	w.ledger = append(w.ledger, got{row.CampaignID, j.contact, j.Message.Ref, id, j.at, j.seq})
	return id
}

func (w *world) rowOf(message int64) (x campaign.Recipient) {
	cs, err := w.store.Campaigns(w.ctx)
	w.must(err)
	for _, c := range cs {
		for _, r := range w.rows(c.ID) {
			if r.MessageID == message {
				x = r
			}
		}
	}
	return x
}

// settle ends a claim with a state.
func (w *world) settle(j job, id string, s core.State, pe *core.ProviderError) {
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		if ok, err := tx.Holds(j.Message.ID, j.Claim); err != nil || !ok {
			return err
		}
		m, err := tx.Message(j.Message.ID)
		if err != nil {
			return err
		}
		m.State, m.ProviderID, m.Error = m.State.Merge(s), id, pe
		m.Attempts++
		if err := tx.SaveMessage(&m); err != nil {
			return err
		}
		return tx.Release(m.ID, true, time.Time{})
	}))
}

// expire makes unsure what was claimed by a sender that died.
func (w *world) expire() {
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		ms, err := tx.Expired(w.now, 100)
		if err != nil {
			return err
		}
		for _, m := range ms {
			m.State = m.State.Merge(core.UnsureSent)
			if err := tx.SaveMessage(&m); err != nil {
				return err
			}
			if err := tx.Release(m.ID, true, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// receipt delivers a status of something that a person got.
func (w *world) receipt(g got, s core.State) { w.report(g, s, core.ClassUndeliverable) }

// report is receipt with the class of a failure.
func (w *world) report(g got, s core.State, class core.Class) {
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		m, err := tx.MessageByRef(g.ref)
		if err != nil {
			return err
		}
		e := core.Event{Kind: core.EvStatus, ID: g.id, Ref: g.ref, Status: s, At: w.now}
		if s == core.Failed {
			e.Error = &core.ProviderError{Code: "1", Class: class}
		}
		if m.Receive(&e) {
			return tx.SaveMessage(&m)
		}
		return nil
	}))
}

// sendAll lets everything in line be accepted.
func (w *world) sendAll() {
	for w.claim() {
		j := w.jobs[len(w.jobs)-1]
		w.jobs = w.jobs[:len(w.jobs)-1]
		w.settle(j, w.take(j), core.Accepted, nil)
	}
}
