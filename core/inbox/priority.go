package inbox

import (
	"math"
	"time"

	"bottega/core"
)

// Codes of Reason.
const (
	WhyValue    = "value"    // Tier: the customer's value moves them ahead (S-075)
	WhyWaiting  = "waiting"  // For: business time waited
	WhyClosed   = "closed"   // For: time until the shop opens
	WhyWindow   = "window"   // For: time until the service window shuts
	WhyCourtesy = "courtesy" // the customer's last word was a courtesy
)

// Reason is one part of why a conversation stands where it stands; ui/text has the words.
type Reason struct {
	Code string
	Tier core.ValueTier
	For  time.Duration
}

// Priority of a conversation at one moment.
type Priority struct {
	Score int // 0 nobody waits; 10…100 for those who wait
	Why   []Reason
}

// Keys of SortKey lie in three bands: waiting with a due time (unix ms), then
// waiting in a shop that never opens, then all others, newest first.
const (
	neverDue = int64(1) << 50
	nobody   = int64(1) << 52
)

// SortKey orders the default list, smallest first. It does not depend on the
// present: for a waiting conversation it is the due time in unix ms minus the
// head start of the customer's value, so that the order only changes when
// something happens, and the store can keep it in an index.
func SortKey(c *core.Conversation, r core.Rules) int64 {
	switch {
	case !waits(c):
		at := c.LastAt
		if c.State == core.Open {
			at = latest(at, c.SnoozeUntil) // a woken one comes up though nobody wrote
		}
		return nobody - at.UnixMilli()
	case c.DueAt.IsZero():
		return neverDue + c.WaitingSince.UnixMilli() - headStart(c, r).Milliseconds()
	}
	return c.DueAt.Add(-headStart(c, r)).UnixMilli()
}

func headStart(c *core.Conversation, r core.Rules) time.Duration {
	return r.Targets.HeadStart[c.Contact.Value].D()
}

// PriorityOf is the score at now with its reasons: how far the due time minus
// the head start is away. Of two waiting conversations the one with the smaller
// SortKey never has the smaller score.
func PriorityOf(c *core.Conversation, r core.Rules, now time.Time) Priority {
	var p Priority
	sla := SLAOf(c, r, now)
	if sla.Level != LevelNone {
		p.Score = score(SortKey(c, r), r.Targets, now)
		if headStart(c, r) > 0 {
			p.Why = append(p.Why, Reason{Code: WhyValue, Tier: c.Contact.Value})
		}
		p.Why = append(p.Why, Reason{Code: WhyWaiting, For: sla.Elapsed})
		if !sla.ClosedUntil.IsZero() {
			p.Why = append(p.Why, Reason{Code: WhyClosed, For: sla.ClosedUntil.Sub(now)})
		}
	} else if sla.Courtesy {
		p.Why = append(p.Why, Reason{Code: WhyCourtesy})
	}
	if left := c.WindowEnds().Sub(now); c.State == core.Open && left > 0 && left < r.Policy.WindowSoon.D() {
		p.Why = append(p.Why, Reason{Code: WhyWindow, For: left})
	}
	return p
}

// score maps the time past the (moved) due time onto 10…100 along straight
// lines through the targets: 60 when due, 75 when late, 90 when red.
func score(key int64, t core.Targets, now time.Time) int {
	if key >= neverDue {
		return lowest
	}
	past := float64(now.UnixMilli() - key)
	first, late, red := ms(t.First), ms(t.Late), ms(t.Red)
	day := float64((24 * time.Hour).Milliseconds())
	xs := []float64{-max(day, 2*first), -first, 0, late - first, red - first, max(day, 2*red)}
	ys := []float64{lowest, 45, 60, 75, 90, 100}
	if past <= xs[0] {
		return lowest
	}
	for i := 1; i < len(xs); i++ {
		if past <= xs[i] && xs[i] > xs[i-1] {
			return int(math.Round(ys[i-1] + (ys[i]-ys[i-1])*(past-xs[i-1])/(xs[i]-xs[i-1])))
		}
	}
	return 100
}

const lowest = 10

func ms(d core.Duration) float64 { return float64(d.D().Milliseconds()) }
