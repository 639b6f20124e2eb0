package inbox

import (
	"errors"
	"fmt"
	"time"

	"bottega/core"
)

// horizon is how far hours are searched: a shop that opens for nothing in ten
// years is closed for good.
const horizon = 3660 // days

// Zone is the time zone of the shop: "" and unknown names give UTC, "Local"
// the computer's own. CheckHours finds unknown names.
func Zone(h core.Hours) *time.Location {
	if loc, err := core.LoadZone(h.TimeZone); err == nil {
		return loc
	}
	return time.UTC
}

// CheckHours returns InvalidInput, with the day and what is wrong in its
// cause, unless h can be used: a known zone, intervals within their day, in
// order and apart, holidays that are dates.
func CheckHours(h core.Hours) error {
	const op = "inbox.CheckHours"
	if _, err := core.LoadZone(h.TimeZone); err != nil {
		return core.Fail(core.InvalidInput, op, err)
	}
	for day, list := range h.Week {
		if day < time.Sunday || day > time.Saturday {
			return core.Fail(core.InvalidInput, op, fmt.Errorf("no weekday %d", int(day)))
		}
		if err := checkDay(list); err != nil {
			return core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", day, err))
		}
	}
	for date, list := range h.Holidays {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return core.Fail(core.InvalidInput, op, fmt.Errorf("holiday: %w", err))
		}
		if err := checkDay(list); err != nil {
			return core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", date, err))
		}
	}
	return nil
}

func checkDay(list []core.Interval) error {
	prev := 0
	for _, iv := range list {
		switch {
		case iv.From < 0 || iv.To > minutesADay || iv.From >= iv.To:
			return fmt.Errorf("interval %d-%d is not within a day", iv.From, iv.To)
		case iv.From < prev:
			return errors.New("intervals overlap or are out of order")
		}
		prev = iv.To
	}
	return nil
}

const minutesADay = 24 * 60

// span is a stretch of real time, to is not part of it.
type span struct{ from, to time.Time }

// spans yields the open stretches from the day before t on, in order and
// apart, until yield returns false or the horizon is reached.
func spans(h core.Hours, t time.Time, yield func(span) bool) {
	loc := Zone(h)
	y, m, d := t.In(loc).Date()
	var end time.Time // of the stretch before
	for i := -1; i < horizon; i++ {
		day := time.Date(y, m, d+i, 0, 0, 0, 0, time.UTC) // a date, not an instant
		for _, iv := range dayOf(h, day) {
			s := span{wall(day, iv.From, loc), wall(day, iv.To, loc)}
			if s.from.Before(end) {
				s.from = end // an hour that the clock shows twice belongs to the first that has it
			}
			if !s.from.Before(s.to) {
				continue // the whole interval is in an hour that the clock skips
			}
			end = s.to
			if !yield(s) {
				return
			}
		}
	}
}

// dayOf returns the intervals of a date: the holiday's own, else the weekday's.
func dayOf(h core.Hours, day time.Time) []core.Interval {
	if len(h.Holidays) > 0 {
		if list, ok := h.Holidays[day.Format(time.DateOnly)]; ok {
			return list
		}
	}
	return h.Week[day.Weekday()]
}

// wall is the instant at which a clock on the shop's wall shows that minute of
// the date. What the clock skips (DST begins) happens when it jumps; of what
// it shows twice (DST ends) the first time is meant: people go home then.
func wall(day time.Time, minute int, loc *time.Location) time.Time {
	y, m, d := day.Date()
	t := time.Date(y, m, d, minute/60, minute%60, 0, 0, loc)
	start, end := t.ZoneBounds()
	want := time.Date(y, m, d, minute/60, minute%60, 0, 0, time.UTC)
	switch shown := clockAsUTC(t); {
	case shown.After(want): // in the gap, t lies behind it
		return start
	case shown.Before(want): // in the gap, t lies before it
		return end
	}
	_, here := t.Zone()
	if !start.IsZero() {
		_, prev := start.Add(-1).Zone()
		if alt := t.Add(time.Duration(here-prev) * time.Second); prev > here && alt.Before(start) {
			return alt
		}
	}
	return t
}

func clockAsUTC(t time.Time) time.Time {
	_, off := t.Zone()
	return t.UTC().Add(time.Duration(off) * time.Second)
}

// never reports whether no hours can ever come.
func never(h core.Hours) bool {
	some := func(list []core.Interval) bool { return len(list) > 0 }
	for _, list := range h.Week {
		if some(list) {
			return false
		}
	}
	for _, list := range h.Holidays {
		if some(list) {
			return false
		}
	}
	return true
}

// Elapsed is the business time between two instants: 0 when to is not after
// from, as when the clock was set back.
func Elapsed(h core.Hours, from, to time.Time) time.Duration {
	if !to.After(from) {
		return 0
	}
	if h.Always {
		return to.Sub(from)
	}
	if never(h) {
		return 0
	}
	var sum time.Duration
	spans(h, from, func(s span) bool {
		if !s.from.Before(to) {
			return false
		}
		a, b := latest(s.from, from), earliest(s.to, to)
		if b.After(a) {
			sum += b.Sub(a)
		}
		return true
	})
	return sum
}

// Add is the first instant at which d of business time has passed since from;
// from itself when d ≤ 0. It is zero when that much business time does not
// come within ten years.
func Add(h core.Hours, from time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return from
	}
	if h.Always {
		return from.Add(d)
	}
	var at time.Time
	if never(h) {
		return at
	}
	spans(h, from, func(s span) bool {
		a := latest(s.from, from)
		if !s.to.After(a) {
			return true
		}
		if have := s.to.Sub(a); have < d {
			d -= have
			return true
		}
		at = a.Add(d)
		return false
	})
	return at
}

// OpenAt reports whether the shop is open at t. It is closed at the very
// instant an interval ends.
func OpenAt(h core.Hours, t time.Time) bool {
	next := NextOpen(h, t)
	return !next.IsZero() && !next.After(t)
}

// NextOpen is the first instant from t on at which the shop is open: t itself
// when it is open now, zero when it does not open within ten years.
func NextOpen(h core.Hours, t time.Time) time.Time {
	if h.Always {
		return t
	}
	var at time.Time
	if never(h) {
		return at
	}
	spans(h, t, func(s span) bool {
		if !s.to.After(t) {
			return true
		}
		at = latest(s.from, t)
		return false
	})
	return at
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
