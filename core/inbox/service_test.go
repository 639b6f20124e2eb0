package inbox_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

func TestReply(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		sub := s.feed.Subscribe(core.Work)
		defer sub.Close()
		s.hears(s.conv, "Quanto costa?")
		if err := s.SaveDraft(s.ctx, s.conv, "ada", "Dieci eu"); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(4 * time.Minute)
		m, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci euro \n"))
		if err != nil {
			t.Fatal(err)
		}
		c := s.conversation(s.conv)
		if m.State != core.Queued || m.Author != "ada" || m.Text != "Dieci euro" || m.Ref == "" || !m.NotBefore.Equal(s.now.Add(5*time.Second)) || m.Waited.IsZero() {
			t.Errorf("%+v", m)
		}
		if !c.WaitingSince.IsZero() || !c.DueAt.IsZero() || c.Draft != "" || c.LastMessageID != m.ID || !c.LastOutAt.Equal(s.now) || c.SortKey < 1<<50 {
			t.Errorf("%+v", c)
		}
		if stored := s.message(m.ID); !stored.Waited.Equal(s.now.Add(-4*time.Minute)) || stored.Text != m.Text {
			t.Errorf("%+v", stored)
		}
		if cs, err := sub.Wait(s.ctx, time.Minute); err != nil || len(cs) == 0 {
			t.Error("the sender was not told")
		}
		s.due(1)
	})
}

func TestReplyRefusals(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		_, err := s.Reply(s.ctx, s.conv, "ada", text("ciao"))
		code(t, err, core.WindowClosed, "nobody wrote yet")
		template := core.Content{Type: core.TypeTemplate, Text: "Pronto", Template: &core.TemplateCall{Name: "ready", Language: "it"}}
		if _, err := s.Reply(s.ctx, s.conv, "ada", template); err != nil {
			t.Errorf("a template needs no window: %v", err)
		}
		s.hears(s.conv, "ciao")
		s.now = s.now.Add(24*time.Hour - time.Minute)
		if _, err := s.Reply(s.ctx, s.conv, "ada", text("ciao")); err != nil {
			t.Errorf("a minute before the end: %v", err)
		}
		s.now = s.now.Add(time.Minute)
		_, err = s.Reply(s.ctx, s.conv, "ada", text("ciao"))
		code(t, err, core.WindowClosed, "24 hours later")
		_, err = s.Reply(s.ctx, s.conv, "", text("ciao"))
		code(t, err, core.InvalidInput, "nobody's reply")
		_, err = s.Reply(s.ctx, s.conv, "ada", text(" \n"))
		code(t, err, core.EmptyMessage, "nothing")
		_, err = s.Reply(s.ctx, 999, "ada", text("ciao"))
		code(t, err, core.NotFound, "no conversation")
		if e, ok := errors.AsType[*core.Error](err); !ok || e.Op != "inbox.Reply" || e.Err == nil {
			t.Errorf("the operation or the cause is gone: %v", err)
		}
	})
}

func TestReplyWithoutPhoneNumber(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		conv := s.person("Hidden", "")
		s.hears(conv, "ciao")
		if _, err := s.Reply(s.ctx, conv, "ada", text("ciao")); err != nil {
			t.Errorf("the provider's id is an address: %v", err)
		}
		s.write(func(tx core.Tx) error {
			return tx.RemoveIdentity(core.Identity{ChannelID: s.ch.ID, Kind: core.IdentityUser, Value: "IT.Hidden"})
		})
		_, err := s.Reply(s.ctx, conv, "ada", text("ciao"))
		code(t, err, core.NoRecipient, "no address left")
	})
}

func TestReplyOnPausedChannelWaits(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.write(func(tx core.Tx) error {
			s.ch.State, s.ch.PauseClass = core.Paused, core.ClassAuth
			return tx.SaveChannel(&s.ch)
		})
		s.hears(s.conv, "ciao")
		m, err := s.Reply(s.ctx, s.conv, "ada", text("eccomi"))
		if err != nil || m.State != core.Queued {
			t.Errorf("%+v %v", m, err)
		}
		s.now = s.now.Add(time.Hour)
		if _, err := s.TakeBack(s.ctx, m.ID); err != nil {
			t.Errorf("while it waits it can be taken back: %v", err)
		}
	})
}

func TestSendLock(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "ciao")
		if _, err := s.Reply(s.ctx, s.conv, "ada", text("uno")); err != nil {
			t.Fatal(err)
		}
		_, err := s.Reply(s.ctx, s.conv, "bob", text("due"))
		code(t, err, core.Locked, "two agents at once")
		if _, err := s.Reply(s.ctx, s.conv, "ada", text("tre")); err != nil {
			t.Errorf("the same agent again: %v", err)
		}
		s.now = s.now.Add(6 * time.Second)
		if _, err := s.Reply(s.ctx, s.conv, "bob", text("due")); err != nil {
			t.Errorf("when the lock has run out: %v", err)
		}
		other := s.person("Zoe", "+393330000002")
		_, err = s.Reply(s.ctx, other, "ada", text("ciao"))
		code(t, err, core.WindowClosed, "a refused reply")
		s.hears(other, "ciao")
		if _, err := s.Reply(s.ctx, other, "bob", text("ciao")); err != nil {
			t.Errorf("a refused reply leaves no lock: %v", err)
		}
		_, err = s.Reply(s.ctx, other, "bob", core.Content{Type: core.TypeText, Text: "due", ReplyTo: "wamid.1"})
		code(t, err, "", "bob again")
		s.now = s.now.Add(25 * time.Hour)
		s.hears(s.conv, "ciao")
		_, err = s.Reply(s.ctx, s.conv, "ada", text("quattro"))
		code(t, err, "", "ada answers")
		s.full = true
		_, err = s.Reply(s.ctx, s.conv, "ada", text("cinque"))
		code(t, err, core.DiskFull, "ada answers on a full disk")
		s.full = false
		_, err = s.Reply(s.ctx, s.conv, "bob", text("sei"))
		code(t, err, core.Locked, "a reply that fails does not open the lock of the one before")
	})
}

func TestTakeBackRestoresEverything(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "Avete il pane?")
		s.now = s.now.Add(time.Minute)
		if _, err := s.Reply(s.ctx, s.conv, "ada", text("Sì")); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		s.hears(s.conv, "E quanto costa?")
		before := s.conversation(s.conv)
		s.now = s.now.Add(time.Minute)
		m, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci euro"))
		if err != nil {
			t.Fatal(err)
		}
		content, err := s.TakeBack(s.ctx, m.ID)
		if err != nil || content.Text != "Dieci euro" {
			t.Fatalf("%+v %v", content, err)
		}
		after := s.conversation(s.conv)
		if s.showsDrafts() && after.Draft != "Dieci euro" {
			t.Errorf("draft %q", after.Draft)
		}
		after.Draft, after.Drafts = before.Draft, before.Drafts
		sameConversation(t, after, before, "after taking back")
		_, err = s.TakeBack(s.ctx, m.ID)
		code(t, err, core.NotFound, "twice")
		s.due(1)
	})
}

func TestTakeBackAfterCourtesy(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "Avete il pane?")
		if _, err := s.Reply(s.ctx, s.conv, "ada", text("Sì")); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(time.Minute)
		s.hears(s.conv, "grazie")
		before := s.conversation(s.conv)
		s.now = s.now.Add(time.Minute)
		m, err := s.Reply(s.ctx, s.conv, "ada", text("A lei!"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.TakeBack(s.ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		after := s.conversation(s.conv)
		after.Draft, after.Drafts = before.Draft, before.Drafts
		sameConversation(t, after, before, "after taking back")
	})
}

func TestTakeBackTooLate(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		in := s.hears(s.conv, "ciao")
		m, err := s.Reply(s.ctx, s.conv, "ada", text("Dieci euro"))
		if err != nil {
			t.Fatal(err)
		}
		s.due(1) // claimed
		_, err = s.TakeBack(s.ctx, m.ID)
		code(t, err, core.TooLate, "while it is sent")
		_, err = s.TakeBack(s.ctx, in.ID)
		code(t, err, core.InvalidInput, "a customer's message")
		_, err = s.TakeBack(s.ctx, 999)
		code(t, err, core.NotFound, "no message")
		if c := s.conversation(s.conv); !c.WaitingSince.IsZero() {
			t.Error("a refused undo started the clock")
		}
	})
}

func TestSendTo(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		template := core.Content{Type: core.TypeTemplate, Text: "Pronto", Template: &core.TemplateCall{Name: "ready", Language: "it"}}
		_, err := s.SendTo(s.ctx, s.ch.ID, "+393339999999", "ada", text("ciao"))
		code(t, err, core.WindowClosed, "a stranger")
		m, err := s.SendTo(s.ctx, s.ch.ID, "+393339999999", "ada", template)
		if err != nil || m.ConversationID == 0 || m.NotBefore.After(s.now) {
			t.Fatalf("%+v %v", m, err)
		}
		again, err := s.SendTo(s.ctx, s.ch.ID, "+393339999999", "ada", template)
		if err != nil || again.ConversationID != m.ConversationID || again.ID == m.ID {
			t.Errorf("the second message went to %d, not %d: %v", again.ConversationID, m.ConversationID, err)
		}
		s.hears(s.conv, "ciao")
		if m, err := s.SendTo(s.ctx, s.ch.ID, "+393330000001", "ada", text("ciao")); err != nil || m.ConversationID != s.conv {
			t.Errorf("a known number: %+v %v", m, err)
		}
		for phone, want := range map[core.Phone]core.Code{"": core.InvalidInput, "3331234567": core.InvalidInput, "+39 333": core.InvalidInput, "+0123456789": core.InvalidInput} {
			_, err := s.SendTo(s.ctx, s.ch.ID, phone, "ada", template)
			code(t, err, want, string(phone))
		}
		_, err = s.SendTo(s.ctx, 999, "+393339999999", "ada", template)
		code(t, err, core.NoChannel, "no such channel")
		_, err = s.SendTo(s.ctx, s.ch.ID, "+393339999999", "", template)
		code(t, err, core.InvalidInput, "nobody")
	})
}

// TestSendToFindsOtherForm writes to a Brazilian number with and without the ninth digit.
func TestSendToFindsOtherForm(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		conv := s.person("João", "+551187654321")
		s.hears(conv, "oi")
		if m, err := s.SendTo(s.ctx, s.ch.ID, "+5511987654321", "ada", text("oi")); err != nil || m.ConversationID != conv {
			t.Errorf("%+v %v", m, err)
		}
	})
}

func TestFirstResponseIsRecorded(t *testing.T) {
	feed := core.NewFeed()
	mem := coretest.New(feed)
	s := newShop(t, mem, feed)
	s.hears(s.conv, "ciao")
	s.now = s.now.Add(90 * time.Second)
	m, err := s.Reply(s.ctx, s.conv, "ada", text("eccomi"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reply(s.ctx, s.conv, "ada", text("dica")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.TakeBack(s.ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range mem.Activities() {
		got = append(got, string(a.Kind)+" "+a.Actor+" "+a.Detail)
		if a.ConversationID != s.conv || a.ChannelID != s.ch.ID || !a.At.Equal(s.now) {
			t.Errorf("%+v", a)
		}
	}
	if want := []string{"answered ada 90000", "waiting ada taken_back"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestReplyIsOneTransaction fails each write in turn: nothing may stay behind.
func TestReplyIsOneTransaction(t *testing.T) {
	for _, op := range []string{"InsertMessage", "SaveConversation"} {
		feed := core.NewFeed()
		mem := coretest.New(feed)
		s := newShop(t, mem, feed)
		s.hears(s.conv, "ciao")
		before, n := s.conversation(s.conv), len(mem.Messages())
		mem.FailTx = func(at string, _ int64) error {
			if at == op {
				return core.Fail(core.DiskFull, "test", nil)
			}
			return nil
		}
		_, err := s.Reply(s.ctx, s.conv, "ada", text("eccomi"))
		code(t, err, core.DiskFull, op)
		mem.FailTx = nil
		sameConversation(t, s.conversation(s.conv), before, op)
		if waiting, _ := mem.Outbox(); waiting != 0 || len(mem.Messages()) != n {
			t.Errorf("%s: %d in line, %d messages", op, waiting, len(mem.Messages()))
		}
	}
}
