package pick_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/pick"
	"bottega/ui/text"
	"bottega/ui/theme"
)

func env(t testing.TB) *frame.Env {
	t.Helper()
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return &frame.Env{Ctx: context.Background(), Theme: theme.New(theme.Dark()), Words: w, Now: time.Now}
}

func press(d frame.Dialog, names ...string) (done bool, cmd tea.Cmd) {
	for _, n := range names {
		if msg, ok := keys.Press(n); ok && len(n) > 1 {
			done, cmd = d.Handle(msg)
			continue
		}
		for _, r := range n {
			done, cmd = d.Handle(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
	return done, cmd
}

func shown(d frame.Dialog) string { return ansi.Strip(strings.Join(d.Lines(80, 24), "\n")) }

func three(t testing.TB, chosen *string) *pick.Dialog {
	return &pick.Dialog{Env: env(t), Title: "Which", Hint: "type", All: []pick.Option{
		{Value: "1", Label: "order ready", Detail: "it"}, {Value: "2", Label: "order late", Detail: "it", On: true}, {Value: "3", Label: "autumn", Off: "not approved"},
	}, Choose: func(v string) tea.Cmd { *chosen = v; return nil }}
}

func TestChoose(t *testing.T) {
	var got string
	d := three(t, &got)
	if s := shown(d); !strings.Contains(s, "▌ ✓ order late") || !strings.Contains(s, "type") {
		t.Fatalf("the one in force has the cursor:\n%s", s)
	}
	if done, _ := press(d, "up", "enter"); !done || got != "1" {
		t.Fatalf("chose %q", got)
	}
	d = three(t, &got)
	if done, _ := press(d, "olate", "enter"); !done || got != "2" {
		t.Fatalf("found %q", got)
	}
	d = three(t, &got)
	got = ""
	done, cmd := press(d, "autumn", "enter")
	if done || got != "" || cmd == nil {
		t.Fatal("what is off cannot be chosen, and says why")
	}
	if toast, ok := cmd().(frame.Toast); !ok || toast.Text != "not approved" || !toast.Refused {
		t.Fatalf("said %+v", toast)
	}
	if done, _ := press(d, "esc"); !done {
		t.Fatal("esc closes")
	}
	d = three(t, &got)
	if done, _ := press(d, "zzz", "enter"); done || !strings.Contains(shown(d), "Nothing matches.") {
		t.Fatal("nothing to choose")
	}
}

func TestMouse(t *testing.T) {
	var got string
	d := three(t, &got)
	d.Lines(80, 24)
	d.Handle(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if s := shown(d); !strings.Contains(s, "▌ autumn") {
		t.Fatal(s)
	}
	if done, _ := d.Handle(tea.MouseClickMsg{Button: tea.MouseLeft, X: 5, Y: 3}); !done || got != "1" {
		t.Fatalf("clicked %q", got)
	}
}

// Lines are exact at any size, with anything in them, and the cursor's row is
// among those shown.
func TestLinesAreExact(t *testing.T) {
	e := env(t)
	pieces := []string{"a", "王", "👩‍👩‍👧", "\x1b[31m", "\u202e", "e\u0301", "\n", " ", "order"}
	rapid.Check(t, func(rt *rapid.T) {
		d := &pick.Dialog{Env: e, Title: rapid.SampledFrom(pieces).Draw(rt, "title"), Choose: func(string) tea.Cmd { return nil }}
		for i := range rapid.IntRange(0, 40).Draw(rt, "n") {
			d.All = append(d.All, pick.Option{Value: fmt.Sprint(i), Label: fmt.Sprintf("%d%s", i, strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 9).Draw(rt, "label"), "")), Detail: rapid.SampledFrom(pieces).Draw(rt, "detail")})
		}
		if rapid.Bool().Draw(rt, "below") {
			d.Below = func(v string, w, h int) []string { return nil }
		}
		for range rapid.IntRange(0, 9).Draw(rt, "keys") {
			press(d, rapid.SampledFrom([]string{"down", "up", "pgdown", "pgup", "x", "1", "backspace"}).Draw(rt, "key"))
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
		if h >= 10 && w >= 20 && len(d.All) > 0 && !strings.Contains(ansi.Strip(strings.Join(ls, "\n")), "▌") && !strings.Contains(ansi.Strip(strings.Join(ls, "\n")), "Nothing") {
			rt.Fatalf("no cursor:\n%s", ansi.Strip(strings.Join(ls, "\n")))
		}
	})
}
