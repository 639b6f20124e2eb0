package campaigns

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/coretest"
	"bottega/core/ledger"
	"bottega/core/people"
	"bottega/core/segment"
)

// noon is a Tuesday in the shop.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var loaded = sync.OnceValues(func() (campaign.Rules, error) { return campaign.LoadRules(assets.Rules()) })

func rules(t testing.TB) *campaign.Rules {
	t.Helper()
	r, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

var prices = sync.OnceValues(func() (ledger.Book, error) { return ledger.LoadBook(assets.Rules()) })

type store = coretest.Campaigns

// shop is a store in memory with the people, templates and office of a shop.
type shop struct {
	store
	campaign.Desk

	t       testing.TB
	mu      sync.Mutex
	now     func() time.Time
	feed    *core.Feed
	channel core.Channel
	forms   []core.StoredTemplate
	people  []*customer
	notes   map[string]json.RawMessage
	hitch   campaign.Hitch
	err     error // of the next plan or launch
	tests   []core.Phone
	marks   func(*campaign.Input) // tunes a plan
	slow    chan struct{}         // a plan waits for it, nil for not
	brought []string
	counts  int // how often figures were read
}

type customer struct {
	people.Listed
	campaign.Person
}

func newShop(t testing.TB, n int) *shop {
	t.Helper()
	s := &shop{t: t, now: func() time.Time { return noon }, feed: core.NewFeed(), notes: map[string]json.RawMessage{}}
	s.store = store{Mem: coretest.New(s.feed)}
	var err error
	if s.channel, err = s.SaveChannel(context.Background(), core.Channel{Name: "shop", Provider: core.Meta, Number: "+390551234567", State: core.Active, Health: core.Health{Limit: 2000}}); err != nil {
		t.Fatal(err)
	}
	r := rules(t)
	s.Desk = campaign.Desk{Rules: r, Store: s.store, Zones: campaign.NewZones(time.UTC, r.Quiet.Value), Home: time.UTC, Host: "here", Now: func() time.Time { return s.now() }}
	for i, f := range []core.Template{
		{Name: "autumn", Language: "en", Category: "MARKETING", Body: "Hi {{1}}, everything for autumn with {{2}} off until Sunday.", Samples: []string{"Maria", "10 %"}},
		{Name: "autumn", Language: "it", Category: "MARKETING", Body: "Ciao {{1}}, tutto per l’autunno con lo sconto del {{2}} fino a domenica.", Samples: []string{"Maria", "10 %"}},
		{Name: "autumn_short", Language: "it", Category: "MARKETING", Body: "{{1}}, sconto {{2}} fino a domenica.", Samples: []string{"Maria", "10 %"}},
		{Name: "order_ready", Language: "it", Category: "UTILITY", Body: "Il tuo ordine è pronto."},
	} {
		f.Status = "APPROVED"
		s.forms = append(s.forms, core.StoredTemplate{ID: int64(i + 1), ChannelID: s.channel.ID, Template: f, State: core.TemplateApproved, Version: 1, ApprovedAt: noon})
	}
	for i := range n {
		s.add(i + 1)
	}
	return s
}

var firsts = []string{"Maria", "Luca", "Zoë", "Ольга", "小明", "Fatima", "João", "Anna", "Giulia", "Søren"}

// add makes a customer; every seventh said stop, every fifth never agreed, the
// fourth is cold.
func (s *shop) add(i int) {
	k := &customer{}
	k.Listed.ID, k.Listed.Name = int64(i), fmt.Sprintf("%s %d", firsts[i%len(firsts)], i)
	k.Listed.Phone = core.Phone(fmt.Sprintf("+39333%07d", 1000000+i))
	k.Tags = []string{[]string{"torte", "vip"}[i%2]}
	k.Person = campaign.Person{Contact: int64(i), Name: k.Listed.Name, Phone: k.Listed.Phone, Country: "IT", Language: "it", Zone: "Europe/Rome",
		Marketing: consent.Agreed, Utility: consent.NotObjected, ActiveAt: noon.Add(-24 * time.Hour)}
	switch {
	case i%7 == 0:
		k.Marketing = consent.SaidStop
	case i%5 == 0:
		k.Marketing = consent.NeverAgreed
	case i == 4:
		k.ActiveAt = noon.AddDate(0, -6, 0)
	}
	s.people = append(s.people, k)
}

func (s *shop) match(expr string) ([]*customer, error) {
	q, err := segment.Parse(expr, s.schema())
	if err != nil {
		return nil, err
	}
	var out []*customer
	for _, k := range s.people {
		if q.Match(segment.Person{Name: k.Listed.Name, Phone: string(k.Listed.Phone), Tags: k.Tags, Lang: "it", OptOut: k.Marketing.Out()}, s.now(), segment.HeatBands{}) {
			out = append(out, k)
		}
	}
	return out, nil
}

func (s *shop) schema() segment.Schema {
	return segment.Schema{}.With(segment.Field{Name: "shoe_size", Type: segment.Number})
}

func (s *shop) Schema(context.Context) (segment.Schema, error) { return s.schema(), nil }

func (s *shop) Count(_ context.Context, expr string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ks, err := s.match(expr)
	return len(ks), err
}

func (s *shop) Rows(_ context.Context, ids []int64) (out []people.Listed, err error) {
	for _, id := range ids {
		if i := slices.IndexFunc(s.people, func(k *customer) bool { return k.Listed.ID == id }); i >= 0 {
			out = append(out, s.people[i].Listed)
		}
	}
	return out, nil
}

func (s *shop) Segments(context.Context) ([]people.Counted, error) {
	return []people.Counted{{SavedSegment: core.SavedSegment{Name: "friends", Expr: "tag:vip"}, Count: len(s.people) / 2}}, nil
}

func (s *shop) Tags(context.Context) ([]people.Tag, error) {
	return []people.Tag{{TagCount: core.TagCount{Tag: "torte", Count: len(s.people) / 2}}, {TagCount: core.TagCount{Tag: "vip", Count: len(s.people) / 2}}}, nil
}

// Import reads a file as the real one does, as far as the pane can see.
func (s *shop) Import(_ context.Context, o people.Import) (people.Imported, error) {
	s.brought = append(s.brought, o.File+" "+o.Tags[0]+" "+o.Agent)
	return people.Imported{New: 2, Refused: 1}, nil
}

func (s *shop) StoredTemplates(context.Context, core.TemplateQuery) ([]core.StoredTemplate, error) {
	return slices.Clone(s.forms), nil
}

func (s *shop) Setting(_ context.Context, key string, v any) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.notes[key]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, v)
}

func (s *shop) SetSetting(_ context.Context, key string, v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := json.Marshal(v)
	s.notes[key] = b
	return err
}

func (s *shop) Counts(ctx context.Context, id int64) (campaign.Counts, error) {
	s.mu.Lock()
	s.counts++
	s.mu.Unlock()
	return s.store.Counts(ctx, id)
}

func (s *shop) Plan(ctx context.Context, id int64) (*campaign.Report, error) {
	if s.slow != nil {
		<-s.slow
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, s.err
	}
	c, err := s.store.Campaign(ctx, id)
	if err != nil {
		return nil, err
	}
	book, err := prices()
	if err != nil {
		return nil, err
	}
	var forms []core.Template
	for i := range s.forms {
		forms = append(forms, s.forms[i].Template)
	}
	in := campaign.Input{Campaign: c, Forms: campaign.NewForms(&c, forms), Zones: s.Zones, Home: time.UTC, Now: s.now(), Limits: s.Rules.LimitsOf(c.Pace, s.channel.Health, time.Time{}, s.now(), 0),
		Left: 1990, Book: &book, Account: ledger.Account{Provider: core.Meta, Currency: "EUR"}, Channel: s.channel, Templates: 300, Messages: 1000, ReplyRate: 0.07}
	if s.marks != nil {
		s.marks(&in)
	}
	ks, err := s.match(both(c.Segment, c.Exclude))
	if err != nil {
		return nil, err
	}
	pl := campaign.NewPlan(s.Rules, in)
	for _, k := range ks {
		pl.Add(&k.Person)
	}
	return pl.Report(), nil
}

func (s *shop) Launch(ctx context.Context, id int64, agent string) (campaign.Campaign, *campaign.Report, error) {
	rep, err := s.Plan(ctx, id)
	if err != nil {
		return campaign.Campaign{}, nil, err
	}
	c, err := s.Start(ctx, id, rep, agent)
	return c, rep, err
}

func (s *shop) Review(ctx context.Context, id int64) (campaign.Recheck, error) {
	n, err := s.Counts(ctx, id)
	return campaign.Recheck{Pending: n[campaign.Pending], Included: max(0, n[campaign.Pending]-3), Excluded: []campaign.Exclusion{{Reason: campaign.OptedOut, N: 3}},
		Outlook: campaign.Outlook{End: s.now().Add(2 * time.Hour)}}, err
}

func (s *shop) Lift(_ context.Context, c *campaign.Campaign) (campaign.Lift, bool, error) {
	if c.HoldBack == 0 {
		return campaign.Lift{}, false, nil
	}
	l := campaign.Lift{Written: campaign.Arm{N: 2000, Hits: 200}, Held: campaign.Arm{N: 500, Hits: 5}}
	l.Outcome = s.Rules.Compare(l.Written, l.Held)
	return l, true, nil
}

func (s *shop) Hitch(_ context.Context, c campaign.Campaign) (campaign.Hitch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.State.Active() {
		return campaign.Hitch{}, nil
	}
	return s.hitch, nil
}

func (s *shop) Test(_ context.Context, _ int64, to core.Phone, _, _ string) (core.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tests = append(s.tests, to)
	return core.Message{}, s.err
}

// Settle decides about a recipient as Desk does, for rows without a message.
func (s *shop) Settle(ctx context.Context, id int64, arrived bool) error {
	return s.Update(ctx, func(tx campaign.Tx) error {
		x, err := tx.Recipient(id)
		if err != nil {
			return err
		}
		if x.State != campaign.Unsure {
			return core.Fail(core.Conflict, "shop.Settle", nil)
		}
		if x.State = campaign.Accepted; !arrived {
			x.Again(s.now())
		}
		tx.Changed(core.Change{Kind: core.Campaigns, ID: x.CampaignID})
		return tx.SaveRecipient(&x)
	})
}

// draft is a campaign as the wizard makes it.
func (s *shop) draft(name string) campaign.Campaign {
	return campaign.Campaign{Name: name, ChannelID: s.channel.ID, Segment: "tag:vip", Templates: []string{"autumn"}, Languages: []string{"it"}, Category: ledger.Marketing,
		Values: []campaign.Value{{Variable: "1", Field: "name", Text: "friend"}, {Variable: "2", Text: "10 %"}}, Schedule: campaign.Schedule{When: campaign.Now}}
}

// make stores a draft.
func (s *shop) make(c campaign.Campaign) campaign.Campaign {
	s.t.Helper()
	c, err := s.Create(context.Background(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// run starts a campaign.
func (s *shop) run(c campaign.Campaign) campaign.Campaign {
	s.t.Helper()
	c, _, err := s.Launch(context.Background(), s.make(c).ID, "ada")
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// change does something with a campaign in the store, as the engine would.
func (s *shop) change(id int64, fn func(*campaign.Campaign)) {
	s.t.Helper()
	err := s.Update(context.Background(), func(tx campaign.Tx) error {
		c, err := tx.Campaign(id)
		if err != nil {
			return err
		}
		fn(&c)
		tx.Changed(core.Change{Kind: core.Campaigns, ID: id})
		return tx.SaveCampaign(&c)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// settle moves the next n pending recipients to a state.
func (s *shop) settle(id int64, n int, state campaign.RecipientState, fn func(*campaign.Recipient)) {
	s.t.Helper()
	ctx := context.Background()
	rows, err := s.Recipients(ctx, campaign.RecipientQuery{Campaign: id, States: []campaign.RecipientState{campaign.Pending}, Limit: n})
	if err != nil || len(rows) < n {
		s.t.Fatalf("%d of %d pending, %v", len(rows), n, err)
	}
	err = s.Update(ctx, func(tx campaign.Tx) error {
		for i := range rows {
			rows[i].State, rows[i].SentAt, rows[i].Attempts = state, s.now(), 1
			if fn != nil {
				fn(&rows[i])
			}
			if err := tx.SaveRecipient(&rows[i]); err != nil {
				return err
			}
		}
		tx.Changed(core.Change{Kind: core.Campaigns, ID: id})
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) only(id int64) campaign.Campaign {
	s.t.Helper()
	c, err := s.Campaign(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// all are the campaigns, newest first.
func (s *shop) all() []campaign.Campaign {
	s.t.Helper()
	cs, err := s.store.Campaigns(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return cs
}

// reads counts how often figures were read.
func (s *shop) reads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}
