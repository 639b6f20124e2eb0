package campaign

import (
	"encoding/json"
	"time"

	"bottega/core"
)

// turn is one campaign's part of a step.
type turn struct {
	r      *Runner
	l      *lane
	tx     Tx
	c      *Campaign
	before Campaign
	now    time.Time
	forms  *Forms
	all    []core.Template
	gauge  Gauge
	limits Limits

	perMinute int // of the fastest campaign on the channel

	next time.Time
	wait Wait
	sent int
}

// packed is what Tx.SavePace keeps.
type packed struct {
	Pace json.RawMessage `json:"pace"`
	Warm Warmup          `json:"warm"`
}

func unpack(r *Rules, saved []byte) (*Throttle, Warmup, error) {
	var p packed
	if len(saved) > 0 {
		if err := json.Unmarshal(saved, &p); err != nil {
			return nil, p.Warm, core.Fail(core.InvalidInput, "campaign.unpack", err)
		}
	}
	t, err := NewThrottle(r, Limits{PerMinute: 1}, p.Pace)
	return t, p.Warm, err
}

// run decides what the campaign does now.
func (t *turn) run() error {
	if t.c.Host != t.r.Host {
		return t.stop(Moved, t.c.Host)
	}
	ch, err := t.tx.Channel(t.c.ChannelID)
	if err != nil {
		return err
	}
	v, err := t.vitals()
	if err != nil {
		return err
	}
	v.Forms, v.Channel = t.all, ch
	if why, detail := t.r.Rules.ShouldPause(t.c, v); why != "" {
		return t.stop(why, detail)
	}
	if begins := t.c.Schedule.At; t.c.State == Scheduled && t.c.Schedule.When == At && !t.c.Schedule.Local && begins.After(t.now) {
		t.next = begins
		return nil
	}
	if t.c.State == Scheduled {
		if err := t.c.To(Running); err != nil {
			return err
		}
		t.c.StartedAt, t.c.ResumedAt = t.now, t.now
	}
	t.setPace(ch)
	return t.move()
}

// look is how often a campaign's outcomes are counted: not at every message.
const look = time.Second

// vitals counts the outcomes, or tells none when that was done just now.
func (t *turn) vitals() (Vitals, error) {
	if since := t.now.Sub(t.l.looked[t.c.ID]); since >= 0 && since < look {
		return Vitals{}, nil
	}
	v, err := t.tx.Vitals(t.c.ID, t.c.ResumedAt)
	if err == nil {
		t.l.looked[t.c.ID] = t.now
	}
	return v, err
}

// setPace brings the channel's limits up to date for this campaign.
func (t *turn) setPace(ch core.Channel) {
	var begun time.Time
	if t.r.Activated != nil {
		begun = t.r.Activated(ch)
	}
	if t.r.Rules.New(begun, t.now) {
		_, _, day := t.l.pace.SentIn(t.now)
		t.l.warm = t.r.Rules.Next(t.l.warm, t.now.In(t.r.Home), t.gauge, day)
	}
	t.limits = t.r.Rules.LimitsOf(t.c.Pace, ch.Health, begun, t.now, t.l.warm.Cap)
	t.limits.PerMinute = max(t.limits.PerMinute, t.perMinute)
	t.l.pace.SetLimits(t.limits)
}

// own is the wait for the campaign's own pace where a faster one shares the
// channel. What it misses is not made good: it never leaves a rush behind.
func (t *turn) own() Wait {
	if at := t.l.due[t.c.ID]; at.After(t.now) {
		return Wait{AtPace, at}
	}
	return Wait{}
}

// handed notes that a message went into line.
func (t *turn) handed() {
	t.sent++
	t.l.last = t.c.ID
	delete(t.l.due, t.c.ID)
	if own := t.r.Rules.Ceiling(t.c.Pace); own < t.limits.PerMinute {
		t.l.due[t.c.ID] = t.now.Add(time.Minute / time.Duration(own))
	}
}

// inLine is how many messages may stand in the outbox at once: what leaves in
// the time that the pace makes good, so that a stopped outbox does not gather
// a burst.
func (t *turn) inLine() int { return 1 + int(float64(t.limits.PerMinute)/60*catchUp.Seconds()) }

// move hands rows over until there are none, or one must wait.
func (t *turn) move() error {
	standing, err := t.tx.InLine(t.c.ChannelID)
	if err != nil {
		return err
	}
	room := t.inLine() - standing
	if w := t.l.pace.Room(t.now).later(t.own()); w.Reason != NoWait {
		room, t.wait = 0, w
	} else if room <= 0 {
		t.wait = Wait{ForOutbox, t.now.Add(poll)}
	}
	n := min(max(room, 0), t.r.Rules.Batch.Value)
	rows, later, err := t.tx.NextRecipients(t.c.ID, t.now, max(n, 1))
	if err != nil {
		return err
	}
	people, err := t.people(rows[:min(len(rows), n)])
	if err != nil {
		return err
	}
	for i := range people {
		if t.wait.Reason != NoWait {
			break
		}
		if err := t.row(&rows[i], people[i]); err != nil {
			return err
		}
		if t.c.State == Paused {
			return nil
		}
	}
	return t.conclude(len(rows) > 0, later)
}

// people are those of rows, in their order, all asked about at once. One whom a
// message to another of the rows concerns as well is for row to ask anew: the
// person is there under another contact, or the contact in another row.
func (t *turn) people(rows []Recipient) ([]Person, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	contacts, times := make([]int64, len(rows)), map[int64]int{}
	for i := range rows {
		contacts[i] = rows[i].ContactID
		times[rows[i].ContactID]++
	}
	people, err := t.tx.PersonsIn(t.c.ChannelID, contacts)
	for i := range people {
		people[i].Shared = people[i].Shared || times[contacts[i]] > 1
	}
	return people, err
}

// row judges one person again and hands the message over, or says why not.
func (t *turn) row(x *Recipient, p Person) (err error) {
	if p.Shared {
		if p, err = t.tx.Person(t.c.ChannelID, x.ContactID); gone(err) != nil {
			return err
		}
	}
	if p.Contact == 0 {
		return t.skip(x, Gone)
	}
	p.settleHours(t.r.Zones, t.now)
	choice, why := t.r.Rules.Decide(t.c, t.forms, x.Variant, &p, t.now)
	if why == NoForm && t.forms.Pick(x.Variant, x.Language) == nil { // not the person's language changed: the template is gone
		return t.stop(TemplateGone, x.Template)
	}
	if why != Included {
		return t.skip(x, why)
	}
	place := t.r.Zones.Place(p.Zone, p.Phone)
	if due := t.r.Rules.Due(t.c, place, &p.Replies, t.now, t.r.Home); due.After(t.now) {
		x.NotBefore, x.Hold = due, t.c.hold()
		return t.tx.SaveRecipient(x)
	}
	outside := !t.now.Before(p.WindowTo) && !t.now.Before(p.FreeTo)
	switch w := t.l.pace.Ask(t.now, p.Contact, outside).later(t.own()); w.Reason {
	case NoWait:
	case PairWait:
		x.NotBefore, x.Hold = w.Until, PairWait
		return t.tx.SaveRecipient(x)
	default:
		t.wait = w
		return nil
	}
	err = handOver(t.tx, t.c, x, choice, t.now, t.r.Shop())
	if core.ProviderErrorOf(err) != nil { // the template cannot be filled
		return t.skip(x, NoValue)
	}
	if err == nil {
		t.l.pace.Count(t.now, p.Contact, outside)
		t.handed()
	}
	return err
}

func (t *turn) skip(x *Recipient, why Reason) error {
	x.State, x.Why = Skipped, why
	t.tx.Changed(core.Change{Kind: core.Campaigns, ID: t.c.ID})
	return t.tx.SaveRecipient(x)
}

// conclude puts the campaign into the state that follows. more tells that rows
// were due, later why and until when the others wait.
func (t *turn) conclude(more bool, later Wait) error {
	switch {
	case !more && later.Reason == NoWait:
		t.wait = Wait{}
		handed, err := t.tx.AnyHanded(t.c.ID)
		if err != nil {
			return err
		}
		if !handed {
			t.c.EndedAt = t.now
			return t.c.To(Finished)
		}
	case !more: // nobody is due, so that is what it waits for
		t.wait = later
		t.soon(later.Until)
	case t.wait.Reason != NoWait:
		t.soon(t.wait.Until)
	default:
		t.soon(t.now)
	}
	shown := t.wait.Reason
	if shown == NoWait || shown == AtPace || shown == ForOutbox {
		if t.c.State == Waiting {
			return t.c.To(Running)
		}
		return nil
	}
	if t.c.State == Running {
		if err := t.c.To(Waiting); err != nil {
			return err
		}
	}
	t.c.Wait = t.wait
	return nil
}

func (t *turn) soon(at time.Time) {
	if t.next.IsZero() || at.Before(t.next) {
		t.next = at
	}
}

// hold is why a campaign's people wait for their time.
func (c *Campaign) hold() WaitReason {
	switch {
	case c.Schedule.When == Golden:
		return GoldenHours
	case c.Schedule.When == At && c.Schedule.Local:
		return ForTime
	}
	return QuietHours
}

// stop pauses the campaign by itself and takes back what has not left.
func (t *turn) stop(why PauseReason, detail string) error {
	if err := t.c.To(Paused); err != nil {
		return err
	}
	t.c.Pause, t.c.PauseDetail = why, detail
	return recall(t.tx, t.c)
}

// recall takes a campaign's messages back that have not left; their rows are
// pending again.
func recall(tx Tx, c *Campaign) error {
	if err := recallTexts(tx, c); err != nil {
		return err
	}
	rows, err := tx.Handed(c.ID)
	if err != nil {
		return err
	}
	for i := range rows {
		back, err := takeBack(tx, &rows[i])
		if err != nil {
			return err
		}
		if back {
			if err := tx.SaveRecipient(&rows[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// save writes what the turn changed.
func (t *turn) save() error {
	if t.sent > 0 || t.l.dirty {
		pace, err := t.l.pace.State()
		if err != nil {
			return err
		}
		b, err := json.Marshal(packed{pace, t.l.warm})
		if err != nil {
			return core.Fail(core.Internal, "campaign.save", err)
		}
		if err := t.tx.SavePace(t.c.ChannelID, b); err != nil {
			return err
		}
	}
	if same(t.before, *t.c) {
		return nil
	}
	t.tx.Changed(core.Change{Kind: core.Campaigns, ID: t.c.ID})
	return t.tx.SaveCampaign(t.c)
}

// same compares what a turn may change.
func same(a, b Campaign) bool {
	return a.State == b.State && a.Wait.Reason == b.Wait.Reason && a.Wait.Until.Equal(b.Wait.Until) && a.Pause == b.Pause
}
