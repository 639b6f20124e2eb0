package campaign

import (
	"context"
	"errors"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/ledger"
)

// Create stores a new draft and returns it with its id. InvalidInput, with what
// is wrong in the cause, for one that nothing could be made of: no name, no
// channel, no template, two values for one variable, a time that is none.
// Everything that rules may forbid is the plan's to say, but for what no change
// of the draft would make right: Refused for one-time codes (RuleCodes).
func (d *Desk) Create(ctx context.Context, c Campaign) (Campaign, error) {
	const op = "campaign.Create"
	c.Name = strings.Join(strings.Fields(c.Name), " ")
	if c.Schedule.When == "" {
		c.Schedule.When = Now
	}
	if why := c.flaw(); why != "" {
		return Campaign{}, core.Fail(core.InvalidInput, op, errors.New(why))
	}
	if c.Category == ledger.Authentication {
		return Campaign{}, core.Fail(core.Refused, op, &RefusedError{[]Refusal{codes(&c)}})
	}
	c.ID, c.Rev, c.State, c.CreatedAt, c.Host = 0, 0, Draft, d.Now(), d.Host
	err := d.Store.Update(ctx, func(tx Tx) error {
		c.ID, c.Rev = 0, 0 // fn may run again
		if _, err := tx.Channel(c.ChannelID); err != nil {
			if core.CodeOf(err) == core.NotFound {
				err = core.Fail(core.NoChannel, op, err)
			}
			return err
		}
		return tx.SaveCampaign(&c)
	})
	if err != nil {
		return Campaign{}, failed(op, err)
	}
	return c, nil
}

// flaw is what is wrong with a draft, "" for nothing.
func (c *Campaign) flaw() string {
	seen := map[string]bool{}
	for _, v := range c.Values {
		if v.Variable == "" || seen[v.Variable] {
			return "a variable without a name, or twice"
		}
		seen[v.Variable] = true
	}
	switch {
	case c.Name == "":
		return "no name"
	case len(c.Templates) == 0 || slices.Contains(c.Templates, ""):
		return "no template"
	case c.Category == "":
		return "no category"
	case c.Pace.PerMinute < 0:
		return "a pace below zero"
	case !slices.Contains([]When{Now, At, Golden}, c.Schedule.When), c.Schedule.When == At && c.Schedule.At.IsZero():
		return "no such time"
	case c.HoldBack < 0 || c.HoldBack >= 1:
		return "no such share"
	}
	return ""
}

// Restored stops every campaign that could send, after a backup was put back:
// what it knows may be older than what was sent. Each asks before it goes on.
func (d *Desk) Restored(ctx context.Context) error {
	const op = "campaign.Restored"
	cs, err := d.Store.Campaigns(ctx, Scheduled, Running, Waiting)
	if err != nil {
		return failed(op, err)
	}
	for _, old := range cs {
		_, err := d.change(ctx, op, old.ID, func(tx Tx, c *Campaign) error {
			if !c.State.Active() {
				return nil
			}
			if err := c.To(Paused); err != nil {
				return err
			}
			c.Pause, c.PauseDetail, c.Host = Moved, c.Host, ""
			return recall(tx, c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
