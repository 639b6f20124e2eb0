package inbox_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/inbox"
)

// day is a shop's day played at random: customers write, agents work, the
// sender sends, time passes and is set back. After each step the books must add up.
type day struct {
	*shop
	mem   *coretest.Mem
	convs []int64
	undo  inbox.Undo
	was   map[int64]core.Conversation // before the action that undo takes back
}

func newDay(t *testing.T) *day {
	feed := core.NewFeed()
	mem := coretest.New(feed)
	d := &day{shop: newShop(t, mem, feed), mem: mem}
	d.convs = []int64{d.conv, d.person("Zoe", "+393330000002"), d.person("Hidden", "")}
	return d
}

func (d *day) pick(t *rapid.T) int64 { return rapid.SampledFrom(d.convs).Draw(t, "conversation") }

// messages in one of the states.
func (d *day) messages(states ...core.State) []core.Message {
	return slices.DeleteFunc(d.mem.Messages(), func(m core.Message) bool {
		return m.Direction == core.In || m.Type != core.TypeText || !slices.Contains(states, m.State)
	})
}

// may allows the refusals that the rules of the house foresee, and no others.
func may(t *rapid.T, err error, codes ...core.Code) bool {
	if err != nil && !slices.Contains(codes, core.CodeOf(err)) {
		t.Fatalf("%v", err)
	}
	return err == nil
}

// acted remembers how the last action is taken back.
func (d *day) acted(undo inbox.Undo, before map[int64]core.Conversation) {
	d.undo, d.was = undo, before
}

func (d *day) all() map[int64]core.Conversation {
	all := map[int64]core.Conversation{}
	for _, c := range d.mem.Conversations() {
		all[c.ID] = c
	}
	return all
}

func (d *day) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"customer writes": func(t *rapid.T) {
			d.undo = nil
			d.hears(d.pick(t), rapid.SampledFrom([]string{"Quanto costa?", "grazie mille!", "ok 👍", "domani"}).Draw(t, "text"))
		},
		"reply": func(t *rapid.T) {
			d.undo = nil
			_, err := d.Reply(d.ctx, d.pick(t), "ada", text("Dieci euro"))
			may(t, err, core.WindowClosed)
		},
		"take back": func(t *rapid.T) {
			ms := d.messages(core.Queued)
			if len(ms) == 0 {
				t.Skip("nothing waits in line")
			}
			d.undo = nil
			_, err := d.TakeBack(d.ctx, ms[len(ms)-1].ID)
			may(t, err)
		},
		"sender": func(t *rapid.T) {
			ms := d.messages(core.Queued)
			if len(ms) == 0 {
				t.Skip("nothing waits in line")
			}
			d.undo = nil
			state := rapid.SampledFrom([]core.State{core.Accepted, core.Failed, core.UnsureSent}).Draw(t, "outcome")
			var pe *core.ProviderError
			if state == core.Failed {
				pe = &core.ProviderError{Class: rapid.SampledFrom([]core.Class{core.ClassRetry, core.ClassInvalid}).Draw(t, "class")}
			}
			d.becomes(ms[0].ID, state, pe)
		},
		"retry": func(t *rapid.T) {
			ms := d.messages(core.Failed)
			if len(ms) == 0 {
				t.Skip("nothing failed")
			}
			d.undo = nil
			_, err := d.Retry(d.ctx, rapid.SampledFrom(ms).Draw(t, "message").ID, "ada")
			may(t, err, core.WindowClosed, core.InvalidInput, core.Conflict)
		},
		"settle": func(t *rapid.T) {
			ms := d.messages(core.UnsureSent)
			if len(ms) == 0 {
				t.Skip("nothing is open")
			}
			d.undo = nil
			_, err := d.Settle(d.ctx, ms[0].ID, "ada", rapid.Bool().Draw(t, "arrived"))
			may(t, err)
		},
		"agent": func(t *rapid.T) {
			before, conv := d.all(), d.pick(t)
			undo, err := map[string]func() (inbox.Undo, error){
				"done":     func() (inbox.Undo, error) { return d.Done(d.ctx, conv, "ada") },
				"reopen":   func() (inbox.Undo, error) { return d.Reopen(d.ctx, conv, "ada") },
				"snooze":   func() (inbox.Undo, error) { return d.Snooze(d.ctx, conv, "ada", d.now.Add(time.Hour)) },
				"assign":   func() (inbox.Undo, error) { return d.Assign(d.ctx, conv, "ada", "bob") },
				"courtesy": func() (inbox.Undo, error) { return d.MarkCourtesy(d.ctx, conv, "ada", true) },
				"content":  func() (inbox.Undo, error) { return d.MarkCourtesy(d.ctx, conv, "ada", false) },
				"value": func() (inbox.Undo, error) {
					tier := rapid.SampledFrom([]core.ValueTier{core.ValueNone, core.ValueHigh}).Draw(t, "tier")
					return d.SetValue(d.ctx, before[conv].ContactID, "ada", tier)
				},
			}[rapid.SampledFrom([]string{"done", "reopen", "snooze", "assign", "courtesy", "content", "value"}).Draw(t, "action")]()
			may(t, err)
			d.acted(undo, before)
		},
		"undo": func(t *rapid.T) {
			if d.undo == nil {
				t.Skip("nothing to undo")
			}
			may(t, d.undo(d.ctx))
			for id, c := range d.all() {
				want := d.was[id]
				c.Rev, want.Rev, c.Contact, want.Contact = 0, 0, core.Contact{}, core.Contact{}
				if fmt.Sprint(c) != fmt.Sprint(want) {
					t.Fatalf("after the undo\n got %+v\nwant %+v", c, want)
				}
			}
			d.undo = nil
		},
		"look": func(t *rapid.T) {
			d.undo = nil
			may(t, d.Seen(d.ctx, d.pick(t), "ada"))
		},
		"time": func(t *rapid.T) {
			d.now = d.now.Add(time.Duration(rapid.IntRange(-60, 600).Draw(t, "minutes")) * time.Minute)
		},
		"wake": func(t *rapid.T) {
			d.undo = nil
			_, err := d.Wake(d.ctx)
			may(t, err)
		},
		"": d.books,
	}
}

// books is what must hold after every step.
func (d *day) books(t *rapid.T) {
	waiting := map[int64]int{}
	byID := map[int64]core.Message{}
	for _, m := range d.mem.Messages() {
		byID[m.ID] = m
		if m.State == core.Queued {
			waiting[m.ConversationID]++
		}
		if m.RetriedBy != 0 && byID[m.RetriedBy].ID == 0 && !slices.ContainsFunc(d.mem.Messages(), func(o core.Message) bool { return o.ID == m.RetriedBy && o.RetryOf == m.ID }) {
			t.Fatalf("message %d was repeated by %d, which is not there", m.ID, m.RetriedBy)
		}
	}
	line := 0
	for _, n := range waiting {
		line += n
	}
	if n, claimed := d.mem.Outbox(); n+claimed != line {
		t.Fatalf("%d in line, %d messages queued", n+claimed, line)
	}
	for _, c := range d.mem.Conversations() {
		switch {
		case !c.WaitingSince.IsZero() && c.State != core.Open:
			t.Fatalf("somebody waits in a conversation that is %s", c.State)
		case c.WaitingSince.IsZero() != c.DueAt.IsZero():
			t.Fatalf("waiting since %v, due %v", c.WaitingSince, c.DueAt)
		case !c.WaitingSince.IsZero() && !c.CourtesySince.IsZero():
			t.Fatal("waits and was thanked at once")
		case c.State == core.Snoozed && c.SnoozeUntil.IsZero():
			t.Fatal("snoozed for ever")
		case c.Unread < 0:
			t.Fatalf("%d unread", c.Unread)
		}
		if c.LastMessageID != 0 && byID[c.LastMessageID].ConversationID != c.ID {
			t.Fatalf("the last message %d is not there", c.LastMessageID)
		}
		full := d.conversation(c.ID)
		if want := inbox.SortKey(&full, d.rules); c.SortKey != want {
			t.Fatalf("sort key %d, want %d", c.SortKey, want)
		}
		if inbox.PriorityOf(&full, d.rules, d.now).Score > 0 != !c.WaitingSince.IsZero() {
			t.Fatal("the score does not say whether somebody waits")
		}
	}
}

func TestADayAtTheCounter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rt.Repeat(newDay(t).steps())
	})
}

// TestNoQuestionIsForgotten: as long as nobody answered, closed, put off or
// read it as thanks, a customer who asked waits, whatever else happens.
func TestNoQuestionIsForgotten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDay(t)
		asked := d.hears(d.conv, "Quanto costa?")
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0:
				d.hears(d.conv, rapid.SampledFrom([]string{"grazie", "ok", "?", "ciao"}).Draw(rt, "text"))
			case 1:
				m, err := d.Reply(d.ctx, d.conv, "ada", text("Dieci"))
				if !may(rt, err, core.WindowClosed) {
					continue
				}
				if rapid.Bool().Draw(rt, "taken back") {
					_, err := d.TakeBack(d.ctx, m.ID)
					may(rt, err)
				} else {
					d.becomes(m.ID, core.Failed, &core.ProviderError{Class: core.ClassRetry})
				}
			case 2:
				undo, err := d.Done(d.ctx, d.conv, "ada")
				may(rt, err)
				may(rt, undo(d.ctx))
			case 3:
				_, err := d.Note(d.ctx, d.conv, "ada", "chiedo a Zoe")
				may(rt, err)
			case 4:
				may(rt, d.Seen(d.ctx, d.conv, "ada"))
			case 5:
				may(rt, d.Recompute(d.ctx))
			case 6:
				d.now = d.now.Add(time.Duration(rapid.IntRange(-30, 90).Draw(rt, "minutes")) * time.Minute)
			}
			if c := d.conversation(d.conv); !c.WaitingSince.Equal(asked.At) {
				// A clock set back dates later messages before the question.
				if c.WaitingSince.IsZero() || c.WaitingSince.After(asked.At) {
					rt.Fatalf("waiting since %v, asked at %v", c.WaitingSince, asked.At)
				}
			}
		}
	})
}
