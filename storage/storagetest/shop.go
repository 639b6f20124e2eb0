package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
)

// Store is all that core asks of a store.
type Store interface {
	core.Writer
	core.InboxReader
	core.PeopleReader
	core.Searcher
	core.DeliveryReader
	core.ChargeReader
	core.ChannelStore
	core.OutboxReader
	core.JournalStore
	core.PresenceStore
	core.LeaseStore
	core.LeaseReader
	core.SettingsStore
	core.MediaStore
	core.TemplateReader
}

// Open opens a store in a folder of its own that is closed with the test.
func Open(t testing.TB, feed *core.Feed, now func() time.Time) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.TempDir(), feed, storage.Options{Now: now, Process: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Start is when the test shops open.
var Start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Shop is a store with a channel, and shorthands that fail the test.
type Shop struct {
	T       testing.TB
	Store   Store
	Feed    *core.Feed
	Channel core.Channel
	Clock   time.Time // what the store's Now says; tests move it
	refs    int
}

// NewShop opens a store and connects one channel.
func NewShop(t testing.TB, open func(testing.TB, *core.Feed, func() time.Time) Store) *Shop {
	t.Helper()
	s := &Shop{T: t, Feed: core.NewFeed(), Clock: Start}
	s.Store = open(t, s.Feed, func() time.Time { return s.Clock })
	s.Channel = s.AddChannel("shop")
	return s
}

// AddChannel connects a channel.
func (s *Shop) AddChannel(name string) core.Channel {
	s.T.Helper()
	ch, err := s.Store.SaveChannel(s.ctx(), core.Channel{Name: name, Provider: core.Sandbox, State: core.Active, CreatedAt: s.Clock})
	s.must(err)
	return ch
}

// Write runs one write that must succeed.
func (s *Shop) Write(fn func(tx core.Tx) error) {
	s.T.Helper()
	s.must(s.Store.Write(s.ctx(), fn))
}

// Person makes a contact with a phone and an open conversation on the shop's channel.
func (s *Shop) Person(name string, phone core.Phone, tags ...string) core.Conversation {
	s.T.Helper()
	return s.PersonOn(s.Channel.ID, name, phone, tags...)
}

// PersonOn is Person on another channel.
func (s *Shop) PersonOn(channel int64, name string, phone core.Phone, tags ...string) core.Conversation {
	s.T.Helper()
	var c core.Conversation
	s.Write(func(tx core.Tx) error {
		k := core.Contact{Name: name, Phone: phone, Tags: tags, CreatedAt: s.Clock}
		if err := tx.SaveContact(&k); err != nil {
			return err
		}
		if phone != "" {
			if err := tx.AddIdentity(k.ID, core.Identity{ChannelID: channel, Kind: core.IdentityPhone, Value: string(phone)}); err != nil {
				return err
			}
		}
		c = core.Conversation{ChannelID: channel, ContactID: k.ID, State: core.Open}
		return tx.SaveConversation(&c)
	})
	return s.Conversation(c.ID)
}

// Conversation reads one.
func (s *Shop) Conversation(id int64) core.Conversation {
	s.T.Helper()
	c, err := s.Store.Conversation(s.ctx(), id)
	s.must(err)
	return c
}

// Message reads one.
func (s *Shop) Message(id int64) core.Message {
	s.T.Helper()
	var m core.Message
	s.Write(func(tx core.Tx) (err error) {
		m, err = tx.Message(id)
		return err
	})
	return m
}

// Receive puts a customer's text into a conversation.
func (s *Shop) Receive(c core.Conversation, text string) core.Message {
	s.T.Helper()
	s.refs++
	m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, ProviderID: fmt.Sprintf("wamid.%d", s.refs),
		Content: core.Content{Type: core.TypeText, Text: text}, At: s.Clock}
	s.Insert(&m)
	return m
}

// Queue puts an answer in line to be sent.
func (s *Shop) Queue(c core.Conversation, text string, notBefore time.Time, p core.Priority) core.Message {
	s.T.Helper()
	s.refs++
	m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Ref: fmt.Sprintf("ref.%d", s.refs),
		State: core.Queued, NotBefore: notBefore, Content: core.Content{Type: core.TypeText, Text: text}, At: s.Clock}
	s.Insert(&m)
	s.Write(func(tx core.Tx) error { return tx.Enqueue(m, p) })
	return m
}

// Insert stores a message that must be new, and shows it as the last one.
func (s *Shop) Insert(m *core.Message) {
	s.T.Helper()
	s.Write(func(tx core.Tx) error {
		ok, err := tx.InsertMessage(m)
		if err == nil && !ok {
			err = fmt.Errorf("message %q %q was there already", m.ProviderID, m.Ref)
		}
		if err != nil {
			return err
		}
		c, err := tx.Conversation(m.ConversationID)
		if err != nil {
			return err
		}
		c.LastMessageID, c.LastAt = m.ID, m.At
		return tx.SaveConversation(&c)
	})
}

// Search finds words.
func (s *Shop) Search(words string) []core.Hit {
	s.T.Helper()
	hits, err := s.Store.Search(s.ctx(), core.SearchQuery{Words: words, Limit: 200})
	if err != nil {
		s.T.Errorf("search %q: %v", words, err)
	}
	return hits
}

func (s *Shop) ctx() context.Context { return context.Background() }

func (s *Shop) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func (s *Shop) code(err error, want core.Code) {
	s.T.Helper()
	if core.CodeOf(err) != want {
		s.T.Errorf("code %q of %v, want %q", core.CodeOf(err), err, want)
	}
}
