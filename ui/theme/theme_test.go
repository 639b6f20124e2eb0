package theme

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"bottega/ui/kit"
)

// luminance and contrast are WCAG 2.1's.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

const least = 4.5

type named struct {
	name string
	c    color.Color
}

// inks are the colours of text that stand on the terminal's own background, on
// rows and in bubbles.
func inks(t Tokens) []named {
	return []named{
		{"text", t.Text}, {"muted", t.Muted}, {"faint", t.Faint}, {"accent", t.Accent}, {"brand", t.Brand},
		{"good", t.Good}, {"soon", t.Soon}, {"late", t.Late}, {"bad", t.Bad}, {"info", t.Info},
	}
}

func check(t *testing.T, theme string, fg, bg named) {
	t.Helper()
	if n := contrast(fg.c, bg.c); n < least {
		t.Errorf("%s: %s on %s is %.2f:1, less than %.1f:1", theme, fg.name, bg.name, n, least)
	}
}

// Text is readable on everything it stands on, and on the usual terminals'
// backgrounds, not only on the one the theme was made on.
func TestContrast(t *testing.T) {
	rgb := func(v uint32) color.Color { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff} }
	for _, c := range []struct {
		t     Tokens
		bases []uint32
	}{
		{Dark(), []uint32{0x000000, 0x1e1e2e, 0x1a1b26, 0x282828, 0x0c0c0c}},
		{Dark256(), []uint32{0x000000, 0x1e1e2e, 0x1a1b26, 0x282828}},
		{Light256(), []uint32{0xffffff, 0xfafafa, 0xfdf6e3, 0xeff1f5}},
		{Light(), []uint32{0xffffff, 0xfafafa, 0xfdf6e3, 0xeff1f5}},
	} {
		grounds := []named{
			{"base", c.t.Base}, {"panel", c.t.Panel}, {"select", c.t.Select}, {"in", c.t.In}, {"out", c.t.Out}, {"note", c.t.Note},
		}
		for _, b := range c.bases {
			grounds = append(grounds, named{"terminal", rgb(b)})
		}
		for _, fg := range inks(c.t) {
			for _, bg := range grounds {
				check(t, c.t.Name, fg, bg)
			}
		}
		check(t, c.t.Name, named{"on accent", c.t.OnAcc}, named{"accent", c.t.Accent})
		check(t, c.t.Name, named{"on brand", c.t.OnAcc}, named{"brand", c.t.Brand})
		check(t, c.t.Name, named{"on mark", c.t.OnMark}, named{"mark", c.t.Mark})
	}
}

// The sixteen colours differ from terminal to terminal; these are xterm's and
// the console's.
func TestContrast16(t *testing.T) {
	palettes := map[string][16]uint32{
		"xterm": {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff},
		"vga":   {0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff},
	}
	for name, p := range palettes {
		for _, th := range []Tokens{Dark16(), Light16()} {
			rgb := func(c color.Color) color.Color {
				b, ok := c.(ansi.BasicColor)
				if !ok {
					t.Fatalf("%s has %v, which is none of the sixteen", th.Name, c)
				}
				v := p[b]
				return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
			}
			for _, fg := range inks(th) {
				check(t, th.Name+" "+name, named{fg.name, rgb(fg.c)}, named{"base", rgb(th.Base)})
			}
			check(t, th.Name+" "+name, named{"text", rgb(th.Text)}, named{"select", rgb(th.Select)})
			check(t, th.Name+" "+name, named{"on accent", rgb(th.OnAcc)}, named{"accent", rgb(th.Accent)})
			check(t, th.Name+" "+name, named{"on mark", rgb(th.OnMark)}, named{"mark", rgb(th.Mark)})
		}
	}
}

func TestPick(t *testing.T) {
	for _, c := range []struct {
		dark bool
		p    colorprofile.Profile
		want string
	}{
		{true, colorprofile.TrueColor, "dark"}, {false, colorprofile.TrueColor, "light"}, {true, colorprofile.ANSI256, "dark256"}, {false, colorprofile.ANSI256, "light256"},
		{true, colorprofile.ANSI, "dark16"}, {false, colorprofile.ANSI, "light16"}, {true, colorprofile.ASCII, "mono"},
		{false, colorprofile.ASCII, "mono"}, {true, colorprofile.NoTTY, "plain"}, {true, colorprofile.Unknown, "plain"},
	} {
		if got := Pick(c.dark, c.p).Name; got != c.want {
			t.Errorf("dark %v, %v: %s, want %s", c.dark, c.p, got, c.want)
		}
	}
}

// sample draws one of everything.
func sample(s *Styles) string {
	rows := []string{s.Logo, s.Rule(30, 3, 9)}
	for _, l := range []struct {
		name string
		ink  kit.Ink
	}{
		{"text", s.Text}, {"strong", s.Strong}, {"muted", s.Muted}, {"faint", s.Faint}, {"line", s.Line}, {"accent", s.Accent},
		{"title", s.Title}, {"link", s.Link}, {"✓ good", s.Good}, {"◔ soon", s.Soon}, {"◑ late", s.Late}, {"● bad", s.Bad}, {"info", s.Info},
		{"badge", s.Badge}, {"demo", s.Demo}, {"mark", s.Mark}, {"tag", s.Tag}, {"key", s.Key}, {"help", s.Help}, {"tab", s.Tab},
		{"tab on", s.TabOn}, {"border", s.Border}, {"hint", s.Hint}, {"✓ toast", s.Toast}, {"✗ alarm", s.Alarm},
	} {
		rows = append(rows, l.ink.Render(l.name))
	}
	row := "▌ " + s.Strong.Render("Maria") + " " + s.Late.Render("◑ 52m")
	for _, ground := range []kit.Ink{s.Select, s.Panel, s.In, s.Out, s.Note} {
		rows = append(rows, ground.Line(row, 20))
	}
	return strings.Join(rows, "\n")
}

func TestThemesGolden(t *testing.T) {
	for _, tk := range []Tokens{Dark(), Light(), Dark256(), Light256(), Dark16(), Light16(), Mono(), Plain()} {
		t.Run(tk.Name, func(t *testing.T) { golden.RequireEqual(t, sample(New(tk))) })
	}
}

// Plain text has no escape sequence at all, and no theme differs in anything
// but them: state is told by shape and word.
func TestThemesDifferInColourOnly(t *testing.T) {
	plain := sample(New(Plain()))
	if strings.Contains(plain, "\x1b") {
		t.Errorf("plain has escapes: %q", plain)
	}
	for _, tk := range []Tokens{Dark(), Light(), Dark256(), Light256(), Dark16(), Light16(), Mono()} {
		if got := ansi.Strip(sample(New(tk))); got != plain {
			t.Errorf("%s says something else:\n%s", tk.Name, got)
		}
	}
	if mono := sample(New(Mono())); strings.Contains(mono, "38;") || strings.Contains(mono, "\x1b[3") || !strings.Contains(mono, "\x1b[4") {
		t.Errorf("mono has colours or lacks its underline: %q", mono)
	}
}
