package storage

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"bottega/core"
)

// journalRow is a callback on its way into the journal.
type journalRow struct {
	channel, at int64
	body        []byte
	polled      int64
	id          int64
}

// AppendJournal implements core.JournalStore. Callers that come together share
// one statement and one fsync.
func (db *DB) AppendJournal(ctx context.Context, channel int64, body []byte, at time.Time) (int64, error) {
	return db.journal(ctx, "storage.AppendJournal", &journalRow{channel: channel, at: ms(at), body: body})
}

// AppendPolled implements core.PolledJournal.
func (db *DB) AppendPolled(ctx context.Context, channel int64, body []byte, at time.Time) (int64, error) {
	return db.journal(ctx, "storage.AppendPolled", &journalRow{channel: channel, at: ms(at), body: body, polled: 1})
}

func (db *DB) journal(ctx context.Context, op string, row *journalRow) (int64, error) {
	if row.body == nil {
		row.body = []byte{}
	}
	err := db.submit(op, &request{ctx: ctx, row: row,
		changes: []core.Change{{Kind: core.Journal}}})
	if err != nil {
		return 0, err
	}
	return row.id, nil
}

// journalBatch is how many rows one statement inserts; the rest of a group goes one by one.
const journalBatch = 16

var insertRow = "INSERT INTO journal (channel_id, received_at, state, version, error, body, polled) VALUES (?, ?, 'new', 0, '', ?, ?)"
var insertRows = insertRow + strings.Repeat(", (?, ?, 'new', 0, '', ?, ?)", journalBatch-1)

// insertJournal appends the callbacks of a group in the order in which they came.
func (w *writer) insertJournal(rs []*request) error {
	var rows []*journalRow
	for _, r := range rs {
		if r.row != nil {
			rows = append(rows, r.row)
		}
	}
	for len(rows) > 0 {
		q, n := insertRows, journalBatch
		if len(rows) < n {
			q, n = insertRow, 1
		}
		args := make([]any, 0, 4*n)
		for _, r := range rows[:n] {
			args = append(args, r.channel, r.at, r.body, r.polled)
		}
		s, err := w.stmt(q)
		if err != nil {
			return err
		}
		res, err := s.Exec(args...)
		if err != nil {
			return err
		}
		last, err := res.LastInsertId()
		if err != nil {
			return err
		}
		for i, r := range rows[:n] {
			r.id = last - int64(n-1-i) // one statement of one writer: the ids are a run
		}
		rows = rows[n:]
	}
	return nil
}

func scanEntry(rows *sql.Rows, e *core.JournalEntry) error {
	var received int64
	err := rows.Scan(&e.ID, &e.ChannelID, &received, &e.State, &e.Version, &e.Error, &e.Body, &e.Polled)
	e.ReceivedAt = at(received)
	return err
}

// PendingJournal implements core.JournalStore.
func (db *DB) PendingJournal(ctx context.Context, version, limit int, size int64) ([]core.JournalEntry, error) {
	var es []core.JournalEntry
	err := db.snapshot(ctx, func(src source) error {
		// One walk along the index for each version, so that no sort has to
		// look at all that an older program read.
		for v := range max(version, 0) {
			more, err := entries(src, v, limit, size)
			if err != nil {
				return err
			}
			es = append(es, more...)
		}
		return nil
	})
	if err != nil {
		return nil, db.fail("storage.PendingJournal", err)
	}
	slices.SortFunc(es, func(a, b core.JournalEntry) int { return cmp.Compare(a.ID, b.ID) })
	n := 0
	for n < min(len(es), limit) {
		if size -= int64(len(es[n].Body)); n > 0 && size < 0 {
			break
		}
		n++
	}
	return es[:n], nil
}

// entries are the oldest of one version. The walk ends with the first body that
// does not fit any more, so that no more than that one is read in vain.
func entries(src source, version, limit int, size int64) ([]core.JournalEntry, error) {
	var es []core.JournalEntry
	err := src.query(func(rows *sql.Rows) error {
		var e core.JournalEntry
		if err := scanEntry(rows, &e); err != nil {
			return err
		}
		if size -= int64(len(e.Body)); len(es) > 0 && size < 0 {
			return errEnough
		}
		es = append(es, e)
		return nil
	}, `SELECT id, channel_id, received_at, state, version, error, body, polled FROM journal
		WHERE version = ? ORDER BY id LIMIT +?`, version, limit)
	if errors.Is(err, errEnough) {
		err = nil
	}
	return es, err
}

// FinishJournal implements core.JournalTx.
func (t *tx) FinishJournal(id int64, state core.JournalState, errText string, version int) error {
	return t.db.fail("storage.FinishJournal",
		t.must1("UPDATE journal SET state = ?, error = ?, version = ? WHERE id = ?", state, errText, version, id))
}
