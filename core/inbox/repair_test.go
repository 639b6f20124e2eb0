package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/inbox"
)

func TestRetry(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		asked := s.hears(s.conv, "Quanto costa?")
		s.now = s.now.Add(time.Minute)
		old, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Retry(s.ctx, old.ID, "ada")
		code(t, err, core.Conflict, "one that did not fail")
		s.becomes(old.ID, core.Failed, &core.ProviderError{Code: "131000", Class: core.ClassRetry})
		if c := s.conversation(s.conv); !c.WaitingSince.Equal(asked.At) {
			t.Fatalf("the clock goes on from %v", c.WaitingSince)
		}
		s.now = s.now.Add(time.Hour)
		m, err := s.Retry(s.ctx, old.ID, "bob")
		if err != nil || m.RetryOf != old.ID || m.ID == old.ID || m.Ref == old.Ref || m.Text != "Dieci" || m.Author != "bob" || !m.Waited.Equal(asked.At) {
			t.Fatalf("%+v %v", m, err)
		}
		if got := s.message(old.ID); got.RetriedBy != m.ID || got.State != core.Failed {
			t.Errorf("%+v", got)
		}
		if c := s.conversation(s.conv); !c.WaitingSince.IsZero() || c.LastMessageID != m.ID {
			t.Errorf("%+v", c)
		}
		_, err = s.Retry(s.ctx, old.ID, "ada")
		code(t, err, core.Conflict, "one that was repeated")
		if _, err := s.TakeBack(s.ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		c := s.conversation(s.conv)
		if got := s.message(old.ID); got.RetriedBy != 0 || !c.WaitingSince.Equal(asked.At) || c.Draft != "" {
			t.Errorf("taken back: %+v %+v", got, c)
		}
		if _, err := s.Retry(s.ctx, old.ID, "ada"); err != nil {
			t.Errorf("after taking back: %v", err)
		}
	})
}

func TestRetryOutsideTheWindow(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "Quanto costa?")
		old, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
		if err != nil {
			t.Fatal(err)
		}
		s.becomes(old.ID, core.Failed, &core.ProviderError{Code: "131047", Class: core.ClassWindowClosed})
		s.now = s.now.Add(25 * time.Hour)
		_, err = s.Retry(s.ctx, old.ID, "ada")
		code(t, err, core.WindowClosed, "a day later")
		s.hears(s.conv, "allora?")
		if _, err := s.Retry(s.ctx, old.ID, "ada"); err != nil {
			t.Errorf("when they have written again: %v", err)
		}
	})
}

func TestRetriable(t *testing.T) {
	sent, p := noon(t), shopRules(t).Policy
	for class, c := range map[core.Class]struct{ now, later, wrote bool }{
		core.ClassRetry: {true, true, true}, core.ClassThrottle: {true, true, true}, core.ClassPairLimit: {true, true, true},
		core.ClassUnknown: {true, true, true}, core.ClassWindowClosed: {true, true, true},
		core.ClassAuth: {true, true, true}, core.ClassPolicy: {true, true, true}, core.ClassPayment: {true, true, true},
		core.ClassUndeliverable: {false, false, true}, core.ClassMarketingCapped: {false, true, false},
		core.ClassOptedOut: {}, core.ClassTemplate: {}, core.ClassMedia: {}, core.ClassInvalid: {},
	} {
		m := &core.Message{At: sent, State: core.Failed, Error: &core.ProviderError{Class: class}}
		quiet, wrote := &core.Conversation{LastInAt: sent.Add(-time.Hour)}, &core.Conversation{LastInAt: sent.Add(time.Minute)}
		for _, x := range []struct {
			what string
			err  error
			want bool
		}{
			{"at once", inbox.Retriable(quiet, m, p, sent.Add(2*time.Minute)), c.now},
			{"a day later", inbox.Retriable(quiet, m, p, sent.Add(24*time.Hour)), c.later},
			{"after they wrote", inbox.Retriable(wrote, m, p, sent.Add(2*time.Minute)), c.wrote},
		} {
			if (x.err == nil) != x.want {
				t.Errorf("%s %s: %v", class, x.what, x.err)
			}
			if pe := core.ProviderErrorOf(x.err); x.err != nil && (core.CodeOf(x.err) != core.InvalidInput || pe == nil || pe.Class != class) {
				t.Errorf("%s: %v does not say why", class, x.err)
			}
		}
	}
	if err := inbox.Retriable(&core.Conversation{}, &core.Message{State: core.Failed}, p, sent); err != nil {
		t.Errorf("a failure without a reason: %v", err)
	}
}

func TestRetryOfRefused(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "ciao")
		old, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
		if err != nil {
			t.Fatal(err)
		}
		s.becomes(old.ID, core.Failed, &core.ProviderError{Code: "100", Class: core.ClassInvalid})
		_, err = s.Retry(s.ctx, old.ID, "ada")
		code(t, err, core.InvalidInput, "a wrong request")
		if core.ProviderErrorOf(err) == nil {
			t.Errorf("%v does not say why", err)
		}
		_, err = s.Retry(s.ctx, old.ID, "")
		code(t, err, core.InvalidInput, "nobody")
		_, err = s.Retry(s.ctx, 999, "ada")
		code(t, err, core.NotFound, "no message")
	})
}

func TestSettle(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		for _, arrived := range []bool{true, false} {
			asked := s.hears(s.conv, "Quanto costa?")
			m, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Settle(s.ctx, m.ID, "ada", arrived)
			code(t, err, core.Conflict, "one whose outcome is not open")
			s.becomes(m.ID, core.UnsureSent, nil)
			got, err := s.Settle(s.ctx, m.ID, "ada", arrived)
			c := s.conversation(s.conv)
			stored := s.message(m.ID)
			if err != nil || got.State != stored.State {
				t.Fatalf("%+v %v", got, err)
			}
			if arrived && (stored.State != core.Sent || !c.WaitingSince.IsZero() || stored.Error != nil || stored.SentAt.IsZero()) {
				t.Errorf("arrived: %+v %+v", stored, c)
			}
			if !arrived && (stored.State != core.Failed || stored.Error == nil || !c.WaitingSince.Equal(asked.At)) {
				t.Errorf("not arrived: %+v %+v", stored, c)
			}
			_, err = s.Settle(s.ctx, m.ID, "ada", !arrived)
			code(t, err, core.Conflict, "twice")
			if !arrived {
				if _, err := s.Retry(s.ctx, m.ID, "ada"); err != nil {
					t.Errorf("what did not arrive can be repeated: %v", err)
				}
			}
			s.now = s.now.Add(time.Minute)
		}
		_, err := s.Settle(s.ctx, 999, "ada", true)
		code(t, err, core.NotFound, "no message")
	})
}

// TestClockSetBackAnHour works through a conversation while the computer's
// clock stands an hour behind: the order of the thread and the waiting time hold.
func TestClockSetBackAnHour(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		asked := s.hears(s.conv, "Quanto costa?")
		s.now = s.now.Add(-time.Hour)
		m, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
		if err != nil {
			t.Fatal(err)
		}
		c := s.conversation(s.conv)
		if m.At.Before(asked.At) || c.LastMessageID != m.ID || !c.WaitingSince.IsZero() {
			t.Errorf("the answer stands before the question: %v, %+v", m.At, c)
		}
		if !m.NotBefore.Equal(s.now.Add(5 * time.Second)) {
			t.Errorf("it would leave at %v, the clock shows %v", m.NotBefore, s.now)
		}
		s.becomes(m.ID, core.Failed, &core.ProviderError{Class: core.ClassRetry})
		if c := s.conversation(s.conv); !c.WaitingSince.Equal(asked.At) {
			t.Errorf("the clock goes on from %v", c.WaitingSince)
		}
		if _, err := s.Retry(s.ctx, m.ID, "ada"); err != nil {
			t.Error(err)
		}
		if _, err := s.Snooze(s.ctx, s.conv, "ada", s.now.Add(time.Minute)); err != nil {
			t.Error(err)
		}
		s.now = s.now.Add(-time.Hour)
		if n, err := s.Wake(s.ctx); n != 0 || err != nil {
			t.Errorf("woken %d before its time: %v", n, err)
		}
	})
}

// TestTakeBackAfterDone closes a conversation on the strength of an answer
// that is then taken back: the customer has nothing, so it comes back.
func TestTakeBackAfterDone(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		for name, leave := range map[string]func() (inbox.Undo, error){
			"done":    func() (inbox.Undo, error) { return s.Done(s.ctx, s.conv, "ada") },
			"snoozed": func() (inbox.Undo, error) { return s.Snooze(s.ctx, s.conv, "ada", s.now.Add(time.Hour)) },
		} {
			asked := s.hears(s.conv, "Quanto costa?")
			m, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := leave(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.TakeBack(s.ctx, m.ID); err != nil {
				t.Fatal(err)
			}
			if c := s.conversation(s.conv); c.State != core.Open || !c.WaitingSince.Equal(asked.At) || !c.SnoozeUntil.IsZero() {
				t.Errorf("%s: %+v", name, c)
			}
			if _, err := s.Done(s.ctx, s.conv, "ada"); err != nil {
				t.Fatal(err)
			}
			s.now = s.now.Add(time.Minute)
		}
	})
}

// TestMessageWithoutPhoneNumber goes the whole way with a customer who hides
// their number: clock, answer, failure, repeat, courtesy.
func TestMessageWithoutPhoneNumber(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		conv := s.person("Hidden", "")
		asked := s.hears(conv, "Quanto costa?")
		m, err := s.Reply(s.ctx, conv, "ada", text("Dieci"))
		if err != nil {
			t.Fatal(err)
		}
		s.becomes(m.ID, core.Failed, &core.ProviderError{Code: "131000", Class: core.ClassRetry})
		if c := s.conversation(conv); !c.WaitingSince.Equal(asked.At) || c.Contact.Phone != "" {
			t.Errorf("%+v", c)
		}
		m, err = s.Retry(s.ctx, m.ID, "ada")
		if err != nil {
			t.Fatal(err)
		}
		s.write(func(tx core.Tx) error {
			js, err := tx.Claim(s.ch.ID, "test", s.now.Add(time.Minute), time.Minute, 1)
			if err == nil && (len(js) != 1 || js[0].Message.ID != m.ID || js[0].To != "" || js[0].ToUser != "IT.Hidden") {
				t.Errorf("the sender would send %+v", js)
			}
			return err
		})
		s.now = s.now.Add(time.Minute)
		if thanks := s.hears(conv, "grazie"); !thanks.Courtesy {
			t.Error("thanks are thanks without a number")
		}
	})
}

// TestClockRunsThroughDaylightSaving waits over the night on which the clock
// is moved, in a shop that is open in it: real time counts, not the dial.
func TestClockRunsThroughDaylightSaving(t *testing.T) {
	r := shopRules(t)
	r.Hours = core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{
		time.Saturday: {{From: 22 * 60, To: 24 * 60}}, time.Sunday: {{From: 0, To: 4 * 60}}}}
	for _, c := range []struct {
		name, asked, seen string
		waited            time.Duration
		level             inbox.Level
	}{
		{"an hour is lost", "2026-03-29 01:50", "2026-03-29 03:15", 25 * time.Minute, inbox.LevelSoon},
		{"an hour comes twice", "2026-10-25 01:50", "2026-10-25 03:15", 145 * time.Minute, inbox.LevelRed},
		{"into the morning", "2026-03-29 01:50", "2026-03-29 12:00", 70 * time.Minute, inbox.LevelLate},
	} {
		conv := &core.Conversation{State: core.Open}
		asked := at(t, "Europe/Rome", c.asked)
		inbox.Inbound(conv, said("Siete aperti?", asked), r, asked)
		if s := inbox.SLAOf(conv, r, at(t, "Europe/Rome", c.seen)); s.Elapsed != c.waited || s.Level != c.level {
			t.Errorf("%s: %v, %s; want %v, %s", c.name, s.Elapsed, s.Level, c.waited, c.level)
		}
		if !conv.WindowCloses.Equal(asked.Add(24 * time.Hour)) {
			t.Errorf("%s: the window lasts %v", c.name, conv.WindowCloses.Sub(asked))
		}
	}
}
