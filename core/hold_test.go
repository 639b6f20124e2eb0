package core

import (
	"context"
	"io"
	"testing"
	"time"
)

// leases grants one lease and counts how often it is asked.
type leases struct {
	owner string
	until time.Time
	asked int
	fail  error
}

func (l *leases) Lease(_ context.Context, _, owner string, now time.Time, ttl time.Duration) (bool, error) {
	l.asked++
	if l.fail != nil {
		return false, l.fail
	}
	if l.owner != "" && l.owner != owner && now.Before(l.until) {
		return false, nil
	}
	l.owner, l.until = owner, now.Add(ttl)
	return true, nil
}

func (l *leases) ReleaseLease(_ context.Context, _, owner string) error {
	if l.owner == owner {
		l.owner = ""
	}
	return l.fail
}

func TestHold(t *testing.T) {
	store := &leases{}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	hold := func(owner string) *Hold {
		return &Hold{Store: store, Name: "outbox:1", Owner: owner, TTL: 20 * time.Second, Now: func() time.Time { return now }}
	}
	a, b := hold("a"), hold("b")
	take := func(h *Hold, want bool, asks int, what string) {
		t.Helper()
		before := store.asked
		got, err := h.Take(t.Context())
		if err != nil || got != want || store.asked-before != asks {
			t.Errorf("%s: %v (%v), asked %d times, want %v and %d", what, got, err, store.asked-before, want, asks)
		}
	}
	take(a, true, 1, "the first")
	take(a, true, 0, "again, fresh")
	if !a.Ours(5*time.Second) || a.Ours(20*time.Second) || b.Ours(0) {
		t.Error("whose it is")
	}
	take(b, false, 1, "the second")
	take(b, false, 0, "the second at once again")
	now = now.Add(10 * time.Second)
	take(a, true, 1, "renewed at half its time")
	take(b, false, 1, "the second asks once more")
	now = now.Add(21 * time.Second)
	if a.Ours(0) {
		t.Error("a lease that ran out is held")
	}
	take(b, true, 1, "after the first died")
	take(a, false, 1, "the first comes back")
	if err := b.Drop(t.Context()); err != nil || b.Ours(0) {
		t.Errorf("dropped: %v", err)
	}
	now = now.Add(5 * time.Second)
	take(a, true, 1, "after it was dropped")
	now = now.Add(-time.Hour)
	take(a, true, 1, "when the clock was set back")
}

func TestHoldErrors(t *testing.T) {
	store := &leases{fail: io.EOF}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	h := &Hold{Store: store, Owner: "a", TTL: time.Minute, Now: func() time.Time { return now }}
	if ok, err := h.Take(t.Context()); ok || err != io.EOF {
		t.Errorf("%v %v", ok, err)
	}
	if err := h.Drop(t.Context()); err != nil {
		t.Errorf("what is not held was released: %v", err)
	}
	store.fail = nil
	if ok, err := h.Take(t.Context()); !ok || err != nil {
		t.Errorf("an error is no refusal: %v %v", ok, err)
	}
}
