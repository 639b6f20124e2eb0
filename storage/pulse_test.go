package storage_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
)

var pulseAt = time.Date(2026, 11, 24, 9, 40, 0, 0, time.UTC)

func TestArrivals(t *testing.T) {
	ctx, db := context.Background(), open(t, t.TempDir(), storage.Options{})
	for _, a := range []struct {
		channel int64
		at      time.Time
		n       int
		polled  bool
	}{{1, pulseAt, 2, false}, {1, pulseAt.Add(10 * time.Minute), 3, false}, {1, pulseAt, 4, true}, {1, pulseAt.Add(time.Hour), 1, false}, {2, pulseAt, 9, false}, {1, pulseAt.Add(-48 * time.Hour), 8, false}} {
		if err := db.Write(ctx, func(tx core.Tx) error { return tx.Arrived(a.channel, a.at, a.n, a.polled) }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.Arrivals(ctx, 1, pulseAt.Add(-time.Hour))
	nine := pulseAt.Truncate(time.Hour)
	want := []core.Arrivals{{Channel: 1, Hour: nine, N: 5}, {Channel: 1, Hour: nine, Polled: true, N: 4}, {Channel: 1, Hour: nine.Add(time.Hour), N: 1}}
	if err != nil || len(got) != len(want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

func TestAnswers(t *testing.T) {
	ctx, db := context.Background(), open(t, t.TempDir(), storage.Options{})
	old := pulseAt.Add(-100 * 24 * time.Hour)
	add := func(keep time.Time, as ...core.Answers) {
		t.Helper()
		if err := db.AddAnswers(ctx, as, keep); err != nil {
			t.Fatal(err)
		}
	}
	add(time.Time{}, core.Answers{Hour: old, Class: 2, Bucket: 1, N: 1})
	add(old, core.Answers{Hour: pulseAt, Class: 2, Bucket: 3, N: 5}, core.Answers{Hour: pulseAt, Class: 5, Bucket: 3, N: 1})
	if as, err := db.Answers(ctx, old); err != nil || len(as) != 3 {
		t.Errorf("%+v, %v", as, err)
	}
	add(pulseAt.Add(-90*24*time.Hour), core.Answers{Hour: pulseAt, Class: 2, Bucket: 3, N: 2})
	as, err := db.Answers(ctx, old)
	nine := pulseAt.Truncate(time.Hour)
	if err != nil || len(as) != 2 || as[0] != (core.Answers{Hour: nine, Class: 2, Bucket: 3, N: 7}) || as[1] != (core.Answers{Hour: nine, Class: 5, Bucket: 3, N: 1}) {
		t.Errorf("%+v, %v", as, err)
	}
}

// The journal tells which rows were asked for, and an older shop brings its rhythm along.
func TestPolledRows(t *testing.T) {
	ctx, db := context.Background(), open(t, t.TempDir(), storage.Options{})
	if _, err := db.AppendJournal(ctx, 1, []byte("a"), pulseAt); err != nil {
		t.Fatal(err)
	}
	if _, err := db.AppendPolled(ctx, 1, nil, pulseAt); err != nil {
		t.Fatal(err)
	}
	es, err := db.PendingJournal(ctx, 1, 10, 1<<20)
	if err != nil || len(es) != 2 || es[0].Polled || !es[1].Polled {
		t.Errorf("%+v, %v", es, err)
	}
}

func TestUpgradeBringsTheRhythm(t *testing.T) {
	dir := schemaAt(t, 7)
	pool, err := sql.Open("sqlite", storage.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := pool.Exec("INSERT INTO journal (channel_id, received_at, state, version, error, body) VALUES (1, ?, 'done', 1, '', x'00')", pulseAt.UnixMilli()); err != nil {
			t.Fatal(err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, storage.Options{})
	as, err := db.Arrivals(context.Background(), 1, pulseAt)
	if err != nil || len(as) != 1 || as[0].N != 3 || as[0].Polled {
		t.Errorf("%+v, %v", as, err)
	}
}
