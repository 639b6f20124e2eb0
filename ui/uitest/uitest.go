// Package uitest drives a real tea.Program inside a synctest bubble and reads
// the screen back through a terminal emulator. In a bubble: no sockets, no
// mutex held while waiting, channels made inside build only.
package uitest

import (
	"context"
	"fmt"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/charmbracelet/x/vt"
)

// Options of the terminal that the program meets.
type Options struct {
	W, H    int
	Profile colorprofile.Profile // 0 means true colour
	Env     []string             // beside TERM
	Tea     []tea.ProgramOption  // further ones, WithFilter for example
	// Deaf terminals answer no query, as screen and old consoles do. Else the
	// terminal tells that it counts cells by grapheme cluster (mode 2027).
	Deaf bool
}

// Screen is the terminal and the hands of the user.
type Screen struct {
	tb    testing.TB
	mu    sync.Mutex
	em    *vt.Emulator
	in    *io.PipeWriter
	prog  *tea.Program
	bells int
	title string
	wrote int
	end   chan struct{}
	err   error
}

// Write takes the program's output.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrote += len(p)
	return s.em.Write(p)
}

// Run starts the program that build makes on a terminal of w×h cells with true
// colours and plays the script.
func Run(t *testing.T, w, h int, build func(context.Context) tea.Model, script func(*Screen)) {
	t.Helper()
	RunWith(t, Options{W: w, H: h}, build, script)
}

// RunWith is Run with a terminal of one's own making.
func RunWith(t *testing.T, o Options, build func(context.Context) tea.Model, script func(*Screen)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		r, in := io.Pipe()
		s := &Screen{tb: t, em: vt.NewEmulator(o.W, o.H), in: in, end: make(chan struct{})}
		s.em.SetCallbacks(vt.Callbacks{Bell: func() { s.bells++ }, Title: func(v string) { s.title = v }})
		_, _ = s.em.WriteString("\x1b[20h") // LF means CR LF, as on a tty
		go s.answers(o.Deaf)
		if o.Profile == 0 {
			o.Profile = colorprofile.TrueColor
		}
		opts := append([]tea.ProgramOption{
			tea.WithContext(ctx), tea.WithInput(r), tea.WithOutput(s), tea.WithFPS(120),
			tea.WithWindowSize(o.W, o.H), tea.WithColorProfile(o.Profile),
			tea.WithEnvironment(append([]string{"TERM=xterm-256color"}, o.Env...)), tea.WithoutSignalHandler(),
		}, o.Tea...)
		s.prog = tea.NewProgram(build(ctx), opts...)
		go func() { _, s.err = s.prog.Run(); close(s.end) }()
		defer func() { // also when the script fails: the bubble must run empty
			s.Sleep(settle)
			stop()
			_ = in.Close()
			<-s.end
			_ = s.em.Close()
			time.Sleep(time.Hour) // lets pending tea.Tick goroutines end
		}()
		s.Sleep(100 * time.Millisecond)
		if !o.Deaf { // the emulator does so, but says that it does not know the mode
			s.Type("\x1b[?2027;2$y")
		}
		script(s)
	})
}

// answers carries what the emulator replies to queries to the program, as a
// terminal does; unread replies would block the emulator.
func (s *Screen) answers(deaf bool) {
	var to io.Writer = s.in
	if deaf {
		to = io.Discard
	}
	_, _ = io.Copy(to, s.em)
}

// settle is how long input takes to reach the screen: the reader waits twice 50 ms
// after an escape for what may belong to it.
const settle = 150 * time.Millisecond

// Sleep moves the fake clock, then waits until the program is idle.
func (s *Screen) Sleep(d time.Duration) { time.Sleep(d); synctest.Wait() }

// Type sends keys as the terminal would: "j", "\r", "\x1b[B".
func (s *Screen) Type(keys string) {
	s.tb.Helper()
	if ended, err := s.Ended(); ended {
		s.tb.Fatalf("type %q: the program has ended: %v", keys, err)
	}
	if _, err := io.WriteString(s.in, keys); err != nil {
		s.tb.Fatalf("type %q: %v", keys, err)
	}
	s.Sleep(settle)
}

// presses are the keys that Press knows by name.
var presses = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "space": " ",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~", "delete": "\x1b[3~", "insert": "\x1b[2~",
	"alt+enter": "\x1b\r", "shift+enter": "\x1b[13;2u", "ctrl+left": "\x1b[1;5D", "ctrl+right": "\x1b[1;5C",
	"shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B", "f1": "\x1bOP", "f5": "\x1b[15~",
	"ctrl+enter": "\x1b[13;5u", "alt+left": "\x1b[1;3D", "alt+right": "\x1b[1;3C", "alt+up": "\x1b[1;3A", "alt+down": "\x1b[1;3B",
}

// Press sends keys by the names that bindings use: "enter", "ctrl+k", "alt+b", "x".
func (s *Screen) Press(names ...string) {
	s.tb.Helper()
	for _, n := range names {
		seq, ok := presses[n]
		rest, ctrl := strings.CutPrefix(n, "ctrl+")
		alt, isAlt := strings.CutPrefix(n, "alt+")
		switch {
		case ok:
		case ctrl && len(rest) == 1 && rest[0] >= 'a' && rest[0] <= 'z':
			seq = string(rune(rest[0] - 'a' + 1))
		case isAlt && len(alt) == 1:
			seq = "\x1b" + alt
		case len([]rune(n)) == 1:
			seq = n
		default:
			s.tb.Fatalf("no key %q", n)
		}
		s.Type(seq)
	}
}

// Paste sends text as a bracketed paste.
func (s *Screen) Paste(text string) { s.tb.Helper(); s.Type("\x1b[200~" + text + "\x1b[201~") }

// Focus tells the program that its window gained or lost the focus.
func (s *Screen) Focus(on bool) {
	s.tb.Helper()
	if on {
		s.Type("\x1b[I")
		return
	}
	s.Type("\x1b[O")
}

// Click presses and releases the left button on a cell. The release is left
// out when the press ended the program: nobody would take it, and Bubble Tea's
// reader waits for ever to hand it over.
func (s *Screen) Click(x, y int) {
	s.tb.Helper()
	s.Type(fmt.Sprintf("\x1b[<0;%d;%dM", x+1, y+1))
	if ended, _ := s.Ended(); !ended {
		s.Type(fmt.Sprintf("\x1b[<0;%d;%dm", x+1, y+1))
	}
}

// ClickOn clicks the first cell of text on the screen.
func (s *Screen) ClickOn(text string) {
	s.tb.Helper()
	x, y, ok := s.Find(text)
	if !ok {
		s.tb.Fatalf("no %q to click on:\n%s", text, s.Text())
	}
	s.Click(x, y)
}

// Wheel turns the wheel over a cell: down when n > 0, up when n < 0.
func (s *Screen) Wheel(x, y, n int) {
	s.tb.Helper()
	b := 65
	if n < 0 {
		b, n = 64, -n
	}
	s.Type(strings.Repeat(fmt.Sprintf("\x1b[<%d;%d;%dM", b, x+1, y+1), n))
}

// Drag holds the left button from one cell to another.
func (s *Screen) Drag(x1, y1, x2, y2 int) {
	s.tb.Helper()
	s.Type(fmt.Sprintf("\x1b[<0;%d;%dM", x1+1, y1+1))
	s.Type(fmt.Sprintf("\x1b[<32;%d;%dM", x2+1, y2+1))
	s.Type(fmt.Sprintf("\x1b[<0;%d;%dm", x2+1, y2+1))
}

// Resize gives the terminal another size.
func (s *Screen) Resize(w, h int) {
	s.tb.Helper()
	s.mu.Lock()
	s.em.Resize(w, h)
	s.mu.Unlock()
	s.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Send hands the program a message from outside.
func (s *Screen) Send(msg tea.Msg) {
	s.tb.Helper()
	s.prog.Send(msg)
	s.Sleep(settle)
}

// Text is the screen without colours, trailing spaces cut.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ls := strings.Split(s.em.String(), "\n")
	for i := range ls {
		ls[i] = strings.TrimRight(ls[i], " ")
	}
	return strings.Join(ls, "\n")
}

// Styled is the screen with its escape sequences.
func (s *Screen) Styled() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.em.Render()
}

// Cell is one cell of the screen.
type Cell struct {
	Text      string
	Fg, Bg    color.Color // nil is the terminal's own
	Bold      bool
	Reverse   bool
	Underline bool
	Link      string
}

// Cell returns the cell at x, y.
func (s *Screen) Cell(x, y int) Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.em.CellAt(x, y)
	if c == nil {
		return Cell{}
	}
	return Cell{
		Text: c.Content, Fg: c.Style.Fg, Bg: c.Style.Bg, Link: c.Link.URL,
		Bold: c.Style.Attrs&uv.AttrBold != 0, Reverse: c.Style.Attrs&uv.AttrReverse != 0, Underline: c.Style.Underline != 0,
	}
}

// Find returns the cell where text begins, from the top.
func (s *Screen) Find(text string) (x, y int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for y := range s.em.Height() {
		var line strings.Builder
		at := map[int]int{} // byte offset → cell
		for x := range s.em.Width() {
			if c := s.em.CellAt(x, y); c != nil && c.Width > 0 {
				at[line.Len()] = x
				line.WriteString(c.Content)
			}
		}
		if i := strings.Index(line.String(), text); i >= 0 {
			return at[i], y, true
		}
	}
	return 0, 0, false
}

// CellOf returns the cell where text begins; the test fails without it.
func (s *Screen) CellOf(text string) Cell {
	s.tb.Helper()
	x, y, ok := s.Find(text)
	if !ok {
		s.tb.Fatalf("no %q on screen:\n%s", text, s.Text())
	}
	return s.Cell(x, y)
}

// Cursor is the place of the real cursor.
func (s *Screen) Cursor() (x, y int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.em.CursorPosition()
	return p.X, p.Y
}

// Bells counts how often the terminal rang.
func (s *Screen) Bells() int { s.mu.Lock(); defer s.mu.Unlock(); return s.bells }

// Title is the window's title.
func (s *Screen) Title() string { s.mu.Lock(); defer s.mu.Unlock(); return s.title }

// Bytes counts what the program has written so far.
func (s *Screen) Bytes() int { s.mu.Lock(); defer s.mu.Unlock(); return s.wrote }

// Ended reports whether the program has ended, and with which error.
func (s *Screen) Ended() (bool, error) {
	select {
	case <-s.end:
		return true, s.err
	default:
		return false, nil
	}
}

// Want fails the test unless each text is on the screen.
func (s *Screen) Want(texts ...string) {
	s.tb.Helper()
	t := s.Text()
	for _, sub := range texts {
		if !strings.Contains(t, sub) {
			s.tb.Fatalf("no %q on screen:\n%s", sub, t)
		}
	}
}

// WantNot fails the test when one of the texts is on the screen.
func (s *Screen) WantNot(texts ...string) {
	s.tb.Helper()
	t := s.Text()
	for _, sub := range texts {
		if strings.Contains(t, sub) {
			s.tb.Fatalf("%q is on screen:\n%s", sub, t)
		}
	}
}

// Golden compares the text of the screen with testdata/TEST.golden; -update writes it.
func (s *Screen) Golden() { s.tb.Helper(); golden.RequireEqual(s.tb, s.Text()) }

// GoldenStyled compares the screen with its colours.
func (s *Screen) GoldenStyled() { s.tb.Helper(); golden.RequireEqual(s.tb, s.Styled()) }

// Shot writes the screen with its colours to $BOTTEGA_SHOTS/NAME.ansi, for
// pictures; without the variable it does nothing.
func (s *Screen) Shot(name string) {
	s.tb.Helper()
	dir := os.Getenv("BOTTEGA_SHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".ansi"), []byte(s.Styled()), 0o644); err != nil {
		s.tb.Fatal(err)
	}
}
