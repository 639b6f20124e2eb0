package campaign

import (
	"context"
	"strconv"
	"time"

	"bottega/core"
)

// HitchReason is why the messages of a campaign do not leave although it runs
// itself, or who else works at it.
type HitchReason string

const (
	NoHitch    HitchReason = ""
	Unattended HitchReason = "unattended" // no bottega on this data is sending
	Away       HitchReason = "away"       // the provider is not reached; Code says why
	Elsewhere  HitchReason = "elsewhere"  // another process on this data sends: no stop, but worth knowing
)

// Hitch is what else holds for a campaign that runs, beside its own Wait. The
// zero Hitch is nothing.
type Hitch struct {
	Reason HitchReason `json:"reason,omitempty"`
	Code   core.Code   `json:"code,omitempty"`    // of Away
	Since  time.Time   `json:"since,omitzero"`    // of Away; of Unattended when somebody worked before
	Until  time.Time   `json:"until,omitzero"`    // of Elsewhere: when its turn ends unless it is renewed
	Owner  string      `json:"process,omitempty"` // of Elsewhere
}

// Keeps reports whether messages stay because of it.
func (h Hitch) Keeps() bool { return h.Reason == Unattended || h.Reason == Away }

// missed is how long a lease must have run out before nobody holds it for sure.
const missed = time.Minute

// Hitch tells what keeps a campaign's messages beside its own wait: that nobody
// works at it, that the provider is away, or that another process has it. One
// that rests, or waits for a time of the day, has none.
func (o *Office) Hitch(ctx context.Context, c Campaign) (Hitch, error) {
	const op = "campaign.Hitch"
	now := o.Now()
	if _, sleeps := asleep([]Campaign{c}, now); sleeps || !c.State.Active() || o.Leases == nil {
		return Hitch{}, nil
	}
	ch, err := o.Channels.Channel(ctx, c.ChannelID)
	if err != nil {
		return Hitch{}, failed(op, err)
	}
	if h := ch.Health; !h.AwaySince.IsZero() {
		return Hitch{Reason: Away, Code: h.AwayWhy, Since: h.AwaySince}, nil
	}
	owner, until, err := o.Leases.Leased(ctx, leaseOf(c.ChannelID))
	switch {
	case err != nil:
		return Hitch{}, failed(op, err)
	case owner == "":
		return Hitch{Reason: Unattended}, nil
	case now.Sub(until) > missed:
		return Hitch{Reason: Unattended, Since: until}, nil
	case o.Owner != "" && owner != o.Owner:
		return Hitch{Reason: Elsewhere, Owner: owner, Until: until}, nil
	}
	return Hitch{}, nil
}

// leaseOf names the lease of a channel's campaigns.
func leaseOf(channel int64) string { return "campaigns:" + strconv.FormatInt(channel, 10) }
