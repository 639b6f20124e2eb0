package outbox

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"bottega/core"
)

// lane sends for one channel. Its loop alone touches the fields below
// "loop's own"; workers see the channels, the hold and shut.
type lane struct {
	r       *Runner
	id      int64
	hold    core.Hold
	jobs    chan job        // claimed, not begun; never full, see room
	results chan result     // never full either
	broken  chan error      // a goroutine of ours that panicked
	deaths  atomic.Int64    // workers that did, each with a message whose result will not come
	shut    atomic.Bool     // jobs are given back instead of sent
	flight  context.Context // outlives run's context by Policy.Grace

	// loop's own
	ch      core.Channel
	gw      core.Gateway
	stale   bool                // read the channel again
	read    time.Time           // when it was read
	seen    time.Time           // what the clock said last
	out     map[int64]bool      // claimed messages whose result is not on disk
	pending []result            // results that wait for the disk
	kept    []kept              // results that the store refused, each by itself
	doubt   []core.Job          // claims of a write that may have been committed although it failed
	again   map[int64]time.Time // when messages that wait for another try may go
	rate    rate
	pairs   map[int64]int // pair-limit answers in a row, by conversation
	stumble stumble
	more    bool // the last claim came back full
	failed  int  // writes in a row
}

func newLane(r *Runner, channel int64) *lane {
	p, n := &r.Policy, 2*r.workers() // what is on its way, and as much in doubt
	return &lane{
		r: r, id: channel, stale: true,
		hold: core.Hold{Store: r.Store, Name: leaseName(channel), Owner: r.Owner, TTL: p.Hold.D(), Now: r.Now},
		rate: rate{max: p.PerSecond, floor: p.Floor, recover: p.Recover.D()},
		jobs: make(chan job, n), results: make(chan result, n), broken: make(chan error, 1),
		out: map[int64]bool{}, again: map[int64]time.Time{}, pairs: map[int64]int{},
	}
}

// run works the lane until ctx ends.
func (l *lane) run(ctx context.Context) error {
	flight, land := context.WithCancel(context.WithoutCancel(ctx))
	l.flight = flight
	sub := l.r.Feed.Subscribe(core.Work, core.Channels)
	defer sub.Close()
	wake := make(chan []core.Change)
	var side sync.WaitGroup
	hearing, deaf := context.WithCancel(ctx)
	side.Go(func() {
		l.breaks(core.Guard(hearing, "outbox listener", func(ctx context.Context) error { return listen(ctx, sub, wake) })())
	})
	for range l.r.workers() {
		side.Go(func() {
			if err := core.Guard(ctx, "outbox worker", l.work)(); err != nil {
				l.deaths.Add(1)
				l.breaks(err)
			}
		})
	}
	defer side.Wait()
	defer deaf() // after a panic ctx goes on
	defer close(l.jobs)
	defer land()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(l.step(ctx))
		select {
		case <-ctx.Done():
			return l.stop(land)
		case err := <-l.broken:
			return errors.Join(err, l.stop(land))
		case res := <-l.results:
			l.take(res)
		case cs := <-wake:
			l.hear(cs)
		case <-timer.C:
		}
	}
}

// breaks ends the lane for a goroutine that panicked.
func (l *lane) breaks(err error) {
	if err == nil {
		return
	}
	select {
	case l.broken <- err:
	default: // one is enough
	}
}

// work sends jobs one after the other, until there are no more.
func (l *lane) work(context.Context) error {
	for j := range l.jobs {
		l.results <- l.safely(j)
	}
	return nil
}

// listen hands over changes until ctx ends.
func listen(ctx context.Context, sub *core.Subscription, wake chan<- []core.Change) error {
	for {
		cs, err := sub.Next(ctx, 0)
		if err != nil {
			return nil
		}
		select {
		case wake <- cs:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *lane) hear(cs []core.Change) {
	for _, c := range cs {
		l.stale = l.stale || c.Kind != core.Work
	}
}

// step does what can be done now and returns how long nothing will change by itself.
func (l *lane) step(ctx context.Context) time.Duration {
	l.drain()
	retry := l.retryKept(ctx, false)
	room, wait := l.plan(ctx)
	wait = min(wait, retry)
	if l.working() { // the channel's lease must be renewed meanwhile
		wait = min(wait, l.r.Policy.Hold.D()/3)
	}
	if len(l.pending) == 0 && len(l.doubt) == 0 && room == 0 {
		return l.untilNextTry(wait)
	}
	progress, err := l.commit(ctx, room)
	if err != nil {
		if ctx.Err() == nil {
			l.r.Log.Error("outbox: write", "channel", l.id, "err", core.Trace(err))
		}
		l.failed++
		return l.r.Policy.backoff(l.failed, l.r.chance())
	}
	l.failed = 0
	if progress {
		return 0 // what waits now is to be seen anew
	}
	return l.untilNextTry(wait)
}

// untilNextTry shortens a wait to the next try that is planned: NextDue does
// not tell it while a later message of the same conversation is due as well.
func (l *lane) untilNextTry(wait time.Duration) time.Duration {
	now := l.r.wall()
	for id, at := range l.again {
		if at.After(now) {
			wait = min(wait, at.Sub(now))
		} else {
			delete(l.again, id) // due: NextDue tells it, or it is not ours any more
		}
	}
	return wait
}

// drain takes the results that are there.
func (l *lane) drain() {
	for len(l.results) > 0 {
		l.take(<-l.results)
	}
}

// plan decides how many messages to claim now, and else when to look again.
func (l *lane) plan(ctx context.Context) (room int, wait time.Duration) {
	p := &l.r.Policy
	now := l.r.wall()
	l.tick(ctx, now)
	if age := now.Sub(l.read); age < 0 || age >= p.Poll.D() {
		l.stale = true
	}
	if l.stale && !l.reload(ctx) {
		return 0, p.Poll.D()
	}
	l.shut.Store(l.ch.State != core.Active || l.stumble.resting(now))
	if l.working() { // keep the channel while anything is on its way
		l.renew(ctx)
	}
	switch {
	case l.ch.State != core.Active:
		return 0, p.Poll.D()
	case l.stumble.resting(now):
		return 0, l.stumble.until.Sub(now)
	}
	room, wait = l.room(now)
	if room == 0 {
		return 0, min(wait, p.Poll.D())
	}
	if !l.more {
		due, err := l.r.Store.NextDue(ctx, l.id)
		switch {
		case err != nil || due.IsZero():
			return 0, p.Poll.D()
		case due.After(now):
			return 0, min(due.Sub(now), p.Poll.D())
		}
	}
	if !l.own(ctx) {
		return 0, p.Hold.D() / 4
	}
	return room, p.Poll.D()
}

// room is how many more messages may leave now, and else when to look again.
// Only what leaves at once is claimed: so the next reply passes everything that
// waits, and a crash leaves open no more than what was on its way.
func (l *lane) room(now time.Time) (int, time.Duration) {
	want := l.r.workers()
	if l.stumble.probing(&l.r.Policy) {
		want = 1
	}
	want -= len(l.out) - len(l.kept)
	if want <= 0 {
		return 0, l.r.Policy.Poll.D() // the next result makes room
	}
	return l.rate.free(want, now)
}

// own makes sure that the channel is ours to work. Who takes it over ends the
// claims that its last holder left behind.
func (l *lane) own(ctx context.Context) bool {
	had := l.hold.Ours(0)
	ours, err := l.hold.Take(ctx)
	if err == nil && ours && !had {
		err = l.r.bury(ctx, func(m core.Message) bool { return m.ChannelID == l.id && !l.ours(m.ID) }, true)
		if err != nil { // not ours until that is done
			_ = l.hold.Drop(ctx) // else it runs out by itself
		}
	}
	if err != nil && ctx.Err() == nil {
		l.r.Log.Error("outbox: lease", "channel", l.id, "err", core.Trace(err))
	}
	return err == nil && ours
}

// ours reports whether this lane claimed the message, or may have.
func (l *lane) ours(message int64) bool {
	return l.out[message] || slices.ContainsFunc(l.doubt, func(j core.Job) bool { return j.Message.ID == message })
}

// reload reads the channel and finds its gateway. It reports false when
// sending is not possible now.
func (l *lane) reload(ctx context.Context) bool {
	ch, err := l.r.Store.Channel(ctx, l.id)
	if err != nil {
		return false // gone, or the store is in trouble: Run ends the lane or the next look finds it
	}
	if l.gw == nil || ch.Account != l.ch.Account || ch.State != l.ch.State {
		l.gw = nil
	}
	l.ch = ch
	if l.gw == nil && ch.State == core.Active {
		gw, err := l.r.Gateways.Gateway(ctx, ch)
		if err != nil {
			l.noGateway(ctx, err)
			return false
		}
		l.gw, l.stumble = gw, stumble{}
		l.hasKey(ctx)
	}
	l.stale, l.read = false, l.r.wall()
	return true
}

// noGateway tells that the channel's key cannot be had here, and it is asked
// for again at the next look. The channel is not paused for it: another process
// on the same data may have the key, and may be sending. So it is told only
// where it keeps something from leaving: a message has been due for a while,
// and nobody works the channel.
func (l *lane) noGateway(ctx context.Context, err error) {
	l.r.Log.Warn("outbox: no gateway", "channel", l.id, "err", core.Trace(err))
	why := away(&core.ProviderError{Code: string(core.CodeOf(err))})
	if _, news := l.ch.Health.Away(why, l.r.wall()); !news || !l.stuck(ctx) {
		return
	}
	l.saveAway(ctx, why)
}

// stuck reports whether a message has been due for longer than anybody who has
// the key would let it wait.
func (l *lane) stuck(ctx context.Context) bool {
	due, err := l.r.Store.NextDue(ctx, l.id)
	if err != nil || due.IsZero() || l.r.wall().Sub(due) < l.r.Policy.Poll.D() {
		return false
	}
	free, err := l.hold.Take(ctx)
	return err == nil && free && l.hold.Drop(ctx) == nil
}

// hasKey ends the complaint of a process that has not got the key: this one has.
func (l *lane) hasKey(ctx context.Context) {
	switch l.ch.Health.AwayWhy {
	case core.NoSecret, core.NoKeyring, core.WrongPassphrase:
		l.saveAway(ctx, "")
	}
}

func (l *lane) saveAway(ctx context.Context, why core.Code) {
	if err := l.r.Store.Write(ctx, func(tx core.Tx) error { return setAway(tx, l.id, why, l.r.wall()) }); err != nil {
		l.r.Log.Error("outbox: key", "channel", l.id, "err", core.Trace(err))
	}
}
