package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"

	"bottega/core"
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
