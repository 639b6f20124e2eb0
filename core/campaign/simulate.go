package campaign

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"bottega/core"
)

// Crowd is people who may be written to at the same times.
type Crowd struct {
	Place *Place
	Slots []core.Interval // nil for any time outside the night
	N     int
}

// Stretch is a time in which nobody can be written to.
type Stretch struct {
	Reason WaitReason
	From   time.Time
	Until  time.Time
}

// Outlook is how a campaign will go, if the provider takes everything.
type Outlook struct {
	Start, End time.Time // first and last message; End zero when not within a year
	Pauses     []Stretch // in order, the first maxPauses
	Busiest    int       // messages in the busiest hour
	Night      int       // messages in the recipients' night
	Sent       int
	MoreBreaks int // pauses beyond maxPauses
}

// NightShare of the messages (S-214).
func (o *Outlook) NightShare() float64 {
	if o.Sent == 0 {
		return 0
	}
	return float64(o.Night) / float64(o.Sent)
}

const (
	maxPauses = 60
	maxAhead  = 366 * 24 * time.Hour
)

// pacing is what the outlook needs of a channel.
type pacing struct {
	limits Limits
	left   int // of PerDay now
	quiet  Quiet
	night  Quiet
}

// group is a crowd on its way through the outlook.
type group struct {
	Crowd
	open  bool
	night bool
	turn  time.Time // when open or night changes
}

// foresee walks through a campaign minute by minute, jumping over what is shut.
func foresee(crowds []Crowd, start time.Time, p pacing) Outlook {
	groups := gather(crowds)
	hour, today := newWindow(time.Hour, 60), newWindow(24*time.Hour, daySteps)
	if used := p.limits.PerDay - p.left; p.limits.PerDay > 0 && used > 0 {
		today.add(start, used) // as if just now: the later guess
	}
	capped := newWindow(24*time.Hour, daySteps)
	busy := newWindow(59*time.Minute, 59) // sixty of the minutes we walk in
	var o Outlook
	var stop Stretch
	for t := start; len(groups) > 0 && t.Sub(start) < maxAhead; {
		room, why := p.limits.PerMinute, AtPace
		until := t.Add(time.Minute)
		limit := func(w *window, n int, reason WaitReason) {
			if n <= 0 {
				return
			}
			if k := max(0, n-w.in(t)); k < room {
				room, why = k, reason
				if k == 0 {
					until = w.free(t, n)
				}
			}
		}
		limit(&hour, p.limits.PerHour, HourLimit)
		limit(&capped, p.limits.PerDayCap, WarmUp)
		limit(&today, p.limits.PerDay, TierLimit)
		if room > 0 {
			var sent int
			sent, until = p.minute(&o, groups, t, room)
			if sent > 0 {
				o.begin(&stop, t)
				for _, w := range []*window{&hour, &capped, &today, &busy} {
					w.add(t, sent)
				}
				o.Busiest = max(o.Busiest, busy.in(t))
				o.End = t
				until = t.Add(time.Minute)
			} else {
				why = QuietHours
				if groups[0].Slots != nil {
					why = GoldenHours
				}
			}
		}
		if until.Sub(t) > time.Minute && stop.Reason == NoWait {
			stop = Stretch{Reason: why, From: t}
		}
		groups = slices.DeleteFunc(groups, func(g group) bool { return g.N == 0 })
		t = until
	}
	if len(groups) > 0 {
		o.End = time.Time{}
	}
	return o
}

// begin ends a pause that lasted until t, or notes the first message.
func (o *Outlook) begin(stop *Stretch, t time.Time) {
	if o.Start.IsZero() {
		o.Start = t
	}
	if stop.Reason == NoWait {
		return
	}
	stop.Until = t
	if len(o.Pauses) < maxPauses {
		o.Pauses = append(o.Pauses, *stop)
	} else {
		o.MoreBreaks++
	}
	*stop = Stretch{}
}

// minute spends up to room messages on the groups that are open, and tells
// when else the next group opens.
func (p pacing) minute(o *Outlook, groups []group, t time.Time, room int) (sent int, next time.Time) {
	for i := range groups {
		g := &groups[i]
		if !t.Before(g.turn) {
			g.open, g.night = g.Place.Open(t, p.quiet, g.Slots), !g.Place.Open(t, p.night, nil)
			g.turn = g.Place.Until(t, p.quiet, g.Slots)
			if p.quiet != p.night {
				if end := g.Place.Until(t, p.night, nil); end.Before(g.turn) {
					g.turn = end
				}
			}
		}
		if !g.open {
			if next.IsZero() || g.turn.Before(next) {
				next = g.turn
			}
			continue
		}
		n := min(g.N, room-sent)
		g.N -= n
		sent += n
		o.Sent += n
		if g.night {
			o.Night += n
		}
	}
	return sent, next
}

// gather merges crowds of the same place and slots, in a fixed order.
func gather(crowds []Crowd) []group {
	by := map[string]*group{}
	for _, c := range crowds {
		key := c.Place.Key
		for _, s := range c.Slots {
			key += string(rune(s.From)) + string(rune(s.To))
		}
		if by[key] == nil {
			by[key] = &group{Crowd: Crowd{Place: c.Place, Slots: c.Slots}}
		}
		by[key].N += c.N
	}
	out := []group{}
	for _, k := range slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Compare(a, b) }) {
		if by[k].N > 0 {
			out = append(out, *by[k])
		}
	}
	return out
}
