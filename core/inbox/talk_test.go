package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/inbox"
)

func TestNote(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.hears(s.conv, "ciao")
		before := s.conversation(s.conv)
		m, err := s.Note(s.ctx, s.conv, "ada", "È la cugina di Zoe ")
		if err != nil || m.ID == 0 || m.Type != core.TypeNote || m.State != core.Received || m.Text != "È la cugina di Zoe" {
			t.Errorf("%+v %v", m, err)
		}
		sameConversation(t, s.conversation(s.conv), before, "after a note")
		s.due(0)
		_, err = s.Note(s.ctx, s.conv, "ada", " ")
		code(t, err, core.EmptyMessage, "nothing")
		_, err = s.Note(s.ctx, s.conv, "", "x")
		code(t, err, core.InvalidInput, "nobody")
		_, err = s.Note(s.ctx, 999, "ada", "x")
		code(t, err, core.NotFound, "nowhere")
		s.now = s.now.AddDate(0, 0, 9)
		if _, err := s.Note(s.ctx, s.conv, "ada", "x"); err != nil {
			t.Errorf("a note needs no window: %v", err)
		}
	})
}

func TestDropNote(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		in := s.hears(s.conv, "ciao")
		before := s.conversation(s.conv)
		m, err := s.Note(s.ctx, s.conv, "ada", "nota")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.DropNote(s.ctx, m.ID, "zoe")
		code(t, err, core.InvalidInput, "another's")
		_, err = s.DropNote(s.ctx, in.ID, "ada")
		code(t, err, core.InvalidInput, "no note")
		if words, err := s.DropNote(s.ctx, m.ID, "ada"); err != nil || words != "nota" {
			t.Errorf("%q %v", words, err)
		}
		sameConversation(t, s.conversation(s.conv), before, "after a note taken back")
		_, err = s.DropNote(s.ctx, m.ID, "ada")
		code(t, err, core.NotFound, "gone")
	})
}

// TestFailedReaction: a reaction that failed goes from its message, what it had
// replaced comes back, and one that arrived after all stands again.
func TestFailedReaction(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		asked := s.hears(s.conv, "Quanto costa?")
		react := func(emoji string) int64 {
			s.now = s.now.Add(time.Second)
			if err := s.React(s.ctx, asked.ID, "ada", emoji); err != nil {
				t.Fatal(err)
			}
			return s.lastReaction().ID
		}
		shows := func(what, want string) {
			t.Helper()
			got := ""
			for _, r := range s.message(asked.ID).Reactions {
				got += r.Emoji
			}
			if got != want {
				t.Errorf("%s: %q stands, want %q", what, got, want)
			}
		}
		becomes := func(id int64, state core.State) {
			s.follows(id, core.Event{Kind: core.EvStatus, Status: state, At: s.now, Error: &core.ProviderError{Class: core.ClassRetry}})
		}
		first := react("👍")
		becomes(first, core.Failed)
		shows("the first failed", "")
		becomes(first, core.Delivered)
		shows("it arrived after all", "👍")
		second := react("🎉")
		shows("the second is on its way", "🎉")
		becomes(second, core.Failed)
		shows("the second failed", "👍")
		gone := react("")
		becomes(gone, core.Failed)
		shows("taking back failed", "👍")
		third, fourth := react("❤️"), react("🙏")
		becomes(third, core.Failed)
		shows("one that was replaced failed", "🙏")
		becomes(fourth, core.Delivered)
		shows("the last", "🙏")
		if c := s.conversation(s.conv); !c.WaitingSince.Equal(asked.At) {
			t.Errorf("waits since %v", c.WaitingSince)
		}
	})
}

func TestReact(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		m := s.hears(s.conv, "ciao")
		before := s.conversation(s.conv)
		if err := s.React(s.ctx, m.ID, "ada", "👍"); err != nil {
			t.Fatal(err)
		}
		got := s.message(m.ID)
		if len(got.Reactions) != 1 || got.Reactions[0].Emoji != "👍" || got.Reactions[0].From != core.Out {
			t.Errorf("%+v", got.Reactions)
		}
		sameConversation(t, s.conversation(s.conv), before, "a reaction is no answer")
		s.due(1)
		if err := s.React(s.ctx, m.ID, "ada", ""); err != nil || len(s.message(m.ID).Reactions) != 0 {
			t.Errorf("taken back: %v", err)
		}
		for _, emoji := range []string{"ok", "👍 👍", "\x1b[31m", "a👍", strings.Repeat("👍", 13), "1"} {
			code(t, s.React(s.ctx, m.ID, "ada", emoji), core.InvalidInput, emoji)
		}
		note, err := s.Note(s.ctx, s.conv, "ada", "nota")
		if err != nil {
			t.Fatal(err)
		}
		code(t, s.React(s.ctx, note.ID, "ada", "👍"), core.InvalidInput, "a note")
		code(t, s.React(s.ctx, 999, "ada", "👍"), core.NotFound, "nothing")
		code(t, s.React(s.ctx, m.ID, "", "👍"), core.InvalidInput, "nobody")
		s.now = s.now.AddDate(0, 0, 2)
		code(t, s.React(s.ctx, m.ID, "ada", "👍"), core.WindowClosed, "outside the window")
	})
}

func TestReactWithEmojiOfManyParts(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		m := s.hears(s.conv, "ciao")
		for _, emoji := range []string{"❤️", "👍🏽", "👩‍👩‍👧‍👦", "🇮🇹", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"} {
			if err := s.React(s.ctx, m.ID, "ada", emoji); err != nil {
				t.Errorf("%s: %v", emoji, err)
			}
		}
	})
}

func TestDraft(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		if !s.showsDrafts() {
			t.Skip("the store in memory does not show drafts")
		}
		for _, draft := range []string{"Dieci eu", "Dieci euro", ""} {
			if err := s.SaveDraft(s.ctx, s.conv, "ada", draft); err != nil || s.conversation(s.conv).Draft != draft {
				t.Errorf("%q: %v", draft, err)
			}
		}
	})
}

func TestSeen(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		if err := s.Seen(s.ctx, s.conv, "ada"); err != nil || len(s.marks) != 0 {
			t.Errorf("nothing to see: %v", err)
		}
		s.hears(s.conv, "uno")
		m := s.hears(s.conv, "due")
		if err := s.Seen(s.ctx, s.conv, "ada"); err != nil || s.conversation(s.conv).Unread != 0 {
			t.Errorf("unread %d: %v", s.conversation(s.conv).Unread, err)
		}
		if err := s.Seen(s.ctx, s.conv, "ada"); err != nil {
			t.Error(err)
		}
		if want := []inbox.ReadMark{{Channel: s.ch.ID, Conversation: s.conv, ProviderID: m.ProviderID}}; !slices.Equal(s.marks, want) {
			t.Errorf("%+v, want %+v", s.marks, want)
		}
		if c := s.conversation(s.conv); c.WaitingSince.IsZero() {
			t.Error("looking is not answering")
		}
	})
}

// provider notes the read marks it gets.
type provider struct {
	mu   sync.Mutex
	got  []string
	fail error
}

func TestReadMarks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &provider{}
		state := core.Active
		channel := func(_ context.Context, id int64) (core.Channel, error) {
			if id == 9 {
				return core.Channel{}, core.Fail(core.NotFound, "test", nil)
			}
			return core.Channel{ID: id, State: state}, nil
		}
		var log bytes.Buffer
		marks := inbox.NewReadMarks(gateways{p}, channel, slog.New(slog.NewTextHandler(&log, nil)))
		for _, id := range []string{"old", "older", "newest"} {
			marks.Mark(inbox.ReadMark{Channel: 1, Conversation: 7, ProviderID: id})
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- marks.Run(ctx) }()
		synctest.Wait()
		p.fail = errors.New("down")
		marks.Mark(inbox.ReadMark{Channel: 1, Conversation: 8, ProviderID: "refused"})
		synctest.Wait()
		marks.Mark(inbox.ReadMark{Channel: 9, Conversation: 9, ProviderID: "no channel"})
		synctest.Wait()
		state = core.Paused
		marks.Mark(inbox.ReadMark{Channel: 1, Conversation: 7, ProviderID: "paused"})
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if want := []string{"newest", "refused"}; !slices.Equal(p.got, want) {
			t.Errorf("%q, want %q", p.got, want)
		}
		if n := strings.Count(log.String(), "Read mark not sent"); n != 2 {
			t.Errorf("%d lines in the log:\n%s", n, log.String())
		}
	})
}

type gateways struct{ p *provider }

func (g gateways) Gateway(context.Context, core.Channel) (core.Gateway, error) {
	return marker{provider: g.p}, nil
}

// marker is a gateway of which only MarkRead is called.
type marker struct {
	core.Gateway
	*provider
}

func (m marker) MarkRead(_ context.Context, id string, _ bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.got = append(m.got, id)
	return m.fail
}
