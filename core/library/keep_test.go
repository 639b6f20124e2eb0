package library_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
)

// TestKeep: the list is read at once and then seldom, soon while something is
// awaited, by one process only; a provider in trouble is asked again.
func TestKeep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.Now = time.Now
		var lists atomic.Int32
		var trouble atomic.Bool
		d.countLists(&lists, &trouble)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		keep := func(owner string) {
			hold := &core.Hold{Store: d.mem, Name: "templates", Owner: owner, TTL: 5 * time.Minute, Now: time.Now}
			go func() { ended <- d.Keep(ctx, d.feed, hold, slog.New(slog.DiscardHandler)) }()
			synctest.Wait()
		}
		since := func(want int32, what string) {
			t.Helper()
			synctest.Wait()
			if n := lists.Swap(0); n != want {
				t.Errorf("%s: %d lists, want %d", what, n, want)
			}
		}
		keep("one")
		since(1, "at once")
		time.Sleep(3*time.Hour + time.Minute)
		since(3, "three hours without news")
		id := d.draft(form("ready")).ID
		synctest.Wait()
		since(0, "a draft is nobody's business")
		d.submit(id)
		time.Sleep(10*time.Minute + time.Second)
		if n := lists.Swap(0); n < 5 || n > 7 {
			t.Errorf("ten minutes of review: %d lists", n)
		}
		trouble.Store(true)
		time.Sleep(4 * time.Minute)
		if n := lists.Swap(0); n != 2 {
			t.Errorf("four minutes of trouble: %d lists", n)
		}
		trouble.Store(false)
		d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: "t1", TemplateStatus: "APPROVED", At: time.Now()})
		d.gw.Shelf.Put(core.Template{ID: "t1", Name: "ready", Language: "it", Category: "UTILITY", Status: "APPROVED", Body: d.version(id).Body})
		synctest.Wait()
		lists.Store(0)
		keep("two")
		time.Sleep(10 * time.Hour)
		if n := lists.Swap(0); n < 10 || n > 11 {
			t.Errorf("ten hours of two processes: %d lists", n)
		}
		stop()
		for range 2 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
}

// countLists counts how often the provider's list is asked for, and refuses it
// while there is trouble.
func (d *desk) countLists(n *atomic.Int32, trouble *atomic.Bool) {
	d.gw.Shelf.Refuse = func(what string, _ core.Template) (bool, error) {
		if what == "list" {
			n.Add(1)
			if trouble.Load() {
				return false, errNo
			}
		}
		return true, nil
	}
}
