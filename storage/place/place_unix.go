//go:build unix

package place

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"bottega/core"
)

// others reports whether anybody but the owner may read or write.
func others(st fs.FileInfo) bool { return st.Mode().Perm()&0o066 != 0 }

// mark is the file's number on its file system.
func mark(st fs.FileInfo) uint64 {
	if s, ok := st.Sys().(*syscall.Stat_t); ok {
		return s.Ino
	}
	return 0
}

// Free is the room left on the disk of dir, in bytes, for a user without
// special rights.
func Free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, core.Fail(code(err), "place.Free", err)
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

// lock takes a file for this process; false when another has it.
func lock(f *os.File) (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// NoCore sees to it that this process leaves no core file, whatever becomes of
// it: what is in its memory, keys among it, stays out of the disk.
func NoCore() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return core.Fail(core.Internal, "place.NoCore", err)
	}
	return nil
}
