package campaign

import "time"

// slow is what throttled answers left of the pace: halved by each burst of
// them, growing back in a straight line.
type slow struct {
	From  float64   `json:"from,omitempty"` // factor when it was last lowered
	At    time.Time `json:"at,omitzero"`    // when the way back begins; zero at full pace
	Until time.Time `json:"until,omitzero"` // nothing leaves before
	Burst time.Time `json:"burst,omitzero"` // first of the last burst of answers
}

// sameBurst: throttled answers closer together than this come from messages
// that were under way when the first one came.
const sameBurst = time.Second

// factor is the part of the pace that is left, SlowFloor to 1.
func (s *slow) factor(now time.Time, r *Rules) float64 {
	if s.At.IsZero() {
		return 1
	}
	back := max(0, now.Sub(s.At)).Seconds() / r.Recover.Value.D().Seconds()
	return min(1, max(r.SlowFloor.Value, s.From+back))
}

func (s *slow) slowed(now time.Time, r *Rules) bool { return s.factor(now, r) < 1 }

func (s *slow) hit(now time.Time, retryAfter time.Duration, r *Rules) {
	rest := now.Add(max(r.SlowRest.Value.D(), retryAfter))
	if since := now.Sub(s.Burst); !s.Burst.IsZero() && since < sameBurst {
		if retryAfter > 0 && rest.After(s.Until) { // the longest wait of a burst holds
			s.Until, s.At = rest, rest
		}
		return
	}
	s.From, s.Burst = max(r.SlowFloor.Value, s.factor(now, r)*r.SlowBy.Value), now
	if rest.After(s.Until) {
		s.Until = rest
	}
	s.At = s.Until // the way back begins when it may send again
}
