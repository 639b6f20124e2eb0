package outbox_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

// TestProviderDownForAnHour: nothing fails, nothing is lost, and the provider
// is not hammered meanwhile.
func TestProviderDownForAnHour(t *testing.T) {
	for name, down := range map[string]error{
		"no connection": core.Fail(core.Unreachable, "x", nil),
		"throttled":     refuse(core.ClassThrottle),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				up := atomic.Bool{}
				s.gw.Answer = func(int, core.Outgoing) (bool, error) {
					if up.Load() {
						return true, nil
					}
					return false, down
				}
				for i := range 40 {
					s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
				}
				start := time.Now()
				s.start(s.r)
				after(time.Hour)
				if n := s.gw.Requests(); name == "no connection" && n > 100 {
					t.Errorf("%d requests in an hour without a connection", n)
				}
				told := 0
				for _, m := range s.mem.Messages() {
					if m.State != core.Queued {
						t.Fatalf("message %d is %q after an hour", m.ID, m.State)
					}
					if m.Error != nil {
						told++
					}
				}
				if told == 0 {
					t.Error("no message says why it waits")
				}
				h := s.channel().Health
				if away := name == "no connection"; away != (h.AwayWhy == core.Unreachable) || away != (!h.AwaySince.IsZero() && h.AwaySince.Sub(start) < time.Second) {
					t.Errorf("the channel says %q since %v", h.AwayWhy, h.AwaySince.Sub(start))
				}
				up.Store(true)
				after(10 * time.Minute)
				if h := s.channel().Health; h.AwayWhy != "" || !h.AwaySince.IsZero() {
					t.Errorf("still away after a success: %+v", h)
				}
				for _, m := range s.mem.Messages() {
					if m.Error != nil {
						t.Fatalf("message %d is %q and still says %v", m.ID, m.State, m.Error)
					}
				}
				if n := len(s.gw.Ledger()); n != 40 {
					t.Errorf("%d of 40 arrived", n)
				}
			})
		})
	}
}

// TestOutageCostsLittle: while answers stay open, the lane tries one message at
// a time, so few become unsure.
func TestOutageCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.gw.Answer = func(int, core.Outgoing) (bool, error) {
			return false, core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Class: core.ClassUnknown, Uncertain: true})
		}
		for i := range 200 {
			s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
		}
		s.start(s.r)
		after(5 * time.Minute)
		unsure := 0
		for _, m := range s.mem.Messages() {
			if m.State == core.UnsureSent {
				unsure++
			}
		}
		if unsure < 3 || unsure > 30 {
			t.Errorf("%d of 200 unsure after five minutes", unsure)
		}
	})
}

// TestTokenExpired: the channel pauses, says so, keeps its queue, and sends it
// when the key was renewed; what the window has shut out meanwhile fails.
func TestTokenExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		bad := atomic.Bool{}
		bad.Store(true)
		s.gw.Answer = func(int, core.Outgoing) (bool, error) {
			if bad.Load() {
				return false, core.Fail(core.ProviderRefused, "x",
					&core.ProviderError{Code: "190", Class: core.ClassAuth, Message: "token expired"})
			}
			return true, nil
		}
		for i := range 50 {
			s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
		}
		late := s.queue(s.mem.AddPerson(t, s.ch, "+49", time.Now().Add(time.Hour)), "too late by then")
		call := &core.TemplateCall{Name: "ready", Language: "it"}
		tmpl := s.mem.QueueContent(t, s.mem.AddPerson(t, s.ch, "+48", time.Now().Add(time.Hour)),
			core.Content{Type: core.TypeTemplate, Template: call}, time.Now(), core.PriorityReply)
		s.start(s.r)
		after(2 * time.Hour)
		ch := s.channel()
		if ch.State != core.Paused || ch.PauseClass != core.ClassAuth || ch.Detail != "token expired" {
			t.Fatalf("channel %+v", ch)
		}
		if n := s.gw.Requests(); n > 8 {
			t.Errorf("%d requests with a dead token", n)
		}
		paused := 0
		for _, a := range s.mem.Activities() {
			if a.Kind == core.ActChannel {
				paused++
			}
		}
		if paused != 1 {
			t.Errorf("%d activities tell of the pause", paused)
		}
		bad.Store(false)
		s.setState(core.Active)
		after(time.Minute)
		if n := len(s.gw.Ledger()); n != 51 {
			t.Errorf("%d arrived, want 50 and the template", n)
		}
		if got := s.message(late.ID); got.State != core.Failed || got.Error.Class != core.ClassWindowClosed {
			t.Errorf("%q %v", got.State, got.Error)
		}
		if got := s.message(tmpl.ID); got.State != core.Accepted {
			t.Errorf("template %q", got.State)
		}
	})
}

// TestPauseOutlivesTheProcess: what stopped a channel is in the store. The next
// process sends nothing on it until it is resumed.
func TestPauseOutlivesTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.gw.Answer = func(n int, _ core.Outgoing) (bool, error) {
			if n == 1 {
				return false, refuse(core.ClassPolicy)
			}
			return true, nil
		}
		m := s.queue(s.person("+39333"), "x")
		s.start(s.r)
		after(time.Minute)
		s.stop()
		s.start(s.runner("two"))
		s.queue(s.person("+39444"), "y")
		after(time.Hour)
		if n := s.gw.Requests(); n != 1 {
			t.Errorf("%d requests on a paused channel after a new start", n)
		}
		if got := s.message(m.ID); got.State != core.Queued {
			t.Errorf("state %q", got.State)
		}
		s.setState(core.Active)
		after(time.Minute)
		if n := len(s.gw.Ledger()); n != 2 {
			t.Errorf("%d arrived when it was resumed, want 2", n)
		}
	})
}

// TestDiskFull: results wait for the disk, and nothing is sent meanwhile.
func TestDiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		full := atomic.Bool{}
		s.mem.Fail = func(step string) error {
			if full.Load() && step == "commit" {
				return core.Fail(core.DiskFull, "x", nil)
			}
			return nil
		}
		once := sync.OnceFunc(func() { full.Store(true) })
		s.gw.Hold = func(context.Context, core.Outgoing) { once() }
		for i := range 20 {
			s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
		}
		s.r.Workers = 5
		s.start(s.r)
		after(30 * time.Second)
		if n := s.gw.Requests(); n > 5 {
			t.Errorf("%d requests with a full disk, more than were claimed before", n)
		}
		full.Store(false)
		after(2 * time.Minute)
		if n := len(s.gw.Ledger()); n != 20 {
			t.Errorf("%d sent, want 20", n)
		}
		for _, m := range s.mem.Messages() {
			if m.State != core.Accepted {
				t.Errorf("message %d is %q", m.ID, m.State)
			}
		}
	})
}

// TestWriteInDoubt: writes that fail although they were committed lose no
// claim, send nothing twice and leave nothing open.
func TestWriteInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		for i := range 20 {
			s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
		}
		n := atomic.Int64{}
		s.mem.Fail = func(step string) error {
			if step == "committed" && n.Add(1)%2 == 1 {
				return core.Fail(core.Busy, "x", nil)
			}
			return nil
		}
		s.r.Workers = 3
		s.start(s.r)
		after(2 * time.Minute)
		if n := len(s.gw.Ledger()); n != 20 {
			t.Errorf("%d sent, want 20", n)
		}
		for _, m := range s.mem.Messages() {
			if m.State != core.Accepted {
				t.Errorf("message %d is %q", m.ID, m.State)
			}
		}
	})
}

// TestTakenForDead: a process that was stuck so long that another took over
// its channel, but knows that its message did not leave, says so.
func TestTakenForDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		m := s.queue(s.person("+39333"), "x")
		ref := m.Ref
		stuck := &process{Mem: s.mem}
		one, two := s.runner("one"), s.runner("two")
		one.Store = stuck
		answered := false
		s.gw.Answer = func(_ int, m core.Outgoing) (bool, error) {
			if m.Ref != ref || answered {
				return true, nil
			}
			answered = true
			return false, core.Fail(core.Unreachable, "x", nil)
		}
		var calls atomic.Int64
		s.gw.Hold = func(context.Context, core.Outgoing) {
			if calls.Add(1) == 1 {
				stuck.dead.Store(true)
				time.Sleep(40 * time.Second)
			}
		}
		s.start(one)
		after(time.Second)
		s.start(two)
		s.queue(s.person("+39444"), "work that makes the other take over")
		after(30 * time.Second)
		if got := s.message(m.ID); got.State != core.UnsureSent {
			t.Fatalf("state %q while its process was stuck", got.State)
		}
		stuck.dead.Store(false)
		after(5 * time.Minute)
		if got := s.message(m.ID); got.State != core.Accepted || got.Error != nil {
			t.Errorf("state %q, error %v", got.State, got.Error)
		}
		if n := len(s.gw.Ledger()); n != 2 {
			t.Errorf("%d arrived, want 2", n)
		}
	})
}

// TestKeyIsElsewhere: a process without the key says so once a message waits
// for it, and stops nobody: one that has it goes on sending, and ends the
// complaint when it comes. Where all that is due leaves, nothing is said.
func TestKeyIsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		poor := s.runner("poor")
		poor.Gateways = &coretest.Gateway{Now: time.Now, Refuse: func() error { return core.Fail(core.NoSecret, "x", nil) }}
		s.start(poor)
		stopPoor := s.stop
		after(time.Minute)
		if ch := s.channel(); ch.Health.AwayWhy != "" {
			t.Errorf("nothing waits, and it says %q", ch.Health.AwayWhy)
		}
		m := s.queue(s.person("+39333"), "x")
		after(time.Minute)
		if ch := s.channel(); ch.State != core.Active || ch.Health.AwayWhy != core.NoSecret {
			t.Errorf("without the key: %s, %q", ch.State, ch.Health.AwayWhy)
		}
		s.start(s.r)
		after(time.Minute)
		if got := s.message(m.ID); got.State != core.Accepted {
			t.Errorf("with both running it is %q", got.State)
		}
		if ch := s.channel(); ch.Health.AwayWhy != "" {
			t.Errorf("one has the key, and the channel says %q", ch.Health.AwayWhy)
		}
		stopPoor()
		s.queue(s.person("+39334"), "y")
		after(time.Minute)
		if ch := s.channel(); ch.Health.AwayWhy != "" || len(s.gw.Ledger()) != 2 {
			t.Errorf("after a success: %+v, %d sent", ch.Health, len(s.gw.Ledger()))
		}
	})
}
