package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"bottega/core"
)

// source runs queries: the reading pool with a context, or the write
// transaction. What reads rows is written once and works on both.
type source interface {
	rows(q string, args ...any) (*sql.Rows, error)
}

// reading is one caller's use of the pool.
type reading struct {
	ctx context.Context
	db  *DB
}

func (r reading) rows(q string, args ...any) (*sql.Rows, error) {
	s, err := r.db.read(q)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(r.ctx, args...)
}

// read prepares q once; database/sql prepares it again on each connection.
func (db *DB) read(q string) (*sql.Stmt, error) {
	if s, ok := db.reads.Load(q); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := db.rdb.Prepare(q)
	if err != nil {
		return nil, err
	}
	if old, raced := db.reads.LoadOrStore(q, s); raced {
		return old.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// snapshot reads several statements from one state of the file.
type snapshot struct {
	reading
	tx *sql.Tx
}

func (db *DB) snapshot(ctx context.Context, fn func(source) error) error {
	t, err := db.rdb.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	err = fn(snapshot{reading{ctx, db}, t})
	return errors.Join(err, t.Rollback())
}

func (s snapshot) rows(q string, args ...any) (*sql.Rows, error) {
	st, err := s.db.read(q)
	if err != nil {
		return nil, err
	}
	return s.tx.StmtContext(s.ctx, st).QueryContext(s.ctx, args...)
}

// all scans every row of a query.
func all[T any](src source, scan func(*sql.Rows, *T) error, q string, args ...any) ([]T, error) {
	rows, err := src.rows(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, heed(src, rows.Err())
}

// heed tells a transaction of an error met while reading rows.
func heed(src source, err error) error {
	if t, ok := src.(*tx); ok {
		return t.note(err)
	}
	return err
}

// one scans the first row; sql.ErrNoRows when there is none.
func one[T any](src source, scan func(*sql.Rows, *T) error, q string, args ...any) (v T, err error) {
	rows, err := src.rows(q, args...)
	if err != nil {
		return v, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return v, heed(src, err)
		}
		return v, sql.ErrNoRows
	}
	if err := scan(rows, &v); err != nil {
		return v, err
	}
	return v, rows.Close()
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
	dead    error // SQLite ended the transaction; nothing more may run in it
	done    bool  // fn has returned
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

func (t *tx) rows(q string, args ...any) (*sql.Rows, error) {
	if err := t.usable(); err != nil {
		return nil, err
	}
	s, err := t.w.stmt(q)
	if err != nil {
		return nil, err
	}
	rows, err := s.Query(args...)
	return rows, t.note(err)
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
