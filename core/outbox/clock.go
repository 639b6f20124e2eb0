package outbox

import (
	"context"
	"time"

	"bottega/core"
)

// tick looks at the clock. When it was set back by more than any wait of ours,
// what was due by then, or was to be tried again soon, would lie for as long;
// so it is moved by as much. What is planned for later keeps the time of day
// that it was planned for. Several processes may do this: what one has moved is
// no longer beyond a wait for the next.
func (l *lane) tick(ctx context.Context, now time.Time) {
	wait := l.r.Policy.Max.D()
	back := l.seen.Sub(now)
	if l.seen.IsZero() || back <= wait {
		l.seen = now
		return
	}
	err := l.r.Store.Write(ctx, func(tx core.Tx) error {
		tx.Changed(core.Change{Kind: core.Everything})
		return tx.Hasten(l.id, now.Add(wait), l.seen.Add(wait), back)
	})
	if err != nil { // the next look tries again
		if ctx.Err() == nil {
			l.r.Log.Error("outbox: clock set back", "channel", l.id, "err", core.Trace(err))
		}
		return
	}
	l.r.Log.Warn("outbox: clock set back", "channel", l.id, "by", back)
	l.seen = now
	clear(l.again) // the store knows when they are due
}
