package outbox

import "time"

// rate says how many messages of one channel may leave now. A throttled answer
// halves it; it grows back in a straight line. Only the lane's loop uses it.
type rate struct {
	max, floor float64 // per second; max 0 means no limit
	recover    time.Duration

	from   float64   // the rate when it was last halved
	slowed time.Time // when that was; zero while it runs at max
	burst  time.Time // when a burst of throttled answers began
	tokens float64   // messages that may go now
	filled time.Time // when tokens was right
}

const (
	// sameBurst: throttled answers closer together than this are about the same burst.
	sameBurst = time.Second
	// saved is how much of its rate an idle channel saves up. Little: a burst
	// after a quiet hour is still a burst to the provider.
	saved = 20 * time.Millisecond
)

// perSecond is the rate at now; 0 means no limit.
func (r *rate) perSecond(now time.Time) float64 {
	if r.slowed.IsZero() {
		return r.max
	}
	if now.Before(r.slowed) { // the clock was set back: what has been regained is lost, no more
		r.slowed = now
	}
	v := r.from + r.max*now.Sub(r.slowed).Seconds()/r.recover.Seconds()
	if v >= r.max {
		r.slowed = time.Time{}
		return r.max
	}
	return max(v, r.floor)
}

// slow halves the rate, once for a burst of throttled answers, and reports
// whether this was the first of one.
func (r *rate) slow(now time.Time) bool {
	if since := now.Sub(r.burst); !r.burst.IsZero() && since >= 0 && since < sameBurst {
		return false
	}
	r.burst = now
	if r.max > 0 {
		r.from, r.slowed = max(r.perSecond(now)/2, r.floor), now
	}
	return true
}

// free returns how many of n messages may leave now, and when none may, how
// long it is until one may.
func (r *rate) free(n int, now time.Time) (int, time.Duration) {
	per := r.perSecond(now)
	if per == 0 || n == 0 {
		return n, 0
	}
	depth := max(1, per*saved.Seconds())
	since := max(0, now.Sub(r.filled)) // less than none when the clock was set back
	r.tokens, r.filled = min(depth, r.tokens+per*since.Seconds()), now
	// A nanosecond of rounding must not cost a turn of the loop.
	if k := min(n, int(r.tokens+1e-6)); k > 0 {
		return k, 0
	}
	return 0, time.Duration((1-r.tokens)/per*float64(time.Second)) + 1
}

// spend takes the places of n messages that leave now.
func (r *rate) spend(n int) { r.tokens -= float64(n) }
