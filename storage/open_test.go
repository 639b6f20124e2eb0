package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
)

func open(t *testing.T, dir string, o storage.Options) *storage.DB {
	t.Helper()
	db, err := storage.Open(dir, core.NewFeed(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func wantCode(t *testing.T, err error, want core.Code) {
	t.Helper()
	if core.CodeOf(err) != want {
		t.Errorf("code %q of %v, want %q", core.CodeOf(err), err, want)
	}
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "shop")
	db := open(t, dir, storage.Options{})
	if _, err := db.AppendJournal(context.Background(), 1, []byte("x"), time.Now()); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if err == nil && fi.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, fi.Mode().Perm(), want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenClosesAnEmptyFolderOnly(t *testing.T) {
	empty, used := t.TempDir(), t.TempDir()
	if err := errors.Join(os.Chmod(empty, 0o755), os.Chmod(used, 0o755), os.WriteFile(filepath.Join(used, "other"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	open(t, empty, storage.Options{})
	open(t, used, storage.Options{})
	for dir, want := range map[string]fs.FileMode{empty: 0o700, used: 0o755} {
		if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != want {
			t.Errorf("mode %v, %v, want %v", fi.Mode().Perm(), err, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	header := func(t *testing.T, dir string, at int64, b []byte) {
		t.Helper()
		f, err := os.OpenFile(storage.Path(dir), os.O_RDWR, 0)
		if err == nil {
			_, err = f.WriteAt(b, at)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		break_ func(t *testing.T, dir string)
		ro     bool
		want   core.Code
	}{
		{"no database", func(t *testing.T, dir string) {
			if err := os.WriteFile(storage.Path(dir), bytes.Repeat([]byte("photo "), 1000), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false, core.Damaged},
		{"torn schema", func(t *testing.T, dir string) { header(t, dir, 100, bytes.Repeat([]byte{0xff}, 3000)) }, false, core.Damaged},
		{"cut short", func(t *testing.T, dir string) {
			if err := os.Truncate(storage.Path(dir), 5000); err != nil {
				t.Fatal(err)
			}
		}, false, core.Damaged},
		{"newer", func(t *testing.T, dir string) { header(t, dir, 60, []byte{0, 0, 1, 0}) }, false, core.TooNew},
		{"newer, read-only", func(t *testing.T, dir string) { header(t, dir, 60, []byte{0, 0, 1, 0}) }, true, core.TooNew},
		{"older, read-only", func(t *testing.T, dir string) { header(t, dir, 60, []byte{0, 0, 0, 1}) }, true, core.ReadOnly},
		{"absent, read-only", func(t *testing.T, dir string) {
			if err := os.Remove(storage.Path(dir)); err != nil {
				t.Fatal(err)
			}
		}, true, core.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			db, err := storage.Open(dir, nil, storage.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			tt.break_(t, dir)
			db, err = storage.Open(dir, nil, storage.Options{ReadOnly: tt.ro, Busy: 100 * time.Millisecond})
			if err == nil {
				t.Error(db.Close())
			}
			wantCode(t, err, tt.want)
		})
	}
}

func TestReadOnlyRefusesEveryWrite(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir, storage.Options{})
	if err := w.SetSetting(context.Background(), "k", 7); err != nil {
		t.Fatal(err)
	}
	db := open(t, dir, storage.Options{ReadOnly: true})
	var v int
	if ok, err := db.Setting(context.Background(), "k", &v); err != nil || !ok || v != 7 {
		t.Errorf("setting %v %v %v", ok, v, err)
	}
	_, err := db.AppendJournal(context.Background(), 1, []byte("x"), time.Now())
	wantCode(t, err, core.ReadOnly)
	_, err = db.CreateMedia(1, "image/png")
	wantCode(t, err, core.ReadOnly)
	wantCode(t, db.Write(context.Background(), func(core.Tx) error { return nil }), core.ReadOnly)
}
