package dialog

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

func newEnv(t testing.TB) *frame.Env {
	t.Helper()
	w, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	return &frame.Env{Ctx: context.Background(), Theme: theme.New(theme.Dark()), Words: w, Now: time.Now}
}

// press gives a dialog keys by name; typed text goes letter by letter.
func press(t testing.TB, d frame.Dialog, names ...string) (done bool) {
	t.Helper()
	for _, n := range names {
		m, ok := keys.Press(n)
		if !ok {
			t.Fatalf("no key %q", n)
		}
		var cmd tea.Cmd
		if done, cmd = d.Handle(m); cmd == nil {
			continue
		}
		if to, ok := cmd().(kit.To); ok { // its own answer comes back to it
			done, _ = d.Handle(to.Msg)
		}
	}
	return done
}

func letters(s string) []string { return strings.Split(s, "") }

func TestPickFindsByLetters(t *testing.T) {
	var chosen []string
	all := []Option{{Value: "a", Label: "#apple"}, {Value: "b", Label: "#banana", On: true}, {Value: "c", Label: "#cherry"}}
	newPick := func(free bool) *Pick {
		return NewPick(newEnv(t), "Tags", "letters", all, free, func(v string) tea.Cmd { chosen = append(chosen, v); return nil })
	}
	d := newPick(false)
	if !press(t, d, "enter") || chosen[0] != "b" {
		t.Errorf("the one that is set is under the cursor first: %v", chosen)
	}
	d = newPick(false)
	if !press(t, d, append(letters("chy"), "enter")...) || chosen[1] != "c" {
		t.Errorf("chose %v", chosen)
	}
	d = newPick(false)
	if press(t, d, append(letters("zzz"), "enter")...) || len(chosen) != 2 {
		t.Errorf("chose %v of nothing", chosen)
	}
	d = newPick(true)
	if !press(t, d, append(letters("kiwi"), "enter")...) || chosen[2] != "kiwi" {
		t.Errorf("a new one: %v", chosen)
	}
	d = newPick(true)
	d.Lines(60, 20)
	d.Set(append(all, Option{Value: "d", Label: "#date"}))
	d.Lines(60, 20)
	if done, _ := d.Handle(tea.MouseClickMsg{X: 5, Y: d.f.Below() + 3, Button: tea.MouseLeft}); !done || chosen[3] != "d" {
		t.Errorf("the click chose %v", chosen)
	}
	if !press(t, newPick(false), "esc") || len(chosen) != 4 {
		t.Errorf("esc chose %v", chosen)
	}
}

func TestAskAcceptsWhatIsRight(t *testing.T) {
	accepted := ""
	read := func(s string) Reading { return Reading{Says: "read: " + s, OK: s != "", Bad: s == "bad"} }
	d := NewAsk(newEnv(t), "Name", "hint", "", read, func(v string) tea.Cmd { accepted = v; return nil })
	if press(t, d, "enter") {
		t.Error("took nothing for an answer")
	}
	d.Complete = func(string) []string { return []string{"export.csv", "export.xlsx"} }
	press(t, d, "e", "tab")
	if d.f.In.Value() != "export." {
		t.Errorf("completed to %q", d.f.In.Value())
	}
	press(t, d, "tab")
	if !press(t, d, "enter") || accepted != "export.csv" {
		t.Errorf("accepted %q", accepted)
	}
}

// Boxes stay within what they are given, line by line of one width.
func TestBoxesKeepTheirSize(t *testing.T) {
	env := newEnv(t)
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"👩‍👩‍👧‍👦 한국어", "\x1b[31mred", "e\u0301\u0302\u0303", "a b c d e f g h i j k l m n o p q r s t u v w x y z and a long tail of words"})).Draw(rt, "word")
		pick := NewPick(env, word, "hint", []Option{{Value: word, Label: "label", Detail: "12", On: true}}, true, nil)
		pick.f.In.SetValue(word)
		pick.search()
		ask := NewAsk(env, word, "hint", word, func(s string) Reading { return Reading{Says: s} }, nil)
		w, h := rapid.IntRange(1, 120).Draw(rt, "w"), rapid.IntRange(1, 40).Draw(rt, "h")
		for _, d := range []frame.Dialog{pick, ask} {
			ls := d.Lines(w, h)
			if len(ls) > h {
				rt.Fatalf("%T: %d lines of %d", d, len(ls), h)
			}
			for _, l := range ls {
				if n := ansi.StringWidth(l); n > w || n != ansi.StringWidth(ls[0]) {
					rt.Fatalf("%T: %d cells of %d: %q", d, n, w, l)
				}
			}
		}
	})
}
