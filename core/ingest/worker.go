package ingest

import (
	"context"
	"log/slog"
	"time"

	"bottega/core"
	"bottega/core/library"
)

// Store is what the worker needs of the store.
type Store interface {
	core.Writer
	core.JournalStore
	core.ChannelStore
	core.LeaseStore
}

// Worker decodes the journal. Fields without a remark are required; Run starts
// everything and stops it again.
type Worker struct {
	Store    Store
	Decoders map[core.ProviderName]core.Decoder
	Version  int // of the decoders; grows when they read more, and then the journal is read again
	Rules    func() core.Rules
	Feed     *core.Feed
	Now      func() time.Time
	Log      *slog.Logger
	// Answered is told, in the same transaction, that a person wrote; may be nil.
	Answered func(tx core.Tx, contact int64, at time.Time) error
	Deeds    library.Deeds // told, in the same transaction, what stops a template; may be nil
	Owner    string        // unique per running process
	Batch    Batch         // of one transaction; see LoadBatch
	Poll     time.Duration // look for rows that nobody announced; 0 means 5 s
	Stops    *Stops        // how words about consent are read; nil leaves them
	Lease    time.Duration // until another process takes over from a dead one; 0 means 10 s

	hold  *core.Hold
	touch map[int64]time.Time // by channel: the LastCallbackAt on disk
}

const (
	defaultPoll  = 5 * time.Second
	defaultLease = 10 * time.Second

	// touchEvery is how exact Channel.LastCallbackAt is, so that a busy hour
	// does not redraw the channel with every batch.
	touchEvery = 10 * time.Second
)

func (w *Worker) setDefaults() {
	w.Version = max(w.Version, 1) // 0 would mean "not read"
	if w.Poll <= 0 {
		w.Poll = defaultPoll
	}
	if w.Lease <= 0 {
		w.Lease = defaultLease
	}
	if w.hold == nil {
		w.hold = &core.Hold{Store: w.Store, Name: "ingest", Owner: w.Owner, TTL: w.Lease, Now: w.Now}
		w.touch = map[int64]time.Time{}
	}
}

// Run decodes until ctx ends, and returns nil then. One process at a time
// does; the others take over when its lease runs out. When the store is in
// trouble (disk full, busy) rows wait in the journal and Run tries again.
func (w *Worker) Run(ctx context.Context) error {
	w.setDefaults()
	if !w.Batch.usable() {
		return core.Fail(core.InvalidInput, "ingest.Run", nil)
	}
	sub := w.Feed.Subscribe(core.Journal)
	defer sub.Close()
	for ctx.Err() == nil {
		wait := w.Poll
		_, err := w.Drain(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("ingest: journal waits", "err", core.Trace(err))
			wait = min(w.Poll, time.Second)
			sleep(ctx, wait) // a burst of callbacks must not make a burst of failures
		}
		if err == nil && !w.hold.Ours(0) {
			wait = min(w.Poll, w.Lease/4)
		}
		if _, err := sub.Wait(ctx, wait); err != nil {
			break
		}
	}
	return w.hold.Drop(context.WithoutCancel(ctx))
}

// Drain decodes what waits, new rows first, and returns how many rows it
// finished. It does nothing while another process holds the job.
func (w *Worker) Drain(ctx context.Context) (int, error) {
	w.setDefaults()
	if !w.Batch.usable() {
		return 0, core.Fail(core.InvalidInput, "ingest.Drain", nil)
	}
	total := 0
	for ctx.Err() == nil {
		rows, err := w.pending(ctx)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		ours, err := w.hold.Take(ctx)
		if err != nil || !ours {
			return total, err
		}
		n, err := w.batch(ctx, rows)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, ctx.Err()
}

// pending returns the next rows: those that nobody has read yet, and only when
// there are none those that an older decoder read.
func (w *Worker) pending(ctx context.Context) ([]core.JournalEntry, error) {
	rows, err := w.Store.PendingJournal(ctx, 1, w.Batch.Rows, w.Batch.Bytes)
	if err != nil || len(rows) > 0 || w.Version <= 1 {
		return rows, err
	}
	return w.Store.PendingJournal(ctx, w.Version, w.Batch.Rows/4+1, w.Batch.Bytes)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
