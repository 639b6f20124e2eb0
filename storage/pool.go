package storage

import (
	"context"
	"database/sql"
	"errors"
)

// readers is how many connections read at once. Few, whatever the number of
// cores: a screen asks one question at a time, and each connection brings a
// page cache of its own.
const readers = 3

// pool hands out reading connections, each with its prepared statements.
// database/sql has a pool and prepares as well, but inside a transaction it
// prepares again whatever it has prepared on another connection.
type pool struct {
	db   *sql.DB
	free chan *readConn // closed with the pool
}

type readConn struct {
	conn  *sql.Conn // nil until first used
	stmts map[string]*sql.Stmt
}

func newPool(db *sql.DB) *pool {
	p := &pool{db: db, free: make(chan *readConn, readers)}
	for range readers {
		p.free <- &readConn{stmts: map[string]*sql.Stmt{}}
	}
	return p
}

// take waits for a connection.
func (p *pool) take(ctx context.Context) (*readConn, error) {
	select {
	case c, ok := <-p.free:
		if !ok {
			return nil, errClosed
		}
		if c.conn == nil {
			var err error
			if c.conn, err = p.db.Conn(ctx); err != nil {
				p.free <- c
				return nil, err
			}
		}
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// close waits for the reads under way and ends all connections.
func (p *pool) close() error {
	var errs []error
	for range readers {
		c, ok := <-p.free
		if !ok {
			return nil // by an earlier close
		}
		for _, s := range c.stmts {
			errs = append(errs, s.Close())
		}
		if c.conn != nil {
			errs = append(errs, c.conn.Close())
		}
	}
	close(p.free)
	return errors.Join(errs...)
}

// query prepares q once for the life of the connection.
func (c *readConn) query(ctx context.Context, fn func(*sql.Rows) error, q string, args ...any) error {
	s := c.stmts[q]
	if s == nil {
		var err error
		if s, err = c.conn.PrepareContext(ctx, q); err != nil {
			return err
		}
		c.stmts[q] = s
	}
	return each(fn, func() (*sql.Rows, error) { return s.QueryContext(ctx, args...) })
}

// each calls fn for every row, or until it fails.
func each(fn func(*sql.Rows) error, query func() (*sql.Rows, error)) error {
	rows, err := query()
	if err != nil {
		return err
	}
	defer rows.Close() // after an early end; its error came up already
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// reading is one caller's use of the pool, a connection for each query.
type reading struct {
	ctx context.Context
	db  *DB
}

func (r reading) query(fn func(*sql.Rows) error, q string, args ...any) error {
	c, err := r.db.readers.take(r.ctx)
	if err != nil {
		return err
	}
	defer func() { r.db.readers.free <- c }()
	return c.query(r.ctx, fn, q, args...)
}

// snapshot reads several statements from one state of the file.
type snapshot struct {
	ctx context.Context
	c   *readConn
}

func (s snapshot) query(fn func(*sql.Rows) error, q string, args ...any) error {
	return s.c.query(s.ctx, fn, q, args...)
}

func (db *DB) snapshot(ctx context.Context, fn func(source) error) error {
	c, err := db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer func() { db.readers.free <- c }()
	nothing := func(*sql.Rows) error { return nil }
	if err := c.query(ctx, nothing, "BEGIN"); err != nil {
		return err
	}
	err = fn(snapshot{ctx, c})
	return errors.Join(err, c.query(context.WithoutCancel(ctx), nothing, "ROLLBACK"))
}

// plainQueries runs statements that are not worth keeping.
type plainQueries struct {
	ctx  context.Context
	pool *sql.DB
}

func (p plainQueries) query(fn func(*sql.Rows) error, q string, args ...any) error {
	return each(fn, func() (*sql.Rows, error) { return p.pool.QueryContext(p.ctx, q, args...) })
}
