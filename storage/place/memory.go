package place

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine is how many cores this computer has, and its memory in bytes.
func Machine() (cores int, memory int64) { return runtime.NumCPU(), Memory() }

// Memory is what this computer has of it in bytes, 0 where it does not tell.
func Memory() int64 {
	b, err := os.ReadFile("/proc/meminfo") // Linux only
	if err != nil {
		return 0
	}
	return memory(string(b))
}

func memory(info string) int64 {
	for line := range strings.Lines(info) {
		k, v, _ := strings.Cut(line, ":")
		if k != "MemTotal" {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 10, 64)
		if err != nil || n < 0 || n > 1<<50 {
			return 0
		}
		return n * 1024
	}
	return 0
}
