package campaign

import (
	"cmp"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/ledger"
)

// Input is what a plan rests on beside the people.
type Input struct {
	Campaign Campaign
	Forms    *Forms
	Zones    *Zones
	Home     *time.Location // the shop's zone, in which Schedule.At was written
	Now      time.Time
	Limits   Limits
	Left     int  // how many more people fit into the portfolio's limit; -1 any number
	New      bool // the number is in its first days (S-199)
	Book     *ledger.Book
	Account  ledger.Account
	Month    *ledger.Month // so far; nil for none
	Channel  core.Channel
	// The shop's last 30 days, for the gauges that the campaign moves.
	Templates, Messages int     // templates and all messages sent
	ReplyRate           float64 // of campaigns; 0 when nothing is known
	BlockRate           float64
}

// Seat is one person of the audience as Freeze stores it.
type Seat struct {
	Contact  int64
	Person   string
	Variant  int
	Template string
	Language string
	Held     bool
	Due      time.Time
}

// Plan decides for each contact and says what will come of it. Add everybody,
// then Report; a Plan is used once and not by two at a time.
type Plan struct {
	rules *Rules
	in    Input

	rows   seats
	reason map[Reason]int
	second []alias // user ids of rows
	seed   maphash.Seed
	names  []string         // keys that are no number
	parent []int32          // union of rows that are one person; made by settle
	forms  []*core.Template // what rows point into
	formNo map[*core.Template]int32
	crowds []Crowd // what rows point into
	crowd  map[crowdKey]int32
	places map[string]*ledger.Bulk
}

// row is one contact, small: a million of them fit.
type row struct {
	contact  int64
	key      uint64 // of the person; see pack
	form     int32
	crowd    int32
	due      int64 // unix ms
	reason   uint8 // index into verdicts
	variant  uint8
	inWindow bool
	entry    bool
	country  [2]byte
}

type crowdKey struct {
	place *Place
	slots [4]int16
}

// verdicts are the reasons by number; 0 is Included.
var verdicts = append([]Reason{Included}, Reasons...)

func verdict(r Reason) uint8 { return uint8(slices.Index(verdicts, r)) }

// NewPlan begins a plan.
func NewPlan(r *Rules, in Input) *Plan {
	return &Plan{rules: r, in: in, reason: map[Reason]int{}, seed: maphash.MakeSeed(), formNo: map[*core.Template]int32{},
		crowd: map[crowdKey]int32{}, places: map[string]*ledger.Bulk{}}
}

// Add decides about one contact. p is not kept.
func (pl *Plan) Add(p *Person) {
	c, in := &pl.in.Campaign, &pl.in
	p.settleHours(in.Zones, in.Now)
	key := PersonKey(p.Phone, p.UserID)
	x := row{contact: p.Contact, key: pl.pack(key)}
	variant, held := Split(c.ID, key, len(c.Templates), c.HoldBack)
	choice, why := pl.rules.Decide(c, in.Forms, variant, p, in.Now)
	if why == Included && held {
		why = HeldBack
	}
	x.reason, x.variant = verdict(why), uint8(variant)
	copy(x.country[:], p.Country)
	if why == Included {
		place := in.Zones.Place(p.Zone, p.Phone)
		slots := pl.rules.slotsFor(c, &p.Replies)
		x.form, x.crowd = pl.form(choice.Form), pl.crowdOf(place, slots)
		x.due = pl.rules.Due(c, place, &p.Replies, in.Now, in.Home).UnixMilli()
		x.inWindow, x.entry = in.Now.Before(p.WindowTo), in.Now.Before(p.FreeTo)
	}
	if p.UserID != "" {
		pl.second = append(pl.second, alias{maphash.String(pl.seed, p.UserID), int32(pl.rows.n)})
	}
	pl.rows.add(x)
}

func (pl *Plan) form(t *core.Template) int32 {
	n, ok := pl.formNo[t]
	if !ok {
		n = int32(len(pl.forms))
		pl.forms = append(pl.forms, t)
		pl.formNo[t] = n
	}
	return n
}

// keyOf names people who may be written to at the same times.
func keyOf(p *Place, slots []core.Interval) crowdKey {
	k := crowdKey{place: p}
	for i, s := range slots {
		if i < 2 {
			k.slots[2*i], k.slots[2*i+1] = int16(s.From), int16(s.To)
		}
	}
	return k
}

func (pl *Plan) crowdOf(p *Place, slots []core.Interval) int32 {
	k := keyOf(p, slots)
	n, ok := pl.crowd[k]
	if !ok {
		n = int32(len(pl.crowds))
		pl.crowds = append(pl.crowds, Crowd{Place: p, Slots: slots})
		pl.crowd[k] = n
	}
	return n
}

// Exclusion is how many contacts are left out for a reason; Report.Out
// tells who.
type Exclusion struct {
	Reason Reason
	N      int
}

// FormCount is how many get a template in a language.
type FormCount struct {
	Template string
	Language string
	N        int
}

// Report is the preflight card.
type Report struct {
	Matched  int
	Included int
	Excluded []Exclusion // in the order of Reasons; only those that hold for somebody
	Forms    []FormCount // most people first
	Cost     ledger.Estimate
	Limits   Limits
	Left     int // people that fit into the limit today, -1 any number
	Quotas   []ledger.Quota
	Outlook  Outlook
	Marks    []Mark
	Refusals []Refusal // why start will not do it; empty when it may
	SMS      *SMSPlan  // nil where the campaign does not fall back to SMS

	plan *Plan
}

// Report ends the plan: counts, cost, time, and what the rules say to it.
func (pl *Plan) Report() *Report {
	pl.settle()
	r := &Report{Matched: pl.rows.n, Included: pl.reason[Included], Limits: pl.in.Limits, Left: pl.in.Left, plan: pl}
	for _, why := range Reasons {
		if n := pl.reason[why]; n > 0 {
			r.Excluded = append(r.Excluded, Exclusion{why, n})
		}
	}
	forms := make([]int, len(pl.forms))
	for i := range pl.crowds {
		pl.crowds[i].N = 0
	}
	for _, x := range pl.rows.all() {
		if x.reason == 0 {
			forms[x.form]++
			pl.crowds[x.crowd].N++
			pl.bulk(x)
		}
	}
	for i, n := range forms {
		if n > 0 {
			r.Forms = append(r.Forms, FormCount{pl.forms[i].Name, pl.forms[i].Language, n})
		}
	}
	slices.SortFunc(r.Forms, func(a, b FormCount) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Template, b.Template), cmp.Compare(a.Language, b.Language))
	})
	if pl.in.Book != nil {
		r.Cost = pl.in.Book.Estimate(pl.in.Account, pl.in.Now, pl.in.Campaign.Category, pl.bulks(), pl.in.Month)
	}
	if pl.in.Month != nil {
		r.Quotas = pl.in.Month.Quotas(pl.in.Channel.ID)
	}
	r.SMS = pl.sms(r)
	r.Outlook = foresee(pl.crowds, pl.start(), pacing{limits: pl.in.Limits, left: pl.in.Left,
		quiet: pl.rules.quietFor(&pl.in.Campaign), night: pl.rules.Quiet.Value})
	r.Marks = pl.rules.marks(&pl.in, r)
	r.Refusals = pl.rules.refusals(&pl.in, r)
	return r
}

// start is when the first message may go.
func (pl *Plan) start() time.Time {
	if at := pl.in.Campaign.Schedule.At; pl.in.Campaign.Schedule.When != Now && at.After(pl.in.Now) {
		return at
	}
	return pl.in.Now
}

func (pl *Plan) bulk(x *row) {
	c := string(x.country[:])
	if x.country[0] == 0 {
		c = ""
	}
	b := pl.places[c]
	if b == nil {
		b = &ledger.Bulk{Country: c}
		pl.places[c] = b
	}
	b.N++
	switch {
	case x.entry:
		b.EntryPoint++
	case x.inWindow:
		b.InWindow++
	}
}

func (pl *Plan) bulks() []ledger.Bulk {
	var out []ledger.Bulk
	for _, c := range slices.Sorted(maps.Keys(pl.places)) {
		out = append(out, *pl.places[c])
	}
	return out
}

// Seats yields the audience to freeze, in the order in which contacts were
// added: those included, and those held back to compare with.
func (r *Report) Seats() iter.Seq[Seat] {
	return func(yield func(Seat) bool) {
		for _, x := range r.plan.rows.all() {
			why := verdicts[x.reason]
			if why != Included && why != HeldBack {
				continue
			}
			s := Seat{Contact: x.contact, Person: r.plan.key(x.key), Variant: int(x.variant), Held: why == HeldBack}
			if why == Included {
				t := r.plan.forms[x.form]
				s.Template, s.Language, s.Due = t.Name, t.Language, time.UnixMilli(x.due)
			}
			if !yield(s) {
				return
			}
		}
	}
}

// Out yields the contacts that are left out for a reason, in the order in
// which they were added.
func (r *Report) Out(why Reason) iter.Seq[int64] {
	want := verdict(why)
	return func(yield func(int64) bool) {
		for _, x := range r.plan.rows.all() {
			if x.reason == want && !yield(x.contact) {
				return
			}
		}
	}
}
