package contacts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/fold"
	"bottega/core/people"
	"bottega/core/segment"
)

// noon is a Tuesday in the shop.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const settle = 300 * time.Millisecond

const day = 24 * time.Hour

var bands = segment.HeatBands{Hot: 7 * day, Warm: 30 * day, Cold: 90 * day}

// shop is a shop's people in memory: the ports of the pane by the meaning of
// the language itself (segment.Query.Match).
type shop struct {
	mu       sync.Mutex
	people   []*customer
	segments []core.SavedSegment
	fields   []core.CustomField
	colours  map[string]string
	changed  func(...core.Change)
	asked    int // lists read
	err      error
}

type customer struct {
	people.Listed
	profile core.Profile
	ledger  []consent.Entry
	events  []people.Event
	talk    int64
}

var readyMade = []core.SavedSegment{
	{Name: "frequent", Expr: "freq:monthly"}, {Name: "high order value", Expr: "aov_tier:high"}, {Name: "warm", Expr: "heat:30d"},
	{Name: "quiet", Expr: "heat:quiet and not heat:cold"}, {Name: "cold", Expr: "heat:cold"}, {Name: "high value, 7 days", Expr: "value:high and heat:7d"},
	{Name: "never answered", Expr: "not answered"}, {Name: "opted out", Expr: "optout"},
}

func heat(f *people.Facts) (string, bool) {
	age := noon.Sub(f.LastIn)
	switch {
	case f.LastIn.IsZero():
		return segment.HeatNever, false
	case age < bands.Hot:
		return segment.Heat7d, false
	case age < bands.Warm:
		return segment.Heat30d, false
	case age < bands.Cold:
		return segment.HeatQuiet, !f.Kept
	}
	return segment.HeatCold, !f.Kept
}

var (
	firsts = []string{"Maria", "Luca", "Zoë", "Ольга", "小明", "Fatima", "João", "Anna", "Giulia", "Søren", "Chiara", "محمد"}
	lasts  = []string{"Rossi", "Bianchi", "O'Neil", "Иванова", "王", "El Amrani", "da Silva", "Müller", "Conti", "Ferrari", "Dalla Costa-Bellini", "Nguyễn"}
	labels = []string{"vip", "wholesale", "tools", "matte finish", "torte", "natale 2026", "trade", "老顾客"}
	tiers  = []core.ValueTier{core.ValueNone, core.ValueLow, core.ValueMid, core.ValueHigh}
)

// newShop makes n people, always the same.
func newShop(n int) *shop {
	s := &shop{fields: []core.CustomField{{Name: "shoe_size", Type: core.CustomNumber}, {Name: "delivery", Type: core.CustomChoice, Choices: []string{"pickup", "courier"}}}}
	for i := 1; i <= n; i++ {
		s.people = append(s.people, makePerson(i))
	}
	return s
}

func makePerson(i int) *customer {
	p := &customer{talk: int64(i)}
	p.ID = int64(i)
	p.Name = firsts[i%len(firsts)] + " " + lasts[i/7%len(lasts)]
	p.Phone = core.Phone(fmt.Sprintf("+39333%07d", 1000000+i*37%8999999))
	p.Language, p.TimeZone = "it", "Europe/Rome"
	p.CreatedAt = noon.Add(-time.Duration(i%900) * day)
	p.Value = tiers[i*7%5%4]
	for j, t := range labels {
		if (i*(j+3)+j)%(5+3*j) == 0 {
			p.Tags = append(p.Tags, t)
		}
	}
	slices.Sort(p.Tags)
	if i%5 != 0 {
		p.LastIn = noon.Add(-time.Duration(1+i*i*37%4001) * time.Hour)
		p.LastInAt = p.LastIn
	}
	if i%3 != 0 {
		p.Orders = i*7%40 + 1
		p.AOV = int64(i*13%300+8) * segment.DecimalScale
		p.Spend = p.AOV * int64(p.Orders)
		p.LTV = p.Spend / 2
		p.LastOrder = noon.Add(-time.Duration(i%120) * day)
		p.Freq, p.AOVTier = []string{"rarer", "quarterly", "monthly"}[i%3], []string{"low", "mid", "high"}[i%3]
	} else {
		p.Freq, p.AOVTier = "none", "none"
	}
	p.Country = "IT"
	switch i % 6 {
	case 0:
		p.enter(consent.Entry{Kind: consent.OptOut, Scope: consent.Marketing, At: noon.Add(-50 * day), Source: consent.BySelf, Words: "STOP"})
	case 1, 2, 4:
		p.enter(consent.Entry{Kind: consent.OptIn, Scope: consent.Marketing, At: noon.Add(-90 * day), Source: consent.ByForm, Words: "Yes, send me offers", Place: "card at the till", Agent: "ada"})
	}
	return p
}

func (p *customer) enter(e consent.Entry) {
	e.ContactID, e.ID = p.ID, int64(len(p.ledger)+1)
	p.ledger = append(p.ledger, e)
	m := consent.Of(p.ledger, false).Marketing
	p.OptIn = m.Allowed
	p.OptOut = !m.Allowed && m.Reason != consent.NeverAgreed
}

func (p *customer) facts() segment.Person {
	return segment.Person{Name: p.Name, Username: p.Username, Phone: string(p.Phone), Lang: p.Language, Zone: p.TimeZone, Country: p.Country, Tags: p.Tags,
		Value: string(p.Value), Freq: p.Freq, AOVTier: p.AOVTier, AOV: p.AOV, Spend: p.Spend, LTV: p.LTV, Orders: int64(p.Orders), LastOrder: p.LastOrder,
		LastIn: p.LastIn, LastOut: p.LastOut, Created: p.CreatedAt, OptOut: p.OptOut, OptIn: p.OptIn, Blocked: p.Blocked, Waiting: p.Waiting, Custom: p.profile.Custom}
}

// find must be called with the lock held.
func (s *shop) find(id int64) *customer {
	for _, p := range s.people {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func (s *shop) schema() segment.Schema {
	var fs []segment.Field
	for _, f := range s.fields {
		fs = append(fs, segment.Field{Name: f.Name, Values: f.Choices,
			Type: map[core.CustomType]segment.Type{core.CustomText: segment.Text, core.CustomNumber: segment.Number, core.CustomDate: segment.Date, core.CustomChoice: segment.Choice}[f.Type]})
	}
	return segment.Schema{}.With(fs...)
}

func (s *shop) match(expr string) ([]*customer, error) {
	if s.err != nil {
		return nil, s.err
	}
	q, err := segment.Parse(expr, s.schema())
	if err != nil {
		return nil, err
	}
	var out []*customer
	for _, p := range s.people {
		if q.Match(p.facts(), noon, bands) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (s *shop) List(_ context.Context, expr string, by people.Sort, desc bool) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	ps, err := s.match(expr)
	slices.SortFunc(ps, func(a, b *customer) int {
		c := compare(a, b, by)
		if desc {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.ID, b.ID))
	})
	ids := make([]int64, len(ps))
	for i, p := range ps {
		ids[i] = p.ID
	}
	return ids, err
}

// reads counts how often the list was read.
func (s *shop) reads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func compare(a, b *customer, by people.Sort) int {
	switch by {
	case people.ByName:
		return cmp.Compare(fold.String(a.Name), fold.String(b.Name))
	case people.ByPhone:
		return cmp.Compare(a.Phone, b.Phone)
	case people.BySpend:
		return cmp.Compare(a.Spend, b.Spend)
	case people.ByOrders:
		return cmp.Compare(a.Orders, b.Orders)
	case people.ByLastOrder:
		return a.LastOrder.Compare(b.LastOrder)
	case people.ByCreated:
		return a.CreatedAt.Compare(b.CreatedAt)
	}
	return a.LastIn.Compare(b.LastIn)
}

func (s *shop) Rows(_ context.Context, ids []int64) ([]people.Listed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []people.Listed
	for _, id := range ids {
		if id > 0 && int(id) <= len(s.people) && s.people[id-1].ID == id {
			out = append(out, s.people[id-1].Listed)
		} else if p := s.find(id); p != nil {
			out = append(out, p.Listed)
		}
	}
	return out, s.err
}

func (s *shop) Count(_ context.Context, expr string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ps, err := s.match(expr)
	return len(ps), err
}

func (s *shop) Segments(context.Context) ([]people.Counted, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []people.Counted
	for i, g := range append(slices.Clone(readyMade), s.segments...) {
		ps, err := s.match(g.Expr)
		if err != nil {
			return nil, err
		}
		out = append(out, people.Counted{SavedSegment: g, Count: len(ps), Ready: i < len(readyMade)})
	}
	return out, nil
}

func (s *shop) Tags(context.Context) ([]people.Tag, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := map[string]int{}
	for _, p := range s.people {
		for _, t := range p.Tags {
			n[t]++
		}
	}
	var out []people.Tag
	for t, c := range n {
		out = append(out, people.Tag{TagCount: core.TagCount{Tag: t, Count: c}, Colour: s.colours[t]})
	}
	slices.SortFunc(out, func(a, b people.Tag) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Tag, b.Tag)) })
	return out, s.err
}

func (s *shop) Schema(context.Context) (segment.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.schema(), s.err
}

func (s *shop) Currency(context.Context) (string, error) { return "EUR", nil }

func (s *shop) Detail(_ context.Context, id int64) (people.Detail, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(id)
	if p == nil {
		return people.Detail{}, core.Fail(core.NotFound, "shop.Detail", nil)
	}
	d := people.Detail{Contact: p.Contact, Profile: p.profile, Facts: p.Facts, Currency: "EUR", Ledger: slices.Clone(p.ledger), Fields: s.fields,
		Stats: core.ContactStats{In: 3, Out: 4, Sent: 4, Read: 1, LastInAt: p.LastIn, Conversation: p.talk}}
	d.Heat, d.LowFreq = heat(&p.Facts)
	d.Standing = consent.Of(p.ledger, false)
	d.Contact.Identities = []core.Identity{{ChannelID: 1, Kind: core.IdentityPhone, Value: string(p.Phone)}, {ChannelID: 1, Kind: core.IdentityUser, Value: "IT.1034567890"}}
	return d, nil
}

func (s *shop) Timeline(_ context.Context, id int64, _ time.Time, limit int) ([]people.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(id)
	if p == nil {
		return nil, core.Fail(core.NotFound, "shop.Timeline", nil)
	}
	return p.events[:min(len(p.events), limit)], nil
}
