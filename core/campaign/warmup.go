package campaign

import "time"

// Gauge is how a number does, in the colours of its gauges.
type Gauge string

const (
	Green  Gauge = "green"
	Yellow Gauge = "yellow"
	Red    Gauge = "red"
)

// Warmup is the daily cap of a number in its first days (S-199): it starts
// low and rises only with days that went well. The zero value begins.
type Warmup struct {
	Day string `json:"day,omitempty"` // local day of Cap, YYYY-MM-DD
	Cap int    `json:"cap,omitempty"` // messages in 24 h
}

// Next is the warm-up on the day of now, on the clock of the shop. The day
// before counts: gauge is its worst, sent its messages. A green day that used
// its cap well raises it, a red one halves it, others leave it; days without
// the program leave it too, for nothing was sent.
func (r *Rules) Next(w Warmup, now time.Time, gauge Gauge, sent int) Warmup {
	today := now.Format(time.DateOnly)
	switch {
	case w.Cap <= 0:
		return Warmup{Day: today, Cap: r.WarmStart.Value}
	case today <= w.Day: // the same day, or the clock was set back
		return w
	case gauge == Red:
		return Warmup{Day: today, Cap: max(1, min(r.WarmStart.Value, w.Cap), w.Cap/2)}
	case gauge == Green && float64(sent) >= r.WarmUsed.Value*float64(w.Cap):
		return Warmup{Day: today, Cap: int(float64(w.Cap)*r.WarmGrowth.Value + 0.5)}
	}
	return Warmup{Day: today, Cap: w.Cap}
}

// GaugeOf judges a day by what failed, was blocked and was answered. Few
// messages tell nothing and are green.
func (r *Rules) GaugeOf(sent, failed, blocked, replied int) Gauge {
	switch {
	case r.PauseBlocked.Value.Crossed(blocked, sent), r.PauseFailed.Value.Crossed(failed, sent):
		return Red
	case sent >= r.PauseFailed.Value.Least && float64(replied) < r.ReplyLeast.Value*float64(sent):
		return Yellow
	}
	return Green
}
