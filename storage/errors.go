package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bottega/core"
)

// fail gives err its code. Errors that have one keep it; a cancelled context
// stays recognisable with errors.Is and gets no code of its own.
func (db *DB) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*core.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", op, err)
	}
	return core.Fail(codeOf(err, db.dir), op, err)
}

// codeOf maps an error of the driver or the file system; dir is the folder
// that is looked at when the driver says no more than "input/output error".
func codeOf(err error, dir string) core.Code {
	if errors.Is(err, sql.ErrNoRows) {
		return core.NotFound
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return fileCode(err)
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return core.DiskFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return core.Busy
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return core.Damaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return core.ReadOnly
	case sqlite3.SQLITE_CONSTRAINT:
		return core.Conflict
	case sqlite3.SQLITE_TOOBIG:
		return core.TooLarge
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return ioCode(e.Code(), dir)
	}
	return core.Internal
}

// fileCode maps what the operating system says of a file.
func fileCode(err error) core.Code {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return core.DiskFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return core.ReadOnly
	case errors.Is(err, fs.ErrNotExist):
		return core.NotFound
	}
	const handleDiskFull, diskFull = syscall.Errno(39), syscall.Errno(112) // of Windows, which package syscall does not name
	if runtime.GOOS == "windows" && (errors.Is(err, handleDiskFull) || errors.Is(err, diskFull)) {
		return core.DiskFull
	}
	return core.Internal
}

// ioCode finds out what lies behind an error that SQLite cannot name: a full
// disk shows itself while the shared index grows or at fsync, a folder without
// write permission when the log is to be made. Writing a small file tells.
func ioCode(code int, dir string) core.Code {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE {
		return core.DiskFull
	}
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		if c := fileCode(err); c != core.NotFound {
			return c
		}
		return core.Internal
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, 64<<10))
	if err == nil {
		err = f.Sync()
	}
	f.Close()
	if err != nil {
		return fileCode(err)
	}
	if code&0xff == sqlite3.SQLITE_IOERR && (code == sqlite3.SQLITE_IOERR_READ ||
		code == sqlite3.SQLITE_IOERR_SHORT_READ || code == sqlite3.SQLITE_IOERR_CORRUPTFS) {
		return core.Damaged
	}
	return core.Internal
}

// gone reports whether an error has ended the whole transaction by itself, so
// that no savepoint is left to return to.
func gone(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT,
		sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT:
		return true
	}
	return false
}
