package outbox

import (
	"context"
	"time"

	"bottega/core"
)

// kept is a result that the store refuses for a reason of this one message. It
// is written again, alone, until it is on disk: what the provider answered is
// told nowhere else. Meanwhile the claim's lease may run out or the process may
// end; then the message is unsure, and this result or a receipt settles it.
type kept struct {
	result
	refusals int // in a row
	next     time.Time
}

// oneByOne saves what can be saved of a batch that failed for a reason of its
// own, and keeps the rest; when the store itself is in trouble everything waits.
func (l *lane) oneByOne(ctx context.Context, cause error) error {
	if !ownFault(cause) {
		return cause
	}
	for _, res := range l.pending {
		k := kept{result: res}
		if !l.settleAlone(ctx, &k) {
			l.kept = append(l.kept, k)
		}
	}
	l.pending = l.pending[:0]
	return cause
}

// ownFault reports whether a write failed by what stood in it, as far as can be
// told: another one may go through.
func ownFault(err error) bool {
	switch core.CodeOf(err) {
	case core.Internal, core.NotFound, core.Conflict:
		return true
	}
	return false
}

// retryKept writes the kept results whose time has come; with all, every one
// whatever its time. It returns how long none of the others is due.
func (l *lane) retryKept(ctx context.Context, all bool) time.Duration {
	wait := l.r.Policy.Poll.D()
	left := l.kept[:0]
	for _, k := range l.kept {
		now := l.r.wall()
		if due := k.next.Sub(now); !all && due > 0 && due <= l.r.Policy.Max.D() {
			wait = min(wait, due)
			left = append(left, k)
			continue
		}
		if !l.settleAlone(ctx, &k) {
			wait = min(wait, k.next.Sub(now))
			left = append(left, k)
		}
	}
	clear(l.kept[len(left):])
	l.kept = left
	return wait
}

// settleAlone writes one result in a transaction of its own and reports
// whether it is on disk.
func (l *lane) settleAlone(ctx context.Context, k *kept) bool {
	ctx = context.WithoutCancel(ctx)
	err := l.r.Store.Write(ctx, func(tx core.Tx) error { return l.settle(tx, &k.result) })
	if err == nil {
		l.settled([]result{k.result})
		return true
	}
	k.refusals++
	k.next = l.r.wall().Add(l.r.Policy.backoff(k.refusals, l.r.chance()))
	l.r.Log.Error("outbox: result not on disk yet", "channel", l.id, "message", k.Message.ID,
		"verdict", k.verdict.String(), "tries", k.refusals, "code", core.CodeOf(err))
	return false
}

// working reports whether anything is on its way or waits for the next write.
func (l *lane) working() bool { return len(l.out) > len(l.kept) }

// onTheWay is how many messages are with the workers.
func (l *lane) onTheWay() int {
	return len(l.out) - len(l.pending) - len(l.kept) - int(l.deaths.Load())
}
