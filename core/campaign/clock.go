package campaign

import (
	"slices"
	"strings"
	"sync"
	"time"

	"bottega/core"
	"bottega/core/contact"
)

// day is how many minutes one has.
const day = 24 * 60

// Quiet is the part of a day in which nobody is written to, in minutes since
// midnight; it may run over midnight.
type Quiet struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// covers reports whether a minute of the day is quiet. From = To covers nothing.
func (q Quiet) covers(minute int) bool {
	if q.From <= q.To {
		return minute >= q.From && minute < q.To
	}
	return minute >= q.From || minute < q.To
}

// Place is where a person may be: the time zones that the number or the
// contact allows, the likeliest first. The night of any of them is kept.
type Place struct {
	Key  string // names of the zones
	locs []*time.Location
}

// Zones finds places and keeps them. Safe for concurrent use.
type Zones struct {
	home  *time.Location
	quiet Quiet

	mu     sync.Mutex
	places map[string]*Place
}

// NewZones uses the shop's own zone for whom neither zone nor number tells one.
func NewZones(home *time.Location, quiet Quiet) *Zones {
	return &Zones{home: home, quiet: quiet, places: map[string]*Place{}}
}

// Place of a person: the zone that is noted, else all that the number may be
// in, else the shop's.
func (z *Zones) Place(zone string, phone core.Phone) *Place {
	names := []string{zone}
	if zone == "" {
		names = contact.Zones(phone)
	}
	key := strings.Join(names, " ")
	z.mu.Lock()
	defer z.mu.Unlock()
	if p, ok := z.places[key]; ok {
		return p
	}
	p := &Place{Key: key}
	for _, n := range names {
		if loc, err := time.LoadLocation(n); err == nil && n != "" {
			p.locs = append(p.locs, loc)
		}
	}
	if len(p.locs) == 0 { // unknown, or a name that is none
		p.locs = []*time.Location{z.home}
	}
	if !z.anyHour(p) { // all the world at once has no common day
		p.locs = p.locs[:1]
	}
	z.places[key] = p
	return p
}

// anyHour reports whether there is a time that is night in none of the zones,
// in summer and winter, at either end of the year.
func (z *Zones) anyHour(p *Place) bool {
	for _, month := range []time.Month{time.January, time.July} {
		t := time.Date(2026, month, 15, 0, 0, 0, 0, time.UTC)
		found := false
		for i := 0; i < day/15 && !found; i++ {
			found = p.Open(t.Add(time.Duration(i)*15*time.Minute), z.quiet, nil)
		}
		if !found {
			return false
		}
	}
	return true
}

// Local is a time on the clock of the likeliest zone.
func (p *Place) Local(t time.Time) time.Time { return t.In(p.locs[0]) }

// Open reports whether a person may be written to at t: it is not quiet in any
// of the zones and, where slots are given, the likeliest zone is in one.
func (p *Place) Open(t time.Time, q Quiet, slots []core.Interval) bool {
	for i, loc := range p.locs {
		m := minute(t.In(loc))
		if q.covers(m) {
			return false
		}
		if i == 0 && slots != nil && !slices.ContainsFunc(slots, func(s core.Interval) bool { return m >= s.From && m < s.To }) {
			return false
		}
	}
	return true
}

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }

// horizon is how far ahead an open time is looked for: clocks repeat each day
// but for one that changes to or from summer time.
const horizon = 8 * 24 * time.Hour

// Next is the first time from t on at which Open holds; t itself where there
// is none, which only slots that lie in the night lead to.
func (p *Place) Next(t time.Time, q Quiet, slots []core.Interval) time.Time {
	for at := t; at.Sub(t) < horizon; at = p.turn(at, q, slots) {
		if p.Open(at, q, slots) {
			return at
		}
	}
	return t
}

// Until is when Open next changes after t, at most horizon later.
func (p *Place) Until(t time.Time, q Quiet, slots []core.Interval) time.Time {
	open := p.Open(t, q, slots)
	at := p.turn(t, q, slots)
	for at.Sub(t) < horizon && p.Open(at, q, slots) == open {
		at = p.turn(at, q, slots)
	}
	return at
}

// turn is the next time after t at which Open may change: a clock shows the
// begin or end of something, or jumps.
func (p *Place) turn(t time.Time, q Quiet, slots []core.Interval) time.Time {
	best := t.Add(horizon)
	for i, loc := range p.locs {
		local := t.In(loc)
		now := minute(local)
		next := func(edge int) {
			wait := (edge - now + day) % day
			if wait == 0 {
				wait = day
			}
			at := t.Add(time.Duration(wait)*time.Minute - time.Duration(local.Second())*time.Second - time.Duration(local.Nanosecond()))
			if at.Before(best) {
				best = at
			}
		}
		next(q.From)
		next(q.To)
		if i == 0 {
			for _, s := range slots {
				next(s.From % day)
				next(s.To % day)
			}
		}
		if _, end := local.ZoneBounds(); !end.IsZero() && end.Before(best) {
			best = end
		}
	}
	return best
}
