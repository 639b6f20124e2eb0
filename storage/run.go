package storage

import (
	"context"
	"database/sql"
	"os"
	"time"

	"bottega/core"
)

const (
	// watchEvery is how often Run asks whether another process wrote; a change
	// is told within twice that.
	watchEvery = 100 * time.Millisecond
	// checkpointEvery is how often Run moves the log into the database.
	checkpointEvery = 500 * time.Millisecond
)

// Run moves the log into the database file in the background, so that no
// writer has to, and publishes core.Everything when another process has
// written. It returns ctx's error when ctx ends. A failed checkpoint (a full
// disk) is logged and tried again: nothing is lost by it, the log grows.
func (db *DB) Run(ctx context.Context) error {
	if db.frozen {
		<-ctx.Done() // nobody can write here
		return ctx.Err()
	}
	watch, err := db.background(readerDSN(Path(db.dir), db.busy, false))
	if err != nil {
		return db.fail("storage.Run", err)
	}
	defer watch.Close()
	m := maintenance{db: db, watch: watch}
	if db.w != nil {
		if m.move, err = db.background(writerDSN(Path(db.dir), db.busy)); err != nil {
			return db.fail("storage.Run", err)
		}
		defer m.move.Close()
	}
	return m.loop(ctx)
}

func (db *DB) background(dsn string) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err == nil {
		pool.SetMaxOpenConns(1)
		pool.SetConnMaxLifetime(0)
	}
	return pool, err
}

// maintenance is what Run does, on connections of its own.
type maintenance struct {
	db      *DB
	watch   *sql.DB
	move    *sql.DB // nil when opened read-only
	version int64   // data_version as the watching connection last saw it
	logged  bool    // the last checkpoint failed and the log knows
}

func (m *maintenance) loop(ctx context.Context) error {
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	move := time.NewTicker(checkpointEvery)
	defer move.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
			if err := m.lookForOthers(ctx); err != nil && ctx.Err() == nil {
				m.db.log.Warn("Watching the database failed", "code", codeOf(err, m.db.dir))
			}
		case <-move.C:
			if err := m.checkpoint(ctx); err != nil && ctx.Err() == nil && !m.logged {
				m.logged = true
				m.db.log.Warn("Checkpoint failed", "code", codeOf(err, m.db.dir))
			}
		}
	}
}

// lookForOthers publishes Everything when another process has committed. Its
// own connection tells cheaply whether anybody did; only then the writing
// connection is asked, for which our own commits are no change.
func (m *maintenance) lookForOthers(ctx context.Context) error {
	var v int64
	if err := m.watch.QueryRowContext(ctx, "PRAGMA data_version").Scan(&v); err != nil {
		return err
	}
	before := m.version
	m.version = v
	if v == before {
		return nil
	}
	if m.db.w == nil {
		if before != 0 {
			m.db.publish(core.Change{Kind: core.Everything})
		}
		return nil
	}
	return m.db.w.exclusive(ctx, func(context.Context) error {
		foreign, err := m.db.w.sawForeign()
		if foreign {
			m.db.publish(core.Change{Kind: core.Everything})
		}
		return err
	})
}

// checkpoint moves what the log holds. A log starts anew only with a write that
// finds all of it moved, which under steady load never comes: when it has
// grown large, a second pass with the writer held moves the rest.
func (m *maintenance) checkpoint(ctx context.Context) error {
	if m.move == nil {
		return nil
	}
	fi, err := os.Stat(Path(m.db.dir) + "-wal")
	if err != nil || fi.Size() == 0 {
		return nil // no log, nothing to move
	}
	frames, err := m.pass(ctx)
	if err != nil {
		return err
	}
	m.logged = false
	if frames*frameSize < walLimit {
		return nil
	}
	return m.db.w.exclusive(ctx, func(ctx context.Context) error {
		_, err := m.pass(ctx)
		return err
	})
}

// frameSize is what a page takes in the log: SQLite's default page and a header.
const frameSize = 4096 + 24

// pass moves what no reader needs any more and reports how long the log was.
func (m *maintenance) pass(ctx context.Context) (frames int64, err error) {
	var busy, moved int64
	err = m.move.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &moved)
	return frames, err
}
