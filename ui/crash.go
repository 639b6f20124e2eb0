package ui

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/text"
)

// CrashFacts is what a crash report tells beside the stack.
type CrashFacts struct {
	Version string
	Now     time.Time
	Getenv  func(string) string
}

// Crashed reports whether err comes from a panic, in the screen or in one of
// our goroutines.
func Crashed(err error) bool {
	_, ours := errors.AsType[*core.PanicError](err)
	return ours || errors.Is(err, tea.ErrProgramPanic)
}

// CrashReport writes dir/crash-TIME.txt, 0600 and never over an existing file,
// and returns its path. It holds names of functions, files and lines, the
// version, the system and the terminal: no argument, no value and no message
// of a panic, since any of these may carry what a customer wrote.
func CrashReport(dir string, err error, f CrashFacts) (string, error) {
	base := "crash-" + f.Now.UTC().Format("20060102-150405")
	for n := range 100 {
		name := base + ".txt"
		if n > 0 {
			name = fmt.Sprintf("%s-%d.txt", base, n)
		}
		path := filepath.Join(dir, name)
		w, oerr := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(oerr, os.ErrExist) {
			continue
		}
		if oerr != nil {
			return "", core.Fail(core.ReadOnly, "ui.CrashReport", oerr)
		}
		_, werr := io.WriteString(w, report(err, f))
		if cerr := w.Close(); werr == nil {
			werr = cerr
		}
		if werr != nil {
			return "", core.Fail(core.DiskFull, "ui.CrashReport", werr)
		}
		return path, nil
	}
	return "", core.Fail(core.Conflict, "ui.CrashReport", nil)
}

func report(err error, f CrashFacts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "bottega %s, %s %s/%s\nTERM=%s COLORTERM=%s TERM_PROGRAM=%s\n",
		f.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, f.Getenv("TERM"), f.Getenv("COLORTERM"), f.Getenv("TERM_PROGRAM"))
	p, ok := errors.AsType[*core.PanicError](err)
	stack := debug.Stack()
	switch {
	case ok:
		stack = p.Stack
		fmt.Fprintf(&b, "panic in %s: %T\n\n", p.Where, p.Value)
	default:
		fmt.Fprintf(&b, "error: %T, code %s\n\n", err, core.CodeOf(err))
	}
	b.WriteString(scrub(string(stack)))
	return b.String()
}

// call matches the arguments that the runtime prints behind a function's name.
var call = regexp.MustCompile(`^(\S.*)\((?:0x|\{|\.\.\.|_|\)).*$`)

// scrub keeps of a stack the goroutine headers, function names and places.
func scrub(stack string) string {
	var b strings.Builder
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "goroutine "), strings.HasPrefix(line, "\t"), strings.HasPrefix(line, "created by "):
		case strings.HasPrefix(line, "panic("):
			line = "panic(…)"
		default:
			m := call.FindStringSubmatch(line)
			if m == nil {
				continue // a message of the runtime or of the panic itself
			}
			line = m[1] + "(…)"
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// CrashSentence tells the user what happened and where the report is; path is
// "" when none could be written.
func CrashSentence(w *text.Words, path string) string {
	if path == "" {
		return w.T(text.CrashUntold)
	}
	return w.T(text.CrashTold, "File", path)
}
