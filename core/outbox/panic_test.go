package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

// A bug anywhere ends in an error or in a lane that starts again, never in a
// goroutine that takes the program down with the terminal raw, and never in a
// second copy. The bug is a clock that panics at its n-th question.
func TestPanicAnywhere(t *testing.T) {
	for n := range int64(40) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop(t)
			m := s.queue(s.person("+393331234567"), "hello")
			r := s.runner("one")
			var asked atomic.Int64
			r.Now = func() time.Time {
				if asked.Add(1) == n+1 {
					panic("no time left")
				}
				return time.Now()
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- core.Guard(ctx, "runner", r.Run)() }()
			after(10 * time.Minute)
			cancel()
			if err := <-ended; err != nil {
				if _, ours := errors.AsType[*core.PanicError](err); !ours {
					t.Errorf("panic at question %d: %v", n+1, err)
				}
				return // the program ends, in good order
			}
			switch got := s.message(m.ID); {
			case s.gw.Requests() > 1:
				t.Errorf("panic at question %d: sent %d times", n+1, s.gw.Requests())
			case got.State != core.Accepted && got.State != core.UnsureSent:
				t.Errorf("panic at question %d: left as %s", n+1, got.State)
			}
		})
	}
}

// broken is a store that panics where the lane looks for work.
type broken struct{ *coretest.Mem }

func (broken) NextDue(context.Context, int64) (time.Time, error) { panic("bug") }

// bad is a log that panics when it is told of it.
type bad struct{ slog.Handler }

func (bad) Enabled(context.Context, slog.Level) bool { return true }

func (bad) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "outbox: lane stopped" {
		panic("a bug in the log as well")
	}
	return nil
}

// TestPanicOfALaneKeeper ends the sender in good order, not the program.
func TestPanicOfALaneKeeper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.r.Store, s.r.Log = broken{s.mem}, slog.New(bad{slog.DiscardHandler})
		ended := make(chan error, 1)
		go func() { ended <- s.r.Run(t.Context()) }()
		after(time.Minute)
		select {
		case err := <-ended:
			if p, ok := errors.AsType[*core.PanicError](err); !ok || p.Where != "outbox keeper" {
				t.Errorf("%v", err)
			}
		default:
			t.Error("the sender goes on without its lane")
		}
	})
}

// TestPanicOfTheSender: a bug in its own loop ends it, lanes and all, although
// nobody has told it to stop.
func TestPanicOfTheSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.mem.Fail = func(step string) error {
			if step == "begin" {
				panic("bug")
			}
			return nil
		}
		ended := make(chan error, 1)
		go func() { ended <- core.Guard(t.Context(), "runner", s.r.Run)() }()
		after(time.Minute)
		select {
		case err := <-ended:
			if _, ok := errors.AsType[*core.PanicError](err); !ok {
				t.Errorf("%v", err)
			}
		default:
			t.Error("the sender hangs")
		}
	})
}
