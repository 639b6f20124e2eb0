package kit

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// scripts are pieces that break naive widths: wide, joined, marked, right to
// left, conjunct, flags, keycaps, hostile.
var scripts = []string{
	"a", "bc", " ", "  ", "\n", "-", "é", "e\u0301", "\u0301", "\u0301\u0302\u0303", "你好", "小杂货店", "한국", "ｱ",
	"👩‍🍳", "👨‍👩‍👧‍👦", "👍🏽", "\U0001f3fd", "❤️", "\ufe0f", "1️⃣", "🇮🇹", "🇮", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\u200d", "\u200c",
	"مرحبا", "שלום", "स्ते", "ก็", "\u0600", "\u202e", "\u2066", "\x1b[31m", "\x1b]8;;http://x\x07y\x1b]8;;\x07", "\x9b", "\xff",
	"\r\n", "\r", "\t", "\u200b", "\ufeff", "\u00ad", "\u2028", "ﷺ", "𒐫", "\U000e0041", "Ａ", "…",
}

func anyText(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" free") {
		return rapid.StringN(0, 40, 160).Draw(t, label)
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(scripts), 0, 24).Draw(t, label), "")
}

func exact(t interface{ Fatalf(string, ...any) }, what string, lines []string, w, h int) {
	if len(lines) != h {
		t.Fatalf("%s: %d lines, want %d", what, len(lines), h)
	}
	for i, s := range lines {
		if n := ansi.StringWidth(s); n != w || strings.ContainsAny(s, "\n\r") {
			t.Fatalf("%s: line %d %q has %d cells, want %d", what, i, s, n, w)
		}
	}
}

var inputKeys = []string{
	"left", "right", "up", "down", "home", "end", "ctrl+left", "ctrl+right", "backspace", "delete", "ctrl+w", "alt+d",
	"ctrl+u", "alt+k", "ctrl+y", "ctrl+z", "alt+z", "alt+enter", "ctrl+home", "ctrl+end",
}

func TestInputProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Multi: rapid.Bool().Draw(t, "multi"), Placeholder: "Write…"}
		w := rapid.IntRange(1, 30).Draw(t, "w")
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				in.Insert(anyText(t, "insert"))
			case 1:
				in.Handle(tea.PasteMsg{Content: anyText(t, "paste")})
			case 2:
				in.Click(rapid.IntRange(-1, 40).Draw(t, "x"), rapid.IntRange(-1, 8).Draw(t, "y"), w)
			case 3:
				w = rapid.IntRange(1, 30).Draw(t, "new w")
			default:
				in.Handle(keyOf(rapid.SampledFrom(inputKeys).Draw(t, "key")))
			}
			checkInput(t, &in, w)
		}
	})
}

func checkInput(t *rapid.T, in *Input, w int) {
	val := in.Value()
	if in.cur < 0 || in.cur > len(in.cl) {
		t.Fatalf("cursor %d of %d", in.cur, len(in.cl))
	}
	i := 0
	for c := range Clusters(val) { // the cursor's units are the clusters of the whole value
		if in.cl[i] != c {
			t.Fatalf("cluster %d is %q, want %q", i, in.cl[i], c)
		}
		i++
	}
	if i != len(in.cl) || strings.ContainsAny(val, "\x1b\r\x07\u202e") || !in.Multi && strings.Contains(val, "\n") {
		t.Fatalf("value %q", val)
	}
	h := in.Height(w)
	if h < 1 || h > 6 {
		t.Fatalf("height %d", h)
	}
	exact(t, "input", in.Lines(w, h, InputStyle{}), w, h)
	if x, y := in.Cursor(w); x < 0 || x >= w || y < 0 || y >= h {
		t.Fatalf("cursor at %d,%d in %d×%d", x, y, w, h)
	}
	covered := 0
	for _, s := range in.layout(w) {
		if s.from < covered || s.to < s.from {
			t.Fatalf("spans overlap: %v", in.layout(w))
		}
		covered = s.to
	}
	if covered != len(in.cl) {
		t.Fatalf("layout shows %d of %d clusters", covered, len(in.cl))
	}
}

func keyOf(name string) tea.KeyPressMsg {
	k := tea.Key{}
	for {
		mod, rest, ok := strings.Cut(name, "+")
		if !ok {
			break
		}
		k.Mod |= map[string]tea.KeyMod{"ctrl": tea.ModCtrl, "alt": tea.ModAlt, "shift": tea.ModShift}[mod]
		name = rest
	}
	k.Code = map[string]rune{
		"left": tea.KeyLeft, "right": tea.KeyRight, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "enter": tea.KeyEnter,
	}[name]
	if k.Code == 0 {
		k.Code = []rune(name)[0]
	}
	return tea.KeyPressMsg(k)
}

func TestInputEditing(t *testing.T) {
	for _, c := range []struct {
		name, start string
		keys        []string
		want        string
		at          int
	}{
		{"backspace takes a whole family", "hi 👨‍👩‍👧‍👦", []string{"backspace"}, "hi ", 3},
		{"left jumps over a marked letter", "cafe\u0301", []string{"left", "backspace"}, "cae\u0301", 2},
		{"word back", "ciao bella mia", []string{"ctrl+left", "ctrl+left"}, "ciao bella mia", 5},
		{"kill word", "ciao bella", []string{"ctrl+w"}, "ciao ", 5},
		{"kill line and bring it back", "uno due", []string{"ctrl+u", "ctrl+y", "ctrl+y"}, "uno dueuno due", 14},
		{"undo", "uno", []string{"backspace", "backspace", "ctrl+z"}, "un", 2},
		{"redo", "uno", []string{"backspace", "ctrl+z", "alt+z"}, "un", 2},
		{"delete at the start", "你好", []string{"home", "delete"}, "好", 0},
		{"new line", "ab", []string{"left", "alt+enter"}, "a\nb", 2},
		{"kill to the end of the line", "ab\ncd", []string{"ctrl+home", "right", "alt+k"}, "a\ncd", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := Input{Multi: true}
			in.SetValue(c.start)
			for _, k := range c.keys {
				if !in.Handle(keyOf(k)) {
					t.Fatalf("%s not used", k)
				}
			}
			if in.Value() != c.want || in.cur != c.at {
				t.Fatalf("%q at %d, want %q at %d", in.Value(), in.cur, c.want, c.at)
			}
		})
	}
}

// Typing a word is one step of undo, and marks typed one by one join.
func TestInputTyping(t *testing.T) {
	in := Input{}
	for _, r := range "ciao ok" {
		in.Handle(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	in.Handle(keyOf("ctrl+z"))
	if in.Value() != "ciao " {
		t.Fatalf("after undo %q", in.Value())
	}
	in.SetValue("e")
	in.Handle(tea.KeyPressMsg{Code: 0x301, Text: "\u0301"})
	if len(in.cl) != 1 || in.cur != 1 {
		t.Fatalf("%q in %d clusters, cursor %d", in.Value(), len(in.cl), in.cur)
	}
	in = Input{Limit: 3}
	in.Insert("abcdef")
	if in.Value() != "abc" {
		t.Fatalf("limit: %q", in.Value())
	}
}

func TestInputWraps(t *testing.T) {
	in := Input{Multi: true}
	in.SetValue("due parole e 你好吗 ancora")
	got := in.Lines(8, in.Height(8), InputStyle{})
	if want := []string{"due     ", "parole  ", "e 你好  ", "吗      ", "ancora  "}; !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	if x, y := in.Cursor(8); x != 6 || y != 4 {
		t.Fatalf("cursor %d,%d", x, y)
	}
	in.Handle(keyOf("up"))
	if x, y := in.Cursor(8); x != 2 || y != 3 {
		t.Fatalf("after up %d,%d", x, y)
	}
	in.Handle(keyOf("up")) // the column is kept over the short line, as far as the line goes
	if x, y := in.Cursor(8); x != 4 || y != 2 {
		t.Fatalf("after the second up %d,%d", x, y)
	}
}

// The cursor is told and set in runes, and never stands inside a cluster.
func TestInputSeek(t *testing.T) {
	var in Input
	in.SetValue("a👨‍👩‍👧b") // the family is five runes
	for _, c := range []struct{ seek, want int }{{0, 0}, {1, 1}, {2, 6}, {6, 6}, {7, 7}, {99, 7}, {-3, 0}} {
		in.Seek(c.seek)
		if got := in.At(); got != c.want {
			t.Errorf("Seek(%d) stands at %d, want %d", c.seek, got, c.want)
		}
	}
}

// Spans colour their runes and change neither words nor width.
func TestInputSpans(t *testing.T) {
	red, plain := NewInk(lipgloss.NewStyle().Bold(true)), InputStyle{}
	rapid.Check(t, func(rt *rapid.T) {
		in := Input{Multi: true}
		in.SetValue(anyText(rt, "value"))
		w, h := rapid.IntRange(1, 30).Draw(rt, "w"), rapid.IntRange(1, 6).Draw(rt, "h")
		st := InputStyle{}
		for range rapid.IntRange(1, 3).Draw(rt, "spans") {
			from := rapid.IntRange(-1, 60).Draw(rt, "from")
			st.Spans = append(st.Spans, InputSpan{From: from, To: from + rapid.IntRange(0, 20).Draw(rt, "len"), Ink: red})
		}
		want, got := in.Lines(w, h, plain), in.Lines(w, h, st)
		for i := range want {
			if ansi.StringWidth(got[i]) != w || ansi.Strip(got[i]) != ansi.Strip(want[i]) {
				rt.Fatalf("line %d: %q, without spans %q", i, got[i], want[i])
			}
		}
	})
	in := Input{}
	in.SetValue("one two")
	st := InputStyle{Spans: []InputSpan{{From: 4, To: 7, Ink: red}}}
	if got := in.Lines(9, 1, st)[0]; got != "one \x1b[1mtwo\x1b[m  " {
		t.Errorf("drew %q", got)
	}
}

// A splice replaces runes, not bytes or clusters, and can be undone; Locate
// finds where a rune offset was drawn.
func TestInputSplice(t *testing.T) {
	var in Input
	in.SetValue("città:x and 王王")
	if got := in.At(); got != 14 {
		t.Fatalf("cursor at %d", got)
	}
	in.Splice(0, 5, "paese")
	if got := in.Value(); got != "paese:x and 王王" || in.At() != 5 {
		t.Fatalf("%q, cursor at %d", got, in.At())
	}
	in.Lines(30, 1, InputStyle{})
	if x, y := in.Locate(13, 30); x != 14 || y != 0 {
		t.Errorf("rune 13 at %d, %d", x, y)
	}
	in.Lines(9, 1, InputStyle{}) // the cursor's line is the one drawn
	if x, y := in.Locate(12, 9); x != 4 || y != 1 {
		t.Errorf("rune 12 at %d, %d", x, y)
	}
	in.Splice(99, 120, "!")
	if got := in.Value(); got != "paese:x and 王王!" {
		t.Errorf("%q", got)
	}
	in.Handle(keyOf("ctrl+z"))
	if got := in.Value(); got != "paese:x and 王王" {
		t.Errorf("undone to %q", got)
	}
}
