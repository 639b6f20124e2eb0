package campaigns

import "time"

// pulse remembers how many messages of a campaign had been tried at what time,
// to tell its pace and to draw it. It knows only what it saw: after a start of
// the program it begins anew.
type pulse struct{ beats []beat }

type beat struct {
	at time.Time
	n  int
}

// span is how far back a pulse reaches, barTime the width of a bar.
const (
	span    = 10 * time.Minute
	barTime = 15 * time.Second
)

// note adds a figure; a smaller one (people were given another try) begins anew.
func (p *pulse) note(at time.Time, n int) {
	last := len(p.beats) - 1
	if last >= 0 && n < p.beats[last].n {
		p.beats, last = p.beats[:0], -1
	}
	if last > 0 && p.beats[last].n == n && p.beats[last-1].n == n {
		p.beats[last].at = at // nothing new: the line gets longer
	} else {
		p.beats = append(p.beats, beat{at, n})
	}
	for len(p.beats) > 2 && at.Sub(p.beats[1].at) > span {
		p.beats = p.beats[1:]
	}
}

// at is the figure at a time, between two beats in proportion.
func (p *pulse) at(t time.Time) float64 {
	for i := len(p.beats) - 1; i >= 0; i-- {
		b := p.beats[i]
		if b.at.After(t) {
			continue
		}
		if i == len(p.beats)-1 || !b.at.Before(t) {
			return float64(b.n)
		}
		next := p.beats[i+1]
		return float64(b.n) + float64(next.n-b.n)*float64(t.Sub(b.at))/float64(next.at.Sub(b.at))
	}
	if len(p.beats) == 0 {
		return 0
	}
	return float64(p.beats[0].n)
}

// perMinute is the pace over the last minute, or over what is known of it; ok
// is false while too little is known, for the first messages come in a burst.
func (p *pulse) perMinute(now time.Time) (rate float64, ok bool) {
	if len(p.beats) == 0 {
		return 0, false
	}
	from := now.Add(-time.Minute)
	if first := p.beats[0].at; first.After(from) {
		from = first
	}
	d := now.Sub(from)
	if d < barTime {
		return 0, false
	}
	return (p.at(now) - p.at(from)) * float64(time.Minute) / float64(d), true
}

// bars are the messages of the last n steps, oldest first.
func (p *pulse) bars(now time.Time, n int) []float64 {
	out := make([]float64, max(0, n))
	end := now.Truncate(barTime).Add(barTime)
	for i := range out {
		to := end.Add(-time.Duration(len(out)-1-i) * barTime)
		out[i] = max(0, p.at(to)-p.at(to.Add(-barTime)))
	}
	return out
}

// sparks are the eight heights of a bar.
var sparks = []rune("▁▂▃▄▅▆▇█")

// spark draws bars as one line; the highest, or top when that is higher, fills
// its cell. Nothing at all is a dot.
func spark(bars []float64, top float64) string {
	for _, v := range bars {
		top = max(top, v)
	}
	out := make([]rune, len(bars))
	for i, v := range bars {
		switch {
		case v <= 0 || top <= 0:
			out[i] = '·'
		default:
			out[i] = sparks[min(len(sparks)-1, int(v/top*float64(len(sparks))))]
		}
	}
	return string(out)
}
