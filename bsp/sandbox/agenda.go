package sandbox

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// agenda runs small functions when their time has come, one at a time, in the
// order of their times; equal times keep the order of their making.
type agenda struct {
	now   func() time.Time
	speed float64
	wake  chan struct{} // capacity 1

	mu    sync.Mutex
	plans planHeap
	seq   uint64
}

type plan struct {
	at  time.Time
	seq uint64
	do  func()
}

func newAgenda(now func() time.Time, speed float64) *agenda {
	return &agenda{now: now, speed: speed, wake: make(chan struct{}, 1)}
}

// in plans do after d, divided by the speed.
func (a *agenda) in(d time.Duration, do func()) { a.at(a.now().Add(a.scaled(d)), do) }

func (a *agenda) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / a.speed)
}

func (a *agenda) at(t time.Time, do func()) {
	a.mu.Lock()
	a.seq++
	heap.Push(&a.plans, plan{t, a.seq, do})
	first := a.plans[0].seq == a.seq
	a.mu.Unlock()
	if first {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
}

// clear forgets all plans.
func (a *agenda) clear() {
	a.mu.Lock()
	a.plans = nil
	a.mu.Unlock()
}

func (a *agenda) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.plans)
}

// run executes plans until ctx ends.
func (a *agenda) run(ctx context.Context) error {
	t := time.NewTimer(time.Hour)
	defer t.Stop()
	for ctx.Err() == nil {
		do, wait := a.due()
		if do != nil {
			do()
			continue
		}
		t.Reset(wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.wake:
		case <-t.C:
		}
	}
	return ctx.Err()
}

// due takes the first plan if its time has come, else tells how long to wait.
func (a *agenda) due() (func(), time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.plans) == 0 {
		return nil, time.Hour
	}
	if d := a.plans[0].at.Sub(a.now()); d > 0 {
		return nil, d
	}
	return heap.Pop(&a.plans).(plan).do, 0
}

type planHeap []plan

func (h planHeap) Len() int { return len(h) }
func (h planHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}
func (h planHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *planHeap) Push(v any)   { *h = append(*h, v.(plan)) }
func (h *planHeap) Pop() any {
	old := *h
	v := old[len(old)-1]
	old[len(old)-1] = plan{}
	*h = old[:len(old)-1]
	return v
}
