package inbox_test

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/inbox"
)

// each action with what it must leave behind.
type action struct {
	do    func(*shop) (inbox.Undo, error)
	check func(core.Conversation, *shop) bool
}

var actions = map[string]action{
	"done": {
		func(s *shop) (inbox.Undo, error) { return s.Done(s.ctx, s.conv, "ada") },
		func(c core.Conversation, _ *shop) bool {
			return c.State == core.Done && c.WaitingSince.IsZero() && c.DueAt.IsZero() && c.Unread == 0
		},
	},
	"snooze": {
		func(s *shop) (inbox.Undo, error) { return s.Snooze(s.ctx, s.conv, "ada", s.now.Add(time.Hour)) },
		func(c core.Conversation, s *shop) bool {
			return c.State == core.Snoozed && c.WaitingSince.IsZero() && c.SnoozeUntil.Equal(s.now.Add(time.Hour)) && c.Unread == 1
		},
	},
	"assign": {
		func(s *shop) (inbox.Undo, error) { return s.Assign(s.ctx, s.conv, "ada", "bob") },
		func(c core.Conversation, _ *shop) bool { return c.Assignee == "bob" && !c.WaitingSince.IsZero() },
	},
	"courtesy": {
		func(s *shop) (inbox.Undo, error) { return s.MarkCourtesy(s.ctx, s.conv, "ada", true) },
		func(c core.Conversation, s *shop) bool {
			return c.WaitingSince.IsZero() && c.CourtesySince.Equal(s.now) && c.State == core.Open
		},
	},
	"value": {
		func(s *shop) (inbox.Undo, error) {
			return s.SetValue(s.ctx, s.conversation(s.conv).ContactID, "ada", core.ValueHigh)
		},
		func(c core.Conversation, s *shop) bool {
			return c.Contact.Value == core.ValueHigh && c.SortKey == s.now.Add(5*time.Minute-30*time.Minute).UnixMilli()
		},
	},
	"tag": {
		func(s *shop) (inbox.Undo, error) {
			return s.Tag(s.ctx, s.conversation(s.conv).ContactID, "ada", " #VIP  client", true)
		},
		func(c core.Conversation, _ *shop) bool {
			return len(c.Contact.Tags) == 1 && c.Contact.Tags[0] == "vip client"
		},
	},
}

func TestActionsAndTheirUndo(t *testing.T) {
	for name, a := range actions {
		t.Run(name, func(t *testing.T) {
			onEachStore(t, func(t *testing.T, s *shop) {
				s.hears(s.conv, "Quanto costa?")
				before := s.conversation(s.conv)
				undo, err := a.do(s)
				if err != nil || undo == nil {
					t.Fatalf("undo %v, %v", undo != nil, err)
				}
				after := s.conversation(s.conv)
				if !a.check(after, s) {
					t.Errorf("%+v", after)
				}
				if again, err := a.do(s); err != nil || again != nil {
					t.Errorf("the same once more: undo %v, %v", again != nil, err)
				}
				sameConversation(t, s.conversation(s.conv), after, "the same once more")
				if err := undo(s.ctx); err != nil {
					t.Fatal(err)
				}
				got := s.conversation(s.conv)
				got.Contact.Rev, before.Contact.Rev = 0, 0
				if len(got.Contact.Tags) == 0 {
					got.Contact.Tags, before.Contact.Tags = nil, nil
				}
				sameConversation(t, got, before, "after the undo")
				code(t, undo(s.ctx), core.Conflict, "the undo twice")
			})
		})
	}
}

// TestUndoAfterOthersChanged finds what the action set changed meanwhile.
func TestUndoAfterOthersChanged(t *testing.T) {
	for name, disturb := range map[string]func(*shop){
		"done":     func(s *shop) { s.hears(s.conv, "e la misura?") },
		"snooze":   func(s *shop) { _, _ = s.Reopen(s.ctx, s.conv, "bob") },
		"assign":   func(s *shop) { _, _ = s.Assign(s.ctx, s.conv, "bob", "") },
		"courtesy": func(s *shop) { s.hears(s.conv, "e la misura?") },
		"value":    func(s *shop) { _, _ = s.SetValue(s.ctx, s.conversation(s.conv).ContactID, "bob", core.ValueLow) },
		"tag":      func(s *shop) { _, _ = s.Tag(s.ctx, s.conversation(s.conv).ContactID, "bob", "vip client", false) },
	} {
		t.Run(name, func(t *testing.T) {
			onEachStore(t, func(t *testing.T, s *shop) {
				s.hears(s.conv, "Quanto costa?")
				undo, err := actions[name].do(s)
				if err != nil {
					t.Fatal(err)
				}
				s.now = s.now.Add(time.Minute)
				disturb(s)
				before := s.conversation(s.conv)
				code(t, undo(s.ctx), core.Conflict, "the undo")
				sameConversation(t, s.conversation(s.conv), before, "a refused undo")
			})
		})
	}
}

// TestUndoSurvivesWhatDoesNotMatter takes done back after a draft and a courtesy.
func TestUndoSurvivesWhatDoesNotMatter(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "Quanto costa?")
		undo, err := s.Done(s.ctx, s.conv, "ada")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SaveDraft(s.ctx, s.conv, "bob", "ciao"); err != nil {
			t.Fatal(err)
		}
		if err := undo(s.ctx); err != nil {
			t.Errorf("%v", err)
		}
		if c := s.conversation(s.conv); c.State != core.Open || c.Unread != 1 || c.WaitingSince.IsZero() {
			t.Errorf("%+v", c)
		}
	})
}

func TestReopen(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "ciao")
		if undo, err := s.Reopen(s.ctx, s.conv, "ada"); undo != nil || err != nil {
			t.Errorf("an open one: %v", err)
		}
		if _, err := s.Done(s.ctx, s.conv, "ada"); err != nil {
			t.Fatal(err)
		}
		undo, err := s.Reopen(s.ctx, s.conv, "ada")
		if c := s.conversation(s.conv); err != nil || c.State != core.Open || !c.WaitingSince.IsZero() {
			t.Errorf("%+v %v", c, err)
		}
		if err := undo(s.ctx); err != nil || s.conversation(s.conv).State != core.Done {
			t.Errorf("%v", err)
		}
	})
}

func TestSnoozeIntoThePast(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		for _, d := range []time.Duration{0, -time.Hour} {
			_, err := s.Snooze(s.ctx, s.conv, "ada", s.now.Add(d))
			code(t, err, core.PastTime, d.String())
		}
	})
}

func TestMarkCourtesyBothWays(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "Avete il pane?")
		if _, err := s.Reply(s.ctx, s.conv, "ada", text("Sì")); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		thanks := s.hears(s.conv, "ok perfetto grazie")
		if !s.message(thanks.ID).Courtesy {
			t.Fatal("not read as a courtesy")
		}
		if _, err := s.Done(s.ctx, s.conv, "ada"); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		undo, err := s.MarkCourtesy(s.ctx, s.conv, "ada", false)
		c := s.conversation(s.conv)
		if err != nil || c.State != core.Open || !c.WaitingSince.Equal(thanks.At) || !c.CourtesySince.IsZero() || s.message(thanks.ID).Courtesy {
			t.Errorf("%+v %v", c, err)
		}
		if err := undo(s.ctx); err != nil {
			t.Fatal(err)
		}
		if c := s.conversation(s.conv); c.State != core.Done || !c.WaitingSince.IsZero() || !c.CourtesySince.Equal(thanks.At) || !s.message(thanks.ID).Courtesy {
			t.Errorf("%+v", c)
		}
		undo, err = s.MarkCourtesy(s.ctx, s.conv, "ada", true)
		if undo != nil || err != nil {
			t.Errorf("it is one already: %v", err)
		}
	})
}

func TestWake(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		answered := s.person("Zoe", "+393330000002")
		s.hears(s.conv, "Quanto costa?")
		s.hears(answered, "Quanto costa?")
		if _, err := s.Reply(s.ctx, answered, "ada", text("Dieci")); err != nil {
			t.Fatal(err)
		}
		until := at(t, "Europe/Rome", "2026-11-25 09:00")
		for _, conv := range []int64{s.conv, answered} {
			if _, err := s.Snooze(s.ctx, conv, "ada", until); err != nil {
				t.Fatal(err)
			}
		}
		s.now = until.Add(-time.Second)
		if n, err := s.Wake(s.ctx); n != 0 || err != nil {
			t.Errorf("too early: %d %v", n, err)
		}
		s.now = until.Add(time.Minute)
		if n, err := s.Wake(s.ctx); n != 2 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		if n, err := s.Wake(s.ctx); n != 0 || err != nil {
			t.Errorf("again: %d %v", n, err)
		}
		c := s.conversation(s.conv)
		if c.State != core.Open || !c.WaitingSince.Equal(until) || !c.DueAt.Equal(until.Add(5*time.Minute)) {
			t.Errorf("who has no answer: %+v", c)
		}
		z := s.conversation(answered)
		other := &core.Conversation{State: core.Open, LastAt: until.Add(-time.Hour)}
		if z.State != core.Open || !z.WaitingSince.IsZero() || z.SortKey >= inbox.SortKey(other, s.rules) {
			t.Errorf("who has one: %+v", z)
		}
		s.hears(answered, "allora?")
		if z := s.conversation(answered); !z.SnoozeUntil.IsZero() {
			t.Errorf("still woken: %v", z.SnoozeUntil)
		}
	})
}

func TestWakeManyInPages(t *testing.T) {
	feed := core.NewFeed()
	s := newShop(t, coretest.New(feed), feed)
	const many = 450
	s.write(func(tx core.Tx) error {
		for range many {
			c := core.Conversation{ChannelID: s.ch.ID, ContactID: s.conversationless(tx), State: core.Snoozed, SnoozeUntil: s.now}
			if err := tx.SaveConversation(&c); err != nil {
				return err
			}
		}
		return nil
	})
	if n, err := s.Wake(s.ctx); n != many || err != nil {
		t.Errorf("%d %v", n, err)
	}
}

// conversationless makes a contact inside a transaction.
func (s *shop) conversationless(tx core.Tx) int64 {
	s.t.Helper()
	c := core.Contact{}
	if err := tx.SaveContact(&c); err != nil {
		s.t.Error(err)
	}
	return c.ID
}

func TestRecompute(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		quiet := s.person("Zoe", "+393330000002")
		s.hears(s.conv, "ciao")
		before := s.conversation(quiet)
		s.rules.Hours = core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{time.Wednesday: {{From: 600, To: 700}}}}
		s.rules.Targets.First = core.Duration(10 * time.Minute)
		if err := s.Recompute(s.ctx); err != nil {
			t.Fatal(err)
		}
		c := s.conversation(s.conv)
		if want := at(t, "Europe/Rome", "2026-11-25 10:10"); !c.DueAt.Equal(want) || c.SortKey != want.UnixMilli() {
			t.Errorf("due %v", c.DueAt)
		}
		rev := c.Rev
		if err := s.Recompute(s.ctx); err != nil || s.conversation(s.conv).Rev != rev {
			t.Errorf("nothing changed, but the row did: %v", err)
		}
		sameConversation(t, s.conversation(quiet), before, "who does not wait")
	})
}

func TestStoreErrorsPass(t *testing.T) {
	feed := core.NewFeed()
	mem := coretest.New(feed)
	s := newShop(t, mem, feed)
	m := s.hears(s.conv, "ciao")
	contact := s.conversation(s.conv).ContactID
	mem.Fail = func(string) error { return core.Fail(core.ReadOnly, "test", nil) }
	until := s.now.Add(time.Hour)
	for name, do := range map[string]func(context.Context) error{
		"reply":     func(ctx context.Context) error { _, err := s.Reply(ctx, s.conv, "ada", text("a")); return err },
		"take back": func(ctx context.Context) error { _, err := s.TakeBack(ctx, m.ID); return err },
		"send": func(ctx context.Context) error {
			_, err := s.SendTo(ctx, s.ch.ID, "+393330000001", "ada", text("a"))
			return err
		},
		"note":      func(ctx context.Context) error { _, err := s.Note(ctx, s.conv, "ada", "a"); return err },
		"react":     func(ctx context.Context) error { return s.React(ctx, m.ID, "ada", "👍") },
		"done":      func(ctx context.Context) error { _, err := s.Done(ctx, s.conv, "ada"); return err },
		"reopen":    func(ctx context.Context) error { _, err := s.Reopen(ctx, s.conv, "ada"); return err },
		"snooze":    func(ctx context.Context) error { _, err := s.Snooze(ctx, s.conv, "ada", until); return err },
		"assign":    func(ctx context.Context) error { _, err := s.Assign(ctx, s.conv, "ada", "bob"); return err },
		"tag":       func(ctx context.Context) error { _, err := s.Tag(ctx, contact, "ada", "vip", true); return err },
		"value":     func(ctx context.Context) error { _, err := s.SetValue(ctx, contact, "ada", core.ValueHigh); return err },
		"courtesy":  func(ctx context.Context) error { _, err := s.MarkCourtesy(ctx, s.conv, "ada", true); return err },
		"seen":      func(ctx context.Context) error { return s.Seen(ctx, s.conv, "ada") },
		"draft":     func(ctx context.Context) error { return s.SaveDraft(ctx, s.conv, "ada", "a") },
		"retry":     func(ctx context.Context) error { _, err := s.Retry(ctx, m.ID, "ada"); return err },
		"settle":    func(ctx context.Context) error { _, err := s.Settle(ctx, m.ID, "ada", true); return err },
		"wake":      func(ctx context.Context) error { _, err := s.Wake(ctx); return err },
		"recompute": s.Recompute,
	} {
		code(t, do(s.ctx), core.ReadOnly, name)
	}
	if len(s.marks) != 0 {
		t.Error("a read mark of what was not seen")
	}
}
