package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"bottega/core"
)

const (
	courierWorkers = 4
	// maxNotes bounds what waits for delivery; past it the oldest is lost, as
	// it would be at Meta after the retries end.
	maxNotes = 100_000
	// busyAt is the length of the queue from which notes travel in batches of
	// up to batchMax; Meta allows 1,000 (bsp/meta.md 6.1).
	busyAt, batchMax = 50, 100
)

// retryAfter is the falling frequency of redelivery, about 36 h in all.
func retryAfter(attempt int) (time.Duration, bool) {
	waits := []time.Duration{time.Second, 5 * time.Second, 20 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
		time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 14 * time.Hour}
	if attempt > len(waits) {
		return 0, false
	}
	return waits[attempt-1], true
}

// note is one update for the callback address.
type note struct {
	change change
	on     string    // onStatuses, onInbound, onEvents
	at     time.Time // entry.time, zero for the field messages
	told   func()    // called once it was taken; may be nil
}

// parcel is one callback: a body and what is in it.
type parcel struct {
	notes   []note
	body    []byte
	attempt int
	salt    uint64
}

// courier posts callbacks. Several workers post at once, so that order is
// not guaranteed; what is not taken with 200 comes again.
type courier struct {
	s    *Server
	wake chan struct{} // capacity 1

	mu    sync.Mutex
	queue []note
	again []*parcel // refused ones whose time has come again
	held  []note    // by a reorder fault, until the next note passes it
	salt  uint64

	delivered, retried, lost atomic.Int64
}

func newCourier(s *Server) *courier { return &courier{s: s, wake: make(chan struct{}, 1)} }

// add queues a note, through the faults that strike it.
func (c *courier) add(n note) {
	times := 1
	for _, f := range c.s.faults.strike(n.on) {
		switch f.Kind {
		case "lost":
			c.lost.Add(1)
			return
		case "late":
			c.s.agenda.in(f.Delay.D(), func() { c.push(n) })
			return
		case "duplicate":
			times = max(2, f.Times)
		case "reorder":
			c.hold(n)
			return
		}
	}
	for range times {
		c.push(n)
	}
}

// hold keeps a note until the next one has passed it, three seconds at most.
func (c *courier) hold(n note) {
	c.mu.Lock()
	c.held = append(c.held, n)
	c.mu.Unlock()
	c.s.agenda.in(3*time.Second, func() {
		c.mu.Lock()
		c.queue = append(c.queue, c.held...)
		c.held = nil
		c.mu.Unlock()
		c.nudge()
	})
}

func (c *courier) push(n note) {
	c.mu.Lock()
	c.queue = append(c.queue, n)
	c.queue = append(c.queue, c.held...)
	c.held = nil
	if extra := len(c.queue) - maxNotes; extra > 0 {
		c.queue = c.queue[extra:]
		c.lost.Add(int64(extra))
	}
	c.mu.Unlock()
	c.nudge()
}

func (c *courier) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run posts until ctx ends.
func (c *courier) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if p := c.take(); p != nil {
			c.deliver(ctx, p)
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.wake:
		}
	}
	return ctx.Err()
}

// take packs the next callback, nil when nothing waits. A quiet queue gives
// one update a callback and sometimes a few; a full one gives batches.
func (c *courier) take() *parcel {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.again) > 0 {
		p := c.again[0]
		c.again = c.again[1:]
		c.nudge()
		return p
	}
	if len(c.queue) == 0 {
		return nil
	}
	c.salt++
	n := 1
	if r := c.s.dice(c.salt, "batch"); len(c.queue) > busyAt {
		n = batchMax
	} else if r.IntN(4) == 0 {
		n = 1 + r.IntN(4)
	}
	p := &parcel{salt: c.salt}
	for first := c.queue[0].at; len(p.notes) < n && len(c.queue) > 0 && c.queue[0].at.Equal(first); {
		p.notes = append(p.notes, c.queue[0])
		c.queue[0] = note{}
		c.queue = c.queue[1:]
	}
	if len(c.queue) > 0 {
		c.nudge()
	}
	return p
}

// deliver posts a parcel; what is not taken is planned again.
func (c *courier) deliver(ctx context.Context, p *parcel) {
	if p.body == nil {
		cs := make([]change, len(p.notes))
		for i, n := range p.notes {
			cs[i] = n.change
		}
		b, err := c.s.o.sender().envelope(p.notes[0].at, cs...)
		if err != nil {
			c.s.o.Log.Error("Callback could not be encoded", "err", core.Trace(err))
			return
		}
		p.body = b
	}
	if c.s.faults.down() {
		c.s.agenda.in(time.Second, func() { c.comeBack(p) })
		return
	}
	address := c.s.number.address()
	if address == "" {
		return
	}
	if err := c.post(ctx, address, p.body); err != nil {
		c.retry(ctx, p, err)
		return
	}
	c.delivered.Add(int64(len(p.notes)))
	for _, n := range p.notes {
		if n.told != nil {
			n.told()
		}
	}
}

func (c *courier) retry(ctx context.Context, p *parcel, cause error) {
	p.attempt++
	wait, more := retryAfter(p.attempt)
	if !more || ctx.Err() != nil {
		c.lost.Add(int64(len(p.notes)))
		return
	}
	c.retried.Add(1)
	c.s.o.Log.Info("Callback was not taken", "attempt", p.attempt, "err", core.Trace(cause))
	wait = between(c.s.dice(p.salt, "retry"), wait*8/10, wait*12/10)
	c.s.agenda.in(wait, func() { c.comeBack(p) })
}

// comeBack hands a parcel to the workers again: the agenda must not wait for
// a slow receiver.
func (c *courier) comeBack(p *parcel) {
	c.mu.Lock()
	c.again = append(c.again, p)
	c.mu.Unlock()
	c.nudge()
}

// post sends one signed body; anything but 200 is an error.
func (c *courier) post(ctx context.Context, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bottega-sandbox")
	req.Header.Set("X-Hub-Signature-256", sign(c.s.o.AppSecret, body))
	res, err := c.s.o.Client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", res.StatusCode)
	}
	return err
}

func (c *courier) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) + len(c.held) + len(c.again)
}

func (c *courier) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue, c.held, c.again = nil, nil, nil
}
