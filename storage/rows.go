package storage

import (
	"database/sql"
	"errors"
	"time"

	"bottega/core"
)

// source runs queries: the reading pool with a context, or the write
// transaction. What reads rows is written once and works on both.
type source interface {
	// query calls fn for every row, or until it fails.
	query(fn func(*sql.Rows) error, q string, args ...any) error
}

// all scans every row of a query.
func all[T any](src source, scan func(*sql.Rows, *T) error, q string, args ...any) ([]T, error) {
	return into(nil, src, scan, q, args...)
}

// into is all onto the end of dst. Rows are scanned where they stay: some are
// large. On an error the rows before it are there too.
func into[T any](dst []T, src source, scan func(*sql.Rows, *T) error, q string, args ...any) ([]T, error) {
	err := src.query(func(rows *sql.Rows) error {
		var none T
		dst = append(dst, none)
		return scan(rows, &dst[len(dst)-1])
	}, q, args...)
	return dst, err
}

// errEnough ends a query that has no more to say.
var errEnough = errors.New("enough")

// one scans the first row; sql.ErrNoRows when there is none.
func one[T any](src source, scan func(*sql.Rows, *T) error, q string, args ...any) (v T, err error) {
	err = src.query(func(rows *sql.Rows) error {
		if err := scan(rows, &v); err != nil {
			return err
		}
		return errEnough
	}, q, args...)
	switch {
	case err == nil:
		return v, sql.ErrNoRows
	case err == errEnough:
		return v, nil
	}
	return v, err
}

func scanInt(rows *sql.Rows, n *int64) error             { return rows.Scan(n) }
func scanNull(rows *sql.Rows, s *sql.NullString) error   { return rows.Scan(s) }
func scanNullInt(rows *sql.Rows, n *sql.NullInt64) error { return rows.Scan(n) }

// ms is how a time lies in the file; the zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at is ms read back.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// orNull stores "" as NULL, so that a unique index takes it many times.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func orZero(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// tx is one caller's part of a write transaction.
type tx struct {
	fresh   core.Contact // the contact made last: nobody has seen its Rev yet
	w       *writer
	db      *DB
	changes []core.Change
	newest  core.Message       // the last one inserted
	counts  map[countKey]int64 // of recipients, to be written at the end
	dead    error              // SQLite ended the transaction; nothing more may run in it
	done    bool               // fn has returned
}

var errTxDone = errors.New("the transaction is over")

func (t *tx) usable() error {
	if t.done {
		return errTxDone
	}
	return t.dead
}

// note remembers an error that ended the transaction: statements after it
// would each commit by themselves.
func (t *tx) note(err error) error {
	if err != nil && gone(err) {
		t.dead = err
	}
	return err
}

func (t *tx) query(fn func(*sql.Rows) error, q string, args ...any) error {
	if err := t.usable(); err != nil {
		return err
	}
	s, err := t.w.stmt(q)
	if err != nil {
		return err
	}
	return t.note(each(fn, func() (*sql.Rows, error) { return s.Query(args...) }))
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(q string, args ...any) (int64, error) {
	res, err := t.result(q, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) result(q string, args ...any) (sql.Result, error) {
	if err := t.usable(); err != nil {
		return nil, err
	}
	s, err := t.w.stmt(q)
	if err != nil {
		return nil, err
	}
	res, err := s.Exec(args...)
	return res, t.note(err)
}

// insert runs an INSERT and returns the new row's id.
func (t *tx) insert(q string, args ...any) (int64, error) {
	res, err := t.result(q, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// must1 is exec for a statement that has to meet exactly one row.
func (t *tx) must1(q string, args ...any) error {
	n, err := t.exec(q, args...)
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return err
}

// Changed implements core.Tx.
func (t *tx) Changed(cs ...core.Change) { t.changes = append(t.changes, cs...) }
