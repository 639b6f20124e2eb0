package campaign

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bottega/core"
)

// Desk is what people do with campaigns. Safe for concurrent use when its
// parts are.
type Desk struct {
	Rules *Rules
	Store Store
	Zones *Zones
	Home  *time.Location // as Runner.Home
	Host  string         // this installation
	Now   func() time.Time
}

// chunk is how many rows of an audience are written in one transaction.
const chunk = 2000

// Start freezes the audience of a draft and sets it going, or waiting for its
// time. rep must be the report of a plan made now. Refused, with the rules in
// RefusalsOf, when one forbids it; Conflict when it is no draft any more. After
// a crash on the way it is still a draft, and Start begins anew.
func (d *Desk) Start(ctx context.Context, id int64, rep *Report, agent string) (Campaign, error) {
	const op = "campaign.Start"
	if err := rep.Check(); err != nil {
		return Campaign{}, err
	}
	if err := d.freeze(ctx, id, rep); err != nil {
		return Campaign{}, core.Fail(core.CodeOf(err), op, err)
	}
	return d.change(ctx, op, id, func(_ Tx, c *Campaign) error {
		next := Running
		if c.Schedule.When == At {
			next = Scheduled
		}
		if err := c.To(next); err != nil {
			return err
		}
		c.Agent, c.Host = agent, d.Host
		c.Resumes, c.ResumedAt, c.Foreseen = 1, d.Now(), rep.foreseen()
		if next == Running {
			c.StartedAt = d.Now()
		}
		return nil
	})
}

// freeze writes the audience in parts: a draft's is nobody's business yet.
func (d *Desk) freeze(ctx context.Context, id int64, rep *Report) error {
	var seats []Seat
	first := true
	put := func() error {
		err := d.Store.Update(ctx, func(tx Tx) error {
			c, err := tx.Campaign(id)
			if err != nil {
				return err
			}
			if c.State != Draft {
				return core.Fail(core.Conflict, "campaign.freeze", &StepError{c.State, Running})
			}
			if first {
				if err := tx.ClearAudience(id); err != nil {
					return err
				}
			}
			for _, s := range seats {
				x := s.recipient(&c, d.Now())
				if _, err := tx.AddRecipient(&x); err != nil {
					return err
				}
			}
			return nil
		})
		first, seats = false, seats[:0]
		return err
	}
	for s := range rep.Seats() {
		if seats = append(seats, s); len(seats) == chunk {
			if err := put(); err != nil {
				return err
			}
		}
	}
	return put()
}

// recipient is a seat's row.
func (s Seat) recipient(c *Campaign, now time.Time) Recipient {
	x := Recipient{CampaignID: c.ID, ContactID: s.Contact, Person: s.Person, State: Pending, Template: s.Template, Language: s.Language,
		Variant: s.Variant, HeldBack: s.Held, NotBefore: s.Due}
	if s.Held {
		x.State, x.Why = Skipped, HeldBack
	}
	if s.Due.After(now) {
		x.Hold = c.hold()
	}
	return x
}

// change does something with a campaign in one transaction.
func (d *Desk) change(ctx context.Context, op string, id int64, fn func(Tx, *Campaign) error) (c Campaign, err error) {
	err = d.Store.Update(ctx, func(tx Tx) error {
		if c, err = tx.Campaign(id); err != nil {
			return err
		}
		if err := fn(tx, &c); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Campaigns, ID: id})
		return tx.SaveCampaign(&c)
	})
	if err != nil {
		return Campaign{}, core.Fail(core.CodeOf(err), op, err)
	}
	return c, nil
}

// Pause stops a campaign at once: what has not left comes back, and only what
// is on its way at this moment still arrives. Conflict when it does not run.
func (d *Desk) Pause(ctx context.Context, id int64) (Campaign, error) {
	return d.change(ctx, "campaign.Pause", id, func(tx Tx, c *Campaign) error {
		if err := c.To(Paused); err != nil {
			return err
		}
		c.Pause = ByHand
		return recall(tx, c)
	})
}

// Resume lets a paused campaign go on; before it, show what Recheck says. A
// campaign that came from another machine (Moved) goes on here only with here
// set: the person has made sure that it does not run there as well.
func (d *Desk) Resume(ctx context.Context, id int64, agent string, here bool) (Campaign, error) {
	return d.change(ctx, "campaign.Resume", id, func(_ Tx, c *Campaign) error {
		if err := c.resting(); err != nil {
			return err
		}
		if c.Host != d.Host && !here {
			return core.Fail(core.Refused, "campaign.Resume", &RefusedError{[]Refusal{{Rule: RuleHost, Detail: cmp.Or(c.Host, c.PauseDetail), Source: ownRule}}})
		}
		next := Running
		if c.StartedAt.IsZero() && c.Schedule.When == At {
			next = Scheduled
		}
		if err := c.To(next); err != nil {
			return err
		}
		if c.StartedAt.IsZero() && next == Running {
			c.StartedAt = d.Now()
		}
		c.Agent, c.Host = agent, d.Host
		c.Resumes++
		c.ResumedAt = d.Now()
		return nil
	})
}

// Cancel ends a campaign for good: who has not been written to is skipped.
func (d *Desk) Cancel(ctx context.Context, id int64) (Campaign, error) {
	return d.change(ctx, "campaign.Cancel", id, func(tx Tx, c *Campaign) error {
		if err := c.To(Cancelled); err != nil {
			return err
		}
		c.EndedAt = d.Now()
		if err := recall(tx, c); err != nil {
			return err
		}
		return tx.SkipPending(c.ID, Stopped)
	})
}

// Retry offers failed recipients another try: those whose class allows it and
// whose time has come. It returns how many. A finished campaign runs again.
func (d *Desk) Retry(ctx context.Context, id int64, class core.Class) (n int, err error) {
	rows, err := d.failures(ctx, id)
	if err != nil {
		return 0, err
	}
	err = d.Store.Update(ctx, func(tx Tx) error {
		n = 0
		for _, old := range rows {
			x, err := tx.Recipient(old.ID)
			if err != nil {
				return err
			}
			how, from := d.Rules.MayRetry(&x, true)
			if x.Class != class || how == Never || from.After(d.Now()) {
				continue
			}
			x.Again(d.Now())
			if err := tx.SaveRecipient(&x); err != nil {
				return err
			}
			n++
		}
		if n == 0 {
			return nil
		}
		tx.Changed(core.Change{Kind: core.Campaigns, ID: id})
		return d.reopen(tx, id)
	})
	return n, failed("campaign.Retry", err)
}

// failures are all recipients that failed.
func (d *Desk) failures(ctx context.Context, id int64) (all []Recipient, err error) {
	q := RecipientQuery{Campaign: id, States: []RecipientState{Failed}, Limit: 1000}
	for {
		rows, err := d.Store.Recipients(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) < q.Limit {
			return all, nil
		}
		q.After = rows[len(rows)-1].ID
	}
}

// Settle decides about a recipient whose outcome is open, which a person does
// who has looked: arrived counts it as accepted, else it is sent again, by a
// finished campaign too. Conflict when the outcome has come meanwhile, or when
// a cancelled campaign is to send.
func (d *Desk) Settle(ctx context.Context, recipient int64, arrived bool) error {
	const op = "campaign.Settle"
	err := d.Store.Update(ctx, func(tx Tx) error {
		x, err := tx.Recipient(recipient)
		if err != nil {
			return err
		}
		if x.State != Unsure {
			return core.Fail(core.Conflict, op, nil)
		}
		m, err := tx.Message(x.MessageID)
		if err != nil {
			return err
		}
		if arrived {
			m.State, m.Error = m.State.Merge(core.Accepted), nil
			x.State, x.Class, x.Code = Accepted, "", ""
		} else { // it counts as never sent: the person may be written to again today
			m.State = m.State.Merge(core.Failed)
			x.Again(d.Now())
			if err := d.reopen(tx, x.CampaignID); err != nil {
				return err
			}
		}
		if err := tx.SaveMessage(&m); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Campaigns, ID: x.CampaignID})
		return tx.SaveRecipient(&x)
	})
	return failed(op, err)
}

// reopen lets a finished campaign run again; one that runs or stands still stays so.
func (d *Desk) reopen(tx Tx, id int64) error {
	c, err := tx.Campaign(id)
	if err != nil || c.State.Active() || c.State == Paused {
		return err
	}
	if err := c.To(Running); err != nil {
		return err
	}
	c.EndedAt, c.ResumedAt = time.Time{}, d.Now()
	return tx.SaveCampaign(&c)
}

// Recheck is what is left of a campaign: how many pending people would be left
// out now and why, and how long the others will take. It is the question before
// a resume, and the end that a running screen shows.
type Recheck struct {
	Pending  int
	Included int
	Excluded []Exclusion // in the order of Reasons, then Gone
	Outlook  Outlook
}

// Recheck asks about every pending row what the runner would ask at its turn.
// It changes nothing. left is how many more people fit into limits.PerDay now.
func (d *Desk) Recheck(ctx context.Context, id int64, templates []core.Template, limits Limits, left int) (Recheck, error) {
	const op = "campaign.Recheck"
	var out Recheck
	c, err := d.Store.Campaign(ctx, id)
	if err != nil {
		return out, failed(op, err)
	}
	k := rechecked{counts: map[Reason]int{}, crowds: map[crowdKey]*Crowd{}}
	q := RecipientQuery{Campaign: id, States: []RecipientState{Pending}, Limit: 1000}
	for {
		rows, err := d.Store.Recipients(ctx, q)
		if err != nil {
			return out, failed(op, err)
		}
		contacts := make([]int64, len(rows))
		for i := range rows {
			contacts[i] = rows[i].ContactID
		}
		people, err := d.Store.Persons(ctx, c.ChannelID, contacts)
		if err != nil {
			return out, failed(op, err)
		}
		d.recheck(&c, NewForms(&c, templates), rows, people, &k)
		out.Pending += len(rows)
		if len(rows) < q.Limit {
			break
		}
		q.After = rows[len(rows)-1].ID
	}
	out.Included = k.counts[Included]
	for _, why := range slices.Concat(Reasons, []Reason{Gone}) {
		if n := k.counts[why]; n > 0 {
			out.Excluded = append(out.Excluded, Exclusion{why, n})
		}
	}
	var crowds []Crowd
	for _, x := range k.crowds {
		crowds = append(crowds, *x)
	}
	out.Outlook = foresee(crowds, d.Now(), pacing{limits: limits, left: left, quiet: d.Rules.quietFor(&c), night: d.Rules.Quiet.Value})
	return out, nil
}

// rechecked gathers what a Recheck finds.
type rechecked struct {
	counts map[Reason]int
	crowds map[crowdKey]*Crowd
}

func (d *Desk) recheck(c *Campaign, f *Forms, rows []Recipient, people []Person, k *rechecked) {
	for i := range rows {
		p := &people[i]
		if p.Contact == 0 {
			k.counts[Gone]++
			continue
		}
		p.settleHours(d.Zones, d.Now())
		_, why := d.Rules.Decide(c, f, rows[i].Variant, p, d.Now())
		k.counts[why]++
		if why != Included {
			continue
		}
		slots := d.Rules.slotsFor(c, &p.Replies)
		key := keyOf(d.Zones.Place(p.Zone, p.Phone), slots)
		if k.crowds[key] == nil {
			k.crowds[key] = &Crowd{Place: key.place, Slots: slots}
		}
		k.crowds[key].N++
	}
}
