package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"bottega/bsp/meta"
	"bottega/bsp/traffic"
	"bottega/core"
	"bottega/core/gauge"
)

// bare is a store whose journal keeps nothing: what the rest of the handler costs.
type bare struct{ traffic.Store }

// AppendJournal forgets.
func (bare) AppendJournal(context.Context, int64, []byte, time.Time) (int64, error) { return 1, nil }

// Callbacks measures signed callbacks over kept connections: durable before
// they are answered, against the same handler that keeps nothing, in turns so
// that a neighbour's noise meets both. syncs is the disk's own rate, see
// callbacks-disk. The callers run in this same program and take their part of
// the processor.
func (o Options) Callbacks(ctx context.Context, syncs float64) (rs []gauge.Reading, err error) {
	h, err := o.build(ctx, nowhere)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.end()) }()
	without, err := o.traffic(h, bare{h.Store})
	if err != nil {
		return nil, err
	}
	for _, conns := range []int{50, 200} {
		var kept, forgotten burst
		for range turns {
			for _, t := range []struct {
				lines *traffic.Traffic
				into  *burst
			}{{without, &forgotten}, {h.lines, &kept}} {
				if err := t.into.run(ctx, t.lines, conns, o.Burst/turns); err != nil {
					return rs, err
				}
			}
		}
		n := fmt.Sprint("-", conns)
		rs = append(rs, forgotten.rate("callbacks-bare"+n), kept.rate("callbacks-rate"+n),
			gauge.Reading{ID: "callbacks" + n, Value: kept.perSecond() / forgotten.perSecond(), N: len(kept.took)})
		if conns == 50 {
			rs = append(rs, gauge.Reading{ID: "callbacks-disk", Value: kept.perSecond() / syncs, N: len(kept.took)}, kept.took.Reading("callbacks-took"))
		}
	}
	return rs, nil
}

// turns of one handler and the other.
const turns = 3

// burst is what came of several runs.
type burst struct {
	took    gauge.Samples
	elapsed time.Duration
	next    atomic.Int64
}

func (b *burst) perSecond() float64 { return float64(len(b.took)) / b.elapsed.Seconds() }

func (b *burst) rate(id string) gauge.Reading {
	r := b.took.Reading(id)
	r.Value = b.perSecond()
	return r
}

// run posts for a while over so many connections, each its next one as soon as
// the last is answered.
func (b *burst) run(ctx context.Context, lines *traffic.Traffic, conns int, during time.Duration) (err error) {
	url, end, err := listen(ctx, lines.Receiver(plain, nil))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	tr := &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns}
	defer tr.CloseIdleConnections()
	c := &http.Client{Transport: tr}
	var (
		wg   sync.WaitGroup
		took = make([]gauge.Samples, conns)
		errs = make([]error, conns)
	)
	start := time.Now()
	for i := range conns {
		wg.Go(func() {
			errs[i] = core.Guard(ctx, "probe", func(ctx context.Context) (err error) {
				for err == nil && time.Since(start) < during {
					body := callback(int(b.next.Add(1)), "buongiorno, vorrei sapere quando arriva il mio ordine, grazie mille")
					err = took[i].Time(func() error { return post(ctx, c, url, body) })
				}
				return err
			})()
		})
	}
	wg.Wait()
	b.elapsed += time.Since(start)
	for _, t := range took {
		b.took = append(b.took, t...)
	}
	return errors.Join(errs...)
}

// plain are the words of a refusal; the probe's own callbacks get none.
func plain(c core.Code) (string, string) { return string(c), "" }

// post delivers one signed callback; anything but 200 is an error.
func post(ctx context.Context, c *http.Client, url string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/webhooks/"+name, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(meta.SignatureHeader, meta.Sign(appSecret, body))
	res, err := c.Do(r)
	if err != nil {
		return core.Fail(core.Internal, "probe.post", err)
	}
	_, err = io.Copy(io.Discard, res.Body)
	if err = errors.Join(err, res.Body.Close()); err == nil && res.StatusCode != http.StatusOK {
		err = core.Fail(core.Internal, "probe.post", fmt.Errorf("answered %d", res.StatusCode))
	}
	return err
}
