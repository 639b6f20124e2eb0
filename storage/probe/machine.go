package probe

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/gauge"
)

// Look finds out about the machine; what it cannot tell stays empty.
func (Bench) Look(dir string) gauge.Machine {
	m := gauge.Machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				m.CPU = strings.TrimSpace(v)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.System += " " + strings.TrimSpace(string(b))
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		first, _, _ := strings.Cut(string(b), " ")
		m.Load, _ = strconv.ParseFloat(first, 64) // 0 where the file is none of Linux's
	}
	m.Disk = disk(dir)
	return m
}

// disk names the block device below dir and tells whether it turns.
func disk(dir string) string {
	b, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return ""
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return ""
	}
	var best, device, kind string
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 3 || len(f[1]) < len(best) {
			continue
		}
		if f[1] == "/" || dir == f[1] || strings.HasPrefix(dir, f[1]+"/") {
			best, device, kind = f[1], f[0], f[2]
		}
	}
	name := strings.TrimRight(filepath.Base(device), "0123456789")
	switch turns, err := os.ReadFile(filepath.Join("/sys/block", name, "queue/rotational")); {
	case err != nil:
	case strings.TrimSpace(string(turns)) == "0":
		kind += ", solid state"
	default:
		kind += ", rotating or virtual"
	}
	return device + " " + kind
}

// Syncs measures how often a second the disk makes one overwritten page of a
// file in dir durable: the ceiling of durable commits one by one.
func (Bench) Syncs(dir string, during time.Duration) (_ gauge.Reading, err error) {
	r := gauge.Reading{ID: "disk"}
	f, err := os.CreateTemp(dir, "page-*")
	if err != nil {
		return r, core.Fail(core.Internal, "probe.Syncs", err)
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	page := make([]byte, 4096)
	var took gauge.Samples
	start := time.Now()
	for time.Since(start) < during {
		err := took.Time(func() error {
			if _, err := f.WriteAt(page, 0); err != nil {
				return err
			}
			return dataSync(f)
		})
		if err != nil {
			return r, core.Fail(core.DiskFull, "probe.Syncs", err)
		}
	}
	r = took.Reading("disk")
	r.Value = float64(len(took)) / time.Since(start).Seconds()
	return r, nil
}
