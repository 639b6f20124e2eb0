package campaign

import (
	"context"
	"time"
)

// Lift is what a campaign brought beyond what would have happened anyway: of
// those written to and of those held back, how many bought within the same
// time. Whom an order names a code for, or who answered, does not matter here:
// nobody who got nothing can do either.
type Lift struct {
	Written, Held Arm // Hits bought
	From, To      time.Time
	Outcome       // of the two; First: those written to bought more
}

// Lift compares a campaign with the part of its audience that it held back, from
// its start until now or, once it is over, until the time in which an order
// counts (S-068) is over as well. ok is false where it held nobody back or has
// not begun.
func (o *Office) Lift(ctx context.Context, c *Campaign) (l Lift, ok bool, err error) {
	if c.HoldBack <= 0 || c.StartedAt.IsZero() {
		return l, false, nil
	}
	l.From, l.To = c.StartedAt, o.Now()
	if end := c.EndedAt.Add(o.Rules.ConvertWithin.Value.D()); !c.EndedAt.IsZero() && end.Before(l.To) {
		l.To = end
	}
	l.Written, l.Held, err = o.Records.Buyers(ctx, c.ID, l.From, l.To)
	if err != nil || l.Held.N == 0 {
		return l, false, failed("campaign.Lift", err)
	}
	l.Outcome = o.Rules.Compare(l.Written, l.Held)
	return l, true, nil
}
