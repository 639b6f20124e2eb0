package storage_test

import (
	"os"
	"syscall"
	"time"
)

func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }

// cpu is what this process has used of the processor.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for no argument of ours
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
