package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/text"
)

// maxPassphrase bounds what is read of a file with a pass phrase, in bytes.
const maxPassphrase = 4 << 10

// readPassphrase takes the first line of a file as the pass phrase; "" is no file.
func (a *app) readPassphrase(name string) error {
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return refuse(core.NotFound, text.BadFile, "File", clip(name))
	}
	b, err := io.ReadAll(io.LimitReader(f, maxPassphrase))
	if err = errors.Join(err, f.Close()); err != nil {
		return refuse(core.NotFound, text.BadFile, "File", clip(name))
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if a.g.Passphrase = core.Secret(strings.TrimSuffix(line, "\r")); a.g.Passphrase == "" {
		return usage(text.UsePassphraseFile, "File", clip(name))
	}
	return nil
}

// Lookup is an environment in which the pass phrase of --passphrase-file stands
// in front of the one that the environment may have.
func (g Globals) Lookup(env Environ) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if name == "BOTTEGA_PASSPHRASE" && g.Passphrase != "" {
			return g.Passphrase.Reveal(), true
		}
		return env.Lookup(name)
	}
}

// AskPassphrase asks for the pass phrase of the sealed file; nil where nobody
// can be asked.
func (g Globals) AskPassphrase(t Terminal) func(ctx context.Context, tries int) (core.Secret, error) {
	if t.Secret == nil {
		return nil
	}
	return func(ctx context.Context, tries int) (core.Secret, error) {
		prompt := g.Words.T(text.AskPassphrase)
		if tries > 0 {
			prompt = g.Words.T(text.AskPassphraseAgain)
		}
		return t.Secret(ctx, prompt+" ")
	}
}

// chances is how often a new pass phrase may be too short, or typed differently
// the second time.
const chances = 3

// sealed runs work, and once more when its keys could not be kept before
// somebody on the terminal had chosen a pass phrase for the file of keys. Where
// nobody can be asked, what work says stands: NoKeyring.
func (a *app) sealed(ctx context.Context, s *Shop, work func() error) error {
	err := work()
	wants, ok := errors.AsType[*connect.Unsealed](err)
	if !ok || a.h.Terminal.Secret == nil {
		return err
	}
	if _, err := io.WriteString(a.h.Err, a.w.T(text.AskSeal, "Dir", s.Dir, "Least", wants.Least)+"\n"); err != nil {
		return err
	}
	if err := a.seal(ctx, s, wants.Least); err != nil {
		return err
	}
	return work()
}

// seal asks for a new pass phrase, twice, and gives it to the file of keys. An
// empty answer leaves everything as it was.
func (a *app) seal(ctx context.Context, s *Shop, least int) error {
	say := text.AskSealFirst
	for range chances {
		first, err := a.h.Terminal.Secret(ctx, a.w.T(say, "Least", least)+" ")
		if err != nil {
			return err
		}
		switch {
		case first == "":
			return refuse(core.NoKeyring, text.UseSeal)
		case utf8.RuneCountInString(first.Reveal()) < least:
			say = text.AskSealShort
			continue
		}
		again, err := a.h.Terminal.Secret(ctx, a.w.T(text.AskSealAgain)+" ")
		if err != nil {
			return err
		}
		if again != first {
			say = text.AskSealDiffers
			continue
		}
		return s.Connect.Seal(ctx, first)
	}
	return refuse(core.NoKeyring, text.UseSeal)
}

// secretReader asks somebody at the terminal of in; where in is a pipe, at the
// terminal that the program was started from, as ssh does. nil when nobody
// looks at messages, or there is no terminal.
func secretReader(in *os.File) func(ctx context.Context, prompt string) (core.Secret, error) {
	switch {
	case !term.IsTerminal(os.Stderr.Fd()):
		return nil
	case term.IsTerminal(in.Fd()):
		return func(ctx context.Context, prompt string) (core.Secret, error) {
			return readSecret(ctx, in, os.Stderr, prompt)
		}
	}
	tty, err := os.Open(console())
	if err != nil || tty.Close() != nil {
		return nil
	}
	return func(ctx context.Context, prompt string) (s core.Secret, err error) {
		tty, err := os.Open(console())
		if err != nil {
			return "", core.Fail(core.NoKeyring, "cli.secretReader", err)
		}
		defer func() { err = errors.Join(err, tty.Close()) }()
		return readSecret(ctx, tty, os.Stderr, prompt)
	}
}

// console is the terminal that a program was started from, whatever its input is.
func console() string {
	if runtime.GOOS == "windows" {
		return "CONIN$"
	}
	return "/dev/tty"
}

// readSecret reads a line from a terminal that does not show it. When ctx ends
// the terminal is put back as it was.
func readSecret(ctx context.Context, in *os.File, out io.Writer, prompt string) (core.Secret, error) {
	const op = "cli.readSecret"
	fd := in.Fd() // once: whoever leaves closes the file, and a reader may still wait
	was, err := term.GetState(fd)
	if err != nil {
		return "", core.Fail(core.NoKeyring, op, err)
	}
	if _, err := io.WriteString(out, prompt); err != nil {
		return "", core.Fail(core.NoKeyring, op, err)
	}
	type answer struct {
		line []byte
		err  error
	}
	read := make(chan answer, 1) // so that a reader whom nobody awaits can end
	go func() {
		line, err := term.ReadPassword(fd)
		read <- answer{line, err}
	}()
	select {
	case a := <-read:
		_, err := io.WriteString(out, "\n") // the one that was typed was not shown either
		if err = errors.Join(a.err, err); err != nil {
			return "", core.Fail(core.NoKeyring, op, err)
		}
		return core.Secret(a.line), nil
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, was))
	}
}
