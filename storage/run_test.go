package storage_test

import (
	"context"
	"os"
	"testing"
	"time"

	"bottega/storage"
)

func size(t *testing.T, file string) int64 {
	t.Helper()
	fi, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return fi.Size()
}

// eventually waits for a condition that background work brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain until ", what)
		}
	}
}

// TestRunMovesTheLog: without a writer's help the log's pages come into the
// database file, and a large log starts anew instead of growing.
func TestRunMovesTheLog(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, storage.Options{})
	write := func(n int) {
		for range n {
			if _, err := db.AppendJournal(context.Background(), 1, make([]byte, 1<<20), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(80) // nothing moves yet: Open starts nothing
	log := storage.Path(dir) + "-wal"
	if n := size(t, storage.Path(dir)); n > 1<<20 {
		t.Errorf("the file has grown to %d bytes without Run", n)
	}
	grown := size(t, log)
	defer background(t, db)()
	eventually(t, "the log is in the file", func() bool { return size(t, storage.Path(dir)) > 80<<20 })
	eventually(t, "the log starts anew", func() bool { write(1); return size(t, log) < grown })
}

// TestRunEndsAtOnce: its end is its context's, and the store stays usable.
func TestRunEndsAtOnce(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := db.Run(ctx); err == nil {
		t.Error("Run ended without an error of its context")
	}
	if err := db.Write(context.Background(), addContact("after")); err != nil {
		t.Error(err)
	}
}
