package core

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// ChangeKind names a kind of row.
type ChangeKind uint8

const (
	// Everything tells that another process wrote: reload whatever is shown.
	Everything ChangeKind = iota
	Conversations
	Messages // ID is the conversation's
	Contacts
	Channels
	Work    // the outbox has something to send
	Journal // a callback waits to be decoded
	Settings
	PresenceChanged // ID is the conversation's
	Templates
	Campaigns
)

// Change names a row to reload; it carries no data, so merging changes or
// hearing of one twice is harmless.
type Change struct {
	Kind ChangeKind
	ID   int64
}

// Feed hands changes to subscribers after they are committed. Publish never
// blocks and never drops. The zero value is not usable; see NewFeed.
type Feed struct {
	mu   sync.Mutex
	subs map[*Subscription]struct{}
}

// NewFeed returns a feed without subscribers.
func NewFeed() *Feed { return &Feed{subs: map[*Subscription]struct{}{}} }

// Publish adds the changes to each subscriber's pending set.
func (f *Feed) Publish(cs ...Change) {
	if len(cs) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		s.add(cs)
	}
}

// Subscribe starts gathering changes for one reader; Close ends it. Without
// kinds it hears of all; Everything is always heard.
func (f *Feed) Subscribe(kinds ...ChangeKind) *Subscription {
	s := &Subscription{feed: f, kinds: kinds, dirty: map[Change]struct{}{}, wake: make(chan struct{}, 1)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subs[s] = struct{}{}
	return s
}

// Subscription is one reader's set of pending changes.
type Subscription struct {
	feed  *Feed
	kinds []ChangeKind
	mu    sync.Mutex
	dirty map[Change]struct{}
	wake  chan struct{} // capacity 1
}

// maxPending bounds a slow reader's set; past it the set becomes Everything.
const maxPending = 1024

func (s *Subscription) add(cs []Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range cs {
		if c.Kind != Everything && len(s.kinds) > 0 && !slices.Contains(s.kinds, c.Kind) {
			continue
		}
		s.dirty[c] = struct{}{}
	}
	if len(s.dirty) > maxPending {
		clear(s.dirty)
		s.dirty[Change{Kind: Everything}] = struct{}{}
	}
	if len(s.dirty) > 0 { // woken under the lock: else Next could take these and then wake to nothing
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// Next waits for the first change, then gathers for gap so that a burst
// becomes one batch. It returns ctx's error when ctx ends.
func (s *Subscription) Next(ctx context.Context, gap time.Duration) ([]Change, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.wake:
	}
	if gap > 0 {
		t := time.NewTimer(gap)
		defer t.Stop()
		select {
		case <-ctx.Done():
			select { // what was heard is still there for the next call
			case s.wake <- struct{}{}:
			default:
			}
			return nil, ctx.Err()
		case <-t.C:
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select { // a wake that arrived while gathering belongs to this batch
	case <-s.wake:
	default:
	}
	cs := slices.Collect(maps.Keys(s.dirty))
	clear(s.dirty)
	return cs, nil
}

// Wait is Next with a limit: it returns nil, nil when nothing changed for d.
func (s *Subscription) Wait(ctx context.Context, d time.Duration) ([]Change, error) {
	tctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	cs, err := s.Next(tctx, 0)
	if err != nil {
		return nil, ctx.Err() // nil for our own limit, also when ctx ends right behind it
	}
	return cs, nil
}

// Close stops gathering.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	delete(s.feed.subs, s)
}
