package place

import (
	"os"
	"testing"
)

func TestMemory(t *testing.T) {
	for info, want := range map[string]int64{
		"MemTotal:        4024336 kB\nMemFree: 1 kB\n": 4024336 * 1024,
		"MemFree: 1 kB\n":   0,
		"MemTotal: a lot\n": 0,
		"MemTotal: -1 kB\n": 0,
		"":                  0,
	} {
		if got := memory(info); got != want {
			t.Errorf("%q: %d", info, got)
		}
	}
	if _, err := os.Stat("/proc/meminfo"); err == nil && Memory() < 16<<20 {
		t.Errorf("this computer has %d bytes", Memory())
	}
}
