package storage

import (
	"context"
	"database/sql"
	"errors"
	"runtime/debug"
	"slices"
	"sync"

	"bottega/core"
)

// groupLimit bounds how many writes share one commit, so that the first of
// them is not kept waiting by an endless line.
const groupLimit = 512

// writer owns the one writing connection. At any time at most one caller leads:
// only the leader touches conn, stmts and dataVersion.
type writer struct {
	db   *DB
	conn *sql.Conn

	mu     sync.Mutex
	queue  []*request
	led    bool // somebody leads
	closed bool

	stmts       map[string]*sql.Stmt
	dataVersion int64 // as this connection last saw it; it moves when another process commits
	commits     int64 // groups committed since Open
}

// request is one caller's part of a group. Exactly one of fn, row and alone is set.
type request struct {
	ctx     context.Context
	fn      func(*tx) error
	row     *journalRow                 // a callback for the journal: no savepoint, all in one insert
	alone   func(context.Context) error // work outside any transaction
	wake    chan bool                   // true: lead; false: done
	lead    bool                        // told to lead, so it cannot leave the queue
	err     error
	final   bool // err is this request's own and stands whatever becomes of the group
	changes []core.Change
}

func newWriter(db *DB, conn *sql.Conn) *writer {
	return &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}}
}

// Write implements core.Writer. A panic in fn comes back as an error to its
// own caller, wrapping a *core.PanicError; the other writes of the group stand.
func (db *DB) Write(ctx context.Context, fn func(core.Tx) error) error {
	return db.write(ctx, "storage.Write", func(t *tx) error { return fn(t) })
}

func (db *DB) write(ctx context.Context, op string, fn func(*tx) error) error {
	return db.submit(op, &request{ctx: ctx, fn: fn})
}

func (db *DB) submit(op string, r *request) error {
	if db.w == nil {
		return core.Fail(core.ReadOnly, op, nil)
	}
	r.wake = make(chan bool, 1)
	return db.fail(op, db.w.do(r))
}

var errClosed = errors.New("the store is closed")

// do puts r in line and returns when its outcome is known, leading the line
// meanwhile if nobody else does.
func (w *writer) do(r *request) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return errClosed
	}
	w.queue = append(w.queue, r)
	lead := !w.led
	w.led = true
	w.mu.Unlock()
	if !lead {
		select {
		case lead = <-r.wake:
		case <-r.ctx.Done():
			if w.withdraw(r) {
				return r.ctx.Err()
			}
			lead = <-r.wake // it runs already: its outcome is the truth
		}
	}
	if lead {
		w.lead()
	}
	return r.err
}

// withdraw takes r out of the line unless it has been taken or told to lead.
func (w *writer) withdraw(r *request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.queue, r)
	if i < 0 || r.lead {
		return false
	}
	w.queue = slices.Delete(w.queue, i, i+1)
	return true
}

// lead runs one group and hands the lead to whoever waits first.
func (w *writer) lead() {
	w.mu.Lock()
	n := min(len(w.queue), groupLimit)
	group := slices.Clone(w.queue[:n])
	w.queue = slices.Delete(w.queue, 0, n)
	w.mu.Unlock()

	whole := false
	defer func() {
		if !whole { // fn ended the goroutine (runtime.Goexit): nobody may wait for ever
			w.rollback()
			for _, r := range group {
				r.settle(errors.New("a write of the same group ended its goroutine"))
			}
		}
		for _, r := range group[1:] {
			r.wake <- false
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.led = len(w.queue) > 0; w.led {
			w.queue[0].lead = true
			w.queue[0].wake <- true
		}
	}()
	w.run(group)
	whole = true
}

// settle gives r its outcome unless it has one of its own.
func (r *request) settle(err error) {
	if !r.final {
		r.err, r.final = err, true
	}
}

// run gives every request of the group its outcome.
func (w *writer) run(group []*request) {
	var todo []*request
	for _, r := range group {
		switch {
		case r.ctx.Err() != nil:
			r.settle(r.ctx.Err())
		case r.alone != nil:
			r.settle(r.alone(r.ctx))
		default:
			todo = append(todo, r)
		}
	}
	// Each round ends for good at least one request, so this ends.
	for len(todo) > 0 {
		w.round(todo)
		todo = slices.DeleteFunc(todo, func(r *request) bool { return r.final })
	}
}

// round tries to commit the requests together. One whose own statement ended
// the transaction gets its error, and the rest wait for the next round.
func (w *writer) round(rs []*request) {
	settleAll := func(err error) {
		for _, r := range rs {
			r.settle(err)
		}
	}
	if err := w.begin(); err != nil {
		w.rollback()
		settleAll(err)
		return
	}
	if err := w.insertJournal(rs); err != nil {
		w.rollback()
		for _, r := range rs {
			if r.row != nil {
				r.settle(err)
			}
		}
		return
	}
	single := len(rs) == 1
	for _, r := range rs {
		if r.fn == nil {
			continue
		}
		if alive := w.part(r, single); !alive {
			return
		}
	}
	if err := w.exec0("COMMIT"); err != nil {
		w.rollback()
		settleAll(err)
		return
	}
	w.commits++
	settleAll(nil)
	w.publish(rs)
}

// part runs one fn behind a savepoint. It reports false when the transaction
// is gone and the round with it.
func (w *writer) part(r *request, single bool) bool {
	if !single {
		if err := w.exec0("SAVEPOINT part"); err != nil {
			r.settle(err)
			w.rollback()
			return false
		}
	}
	t := &tx{w: w, db: w.db}
	err := call(r.fn, t)
	r.changes = t.changes
	switch {
	case err == nil && single:
		return true
	case err == nil:
		if err = w.exec0("RELEASE part"); err == nil {
			return true
		}
		r.settle(err)
		w.rollback()
		return false
	}
	r.settle(err)
	if !single && !gone(err) && w.exec0("ROLLBACK TO part") == nil && w.exec0("RELEASE part") == nil {
		return true
	}
	w.rollback()
	return false
}

// call runs fn and turns a panic into an error.
func call(fn func(*tx) error, t *tx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = core.Fail(core.Internal, "storage.Write", &core.PanicError{Where: "storage.Write", Value: v, Stack: debug.Stack()})
		}
		t.done = true
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.countAll(); err != nil {
		return err
	}
	return t.dead // fn may have overlooked that its transaction ended
}

// begin opens the transaction. When another process wrote since the last one
// that is told at once: its commit stands whatever becomes of ours, and nobody
// would see the difference a second time.
func (w *writer) begin() error {
	if err := w.exec0("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	foreign, err := w.sawForeign()
	if foreign {
		w.db.publish(core.Change{Kind: core.Everything})
	}
	return err
}

// sawForeign asks whether another connection than ours committed since the
// last time. Only the leader may ask.
func (w *writer) sawForeign() (bool, error) {
	s, err := w.stmt("PRAGMA data_version")
	if err != nil {
		return false, err
	}
	var v int64
	if err := s.QueryRow().Scan(&v); err != nil {
		return false, err
	}
	foreign := w.dataVersion != 0 && v != w.dataVersion
	w.dataVersion = v
	return foreign, nil
}

// rollback ends whatever transaction is open. SQLite may have ended it by
// itself, and then this fails: that is no news.
func (w *writer) rollback() { _ = w.exec0("ROLLBACK") }

func (w *writer) publish(rs []*request) {
	var cs []core.Change
	for _, r := range rs {
		if r.err == nil {
			cs = append(cs, r.changes...)
		}
	}
	w.db.publish(cs...)
}

// stmt prepares q once for the life of the connection.
func (w *writer) stmt(q string) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), q)
	if err == nil {
		w.stmts[q] = s
	}
	return s, err
}

func (w *writer) exec0(q string) error {
	s, err := w.stmt(q)
	if err == nil {
		_, err = s.Exec()
	}
	return err
}

// exclusive runs fn while no write of this process runs, outside any transaction.
func (w *writer) exclusive(ctx context.Context, fn func(context.Context) error) error {
	return w.do(&request{ctx: ctx, alone: fn, wake: make(chan bool, 1)})
}

// close waits for its turn and ends the connection. Writes that still wait
// behind it, and later ones, fail.
func (w *writer) close() error {
	err := w.exclusive(context.Background(), func(context.Context) error {
		w.mu.Lock()
		w.closed = true
		w.mu.Unlock()
		for _, s := range w.stmts {
			if err := s.Close(); err != nil {
				return err
			}
		}
		clear(w.stmts)
		return w.conn.Close()
	})
	if errors.Is(err, errClosed) { // by an earlier Close
		return nil
	}
	return err
}
