package campaign

import (
	"context"
	"errors"
	"strings"

	"bottega/core"
)

// Revise changes a draft to what c says: who, what, when and how fast, which
// Create would take. Conflict when it is no draft any more, or when c.Rev is
// not the stored one.
func (d *Desk) Revise(ctx context.Context, c Campaign) (Campaign, error) {
	const op = "campaign.Revise"
	c.Name = strings.Join(strings.Fields(c.Name), " ")
	if c.Schedule.When == "" {
		c.Schedule.When = Now
	}
	if why := c.flaw(); why != "" {
		return Campaign{}, core.Fail(core.InvalidInput, op, errors.New(why))
	}
	return d.change(ctx, op, c.ID, func(_ Tx, old *Campaign) error {
		switch {
		case old.State != Draft:
			return core.Fail(core.Conflict, op, &StepError{old.State, Draft})
		case old.Rev != c.Rev:
			return core.Fail(core.Conflict, op, nil)
		}
		next := c
		next.State, next.CreatedAt, next.Host = Draft, old.CreatedAt, old.Host
		*old = next
		return nil
	})
}
