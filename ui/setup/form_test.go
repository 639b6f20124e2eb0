package setup

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// plain is an environment for what is drawn by itself.
func plain(t *testing.T) *frame.Env {
	return &frame.Env{Ctx: context.Background(), Theme: theme.New(theme.Plain()), Words: words(t)}
}

// field is an ask with a value in it.
func field(value string, a ask) ask {
	a.in = &kit.Input{Limit: inputLimit}
	a.in.SetValue(value)
	return a
}

// TestVerdict: how a field stands is told by a sign and by words.
func TestVerdict(t *testing.T) {
	wrong := func(string) (string, bool) { return "digits only", false }
	odd := func(string) (string, bool) { return "unusual beginning", true }
	for name, c := range map[string]struct {
		ask        ask
		sign, says string
	}{
		"empty and needed": {field("", ask{needed: true}), " ", "needed"},
		"empty":            {field("", ask{}), " ", "may stay empty"},
		"right":            {field("1", ask{}), "✓", "✓ looks right"},
		"wrong":            {field("x", ask{judge: wrong}), "✗", "✗ digits only"},
		"odd":              {field("x", ask{judge: odd}), "!", "! unusual beginning"},
		"empty and wrong":  {field("", ask{judge: wrong, needed: true}), " ", "needed"},
	} {
		env := plain(t)
		sign, _ := c.ask.sign(env)
		if got := ansi.Strip(verdict(env, &c.ask)); sign != c.sign || got != c.says {
			t.Errorf("%s: %q %q", name, sign, got)
		}
	}
}

// TestFormMoves: the cursor goes round, by key and by mouse, and a secret that
// was shown is masked again.
func TestFormMoves(t *testing.T) {
	f := form{bare: true}
	for _, c := range []struct{ by, want int }{{1, 1}, {1, 2}, {1, 0}, {-1, 2}, {-3, 2}, {7, 0}} {
		if f.step(c.by, 3); f.at != c.want || f.bare {
			t.Errorf("by %d: at %d, bare %v", c.by, f.at, f.bare)
		}
	}
	f.step(1, 0) // nothing to move among
	f.hits, f.bare = []hit{{y: 4, index: 2}}, true
	if f.clicked(3) || f.at != 0 || !f.bare {
		t.Error("a click beside the fields moves")
	}
	if !f.clicked(4) || f.at != 2 || f.bare {
		t.Errorf("clicked: at %d, bare %v", f.at, f.bare)
	}
}

// TestFormDraws: every field that fits is drawn with its label, those round the
// cursor where not all do, and the real cursor stands in the field.
func TestFormDraws(t *testing.T) {
	env := plain(t)
	names := []string{"one", "two", "three", "four", "five", "six", "seven", "eight"}
	var asks []ask
	for _, n := range names {
		asks = append(asks, field(n+"-value", ask{label: n, help: "where " + n + " is found", needed: n != "two", secret: n == "three"}))
	}
	f := form{}
	out := ansi.Strip(strings.Join(f.draw(env, asks, "about all", 74, 20), "\n"))
	for _, want := range []string{"▌ one", "two (optional)", "one-value", "••••", "about all", "where one is found"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "three-value") || strings.Contains(out, "where two") {
		t.Errorf("too much is shown:\n%s", out)
	}
	f = form{at: 7}
	out = ansi.Strip(strings.Join(f.draw(env, asks, "", 74, 7), "\n"))
	if !strings.Contains(out, "▌ eight") || strings.Contains(out, "one-value") || f.cur == nil || f.cur.Y != len(f.hits) {
		t.Errorf("cursor %+v in\n%s", f.cur, out)
	}
	f = form{at: 99}
	if f.draw(env, asks, "", 40, 12); f.at != 7 {
		t.Errorf("at %d of 8", f.at)
	}
	f = form{at: 2, bare: true}
	if out = ansi.Strip(strings.Join(f.draw(env, asks, "", 74, 20), "\n")); !strings.Contains(out, "three-value") {
		t.Errorf("a secret is not shown on request:\n%s", out)
	}
}

// TestLabelsFit: a label whose remark has no room loses the remark, not itself.
func TestLabelsFit(t *testing.T) {
	env, f := plain(t), form{}
	asks := []ask{field("", ask{label: "Callback address of this shop"}), field("", ask{label: "Name"})}
	out := ansi.Strip(strings.Join(f.draw(env, asks, "", 74, 20), "\n"))
	if strings.Contains(out, "shop (") || !strings.Contains(out, "Callback address of this s") || !strings.Contains(out, "Name (optional)") {
		t.Errorf("\n%s", out)
	}
}

// TestMaskHidesAll: nothing of a secret is in its masked form but its length,
// and the cursor stands where it stood.
func TestMaskHidesAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := &kit.Input{Limit: inputLimit}
		in.SetValue(uitest.Nasty().Draw(r, "secret"))
		in.Seek(rapid.IntRange(0, len([]rune(in.Value()))).Draw(r, "at"))
		m := masked(in)
		if strings.Trim(m.Value(), "•") != "" || len([]rune(m.Value())) != len([]rune(in.Value())) {
			r.Fatalf("%q masks %q", m.Value(), in.Value())
		}
		if m.At() > len([]rune(in.Value())) {
			r.Fatalf("cursor at %d", m.At())
		}
	})
}

// TestLayoutCovers: list, rule and card cover the pane and do not overlap.
func TestLayoutCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 220).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		a := layout(w, h, rapid.IntRange(1, 12).Draw(t, "rows"))
		for y := range h {
			for x := range w {
				n := 0
				for _, r := range []kit.Rect{a.List, a.Rule, a.Card} {
					if r.Has(x, y) {
						n++
					}
				}
				if n != 1 {
					t.Fatalf("cell %d,%d of %d×%d lies in %d parts: %+v", x, y, w, h, n, a)
				}
			}
		}
	})
}
