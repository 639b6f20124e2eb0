package campaign

import (
	"math"
	"slices"
	"time"

	"bottega/core"
)

// Replies counts a person's answers, or a shop's, by hour of their local day.
type Replies [24]uint16

// Total of the answers.
func (h *Replies) Total() (n int) {
	for _, k := range h {
		n += int(k)
	}
	return n
}

// Add counts an answer at the hour that the person's clock showed. A full count
// halves all, so that what is older weighs less.
func (h *Replies) Add(at time.Time, p *Place) {
	i := p.Local(at).Hour()
	if h[i] == math.MaxUint16 {
		for j := range h {
			h[j] /= 2
		}
	}
	h[i]++
}

// GoldenSlots are the parts of a day in which a person is most likely to
// answer (S-054): the prior's own for whom nothing is known, else the two best
// stretches of GoldenSpan hours, the prior counting as GoldenWeight replies.
// None lies in the quiet hours or touches their beginning.
func (r *Rules) GoldenSlots(h *Replies) []core.Interval {
	if h.Total() == 0 {
		return r.Golden.Value
	}
	var score [24]float64
	for i := range score {
		score[i] = r.prior(i)*float64(r.GoldenWeight.Value) + float64(h[i])
	}
	span := r.GoldenSpan.Value
	type stretch struct {
		slot  core.Interval
		score float64
	}
	var all []stretch
	for from := 0; from+span <= 24; from++ {
		slot, ok := r.awake(core.Interval{From: from * 60, To: (from + span) * 60})
		if !ok {
			continue
		}
		sum := 0.0
		for i := range span {
			sum += score[from+i]
		}
		all = append(all, stretch{slot, sum})
	}
	slices.SortStableFunc(all, func(a, b stretch) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return a.slot.From - b.slot.From
	})
	var out []core.Interval
	for _, s := range all {
		apart := !slices.ContainsFunc(out, func(o core.Interval) bool { return s.slot.From < o.To && o.From < s.slot.To })
		if apart && len(out) < 2 {
			out = append(out, s.slot)
		}
	}
	slices.SortFunc(out, func(a, b core.Interval) int { return a.From - b.From })
	return out
}

// prior is an hour's part of the golden hours of the seeds; all sum up to 1.
func (r *Rules) prior(hour int) float64 {
	in, all := 0, 0
	for _, s := range r.Golden.Value {
		in += max(0, min(s.To, (hour+1)*60)-max(s.From, hour*60))
		all += s.To - s.From
	}
	return float64(in) / float64(all)
}

// awake cuts a slot that touches the night at its end and refuses one that
// lies in it.
func (r *Rules) awake(s core.Interval) (core.Interval, bool) {
	q := r.Quiet.Value
	if q.covers(s.From) {
		return s, false
	}
	for m := s.From; m < s.To; m++ {
		if q.covers(m) {
			s.To = m
			break
		}
	}
	if s.To%day == q.From {
		s.To -= int(r.GoldenMargin.Value.D() / time.Minute)
	}
	return s, s.To > s.From
}

// BestHours are the hours of a day, BestSpan of them in a row, in which most
// answers came (S-231), and their share; ok is false without any answer.
func (r *Rules) BestHours(h *Replies) (slot core.Interval, share float64, ok bool) {
	total := h.Total()
	if total == 0 {
		return core.Interval{}, 0, false
	}
	best := -1
	for from := 0; from+r.BestSpan.Value <= 24; from++ {
		sum := 0
		for i := range r.BestSpan.Value {
			sum += int(h[from+i])
		}
		if sum > best {
			best, slot = sum, core.Interval{From: from * 60, To: (from + r.BestSpan.Value) * 60}
		}
	}
	return slot, float64(best) / float64(total), true
}

// UtilityTime is the next time from now on that suits useful information
// outside the promotion hours (S-071), on the clock of loc.
func (r *Rules) UtilityTime(now time.Time, loc *time.Location) time.Time {
	slot := r.UtilitySlot.Value
	y, m, d := now.In(loc).Date()
	for i := range 8 {
		from := time.Date(y, m, d+i, 0, slot.From, 0, 0, loc)
		to := time.Date(y, m, d+i, 0, slot.To, 0, 0, loc)
		if from.Weekday() == slot.Weekday && now.Before(to) {
			if now.After(from) {
				return now
			}
			return from
		}
	}
	return now // not reached: eight days hold every weekday
}

// quietFor is the night a campaign keeps: none for urgent utility (S-216).
func (r *Rules) quietFor(c *Campaign) Quiet {
	if c.Urgent && !c.Marketing() {
		return Quiet{}
	}
	return r.Quiet.Value
}

// slotsFor are the hours a person is written to in, nil for any.
func (r *Rules) slotsFor(c *Campaign, h *Replies) []core.Interval {
	if c.Schedule.When != Golden {
		return nil
	}
	return r.GoldenSlots(h)
}

// Due is when a person's turn may come: not before the campaign's time, never
// in their night, within their golden hours where the campaign asks for them.
// home is the zone in which Schedule.At was written.
func (r *Rules) Due(c *Campaign, p *Place, h *Replies, now time.Time, home *time.Location) time.Time {
	at := c.Schedule.At
	if c.Schedule.When == Now || at.IsZero() {
		at = now
	} else if c.Schedule.Local {
		t := at.In(home)
		at = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, p.locs[0])
	}
	if at.Before(now) {
		at = now
	}
	return p.Next(at, r.quietFor(c), r.slotsFor(c, h))
}
