package storagetest

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

func presence(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+391")
	sub := s.Feed.Subscribe(core.PresenceChanged)
	defer sub.Close()
	be := func(process, agent string, typing bool, d time.Duration) core.Presence {
		p := core.Presence{ConversationID: c.ID, Agent: agent, Process: process, Typing: typing, Until: s.Clock.Add(d)}
		s.must(s.Store.SetPresence(s.ctx(), p))
		return p
	}
	be("p1", "ana", false, time.Minute)
	typing := be("p1", "ana", true, time.Minute)
	be("p2", "bea", false, time.Minute)
	if cs, err := sub.Next(s.ctx(), 0); err != nil || !slices.Contains(cs, core.Change{Kind: core.PresenceChanged, ID: c.ID}) {
		t.Errorf("changes %v, %v", cs, err)
	}
	got, err := s.Store.Present(s.ctx(), c.ID, "p2", s.Clock)
	s.must(err)
	same(t, got, []core.Presence{typing})
	if got, err := s.Store.Present(s.ctx(), c.ID, "", s.Clock.Add(time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("an hour later %v, %v", got, err)
	}
	s.must(s.Store.ClearPresence(s.ctx(), "p1"))
	if got, err := s.Store.Present(s.ctx(), c.ID, "", s.Clock); err != nil || len(got) != 1 || got[0].Agent != "bea" {
		t.Errorf("after one left %v, %v", got, err)
	}
	t.Run("lock", func(t *testing.T) {
		lock := func(agent string) error {
			return s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.Lock(c.ID, agent, s.Clock, time.Minute) })
		}
		s.must(lock("ana"))
		s.must(lock("ana"))
		s.code(lock("bea"), core.Locked)
		s.Clock = s.Clock.Add(61 * time.Second)
		s.must(lock("bea"))
		s.code(lock("ana"), core.Locked)
		s.Clock = s.Clock.Add(30 * time.Second)
		s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error {
			return errors.Join(tx.Lock(c.ID, "bea", s.Clock, time.Minute), core.Fail(core.WindowClosed, "test", nil))
		}), core.WindowClosed)
		s.Clock = s.Clock.Add(29 * time.Second)
		s.code(lock("ana"), core.Locked) // the lock from before stands
		s.Clock = s.Clock.Add(2 * time.Second)
		s.must(lock("ana"))               // and no longer: what failed has not prolonged it
		s.Clock = s.Clock.Add(-time.Hour) // the clock is set back: nobody is locked out for an hour
		s.must(lock("bea"))
	})
}

func leases(t *testing.T, open Opener) {
	s := NewShop(t, open)
	lease := func(owner string) bool {
		t.Helper()
		ok, err := s.Store.Lease(s.ctx(), "outbox:1", owner, s.Clock, time.Minute)
		s.must(err)
		return ok
	}
	told := func(want string, till time.Time) {
		t.Helper()
		owner, until, err := s.Store.Leased(s.ctx(), "outbox:1")
		if s.must(err); owner != want || !until.Equal(till) {
			t.Errorf("held by %q until %v, want %q until %v", owner, until, want, till)
		}
	}
	told("", time.Time{})
	steps := []struct {
		owner string
		later time.Duration
		want  bool
	}{
		{"a", 0, true}, {"b", 0, false}, {"a", 50 * time.Second, true}, {"b", 50 * time.Second, false},
		{"b", 11 * time.Second, true}, {"a", 0, false}, {"a", -time.Hour, true},
	}
	for i, st := range steps {
		s.Clock = s.Clock.Add(st.later)
		if got := lease(st.owner); got != st.want {
			t.Errorf("step %d: %v, want %v", i, got, st.want)
		}
		if st.want {
			told(st.owner, s.Clock.Add(time.Minute))
		}
	}
	s.must(s.Store.ReleaseLease(s.ctx(), "outbox:1", "b")) // not b's
	if lease("b") {
		t.Error("b took a lease that a holds")
	}
	s.must(s.Store.ReleaseLease(s.ctx(), "outbox:1", "a"))
	told("", time.Time{})
	if !lease("b") {
		t.Error("a released lease is not free")
	}
	if ok, err := s.Store.Lease(s.ctx(), "other", "a", s.Clock, time.Minute); !ok || err != nil {
		t.Errorf("another name: %v, %v", ok, err)
	}
}

func settings(t *testing.T, open Opener) {
	s := NewShop(t, open)
	var h core.Hours
	if ok, err := s.Store.Setting(s.ctx(), "hours", &h); ok || err != nil {
		t.Errorf("absent: %v, %v", ok, err)
	}
	want := core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{time.Monday: {{From: 540, To: 780}}},
		Holidays: map[string][]core.Interval{"2026-12-25": {}}}
	s.must(s.Store.SetSetting(s.ctx(), "hours", core.Hours{}))
	s.must(s.Store.SetSetting(s.ctx(), "hours", want))
	if ok, err := s.Store.Setting(s.ctx(), "hours", &h); !ok || err != nil {
		t.Errorf("present: %v, %v", ok, err)
	}
	same(t, h, want)
	s.code(s.Store.SetSetting(s.ctx(), "x", func() {}), core.InvalidInput)
	var n int
	if ok, err := s.Store.Setting(s.ctx(), "hours", &n); ok || err == nil {
		t.Errorf("of another shape: %v, %v", ok, err)
	}
}

func media(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+391")
	in := func(m *core.Media) core.Message {
		s.refs++
		msg := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Content: core.Content{Type: core.TypeImage, Media: m}, At: Start}
		s.Insert(&msg)
		return msg
	}
	first := in(&core.Media{ID: "1", MIME: "image/jpeg"})
	second := in(&core.Media{URL: "http://x", MIME: "image/jpeg"})
	in(&core.Media{ID: "2", Path: "media/0000/2.jpg"})
	in(&core.Media{ID: "3", Lost: core.NotFound})
	in(&core.Media{})
	in(nil)
	out := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeImage, Media: &core.Media{ID: "4"}}, At: Start}
	s.Insert(&out)
	ms, err := s.Store.PendingMedia(s.ctx(), 10)
	s.must(err)
	if len(ms) != 2 || ms[0].ID != first.ID || ms[1].ID != second.ID {
		t.Fatalf("pending %+v", ms)
	}
	store := func(id int64, mime, body string) string {
		w, err := s.Store.CreateMedia(id, mime)
		s.must(err)
		if _, err := io.WriteString(w, body); err != nil {
			t.Fatal(err)
		}
		path, err := w.Commit()
		s.must(err)
		w.Abort() // a no-op now
		return path
	}
	path := store(first.ID, "image/jpeg; x=y", "old")
	if again := store(first.ID, "image/jpeg", "pixels"); again != path || !strings.HasSuffix(path, ".jpg") {
		t.Errorf("paths %q, %q", path, again)
	}
	if p := store(second.ID, "application/x-msdownload", "MZ"); !strings.HasSuffix(p, ".bin") {
		t.Errorf("a program is called %q", p)
	}
	r, err := s.Store.OpenMedia(path)
	s.must(err)
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || string(b) != "pixels" {
		t.Errorf("read %q, %v", b, err)
	}
	w, err := s.Store.CreateMedia(77, "image/png")
	s.must(err)
	w.Abort()
	for path, want := range map[string]core.Code{
		"media/0000/77.png": core.NotFound, "media/../bottega.db": core.InvalidInput, "../x": core.InvalidInput,
		"/etc/passwd": core.InvalidInput, "bottega.db": core.InvalidInput, "": core.InvalidInput, "media": core.InvalidInput,
	} {
		_, err := s.Store.OpenMedia(path)
		s.code(err, want)
	}
	first.Media.Path = path
	s.Write(func(tx core.Tx) error { return tx.SaveMessage(&first) })
	if ms, err := s.Store.PendingMedia(s.ctx(), 10); err != nil || len(ms) != 1 {
		t.Errorf("pending %+v, %v", ms, err)
	}
}
