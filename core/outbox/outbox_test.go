package outbox_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/outbox"
)

// shop is a store, a provider and one sender between them.
type shop struct {
	t    testing.TB
	feed *core.Feed
	mem  *coretest.Mem
	gw   *coretest.Gateway
	ch   core.Channel
	r    *outbox.Runner
	stop func()
}

func policy(t testing.TB) outbox.Policy {
	t.Helper()
	p, err := outbox.LoadPolicy(os.DirFS("../../assets/rules"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newShop(t testing.TB) *shop {
	t.Helper()
	feed := core.NewFeed()
	s := &shop{t: t, feed: feed, mem: coretest.New(feed), gw: &coretest.Gateway{Now: time.Now}}
	s.ch = s.mem.AddChannel(t, "shop")
	s.r = s.runner("one")
	return s
}

func (s *shop) runner(owner string) *outbox.Runner {
	return &outbox.Runner{
		Store: s.mem, Gateways: s.gw, Feed: s.feed, Rules: coretest.Rules, Policy: policy(s.t), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Owner: owner, Files: s.mem, Workers: 8,
		Chance: func() float64 { return 0 },
	}
}

// start runs the sender until the test or stop ends it.
func (s *shop) start(r *outbox.Runner) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := r.Run(ctx); err != nil {
			s.t.Errorf("Run: %v", err)
		}
	})
	s.stop = func() { cancel(); done.Wait() }
	s.t.Cleanup(s.stop)
}

func (s *shop) person(phone core.Phone) core.Conversation {
	return s.mem.AddPerson(s.t, s.ch, phone, time.Now().Add(24*time.Hour))
}

func (s *shop) queue(c core.Conversation, text string) core.Message {
	return s.mem.Queue(s.t, c, text, time.Now(), core.PriorityReply)
}

func (s *shop) message(id int64) core.Message {
	s.t.Helper()
	for _, m := range s.mem.Messages() {
		if m.ID == id {
			return m
		}
	}
	s.t.Fatalf("no message %d", id)
	return core.Message{}
}

func (s *shop) channel() core.Channel {
	s.t.Helper()
	ch, err := s.mem.Channel(context.Background(), s.ch.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return ch
}

func (s *shop) setState(state core.ChannelState) {
	s.t.Helper()
	ch := s.channel()
	ch.State, ch.PauseClass, ch.Detail = state, "", ""
	if _, err := s.mem.SaveChannel(context.Background(), ch); err != nil {
		s.t.Fatal(err)
	}
}

// after lets the fake time go on and everything settle.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func refuse(class core.Class) error {
	return core.Fail(core.ProviderRefused, "fake.Send", &core.ProviderError{Code: "1", Class: class, Message: "no"})
}

func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		c := s.person("+393331234567")
		m := s.queue(c, "ciao")
		s.start(s.r)
		after(time.Second)
		got := s.message(m.ID)
		if got.State != core.Accepted || got.ProviderID != "wamid.1" || got.Attempts != 1 {
			t.Errorf("message %+v", got)
		}
		if l := s.gw.Ledger(); len(l) != 1 || l[0].Ref != m.Ref || l[0].To != "+393331234567" || l[0].Text != "ciao" {
			t.Errorf("ledger %+v", l)
		}
		if w, c := s.mem.Outbox(); w+c != 0 {
			t.Errorf("outbox still holds %d waiting, %d claimed", w, c)
		}
	})
}

func TestNotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		start := time.Now()
		s.mem.Queue(t, s.person("+393331234567"), "ciao", start.Add(5*time.Second), core.PriorityReply)
		s.start(s.r)
		after(4999 * time.Millisecond)
		if n := s.gw.Requests(); n != 0 {
			t.Fatalf("%d requests within the undo grace", n)
		}
		after(time.Second)
		if l := s.gw.Ledger(); len(l) != 1 || l[0].At.Sub(start) != 5*time.Second {
			t.Errorf("ledger %+v", l)
		}
	})
}

func TestIdleWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.start(s.r)
		after(time.Minute)
		before := s.mem.Changes()
		after(10 * time.Minute)
		if n := s.mem.Changes() - before; n != 0 {
			t.Errorf("%d changes of the store while there was nothing to do", n)
		}
	})
}

// TestPriorityAndOrder: replies pass before campaigns, and one conversation's
// messages go in order, one at a time.
func TestPriorityAndOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		now := time.Now()
		var campaign, reply []core.Conversation
		for i := range 30 {
			campaign = append(campaign, s.person(core.Phone("+39333000000"+string(rune('a'+i)))))
			s.mem.Queue(t, campaign[i], "promo", now, core.PriorityCampaign)
		}
		for i := range 3 {
			reply = append(reply, s.person(core.Phone("+3934400000"+string(rune('0'+i)))))
			for _, text := range []string{"1", "2", "3"} {
				s.mem.Queue(t, reply[i], text, now, core.PriorityReply)
			}
		}
		var mu sync.Mutex
		busy := map[core.Phone]bool{}
		s.gw.Hold = func(_ context.Context, m core.Outgoing) {
			mu.Lock()
			if busy[m.To] {
				t.Errorf("two messages at once to %s", m.To)
			}
			busy[m.To] = true
			mu.Unlock()
			time.Sleep(100 * time.Millisecond)
			mu.Lock()
			busy[m.To] = false
			mu.Unlock()
		}
		s.start(s.r)
		after(time.Minute)
		next := map[core.Phone]byte{}
		for i, e := range s.gw.Ledger() {
			if i < 3 && e.Text == "promo" {
				t.Errorf("place %d went to a campaign", i)
			}
			if e.Text == "promo" {
				continue
			}
			if want := '1' + next[e.To]; e.Text[0] != want {
				t.Errorf("to %s: %q, want %c", e.To, e.Text, want)
			}
			next[e.To]++
		}
		if n := len(s.gw.Ledger()); n != 39 {
			t.Errorf("%d messages sent, want 39", n)
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.r.Policy.PerSecond = 20
		for i := range 100 {
			s.queue(s.person(core.Phone("+39333"+time.Duration(i).String())), "x")
		}
		start := time.Now()
		s.start(s.r)
		after(2 * time.Second)
		if n := len(s.gw.Ledger()); n < 38 || n > 42 {
			t.Errorf("%d sends in 2 s at 20 per second", n)
		}
		after(10 * time.Second)
		l := s.gw.Ledger()
		if len(l) != 100 {
			t.Fatalf("%d sent, want 100", len(l))
		}
		for i := 1; i < len(l); i++ {
			if gap := l[i].At.Sub(l[i-1].At); gap < 49*time.Millisecond {
				t.Fatalf("gap %v at place %d", gap, i)
			}
		}
		if d := l[99].At.Sub(start); d > 6*time.Second {
			t.Errorf("100 sends took %v", d)
		}
	})
}

// TestTwoProcesses: one of them sends, and when it stops the other goes on.
func TestTwoProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		other := s.runner("two")
		s.start(s.r)
		stopOne := s.stop
		s.start(other)
		for i := range 50 {
			s.queue(s.person(core.Phone("+39333"+time.Duration(i).String())), "x")
		}
		after(10 * time.Second)
		if n := len(s.gw.Ledger()); n != 50 {
			t.Fatalf("%d sent, want 50", n)
		}
		stopOne()
		s.queue(s.person("+39344"), "y")
		after(time.Second)
		if n := len(s.gw.Ledger()); n != 51 {
			t.Errorf("%d sent after the first process stopped, want 51", n)
		}
	})
}

func TestGracefulStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.r.Workers = 2
		s.gw.Hold = func(context.Context, core.Outgoing) { time.Sleep(3 * time.Second) }
		for i := range 10 {
			s.queue(s.person(core.Phone("+39333"+time.Duration(i).String())), "x")
		}
		s.start(s.r)
		after(time.Second)
		s.stop()
		if n := len(s.gw.Ledger()); n != 2 {
			t.Fatalf("%d sent, want the two on their way", n)
		}
		states := map[core.State]int{}
		for _, m := range s.mem.Messages() {
			states[m.State]++
		}
		if states[core.Accepted] != 2 || states[core.Queued] != 8 {
			t.Errorf("states %v", states)
		}
		if w, c := s.mem.Outbox(); w != 8 || c != 0 {
			t.Errorf("outbox: %d waiting, %d claimed", w, c)
		}
	})
}

// TestStopCutsOff: a request that outlasts the grace is left open, not repeated.
func TestStopCutsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		m := s.queue(s.person("+39333"), "x")
		s.gw.Hold = func(ctx context.Context, _ core.Outgoing) { <-ctx.Done() }
		s.gw.Answer = func(int, core.Outgoing) (bool, error) { return true, context.Canceled }
		s.start(s.r)
		after(time.Second)
		start := time.Now()
		s.stop()
		if d := time.Since(start); d != policy(t).Grace.D() {
			t.Errorf("the stop took %v", d)
		}
		if got := s.message(m.ID); got.State != core.UnsureSent {
			t.Errorf("state %q, want unsure", got.State)
		}
	})
}

func TestFileIsUploadedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.mem.PutMedia("out/1.jpg", []byte("picture"))
		c := s.person("+39333")
		media := &core.Media{Path: "out/1.jpg", MIME: "image/jpeg"}
		m := s.mem.QueueContent(t, c, core.Content{Type: core.TypeImage, Media: media}, time.Now(), core.PriorityReply)
		s.gw.Answer = func(n int, m core.Outgoing) (bool, error) {
			if m.Media == nil || m.Media.ID != "media-1" {
				t.Errorf("request %d with media %+v", n, m.Media)
			}
			if n < 3 {
				return false, refuse(core.ClassRetry)
			}
			return true, nil
		}
		s.start(s.r)
		after(time.Minute)
		got := s.message(m.ID)
		if got.State != core.Accepted || got.Media.ID != "media-1" || s.gw.Uploads() != 1 {
			t.Errorf("message %+v, %d uploads", got, s.gw.Uploads())
		}
	})
}

func TestUploadFailures(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		state core.State
		class core.Class
	}{
		{"refused", core.Fail(core.ProviderRefused, "x", &core.ProviderError{Class: core.ClassMedia}), core.Failed, core.ClassMedia},
		{"not there", core.Fail(core.NotFound, "x", nil), core.Failed, core.ClassMedia},
		{"timed out again and again", core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}), core.Failed, core.ClassRetry},
		{"unreachable", core.Fail(core.Unreachable, "x", nil), core.Queued, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				s.mem.PutMedia("out/1.jpg", []byte("picture"))
				media := &core.Media{Path: "out/1.jpg", MIME: "image/jpeg"}
				m := s.mem.QueueContent(t, s.person("+39333"), core.Content{Type: core.TypeImage, Media: media}, time.Now(), core.PriorityReply)
				s.gw.UploadErr = func() error { return tt.err }
				s.start(s.r)
				after(10 * time.Minute)
				got := s.message(m.ID)
				if got.State != tt.state || (tt.class != "" && got.Error.Class != tt.class) {
					t.Errorf("state %q, error %v", got.State, got.Error)
				}
				if s.gw.Requests() != 0 {
					t.Errorf("%d sends without the file", s.gw.Requests())
				}
			})
		})
	}
}
