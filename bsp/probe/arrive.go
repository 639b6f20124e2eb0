package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"bottega/bsp/provider"
	"bottega/core"
	"bottega/core/gauge"
	"bottega/core/ingest"
)

// perSecond is how many callbacks a second Arrive posts.
const perSecond = 500

// Arrive measures the way from posting a callback to the moment at which a
// screen that heard of it has read it: journal, decoder, tables, feed, and the
// read of the chat. Of ten messages one counts only when a search finds it.
func (o Options) Arrive(ctx context.Context) (_ []gauge.Reading, err error) {
	h, err := o.build(ctx, nowhere)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.end()) }()
	ctx, stop := context.WithTimeout(ctx, o.Burst+time.Minute)
	defer stop()
	batch, err := ingest.LoadBatch(o.Rules)
	if err != nil {
		return nil, err
	}
	w := &ingest.Worker{Store: h.Store, Decoders: provider.Decoders(), Version: provider.Version, Rules: func() core.Rules { return h.rules },
		Feed: h.feed, Now: time.Now, Log: slog.New(slog.DiscardHandler), Owner: "probe", Batch: batch}
	worked := make(chan error, 1)
	reading, end := context.WithCancel(ctx)
	go func() { worked <- core.Guard(reading, "probe", w.Run)() }()
	defer func() {
		end()
		err = errors.Join(err, <-worked)
	}()
	l := &look{house: h, posted: map[string]time.Time{}, sub: h.feed.Subscribe(core.Messages)}
	defer l.sub.Close()
	if err := l.post(ctx, int(o.Burst.Seconds()*perSecond)); err != nil {
		return nil, err
	}
	return []gauge.Reading{l.took.Reading("arrive")}, nil
}

// look waits for messages as a screen does.
type look struct {
	*house
	sub  *core.Subscription
	took gauge.Samples

	mu     sync.Mutex
	posted map[string]time.Time // by the last word of the message, until it is seen
}

func word(i int) string { return fmt.Sprintf("nummer%07d", i) }

// post posts n callbacks at an even pace and returns when all were seen.
func (l *look) post(ctx context.Context, n int) (err error) {
	url, end, err := listen(ctx, l.lines.Receiver(plain, nil))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	defer tr.CloseIdleConnections()
	c := &http.Client{Transport: tr}
	var (
		wg   sync.WaitGroup
		errs = make([]error, n)
	)
	one := func(i int) error {
		l.mu.Lock()
		l.posted[word(i)] = time.Now()
		l.mu.Unlock()
		return post(ctx, c, url, callback(i, "buongiorno, il mio ordine "+word(i)))
	}
	all := func(context.Context) error {
		pace := time.NewTicker(time.Second / perSecond)
		defer pace.Stop()
		for i := range n {
			<-pace.C
			wg.Go(func() { errs[i] = core.Guard(ctx, "probe", func(context.Context) error { return one(i) })() })
		}
		return nil
	}
	var paced error
	wg.Go(func() { paced = core.Guard(ctx, "probe", all)() })
	err = l.watch(ctx, n)
	wg.Wait()
	return errors.Join(err, paced, errors.Join(errs...))
}

// watch reads the chats that the feed names until n messages were seen.
func (l *look) watch(ctx context.Context, n int) error {
	for len(l.took) < n {
		changes, err := l.sub.Next(ctx, 0)
		if err != nil {
			return core.Fail(core.Internal, "probe.watch", fmt.Errorf("%d of %d seen: %w", len(l.took), n, err))
		}
		for _, c := range changes {
			if c.Kind != core.Messages {
				continue
			}
			ms, err := l.Messages(ctx, c.ID, 0, 20)
			if err != nil {
				return err
			}
			for i := range ms {
				if err := l.saw(ctx, ms[i].Content.Text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (l *look) saw(ctx context.Context, text string) error {
	w := text[strings.LastIndexByte(text, ' ')+1:]
	l.mu.Lock()
	at, waits := l.posted[w]
	delete(l.posted, w)
	l.mu.Unlock()
	if !waits {
		return nil
	}
	if strings.HasSuffix(w, "0") {
		hits, err := l.Search(ctx, core.SearchQuery{Words: w, Limit: 1})
		if err != nil {
			return err
		}
		if len(hits) == 0 {
			return core.Fail(core.Internal, "probe.saw", errors.New("a message on screen is not found"))
		}
	}
	l.took = append(l.took, time.Since(at))
	return nil
}
