// Package probe measures the screen as a user meets it: the program itself in
// a pseudo-terminal, from its start to a full screen, and from a key to what
// the key did.
package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"bottega/core"
)

// Size of the terminal that everything is measured on.
const width, height = 120, 40

// terminal is a program on a pseudo-terminal whose screen can be read.
type terminal struct {
	cmd     *exec.Cmd
	tty     *os.File
	em      *vt.Emulator
	started time.Time

	mu    sync.Mutex
	bytes int
	want  func(lines []string) bool // nil when nobody waits
	met   chan time.Time
	gone  chan struct{} // closed when the program wrote its last
	mute  chan struct{} // closed when the emulator answers no more
}

// start runs the program. Whatever happens, call stop.
func start(cmd *exec.Cmd) (*terminal, error) {
	t := &terminal{cmd: cmd, em: vt.NewEmulator(width, height), met: make(chan time.Time, 1), gone: make(chan struct{}),
		mute: make(chan struct{}), started: time.Now()}
	var err error
	if t.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Rows: height, Cols: width}); err != nil {
		return nil, core.Fail(core.Internal, "probe.start", err)
	}
	go t.answer()
	go t.read()
	return t, nil
}

// answer gives the emulator's answers to the program's questions, as terminals
// do. When the program is gone they are still taken, since an emulator whose
// answers nobody takes stands still.
func (t *terminal) answer() {
	defer close(t.mute)
	_, _ = io.Copy(t.tty, t.em)
	_, _ = io.Copy(io.Discard, t.em)
}

func (t *terminal) read() {
	defer close(t.gone)
	buf := make([]byte, 64<<10)
	for {
		n, err := t.tty.Read(buf)
		at := time.Now() // before our own emulator takes its time
		t.mu.Lock()
		t.bytes += n
		_, _ = t.em.Write(buf[:n]) // it takes anything
		t.check(at)
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (t *terminal) check(at time.Time) {
	if t.want != nil && t.want(strings.Split(t.em.String(), "\n")) {
		t.want = nil
		t.met <- at
	}
}

// patience is how long a screen may take at all.
const patience = 30 * time.Second

// until types keys and returns when the screen first was as wanted.
func (t *terminal) until(ctx context.Context, keys string, want func(lines []string) bool) (time.Time, error) {
	t.mu.Lock()
	t.want = want
	if keys == "" {
		t.check(time.Now())
	}
	t.mu.Unlock()
	if keys != "" {
		if _, err := io.WriteString(t.tty, keys); err != nil {
			return time.Time{}, core.Fail(core.Internal, "probe.until", err)
		}
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case at := <-t.met:
		return at, nil
	case <-t.gone:
		return time.Time{}, core.Fail(core.Internal, "probe.until", errors.New("the program ended"))
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		t.want = nil
		return time.Time{}, core.Fail(core.Internal, "probe.until", fmt.Errorf("the screen never came: %w", ctx.Err()))
	}
}

// settle waits until nothing was written for quiet and returns all bytes so far.
func (t *terminal) settle(ctx context.Context, quiet time.Duration) (int, error) {
	before := -1
	for {
		t.mu.Lock()
		now := t.bytes
		t.mu.Unlock()
		if now == before {
			return now, nil
		}
		before = now
		select {
		case <-ctx.Done():
			return now, ctx.Err()
		case <-time.After(quiet):
		}
	}
}

// stop ends the program, without asking when kill is set.
func (t *terminal) stop(kill bool) {
	if kill {
		_ = t.cmd.Process.Kill() // gone already is as good
	} else {
		_ = t.cmd.Process.Signal(os.Interrupt)
	}
	_ = t.cmd.Wait() // how it ends is not measured here
	_ = t.tty.Close()
	<-t.gone
	// Close is not safe beside a Read of the answers: they are ended first.
	if in, ok := t.em.InputPipe().(io.Closer); ok {
		_ = in.Close()
		<-t.mute
	}
	_ = t.em.Close()
}
