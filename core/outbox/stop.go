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
// open. Then the channel is given up.
func (l *lane) stop(land context.CancelFunc) error {
	l.shut.Store(true)
	grace := time.NewTimer(l.r.Policy.Grace.D())
	defer grace.Stop()
	on := context.WithoutCancel(l.flight)
	for failed := 0; len(l.out) > 0 && failed < lastWrites; {
		if len(l.pending) > 0 {
			if _, err := l.commit(on, 0); err != nil {
				failed++
				l.r.Log.Error("outbox: write", "channel", l.id, "err", err)
				pause(on, l.r.Policy.backoff(failed, l.r.chance()))
			}
			continue
		}
		if !l.working() {
			if l.retryKept(on, true); len(l.kept) > 0 {
				failed++
				pause(on, l.r.Policy.backoff(failed, l.r.chance()))
			}
			continue
		}
		select {
		case res := <-l.results:
			l.take(res)
			l.drain()
		case <-grace.C:
			land()
		}
	}
	ctx, cancel := context.WithTimeout(on, l.r.Policy.SendTimeout.D())
	defer cancel()
	if err := l.hold.Drop(ctx); err != nil && core.CodeOf(err) != core.NotFound {
		return err
	}
	return nil
}
