package storage_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"bottega/core"
	"bottega/storage"
)

// at makes a database of an older schema with that schema's data in it.
func schemaAt(t *testing.T, version int) string {
	t.Helper()
	dir := t.TempDir()
	pool, err := sql.Open("sqlite", storage.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	steps := slices.Clone(storage.Migrations()[:version])
	data, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("schema_%d.sql", version)))
	if err != nil && version > 0 {
		t.Fatalf("a step needs data of the schema before it: %v", err)
	}
	for _, q := range append(steps, string(data), fmt.Sprintf("PRAGMA user_version = %d", version)) {
		if _, err := pool.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// schema lists everything that a file is made of.
func schema(t *testing.T, dir string) (out []string) {
	t.Helper()
	pool, err := sql.Open("sqlite", storage.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	rows, err := pool.Query("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// TestMigrations opens a shop of every older schema: it ends with the same
// schema as a new one, and with its data.
func TestMigrations(t *testing.T) {
	fresh := t.TempDir()
	open(t, fresh, storage.Options{})
	want := schema(t, fresh)
	for version := range len(storage.Migrations()) {
		t.Run(fmt.Sprintf("from %d", version), func(t *testing.T) {
			dir := schemaAt(t, version)
			db := open(t, dir, storage.Options{})
			if got := schema(t, dir); !slices.Equal(got, want) {
				t.Errorf("schema\n%q\nwant\n%q", got, want)
			}
			if version > 0 {
				checkShop(t, db)
			}
		})
	}
}

// checkShop reads what the data of each older schema tell.
func checkShop(t *testing.T, db *storage.DB) {
	t.Helper()
	ctx := context.Background()
	n, err := db.Counts(ctx, "bea", time.Now())
	if want := (core.Counts{Open: 2, Mine: 1, Unassigned: 1, Waiting: 1, Done: 1, Unread: 2}); err != nil || n != want {
		t.Errorf("counts %+v, %v, want %+v", n, err, want)
	}
	tags, err := db.Tags(ctx)
	if want := []core.TagCount{{Tag: "vip", Count: 2}, {Tag: "new", Count: 1}}; err != nil || !slices.Equal(tags, want) {
		t.Errorf("tags %+v, %v", tags, err)
	}
	ms, err := db.Messages(ctx, 1, 0, 10)
	if err != nil || len(ms) != 1 || ms[0].Text != "ciao" {
		t.Errorf("messages %+v, %v", ms, err)
	}
	if err := db.Write(ctx, func(tx core.Tx) error { // the counters go on from there
		c, err := tx.Conversation(1)
		if err != nil {
			return err
		}
		c.State, c.Unread = core.Done, 0
		return tx.SaveConversation(&c)
	}); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Counts(ctx, "bea", time.Now()); err != nil || n.Open != 1 || n.Done != 2 || n.Unread != 1 {
		t.Errorf("counts %+v, %v", n, err)
	}
	if err := db.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestStepFailsWhole: a step that cannot be done leaves the file at its schema.
func TestStepFailsWhole(t *testing.T) {
	dir := schemaAt(t, 1)
	pool, err := sql.Open("sqlite", storage.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec("CREATE TABLE tag_counts (x)"); err != nil { // in the way of the second half of step 2
		t.Fatal(err)
	}
	_, err = storage.Open(dir, nil, storage.Options{})
	wantCode(t, err, core.Internal)
	var version, tables int
	if err := pool.QueryRow("PRAGMA user_version").Scan(&version); err != nil || version != 1 {
		t.Errorf("schema %d, %v", version, err)
	}
	if err := pool.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'conversation_counts%'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d pieces of a failed step, %v", tables, err)
	}
}

// TestDamagedInside: Check finds what opening does not look at, and so does
// a read that comes across it.
func TestDamagedInside(t *testing.T) {
	dir := t.TempDir()
	db, err := storage.Open(dir, nil, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 600 { // half the file and more
		if _, err := db.AppendJournal(context.Background(), 1, make([]byte, 2000), time.UnixMilli(int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(storage.Path(dir), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for at := fi.Size() / 2; at < fi.Size(); at += 4096 {
		if _, err := f.WriteAt(make([]byte, 300), at/4096*4096); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(t, dir, storage.Options{})
	wantCode(t, db.Check(context.Background()), core.Damaged)
	_, err = db.PendingJournal(context.Background(), 1, 1000, 1<<30)
	wantCode(t, err, core.Damaged)
}
