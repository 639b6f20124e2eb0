package outbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// TestClasses: what becomes of a message, by the class of the provider's
// answer, when every try meets the same.
func TestClasses(t *testing.T) {
	uncertain := core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Class: core.ClassUnknown, Uncertain: true})
	tests := []struct {
		name   string
		err    error
		want   core.State
		tries  int // requests within ten minutes; -1: more than one
		paused core.Class
	}{
		{"retry", refuse(core.ClassRetry), core.Failed, 5, ""},
		{"throttle", refuse(core.ClassThrottle), core.Queued, -1, ""},
		{"pair limit", refuse(core.ClassPairLimit), core.Queued, -1, ""},
		{"window closed", refuse(core.ClassWindowClosed), core.Failed, 1, ""},
		{"undeliverable", refuse(core.ClassUndeliverable), core.Failed, 1, ""},
		{"marketing capped", refuse(core.ClassMarketingCapped), core.Failed, 1, ""},
		{"opted out", refuse(core.ClassOptedOut), core.Failed, 1, ""},
		{"template", refuse(core.ClassTemplate), core.Failed, 1, ""},
		{"media", refuse(core.ClassMedia), core.Failed, 1, ""},
		{"invalid", refuse(core.ClassInvalid), core.Failed, 1, ""},
		{"unknown", refuse(core.ClassUnknown), core.Failed, 1, ""},
		{"auth", refuse(core.ClassAuth), core.Queued, 1, core.ClassAuth},
		{"policy", refuse(core.ClassPolicy), core.Queued, 1, core.ClassPolicy},
		{"payment", refuse(core.ClassPayment), core.Queued, 1, core.ClassPayment},
		{"no key", core.Fail(core.NoSecret, "x", nil), core.Queued, 1, core.ClassAuth},
		{"unreachable", core.Fail(core.Unreachable, "x", nil), core.Queued, -1, ""},
		{"keyring locked", core.Fail(core.NoKeyring, "x", nil), core.Queued, -1, ""},
		{"uncertain", uncertain, core.UnsureSent, 1, ""},
		{"an error without a code", errors.New("?"), core.UnsureSent, 1, ""},
		{"too long", core.Fail(core.TextTooLong, "x", nil), core.Failed, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				s.gw.Answer = func(int, core.Outgoing) (bool, error) { return false, tt.err }
				m := s.queue(s.person("+39333"), "x")
				s.start(s.r)
				after(10 * time.Minute)
				got := s.message(m.ID)
				if got.State != tt.want {
					t.Errorf("state %q, want %q", got.State, tt.want)
				}
				if n := s.gw.Requests(); n != tt.tries && (tt.tries >= 0 || n < 2) {
					t.Errorf("%d requests, want %d", n, tt.tries)
				}
				if got.Error == nil { // why it failed, or why it waits
					t.Errorf("no error")
				}
				ch := s.channel()
				if (ch.State == core.Paused) != (tt.paused != "") || ch.PauseClass != tt.paused {
					t.Errorf("channel %s %q", ch.State, ch.PauseClass)
				}
				if es, _ := s.mem.Consents(); (len(es) == 1 && es[0].Kind == consent.ProviderStop) != (tt.name == "opted out") {
					t.Errorf("ledger %+v", es)
				}
				waiting, claimed := s.mem.Outbox()
				if (waiting == 1) != (tt.want == core.Queued) || claimed != 0 {
					t.Errorf("outbox: %d waiting, %d claimed", waiting, claimed)
				}
			})
		})
	}
}

// TestPanicIsUnsure: a gateway that panics may have sent.
func TestPanicIsUnsure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.gw.Hold = func(context.Context, core.Outgoing) { panic("bug") }
		m := s.queue(s.person("+39333"), "x")
		s.start(s.r)
		after(time.Minute)
		if got := s.message(m.ID); got.State != core.UnsureSent {
			t.Errorf("state %q", got.State)
		}
	})
}

// TestIdempotent: a provider that takes a ref once only is simply asked again.
func TestIdempotent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.gw.Caps.Idempotent = true
		s.gw.Answer = func(n int, _ core.Outgoing) (bool, error) {
			if n < 3 {
				return false, core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Uncertain: true})
			}
			return true, nil
		}
		m := s.queue(s.person("+39333"), "x")
		s.start(s.r)
		after(time.Minute)
		if got := s.message(m.ID); got.State != core.Accepted {
			t.Errorf("state %q", got.State)
		}
	})
}

// TestRetryWaits: 1, 2, 4 and 8 s between five tries, and what comes after in
// the conversation waits its turn.
func TestRetryWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.r.Policy.Trip = 100
		start := time.Now()
		var at []time.Duration
		s.gw.Answer = func(_ int, m core.Outgoing) (bool, error) {
			if m.Text == "first" {
				at = append(at, time.Since(start))
				return false, refuse(core.ClassRetry)
			}
			if len(at) != 5 {
				t.Errorf("%q left after %d tries of the one before", m.Text, len(at))
			}
			return true, nil
		}
		c := s.person("+39333")
		first := s.queue(c, "first")
		s.queue(c, "second")
		s.start(s.r)
		after(time.Minute)
		want := []time.Duration{0, 1 * time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second}
		if len(at) != len(want) {
			t.Fatalf("tries at %v", at)
		}
		for i := range want {
			if d := at[i] - want[i]; d < 0 || d > 100*time.Millisecond {
				t.Errorf("try %d after %v, want %v", i+1, at[i], want[i])
			}
		}
		if got := s.message(first.ID); got.State != core.Failed || got.Attempts != 5 || got.Error.Class != core.ClassRetry {
			t.Errorf("%+v", got)
		}
		if l := s.gw.Ledger(); len(l) != 1 || l[0].Text != "second" {
			t.Errorf("ledger %+v", l)
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		start := time.Now()
		s.gw.Answer = func(n int, _ core.Outgoing) (bool, error) {
			if n == 1 {
				return false, core.Fail(core.ProviderRefused, "x", &core.ProviderError{Class: core.ClassRetry, RetryAfter: time.Minute})
			}
			return true, nil
		}
		s.queue(s.person("+39333"), "x")
		s.start(s.r)
		after(2 * time.Minute)
		if l := s.gw.Ledger(); len(l) != 1 || l[0].At.Sub(start) < time.Minute {
			t.Errorf("ledger %+v", l)
		}
	})
}

// TestPairLimit: 1, 4 and 16 s for this recipient; the others go on.
func TestPairLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		start := time.Now()
		slow := 0
		s.gw.Answer = func(_ int, m core.Outgoing) (bool, error) {
			if m.To == "+39333" && slow < 3 {
				slow++
				return false, refuse(core.ClassPairLimit)
			}
			return true, nil
		}
		s.queue(s.person("+39333"), "slow")
		other := s.person("+39444")
		for range 5 {
			s.queue(other, "quick")
		}
		s.start(s.r)
		after(time.Minute)
		l := s.gw.Ledger()
		if len(l) != 6 || l[5].Text != "slow" {
			t.Fatalf("ledger %+v", l)
		}
		if d := l[5].At.Sub(start); d < 21*time.Second || d > 22*time.Second {
			t.Errorf("the pair waited %v, want 1+4+16 s", d)
		}
		if d := l[4].At.Sub(start); d > time.Second {
			t.Errorf("the others waited %v", d)
		}
	})
}

// TestThrottleSlowsDown: throttled answers halve the rate, and it recovers.
func TestThrottleSlowsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.r.Workers = 32
		var last, lastSecond time.Time
		inSecond, worst := 0, 0
		s.gw.Answer = func(int, core.Outgoing) (bool, error) {
			now := time.Now()
			if now.Sub(lastSecond) >= time.Second {
				lastSecond, inSecond = now, 0
			}
			inSecond++
			if inSecond > 20 {
				return false, refuse(core.ClassThrottle)
			}
			last, worst = now, max(worst, inSecond)
			return true, nil
		}
		const n = 300
		for i := range n {
			s.queue(s.person(core.Phone("+39"+time.Duration(i).String())), "x")
		}
		start := time.Now()
		s.start(s.r)
		after(5 * time.Minute)
		if got := len(s.gw.Ledger()); got != n {
			t.Fatalf("%d of %d sent", got, n)
		}
		refused := s.gw.Requests() - n
		if d := last.Sub(start); d > time.Minute || refused > n {
			t.Errorf("300 messages at 20 per second took %v, with %d refusals", d, refused)
		}
	})
}

// TestWindowClosesInLine: the window is judged when the message would leave,
// not when it was claimed.
func TestWindowClosesInLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.r.Policy.PerSecond, s.r.Workers = 2, 4
		var convs []core.Conversation
		for i := range 4 {
			convs = append(convs, s.mem.AddPerson(t, s.ch, core.Phone("+39"+time.Duration(i).String()), time.Now().Add(700*time.Millisecond)))
			c := convs[i]
			c.WaitingSince = time.Now().Add(-time.Minute)
			s.queue(c, "x") // Waited: the clock that this answer stopped
		}
		s.start(s.r)
		after(time.Minute)
		states := map[core.State]int{}
		for _, m := range s.mem.Messages() {
			states[m.State]++
			if m.State == core.Failed && m.Error.Class != core.ClassWindowClosed {
				t.Errorf("class %s", m.Error.Class)
			}
		}
		if states[core.Accepted] != 2 || states[core.Failed] != 2 {
			t.Errorf("states %v", states)
		}
		waiting := 0
		for _, c := range s.mem.Conversations() {
			if !c.WaitingSince.IsZero() {
				waiting++
			}
		}
		if waiting != 2 {
			t.Errorf("%d customers wait again, want the two who got no answer", waiting)
		}
	})
}

// TestEarlyReceipt: a receipt that is faster than the provider's own answer.
func TestEarlyReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.gw.Hold = func(context.Context, core.Outgoing) {
			err := s.mem.Write(context.Background(), func(tx core.Tx) error {
				removed := false
				for _, e := range []core.Event{
					{Kind: core.EvStatus, ID: "wamid.1", Status: core.Delivered, At: time.Now(), Pricing: &core.Pricing{Category: "service"}},
					{Kind: core.EvReaction, ID: "r", Target: "wamid.1", Emoji: "👍", Removed: &removed, At: time.Now()},
				} {
					if err := tx.KeepReceipt(s.ch.ID, e); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		m := s.queue(s.person("+39333"), "x")
		s.start(s.r)
		after(time.Second)
		got := s.message(m.ID)
		if got.State != core.Delivered || got.Pricing == nil || len(got.Reactions) != 1 {
			t.Errorf("%+v", got)
		}
		if n := s.mem.KeptReceipts(); n != 0 {
			t.Errorf("%d events still wait", n)
		}
	})
}

func TestNoRecipient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		m := s.queue(s.person(""), "x")
		s.start(s.r)
		after(time.Second)
		got := s.message(m.ID)
		if got.State != core.Failed || got.Error.Code != string(core.NoRecipient) || s.gw.Requests() != 0 {
			t.Errorf("%+v, %d requests", got, s.gw.Requests())
		}
	})
}
