package probe

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"bottega/bsp/provider"
	"bottega/core"
	"bottega/core/gauge"
	"bottega/core/ingest"
)

// Load posts signed callbacks as a review does: fifty at once, then so many a
// second at an even pace (S-180, S-183), while their messages are read into the
// inbox and beside shows the same shop. A request's time counts from when it
// should have begun, so that a receiver which falls behind is not flattered.
// At the end every message must be in the inbox.
func (o Options) Load(ctx context.Context, l gauge.Load, beside func(ctx context.Context, dir string) (stop func(), err error)) (rs []gauge.Reading, err error) {
	h, err := o.build(ctx, nowhere)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.end()) }()
	batch, err := ingest.LoadBatch(o.Rules)
	if err != nil {
		return nil, err
	}
	w := &ingest.Worker{Store: h.Store, Decoders: provider.Decoders(), Version: provider.Version, Rules: func() core.Rules { return h.rules },
		Feed: h.feed, Now: time.Now, Log: slog.New(slog.DiscardHandler), Owner: "probe", Batch: batch}
	reading, end := context.WithCancel(ctx)
	worked := make(chan error, 1)
	go func() { worked <- core.Guard(reading, "probe", w.Run)() }()
	defer func() {
		end()
		err = errors.Join(err, <-worked)
	}()
	stop, err := beside(ctx, filepath.Join(h.dir, "data"))
	if err != nil {
		return nil, err
	}
	defer stop()
	url, endHTTP, err := listen(ctx, h.lines.Receiver(plain, nil))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, endHTTP()) }()
	p := &press{ctx: ctx, url: url, client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 512}}}
	defer p.client.CloseIdleConnections()

	once := p.run(atOnce, 0)
	long := p.run(int(l.For.Seconds()*float64(l.PerSecond)), time.Second/time.Duration(l.PerSecond))
	kept, err := h.count(ctx, int(p.taken.Load()))
	if err != nil {
		return nil, err
	}
	all := append(long.took, once.took...)
	rate := long.took.Reading("load-rate")
	rate.Value = float64(len(long.took)) / long.elapsed.Seconds()
	share := float64(once.failed+long.failed) / float64(len(all)+once.failed+long.failed) * 100
	return []gauge.Reading{once.took.Reading("load-once"), rate, long.took.Reading("load-took"),
		{ID: "load-errors", Value: share, N: len(all)}, {ID: "load-lost", Value: float64(int(p.taken.Load()) - kept), N: len(all)}}, nil
}

// atOnce is how many callbacks the review posts together (S-180).
const atOnce = 50

// press posts callbacks.
type press struct {
	ctx    context.Context
	url    string
	client *http.Client
	next   atomic.Int64
	taken  atomic.Int64 // answered 200: these must not be lost
}

// pressed is what came of one run.
type pressed struct {
	took    gauge.Samples
	failed  int
	elapsed time.Duration
}

// run posts n callbacks, one each pace, none waiting for another.
func (p *press) run(n int, pace time.Duration) (out pressed) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(i) * pace)
		select {
		case <-time.After(time.Until(due)):
		case <-p.ctx.Done():
		}
		if p.ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			err := core.Guard(p.ctx, "probe", func(ctx context.Context) error {
				return post(ctx, p.client, p.url, callback(int(p.next.Add(1)), "buongiorno, vorrei sapere quando arriva il mio ordine"))
			})()
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				out.failed++
				return
			}
			p.taken.Add(1)
			out.took = append(out.took, took)
		})
	}
	wg.Wait()
	out.elapsed = time.Since(start)
	return out
}

// count waits until everything is decoded and counts the messages in the inbox.
func (h *house) count(ctx context.Context, want int) (n int, err error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute+time.Duration(want)*time.Millisecond)
	defer stop()
	for {
		left, err := h.PendingJournal(ctx, 1, 1, 1<<20)
		if err != nil {
			return 0, err
		}
		if len(left) == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return 0, core.Fail(core.Internal, "probe.count", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	page, err := h.Conversations(ctx, core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 200})
	if err != nil {
		return 0, err
	}
	for _, c := range page.Rows {
		for before := int64(0); ; {
			ms, err := h.Messages(ctx, c.ID, before, 500)
			if err != nil {
				return 0, err
			}
			if n += len(ms); len(ms) < 500 {
				break
			}
			before = ms[0].ID
		}
	}
	return n, nil
}
