package dialog

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/ui/frame"
)

func shown(d frame.Dialog, h int) string { return ansi.Strip(strings.Join(d.Lines(80, h), "\n")) }

func three(t testing.TB, chosen *string) *Pick {
	return NewPick(newEnv(t), "Which", "type", []Option{
		{Value: "1", Label: "order ready", Also: "ordine pronto", Detail: "it"}, {Value: "2", Label: "order late", Detail: "it", On: true}, {Value: "3", Label: "autumn", Off: "not approved"},
	}, false, func(v string) tea.Cmd { *chosen = v; return nil })
}

func TestPickChooses(t *testing.T) {
	var got string
	d := three(t, &got)
	if s := shown(d, 24); !strings.Contains(s, "▌ ✓ order late") || !strings.Contains(s, "    order ready") || !strings.Contains(s, "type") {
		t.Fatalf("the one in force has the cursor, and all make room for its tick:\n%s", s)
	}
	if !press(t, d, "up", "enter") || got != "1" {
		t.Fatalf("chose %q", got)
	}
	d = three(t, &got)
	if !press(t, d, append(letters("olate"), "enter")...) || got != "2" {
		t.Fatalf("found %q", got)
	}
	d = three(t, &got)
	if !press(t, d, append(letters("pronto"), "enter")...) || got != "1" {
		t.Fatalf("found by other words %q", got)
	}
	d = three(t, &got)
	if press(t, d, append(letters("zzz"), "enter")...) || !strings.Contains(shown(d, 24), "Nothing like that.") {
		t.Fatal("nothing to choose")
	}
}

// What cannot be chosen says why as soon as the cursor stands on it, and the
// box keeps its height while the cursor moves.
func TestPickSaysWhyNot(t *testing.T) {
	var got string
	d := three(t, &got)
	closed := 0
	d.Closed = func() { closed++ }
	d.Below = func(v string, w, h int) []string { return []string{"about " + v} }
	before := shown(d, 24)
	if strings.Contains(before, "not approved") {
		t.Fatalf("a reason for what can be chosen:\n%s", before)
	}
	press(t, d, "down")
	if s := shown(d, 24); !strings.Contains(s, "▌   autumn") || !strings.Contains(s, "! not approved") || !strings.Contains(s, "about 3") || strings.Count(s, "\n") != strings.Count(before, "\n") {
		t.Fatalf("no reason:\n%s", s)
	}
	done, cmd := d.choose(2)
	if done || got != "" || closed != 0 || cmd == nil {
		t.Fatal("what is off cannot be chosen")
	}
	if toast, ok := cmd().(frame.Toast); !ok || toast.Text != "not approved" || !toast.Refused {
		t.Fatalf("said %+v", toast)
	}
	press(t, d, "up", "up")
	d.Lines(80, 24)
	if done, _ := d.Handle(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: d.f.Below() + 2}); done || !strings.Contains(shown(d, 24), "! not approved") {
		t.Fatal("a click on it says why")
	}
	if done, _ := d.Handle(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: d.f.Below()}); !done || got != "1" || closed != 1 {
		t.Fatalf("clicked %q, closed %d times", got, closed)
	}
	if !press(t, d, "esc") || closed != 2 {
		t.Fatal("esc closes")
	}
}

// Lines are exact at any size, with anything in them, and the cursor's row is
// among those shown.
func TestPickLinesAreExact(t *testing.T) {
	e := newEnv(t)
	pieces := []string{"a", "王", "👩‍👩‍👧", "\x1b[31m", "\u202e", "e\u0301", "\n", " ", "order"}
	rapid.Check(t, func(rt *rapid.T) {
		var all []Option
		piece := rapid.SampledFrom(pieces)
		for i := range rapid.IntRange(0, 40).Draw(rt, "n") {
			o := Option{Value: fmt.Sprint(i), Label: fmt.Sprintf("%d%s", i, strings.Join(rapid.SliceOfN(piece, 0, 9).Draw(rt, "label"), "")), Detail: piece.Draw(rt, "detail")}
			if rapid.Bool().Draw(rt, "off") {
				o.Off = strings.Join(rapid.SliceOfN(piece, 1, 60).Draw(rt, "why"), " ")
			}
			all = append(all, o)
		}
		d := NewPick(e, piece.Draw(rt, "title"), "hint", all, rapid.Bool().Draw(rt, "free"), func(string) tea.Cmd { return nil })
		if rapid.Bool().Draw(rt, "below") {
			d.Below = func(v string, w, h int) []string { return nil }
		}
		for range rapid.IntRange(0, 9).Draw(rt, "keys") {
			press(t, d, rapid.SampledFrom([]string{"down", "up", "pgdown", "pgup", "x", "1", "backspace"}).Draw(rt, "key"))
		}
		w, h := rapid.IntRange(1, 120).Draw(rt, "w"), rapid.IntRange(1, 40).Draw(rt, "h")
		ls := d.Lines(w, h)
		if len(ls) > h || len(ls) == 0 {
			rt.Fatalf("%d lines of %d", len(ls), h)
		}
		want := ansi.StringWidth(ls[0])
		for i, l := range ls {
			if n := ansi.StringWidth(l); n != want || n > w {
				rt.Fatalf("line %d has %d cells of %d: %q", i, n, want, l)
			}
		}
		if s := ansi.Strip(strings.Join(ls, "\n")); h >= 10 && w >= 20 && len(d.hits) > 0 && !strings.Contains(s, "▌") {
			rt.Fatalf("no cursor:\n%s", s)
		}
	})
}
