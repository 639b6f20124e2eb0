package cli

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"github.com/charmbracelet/x/term"
)

// cellWait is how long a terminal may take to say where its cursor is.
const cellWait = 500 * time.Millisecond

// cells writes s on the terminal and asks how many cells it took; ok is false
// where nobody answers. What was written is wiped again.
func cells(s string) (n int, ok bool) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return 0, false
	}
	defer func() { _ = tty.Close() }() // only asked
	if tty.SetReadDeadline(time.Now().Add(cellWait)) != nil {
		return 0, false // a terminal that cannot be waited for with an end is not asked
	}
	raw, err := tty.SyscallConn()
	if err != nil {
		return 0, false
	}
	var before *term.State
	var failed error
	if err := raw.Control(func(fd uintptr) { before, failed = term.MakeRaw(fd) }); err != nil || failed != nil {
		return 0, false
	}
	defer func() { _ = raw.Control(func(fd uintptr) { _ = term.Restore(fd, before) }) }() // nothing else could be done
	if _, err := tty.WriteString("\r" + s + "\x1b[6n"); err != nil {
		return 0, false
	}
	defer func() { _, _ = tty.WriteString("\r\x1b[2K") }() // a line that stays says only what was tried
	var answer []byte
	buf := make([]byte, 64)
	for len(answer) < 256 {
		k, err := tty.Read(buf)
		if answer = append(answer, buf[:k]...); bytes.ContainsRune(answer, 'R') {
			return column(answer)
		}
		if err != nil {
			break
		}
	}
	return 0, false
}

// column reads "\x1b[ROW;COLR": the cells before the cursor.
func column(answer []byte) (int, bool) {
	_, rest, ok := bytes.Cut(answer, []byte("\x1b["))
	_, rest, semi := bytes.Cut(rest, []byte(";"))
	col, _, end := bytes.Cut(rest, []byte("R"))
	n, err := strconv.Atoi(string(col))
	return n - 1, ok && semi && end && err == nil && n > 0
}
