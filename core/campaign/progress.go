package campaign

import (
	"context"
	"time"
)

// Progress is how far a campaign has come.
type Progress struct {
	Campaign Campaign
	Counts   Counts
	Texts    Texts     // SMS in place of messages that could not be delivered
	Sent     int       // of this channel in the last minute, all campaigns together
	Hitch    Hitch     // what else keeps its messages
	End      time.Time // when the last message may leave; zero when none is left or nobody can tell
}

// Pulse tells how a channel's campaigns run just now.
type Pulse interface {
	// Handed counts campaign messages of a channel that were handed over since a time.
	Handed(ctx context.Context, channel int64, since time.Time) (int, error)
}

// Progress reads it: cheap enough to ask four times a second.
func (o *Office) Progress(ctx context.Context, id int64) (Progress, error) {
	const op = "campaign.Progress"
	var p Progress
	var err error
	if p.Campaign, err = o.Store.Campaign(ctx, id); err != nil {
		return p, failed(op, err)
	}
	if p.Counts, err = o.Store.Counts(ctx, id); err != nil {
		return p, failed(op, err)
	}
	if p.Campaign.SMS {
		if p.Texts, err = o.Store.Texts(ctx, id); err != nil {
			return p, failed(op, err)
		}
	}
	now := o.Now()
	if p.Sent, err = o.Pulse.Handed(ctx, p.Campaign.ChannelID, now.Add(-time.Minute)); err != nil {
		return p, failed(op, err)
	}
	if p.Hitch, err = o.Hitch(ctx, p.Campaign); err != nil {
		return p, failed(op, err)
	}
	if !p.Hitch.Keeps() {
		p.End = o.end(&p, now)
	}
	return p, nil
}

// end is when the pending are done at the set pace, from the end of a wait on,
// but not before what was foreseen at the start: there the nights and hours of
// each recipient are in it, which are not walked through again here.
func (o *Office) end(p *Progress, now time.Time) time.Time {
	c, open := &p.Campaign, p.Counts[Pending]
	if !c.State.Active() || open == 0 {
		return time.Time{}
	}
	from := now
	if c.State == Waiting && c.Wait.Until.After(now) {
		from = c.Wait.Until
	}
	if c.State == Scheduled && c.Schedule.At.After(now) {
		from = c.Schedule.At
	}
	end := from.Add(time.Duration(open) * time.Minute / time.Duration(o.Rules.Ceiling(c.Pace)))
	if f := c.Foreseen; f != nil && f.End.After(end) {
		return f.End
	}
	return end
}
