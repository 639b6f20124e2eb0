package storage_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
)

func init() {
	children["write"] = childWrites
	children["hold"] = childHolds
	children["open"] = func() {
		_, err := storage.Open(os.Getenv("DIR"), nil, storage.Options{Busy: 50 * time.Millisecond})
		fmt.Print(core.CodeOf(err))
	}
}

// childWrites adds COUNT contacts to the shop in DIR and prints a line for each.
func childWrites() {
	n, err := strconv.Atoi(os.Getenv("COUNT"))
	db, oerr := storage.Open(os.Getenv("DIR"), nil, storage.Options{})
	if err = errors.Join(err, oerr); err == nil {
		for i := range n {
			if err = db.Write(context.Background(), addContact(fmt.Sprintf("child%d", i))); err != nil {
				break
			}
			fmt.Println(i)
		}
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// childHolds is another program that keeps the file locked until its input ends.
func childHolds() {
	db, err := storage.Open(os.Getenv("DIR"), nil, storage.Options{})
	if err == nil {
		err = db.Write(context.Background(), func(core.Tx) error {
			fmt.Println("held")
			_, err := io.Copy(io.Discard, os.Stdin)
			return err
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// background runs the store's Run until the returned function is called.
func background(t *testing.T, db *storage.DB) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	return func() { cancel(); wg.Wait() }
}

// TestAnotherProcessIsNoticed: what it writes is told as Everything, and what
// we write ourselves is not.
func TestAnotherProcessIsNoticed(t *testing.T) {
	dir := t.TempDir()
	feed := core.NewFeed()
	db, err := storage.Open(dir, feed, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	defer background(t, db)()
	sub := feed.Subscribe(core.Contacts) // Everything is always heard
	defer sub.Close()
	for i := range 20 {
		if err := db.Write(context.Background(), addContact(fmt.Sprintf("own%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	if cs, err := sub.Wait(context.Background(), 350*time.Millisecond); err != nil || cs != nil {
		t.Fatalf("our own writes were told as %v, %v", cs, err)
	}
	cmd := child(t, "write", "DIR="+dir, "COUNT=1")
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%s %v", out, err)
	}
	wrote := time.Now()
	cs, err := sub.Wait(context.Background(), 10*time.Second)
	if err != nil || len(cs) != 1 || cs[0].Kind != core.Everything {
		t.Fatalf("changes %v, %v", cs, err)
	}
	t.Logf("noticed %v after the other process ended", time.Since(wrote))
	if !found(t, db, "child0") {
		t.Error("the other process's row is not there")
	}
}

// TestForeignWriteIsNoticedByOurNext: without Run, a writer that comes after
// another process tells of it as well, even when its own write fails.
func TestForeignWriteIsNoticedByOurNext(t *testing.T) {
	refused := errors.New("refused")
	for name, ours := range map[string]struct {
		write func(core.Tx) error
		want  error
	}{
		"our write stands": {addContact("own"), nil},
		"our write fails":  {func(core.Tx) error { return refused }, refused},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			feed := core.NewFeed()
			db, err := storage.Open(dir, feed, storage.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			sub := feed.Subscribe(core.Contacts)
			defer sub.Close()
			if out, err := child(t, "write", "DIR="+dir, "COUNT=1").Output(); err != nil {
				t.Fatalf("%s %v", out, err)
			}
			if err := db.Write(context.Background(), ours.write); !errors.Is(err, ours.want) {
				t.Fatal(err)
			}
			if cs, err := sub.Wait(context.Background(), time.Second); err != nil || len(cs) != 1 || cs[0].Kind != core.Everything {
				t.Errorf("changes %v, %v", cs, err)
			}
		})
	}
}

// TestProcessesTogether: several open the same new folder at once and write.
func TestProcessesTogether(t *testing.T) {
	dir := t.TempDir() + "/new"
	const n, each = 4, 25
	var cmds []*exec.Cmd
	for range n {
		cmd := child(t, "write", "DIR="+dir, fmt.Sprint("COUNT=", each))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	db := open(t, dir, storage.Options{})
	for i := range each {
		if hits, err := db.Search(context.Background(), core.SearchQuery{Words: fmt.Sprintf("child%d .", i), Limit: 40}); err != nil || len(hits) != n {
			t.Errorf("child%d: %d rows, %v, want %d", i, len(hits), err, n)
		}
	}
	if err := db.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestHeldByAnother: while another program holds the file for long, a write
// is Busy, reads go on, and later all is well.
func TestHeldByAnother(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, storage.Options{Busy: 50 * time.Millisecond})
	if err := db.SetSetting(context.Background(), "k", 1); err != nil {
		t.Fatal(err)
	}
	cmd := child(t, "hold", "DIR="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(line, err)
	}
	wantCode(t, db.Write(context.Background(), addContact("meanwhile")), core.Busy)
	_, err = db.AppendJournal(context.Background(), 1, []byte("x"), time.Now())
	wantCode(t, err, core.Busy)
	var v int
	if ok, err := db.Setting(context.Background(), "k", &v); err != nil || !ok {
		t.Errorf("reading meanwhile: %v, %v", ok, err)
	}
	if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(context.Background(), addContact("after")); err != nil {
		t.Error(err)
	}
	if found(t, db, "meanwhile") || !found(t, db, "after") {
		t.Error("the refused write was done, or the later not")
	}
}

// TestOpenWhileHeld: a program that shuts everybody out is told apart from damage.
func TestOpenWhileHeld(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir, storage.Options{})
	if err := db.Exec("PRAGMA locking_mode = EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(context.Background(), addContact("mine")); err != nil {
		t.Fatal(err)
	}
	out, err := child(t, "open", "DIR="+dir).Output()
	if err != nil || string(out) != string(core.Busy) {
		t.Errorf("a second program gets %q, %v", out, err)
	}
}

// TestInherit: the leases of a process that is gone are free at once, those of
// others are not.
func TestInherit(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	ctx, now := context.Background(), time.Now()
	lease := func(name, owner string) bool {
		t.Helper()
		ok, err := db.Lease(ctx, name, owner, now, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !lease("outbox:1", "dead") || !lease("ingest", "dead") || !lease("fetch", "alive") {
		t.Fatal("the leases were not free")
	}
	if err := db.Inherit(ctx, "dead"); err != nil {
		t.Fatal(err)
	}
	if !lease("outbox:1", "heir") || !lease("ingest", "heir") {
		t.Error("the dead one still holds a lease")
	}
	if lease("fetch", "heir") {
		t.Error("a lease of another was taken")
	}
}
