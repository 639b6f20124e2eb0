package storage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"bottega/core"
)

// ports: a DB is all of the store's side of core.
var (
	_ core.Writer        = (*DB)(nil)
	_ core.InboxReader   = (*DB)(nil)
	_ core.PeopleReader  = (*DB)(nil)
	_ core.Searcher      = (*DB)(nil)
	_ core.ChannelStore  = (*DB)(nil)
	_ core.OutboxReader  = (*DB)(nil)
	_ core.JournalStore  = (*DB)(nil)
	_ core.PresenceStore = (*DB)(nil)
	_ core.LeaseStore    = (*DB)(nil)
	_ core.LeaseReader   = (*DB)(nil)
	_ core.SettingsStore = (*DB)(nil)
	_ core.MediaStore    = (*DB)(nil)
	_ core.Tx            = (*tx)(nil)
)

// Size is how large the database in dir is in bytes, its log included.
func Size(dir string) (int64, error) {
	var sum int64
	for _, name := range []string{Path(dir), Path(dir) + "-wal"} {
		st, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, core.Fail(core.NotFound, "storage.Size", err)
		}
		sum += st.Size()
	}
	return sum, nil
}

// Check reads the whole file and verifies its structure, its references, its
// search index and its counters. It returns Damaged when anything is wrong, and takes about
// a second for each 100 MB.
func (db *DB) Check(ctx context.Context) error {
	// On a connection of its own: one that has looked at the search index before
	// remembers how it was, and takes what others changed since for damage.
	pool, err := sql.Open("sqlite", readerDSN(Path(db.dir), db.busy, db.frozen))
	if err == nil {
		err = errors.Join(check(ctx, pool), pool.Close())
	}
	return db.fail("storage.Check", err)
}

func check(ctx context.Context, pool *sql.DB) error {
	src := plainQueries{ctx, pool}
	problems, err := all(src, scanNull, "PRAGMA integrity_check(5)")
	if err != nil {
		return err
	}
	if len(problems) != 1 || problems[0].String != "ok" {
		return core.Fail(core.Damaged, "storage.Check", fmt.Errorf("%d problems, first: %s", len(problems), problems[0].String))
	}
	scan := func(rows *sql.Rows, s *string) error {
		var row sql.NullInt64
		var parent string
		var key int
		return rows.Scan(s, &row, &parent, &key)
	}
	orphans, err := all(src, scan, "PRAGMA foreign_key_check")
	if err == nil && len(orphans) > 0 {
		err = core.Fail(core.Damaged, "storage.Check", fmt.Errorf("%d rows of %s without their parent", len(orphans), orphans[0]))
	}
	return errors.Join(err, checkCounts(src), checkCopies(src))
}

// checkCounts compares the inbox counters with what they count.
func checkCounts(src source) error {
	wrong, err := one(src, scanInt, `SELECT count(*) FROM (
		SELECT state, assignee, waiting_since > 0 AS w, unread > 0 AS u, count(*) AS n FROM conversations GROUP BY 1, 2, 3, 4
		EXCEPT SELECT state, assignee, waiting, unread, n FROM conversation_counts)`)
	if err == nil && wrong > 0 {
		err = core.Fail(core.Damaged, "storage.Check", fmt.Errorf("%d inbox counters are wrong", wrong))
	}
	return err
}

// checkCopies compares what conversations carry of their contact and last
// message with the rows it comes from.
func checkCopies(src source) error {
	card := func(rows *sql.Rows, wrong *int64) error {
		var have []byte
		r := contactRow{c: &core.Contact{}}
		if err := rows.Scan(append(r.fields(), &have)...); err != nil {
			return err
		}
		r.finish()
		*wrong = number(!bytes.Equal(have, packCard(r.c)))
		return nil
	}
	last := func(rows *sql.Rows, wrong *int64) error {
		var have []byte
		r := messageRow{m: &core.Message{}}
		if err := rows.Scan(append(r.fields(), &have)...); err != nil {
			return err
		}
		err := r.finish()
		*wrong = number(!bytes.Equal(have, packLast(r.m)))
		return err
	}
	return errors.Join(
		none(src, card, "contact cards", "SELECT "+contactColumns+", c.card FROM conversations c JOIN contacts k ON k.id = c.contact_id"),
		none(src, last, "last messages", "SELECT "+messageColumns+", c.last FROM conversations c JOIN messages m ON m.id = c.last_message_id"),
		none(src, scanInt, "last messages", `SELECT 1 FROM conversations c WHERE c.last IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = c.last_message_id)`))
}

// none fails when scan reports a wrong row.
func none(src source, scan func(*sql.Rows, *int64) error, what, q string) error {
	var wrong int64
	err := src.query(func(rows *sql.Rows) error {
		var n int64
		err := scan(rows, &n)
		wrong += n
		return err
	}, q)
	if err != nil || wrong == 0 {
		return err
	}
	return core.Fail(core.Damaged, "storage.Check", fmt.Errorf("%d copied %s are wrong", wrong, what))
}
