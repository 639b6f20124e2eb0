package storage_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
)

// gather puts n writes in line behind a held writer and lets them go together.
func gather(t *testing.T, db *storage.DB, n int, write func(i int) error) []error {
	t.Helper()
	entered, release := db.Hold()
	<-entered
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = write(i) })
		for db.Waiting() <= i { // one after the other, so that the order is known
			runtime.Gosched()
		}
	}
	release()
	wg.Wait()
	return errs
}

func addContact(name string) func(core.Tx) error {
	return func(tx core.Tx) error { return tx.SaveContact(&core.Contact{Name: name}) }
}

func found(t *testing.T, db *storage.DB, name string) bool {
	t.Helper()
	hits, err := db.Search(context.Background(), core.SearchQuery{Words: name + " .", Limit: 5})
	if err != nil {
		t.Error(err)
	}
	return len(hits) > 0
}

func TestWaitingWritesShareACommit(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	before := db.Commits()
	errs := gather(t, db, 60, func(i int) error {
		if i%2 == 0 {
			_, err := db.AppendJournal(context.Background(), 1, fmt.Append(nil, i), time.Now())
			return err
		}
		return db.Write(context.Background(), addContact(fmt.Sprint("name", i)))
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := db.Commits() - before; n != 1 {
		t.Errorf("%d commits for 60 writes that waited together", n)
	}
	es, err := db.PendingJournal(context.Background(), 1, 100, 1<<30)
	if err != nil || len(es) != 30 {
		t.Fatalf("%d callbacks, %v", len(es), err)
	}
	for i, e := range es {
		if string(e.Body) != fmt.Sprint(2*i) {
			t.Errorf("place %d holds %q: not in the order in which they came", i, e.Body)
		}
	}
}

func TestOneFailureOfAGroupIsItsOwn(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	errs := gather(t, db, 9, func(i int) error {
		return db.Write(context.Background(), func(tx core.Tx) error {
			if err := addContact(fmt.Sprint("part", i))(tx); err != nil {
				return err
			}
			switch i {
			case 3:
				return errors.New("refused")
			case 5:
				panic("ouch")
			case 6: // a statement that fails, and a caller who goes on all the same
				if err := tx.SaveChannel(&core.Channel{ID: 99}); core.CodeOf(err) != core.NotFound {
					t.Errorf("code %q", core.CodeOf(err))
				}
			}
			return nil
		})
	})
	for i, err := range errs {
		if bad := i == 3 || i == 5; bad != (err != nil) || bad == found(t, db, fmt.Sprint("part", i)) {
			t.Errorf("write %d: %v, kept: %v", i, err, !bad)
		}
	}
}

// TestAGoroutineThatEndsInsideAWrite: t.Fatal in a write ends its goroutine,
// and with it the leader of the line.
func TestAGoroutineThatEndsInsideAWrite(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = db.Write(context.Background(), func(tx core.Tx) error {
			if err := addContact("half")(tx); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	if err := db.Write(context.Background(), addContact("whole")); err != nil {
		t.Fatal(err)
	}
	if found(t, db, "half") || !found(t, db, "whole") {
		t.Error("the write that ended its goroutine left a row, or the next one none")
	}
}

func TestGivenUpWhileWaiting(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	entered, release := db.Hold()
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	first := make(chan error, 1)
	go func() { first <- db.Write(ctx, addContact("first")) }()
	for db.Waiting() < 1 {
		runtime.Gosched()
	}
	second := make(chan error, 1)
	go func() { second <- db.Write(context.Background(), addContact("second")) }()
	for db.Waiting() < 2 {
		runtime.Gosched()
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who gave up got %v", err)
	}
	release()
	if err := <-second; err != nil {
		t.Error(err)
	}
	if found(t, db, "first") || !found(t, db, "second") {
		t.Error("the given up write was done, or the other not")
	}
}

func TestTxIsOverAfterItsWrite(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	var kept core.Tx
	if err := db.Write(context.Background(), func(tx core.Tx) error { kept = tx; return nil }); err != nil {
		t.Fatal(err)
	}
	wantCode(t, addContact("late")(kept), core.Internal)
	if found(t, db, "late") {
		t.Error("a write outside its transaction")
	}
}

func TestClosed(t *testing.T) {
	db, err := storage.Open(t.TempDir(), nil, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantCode(t, db.Write(context.Background(), addContact("late")), core.Internal)
	if _, err := db.Channels(context.Background()); err == nil {
		t.Error("a closed store reads")
	}
	if err := db.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}
