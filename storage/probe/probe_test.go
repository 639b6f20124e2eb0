package probe_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/gauge"
	"bottega/storage"
	"bottega/storage/probe"
)

func TestReadsAndSearch(t *testing.T) {
	root := t.TempDir()
	b := probe.Bench{Rounds: 30}
	var shops []gauge.Shop
	for _, n := range []int{20, 40, 80} {
		s, err := b.Ready(t.Context(), root, gauge.Size{Conversations: n, Messages: 10 * n})
		if err != nil {
			t.Fatal(err)
		}
		shops = append(shops, s)
	}
	rs, err := b.Reads(t.Context(), shops[0], shops[1], shops[2])
	if err != nil || len(rs) != 4 {
		t.Fatalf("%v, %v", rs, err)
	}
	for i, id := range []string{"inbox", "growth-inbox", "chat", "growth-chat"} {
		if rs[i].ID != id || rs[i].Value <= 0 || rs[i].N != 30 {
			t.Errorf("%+v, want %s", rs[i], id)
		}
	}
	rs, err = b.Search(t.Context(), shops[2])
	if err != nil || len(rs) != 5 || rs[0].P99 < rs[0].P50 {
		t.Errorf("%v, %v", rs, err)
	}
	if names := shops[0].Top; len(names) == 0 || names[0] == "" {
		t.Errorf("%q", names)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Search(stopped, shops[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// A shop whose making broke off is made again; a whole one is kept.
func TestReady(t *testing.T) {
	root := t.TempDir()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (probe.Bench{}).Ready(stopped, root, gauge.Size{Conversations: 10, Messages: 10}); err == nil {
		t.Fatal("made in no time")
	}
	s, err := (probe.Bench{}).Ready(t.Context(), root, gauge.Size{Conversations: 10, Messages: 10})
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(storage.Path(s.Dir))
	if err != nil {
		t.Fatal(err)
	}
	if s, err = (probe.Bench{}).Ready(t.Context(), root, gauge.Size{Conversations: 10, Messages: 10}); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(storage.Path(s.Dir)); err != nil || !os.SameFile(before, after) {
		t.Errorf("made twice: %v", err)
	}
}

// What a killed process leaves opens with all that was durable.
func TestLeave(t *testing.T) {
	root := t.TempDir()
	s, err := (probe.Bench{}).Ready(t.Context(), root, gauge.Size{Conversations: 10, Messages: 10})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	left := root + "/left"
	err = probe.Leave(ctx, s.Dir, 2<<20, func() {
		if err := (probe.Bench{}).Copy(s.Dir, left); err != nil {
			t.Error(err)
		}
		cancel()
	})
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(storage.Path(left) + "-wal"); err != nil || st.Size() < 2<<20 {
		t.Fatalf("%v, %v", st, err)
	}
	db, err := storage.Open(left, nil, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if rows, err := db.PendingJournal(t.Context(), 1, 100, 1<<30); err != nil || len(rows) < 16 || len(rows[0].Body) != 64<<10 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if err := (probe.Bench{}).Copy(root+"/nowhere", root+"/x"); core.CodeOf(err) != core.DiskFull {
		t.Errorf("a shop that is not there: %v", err)
	}
}

func TestMachine(t *testing.T) {
	dir := t.TempDir()
	m := (probe.Bench{}).Look(dir)
	if m.Cores < 1 || m.Go == "" || m.System == "" {
		t.Errorf("%+v", m)
	}
	r, err := (probe.Bench{}).Syncs(dir, 5*time.Millisecond)
	if err != nil || r.N < 1 || r.Value <= 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if es, err := os.ReadDir(dir); err != nil || len(es) != 0 {
		t.Errorf("left behind: %v, %v", es, err)
	}
	if _, err := (probe.Bench{}).Syncs(dir+"/none", time.Millisecond); err == nil {
		t.Error("a folder that is not there")
	}
}
