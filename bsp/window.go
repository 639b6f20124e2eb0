package bsp

import (
	"slices"
	"sync"
	"time"
)

// windowSize is how many calls a Window remembers: enough for a p99, 16 kB.
const windowSize = 1024

// Window remembers how long the last 1,024 calls took and which failed. The
// zero value is ready; safe for concurrent use.
type Window struct {
	mu     sync.Mutex
	took   [windowSize]time.Duration
	failed [windowSize]bool
	next   int
	count  int64 // since the start
	bad    int64
}

// Summary of a Window. The quantiles and FailureRate are of the calls still
// remembered, Count and Failed of all since the start.
type Summary struct {
	Count, Failed      int64
	FailureRate        float64 // 0..1
	P50, P95, P99, Max time.Duration
}

// Add notes one call.
func (w *Window) Add(took time.Duration, failed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.took[w.next], w.failed[w.next] = took, failed
	w.next = (w.next + 1) % windowSize
	w.count++
	if failed {
		w.bad++
	}
}

// Summary reads the window; zeros when nothing was noted yet.
func (w *Window) Summary() Summary {
	w.mu.Lock()
	n := int(min(w.count, windowSize))
	took := slices.Clone(w.took[:n])
	s := Summary{Count: w.count, Failed: w.bad}
	bad := 0
	for _, f := range w.failed[:n] {
		if f {
			bad++
		}
	}
	w.mu.Unlock()
	if n == 0 {
		return s
	}
	slices.Sort(took)
	s.FailureRate = float64(bad) / float64(n)
	s.P50, s.P95, s.P99, s.Max = quantile(took, 50), quantile(took, 95), quantile(took, 99), took[n-1]
	return s
}

// quantile is the smallest value that p percent of a sorted, non-empty list do
// not exceed (nearest rank).
func quantile(sorted []time.Duration, p int) time.Duration {
	return sorted[(len(sorted)*p+99)/100-1]
}
