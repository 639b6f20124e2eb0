package storage_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/storagetest"
)

// furnished is a shop with messages, a file and something to send.
func furnished(t *testing.T) (*storagetest.Shop, *storage.DB) {
	t.Helper()
	var db *storage.DB
	s := storagetest.NewShop(t, func(t testing.TB, f *core.Feed, now func() time.Time) storagetest.Store {
		db = storagetest.Open(t, f, now)
		return db
	})
	c := s.Person("Ana", "+393331234567", "vip")
	m := s.Receive(c, "Avete ombrelli?")
	w, err := db.CreateMedia(m.ID, "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("a photo")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	s.Queue(c, "Sì, rossi e blu", time.Time{}, core.PriorityReply)
	return s, db
}

func TestBackupComesBack(t *testing.T) {
	ctx := context.Background()
	_, db := furnished(t)
	file := filepath.Join(t.TempDir(), "shop.bottega")
	steps := 0
	made, err := db.Backup(ctx, file, func(done, total int) { steps++ })
	if err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 || steps == 0 {
		t.Fatalf("%v, %v, %d steps", fi, err, steps)
	}
	if made.Rows["messages"] != 2 || made.Rows["contacts"] != 1 || len(made.Parts) != 2 {
		t.Fatalf("%+v", made)
	}
	checked, err := storage.VerifyBackup(ctx, file)
	if err != nil || checked.Parts[`bottega.db`] != made.Parts[`bottega.db`] {
		t.Fatalf("%+v, %v", checked, err)
	}

	dir := filepath.Join(t.TempDir(), "new")
	back, err := storage.Restore(ctx, file, dir)
	if err != nil || back.Unsure != 1 {
		t.Fatalf("%+v, %v", back, err)
	}
	again, err := storage.Open(dir, core.NewFeed(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Check(ctx); err != nil {
		t.Error(err)
	}
	hits, err := again.Search(ctx, core.SearchQuery{Words: "ombrel", Limit: 5})
	if err != nil || len(hits) != 1 {
		t.Errorf("search: %v, %v", hits, err)
	}
	unsure, err := again.UnsureMessages(ctx, 10)
	if err != nil || len(unsure) != 1 || unsure[0].Text != "Sì, rossi e blu" {
		t.Errorf("what waited to be sent: %+v, %v", unsure, err)
	}
	if due, err := again.NextDue(ctx, 1); err != nil || !due.IsZero() {
		t.Errorf("a restored shop would send by itself at %v, %v", due, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".restore-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBackupWhileWriting(t *testing.T) {
	ctx := t.Context()
	s, db := furnished(t)
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := db.AppendJournal(ctx, s.Channel.ID, bytes.Repeat([]byte("x"), 2000), time.Unix(int64(n), 0)); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 3 {
		file := filepath.Join(t.TempDir(), "shop.bottega")
		if _, err := db.Backup(ctx, file, nil); err != nil {
			t.Fatalf("backup %d: %v", i, err)
		}
		if _, err := storage.VerifyBackup(ctx, file); err != nil {
			t.Errorf("backup %d: %v", i, err)
		}
	}
	close(stop)
	writing.Wait()
}

func TestBackupRefusals(t *testing.T) {
	ctx := t.Context()
	_, db := furnished(t)
	file := filepath.Join(t.TempDir(), "shop.bottega")
	if _, err := db.Backup(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Backup(ctx, file, nil); core.CodeOf(err) != core.FileExists {
		t.Errorf("over an older backup: %v", err)
	}
	if _, err := storage.Restore(ctx, file, filepath.Dir(storage.Path(t.TempDir()))); err != nil {
		t.Errorf("into an empty folder: %v", err)
	}
	full := t.TempDir()
	if _, err := storage.Restore(ctx, file, full); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Restore(ctx, file, full); core.CodeOf(err) != core.NotEmpty {
		t.Errorf("over a shop: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := db.Backup(gone, file+".2", nil); err == nil {
		t.Error("a cancelled backup succeeded")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBadArchives(t *testing.T) {
	ctx := t.Context()
	_, db := furnished(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.bottega")
	if _, err := db.Backup(ctx, file, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/3] ^= 0x40
	for name, b := range map[string][]byte{
		"empty": {}, "no archive": []byte("hello"), "cut off": whole[:len(whole)/2], "one bit": flipped,
		"way out":     tarOf(t, whole, "../../evil", ""),
		"a link":      tarOf(t, whole, "", "media/link"),
		"more parts":  tarOf(t, whole, "media/0000/99.jpg", ""),
		"no manifest": withoutManifest(t, whole),
	} {
		p := filepath.Join(dir, "bad")
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := storage.VerifyBackup(ctx, p); core.CodeOf(err) != core.BadArchive {
			t.Errorf("%s: verify says %v", name, err)
		}
		target := filepath.Join(dir, "target")
		if _, err := storage.Restore(ctx, p, target); core.CodeOf(err) != core.BadArchive {
			t.Errorf("%s: restore says %v", name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(target, "*")); len(left) > 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
	if _, err := storage.VerifyBackup(ctx, filepath.Join(dir, "gone")); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
}

// tarOf copies an archive and adds a file or a link.
func tarOf(t *testing.T, whole []byte, file, link string) []byte {
	t.Helper()
	return rewrite(t, whole, func(w *tar.Writer) {
		h := &tar.Header{Name: file, Mode: 0o600, Size: 4}
		if link != "" {
			h = &tar.Header{Name: link, Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if link == "" {
			if _, err := io.WriteString(w, "evil"); err != nil {
				t.Fatal(err)
			}
		}
	}, "")
}

func withoutManifest(t *testing.T, whole []byte) []byte {
	t.Helper()
	return rewrite(t, whole, func(*tar.Writer) {}, "manifest.json")
}

func rewrite(t *testing.T, whole []byte, first func(*tar.Writer), without string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	first(w)
	for r := tar.NewReader(bytes.NewReader(whole)); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == without {
			continue
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
