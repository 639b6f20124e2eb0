package health

import (
	"math"
	"time"

	"bottega/core"
)

// Sign is what the way in of a channel looks like.
type Sign string

// The signs, the worst last.
const (
	SignFine    Sign = "ok"      // it came lately, or nothing says that it should have
	SignQuiet   Sign = "quiet"   // longer than usual, but a quiet shop is as quiet
	SignNew     Sign = "new"     // nothing has ever come
	SignStale   Sign = "stale"   // the provider that we ask has not answered
	SignSilent  Sign = "silent"  // the shop is never as quiet: the provider does not call
	SignBlocked Sign = "blocked" // the same, and our own address cannot be reached
	SignOff     Sign = "off"     // nobody listens
)

// Alarm reports whether a person should be told.
func (s Sign) Alarm() bool {
	return s == SignStale || s == SignSilent || s == SignBlocked || s == SignOff
}

// Signals is what is known of a channel's way in.
type Signals struct {
	Way       core.Way
	LastCall  time.Time
	LastPoll  time.Time
	Receiving core.Receiving
	Arrivals  []core.Arrivals // of the last Silence.Weeks, oldest first
	Ping      core.Pinged
}

// Verdict is a sign with its reason.
type Verdict struct {
	Sign  Sign
	Since time.Time // when the silence began; zero where there is none
	// Chance is how likely this shop is silent for so long with a pipe that
	// works; 1 where Known is false.
	Chance float64
	Known  bool // the shop's own rhythm is known
}

// Judge tells a quiet shop from a broken pipe. zone is the shop's: its days and
// hours are compared.
func (s *Silence) Judge(in Signals, zone *time.Location, now time.Time) Verdict {
	if seen := in.Receiving.Seen; seen.IsZero() || now.Sub(seen) > s.Gone.D() {
		return Verdict{Sign: SignOff, Since: seen, Chance: 1}
	}
	v := Verdict{Sign: SignFine, Chance: 1}
	if in.Way.Polls() {
		if last := later(in.LastPoll, in.Receiving.Since); now.Sub(last) > s.StalePoll.D() {
			v = Verdict{Sign: SignStale, Since: last, Chance: 1}
		}
	}
	if !in.Way.Calls() {
		return v
	}
	if in.Receiving.Address == "" {
		return Verdict{Sign: SignOff, Since: in.LastCall, Chance: 1}
	}
	if c := s.calls(in, zone, now); c.Sign.Alarm() || v.Sign == SignFine {
		return c
	}
	return v
}

// calls judges the callbacks of a channel. While nobody listened nothing could
// come, so the silence begins with the receiver at the earliest.
func (s *Silence) calls(in Signals, zone *time.Location, now time.Time) Verdict {
	begin := later(in.LastCall, in.Receiving.Since)
	v := Verdict{Sign: SignFine, Since: begin, Chance: 1}
	r := s.rhythm(in.Arrivals, zone, begin)
	if v.Known = r.known; v.Known {
		v.Chance = r.chance(begin, now)
	}
	quiet := now.Sub(begin)
	broken := quiet > s.Most.D() || !v.Known && quiet > s.Unknown.D() || v.Known && v.Chance < s.Chance
	switch {
	case quiet >= s.Least.D() && broken && !in.LastCall.IsZero():
		if v.Sign = SignSilent; in.Ping.Failed() && !in.Ping.At.Before(begin) {
			v.Sign = SignBlocked
		}
	case in.LastCall.IsZero():
		v.Sign = SignNew
	case quiet >= s.Least.D() && v.Known && v.Chance < math.Sqrt(s.Chance):
		v.Sign = SignQuiet
	default:
		v.Since = time.Time{}
	}
	return v
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// rhythm is how sure something comes in an hour of the shop's week.
type rhythm struct {
	known bool
	zone  *time.Location
	busy  [7][24]float64
}

// prior is how many weeks the hour of all days counts for beside an hour of its
// own weekday: with eight weeks of history there are eight of those at most.
const prior = 4

// rhythm learns from the hours before the silence in which something was called.
// Each hour of the week leans on the same hour of the other days, so that a few
// weeks suffice.
func (s *Silence) rhythm(as []core.Arrivals, zone *time.Location, end time.Time) rhythm {
	r := rhythm{zone: zone}
	from := end.Add(-time.Duration(s.Weeks) * 7 * 24 * time.Hour)
	hit := map[int64]bool{}
	first := end
	for _, a := range as {
		if a.Polled || a.N == 0 || a.Hour.Before(from) || a.Hour.After(end) {
			continue
		}
		hit[a.Hour.Unix()/3600] = true
		if a.Hour.Before(first) {
			first = a.Hour
		}
	}
	if r.known = end.Sub(first) >= s.History.D(); !r.known {
		return r
	}
	var seen, hits [7][24]float64
	var allSeen, allHits [24]float64
	for h := first; end.Sub(h) >= time.Hour; h = h.Add(time.Hour) {
		l := h.In(zone)
		d, c := l.Weekday(), l.Hour()
		seen[d][c]++
		allSeen[c]++
		if hit[h.Unix()/3600] {
			hits[d][c]++
			allHits[c]++
		}
	}
	for d := range r.busy {
		for c := range r.busy[d] {
			all := (allHits[c] + 0.5) / (allSeen[c] + 1)
			r.busy[d][c] = min(s.Sure, (hits[d][c]+prior*all)/(seen[d][c]+prior))
		}
	}
	return r
}

// chance is how likely nothing comes between two times.
func (r *rhythm) chance(from, to time.Time) float64 {
	expected := 0.0
	for h := from; h.Before(to); {
		next := h.Truncate(time.Hour).Add(time.Hour)
		if next.After(to) {
			next = to
		}
		l := h.In(r.zone)
		expected -= math.Log1p(-r.busy[l.Weekday()][l.Hour()]) * next.Sub(h).Hours()
		h = next
	}
	return math.Exp(-expected)
}
