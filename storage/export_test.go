package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"bottega/core"
)

// Statements lists what has been prepared so far.
func (db *DB) Statements() (qs []string) {
	for range readers {
		c := <-db.readers.free
		for q := range c.stmts {
			qs = append(qs, q)
		}
		db.readers.free <- c
	}
	if db.w != nil {
		_ = db.w.exclusive(context.Background(), func(context.Context) error {
			for q := range db.w.stmts {
				qs = append(qs, q)
			}
			return nil
		})
	}
	slices.Sort(qs)
	return qs
}

// Explain returns how SQLite would run a statement, a step a line.
func (db *DB) Explain(q string) (string, error) {
	scan := func(rows *sql.Rows, s *string) error {
		var a, b, c int
		return rows.Scan(&a, &b, &c, s)
	}
	n := strings.Count(q, "?")
	if strings.Contains(q, "?1") { // numbered: as many as the highest
		for n = 1; strings.Contains(q, "?"+strconv.Itoa(n+1)); n++ {
		}
	}
	args := make([]any, n)
	steps, err := all(plainQueries{context.Background(), db.rdb}, scan, "EXPLAIN QUERY PLAN "+q, args...)
	return strings.Join(steps, "\n"), err
}

// Claimable is the statement that finds what a claim may take.
const Claimable = claimable

// Migrations are the schema's steps.
func Migrations() []string { return slices.Clone(migrations) }

// Pieces of search, for fuzzing.
var (
	Terms       = terms
	Match       = match
	MatchDigits = matchDigits
	Snippet     = snippet
	Folded      = folded
)

// Exec runs a statement on the writing connection, outside a transaction.
func (db *DB) Exec(q string) error {
	return db.w.exclusive(context.Background(), func(ctx context.Context) error {
		_, err := db.w.conn.ExecContext(ctx, q)
		return err
	})
}

// Commits is how many groups have been committed.
func (db *DB) Commits() (n int64) {
	_ = db.w.exclusive(context.Background(), func(context.Context) error {
		n = db.w.commits
		return nil
	})
	return n
}

// Hold keeps the writer busy until release is called; entered is closed once it is.
func (db *DB) Hold() (entered <-chan struct{}, release func()) {
	in, out, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_ = db.w.exclusive(context.Background(), func(context.Context) error {
			close(in)
			<-out
			return nil
		})
	}()
	return in, func() { close(out); <-done }
}

// Waiting is how many writes stand in line.
func (db *DB) Waiting() int {
	db.w.mu.Lock()
	defer db.w.mu.Unlock()
	return len(db.w.queue)
}

// CardFields and LastFields are what packed columns hold.
type (
	CardFields struct {
		Rev                                              int64
		Name, Username, Phone, Language, TimeZone, Value string
	}
	LastFields struct {
		ID                  int64
		Out, Auto           bool
		Type, State, Author string
		Text                string
	}
)

// Repack packs and unpacks.
func Repack(k CardFields, m LastFields) (CardFields, LastFields, error) {
	c := core.Contact{Rev: k.Rev, Name: k.Name, Username: k.Username, Phone: core.Phone(k.Phone), Language: k.Language, TimeZone: k.TimeZone, Value: core.ValueTier(k.Value)}
	l := core.Message{ID: m.ID, Direction: core.Direction(number(m.Out)), Auto: m.Auto, State: core.State(m.State), Author: m.Author,
		Content: core.Content{Type: core.MessageType(m.Type), Text: m.Text}}
	var c2 core.Contact
	var l2 core.Message
	err := errors.Join(unpackCard(packCard(&c), 1, &c2), unpackLast(packLast(&l), &l2))
	return CardFields{c2.Rev, c2.Name, c2.Username, string(c2.Phone), c2.Language, c2.TimeZone, string(c2.Value)},
		LastFields{l2.ID, l2.Direction == core.Out, l2.Auto, string(l2.Type), string(l2.State), l2.Author, l2.Text}, err
}

// Unpack reads bytes as a card and as a last message.
func Unpack(b []byte) (c core.Contact, m core.Message, err error) {
	return c, m, errors.Join(unpackCard(b, 1, &c), unpackLast(b, &m))
}
