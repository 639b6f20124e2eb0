package campaign

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/segment"
)

// PeopleQuery asks for the people that a plan decides about.
type PeopleQuery struct {
	Who     segment.Query
	Not     *segment.Query // of Who not these; nil for nobody
	Bands   segment.HeatBands
	Now     time.Time
	Channel int64
	Fields  []string  // of the shop's own that variables ask for
	Since   time.Time // Person.PromoAt and CappedAt of before may be left out
	Hours   bool      // with Person.Hours
}

// Audience reads people for a plan.
type Audience interface {
	// People calls yield for each contact that a query holds for, by id, until
	// it returns false; the person is valid during the call only. What other
	// contacts of the same person say is not in it: a plan joins them itself
	// (Plan.Add), and each is asked again at the moment of sending.
	People(ctx context.Context, q PeopleQuery, yield func(*Person) bool) error
}

// Join takes over what another contact of the same person says for both: an
// opt-out, a block, a promotion.
func (p *Person) Join(o *Person) {
	p.Blocked = p.Blocked || o.Blocked
	if o.Marketing.Out() && (!p.Marketing.Out() || o.Marketing == consent.StoppedAll) {
		p.Marketing = o.Marketing
	}
	if o.Utility == consent.StoppedAll {
		p.Utility = o.Utility
	}
	p.Promoted(o.PromoAt, o.CappedAt)
}

// Promoted notes promotions to the person, and that one met the platform's
// cap; the latest of each stays.
func (p *Person) Promoted(at, capped time.Time) {
	if at.After(p.PromoAt) {
		p.PromoAt = at
	}
	if capped.After(p.CappedAt) {
		p.CappedAt = capped
	}
}

// settleHours turns Hours, which a store counts in UTC, into the person's own
// clock of now. Replies that are there already stay.
func (p *Person) settleHours(z *Zones, now time.Time) {
	if p.Hours.Total() == 0 || p.Replies.Total() > 0 {
		return
	}
	place := z.Place(p.Zone, p.Phone)
	for h, n := range p.Hours {
		at := time.Date(now.Year(), now.Month(), now.Day(), h, 0, 0, 0, time.UTC)
		p.Replies[place.Local(at).Hour()] += n
	}
}

// Foreseen is what was told of a campaign before it was started.
type Foreseen struct {
	Matched   int
	Included  int
	Excluded  []Exclusion
	Low, High core.Money // of the platform; zero without a rate card
	End       time.Time  // of the last message
}

// foreseen is what a report tells that is worth keeping.
func (r *Report) foreseen() *Foreseen {
	return &Foreseen{Matched: r.Matched, Included: r.Included, Excluded: r.Excluded, Low: r.Cost.Low, High: r.Cost.High, End: r.Outlook.End}
}
