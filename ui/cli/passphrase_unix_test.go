//go:build unix

package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"bottega/core"
	"bottega/ui/text"
)

// TestReadSecret: what is typed is read and never shown, and who leaves instead
// gets the terminal back as it was.
func TestReadSecret(t *testing.T) {
	person, tty, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo-terminal on this computer: ", err)
	}
	defer func() { _, _ = person.Close(), tty.Close() }()
	was, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	words, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	g := Globals{Words: words}
	ask := g.AskPassphrase(Terminal{Secret: func(ctx context.Context, prompt string) (core.Secret, error) {
		return readSecret(ctx, tty, tty, prompt)
	}})
	type answer struct {
		said core.Secret
		err  error
	}
	var screen strings.Builder
	shows := func(what string) {
		t.Helper()
		b := make([]byte, 256)
		for !strings.Contains(screen.String(), what) {
			n, err := person.Read(b)
			if err != nil {
				t.Fatalf("%q: %v", screen.String(), err)
			}
			screen.Write(b[:n])
		}
	}
	done := make(chan answer, 1)
	go func() {
		said, err := ask(t.Context(), 0)
		done <- answer{said, err}
	}()
	shows("not shown): ")
	hides(t, tty.Fd(), was)
	if _, err := person.WriteString("open sesame\n"); err != nil {
		t.Fatal(err)
	}
	shows("\n")
	if got := <-done; got.err != nil || got.said.Reveal() != "open sesame" {
		t.Errorf("read %d letters, %v", len(got.said.Reveal()), got.err)
	}
	if strings.Contains(screen.String(), "sesame") {
		t.Errorf("shown: %q", screen.String())
	}
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		said, err := ask(ctx, 1)
		done <- answer{said, err}
	}()
	shows("does not open them")
	hides(t, tty.Fd(), was)
	leave()
	if got := <-done; !errors.Is(got.err, context.Canceled) || got.said != "" {
		t.Errorf("left: %v", got.err)
	}
	if is, err := term.GetState(tty.Fd()); err != nil || *is != *was {
		t.Errorf("the terminal is not as it was: %v", err)
	}
	if (Globals{}).AskPassphrase(Terminal{}) != nil {
		t.Error("asks where nobody is")
	}
}

// hides waits until a terminal does not show what is typed.
func hides(t *testing.T, fd uintptr, was *term.State) {
	t.Helper()
	for {
		is, err := term.GetState(fd)
		if err != nil {
			t.Fatal(err)
		}
		if *is != *was {
			return
		}
	}
}
