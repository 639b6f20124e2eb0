package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"bottega/core"
)

// Names inside the data folder.
const (
	fileName  = "bottega.db"
	mediaName = "media"
)

// Options of Open. Zero values are useful.
type Options struct {
	Now func() time.Time // the clock; nil means time.Now
	// ReadOnly opens without the right to write: every write returns ReadOnly.
	ReadOnly bool
	Log      *slog.Logger // nil means none
	Process  string       // name of this process among those on the same file
	// Busy is how long to wait for another program that holds the file; 0 means 5 s.
	Busy time.Duration
}

// DB is a shop's store. It is safe for concurrent use, and several processes
// may have the same folder open.
type DB struct {
	dir     string
	feed    *core.Feed
	now     func() time.Time
	log     *slog.Logger
	process string
	busy    time.Duration
	frozen  bool // opened immutable: the folder cannot be written

	w       *writer // nil when opened read-only
	wdb     *sql.DB
	rdb     *sql.DB
	readers *pool // of rdb, which has a connection more for Backup and Check
}

// Path is the database file in a data folder.
func Path(dir string) string { return filepath.Join(dir, fileName) }

// Open opens the shop in dir, making folder (0700) and file (0600) when they
// are not there, and brings the schema up to date. It starts nothing; see Run.
// Changes go to feed, which may be nil. The error's code is Damaged, TooNew,
// ReadOnly, DiskFull or Busy where one of these is the reason, and NotFound
// when there is nothing to open read-only.
func Open(dir string, feed *core.Feed, o Options) (*DB, error) {
	db := &DB{dir: dir, feed: feed, now: o.Now, log: o.Log, process: o.Process, busy: o.Busy}
	if db.now == nil {
		db.now = time.Now
	}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.busy == 0 {
		db.busy = 5 * time.Second
	}
	open := db.openWriter
	if o.ReadOnly {
		open = db.openFrozen
	}
	if err := open(); err != nil {
		return nil, errors.Join(db.fail("storage.Open", err), db.Close())
	}
	return db, nil
}

func (db *DB) openWriter() error {
	if err := makeFile(db.dir); err != nil {
		return err
	}
	var err error
	if db.wdb, err = sql.Open("sqlite", writerDSN(Path(db.dir), db.busy)); err != nil {
		return err
	}
	db.wdb.SetMaxOpenConns(1)
	conn, err := db.firstConn(db.wdb)
	if err != nil {
		return err
	}
	db.w = newWriter(db, conn)
	if err := db.w.migrate(); err != nil {
		return err
	}
	if _, err := db.w.sawForeign(); err != nil { // from here on others' commits count
		return err
	}
	return db.openReaders(false)
}

// firstConn connects, and tries again while another process makes the same
// file or changes it to a write-ahead log, which no busy timeout covers.
func (db *DB) firstConn(pool *sql.DB) (*sql.Conn, error) {
	for end := time.Now().Add(db.busy); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pool.Conn(context.Background())
		if err == nil || codeOf(err, db.dir) != core.Busy || time.Now().After(end) {
			return conn, err
		}
	}
}

// openFrozen opens for reading only. Where the folder cannot be written the
// file is read as it lies, if no log beside it holds newer rows.
func (db *DB) openFrozen() error {
	if _, err := os.Stat(Path(db.dir)); err != nil {
		return err
	}
	for _, immutable := range []bool{false, true} {
		if err := db.openReaders(immutable); err != nil {
			return err
		}
		v, err := db.schemaVersion()
		switch {
		case err == nil && v > len(migrations):
			return core.Fail(core.TooNew, "storage.Open", fmt.Errorf("schema %d, this program knows %d", v, len(migrations)))
		case err == nil && v < len(migrations):
			return core.Fail(core.ReadOnly, "storage.Open", fmt.Errorf("schema %d must be brought to %d first", v, len(migrations)))
		case err == nil:
			db.frozen = immutable
			return nil
		case immutable || codeOf(err, db.dir) != core.ReadOnly || logHoldsRows(db.dir):
			return err
		}
		if err := db.rdb.Close(); err != nil {
			return err
		}
	}
	return nil
}

func logHoldsRows(dir string) bool {
	fi, err := os.Stat(Path(dir) + "-wal")
	return err == nil && fi.Size() > 0
}

func (db *DB) openReaders(immutable bool) error {
	var err error
	if db.rdb, err = sql.Open("sqlite", readerDSN(Path(db.dir), db.busy, immutable)); err != nil {
		return err
	}
	db.rdb.SetMaxOpenConns(readers + 1)
	db.rdb.SetMaxIdleConns(1)
	db.readers = newPool(db.rdb)
	return nil
}

func (db *DB) schemaVersion() (v int, err error) {
	err = db.rdb.QueryRow("PRAGMA user_version").Scan(&v)
	if err == nil { // the version lies in the header; a damaged schema shows itself here
		var n int
		err = db.rdb.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&n)
	}
	return v, err
}

// makeFile makes the folder and an empty file that only its owner can read.
// SQLite gives its log and index the rights of the database file.
func makeFile(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.MkdirAll(dir, 0o700)
	} else if err == nil && len(entries) == 0 {
		err = os.Chmod(dir, 0o700) // an empty folder is ours to close
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(Path(dir), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// Close ends all connections; the last process to close moves the log into
// the database file. Run must have ended.
func (db *DB) Close() error {
	var errs []error
	if db.readers != nil {
		errs = append(errs, db.readers.close(), db.rdb.Close())
	}
	if db.w != nil {
		errs = append(errs, db.w.close())
	}
	if db.wdb != nil {
		errs = append(errs, db.wdb.Close())
	}
	return db.fail("storage.Close", errors.Join(errs...))
}

// Dir is the data folder.
func (db *DB) Dir() string { return db.dir }

func (db *DB) publish(cs ...core.Change) {
	if db.feed != nil {
		db.feed.Publish(cs...)
	}
}
