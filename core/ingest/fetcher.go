package ingest

import (
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"time"

	"bottega/core"
)

// FetchStore is what the fetcher needs of the store.
type FetchStore interface {
	core.Writer
	core.MediaStore
	core.ChannelStore
	core.LeaseStore
}

// FetchPolicy is how received files are fetched, as data with its source:
// assets/rules/fetch.json.
type FetchPolicy struct {
	MaxBytes int64         `json:"max_bytes"` // larger files are not taken
	Parallel int           `json:"parallel"`
	First    core.Duration `json:"first"`   // wait after the first failure, doubled each time
	Max      core.Duration `json:"max"`     // longest wait
	Life     core.Duration `json:"life"`    // how long the provider keeps a received file
	Timeout  core.Duration `json:"timeout"` // of one download
	Hold     core.Duration `json:"hold"`    // lease of the job
	Poll     core.Duration `json:"poll"`    // look for files that nobody announced
	Source   string        `json:"source"`
	Date     string        `json:"date"`
}

// LoadFetchPolicy reads fetch.json below the tree of rules. It returns
// InvalidInput for a file that cannot be used.
func LoadFetchPolicy(rules fs.FS) (FetchPolicy, error) {
	const op = "ingest.LoadFetchPolicy"
	var p FetchPolicy
	b, err := fs.ReadFile(rules, "fetch.json")
	if err != nil {
		return p, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, core.Fail(core.InvalidInput, op, err)
	}
	if p.MaxBytes <= 0 || p.Parallel <= 0 || p.First <= 0 || p.Max < p.First || p.Life <= 0 || p.Timeout <= 0 || p.Hold <= 0 || p.Poll <= 0 {
		return p, core.Fail(core.InvalidInput, op, nil)
	}
	return p, nil
}

// Fetcher brings the files of received messages into the data folder, beside
// and never before the messages themselves. A file that cannot be had is marked
// so (Media.Lost). Fields are required; Run starts everything and stops it again.
type Fetcher struct {
	Store    FetchStore
	Gateways core.Gateways
	Feed     *core.Feed
	Policy   FetchPolicy
	Now      func() time.Time
	Log      *slog.Logger
	Owner    string // unique per running process

	hold  *core.Hold
	tries map[int64]try // by message: those that failed and will be tried again
	busy  map[int64]bool
	done  chan fetched
}

type try struct {
	n    int
	next time.Time
}

type fetched struct {
	message int64
	lost    core.Code // why it will never come; "" when it is here or may come
	again   bool
	broken  error // a panic: it ends Run
}

// gather is how long the fetcher lets a burst of messages pass before it looks.
const gather = 200 * time.Millisecond

// Run fetches until ctx ends, and returns nil then. One process at a time does.
func (f *Fetcher) Run(ctx context.Context) error {
	f.hold = &core.Hold{Store: f.Store, Name: "fetch", Owner: f.Owner, TTL: f.Policy.Hold.D(), Now: f.Now}
	f.tries, f.busy, f.done = map[int64]try{}, map[int64]bool{}, make(chan fetched, f.Policy.Parallel)
	sub := f.Feed.Subscribe(core.Messages)
	defer sub.Close()
	wake := make(chan struct{})
	lctx, cancel := context.WithCancel(ctx)
	defer cancel()
	deaf := make(chan error, 1)
	go func() {
		deaf <- core.Guard(lctx, "ingest.listen", func(ctx context.Context) error { return listen(ctx, sub, wake) })()
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wait, err := f.start(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("ingest: files wait", "err", core.Trace(err))
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			for range len(f.busy) { // downloads end with ctx
				<-f.done
			}
			return f.hold.Drop(context.WithoutCancel(ctx))
		case d := <-f.done:
			if d.broken != nil {
				return d.broken // the others find room in done and end with ctx
			}
			f.note(d)
		case err := <-deaf:
			if err != nil { // nil: ctx has ended
				return err
			}
		case <-wake:
		case <-timer.C:
		}
	}
}

// listen tells of new messages, a burst of them once, until ctx ends.
func listen(ctx context.Context, sub *core.Subscription, wake chan<- struct{}) error {
	for {
		if _, err := sub.Next(ctx, gather); err != nil {
			return nil
		}
		select {
		case wake <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
	}
}

// start begins downloads as far as there is room, and returns how long nothing
// will change by itself.
func (f *Fetcher) start(ctx context.Context) (time.Duration, error) {
	p := &f.Policy
	if len(f.busy) > 0 { // keep the job while anything is on its way
		if _, err := f.hold.Take(ctx); err != nil {
			return p.First.D(), err
		}
	}
	wait := min(p.Poll.D(), p.Hold.D()/3)
	if len(f.busy) >= p.Parallel {
		return wait, nil
	}
	ms, err := f.Store.PendingMedia(ctx, len(f.busy)+len(f.tries)+p.Parallel)
	if err != nil {
		return p.First.D(), err
	}
	now := f.Now()
	for _, m := range ms {
		if in := f.tries[m.ID].next.Sub(now); in > 0 && in <= p.Max.D() { // longer only when the clock was set back
			wait = min(wait, in)
			continue
		}
		if f.busy[m.ID] || len(f.busy) >= p.Parallel {
			continue
		}
		ours, err := f.hold.Take(ctx)
		if err != nil || !ours {
			return p.Hold.D() / 4, err
		}
		f.busy[m.ID] = true
		go func() {
			d := fetched{message: m.ID}
			err := core.Guard(ctx, "ingest.fetch", func(ctx context.Context) error { d = f.fetch(ctx, m); return nil })()
			d.broken = err
			f.done <- d
		}()
	}
	if len(f.busy) == 0 && len(ms) == 0 {
		return p.Poll.D(), nil
	}
	return wait, nil
}

// note hears how a download ended.
func (f *Fetcher) note(d fetched) {
	delete(f.busy, d.message)
	if !d.again {
		delete(f.tries, d.message)
		return
	}
	t := f.tries[d.message]
	t.n++
	wait := f.Policy.First.D()
	for i := 1; i < t.n && wait < f.Policy.Max.D(); i++ {
		wait *= 2
	}
	t.next = f.Now().Add(min(wait, f.Policy.Max.D()))
	f.tries[d.message] = t
}
