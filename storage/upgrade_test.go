package storage_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"bottega/core/segment"
	"bottega/storage"
)

// A shop from before segments is asked about as one that had them all along.
func TestUpgradeFillsFacts(t *testing.T) {
	dir := t.TempDir()
	old, err := sql.Open("sqlite", filepath.Join(dir, filepath.Base(storage.Path(dir))))
	if err != nil {
		t.Fatal(err)
	}
	steps := append(storage.Migrations()[:2], "PRAGMA user_version = 2",
		`INSERT INTO contacts VALUES (1, 'María Rossi', '', '+393331234567', 'it', '', 'high', '', 5, 6, 1), (2, 'Ugo', '@U', '', '', '', '', '', 5, 0, 1)`,
		`INSERT INTO identities VALUES (0, 'user_id', 'BR.99', 2)`)
	for _, q := range steps {
		if _, err := old.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, storage.Options{})
	for src, want := range map[string]string{"maria": "[1]", "country:it value:high lang:it": "[1]", "country:br": "[2]", "answered": "[1]", "@u nophone": "[2]"} {
		q, err := segment.Parse(src, segment.Schema{})
		if err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		found, err := db.FindPeople(context.Background(), q, time.Now(), segmentBands, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, c := range found {
			ids = append(ids, c.ID)
		}
		if fmt.Sprint(ids) != want {
			t.Errorf("%q finds %v, want %s", src, ids, want)
		}
	}
}
