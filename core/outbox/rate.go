package outbox

import (
	"context"
	"sync"
	"time"
)

// rate spaces the sends of one channel. A throttled answer halves it; it grows
// back in a straight line. Safe for concurrent use.
type rate struct {
	max, floor float64 // per second; max 0 means no limit
	recover    time.Duration
	now        func() time.Time

	mu     sync.Mutex
	slowed time.Time // when it was last halved; zero while it runs at max
	from   float64   // the rate then
	burst  time.Time // when a burst of throttled answers began
	next   time.Time // when the next send may begin
}

// slowdowns closer together than this are answers to the same burst
const sameBurst = time.Second

// perSecond is the rate at now; the caller holds mu.
func (r *rate) perSecond(now time.Time) float64 {
	if r.slowed.IsZero() {
		return r.max
	}
	v := r.from + r.max*now.Sub(r.slowed).Seconds()/r.recover.Seconds()
	if v >= r.max {
		r.slowed = time.Time{}
		return r.max
	}
	return max(v, r.floor)
}

// current is the rate now, per second; 0 means no limit.
func (r *rate) current() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.perSecond(r.now())
}

// slow halves the rate, once for a burst of throttled answers, and reports
// whether this was the first of one.
func (r *rate) slow() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if since := now.Sub(r.burst); !r.burst.IsZero() && since >= 0 && since < sameBurst {
		return false
	}
	r.burst = now
	if r.max > 0 {
		r.from, r.slowed = max(r.perSecond(now)/2, r.floor), now
	}
	return true
}

// wait blocks until a reserved place, d from now, or returns ctx's error.
func (r *rate) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// reserve takes the next free place and returns how long it is until then. It
// keeps sends apart evenly and saves nothing up, so there are no bursts.
func (r *rate) reserve() time.Duration {
	if r.max == 0 {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	gap := time.Duration(float64(time.Second) / r.perSecond(now))
	// A place further off than every worker could fill is from before the clock was set back.
	if r.next.Before(now) || r.next.Sub(now) > time.Minute {
		r.next = now
	}
	at := r.next
	r.next = at.Add(gap)
	return at.Sub(now)
}
