package inbox_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/inbox"
)

func TestWindow(t *testing.T) {
	r, now := dayRules(t), noon(t)
	c := &core.Conversation{State: core.Open}
	inbox.Inbound(c, said("a", now), r, now)
	inbox.Inbound(c, said("late", now.Add(-20*time.Hour)), r, now)
	if !c.WindowCloses.Equal(now.Add(24*time.Hour)) || !c.LastInAt.Equal(now) {
		t.Errorf("a late message moved the window to %v", c.WindowCloses)
	}
	system := said("changed number", now.Add(time.Hour))
	system.Type = core.TypeSystem
	talk(c, r, system, answer(now.Add(2*time.Hour)))
	if !c.WindowCloses.Equal(now.Add(24 * time.Hour)) {
		t.Errorf("our answer or a system note moved the window to %v", c.WindowCloses)
	}
	for when, open := range map[time.Duration]bool{0: true, 24*time.Hour - 1: true, 24 * time.Hour: false} {
		for kind, want := range map[core.MessageType]bool{core.TypeText: open, core.TypeImage: open, core.TypeReaction: open, core.TypeTemplate: true, core.TypeNote: true} {
			if err := inbox.CanWrite(c, kind, now.Add(when)); (err == nil) != want || (err != nil && core.CodeOf(err) != core.WindowClosed) {
				t.Errorf("%s after %v: %v", kind, when, err)
			}
		}
	}
}

func TestFreeEntryPoint(t *testing.T) {
	r, now := dayRules(t), noon(t)
	for name, c := range map[string]struct {
		after time.Duration
		auto  bool
		free  time.Duration // from the click; 0 none
	}{
		"answered within a day": {23 * time.Hour, false, 95 * time.Hour},
		"answered by a rule":    {time.Minute, true, 72*time.Hour + time.Minute},
		"answered too late":     {25 * time.Hour, false, 0},
	} {
		conv := &core.Conversation{State: core.Open}
		click := said("Vi ho visti", now)
		click.Referral = &core.Referral{Source: "ad"}
		m := answer(now.Add(c.after))
		m.Auto = c.auto
		talk(conv, r, click, m)
		if !conv.FreeUntil.IsZero() {
			t.Errorf("%s: free before the answer left", name)
		}
		m.SentAt = m.At
		if !inbox.Reached(conv, m, r) || inbox.Reached(conv, m, r) {
			t.Errorf("%s: want one change", name)
		}
		want := time.Time{}
		if c.free > 0 {
			want = now.Add(c.free)
		}
		if !conv.FreeUntil.Equal(want) {
			t.Errorf("%s: free until %v, want %v", name, conv.FreeUntil, want)
		}
	}
	conv := &core.Conversation{State: core.Open, Referral: now, FreeUntil: now.AddDate(0, 0, 9)}
	old := answer(now.Add(-time.Minute))
	if inbox.Reached(conv, old, r) {
		t.Error("a message from before the click opened the entry point")
	}
	sent := answer(now.Add(-time.Hour)) // our clock lags; the receipt does not
	sent.SentAt = now.Add(time.Minute)
	if !inbox.Reached(conv, sent, r) || !conv.FreeUntil.Equal(now.AddDate(0, 0, 9)) {
		t.Errorf("a shorter entry point replaced a longer one: %v", conv.FreeUntil)
	}
	echo := answer(now)
	echo.Echo = true
	conv = &core.Conversation{State: core.Open, Referral: now}
	if inbox.Answered(conv, echo, r); conv.FreeUntil.IsZero() {
		t.Error("an answer from the phone opens the entry point")
	}
}

// TestInboundInAnyOrder delivers the same messages in two orders.
func TestInboundInAnyOrder(t *testing.T) {
	r, start := dayRules(t), noon(t)
	rapid.Check(t, func(t *rapid.T) {
		offsets := rapid.SliceOfNDistinct(rapid.IntRange(0, 48*3600), 1, 8, rapid.ID[int]).Draw(t, "offsets")
		run := func(order []int) *core.Conversation {
			c := &core.Conversation{State: core.Open}
			for _, o := range order {
				inbox.Inbound(c, said("domanda", start.Add(time.Duration(o)*time.Second)), r, start.Add(48*time.Hour))
			}
			return c
		}
		a, b := run(offsets), run(rapid.Permutation(offsets).Draw(t, "order"))
		if !a.WindowCloses.Equal(b.WindowCloses) || !a.WaitingSince.Equal(b.WaitingSince) || !a.LastInAt.Equal(b.LastInAt) ||
			a.LastMessageID != b.LastMessageID || a.Unread != b.Unread || a.SortKey != b.SortKey || !a.DueAt.Equal(b.DueAt) {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

// TestWindowNeverShrinks holds the window against any run of events.
func TestWindowNeverShrinks(t *testing.T) {
	r, start := dayRules(t), noon(t)
	rapid.Check(t, func(t *rapid.T) {
		c := &core.Conversation{State: core.Open}
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			before := c.WindowEnds()
			when := start.Add(time.Duration(rapid.IntRange(-72*3600, 72*3600).Draw(t, "at")) * time.Second)
			m := said(rapid.SampledFrom([]string{"grazie", "quanto?", ""}).Draw(t, "text"), when)
			m.Type = rapid.SampledFrom([]core.MessageType{core.TypeText, core.TypeSystem, core.TypeUnsupported, core.TypeImage}).Draw(t, "type")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				inbox.Answered(c, answer(when), r)
			case 1:
				inbox.AnswerFailed(c, answer(when), r)
			case 2:
				inbox.Reached(c, answer(when), r)
			default:
				inbox.Inbound(c, m, r, start)
			}
			if c.WindowEnds().Before(before) {
				t.Fatalf("the window shrank from %v to %v", before, c.WindowEnds())
			}
			if c.WaitingSince.IsZero() != c.DueAt.IsZero() {
				t.Fatalf("waiting since %v, due %v", c.WaitingSince, c.DueAt)
			}
		}
	})
}

// TestOnlyAnswersOpenTheFreeEntryPoint: a note never leaves, and a reaction is
// no answer (P-03).
func TestOnlyAnswersOpenTheFreeEntryPoint(t *testing.T) {
	r, now := dayRules(t), noon(t)
	for kind, want := range map[core.MessageType]bool{
		core.TypeText: true, core.TypeTemplate: true, core.TypeImage: true, core.TypeReaction: false, core.TypeNote: false,
	} {
		c := &core.Conversation{State: core.Open, Referral: now}
		m := answer(now.Add(time.Minute))
		m.Type = kind
		if got := inbox.Reached(c, m, r); got != want || c.FreeUntil.IsZero() == want {
			t.Errorf("%s: %v, free until %v", kind, got, c.FreeUntil)
		}
	}
}
