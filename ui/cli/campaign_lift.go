package cli

import (
	"context"
	"time"

	"bottega/core/campaign"
	"bottega/ui/text"
)

// liftJSON sets those whom a campaign wrote to beside those held back: who
// bought in the same time.
type liftJSON struct {
	Written liftArmJSON    `json:"written_to"`
	Held    liftArmJSON    `json:"held_back"`
	From    *time.Time     `json:"from"`
	To      *time.Time     `json:"to"`
	Result  comparisonJSON `json:"comparison"`
	Message string         `json:"message"`
}

type liftArmJSON struct {
	People int     `json:"people"`
	Bought int     `json:"bought"`
	Share  float64 `json:"share"`
}

// lift is nil where nobody was held back.
func (a *app) lift(ctx context.Context, o *campaign.Office, c *campaign.Campaign) (*liftJSON, error) {
	l, ok, err := o.Lift(ctx, c)
	if err != nil || !ok {
		return nil, err
	}
	words := a.liftWords(&l)
	return &liftJSON{Written: liftArm(l.Written), Held: liftArm(l.Held), From: at(l.From), To: at(l.To), Message: words,
		Result: comparisonJSON{Finding: l.Finding, Needed: l.Needed, Low: round4(l.Low), High: round4(l.High), P: round4(l.P), Message: words}}, nil
}

func liftArm(x campaign.Arm) liftArmJSON { return liftArmJSON{x.N, x.Hits, round4(x.Share())} }

// liftWords says what those who were written to bought beyond the others.
func (a *app) liftWords(l *campaign.Lift) string {
	return a.w.Brought(text.Brought{Finding: string(l.Finding), Written: l.Written.Share(), Held: l.Held.Share(), N: l.Held.N, Needed: l.Needed, Low: l.Low, High: l.High})
}
