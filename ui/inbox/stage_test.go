package inbox_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/storage"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/inbox"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

// start is a Tuesday afternoon in the shop.
var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

// stage is the real app with the real pane, service and store, on a fake clock.
type stage struct {
	t    testing.TB
	ctx  context.Context
	db   *storage.DB
	feed *core.Feed
	work *queue.Service
	pane *inbox.Pane
	env  *frame.Env
	deps inbox.Deps
	now  func() time.Time
	refs int

	mu   sync.Mutex
	note []frame.Notify
	open []string // what was given to the desktop
}

// rules are the shipped ones with the shop open round the clock.
func rules(t testing.TB) core.Rules {
	t.Helper()
	r, err := queue.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	r.Hours = core.Hours{Always: true, TimeZone: "UTC"}
	return r
}

// setting of a play; zero values are usual.
type setting struct {
	w, h  int
	lang  string
	rules func(*core.Rules)
	tune  func(*inbox.Deps)
	fill  func(*stage) // what is in the shop when the screen opens
}

func play(t *testing.T, o setting, script func(*uitest.Screen, *stage)) {
	t.Helper()
	dir := t.TempDir()
	st := &stage{t: t}
	uitest.Run(t, o.w, o.h, func(ctx context.Context) tea.Model { return st.build(ctx, dir, o) }, func(s *uitest.Screen) {
		defer func() {
			if err := st.db.Close(); err != nil {
				t.Error(err)
			}
		}()
		s.Sleep(time.Second)
		script(s, st)
		s.Sleep(time.Second)
	})
}

func (st *stage) build(ctx context.Context, dir string, o setting) tea.Model {
	st.t.Helper()
	began := time.Now()
	st.ctx = ctx
	st.now = func() time.Time { return start.Add(time.Since(began)) }
	st.feed = core.NewFeed()
	var err error
	if st.db, err = storage.Open(dir, st.feed, storage.Options{Now: st.now, Process: "p1"}); err != nil {
		st.t.Fatal(err)
	}
	r := rules(st.t)
	if o.rules != nil {
		o.rules(&r)
	}
	st.work = &queue.Service{Store: st.db, Rules: func() core.Rules { return r }, Now: st.now,
		NewRef: func() string { st.refs++; return "ref-" + strconv.Itoa(st.refs) }}
	words, err := text.Load(o.lang)
	if err != nil {
		st.t.Fatal(err)
	}
	st.env = &frame.Env{Ctx: ctx, Words: words, Now: st.now, Agent: "ada"}
	st.deps = st.wire(r)
	if o.tune != nil {
		o.tune(&st.deps)
	}
	if o.fill != nil {
		o.fill(st)
	}
	st.pane = inbox.New(st.env, st.deps)
	return ui.New(st.env, ui.Deps{Feed: st.feed, Panes: map[string]frame.Pane{"inbox": st.pane}, Notifier: st,
		Status: func(context.Context) ui.Status {
			return ui.Status{Shop: "Ferramenta Rossi", Receiver: ui.ReceiverLive, Demo: true}
		}})
}

func (st *stage) wire(r core.Rules) inbox.Deps {
	st.t.Helper()
	limits, err := inbox.ReadLimits(assets.Rules())
	if err != nil {
		st.t.Fatal(err)
	}
	vocab, err := queue.LoadWhen(assets.Rules(), "it", "en")
	if err != nil {
		st.t.Fatal(err)
	}
	return inbox.Deps{
		Read: st.db, People: st.db, Find: st.db, Work: st.work, Presence: st.db, Channels: st.db, Process: "p1",
		Rules: func() core.Rules { return r }, Agents: func() []string { return []string{"Anna", "Luca"} }, Limits: limits,
		When: func(s string, now time.Time) (time.Time, error) { return queue.ParseWhen(s, vocab, now) },
		Open: func(s string) error {
			st.mu.Lock()
			defer st.mu.Unlock()
			st.open = append(st.open, s)
			return nil
		},
	}
}

// Show takes desktop notifications.
func (st *stage) Show(_ context.Context, n frame.Notify) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.note = append(st.note, n)
	return nil
}

// notices are the notifications so far.
func (st *stage) notices() []frame.Notify {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.note)
}

// opened is what the desktop was given.
func (st *stage) opened() []string {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.open)
}

// write runs one transaction of the shop's life; a failure ends the test.
func (st *stage) write(fn func(core.Tx) error) {
	st.t.Helper()
	if err := st.db.Write(context.Background(), fn); err != nil {
		st.t.Fatal(err)
	}
}

// channel makes the shop's number.
func (st *stage) channel() {
	st.t.Helper()
	if _, err := st.db.SaveChannel(context.Background(), core.Channel{Name: "shop", Provider: core.Sandbox, Number: "+390551234567",
		State: core.Active, CreatedAt: start}); err != nil {
		st.t.Fatal(err)
	}
}

// customer makes a contact with a conversation and returns the conversation's id.
func (st *stage) customer(c core.Contact) (conv int64) {
	st.t.Helper()
	st.write(func(tx core.Tx) error {
		c := c
		c.CreatedAt = st.now()
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		if c.Phone != "" {
			if err := tx.AddIdentity(c.ID, core.Identity{ChannelID: 1, Kind: core.IdentityPhone, Value: string(c.Phone)}); err != nil {
				return err
			}
		}
		cv := core.Conversation{ChannelID: 1, ContactID: c.ID, State: core.Open, Contact: c, LastAt: st.now()}
		queue.Refresh(&cv, st.deps.Rules())
		if err := tx.SaveConversation(&cv); err != nil {
			return err
		}
		conv = cv.ID
		tx.Changed(core.Change{Kind: core.Conversations, ID: conv})
		return nil
	})
	return conv
}

// says has the customer write a message, ago before now.
func (st *stage) says(conv int64, ago time.Duration, c core.Content) (id int64) {
	st.t.Helper()
	if c.Type == "" {
		c.Type = core.TypeText
	}
	at := st.now().Add(-ago)
	st.write(func(tx core.Tx) error {
		cv, err := tx.Conversation(conv)
		if err != nil {
			return err
		}
		st.refs++
		m := core.Message{ConversationID: conv, ChannelID: cv.ChannelID, Direction: core.In, Content: c, At: at, ProviderID: fmt.Sprint("wamid.", st.refs)}
		queue.Inbound(&cv, &m, st.deps.Rules(), at)
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		cv.LastMessageID, cv.LastAt = m.ID, at
		id = m.ID
		tx.Changed(core.Change{Kind: core.Conversations, ID: conv}, core.Change{Kind: core.Messages, ID: conv})
		return tx.SaveConversation(&cv)
	})
	return id
}

// chatter has the customer write n short messages, a minute apart, the last
// one ago before now; words gives each its text.
func (st *stage) chatter(conv int64, n int, ago time.Duration, words func(i int) string) {
	st.t.Helper()
	st.write(func(tx core.Tx) error {
		cv, err := tx.Conversation(conv)
		if err != nil {
			return err
		}
		for i := range n {
			at := st.now().Add(-ago - time.Duration(n-1-i)*time.Minute)
			st.refs++
			m := core.Message{ConversationID: conv, ChannelID: cv.ChannelID, Direction: core.In, Content: said(words(i)), At: at, ProviderID: fmt.Sprint("wamid.", st.refs)}
			queue.Inbound(&cv, &m, st.deps.Rules(), at)
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
			cv.LastMessageID, cv.LastAt = m.ID, at
		}
		tx.Changed(core.Change{Kind: core.Conversations, ID: conv}, core.Change{Kind: core.Messages, ID: conv})
		return tx.SaveConversation(&cv)
	})
}

// answered has the shop answer, ago before now, in a state of its receipts.
func (st *stage) answered(conv int64, ago time.Duration, state core.State, m core.Message) (id int64) {
	st.t.Helper()
	if m.Type == "" {
		m.Type = core.TypeText
	}
	at := st.now().Add(-ago)
	st.write(func(tx core.Tx) error {
		cv, err := tx.Conversation(conv)
		if err != nil {
			return err
		}
		st.refs++
		m := m
		m.ConversationID, m.ChannelID, m.Direction, m.State, m.At = conv, cv.ChannelID, core.Out, state, at
		if m.Author == "" && !m.Auto && !m.Echo {
			m.Author = "ada"
		}
		m.Ref = fmt.Sprint("out-", st.refs)
		if state.Terminal() && m.Type != core.TypeNote {
			m.ProviderID = fmt.Sprint("wamid.", st.refs)
		}
		queue.Answered(&cv, &m, st.deps.Rules())
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		cv.LastMessageID, cv.LastAt = m.ID, at
		cv.Unread = 0
		id = m.ID
		queue.Refresh(&cv, st.deps.Rules())
		tx.Changed(core.Change{Kind: core.Conversations, ID: conv}, core.Change{Kind: core.Messages, ID: conv})
		return tx.SaveConversation(&cv)
	})
	return id
}

// becomes moves a message on, as a receipt would.
func (st *stage) becomes(id int64, state core.State, why *core.ProviderError) {
	st.t.Helper()
	st.write(func(tx core.Tx) error {
		m, err := tx.Message(id)
		if err != nil {
			return err
		}
		m.State, m.Error = state, why
		if state.Terminal() && m.ProviderID == "" {
			m.ProviderID = fmt.Sprint("wamid.out.", id)
		}
		if state != core.Queued {
			if err := tx.Release(id, true, time.Time{}); err != nil && core.CodeOf(err) != core.NotFound {
				return err
			}
		}
		tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID}, core.Change{Kind: core.Conversations, ID: m.ConversationID})
		return tx.SaveMessage(&m)
	})
}

func said(s string) core.Content { return core.Content{Type: core.TypeText, Text: s} }

// conversation as its agent sees it.
func (st *stage) conversation(id int64) core.Conversation {
	st.t.Helper()
	p, err := st.db.Conversations(context.Background(), core.ListQuery{View: core.ViewAll, Agent: "ada", Limit: 100})
	if err != nil {
		st.t.Fatal(err)
	}
	for i := range p.Rows {
		if p.Rows[i].ID == id {
			return p.Rows[i]
		}
	}
	st.t.Fatalf("no conversation %d", id)
	return core.Conversation{}
}

// newest is the last message of a conversation.
func (st *stage) newest(conv int64) core.Message {
	st.t.Helper()
	ms, err := st.db.Messages(context.Background(), conv, 0, 1)
	if err != nil || len(ms) == 0 {
		st.t.Fatalf("messages of %d: %d, %v", conv, len(ms), err)
	}
	return ms[0]
}
