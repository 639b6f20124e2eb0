//go:build unix

package clitest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

// SealsInTheOpen connects a number with the real program where there is no
// keyring: keys come from a pipe, and the pass phrase for the file of keys from
// the terminal that the program was started from, twice and never shown. A
// script, which has no terminal, is told what to set, and nothing is kept.
func SealsInTheOpen(t *testing.T) {
	const pass, key = "four words of mine", "bk_eu1_sealedKey001"
	d := &day{t: t, dir: t.TempDir()}
	d.env = append(os.Environ(), "HOME="+d.dir, "BOTTEGA_DATA="+d.path("shop"), "BOTTEGA_PASSPHRASE=", "DBUS_SESSION_BUS_ADDRESS=unix:path="+d.path("none"), "LC_ALL=C.UTF-8", "BOTTEGA_LANG=en", "GORACE="+raceEnd, "XDG_STATE_HOME="+d.path("state"))
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	connect := func() *exec.Cmd {
		cmd := exec.CommandContext(ctx, "bottega", "connect", "bird", "--from-stdin", "--no-check")
		cmd.Env, cmd.Dir = d.env, d.dir
		cmd.Stdin = strings.NewReader(`{"name":"shop","api_key":"` + key + `","from":"+390212345678"}`)
		return cmd
	}
	sealed := filepath.Join(d.path("shop"), "secrets.age")
	script := connect()
	if out, err := script.CombinedOutput(); script.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "--passphrase-file") {
		t.Errorf("a script: %v: %s", err, out)
	}
	if _, err := os.Stat(sealed); !os.IsNotExist(err) {
		t.Errorf("a script keeps keys: %v", err)
	}
	cmd := connect()
	tty, err := pty.StartWithAttrs(cmd, &pty.Winsize{Rows: 24, Cols: 200}, &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 1})
	if err != nil {
		t.Skip("no pseudo-terminal on this computer: ", err)
	}
	defer func() { _ = tty.Close() }() // the program is gone by then
	was, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]string{"empty to leave):": pass, "The same once more:": pass}
	var screen bytes.Buffer
	buf := make([]byte, 4<<10)
	for { // until the program is gone
		n, err := tty.Read(buf)
		screen.Write(buf[:n])
		for prompt, answer := range answers {
			if strings.Contains(screen.String(), prompt) {
				delete(answers, prompt)
				hides(t, tty.Fd(), was)
				if _, err := tty.WriteString(answer + "\n"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil || len(answers) > 0 {
		t.Fatalf("%v: %s", err, screen.String())
	}
	if said := screen.String(); strings.Contains(said, pass) || strings.Contains(said, key) || !strings.Contains(said, "encrypted file in "+d.path("shop")) {
		t.Errorf("said: %s", said)
	}
	if _, err := os.Stat(sealed); err != nil {
		t.Error(err)
	}
	d.env = append(d.env, "BOTTEGA_PASSPHRASE="+pass)
	if out := d.run("channels", "list", "--json"); !strings.Contains(out, `"keys":[{"field":"api_key","where":"file"}]`) {
		t.Errorf("where keys lie: %s", out)
	}
}

// hides waits until a terminal does not show what is typed.
func hides(t *testing.T, fd uintptr, was *term.State) {
	t.Helper()
	for t.Context().Err() == nil {
		is, err := term.GetState(fd)
		if err != nil {
			t.Fatal(err)
		}
		if *is != *was {
			return
		}
	}
}
