package outbox

import (
	"time"

	"bottega/core"
)

// stumble watches whether the provider answers at all. While it does not,
// the lane rests and then tries one message at a time, so that an hour without
// provider costs a few tries and not a whole queue.
type stumble struct {
	times int       // answers in a row that say nothing but trouble
	slows int       // bursts of throttled answers in a row
	why   core.Code // of the trouble met last; "" when the provider has answered
	since time.Time // the lane rests, since then
	until time.Time // and until then
}

// note counts an outcome. Several failures of one burst count once.
func (s *stumble) note(o *outcome, now time.Time, p *Policy, chance float64) {
	if o.trouble {
		s.why = away(o.err)
	}
	switch {
	case o.verdict == unbegun:
	case o.slow:
		s.why = ""
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

// away is the word for trouble that Health.AwayWhy keeps: ours where no
// provider has said one.
func away(pe *core.ProviderError) core.Code {
	if pe != nil {
		switch c := core.Code(pe.Code); c {
		case core.NoSecret, core.NoKeyring, core.WrongPassphrase, core.Busy, core.DiskFull:
			return c
		}
	}
	return core.Unreachable
}

// told reports whether the trouble is worth telling: no connection at all, or
// so many answers without sense that the lane has become careful.
func (s *stumble) told(p *Policy) bool { return s.why != "" && s.probing(p) }
