package outbox_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
)

// TestClockSetBack: with the clock set back an hour, what was due and what waits
// for another try leaves in time all the same; what is planned for the evening
// stays so.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		var back atomic.Int64
		s.r.Now = func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }
		tries := 0 // the fake provider answers one at a time
		s.gw.Answer = func(_ int, m core.Outgoing) (bool, error) {
			if m.Text != "again" {
				return true, nil
			}
			if tries++; tries == 1 {
				return false, refuse(core.ClassPairLimit)
			}
			return true, nil
		}
		s.setState(core.Paused)
		s.start(s.r)
		due := s.queue(s.person("+39333"), "due")
		evening := s.mem.Queue(t, s.person("+39444"), "evening", time.Now().Add(6*time.Hour), core.PriorityReply)
		after(time.Minute)
		back.Store(int64(time.Hour))
		s.setState(core.Active)
		after(2 * time.Minute)
		if got := s.message(due.ID); got.State != core.Accepted {
			t.Errorf("what was due is %q two minutes after the clock was set back", got.State)
		}
		back.Store(0)
		again := s.queue(s.person("+39555"), "again")
		after(200 * time.Millisecond)
		back.Store(int64(time.Hour))
		after(2 * time.Minute)
		if got := s.message(again.ID); got.State != core.Accepted {
			t.Errorf("what waited for another try is %q", got.State)
		}
		if got := s.message(evening.ID); got.State != core.Queued || !got.NotBefore.Equal(evening.NotBefore) {
			t.Errorf("%q, planned for %v instead of %v", got.State, got.NotBefore, evening.NotBefore)
		}
	})
}
