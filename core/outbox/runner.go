package outbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"bottega/core"
)

// Store is what the sender needs of the store.
type Store interface {
	core.Writer
	core.OutboxReader
	core.ChannelStore
	core.LeaseStore
}

// Files opens files of the data folder that go to the provider.
type Files interface {
	OpenMedia(path string) (io.ReadCloser, error)
}

// Runner sends what is queued, for all channels. Fields without a remark are
// required; Run starts everything and stops it again.
type Runner struct {
	Store    Store
	Gateways core.Gateways
	Feed     *core.Feed
	Rules    func() core.Rules
	Policy   Policy // see LoadPolicy
	Now      func() time.Time
	Log      *slog.Logger
	Owner    string         // unique per running process
	Files    Files          // nil when nothing is ever uploaded
	Workers  int            // requests at once on one channel; 0 means 64
	Chance   func() float64 // in [0,1), for the jitter of waits; nil means math/rand
}

const defaultWorkers = 64

func (r *Runner) workers() int {
	if r.Workers <= 0 {
		return defaultWorkers
	}
	return r.Workers
}

func (r *Runner) chance() float64 {
	if r.Chance == nil {
		return rand.Float64()
	}
	return r.Chance()
}

// wall is the time without its monotonic part: leases must notice that the
// machine slept.
func (r *Runner) wall() time.Time { return r.Now().Round(0) }

// Run sends until ctx ends. Then it claims no more, waits up to Policy.Grace
// for requests on their way, and puts back in line what was claimed but not
// begun. It returns nil after such a stop, and a *core.PanicError when a lane
// could not be kept running.
func (r *Runner) Run(ctx context.Context) error {
	if !r.Policy.usable() {
		return core.Fail(core.InvalidInput, "outbox.Run", nil)
	}
	sub := r.Feed.Subscribe(core.Channels)
	defer sub.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	lanes := fleet{r: r, lanes: map[int64]context.CancelFunc{}, broken: cancel}
	defer func() {
		cancel(nil) // after a panic the lanes know of no end yet
		lanes.running.Wait()
	}()
	for ctx.Err() == nil {
		if err := lanes.open(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("outbox: channels", "err", core.Trace(err))
		}
		if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("outbox: sweep", "err", core.Trace(err))
		}
		if _, err := sub.Wait(ctx, r.Policy.Poll.D()); err != nil {
			break
		}
	}
	if p, ok := errors.AsType[*core.PanicError](context.Cause(ctx)); ok {
		return p
	}
	return nil
}

// fleet is the lanes of a running sender.
type fleet struct {
	r       *Runner
	lanes   map[int64]context.CancelFunc
	running sync.WaitGroup
	broken  context.CancelCauseFunc
}

// open starts a lane for each channel that has none and ends those of channels that are gone.
func (f *fleet) open(ctx context.Context) error {
	chs, err := f.r.Store.Channels(ctx)
	if err != nil {
		return err
	}
	there := map[int64]bool{}
	for _, ch := range chs {
		there[ch.ID] = true
		if f.lanes[ch.ID] != nil {
			continue
		}
		lctx, cancel := context.WithCancel(ctx)
		f.lanes[ch.ID] = cancel
		f.running.Go(func() {
			err := core.Guard(lctx, "outbox keeper", func(ctx context.Context) error { f.r.keep(ctx, ch.ID); return nil })()
			if err != nil {
				f.broken(err)
			}
		})
	}
	for id, cancel := range f.lanes {
		if !there[id] {
			cancel()
			delete(f.lanes, id)
		}
	}
	return nil
}

// keep runs a channel's lane and starts it again after a panic.
func (r *Runner) keep(ctx context.Context, channel int64) {
	for ctx.Err() == nil {
		l := newLane(r, channel)
		err := core.Guard(ctx, "outbox lane", l.run)()
		if err == nil || ctx.Err() != nil {
			return
		}
		r.Log.Error("outbox: lane stopped", "channel", channel, "err", core.Trace(err))
		pause(ctx, r.Policy.First.D())
	}
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
