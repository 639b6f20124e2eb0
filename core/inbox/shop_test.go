package inbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/carrier"
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
	full  bool // the disk, which shows itself at the end of a write
}

// disk is a store whose disk may be full.
type disk struct {
	core.Writer
	s *shop
}

func (d disk) Write(ctx context.Context, fn func(core.Tx) error) error {
	return d.Writer.Write(ctx, func(tx core.Tx) error {
		if err := fn(tx); err != nil || !d.s.full {
			return err
		}
		return core.Fail(core.DiskFull, "test", nil)
	})
}

// onEachStore runs a test on the store in memory and on SQLite.
func onEachStore(t *testing.T, test func(*testing.T, *shop)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		feed := core.NewFeed()
		test(t, newShop(t, coretest.New(feed), feed))
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
		test(t, newShop(t, db, feed))
	})
}

func newShop(t *testing.T, store core.Writer, feed *core.Feed) *shop {
	s := &shop{t: t, ctx: context.Background(), now: noon(t), rules: dayRules(t), feed: feed}
	s.Service = &inbox.Service{
		Store: disk{store, s}, Rules: func() core.Rules { return s.rules }, Now: func() time.Time { return s.now },
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
		inbox.Refresh(&cv, s.rules)
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
		if _, err := inbox.FailAnswer(tx, &c, &m, s.rules); err != nil {
			return err
		}
		return tx.SaveConversation(&c)
	})
}

// lastReaction is the newest reaction of ours in line.
func (s *shop) lastReaction() (m core.Message) {
	s.t.Helper()
	s.write(func(tx core.Tx) (err error) {
		m, err = tx.MessageByRef(fmt.Sprintf("b1:%d", s.refs))
		return err
	})
	return m
}

// arrives applies the receipt of a message.
func (s *shop) arrives(id int64) {
	s.follows(id, core.Event{Kind: core.EvStatus, Status: core.Delivered, At: s.now})
}

// follows applies a status event to a message, as ingest does.
func (s *shop) follows(id int64, e core.Event) {
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
		if _, err := carrier.Receipts(tx, &m, []core.Event{e}, s.rules); err != nil {
			return err
		}
		return tx.SaveMessage(&m)
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

// showsDrafts reports whether the store fills in Conversation.Draft; the one in
// memory does not.
func (s *shop) showsDrafts() bool {
	_, memory := s.Store.(disk).Writer.(*coretest.Mem)
	return !memory
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
