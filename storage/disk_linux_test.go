package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/storagetest"
)

// These tests need a real small disk and a real read-only one: a process with
// mounts of its own gets them, where the system lets us make one.

func init() {
	children["full disk"] = func() { report(fullDisk(os.Getenv("DIR"))) }
	children["read-only disk"] = func() { report(readOnlyDisk(os.Getenv("DIR"))) }
}

func report(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Print("well")
}

// onOwnMounts plays a part in a process that may mount what it likes.
func onOwnMounts(t *testing.T, part string) {
	t.Helper()
	if out, err := mountable(t, exec.Command("true")).CombinedOutput(); err != nil {
		t.Skipf("this system lets us make no mounts: %v %s", err, out)
	}
	cmd := mountable(t, child(t, part, "DIR="+t.TempDir()))
	if out, err := cmd.Output(); err != nil || string(out) != "well" {
		t.Errorf("%v %s", err, out)
	}
}

func mountable(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if uid := os.Getuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
	}
	return cmd
}

func smallDisk(dir string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m,mode=0700")
}

func TestFullDisk(t *testing.T)     { onOwnMounts(t, "full disk") }
func TestReadOnlyDisk(t *testing.T) { onOwnMounts(t, "read-only disk") }

func expect(err error, want core.Code, what string) error {
	if core.CodeOf(err) != want {
		return fmt.Errorf("%s: %v, want code %q", what, err, want)
	}
	return nil
}

// fullDisk: callbacks and other writes on a disk without room fail as
// DiskFull with nothing half-written; with room again everything goes on.
func fullDisk(dir string) error {
	if err := smallDisk(dir); err != nil {
		return err
	}
	db, err := storage.Open(filepath.Join(dir, "shop"), nil, storage.Options{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() { _ = db.Run(ctx) }) // its checkpoints meet the full disk as well
	defer run.Wait()
	defer cancel()
	ballast := filepath.Join(dir, "ballast")
	if err := fillUp(ballast, 300<<10); err != nil {
		return err
	}
	kept, err := untilFull(db)
	if err != nil || kept == 0 {
		return errors.Join(fmt.Errorf("%d callbacks before the disk was full", kept), err)
	}
	err = db.Write(ctx, func(tx core.Tx) error { // too large for what is left, in many statements
		for i := range 2000 {
			if err := tx.SaveContact(&core.Contact{Name: fmt.Sprint("half", i, strings.Repeat("x", 500))}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := expect(err, core.DiskFull, "a large write"); err != nil {
		return err
	}
	if err := whole(db, kept); err != nil {
		return err
	}
	_, err = db.Backup(ctx, filepath.Join(dir, "copy"), nil)
	if err := expect(err, core.DiskFull, "a backup"); err != nil {
		return err
	}
	w, err := db.CreateMedia(1, "image/png")
	if err == nil {
		_, werr := w.Write(make([]byte, 1<<20))
		_, cerr := w.Commit()
		err = expect(errors.Join(werr, cerr), core.DiskFull, "a photo")
	} else {
		err = expect(err, core.DiskFull, "a photo")
	}
	if err := errors.Join(err, os.Remove(ballast)); err != nil {
		return err
	}
	if _, err := db.AppendJournal(ctx, 1, make([]byte, 50<<10), storagetest.Start); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	if err := whole(db, kept+1); err != nil {
		return err
	}
	cancel()
	run.Wait()
	return db.Close()
}

// fillUp leaves room bytes of the disk free.
func fillUp(file string, room int64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(file), &st); err != nil {
		return err
	}
	return os.WriteFile(file, make([]byte, int64(st.Bavail)*st.Bsize-room), 0o600)
}

// untilFull appends from several callers until each was refused, and counts
// what was acknowledged.
func untilFull(db *storage.DB) (kept int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				_, aerr := db.AppendJournal(context.Background(), 1, make([]byte, 5000), storagetest.Start)
				mu.Lock()
				if aerr == nil {
					kept++
				} else {
					err = errors.Join(err, expect(aerr, core.DiskFull, "a callback"))
				}
				mu.Unlock()
				if aerr != nil {
					return
				}
			}
			mu.Lock()
			defer mu.Unlock()
			err = errors.New("the disk never filled up")
		})
	}
	wg.Wait()
	return kept, err
}

// whole checks the file and that it holds exactly the callbacks acknowledged,
// and none of the contacts.
func whole(db *storage.DB, callbacks int) error {
	ctx := context.Background()
	es, err := db.PendingJournal(ctx, 1, 1<<30, 1<<30)
	if err != nil {
		return err
	}
	if len(es) != callbacks {
		return fmt.Errorf("%d callbacks in the journal, %d acknowledged", len(es), callbacks)
	}
	hits, err := db.Search(ctx, core.SearchQuery{Words: "half", Limit: 5})
	if len(hits) > 0 {
		return errors.New("half a write was kept")
	}
	return errors.Join(err, db.Check(ctx))
}

// readOnlyDisk: a folder that cannot be written says so; asked to read only,
// bottega reads it all the same.
func readOnlyDisk(dir string) error {
	if err := smallDisk(dir); err != nil {
		return err
	}
	shop := filepath.Join(dir, "shop")
	db, err := storage.Open(shop, nil, storage.Options{})
	if err != nil {
		return err
	}
	if err := errors.Join(db.SetSetting(context.Background(), "k", 7), db.Close()); err != nil {
		return err
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		return err
	}
	_, err = storage.Open(shop, nil, storage.Options{Busy: 50 * time.Millisecond})
	if err := expect(err, core.ReadOnly, "opening to write"); err != nil {
		return err
	}
	_, err = storage.Open(filepath.Join(dir, "other"), nil, storage.Options{})
	if err := expect(err, core.ReadOnly, "a new shop"); err != nil {
		return err
	}
	db, err = storage.Open(shop, nil, storage.Options{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("opening to read: %w", err)
	}
	var v int
	if ok, err := db.Setting(context.Background(), "k", &v); !ok || v != 7 || err != nil {
		return fmt.Errorf("read %v %d: %w", ok, v, err)
	}
	if err := expect(db.SetSetting(context.Background(), "k", 8), core.ReadOnly, "a write"); err != nil {
		return err
	}
	return errors.Join(db.Check(context.Background()), db.Close())
}
