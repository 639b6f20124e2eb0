//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestCells asks a terminal that answers, and one that does not: what it says
// counts, what was written is wiped, and nobody waits for ever.
func TestCells(t *testing.T) {
	if os.Getenv("BOTTEGA_TEST_CELLS") != "" {
		n, ok := cells("你好")
		fmt.Printf("cells %d %v\n", n, ok)
		return
	}
	for _, answers := range []bool{true, false} {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCells$")
		cmd.Env = append(os.Environ(), "BOTTEGA_TEST_CELLS=1")
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			t.Skip("no pseudo-terminal on this computer: ", err)
		}
		var screen bytes.Buffer
		buf := make([]byte, 4<<10)
		for asked := false; ; {
			n, err := tty.Read(buf)
			screen.Write(buf[:n])
			if !asked && bytes.Contains(screen.Bytes(), []byte("\x1b[6n")) {
				asked = true
				if answers {
					if _, err := tty.WriteString("\x1b[1;5R"); err != nil {
						t.Error(err)
					}
				}
			}
			if err != nil {
				break // the program is gone
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, screen.String())
		}
		_ = tty.Close()
		want := "cells 0 false"
		if answers {
			want = "cells 4 true"
		}
		if out := screen.String(); !strings.Contains(out, want) || !strings.Contains(out, "\x1b[2K") {
			t.Errorf("answers %v: %q, want %s", answers, out, want)
		}
	}
}
