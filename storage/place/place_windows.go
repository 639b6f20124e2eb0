package place

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/windows"

	"bottega/core"
)

// others is false: rights of Windows are not in the file mode, and the user's
// own data folder is closed to other users by default.
func others(fs.FileInfo) bool { return false }

// mark is when the file was made, to 100 ns: a copy is made later.
func mark(st fs.FileInfo) uint64 {
	if s, ok := st.Sys().(*syscall.Win32FileAttributeData); ok {
		return uint64(s.CreationTime.Nanoseconds())
	}
	return 0
}

// Free is the room left on the disk of dir, in bytes, for this user.
func Free(dir string) (int64, error) {
	p, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, core.Fail(core.InvalidInput, "place.Free", err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(p, &free, nil, nil); err != nil {
		return 0, core.Fail(code(err), "place.Free", err)
	}
	return int64(free), nil
}

// lock takes a file for this process; false when another has it.
func lock(f *os.File) (bool, error) {
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

// NoCore is nothing to do: Windows writes no core files of its own accord.
func NoCore() error { return nil }
