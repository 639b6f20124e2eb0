package campaign_test

import (
	"context"
	"testing"
	"time"

	"bottega/core/campaign"
)

// silent is a channel from which nothing left.
type silent struct{}

func (silent) Handed(context.Context, int64, time.Time) (int, error) { return 0, nil }

// The end that is told while a campaign runs knows of the nights of those who
// still wait, as the plan did.
func TestTheEndKnowsOfNights(t *testing.T) {
	w := engine(t)
	w.now = t0.Add(4 * time.Hour) // 23:00 in Tokyo, 15:00 in Rome
	office := campaign.Office{Desk: &w.desk, Pulse: silent{}}
	end := func(id int64) time.Time {
		p, err := office.Progress(w.ctx, id)
		w.must(err)
		return p.End
	}
	rome := w.start(draft(), w.people(30)...)
	if got := end(rome.ID); got.Before(w.now) || got.After(w.now.Add(2*time.Minute)) {
		t.Errorf("30 people in Rome: %v, it is %v", got, w.now)
	}
	morning := time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC) // 8:00 in Tokyo
	tokyo := w.start(draft(), w.person("+393331111111"), w.person("+819012345678"))
	if got := end(tokyo.ID); got.Before(morning) || got.After(morning.Add(2*time.Minute)) {
		t.Errorf("with somebody in Tokyo: %v, want %v", got, morning)
	}
}
