package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

func outbox(t *testing.T, open Opener) {
	t.Run("random interleavings", func(t *testing.T) {
		s := NewShop(t, open)
		m := &line{s: s, rows: map[int64]*inLine{}}
		for i := range 4 {
			m.people = append(m.people, s.Person("x", core.Phone(fmt.Sprint("+39333", i))))
		}
		m.far = s.AddChannel("far")
		m.people = append(m.people, s.PersonOn(m.far.ID, "y", "+49"))
		rapid.Check(t, func(rt *rapid.T) {
			rt.Repeat(map[string]func(*rapid.T){
				"queue": m.queue, "claim": m.claim, "release": m.release, "dequeue": m.dequeue, "expire": m.expire,
				"time": func(rt *rapid.T) {
					s.Clock = s.Clock.Add(time.Duration(rapid.IntRange(0, 40).Draw(rt, "s")) * time.Second)
				},
			})
		})
	})
	t.Run("who is written to", func(t *testing.T) { recipients(t, open) })
	t.Run("a planned message holds nobody back", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+391")
		s.Queue(c, "tomorrow", Start.AddDate(0, 0, 1), core.PriorityReply)
		campaign := s.Queue(c, "promo", time.Time{}, core.PriorityCampaign)
		now := s.Queue(c, "now", time.Time{}, core.PriorityReply)
		if got := claim(s, s.Channel.ID, 9); !slices.Equal(got, []int64{now.ID}) {
			t.Errorf("claimed %v, want %d", got, now.ID)
		}
		s.Write(func(tx core.Tx) error { return tx.Release(now.ID, true, time.Time{}) })
		if got := claim(s, s.Channel.ID, 9); !slices.Equal(got, []int64{campaign.ID}) {
			t.Errorf("claimed %v, want %d", got, campaign.ID)
		}
	})
	t.Run("one that is tried again keeps its place", func(t *testing.T) { triedAgain(t, open) })
	t.Run("hastened", func(t *testing.T) { hastened(t, open) })
	t.Run("only what is queued", func(t *testing.T) {
		s := NewShop(t, open)
		m := s.Queue(s.Person("Ana", "+391"), "x", time.Time{}, core.PriorityReply)
		s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.Enqueue(m, 0) }), core.Conflict)
		in := s.Receive(s.Person("Bo", "+392"), "x")
		s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.Enqueue(in, 0) }), core.Conflict)
		s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.Release(m.ID, true, Start) }), core.NotFound)
		s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.Dequeue(99) }), core.NotFound)
	})
}

func triedAgain(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+391")
	first := s.Queue(c, "1", time.Time{}, core.PriorityReply)
	claim(s, s.Channel.ID, 1)
	s.Queue(c, "2", time.Time{}, core.PriorityReply)
	s.Write(func(tx core.Tx) error { return tx.Release(first.ID, false, s.Clock.Add(time.Minute)) })
	if got := claim(s, s.Channel.ID, 9); got != nil {
		t.Errorf("claimed %v before the one that waits to be tried again", got)
	}
	if m := s.Message(first.ID); m.State != core.Queued {
		t.Errorf("released message %+v", m)
	}
	s.Clock = s.Clock.Add(time.Minute)
	if got := claim(s, s.Channel.ID, 9); !slices.Equal(got, []int64{first.ID}) {
		t.Errorf("claimed %v, want %d", got, first.ID)
	}
}

func hastened(t *testing.T, open Opener) {
	s := NewShop(t, open)
	queue := func(phone core.Phone, in time.Duration) core.Message {
		return s.Queue(s.Person("Ana", phone), "x", Start.Add(in), core.PriorityReply)
	}
	near, mid, far := queue("+391", time.Minute), queue("+392", time.Hour), queue("+393", 2*time.Hour)
	s.Write(func(tx core.Tx) error {
		return tx.Hasten(s.Channel.ID, Start.Add(time.Minute), Start.Add(time.Hour), 30*time.Minute)
	})
	for m, want := range map[int64]time.Duration{near.ID: time.Minute, mid.ID: 30 * time.Minute, far.ID: 2 * time.Hour} {
		if got := s.Message(m).NotBefore; !got.Equal(Start.Add(want)) {
			t.Errorf("message %d may leave at %v, want %v", m, got, Start.Add(want))
		}
	}
	s.Clock = Start.Add(30 * time.Minute)
	if got := claim(s, s.Channel.ID, 9); !slices.Equal(got, []int64{mid.ID, near.ID}) && !slices.Equal(got, []int64{near.ID, mid.ID}) {
		t.Errorf("claimed %v", got)
	}
}

func claim(s *Shop, channel int64, n int) (ids []int64) {
	s.T.Helper()
	s.Write(func(tx core.Tx) error {
		jobs, err := tx.Claim(channel, "me", s.Clock, 30*time.Second, n)
		ids = nil
		for _, j := range jobs {
			ids = append(ids, j.Message.ID)
			if j.Message.State != core.Sending || j.Channel.ID != channel {
				s.T.Errorf("job %+v", j)
			}
		}
		return err
	})
	return ids
}

func recipients(t *testing.T, open Opener) {
	s := NewShop(t, open)
	id := func(kind core.IdentityKind, value string) core.Identity {
		return core.Identity{ChannelID: s.Channel.ID, Kind: kind, Value: value}
	}
	for i, tt := range []struct {
		phone core.Phone
		ids   []core.Identity
		to    core.Phone
		user  string
	}{
		{"+391", nil, "+391", ""},
		{"+392", []core.Identity{id(core.IdentityPhone, "+55119")}, "+392", ""}, // its own number is one of its addresses here
		{"", []core.Identity{id(core.IdentityUser, "IT.1")}, "", "IT.1"},
		{"", []core.Identity{id(core.IdentityAddress, "x"), id(core.IdentityUser, "IT.2")}, "", "IT.2"},
		{"", []core.Identity{id(core.IdentityAddress, "y"), {ChannelID: 99, Kind: core.IdentityUser, Value: "IT.3"}}, "", "y"},
		{"", []core.Identity{id(core.IdentityParent, "p")}, "", ""},
	} {
		c := s.Person("x", tt.phone)
		m := s.Queue(c, "x", time.Time{}, core.PriorityReply)
		s.Write(func(tx core.Tx) error {
			for _, id := range tt.ids {
				if err := tx.AddIdentity(c.ContactID, id); err != nil {
					return err
				}
			}
			jobs, err := tx.Claim(s.Channel.ID, "me", s.Clock, time.Minute, 1)
			if len(jobs) != 1 || jobs[0].Message.ID != m.ID || jobs[0].To != tt.to || jobs[0].ToUser != tt.user {
				t.Errorf("case %d: %+v, want to %q %q", i, jobs, tt.to, tt.user)
			}
			return err
		})
	}
}

// line is what the outbox must be: the model of the random test.
type line struct {
	s      *Shop
	far    core.Channel
	people []core.Conversation
	rows   map[int64]*inLine
}

type inLine struct {
	conv, channel int64
	priority      core.Priority
	notBefore     time.Time
	leased        time.Time // zero while nobody has it
	tried         bool
}

func (l *line) queue(rt *rapid.T) {
	c := l.people[rapid.IntRange(0, len(l.people)-1).Draw(rt, "who")]
	p := rapid.SampledFrom([]core.Priority{core.PriorityReply, core.PriorityReply, core.PriorityAuto, core.PriorityCampaign}).Draw(rt, "priority")
	at := l.s.Clock.Add(time.Duration(rapid.IntRange(-5, 20).Draw(rt, "in")) * time.Second)
	m := l.s.Queue(c, "x", at, p)
	l.rows[m.ID] = &inLine{conv: c.ID, channel: c.ChannelID, priority: p, notBefore: at}
}

func (l *line) claim(rt *rapid.T) {
	ch := rapid.SampledFrom([]int64{l.s.Channel.ID, l.s.Channel.ID, l.far.ID}).Draw(rt, "channel")
	n := rapid.IntRange(1, 4).Draw(rt, "n")
	want := l.due(ch, n)
	got := claim(l.s, ch, n)
	if !slices.Equal(got, want) {
		rt.Fatalf("claimed %v, want %v", got, want)
	}
	for _, id := range got {
		l.rows[id].leased, l.rows[id].tried = l.s.Clock.Add(30*time.Second), true
	}
}

// due is the specification of Claim.
func (l *line) due(channel int64, n int) (ids []int64) {
	for id, r := range l.rows {
		if r.channel == channel && r.leased.IsZero() && !r.notBefore.After(l.s.Clock) && !l.heldBack(id, r) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if d := int(l.rows[a].priority - l.rows[b].priority); d != 0 {
			return d
		}
		if d := l.rows[a].notBefore.Compare(l.rows[b].notBefore); d != 0 {
			return d
		}
		return int(a - b)
	})
	var out []int64
	busy := map[int64]bool{}
	for _, id := range ids[:min(n, len(ids))] {
		if c := l.rows[id].conv; !busy[c] {
			busy[c] = true
			out = append(out, id)
		}
	}
	return out
}

func (l *line) heldBack(id int64, r *inLine) bool {
	for other, o := range l.rows {
		if other == id || o.conv != r.conv {
			continue
		}
		if !o.leased.IsZero() || other < id && o.priority <= r.priority && (o.tried || !o.notBefore.After(l.s.Clock)) {
			return true
		}
	}
	return false
}

// pick draws a row that is or is not claimed.
func (l *line) pick(rt *rapid.T, leased bool) int64 {
	var ids []int64
	for id, r := range l.rows {
		if r.leased.IsZero() != leased {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		rt.Skip("none")
	}
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(rt, "row")
}

func (l *line) release(rt *rapid.T) {
	id := l.pick(rt, true)
	done := rapid.Bool().Draw(rt, "done")
	at := l.s.Clock.Add(time.Duration(rapid.IntRange(0, 30).Draw(rt, "wait")) * time.Second)
	l.s.Write(func(tx core.Tx) error { return tx.Release(id, done, at) })
	if done {
		delete(l.rows, id)
		return
	}
	l.rows[id].leased, l.rows[id].notBefore = time.Time{}, at
	if m := l.s.Message(id); m.State != core.Queued || !m.NotBefore.Equal(at) {
		rt.Fatalf("released message %+v", m)
	}
}

func (l *line) dequeue(rt *rapid.T) {
	if len(l.rows) == 0 {
		rt.Skip("none")
	}
	leased := rapid.Bool().Draw(rt, "leased")
	id := l.pick(rt, leased)
	err := l.s.Store.Write(l.s.ctx(), func(tx core.Tx) error { return tx.Dequeue(id) })
	if leased {
		l.s.code(err, core.TooLate)
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	delete(l.rows, id)
}

// expire finds what ran out; those rows are never claimed again until
// somebody has released them, which the claims of this test verify.
func (l *line) expire(rt *rapid.T) {
	var want []int64
	next := map[int64]time.Time{}
	for id, r := range l.rows {
		if !r.leased.IsZero() && !r.leased.After(l.s.Clock) {
			want = append(want, id)
		}
		if at, ok := next[r.channel]; r.leased.IsZero() && (!ok || r.notBefore.Before(at)) {
			next[r.channel] = r.notBefore
		}
	}
	slices.Sort(want)
	var got []core.Message
	l.s.Write(func(tx core.Tx) (err error) {
		got, err = tx.Expired(l.s.Clock, 1000)
		return err
	})
	slices.SortFunc(got, byID)
	if !slices.EqualFunc(got, want, func(m core.Message, id int64) bool { return m.ID == id }) {
		rt.Fatalf("expired %+v, want %v", got, want)
	}
	for _, ch := range []int64{l.s.Channel.ID, l.far.ID} {
		if at, err := l.s.Store.NextDue(l.s.ctx(), ch); err != nil || !at.Equal(next[ch]) {
			rt.Fatalf("next due on %d: %v %v, want %v", ch, at, err, next[ch])
		}
	}
	if rapid.Bool().Draw(rt, "settle") {
		l.s.Write(func(tx core.Tx) error {
			var errs []error
			for _, m := range got {
				m.State = core.UnsureSent
				errs = append(errs, tx.SaveMessage(&m), tx.Release(m.ID, true, time.Time{}))
			}
			return errors.Join(errs...)
		})
		for _, id := range want {
			delete(l.rows, id)
		}
	}
}
