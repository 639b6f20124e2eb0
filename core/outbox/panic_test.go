package outbox_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
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
