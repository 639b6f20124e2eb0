package ui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
)

// build makes an app outside a program, with a fixed clock.
func build(tb testing.TB, lang string, names []string) (*ui.App, *fakePane, *frame.Env) {
	tb.Helper()
	env := newEnv(tb, context.Background(), lang)
	env.Now = func() time.Time { return start }
	p := newFake(env, names...)
	a := ui.New(env, ui.Deps{Feed: core.NewFeed(), Status: shopStatus, Panes: map[string]frame.Pane{"inbox": p}})
	return a, p, env
}

// feedStatus runs the app's question for the header's facts.
func feedStatus(a *ui.App) {
	for _, cmd := range a.Init()().(tea.BatchMsg)[:1] {
		a.Update(cmd())
	}
}

var anyPiece = rapid.SampledFrom([]string{
	"a", " ", "Maria", "你好", "👩‍🍳", "👨‍👩‍👧‍👦", "e\u0301", "\u0301", "مرحبا", "शुभ", "\x1b[31m", "\u202e", "\t", "\r", "\n", "❤️", "🇮🇹", "1️⃣", "\u200d", "ﷺ",
})

func hostile(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" free") {
		return rapid.StringN(0, 30, 120).Draw(t, label)
	}
	return strings.Join(rapid.SliceOfN(anyPiece, 0, 12).Draw(t, label), "")
}

var appKeys = []string{
	"j", "k", "r", "esc", "tab", "shift+tab", "1", "2", "4", "?", "ctrl+k", "u", "q", "enter", "down", "up", "x", "y", "n",
	"pgdown", "backspace", "left", "alt+enter", "/", "f1",
}

// Whatever the names, the words, the size and the keys: the screen is exactly
// as large as the terminal, and the cursor is on it.
func TestScreenIsExact(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		names := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return hostile(t, "name") }), 0, 30).Draw(r, "names")
		a, p, _ := build(t, rapid.SampledFrom([]string{"en", "it"}).Draw(r, "lang"), names)
		p.badge, p.lose = hostile(r, "badge"), hostile(r, "lose")
		p.found = []frame.Entry{{Title: hostile(r, "found"), Detail: hostile(r, "detail")}}
		feedStatus(a)
		a.Update(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
		w, h := 80, 24
		a.Update(tea.WindowSizeMsg{Width: w, Height: h})
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0:
				w, h = rapid.IntRange(1, 210).Draw(r, "w"), rapid.IntRange(1, 64).Draw(r, "h")
				a.Update(tea.WindowSizeMsg{Width: w, Height: h})
			case 1:
				a.Update(frame.Toast{Text: hostile(r, "toast"), Bad: rapid.Bool().Draw(r, "bad"), Undo: func(context.Context) error { return nil }})
			case 2:
				a.Update(tea.PasteMsg{Content: hostile(r, "paste")})
			case 3:
				x, y := rapid.IntRange(0, 210).Draw(r, "x"), rapid.IntRange(0, 64).Draw(r, "y")
				a.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
				a.Update(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
			case 4:
				a.Update(frame.Confirm{Title: hostile(r, "title"), Text: hostile(r, "text"), Do: "Start"})
			default:
				press, _ := keys.Press(rapid.SampledFrom(appKeys).Draw(r, "key"))
				a.Update(press)
			}
			checkScreen(r, a.View(), w, h)
		}
		if err := a.Err(); err != nil {
			r.Fatalf("panicked: %v", err)
		}
	})
}

func checkScreen(t *rapid.T, v tea.View, w, h int) {
	lines := strings.Split(v.Content, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines on a screen of %d", len(lines), h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w || strings.ContainsAny(l, "\r\t\a") {
			t.Fatalf("line %d has %d cells on a screen of %d: %q", i, n, w, l)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
		t.Fatalf("the cursor is at %d,%d on a screen of %d×%d", c.X, c.Y, w, h)
	}
}

// A pane that returns too few lines does no harm to the rest of the screen.
func TestShortPaneIsPadded(t *testing.T) {
	a, p, _ := build(t, "en", nil)
	p.lines = func(w, _ int) []string { return []string{kit.Fit("one line", w)} }
	a.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	if n := strings.Count(a.View().Content, "\n"); n != 23 {
		t.Fatalf("%d lines", n+1)
	}
}

// A terminal that counts by character gets lines that fit its count.
func TestPortableScreen(t *testing.T) {
	a, p, _ := build(t, "en", people)
	a.Update(tea.WindowSizeMsg{Width: 60, Height: 30})
	for i, l := range strings.Split(a.View().Content, "\n") {
		if n := ansi.StringWidthWc(l); n != 60 {
			t.Errorf("line %d has %d cells by character: %q", i, n, l)
		}
	}
	press, _ := keys.Press("r")
	a.Update(press)
	a.Update(tea.PasteMsg{Content: "👩‍🍳a"})
	if p.typing = true; a.View().Cursor == nil {
		t.Fatal("no cursor")
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"120x40", 120, 40}, {"200x60", 200, 60}} {
		for _, mode := range []string{"cluster", "character"} {
			b.Run(size.name+"/"+mode, func(b *testing.B) {
				var names []string
				for range 500 {
					names = append(names, people...)
				}
				a, _, _ := build(b, "en", names)
				feedStatus(a)
				if mode == "cluster" {
					a.Update(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
				}
				a.Update(tea.WindowSizeMsg{Width: size.w, Height: size.h})
				down, _ := keys.Press("j")
				up, _ := keys.Press("k")
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					k := down
					if i/5000%2 == 1 {
						k = up
					}
					a.Update(k)
					_ = a.View()
				}
			})
		}
	}
}
