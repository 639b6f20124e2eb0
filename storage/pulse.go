package storage

import (
	"context"
	"database/sql"
	"time"

	"bottega/core"
)

var _ core.PulseStore = (*DB)(nil)

// hour is a time's hour since 1970.
func hour(t time.Time) int64 { return t.Unix() / 3600 }

// Arrived implements core.JournalTx.
func (t *tx) Arrived(channel int64, at time.Time, n int, polled bool) error {
	called, asked := n, 0
	if polled {
		called, asked = 0, n
	}
	_, err := t.exec(`INSERT INTO arrivals (channel_id, hour, callbacks, polled) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
		SET callbacks = arrivals.callbacks + excluded.callbacks, polled = arrivals.polled + excluded.polled`, channel, hour(at), called, asked)
	return t.db.fail("storage.Arrived", err)
}

// Arrivals implements core.PulseStore.
func (db *DB) Arrivals(ctx context.Context, channel int64, since time.Time) ([]core.Arrivals, error) {
	var out []core.Arrivals
	err := reading{ctx, db}.query(func(rows *sql.Rows) error {
		var h int64
		var called, asked int
		if err := rows.Scan(&h, &called, &asked); err != nil {
			return err
		}
		for _, a := range []core.Arrivals{{N: called}, {N: asked, Polled: true}} {
			if a.Channel, a.Hour = channel, time.Unix(h*3600, 0).UTC(); a.N > 0 {
				out = append(out, a)
			}
		}
		return nil
	}, "SELECT hour, callbacks, polled FROM arrivals WHERE channel_id = ? AND hour >= ? ORDER BY hour", channel, hour(since))
	return out, db.fail("storage.Arrivals", err)
}

// AddAnswers implements core.PulseStore.
func (db *DB) AddAnswers(ctx context.Context, as []core.Answers, keep time.Time) error {
	return db.write(ctx, "storage.AddAnswers", func(t *tx) error {
		for _, a := range as {
			if _, err := t.exec(`INSERT INTO answers (hour, class, bucket, n) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = answers.n + excluded.n`,
				hour(a.Hour), a.Class, a.Bucket, a.N); err != nil {
				return db.fail("storage.AddAnswers", err)
			}
		}
		_, err := t.exec("DELETE FROM answers WHERE hour < ?", hour(keep))
		return db.fail("storage.AddAnswers", err)
	})
}

// Answers implements core.PulseStore.
func (db *DB) Answers(ctx context.Context, since time.Time) ([]core.Answers, error) {
	scan := func(rows *sql.Rows, a *core.Answers) error {
		var h int64
		err := rows.Scan(&h, &a.Class, &a.Bucket, &a.N)
		a.Hour = time.Unix(h*3600, 0).UTC()
		return err
	}
	as, err := all(reading{ctx, db}, scan, "SELECT hour, class, bucket, n FROM answers WHERE hour >= ? ORDER BY hour, class, bucket", hour(since))
	return as, db.fail("storage.Answers", err)
}
