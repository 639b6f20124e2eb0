package outbox

import (
	"context"
	"time"

	"bottega/core"
)

// lastWrites is how often a stop tries to put results on disk before it leaves
// them to the leases.
const lastWrites = 5

// stop ends a lane in order: what is not begun goes back in line, what is on
// its way may finish for Policy.Grace and is then cut off, which leaves it
// open. The channel stays ours until that is on disk, so that nobody takes for
// dead what is under way; then it is given up.
func (l *lane) stop(land context.CancelFunc) error {
	p := &l.r.Policy
	l.shut.Store(true)
	on := context.WithoutCancel(l.flight)
	grace, again, renew := time.NewTimer(p.Grace.D()), time.NewTimer(0), time.NewTicker(p.Hold.D()/4)
	defer grace.Stop()
	defer again.Stop()
	defer renew.Stop()
	l.renew(on)
	for failed, resting := 0, false; l.unwritten() && (failed < lastWrites || l.onTheWay() > 0); {
		if !resting && !l.write(on) {
			failed++
			resting = true
			again.Reset(p.backoff(failed, l.r.chance()))
		}
		if !resting && l.onTheWay() == 0 {
			continue
		}
		select {
		case res := <-l.results:
			l.take(res)
		case <-again.C:
			resting = false
		case <-renew.C:
			l.renew(on)
		case <-grace.C:
			land()
		case <-l.broken: // it is not on the way any more
		}
	}
	return l.giveUp(on)
}

// unwritten reports whether anything still has to come or to be put on disk.
func (l *lane) unwritten() bool { return l.onTheWay() > 0 || len(l.pending) > 0 || len(l.kept) > 0 }

// write puts on disk what has come in, and at the very end what the store had
// refused. It reports false when it is to be tried again.
func (l *lane) write(ctx context.Context) bool {
	l.drain()
	if len(l.pending) > 0 {
		if _, err := l.commit(ctx, 0); err != nil {
			l.r.Log.Error("outbox: write", "channel", l.id, "code", core.CodeOf(err))
			return false
		}
	}
	if l.onTheWay() == 0 {
		l.retryKept(ctx, true)
		return len(l.kept) == 0
	}
	return true
}

// giveUp leaves the channel to others. Results that could not be put on disk
// are told in the log: their messages become unsure.
func (l *lane) giveUp(ctx context.Context) error {
	for _, k := range l.kept {
		l.pending = append(l.pending, k.result)
	}
	for _, res := range l.pending {
		l.r.Log.Error("outbox: result left to its receipt", "channel", l.id, "message", res.Message.ID, "verdict", res.verdict.String())
	}
	ctx, cancel := context.WithTimeout(ctx, l.r.Policy.SendTimeout.D())
	defer cancel()
	if err := l.hold.Drop(ctx); err != nil && core.CodeOf(err) != core.NotFound {
		return err
	}
	return nil
}

// renew keeps the channel while anything is on its way.
func (l *lane) renew(ctx context.Context) {
	if _, err := l.hold.Take(ctx); err != nil && ctx.Err() == nil {
		l.r.Log.Error("outbox: lease", "channel", l.id, "code", core.CodeOf(err))
	}
}
