package cli

import (
	"context"
	"os"
	"runtime"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"bottega/core"
)

// Terminal says what input and output are connected to.
type Terminal struct {
	Screen bool // both ways are a terminal that can show the TUI
	Name   string
	UTF8   bool
	Colors int // 0, 2, 16, 256 or 1<<24
	Width  int // 0 when output is no terminal
	Height int
	// Cells measures what the terminal makes of a text; nil where it is none.
	Cells func(s string) (n int, ok bool)
	// Secret shows a prompt and reads a line that is not shown; nil where nobody
	// can be asked.
	Secret func(ctx context.Context, prompt string) (core.Secret, error)
}

// Environ is an environment as os.Environ gives it.
type Environ []string

// Lookup finds a variable; the last of several counts.
func (e Environ) Lookup(name string) (string, bool) {
	for i := len(e) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(e[i], name+"="); ok {
			return v, true
		}
	}
	return "", false
}

// Get is a variable's value, "" when it is not set.
func (e Environ) Get(name string) string { v, _ := e.Lookup(name); return v }

// LookAt finds out about a terminal.
func LookAt(in, out *os.File, environ Environ) Terminal {
	t := Terminal{Name: environ.Get("TERM"), UTF8: utf8Locale(environ.Lookup), Colors: colours(colorprofile.Env(environ)), Secret: secretReader(in)}
	if !term.IsTerminal(out.Fd()) {
		return t
	}
	t.Colors = colours(colorprofile.Detect(out, environ))
	if w, h, err := term.GetSize(out.Fd()); err == nil {
		t.Width, t.Height = w, h
	}
	if runtime.GOOS != "windows" && t.Name != "dumb" && t.Name != "" {
		t.Cells = cells
	}
	t.Screen = term.IsTerminal(in.Fd()) && t.Name != "dumb" && (t.Name != "" || runtime.GOOS == "windows")
	return t
}

func colours(p colorprofile.Profile) int {
	switch p {
	case colorprofile.TrueColor:
		return 1 << 24
	case colorprofile.ANSI256:
		return 256
	case colorprofile.ANSI:
		return 16
	case colorprofile.ASCII:
		return 2
	}
	return 0
}

// utf8Locale reports whether the locale writes UTF-8, by the first variable
// that is set, as POSIX reads them. Without any it is assumed: macOS sets none.
func utf8Locale(lookup func(string) (string, bool)) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(envOr(lookup, name, "")); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return true
}
