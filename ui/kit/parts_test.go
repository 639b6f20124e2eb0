package kit

import (
	"context"
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestInk(t *testing.T) {
	bold := NewInk(lipgloss.NewStyle().Bold(true))
	back := NewInk(lipgloss.NewStyle().Background(lipgloss.Color("#123456")))
	if got := bold.Render("x"); got != "\x1b[1mx\x1b[m" {
		t.Errorf("bold %q", got)
	}
	if got := (Ink{}).Render("x") + bold.Render(""); got != "x" {
		t.Errorf("nothing to do: %q", got)
	}
	if got := back.Over("a" + bold.Render("b") + "c"); got != "\x1b[48;2;18;52;86ma\x1b[1mb\x1b[m\x1b[48;2;18;52;86mc\x1b[m" {
		t.Errorf("over %q", got)
	}
	if got := back.Line(bold.Render("b"), 4); ansi.StringWidth(got) != 4 {
		t.Errorf("line %q", got)
	}
	if got := bold.With(back).Render("x"); got != "\x1b[1m\x1b[48;2;18;52;86mx\x1b[m" {
		t.Errorf("with %q", got)
	}
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		l, r string
		w    int
		want string
	}{
		{"Maria", "4m", 10, "Maria   4m"}, {"Maria Bianchi", "4m", 10, "Maria … 4m"}, {"Maria", "", 7, "Maria  "},
		{"Maria", "a long end", 5, "a lo…"}, {"", "4m", 6, "    4m"}, {"x", "y", 0, ""},
	} {
		if got := Ends(c.l, c.r, c.w); got != c.want {
			t.Errorf("Ends(%q, %q, %d) = %q, want %q", c.l, c.r, c.w, got, c.want)
		}
	}
}

// Two answers in the wrong order: the newest question wins, and is asked again
// only once however often it was asked meanwhile.
func TestFetch(t *testing.T) {
	ctx := context.Background()
	var f Fetch[int]
	ask := func(n int) tea.Cmd {
		return f.Ask(ctx, func(context.Context) (int, error) { return n, nil })
	}
	first := ask(1)
	if first == nil || !f.Busy() {
		t.Fatal("the first question is asked at once")
	}
	if ask(2) != nil || ask(3) != nil {
		t.Fatal("two queries in flight")
	}
	fresh, again := f.Take(ctx, first().(Loaded[int]))
	if fresh || again == nil {
		t.Fatal("an old answer was taken")
	}
	last := again().(Loaded[int])
	fresh, more := f.Take(ctx, last)
	if !fresh || more != nil || last.Val != 3 || f.Busy() {
		t.Fatalf("took %+v", last)
	}
	boom := errors.New("boom")
	cmd := f.Ask(ctx, func(context.Context) (int, error) { return 0, boom })
	if got := cmd().(Loaded[int]); !errors.Is(got.Err, boom) {
		t.Fatalf("error %v", got.Err)
	}
}

func TestRect(t *testing.T) {
	r := Rect{X: 2, Y: 3, W: 4, H: 2}
	for _, c := range []struct {
		x, y int
		want bool
	}{{2, 3, true}, {5, 4, true}, {6, 4, false}, {5, 5, false}, {1, 3, false}} {
		if r.Has(c.x, c.y) != c.want {
			t.Errorf("%d,%d: %v", c.x, c.y, !c.want)
		}
	}
	if got := len(Column("│", 3)); got != 3 {
		t.Errorf("column of %d", got)
	}
}
