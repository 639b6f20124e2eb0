package inbox

import (
	"time"

	"bottega/core"
)

// Level of a waiting customer.
type Level string

const (
	LevelNone Level = "none" // nobody waits
	LevelOK   Level = "ok"   // within the first target (S-072)
	LevelSoon Level = "soon" // past the first target
	LevelLate Level = "late" // from Targets.Late on (S-073)
	LevelRed  Level = "red"  // from Targets.Red on (S-074)
)

// SLA is how a conversation stands against the targets at one moment.
type SLA struct {
	Level   Level
	Elapsed time.Duration // business time waited; 0 when nobody waits
	// WaitingSince and Due are zero when nobody waits; Due also when the shop
	// never opens again.
	WaitingSince, Due time.Time
	// ClosedUntil is when the shop opens again; zero when it is open, or shut for good.
	ClosedUntil time.Time
	// Courtesy tells that the customer's last word was a closing courtesy.
	Courtesy bool
}

// SLAOf judges a conversation at now. Time outside business hours does not
// count; done and snoozed conversations do not wait.
func SLAOf(c *core.Conversation, r core.Rules, now time.Time) SLA {
	s := SLA{Level: LevelNone, Courtesy: !c.CourtesySince.IsZero()}
	if next := NextOpen(r.Hours, now); next.After(now) {
		s.ClosedUntil = next
	}
	if !waits(c) {
		return s
	}
	s.WaitingSince, s.Due = c.WaitingSince, c.DueAt
	s.Elapsed = Elapsed(r.Hours, c.WaitingSince, now)
	s.Level = levelOf(s.Elapsed, r.Targets)
	return s
}

func waits(c *core.Conversation) bool {
	return c.State == core.Open && !c.WaitingSince.IsZero()
}

func levelOf(d time.Duration, t core.Targets) Level {
	switch {
	case d >= t.Red.D():
		return LevelRed
	case d >= t.Late.D():
		return LevelLate
	case d >= t.First.D():
		return LevelSoon
	}
	return LevelOK
}
