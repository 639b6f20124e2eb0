package kit

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
)

// Scratch is a text on its way through the user's editor: in a file that only
// they can read, and that is gone afterwards.
type Scratch struct {
	File string
	args []string
}

// NewScratch makes an empty file for an editor, named as $EDITOR names it: a
// program and its flags.
func NewScratch(editor string) (Scratch, error) {
	args := strings.Fields(editor)
	if len(args) == 0 {
		return Scratch{}, errors.New("no editor")
	}
	f, err := os.CreateTemp("", "bottega-*.txt")
	if err != nil {
		return Scratch{}, err
	}
	return Scratch{f.Name(), append(args, f.Name())}, f.Close()
}

// Write puts the text there; when that fails the file is gone.
func (s Scratch) Write(text string) error {
	err := os.WriteFile(s.File, []byte(text), 0o600)
	if err != nil {
		_ = os.Remove(s.File) // it is temporary and the write error is what counts
	}
	return err
}

// Cmd is the editor with the file; it is ended with ctx.
func (s Scratch) Cmd(ctx context.Context) *exec.Cmd {
	return exec.CommandContext(ctx, s.args[0], s.args[1:]...)
}

// Read takes the text back and removes the file; ended is how the editor did.
func (s Scratch) Read(ended error) (string, error) {
	data, err := os.ReadFile(s.File)
	if rmerr := os.Remove(s.File); err == nil {
		err = rmerr
	}
	if ended != nil {
		err = ended
	}
	return strings.TrimRight(string(data), "\n"), err
}
