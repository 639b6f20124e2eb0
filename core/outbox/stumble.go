package outbox

import "time"

// stumble watches whether the provider answers at all. While it does not,
// the lane rests and then tries one message at a time, so that an hour without
// provider costs a few tries and not a whole queue.
type stumble struct {
	times int       // answers in a row that say nothing but trouble
	slows int       // bursts of throttled answers in a row
	since time.Time // the lane rests, since then
	until time.Time // and until then
}

// note counts an outcome. Several failures of one burst count once.
func (s *stumble) note(o *outcome, now time.Time, p *Policy, chance float64) {
	switch {
	case o.verdict == unbegun, o.slow:
	case !o.trouble:
		*s = stumble{}
	case s.resting(now):
	default:
		s.times++
		if o.down || s.times >= p.Trip {
			s.since, s.until = now, now.Add(max(p.backoff(s.times, chance), o.retryAfter()))
		}
	}
}

// resting ends at once when the clock is set back to before the rest: nobody
// can say how much of it is over, and the next try is a single one.
func (s *stumble) resting(now time.Time) bool { return !now.Before(s.since) && now.Before(s.until) }

// probing reports whether the next message is a trial: trouble was met and nothing got through since.
func (s *stumble) probing(p *Policy) bool { return s.times >= p.Trip || !s.until.IsZero() }
