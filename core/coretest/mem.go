// Package coretest holds a store in memory that keeps the promises of core's
// ports, and a provider that does what a test tells it. For tests only: fast
// enough for thousands of random runs, and able to fail on command.
package coretest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// Mem is a store in memory. A failed Write leaves nothing behind. Safe for
// concurrent use; the zero value is not usable, see New.
type Mem struct {
	// Fail, when set, is asked before each Write and before its commit ("begin",
	// "commit"); its error is what the Write returns. After "committed" the
	// work is done all the same, as when a process dies before it hears so.
	Fail func(step string) error
	// FailTx is asked before each write inside a transaction, by its method's name.
	FailTx func(op string, id int64) error

	mu      sync.Mutex
	feed    *core.Feed
	s       state
	leases  map[string]lease
	files   map[string][]byte
	changes int
}

type lease struct {
	owner string
	until time.Time
}

// queued is one row of the outbox.
type queued struct {
	message   int64
	priority  core.Priority
	notBefore time.Time
	owner     string // "" while nobody has claimed it
	until     time.Time
	tried     bool // was claimed before
	claims    int64
}

type receipt struct {
	seq     int64
	channel int64
	event   core.Event
}

// state is all a rollback must restore. Values are copied on the way in and out.
type state struct {
	next       int64
	contacts   map[int64]core.Contact
	identities map[core.Identity]int64
	convs      map[int64]core.Conversation
	drafts     map[string]string
	messages   map[int64]core.Message
	outbox     map[int64]queued
	receipts   map[int64]receipt
	journal    map[int64]core.JournalEntry
	channels   map[int64]core.Channel
	activities []core.Activity
	campaigns  campaigns
	locks      map[int64]lease
	templates  map[int64]core.StoredTemplate
	consents   []consent.Entry
	tray       map[int64]consent.Pending // by message
	arrivals   map[core.Arrivals]int     // by channel, hour and way; N is not filled in
}

func (s state) clone() state {
	s.contacts, s.identities = maps.Clone(s.contacts), maps.Clone(s.identities)
	s.convs, s.drafts, s.messages = maps.Clone(s.convs), maps.Clone(s.drafts), maps.Clone(s.messages)
	s.outbox, s.receipts = maps.Clone(s.outbox), maps.Clone(s.receipts)
	s.journal, s.channels = maps.Clone(s.journal), maps.Clone(s.channels)
	s.activities, s.locks = slices.Clone(s.activities), maps.Clone(s.locks)
	s.templates, s.consents, s.tray = maps.Clone(s.templates), slices.Clone(s.consents), maps.Clone(s.tray)
	s.campaigns, s.arrivals = s.campaigns.clone(), maps.Clone(s.arrivals)
	return s
}

// New returns an empty store that publishes to feed.
func New(feed *core.Feed) *Mem {
	return &Mem{feed: feed, leases: map[string]lease{}, files: map[string][]byte{}, s: state{
		contacts: map[int64]core.Contact{}, identities: map[core.Identity]int64{},
		convs: map[int64]core.Conversation{}, drafts: map[string]string{}, messages: map[int64]core.Message{},
		outbox: map[int64]queued{}, receipts: map[int64]receipt{},
		journal: map[int64]core.JournalEntry{}, channels: map[int64]core.Channel{}, locks: map[int64]lease{}, templates: map[int64]core.StoredTemplate{},
		tray: map[int64]consent.Pending{}, campaigns: newCampaigns(), arrivals: map[core.Arrivals]int{},
	}}
}

func notFound(op string) error { return core.Fail(core.NotFound, "coretest."+op, nil) }

func (m *Mem) ask(step string) error {
	if m.Fail == nil {
		return nil
	}
	return m.Fail(step)
}

// Write runs fn on a copy and swaps it in. A panic in fn comes back as an
// error, as the real store's does.
func (m *Mem) Write(ctx context.Context, fn func(core.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := m.ask("begin"); err != nil {
		return err
	}
	m.mu.Lock()
	t := &tx{m: m, s: m.s.clone()}
	err := core.Guard(ctx, "coretest.Write", func(context.Context) error { return fn(t) })()
	if err == nil {
		err = m.ask("commit")
	}
	if err == nil {
		m.s = t.s
		m.changes += t.writes
	}
	m.mu.Unlock()
	if err != nil {
		return err
	}
	m.feed.Publish(t.changed...)
	return m.ask("committed")
}

// Changes returns how many rows were written so far, leases among them.
func (m *Mem) Changes() (n int) {
	m.read(func(*state) { n = m.changes })
	return n
}

// read copies the state's parts under the lock.
func (m *Mem) read(fn func(*state)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fn(&m.s)
}

// Messages returns all messages by id.
func (m *Mem) Messages() (ms []core.Message) {
	m.read(func(s *state) { ms = sortedBy(s.messages, func(v core.Message) int64 { return v.ID }) })
	for i := range ms {
		ms[i] = shown(ms[i])
	}
	return ms
}

// Contacts returns all contacts by id, with identities.
func (m *Mem) Contacts() (cs []core.Contact) {
	m.read(func(s *state) {
		cs = sortedBy(s.contacts, func(v core.Contact) int64 { return v.ID })
		for i := range cs {
			cs[i].Identities = s.identitiesOf(cs[i].ID)
		}
	})
	return cs
}

// Conversations returns all conversations by id.
func (m *Mem) Conversations() (cs []core.Conversation) {
	m.read(func(s *state) { cs = sortedBy(s.convs, func(v core.Conversation) int64 { return v.ID }) })
	return cs
}

// Activities returns the event feed.
func (m *Mem) Activities() (as []core.Activity) {
	m.read(func(s *state) { as = slices.Clone(s.activities) })
	return as
}

// Journal returns all entries by id.
func (m *Mem) Journal() (es []core.JournalEntry) {
	m.read(func(s *state) { es = sortedBy(s.journal, func(v core.JournalEntry) int64 { return v.ID }) })
	return es
}

// Arrived returns how many entries of a channel were called and asked for.
func (m *Mem) Arrived(channel int64) (called, polled int) {
	m.read(func(s *state) {
		for a, n := range s.arrivals {
			switch {
			case a.Channel != channel:
			case a.Polled:
				polled += n
			default:
				called += n
			}
		}
	})
	return called, polled
}

// Outbox returns how many messages wait and how many are claimed.
func (m *Mem) Outbox() (waiting, claimed int) {
	m.read(func(s *state) {
		for _, q := range s.outbox {
			if q.owner == "" {
				waiting++
			} else {
				claimed++
			}
		}
	})
	return waiting, claimed
}

// KeptReceipts returns how many events wait for their message.
func (m *Mem) KeptReceipts() (n int) {
	m.read(func(s *state) { n = len(s.receipts) })
	return n
}

func sortedBy[V any](m map[int64]V, id func(V) int64) []V {
	return slices.SortedFunc(maps.Values(m), func(a, b V) int { return cmp.Compare(id(a), id(b)) })
}

func (s *state) identitiesOf(contact int64) (ids []core.Identity) {
	for id, c := range s.identities {
		if c == contact {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b core.Identity) int {
		return cmp.Or(cmp.Compare(a.ChannelID, b.ChannelID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
	})
	return ids
}

func (s *state) id() int64 { s.next++; return s.next }
