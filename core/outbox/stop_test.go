package outbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
)

// TestStopKeepsTheChannel: while a stop waits for what is on its way, no other
// process takes the channel over and calls that message unsure.
func TestStopKeepsTheChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		one, two := s.runner("one"), s.runner("two")
		one.Policy.Hold, two.Policy.Hold = core.Duration(2*time.Second), core.Duration(2*time.Second)
		m := s.queue(s.person("+39333"), "slow")
		s.gw.Hold = func(_ context.Context, out core.Outgoing) {
			if out.Text == "slow" {
				time.Sleep(8 * time.Second)
			}
		}
		s.start(one)
		stop := s.stop
		after(time.Second)
		s.start(two)
		s.queue(s.person("+39444"), "work that makes the other take over")
		ended := make(chan struct{})
		go func() { stop(); close(ended) }()
		for range 6 {
			after(time.Second)
			if got := s.message(m.ID); got.State != core.Sending {
				t.Fatalf("state %q while its request is on its way", got.State)
			}
		}
		<-ended
		if got := s.message(m.ID); got.State != core.Accepted {
			t.Errorf("state %q", got.State)
		}
		after(10 * time.Second)
		if n := len(s.gw.Ledger()); n != 2 {
			t.Errorf("%d arrived, want 2: the channel was not given up", n)
		}
	})
}

// forgetful is a gateway that panics when it is asked what it can do, which
// comes after the request.
type forgetful struct {
	core.Gateway
	panics atomic.Bool
}

func (f *forgetful) Capabilities() core.Capabilities {
	if f.panics.Load() {
		panic("forgotten")
	}
	return f.Gateway.Capabilities()
}

// only serves every channel with one gateway.
type only struct{ gw core.Gateway }

func (o only) Gateway(context.Context, core.Channel) (core.Gateway, error) { return o.gw, nil }

// TestStopAfterPanic: a worker that panics while the lane stops does not keep
// it from ending, and the results of the others are written.
func TestStopAfterPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		gw := &forgetful{Gateway: s.gw}
		s.r.Gateways = only{gw}
		bad := s.queue(s.person("+39333"), "bad")
		good := s.queue(s.person("+39444"), "good")
		s.gw.Hold = func(_ context.Context, out core.Outgoing) {
			if out.Text == "bad" {
				time.Sleep(3 * time.Second)
				gw.panics.Store(true)
				return
			}
			time.Sleep(2 * time.Second)
		}
		s.start(s.r)
		after(time.Second)
		s.stop()
		if got := s.message(good.ID); got.State != core.Accepted {
			t.Errorf("the other message is %q", got.State)
		}
		gw.panics.Store(false)
		s.gw.Hold = nil
		s.start(s.runner("two"))
		s.queue(s.person("+39555"), "work that makes the other take over")
		after(time.Minute)
		if got := s.message(bad.ID); got.State != core.UnsureSent {
			t.Errorf("state %q, want unsure", got.State)
		}
	})
}

// TestPanicCostsOne: a worker that panics leaves its own message open, and none
// of the others that are on their way.
func TestPanicCostsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		gw := &forgetful{Gateway: s.gw}
		s.r.Gateways = only{gw}
		bad := s.queue(s.person("+39333"), "bad")
		var others []core.Message
		for i := range 5 {
			others = append(others, s.queue(s.person(core.Phone("+39444000"+string(rune('0'+i)))), "good"))
		}
		s.gw.Hold = func(_ context.Context, out core.Outgoing) {
			if out.Text == "bad" {
				time.Sleep(time.Second)
				gw.panics.Store(true)
				return
			}
			time.Sleep(2 * time.Second)
			gw.panics.Store(false)
		}
		s.start(s.r)
		after(time.Minute)
		if got := s.message(bad.ID); got.State != core.UnsureSent {
			t.Errorf("state %q, want unsure", got.State)
		}
		for _, m := range others {
			if got := s.message(m.ID); got.State != core.Accepted {
				t.Errorf("message %d is %q", m.ID, got.State)
			}
		}
	})
}

// TestStopWithoutStore: a stop whose results cannot be written ends all the
// same; the next process finds the message and calls it unsure.
func TestStopWithoutStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		m := s.queue(s.person("+39333"), "x")
		var dead atomic.Bool
		s.mem.Fail = func(string) error {
			if dead.Load() {
				return errors.New("the disk is gone")
			}
			return nil
		}
		s.gw.Hold = func(context.Context, core.Outgoing) { dead.Store(true) }
		s.start(s.r)
		after(time.Second)
		start := time.Now()
		s.stop()
		if d := time.Since(start); d > 2*time.Minute {
			t.Errorf("the stop took %v", d)
		}
		dead.Store(false)
		s.gw.Hold = nil
		s.start(s.runner("two"))
		s.queue(s.person("+39555"), "work that makes the other take over")
		after(time.Minute)
		if got := s.message(m.ID); got.State != core.UnsureSent {
			t.Errorf("state %q, want unsure", got.State)
		}
	})
}
