package campaign

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bottega/core"
)

// Runner moves rows of running campaigns into the outbox, as fast as the
// throttle of their channel allows. One process does so for a channel at a
// time; a second one changes nothing but the load, for a row and its message
// change in one transaction. It sends nothing itself. Set the fields before
// Run or Step.
type Runner struct {
	Rules *Rules
	Store Store
	Lease core.LeaseStore
	Feed  *core.Feed
	Zones *Zones
	Home  *time.Location
	// Templates are those of a channel as last synchronised.
	Templates func(ctx context.Context, channel int64) ([]core.Template, error)
	// Activated is a number's first day, zero when it is not new.
	Activated func(core.Channel) time.Time
	// Gauge is how a channel did yesterday, for the warm-up.
	Gauge func(ctx context.Context, channel int64) (Gauge, error)
	// Texts tells whether a channel can send SMS (see Sends); nil sends none.
	Texts func(ctx context.Context, channel int64) bool
	Shop  func() core.Rules
	Host  string // this installation: campaigns of another are paused (Moved)
	Owner string // this process
	Now   func() time.Time
	Log   *slog.Logger

	mu     sync.Mutex
	lanes  map[int64]*lane
	circle *circle // shared by all lanes: the limit is the portfolio's
}

// lane is what the runner keeps of a channel between steps.
type lane struct {
	hold core.Hold

	mu     sync.Mutex // guards what follows: Slow and Count come from elsewhere
	pace   *Throttle
	warm   Warmup
	known  bool                // pace was restored
	dirty  bool                // and has changed since it was saved
	looked map[int64]time.Time // when a campaign's outcomes were last counted
	last   int64               // the campaign that handed over last
	due    map[int64]time.Time // when one slower than the channel may hand over again
}

// holdFor is the lease of a channel; as long as the outbox's own.
const holdFor = 15 * time.Second

// poll is how long to wait at most before looking again at what nobody announced.
const poll = 15 * time.Second

func (r *Runner) lane(channel int64) *lane {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lanes == nil {
		r.lanes = map[int64]*lane{}
	}
	l := r.lanes[channel]
	if l == nil {
		l = &lane{hold: core.Hold{Store: r.Lease, Name: leaseOf(channel), Owner: r.Owner, TTL: holdFor, Now: r.Now}}
		r.lanes[channel] = l
	}
	return l
}

// Slow tells that a provider answered a message of a channel with "too fast".
func (r *Runner) Slow(channel int64, retryAfter time.Duration) {
	r.counted(channel, func(t *Throttle, now time.Time) { t.Slow(now, retryAfter) })
}

// Count tells of a message that left and was no campaign's: a reply, an
// auto-reply; see Throttle.Count and Watched.
func (r *Runner) Count(channel, contact int64, outside bool) {
	r.counted(channel, func(t *Throttle, now time.Time) { t.Count(now, contact, outside) })
}

// counted applies fn where the channel's pace is known; where it is not, no
// campaign of the channel has run since the start, and the store tells the
// people of the day when one does.
func (r *Runner) counted(channel int64, fn func(*Throttle, time.Time)) {
	l := r.lane(channel)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known {
		fn(l.pace, r.Now())
		l.dirty = true
	}
}

// Sent is how many messages left a channel in the last minute, campaigns and
// others; 0 when no campaign has run since the start.
func (r *Runner) Sent(channel int64) (n int) {
	r.counted(channel, func(t *Throttle, now time.Time) { n, _, _ = t.SentIn(now) })
	return n
}

// Run works until ctx ends and returns its error. It wakes when a campaign
// changes, when something leaves the outbox, and when a wait is over.
func (r *Runner) Run(ctx context.Context) error {
	sub := r.Feed.Subscribe(core.Campaigns, core.Messages, core.Channels, core.Templates)
	defer sub.Close()
	defer r.leave(context.WithoutCancel(ctx))
	for ctx.Err() == nil {
		wait, err := r.all(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("campaign: step", "err", core.Trace(err))
			wait = poll
		}
		if err := pause(ctx, sub, wait); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// leave gives the channels up, so that the next process need not wait until
// their leases run out.
func (r *Runner) leave(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for channel, l := range r.lanes {
		if err := l.hold.Drop(ctx); err != nil {
			r.Log.Error("campaign: lease not given up", "channel", channel, "err", core.Trace(err))
		}
	}
}

// pause returns when the wait is over or something changed.
func pause(ctx context.Context, sub *core.Subscription, wait time.Duration) error {
	short, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if _, err := sub.Next(short, 0); err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

// receipts is how long after the end of a campaign news of its messages may
// come: callbacks are repeated for seven days (P-63), and people read late.
const receipts = 30 * 24 * time.Hour

// all does one step on each channel that has a campaign about which there may
// be news, and returns how long nothing will change by itself.
func (r *Runner) all(ctx context.Context) (time.Duration, error) {
	cs, err := r.Store.Campaigns(ctx)
	if err != nil {
		return poll, err
	}
	wait := poll
	done := map[int64]bool{}
	for _, c := range cs {
		over := c.State == Draft || !c.EndedAt.IsZero() && r.Now().Sub(c.EndedAt) > receipts
		if done[c.ChannelID] || over {
			continue
		}
		done[c.ChannelID] = true
		until, err := r.Step(ctx, c.ChannelID)
		if err != nil {
			return wait, err
		}
		if d := until.Sub(r.Now()); !until.IsZero() && d < wait {
			wait = max(d, time.Millisecond)
		}
	}
	return wait, nil
}

// Step does what can be done now for the campaigns of a channel, each in turn,
// and returns when there will be more; zero when only a change can tell.
func (r *Runner) Step(ctx context.Context, channel int64) (time.Time, error) {
	const op = "campaign.Step"
	cs, err := r.Store.Campaigns(ctx, Scheduled, Running, Waiting)
	if err != nil {
		return time.Time{}, failed(op, err)
	}
	cs = slices.DeleteFunc(cs, func(c Campaign) bool { return c.ChannelID != channel })
	news, err := r.Store.Behind(ctx, channel, 1)
	if err != nil {
		return time.Time{}, failed(op, err)
	}
	if until, all := asleep(cs, r.Now()); all && len(news) == 0 { // an idle program writes nothing, no lease either
		return until, nil
	}
	l := r.lane(channel)
	if ours, err := l.hold.Take(ctx); err != nil || !ours {
		return r.Now().Add(holdFor / 4), failed(op, err) // as long as Hold itself waits
	}
	if err := r.catchUp(ctx, channel); err != nil || len(cs) == 0 {
		return time.Time{}, failed(op, err)
	}
	forms, err := r.Templates(ctx, channel)
	if err != nil {
		return time.Time{}, failed(op, err)
	}
	gauge := Green
	if r.Gauge != nil {
		if gauge, err = r.Gauge(ctx, channel); err != nil {
			return time.Time{}, failed(op, err)
		}
	}
	var next time.Time
	var errs []error
	perMinute := r.fastest(cs)
	for _, c := range l.inTurn(cs) {
		at, err := r.turn(ctx, l, c.ID, perMinute, forms, gauge)
		if err != nil { // one campaign's trouble does not stop the others
			errs = append(errs, failed(op, err))
		}
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next, errors.Join(errs...)
}

// fastest is the highest pace of the campaigns that run: the channel's.
func (r *Runner) fastest(cs []Campaign) (perMinute int) {
	for i := range cs {
		if cs[i].State == Running {
			perMinute = max(perMinute, r.Rules.Ceiling(cs[i].Pace))
		}
	}
	return perMinute
}

// inTurn orders campaigns by age, beginning behind the one that handed over
// last, so that a long one does not hold up those that were started after it.
func (l *lane) inTurn(cs []Campaign) []Campaign {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.SortedFunc(slices.Values(cs), func(a, b Campaign) int { return cmp.Compare(a.ID, b.ID) })
	i := slices.IndexFunc(out, func(c Campaign) bool { return c.ID > l.last })
	if i <= 0 {
		return out
	}
	return slices.Concat(out[i:], out[:i])
}

// asleep reports whether all campaigns wait for a time of the day, and the
// first of those times. Other waits may end early.
func asleep(cs []Campaign, now time.Time) (until time.Time, all bool) {
	for _, c := range cs {
		at := c.Wait.Until
		switch {
		case c.State == Waiting && slices.Contains([]WaitReason{QuietHours, GoldenHours, ForTime}, c.Wait.Reason):
		case c.State == Scheduled && c.Schedule.When == At && !c.Schedule.Local:
			at = c.Schedule.At
		default:
			return time.Time{}, false
		}
		if !at.After(now) {
			return time.Time{}, false
		}
		if until.IsZero() || at.Before(until) {
			until = at
		}
	}
	return until, true
}

func failed(op string, err error) error {
	if err == nil {
		return nil
	}
	return core.Fail(core.CodeOf(err), op, err)
}

// catchUp moves rows on whose message did, whatever became of their campaign.
func (r *Runner) catchUp(ctx context.Context, channel int64) error {
	for {
		rows, err := r.Store.Behind(ctx, channel, r.Rules.Batch.Value)
		if err != nil || len(rows) == 0 {
			return err
		}
		able := r.Texts != nil && r.Texts(ctx, channel)
		var slow []time.Duration
		err = r.Store.Update(ctx, func(tx Tx) error {
			slow = slow[:0]
			for _, old := range rows {
				x, err := tx.Recipient(old.ID)
				if err != nil {
					return err
				}
				m, err := tx.Message(x.MessageID)
				if core.CodeOf(err) == core.NotFound {
					continue // taken back meanwhile
				}
				if err == nil {
					err = r.Rules.Follow(tx, &x, &m, r.Now())
				}
				if err == nil {
					err = r.fallBack(tx, &x, &m, able, r.Now())
				}
				if err != nil {
					return err
				}
				if m.Error != nil && m.Error.Class == core.ClassThrottle {
					slow = append(slow, m.Error.RetryAfter)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, d := range slow {
			r.Slow(channel, d)
		}
	}
}

// turn works on one campaign in one transaction. When it fails, what it counted
// stays counted: less may leave for a while, never more.
func (r *Runner) turn(ctx context.Context, l *lane, id int64, perMinute int, forms []core.Template, gauge Gauge) (next time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := r.restore(ctx, l, id); err != nil {
		return time.Time{}, err
	}
	err = r.Store.Update(ctx, func(tx Tx) error {
		c, err := tx.Campaign(id)
		if err != nil || !c.State.Active() {
			return gone(err)
		}
		t := &turn{r: r, l: l, tx: tx, c: &c, before: c, now: r.Now(), forms: NewForms(&c, forms), all: forms, gauge: gauge, perMinute: perMinute}
		if err := t.run(); err != nil {
			return err
		}
		next = t.next
		return t.save()
	})
	if err == nil {
		l.dirty = false
	}
	return next, err
}

// restore reads a channel's pace from the store, once.
func (r *Runner) restore(ctx context.Context, l *lane, campaign int64) error {
	if l.known {
		return nil
	}
	c, err := r.Store.Campaign(ctx, campaign)
	if err != nil {
		return err
	}
	var saved []byte
	if err := r.Store.Update(ctx, func(tx Tx) error { saved, err = tx.Pace(c.ChannelID); return err }); err != nil {
		return err
	}
	pace, warm, err := unpack(r.Rules, saved)
	if err != nil { // it begins anew: the people of the day are told again
		r.Log.Warn("campaign: the pace begins anew", "channel", c.ChannelID, "err", core.Trace(err))
		if pace, err = NewThrottle(r.Rules, Limits{PerMinute: 1}, nil); err != nil {
			return err
		}
	}
	if pace.circle, err = r.met(ctx); err != nil {
		return err
	}
	l.pace, l.warm, l.known = pace, warm, true
	l.looked, l.due = map[int64]time.Time{}, map[int64]time.Time{}
	return nil
}

// met is the people of the last 24 h, asked of the store once.
func (r *Runner) met(ctx context.Context) (*circle, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.circle != nil {
		return r.circle, nil
	}
	c := newCircle(r.Rules.LimitSpan.Value.D())
	err := r.Store.Met(ctx, r.Now().Add(-c.span), func(contact int64, at time.Time) bool { c.meet(contact, at); return true })
	if err == nil {
		r.circle = c
	}
	return c, err
}
