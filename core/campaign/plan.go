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
	names  []string // keys that are no number
	parent []int32  // union of rows that are one person; made by settle
	kinds  numbered[kind]
	forms  numbered[*core.Template]
	crowd  numbered[crowdKey]
	crowds []Crowd // by crowd
	dues   []int64 // by crowd, unix ms: who may be written to at the same times is due at the same time
	places map[string]*ledger.Bulk
}

// row is one contact, small: a million of them fit.
type row struct {
	contact int64
	key     uint64 // of the person; see pack
	kind    int32
	reason  uint8 // index into verdicts
}

// kind is what many rows have in common. Form, crowd and what follows them are
// of those included only.
type kind struct {
	variant         uint8
	form, crowd     int32
	inWindow, entry bool
	country         [2]byte
}

// numbered gives values numbers, from 0 on.
type numbered[K comparable] struct {
	all []K
	no  map[K]int32
}

// of is a value's number, and whether it is a new one.
func (x *numbered[K]) of(k K) (n int32, fresh bool) {
	n, ok := x.no[k]
	if !ok {
		if x.no == nil {
			x.no = map[K]int32{}
		}
		n = int32(len(x.all))
		x.all = append(x.all, k)
		x.no[k] = n
	}
	return n, !ok
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
	return &Plan{rules: r, in: in, reason: map[Reason]int{}, seed: maphash.MakeSeed(), places: map[string]*ledger.Bulk{}}
}

// Add decides about one contact. p is not kept.
func (pl *Plan) Add(p *Person) {
	c, in := &pl.in.Campaign, &pl.in
	p.settleHours(in.Zones, in.Now)
	key := PersonKey(p.Phone, p.UserID)
	variant, held := Split(c.ID, key, len(c.Templates), c.HoldBack)
	choice, why := pl.rules.Decide(c, in.Forms, variant, p, in.Now)
	if why == Included && held {
		why = HeldBack
	}
	k := kind{variant: uint8(variant)}
	if why == Included {
		k.form, _ = pl.forms.of(choice.Form)
		k.crowd = pl.crowdOf(p)
		k.inWindow, k.entry = in.Now.Before(p.WindowTo), in.Now.Before(p.FreeTo)
		copy(k.country[:], p.Country)
	}
	if p.UserID != "" {
		pl.second = append(pl.second, alias{maphash.String(pl.seed, p.UserID), int32(pl.rows.n)})
	}
	x := row{contact: p.Contact, key: pl.pack(key), reason: verdict(why)}
	x.kind, _ = pl.kinds.of(k)
	pl.rows.add(x)
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

func (pl *Plan) crowdOf(p *Person) int32 {
	c, in := &pl.in.Campaign, &pl.in
	place := in.Zones.Place(p.Zone, p.Phone)
	slots := pl.rules.slotsFor(c, &p.Replies)
	n, fresh := pl.crowd.of(keyOf(place, slots))
	if fresh {
		pl.crowds = append(pl.crowds, Crowd{Place: place, Slots: slots})
		pl.dues = append(pl.dues, pl.rules.Due(c, place, &p.Replies, in.Now, in.Home).UnixMilli())
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
	forms := pl.countKinds()
	for i, n := range forms {
		if n > 0 {
			f := pl.forms.all[i]
			r.Forms = append(r.Forms, FormCount{f.Name, f.Language, n})
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

// countKinds counts those included: by form, which it returns, by crowd, and
// by place and window.
func (pl *Plan) countKinds() (forms []int) {
	kinds := make([]int, len(pl.kinds.all))
	for _, x := range pl.rows.all() {
		if x.reason == 0 {
			kinds[x.kind]++
		}
	}
	forms = make([]int, len(pl.forms.all))
	for i := range pl.crowds {
		pl.crowds[i].N = 0
	}
	for i, n := range kinds {
		if n == 0 {
			continue
		}
		k := &pl.kinds.all[i]
		forms[k.form] += n
		pl.crowds[k.crowd].N += n
		pl.bulk(k, n)
	}
	return forms
}

func (pl *Plan) bulk(k *kind, n int) {
	c := string(k.country[:])
	if k.country[0] == 0 {
		c = ""
	}
	b := pl.places[c]
	if b == nil {
		b = &ledger.Bulk{Country: c}
		pl.places[c] = b
	}
	b.N += n
	switch {
	case k.entry:
		b.EntryPoint += n
	case k.inWindow:
		b.InWindow += n
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
			k := &r.plan.kinds.all[x.kind]
			s := Seat{Contact: x.contact, Person: r.plan.key(x.key), Variant: int(k.variant), Held: why == HeldBack}
			if why == Included {
				t := r.plan.forms.all[k.form]
				s.Template, s.Language, s.Due = t.Name, t.Language, time.UnixMilli(r.plan.dues[k.crowd])
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
