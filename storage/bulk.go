package storage

import (
	"context"
	"errors"

	"bottega/core"
)

// BulkLoad calls fn, each time in a transaction of its own, until it reports
// that there is no more. It is for filling a new file: meanwhile no other write
// of this process runs, and a power cut may damage the file. When it returns
// everything is durable and the log is empty. Nothing is published.
func (db *DB) BulkLoad(ctx context.Context, fn func(core.Tx) (more bool, err error)) error {
	if db.w == nil {
		return core.Fail(core.ReadOnly, "storage.BulkLoad", nil)
	}
	return db.fail("storage.BulkLoad", db.w.exclusive(ctx, func(ctx context.Context) error {
		return db.w.bulk(ctx, fn)
	}))
}

func (w *writer) bulk(ctx context.Context, fn func(core.Tx) (bool, error)) (err error) {
	set := func(q string) error {
		_, err := w.conn.ExecContext(ctx, q)
		return err
	}
	if err := set("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144"); err != nil {
		return err
	}
	defer func() {
		ctx = context.WithoutCancel(ctx)
		err = errors.Join(err, set("PRAGMA synchronous = FULL"), set("PRAGMA wal_checkpoint(TRUNCATE)"), set("PRAGMA shrink_memory"),
			set("PRAGMA cache_size = "+writerCacheSize))
	}()
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err = w.bulkPart(fn); err != nil {
			return err
		}
		if err := set("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			return err
		}
	}
	return nil
}

// bulkPart runs fn in one transaction.
func (w *writer) bulkPart(fn func(core.Tx) (bool, error)) (more bool, err error) {
	if err := w.begin(); err != nil {
		return false, err
	}
	err = call(func(t *tx) (err error) {
		more, err = fn(t)
		return err
	}, &tx{w: w, db: w.db})
	if err == nil {
		err = w.exec0("COMMIT")
	}
	if err != nil {
		w.rollback()
	}
	return more, err
}
