package probe

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"bottega/core"
	"bottega/storage"
)

// Leave writes callbacks into the journal of the shop in dir until its
// write-ahead log holds size bytes, calls then and stays; nobody moves the log
// into the file meanwhile. It is for a process that gets killed.
func Leave(ctx context.Context, dir string, size int64, then func()) error {
	db, err := storage.Open(dir, nil, storage.Options{})
	if err != nil {
		return err
	}
	body := make([]byte, 64<<10)
	for {
		for range 16 {
			if _, err := db.AppendJournal(ctx, 1, body, now); err != nil {
				return errors.Join(err, db.Close())
			}
		}
		st, err := os.Stat(storage.Path(dir) + "-wal")
		if err != nil {
			return errors.Join(core.Fail(core.Internal, "probe.Leave", err), db.Close())
		}
		if st.Size() >= size {
			break
		}
	}
	then()
	<-ctx.Done()
	return db.Close()
}

// Copy copies a shop's files as they lie into an empty folder: the shop as a
// process that was killed left it.
func (Bench) Copy(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return core.Fail(core.Internal, "probe.Copy", err)
	}
	for _, end := range []string{"", "-wal"} {
		if err := copyFile(storage.Path(from)+end, filepath.Join(to, filepath.Base(storage.Path(from))+end)); err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
			return core.Fail(core.DiskFull, "probe.Copy", err)
		}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
