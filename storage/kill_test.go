package storage_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/storagetest"
)

func init() { children["work"] = childWorks }

// childWorks takes callbacks and makes contacts from several goroutines, with
// the background work beside, and tells each that is done, until it is killed.
func childWorks() {
	db, err := storage.Open(os.Getenv("DIR"), nil, storage.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() { _ = db.Run(context.Background()) }()
	var mu sync.Mutex
	done := func(what string, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			fmt.Fprintln(os.Stderr, what, err)
			os.Exit(1)
		}
		fmt.Println(what) // straight to the pipe: no buffer that dies with us
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%s-%d-%d", os.Getenv("ROUND"), g, i)
				if g%2 == 0 {
					_, err := db.AppendJournal(context.Background(), 1, []byte(name+strings.Repeat(".", 3000)), storagetest.Start)
					done("j "+name, err)
					continue
				}
				done("c "+name, db.Write(context.Background(), func(tx core.Tx) error {
					k := core.Contact{Name: name}
					return errors.Join(tx.SaveContact(&k), tx.AddIdentity(k.ID, core.Identity{ChannelID: 1, Kind: core.IdentityUser, Value: name}))
				}))
			}
		})
	}
	wg.Wait()
}

// TestKilled kills the process at random moments, and again on the same file:
// whatever it said was done is there, and the file is whole.
func TestKilled(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	dir := t.TempDir()
	rnd := rand.New(rand.NewPCG(uint64(os.Getpid()), 0))
	said := map[string]bool{}
	for round := range rounds {
		cmd := child(t, "work", "DIR="+dir, fmt.Sprint("ROUND=", round))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for left := rnd.IntN(400); left > 0 && lines.Scan(); left-- {
			said[lines.Text()] = true
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it had said before it died
			said[lines.Text()] = true
		}
		_ = cmd.Wait() // "signal: killed"
	}
	db := open(t, dir, storage.Options{})
	have := kept(t, db)
	for what := range said {
		if !have[what] {
			t.Errorf("%s was said to be done and is lost", what)
		}
	}
	if err := db.Check(context.Background()); err != nil {
		t.Error(err)
	}
	t.Logf("%d kills, %d writes acknowledged, %d found", rounds, len(said), len(have))
}

// kept lists what the killed processes left, as they would have said it.
func kept(t *testing.T, db *storage.DB) map[string]bool {
	t.Helper()
	have := map[string]bool{}
	es, err := db.PendingJournal(context.Background(), 1, 1<<30, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		name := strings.TrimRight(string(e.Body), ".")
		if len(e.Body)-len(name) != 3000 {
			t.Errorf("half a callback: %d bytes of %s", len(e.Body), name)
		}
		have["j "+name] = true
	}
	for id := int64(1); ; id++ {
		c, err := db.Contact(context.Background(), id)
		if core.CodeOf(err) == core.NotFound {
			return have
		}
		if err != nil || len(c.Identities) != 1 {
			t.Fatalf("half a contact: %+v, %v", c, err)
		}
		have["c "+c.Name] = true
	}
}

// TestOpenAfterKill: a log of many megabytes, left by a killed process, is
// taken in at the next start, without waiting for it to be moved.
func TestOpenAfterKill(t *testing.T) {
	dir := t.TempDir()
	leaveLog(t, dir, 8<<20)
	start := time.Now()
	db := open(t, dir, storage.Options{})
	if _, err := db.Conversations(context.Background(), core.ListQuery{Limit: 50}); err != nil {
		t.Fatal(err)
	}
	t.Logf("opened and read in %v", time.Since(start))
	if es, err := db.PendingJournal(context.Background(), 1, 1, 1<<30); err != nil || len(es) != 1 {
		t.Errorf("journal %v, %v", es, err)
	}
}

func init() {
	children["log"] = func() {
		db, err := storage.Open(os.Getenv("DIR"), nil, storage.Options{})
		for err == nil {
			_, err = db.AppendJournal(context.Background(), 1, make([]byte, 100<<10), storagetest.Start)
			fmt.Println("more")
		}
		fmt.Fprintln(os.Stderr, err)
	}
}

// leaveLog lets a process write until its log has size bytes, and kills it.
func leaveLog(t testing.TB, dir string, size int64) {
	t.Helper()
	cmd := child(t, "log", "DIR="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if fi, err := os.Stat(storage.Path(dir) + "-wal"); err == nil && fi.Size() >= size {
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
	if fi, err := os.Stat(storage.Path(dir) + "-wal"); err != nil || fi.Size() < size {
		t.Fatalf("log of %v, %v", fi, err)
	}
}

// BenchmarkOpenAfterKill opens, and asks the first question, beside a log of
// 64 MB that a killed process left.
func BenchmarkOpenAfterKill(b *testing.B) {
	for range b.N {
		b.StopTimer()
		dir := b.TempDir()
		leaveLog(b, dir, 64<<20)
		b.StartTimer()
		db, err := storage.Open(dir, nil, storage.Options{})
		if err == nil {
			_, err = db.Conversations(context.Background(), core.ListQuery{Limit: 50})
		}
		b.StopTimer()
		if err = errors.Join(err, db.Close()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
