package core

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func sorted(cs []Change) []Change {
	slices.SortFunc(cs, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
	return cs
}

func next(t *testing.T, s *Subscription, gap time.Duration) []Change {
	t.Helper()
	cs, err := s.Next(t.Context(), gap)
	if err != nil {
		t.Fatal(err)
	}
	return sorted(cs)
}

func TestFeedMergesABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFeed()
		s := f.Subscribe()
		defer s.Close()
		go func() {
			for range 500 {
				f.Publish(Change{Conversations, 1}, Change{Messages, 2})
				time.Sleep(50 * time.Microsecond)
			}
		}()
		start := time.Now()
		got := next(t, s, 33*time.Millisecond)
		if want := []Change{{Conversations, 1}, {Messages, 2}}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if waited := time.Since(start); waited != 33*time.Millisecond {
			t.Errorf("gathered for %v", waited)
		}
		synctest.Wait()
	})
}

func TestFeedKinds(t *testing.T) {
	f := NewFeed()
	some, all := f.Subscribe(Work, Channels), f.Subscribe()
	defer some.Close()
	defer all.Close()
	f.Publish(Change{Conversations, 1}, Change{Work, 2})
	f.Publish(Change{Kind: Everything})
	if got, want := next(t, some, 0), []Change{{Kind: Everything}, {Work, 2}}; !slices.Equal(got, want) {
		t.Errorf("some: %v, want %v", got, want)
	}
	if got, want := next(t, all, 0), []Change{{Kind: Everything}, {Conversations, 1}, {Work, 2}}; !slices.Equal(got, want) {
		t.Errorf("all: %v, want %v", got, want)
	}
}

// TestFeedDoesNotWakeForNothing: what one has not asked for, and a batch that
// was taken already, leave the reader asleep.
func TestFeedDoesNotWakeForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFeed()
		s := f.Subscribe(Work)
		defer s.Close()
		f.Publish()
		f.Publish(Change{Conversations, 1})
		if cs, err := s.Wait(t.Context(), time.Minute); cs != nil || err != nil {
			t.Errorf("%v %v", cs, err)
		}
		f.Publish(Change{Work, 1})
		next(t, s, 0)
		if cs, err := s.Wait(t.Context(), time.Minute); cs != nil || err != nil {
			t.Errorf("the same again: %v %v", cs, err)
		}
	})
}

func TestFeedSlowReaderReloadsAll(t *testing.T) {
	f := NewFeed()
	s := f.Subscribe()
	defer s.Close()
	for i := range int64(maxPending) {
		f.Publish(Change{Messages, i})
	}
	f.Publish(Change{Messages, 0})
	s.mu.Lock()
	if n := len(s.dirty); n != maxPending {
		t.Errorf("%d pending, want %d", n, maxPending)
	}
	s.mu.Unlock()
	f.Publish(Change{Messages, maxPending})
	if got := next(t, s, 0); !slices.Equal(got, []Change{{Kind: Everything}}) {
		t.Errorf("%d changes, want Everything alone", len(got))
	}
}

func TestFeedEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFeed()
		s := f.Subscribe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Next(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("nothing came: %v", err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f.Publish(Change{Work, 1})
		if _, err := s.Next(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended while gathering: %v", err)
		}
		if got := next(t, s, 0); !slices.Equal(got, []Change{{Work, 1}}) {
			t.Errorf("what was heard before is lost: %v", got)
		}
		dead, stop := context.WithCancel(t.Context())
		stop()
		if _, err := s.Wait(dead, time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait hides that its context ended: %v", err)
		}
		s.Close()
		f.Publish(Change{Work, 2})
		if cs, err := s.Wait(t.Context(), time.Minute); cs != nil || err != nil {
			t.Errorf("heard after Close: %v %v", cs, err)
		}
	})
}

// TestFeedLosesNothing publishes from several goroutines while a reader takes:
// all changes arrive, and no batch is empty.
func TestFeedLosesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		perWriter := rapid.IntRange(1, 40).Draw(rt, "n")
		writers := rapid.IntRange(1, 4).Draw(rt, "writers")
		f := NewFeed()
		s := f.Subscribe()
		defer s.Close()
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range perWriter {
					f.Publish(Change{Messages, int64(w*1000 + i)})
				}
			})
		}
		got := map[Change]bool{}
		for len(got) < writers*perWriter {
			cs, err := s.Next(t.Context(), 0)
			if err != nil || len(cs) == 0 {
				rt.Fatalf("%d changes, %v", len(cs), err)
			}
			for _, c := range cs {
				got[c] = true
			}
		}
		wg.Wait()
	})
}
