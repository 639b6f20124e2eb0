package outbox_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
)

// TestResultIsKept: a store that answers an error nobody has a name for costs
// no result. What the provider said is on disk once the store takes it again.
func TestResultIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		odd := atomic.Bool{}
		s.mem.FailTx = func(op string, _ int64) error {
			if odd.Load() && op == "SaveMessage" {
				return errors.New("some error of the driver")
			}
			return nil
		}
		s.gw.Answer = func(n int, _ core.Outgoing) (bool, error) {
			odd.Store(true)
			if n == 2 {
				return false, refuse(core.ClassInvalid)
			}
			return true, nil
		}
		var ms []core.Message
		for i := range 3 {
			ms = append(ms, s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x"))
		}
		s.start(s.r)
		after(30 * time.Second)
		odd.Store(false)
		after(2 * time.Minute)
		states := map[core.State]int{}
		for _, m := range ms {
			got := s.message(m.ID)
			states[got.State]++
			if got.State == core.Accepted && got.ProviderID == "" {
				t.Errorf("message %d has lost the provider's id", m.ID)
			}
		}
		if states[core.Accepted] != 2 || states[core.Failed] != 1 {
			t.Errorf("states %v, want what the provider said", states)
		}
		if n := s.gw.Requests(); n != 3 {
			t.Errorf("%d requests, want 3", n)
		}
		if w, c := s.mem.Outbox(); w+c != 0 {
			t.Errorf("outbox still holds %d waiting, %d claimed", w, c)
		}
	})
}

// TestOneBadRow: a message that cannot be saved keeps no other waiting, ends as
// unsure with the next process, and can be stopped.
func TestOneBadRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		bad := s.queue(s.person("+39333"), "bad")
		var broken atomic.Bool
		s.mem.FailTx = func(op string, id int64) error {
			if broken.Load() && op == "SaveMessage" && id == bad.ID {
				return errors.New("some error of the driver")
			}
			return nil
		}
		broken.Store(true)
		s.start(s.r)
		after(time.Second)
		for i := range 20 {
			s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
		}
		after(time.Minute)
		if n := len(s.gw.Ledger()); n != 21 {
			t.Errorf("%d arrived beside the bad row, want 21", n)
		}
		start := time.Now()
		s.stop()
		if d := time.Since(start); d > time.Minute {
			t.Errorf("the stop took %v", d)
		}
		s.start(s.runner("two"))
		s.queue(s.person("+39444"), "y")
		after(time.Minute)
		if n := len(s.gw.Ledger()); n != 22 {
			t.Errorf("%d arrived, want 22: a bad row must not stop a channel", n)
		}
		broken.Store(false)
		after(20 * time.Minute) // past the claim
		if got := s.message(bad.ID); got.State != core.UnsureSent {
			t.Errorf("state %q, want unsure", got.State)
		}
	})
}

// TestKeptResultOutlivesTheClaim: its message became unsure meanwhile, and the
// result settles it.
func TestKeptResultOutlivesTheClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		m := s.queue(s.person("+39333"), "x")
		var broken atomic.Bool
		broken.Store(true)
		s.mem.FailTx = func(op string, _ int64) error {
			if broken.Load() && op == "Release" {
				return errors.New("some error of the driver")
			}
			return nil
		}
		s.start(s.r)
		after(30 * time.Minute)
		if got := s.message(m.ID); got.State != core.Sending {
			t.Fatalf("state %q while nothing can be saved", got.State)
		}
		broken.Store(false)
		after(2 * time.Minute)
		if got := s.message(m.ID); got.State != core.Accepted || got.ProviderID != "wamid.1" {
			t.Errorf("%q %q, want what the provider said", got.State, got.ProviderID)
		}
	})
}
