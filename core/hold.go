package core

import (
	"context"
	"sync"
	"time"
)

// Hold is this process's grip on a job that one process does at a time. It is
// renewed while the job has work and left to run out when it has none, so an
// idle program writes nothing; when its holder dies another takes over after
// TTL at most. The lease lies in the store; in memory is only when it was last
// written, so that it need not be asked for before each step: a new process
// knows nothing and asks. Safe for concurrent use.
type Hold struct {
	Store LeaseStore
	Name  string
	Owner string
	TTL   time.Duration
	Now   func() time.Time

	mu      sync.Mutex
	taken   time.Time // when the lease was last written
	refused time.Time // when another owner was last seen
}

// Take takes or renews the lease when less than half of it is left, and
// reports whether it is ours. After a refusal it does not ask again for a
// quarter of TTL, so that those who wait do not disturb the one who works.
func (h *Hold) Take(ctx context.Context) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.wall()
	if within(h.taken, now, h.TTL/2) {
		return true, nil
	}
	if within(h.refused, now, h.TTL/4) {
		return false, nil
	}
	ours, err := h.Store.Lease(ctx, h.Name, h.Owner, now, h.TTL)
	if err != nil {
		return false, err
	}
	h.taken, h.refused = time.Time{}, time.Time{}
	if ours {
		h.taken = now
	} else {
		h.refused = now
	}
	return ours, nil
}

// Ours reports whether the lease will still be ours after margin, without
// asking the store.
func (h *Hold) Ours(margin time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return within(h.taken, h.wall(), h.TTL-margin)
}

// Drop gives the job up so that another process need not wait.
func (h *Hold) Drop(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.taken.IsZero() {
		return nil
	}
	h.taken = time.Time{}
	return h.Store.ReleaseLease(ctx, h.Name, h.Owner)
}

// wall is the time of day: the monotonic clock stands still while the machine
// sleeps, and others take over meanwhile.
func (h *Hold) wall() time.Time { return h.Now().Round(0) }

// within reports whether now lies in [t, t+d): false when t is zero or the
// clock was set back since.
func within(t, now time.Time, d time.Duration) bool {
	return !t.IsZero() && !now.Before(t) && now.Before(t.Add(d))
}
