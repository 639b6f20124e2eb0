package storage_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"bottega/storage"
	"bottega/storage/storagetest"
)

func number(name string, def int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return def
}

func TestFillTime(t *testing.T) {
	dir := os.Getenv("BOTTEGA_FILL")
	if dir == "" {
		t.Skip("BOTTEGA_FILL names no folder")
	}
	db := open(t, dir, storage.Options{})
	start := time.Now()
	n := storagetest.Size{Conversations: number("BOTTEGA_CONVERSATIONS", 10_000), Messages: number("BOTTEGA_MESSAGES", 100_000), Seed: 1, Now: time.Now()}
	if err := storagetest.Fill(context.Background(), db, n, func(done int) { t.Log(done, time.Since(start)) }); err != nil {
		t.Fatal(err)
	}
	t.Log(time.Since(start))
}
