package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/inbox"
	"bottega/storage"
)

// shop is a Service on a store, with a clock that stands still until moved.
type shop struct {
	*inbox.Service
	t     *testing.T
	ctx   context.Context
	now   time.Time
	rules core.Rules
	feed  *core.Feed
	ch    core.Channel
	conv  int64
	refs  int
	marks []inbox.ReadMark
}

// onEachStore runs a test on the store in memory and on SQLite.
func onEachStore(t *testing.T, test func(*testing.T, *shop)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		feed := core.NewFeed()
		test(t, newShop(t, coretest.New(feed), nil, feed))
	})
	t.Run("sqlite", func(t *testing.T) {
		feed := core.NewFeed()
		db, err := storage.Open(t.TempDir(), feed, storage.Options{Now: func() time.Time { return noon(t) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		test(t, newShop(t, db, db, feed))
	})
}

func newShop(t *testing.T, store core.Writer, presence core.PresenceStore, feed *core.Feed) *shop {
	s := &shop{t: t, ctx: context.Background(), now: noon(t), rules: dayRules(t), feed: feed}
	s.Service = &inbox.Service{
		Store: store, Presence: presence, Rules: func() core.Rules { return s.rules }, Now: func() time.Time { return s.now },
		NewRef: func() string { s.refs++; return fmt.Sprintf("b1:%d", s.refs) },
		Mark:   func(m inbox.ReadMark) { s.marks = append(s.marks, m) },
	}
	s.write(func(tx core.Tx) error {
		s.ch = core.Channel{Name: "shop", Provider: core.Meta, Number: "+390600000001", State: core.Active, CreatedAt: s.now}
		return tx.SaveChannel(&s.ch)
	})
	s.conv = s.person("Ana", "+393330000001")
	return s
}

func (s *shop) write(fn func(core.Tx) error) {
	s.t.Helper()
	if err := s.Store.Write(s.ctx, fn); err != nil {
		s.t.Fatal(err)
	}
}

// person adds a contact and their conversation; without a number they are
// known by the provider's id alone.
func (s *shop) person(name string, phone core.Phone) (conv int64) {
	s.t.Helper()
	s.write(func(tx core.Tx) error {
		c := core.Contact{Name: name, Phone: phone, CreatedAt: s.now}
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		id := core.Identity{ChannelID: s.ch.ID, Kind: core.IdentityPhone, Value: string(phone)}
		if phone == "" {
			id = core.Identity{ChannelID: s.ch.ID, Kind: core.IdentityUser, Value: "IT." + name}
		}
		if err := tx.AddIdentity(c.ID, id); err != nil {
			return err
		}
		cv := core.Conversation{ChannelID: s.ch.ID, ContactID: c.ID, State: core.Open}
		err := tx.SaveConversation(&cv)
		conv = cv.ID
		return err
	})
	return conv
}

// hears stores an inbound message as ingest does.
func (s *shop) hears(conv int64, text string) (m core.Message) {
	s.t.Helper()
	s.write(func(tx core.Tx) error {
		c, err := tx.Conversation(conv)
		if err != nil {
			return err
		}
		s.refs++
		m = core.Message{ConversationID: conv, ChannelID: c.ChannelID, ProviderID: fmt.Sprintf("wamid.%d", s.refs), At: s.now,
			Content: core.Content{Type: core.TypeText, Text: text}}
		inbox.Inbound(&c, &m, s.rules, s.now)
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		c.LastMessageID = m.ID
		return tx.SaveConversation(&c)
	})
	return m
}

func (s *shop) conversation(id int64) (c core.Conversation) {
	s.t.Helper()
	s.write(func(tx core.Tx) (err error) {
		c, err = tx.Conversation(id)
		return err
	})
	return c
}

func (s *shop) message(id int64) (m core.Message) {
	s.t.Helper()
	s.write(func(tx core.Tx) (err error) {
		m, err = tx.Message(id)
		return err
	})
	return m
}

// becomes sets the state of a message as the sender does.
func (s *shop) becomes(id int64, state core.State, e *core.ProviderError) {
	s.t.Helper()
	s.write(func(tx core.Tx) error {
		m, err := tx.Message(id)
		if err != nil {
			return err
		}
		if m.State == core.Queued {
			if err := tx.Dequeue(id); err != nil {
				return err
			}
		}
		m.State, m.Error = state, e
		if state == core.Accepted || state == core.Sent {
			m.ProviderID = "wamid.out." + m.Ref
		}
		if err := tx.SaveMessage(&m); err != nil || state != core.Failed {
			return err
		}
		c, err := tx.Conversation(m.ConversationID)
		if err != nil {
			return err
		}
		inbox.AnswerFailed(&c, &m, s.rules)
		return tx.SaveConversation(&c)
	})
}

func (s *shop) due(want int) {
	s.t.Helper()
	s.write(func(tx core.Tx) error {
		js, err := tx.Claim(s.ch.ID, "test", s.now.Add(time.Hour), time.Minute, 10)
		if err == nil && len(js) != want {
			err = fmt.Errorf("%d messages are due, want %d", len(js), want)
		}
		return err
	})
}

func text(t string) core.Content { return core.Content{Type: core.TypeText, Text: t} }

func code(t *testing.T, err error, want core.Code, what string) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Errorf("%s: %q (%v), want %q", what, got, err, want)
	}
}

// sameConversation compares what actions may change, not revisions.
func sameConversation(t *testing.T, got, want core.Conversation, what string) {
	t.Helper()
	got.Rev, want.Rev = 0, 0
	got.Last, want.Last = core.Message{}, core.Message{} // follows from LastMessageID
	if g, w := fmt.Sprintf("%+v", utc(got)), fmt.Sprintf("%+v", utc(want)); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// utc removes what printing times in different zones would show.
func utc(c core.Conversation) core.Conversation {
	for _, p := range []*time.Time{&c.LastAt, &c.LastInAt, &c.LastOutAt, &c.WaitingSince, &c.DueAt, &c.CourtesySince, &c.WindowCloses,
		&c.FreeUntil, &c.Referral, &c.SnoozeUntil, &c.Contact.CreatedAt, &c.Contact.LastInAt} {
		if !p.IsZero() {
			*p = p.UTC()
		}
	}
	return c
}

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
		if s.Presence == nil {
			t.Skip("the store in memory has no locks")
		}
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
		if s.Presence != nil && after.Draft != "Dieci euro" {
			t.Errorf("draft %q", after.Draft)
		}
		after.Draft = before.Draft
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
		after.Draft = before.Draft
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
	s := newShop(t, mem, nil, feed)
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
		s := newShop(t, mem, nil, feed)
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
