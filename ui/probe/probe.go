package probe

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/gauge"
)

// Options of the probes, and gauge.Screen.
type Options struct {
	Program string   // of this bottega
	Env     []string // of the program
}

func (o Options) open(ctx context.Context, s gauge.Shop) (*terminal, error) {
	cmd := exec.CommandContext(ctx, o.Program, "--data", s.Dir, "--lang", "en", "--listen", "127.0.0.1:0")
	// No desktop to talk to: what is measured is the program, not a keyring.
	cmd.Env = append(append([]string{}, o.Env...), "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
	return start(cmd)
}

// full reports whether the list stands on screen.
func full(s gauge.Shop) func([]string) bool {
	return func(lines []string) bool {
		screen := strings.Join(lines, "\n")
		for _, name := range s.Top {
			rs := []rune(name)
			if !strings.Contains(screen, string(rs[:min(len(rs), 8)])) {
				return false
			}
		}
		return true
	}
}

// Start measures from the start of the program to its first full frame.
func (o Options) Start(ctx context.Context, s gauge.Shop) (time.Duration, error) {
	t, err := o.open(ctx, s)
	if err != nil {
		return 0, err
	}
	defer t.stop(false)
	at, err := t.until(ctx, "", full(s))
	return at.Sub(t.started), err
}

// Keys measures from a key to the frame that shows what it did, the bytes of a
// frame in which the whole list changed, and the memory that the program has by
// then: "keys", "page-bytes", "memory".
func (o Options) Keys(ctx context.Context, s gauge.Shop, presses int) ([]gauge.Reading, error) {
	t, err := o.open(ctx, s)
	if err != nil {
		return nil, err
	}
	defer t.stop(false)
	if _, err := t.until(ctx, "", full(s)); err != nil {
		return nil, err
	}
	took, err := press(ctx, t, presses)
	if err != nil {
		return nil, err
	}
	page, err := pages(ctx, t)
	if err != nil {
		return nil, err
	}
	rs := []gauge.Reading{took.Reading("keys"), page}
	if rss, ok := resident(t.cmd.Process.Pid); ok {
		rs = append(rs, gauge.Reading{ID: "memory", Value: rss, N: 1})
	}
	return rs, nil
}

// rest is the pause after a key, longer than what follows from it; it differs
// from key to key so that no beat with the renderer's own arises.
func rest(i int) time.Duration { return time.Duration(30+i%17) * time.Millisecond }

// press moves through the list, down and up again.
func press(ctx context.Context, t *terminal, presses int) (took gauge.Samples, err error) {
	const stretch = 5
	for i := range presses + 2*stretch {
		if _, err := t.settle(ctx, rest(i)); err != nil {
			return nil, err
		}
		t.mu.Lock()
		before := cursor(strings.Split(t.em.String(), "\n"))
		t.mu.Unlock()
		key := "j"
		if i/stretch%2 == 1 {
			key = "k"
		}
		pressed := time.Now()
		at, err := t.until(ctx, key, func(lines []string) bool { c := cursor(lines); return c >= 0 && c != before })
		if err != nil {
			return nil, err
		}
		if i >= 2*stretch {
			took = append(took, at.Sub(pressed))
		}
	}
	return took, nil
}

// cursor is the line of the list that the selection bar stands in, -1 for none.
func cursor(lines []string) int {
	for i, l := range lines {
		if strings.HasPrefix(l, "▌") {
			return i
		}
	}
	return -1
}

// pages turns whole pages and counts what the terminal gets for one.
func pages(ctx context.Context, t *terminal) (gauge.Reading, error) {
	const turns = 10
	r := gauge.Reading{ID: "page-bytes", N: turns}
	before, err := t.settle(ctx, 100*time.Millisecond)
	if err != nil {
		return r, err
	}
	after := before
	for range turns {
		if _, err := t.until(ctx, "\x1b[6~", func([]string) bool { return true }); err != nil {
			return r, err
		}
		if after, err = t.settle(ctx, 100*time.Millisecond); err != nil {
			return r, err
		}
	}
	r.Value = float64(after-before) / turns / 1000
	return r, nil
}

// resident is the memory that a process holds, in MB; false where the system
// does not tell.
func resident(pid int) (float64, bool) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kb, err := strconv.ParseFloat(strings.Fields(string(rest))[0], 64)
			return kb / 1000, err == nil
		}
	}
	return 0, false
}

// Binary is the size of the program's file in MB.
func (o Options) Binary() (gauge.Reading, error) {
	st, err := os.Stat(o.Program)
	if err != nil {
		return gauge.Reading{}, core.Fail(core.Internal, "probe.Binary", err)
	}
	return gauge.Reading{ID: "binary", Value: float64(st.Size()) / 1e6, N: 1}, nil
}

// Beside keeps a shop open on a screen of its own, which shows what comes in,
// until stop.
func (o Options) Beside(ctx context.Context, dir string) (stop func(), err error) {
	t, err := o.open(ctx, gauge.Shop{Dir: dir})
	if err != nil {
		return nil, err
	}
	_, err = t.until(ctx, "", func(lines []string) bool { return strings.TrimSpace(strings.Join(lines, "")) != "" })
	if err != nil {
		t.stop(false)
		return nil, err
	}
	return func() { t.stop(false) }, nil
}
