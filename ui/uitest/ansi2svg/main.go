// Ansi2svg turns what a program wrote to its terminal (`tmux pipe-pane`) into
// an SVG in which each cell stands at its exact place: the pictures of the
// manual. The terminal's own account of its screen (`tmux capture-pane`) will
// not do: it leaves out cells that were erased in a colour.
package main

import (
	"bufio"
	"encoding/base64"
	"flag"
	"fmt"
	"html"
	"image/color"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// palette is what the terminal itself would paint with.
type palette struct{ fg, bg, frame, title color.Color }

var (
	dark  = palette{rgb(0xdde1e6), rgb(0x171a21), rgb(0x171a21), rgb(0x8b93a1)}
	light = palette{rgb(0x24292f), rgb(0xfbfbf8), rgb(0xe9e9e4), rgb(0x6a7078)}
)

func rgb(v uint32) color.Color {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

func hex(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func main() {
	cols := flag.Int("cols", 80, "columns")
	rows := flag.Int("rows", 24, "rows")
	title := flag.String("title", "bottega", "in the window's bar")
	size := flag.Float64("size", 16, "font size")
	bright := flag.Bool("light", false, "a light terminal")
	small := flag.String("shrink", "", "write this PNG again with a palette, and nothing else")
	flag.Parse()
	if *small != "" {
		if err := shrink(*small); err != nil {
			log.Fatal(err)
		}
		return
	}
	in, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	em := vt.NewEmulator(*cols, *rows)
	go func() { _, _ = io.Copy(io.Discard, em) }() // its answers: nobody asked for them
	if _, err := em.Write(in); err != nil {
		log.Fatal(err)
	}
	p := picture{w: bufio.NewWriter(os.Stdout), em: em, cols: *cols, rows: *rows, size: *size, pal: dark}
	if *bright {
		p.pal = light
	}
	p.draw(*title)
	if err := p.w.Flush(); err != nil {
		log.Fatal(err)
	}
}

// picture draws one screen.
type picture struct {
	w          *bufio.Writer
	em         *vt.Emulator
	cols, rows int
	size       float64
	pal        palette
}

// Advance and line height of DejaVu Sans Mono, in font sizes.
const (
	advance = 0.6020508
	leading = 1.1640625
)

func (p *picture) printf(format string, a ...any) { _, _ = fmt.Fprintf(p.w, format, a...) } // Flush reports

// at is the upper left corner of a cell.
func (p *picture) at(x, y int) (float64, float64) {
	return p.size + float64(x)*p.size*advance, 2*p.size + float64(y)*p.size*leading
}

func (p *picture) draw(title string) {
	right, bottom := p.at(p.cols, p.rows)
	w, h := right+p.size, bottom+p.size/2
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" font-family="'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace" font-size="%g">`, w, h, p.size)
	p.printf(`<rect width="100%%" height="100%%" rx="9" fill="%s"/>`, hex(p.pal.frame))
	p.printf(`<rect y="%g" width="100%%" height="%g" rx="9" fill="%s"/>`, 1.8*p.size, h-1.8*p.size, hex(p.pal.bg))
	for i, c := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		p.printf(`<circle cx="%g" cy="%g" r="%g" fill="%s"/>`, p.size*(1.25+float64(i)*1.3), p.size, p.size*.37, c)
	}
	p.printf(`<text x="50%%" y="%g" text-anchor="middle" fill="%s" font-size="%g">%s</text>`,
		p.size*1.3, hex(p.pal.title), p.size*.85, html.EscapeString(title))
	for y := range p.rows {
		p.grounds(y)
		for x := range p.cols {
			p.cell(x, y)
		}
	}
	p.printf("</svg>\n")
}

// colours of a cell; bg is nil for the terminal's own.
func (p *picture) colours(c *uv.Cell) (fg, bg color.Color) {
	fg, bg = c.Style.Fg, c.Style.Bg
	if fg == nil {
		fg = p.pal.fg
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		if bg == nil {
			bg = p.pal.bg
		}
		fg, bg = bg, fg
	}
	return fg, bg
}

// grounds paints one rectangle for each run of cells with one background.
func (p *picture) grounds(y int) {
	run, from := "", 0
	paint := func(to int) {
		if run != "" {
			x0, top := p.at(from, y)
			x1, _ := p.at(to, y)
			p.printf(`<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s"/>`, x0, top-.2, x1-x0, p.size*leading+.4, run)
		}
	}
	for x := range p.cols {
		c := p.em.CellAt(x, y)
		if c == nil || c.Width == 0 {
			continue // behind a wide cell, whose colour goes on
		}
		colour := ""
		if _, bg := p.colours(c); bg != nil {
			colour = hex(bg)
		}
		if colour != run {
			paint(x)
			run, from = colour, x
		}
	}
	paint(p.cols)
}

func (p *picture) cell(x, y int) {
	c := p.em.CellAt(x, y)
	if c == nil || c.Width == 0 || strings.TrimSpace(c.Content) == "" {
		return
	}
	left, top := p.at(x, y)
	width := p.size * advance * float64(c.Width)
	if emoji(c.Content) {
		if img := glyph(c.Content); img != "" {
			side := min(2*p.size*advance, p.size*leading)
			p.printf(`<image x="%.2f" y="%.2f" width="%.2f" height="%.2f" href="data:image/png;base64,%s"/>`,
				left+(width-side)/2, top, side, side, img)
			return
		}
	}
	fg, _ := p.colours(c)
	attrs := ""
	for _, a := range []struct {
		on   bool
		attr string
	}{
		{c.Style.Attrs&uv.AttrBold != 0, ` font-weight="bold"`},
		{c.Style.Attrs&uv.AttrItalic != 0, ` font-style="italic"`},
		{c.Style.Attrs&uv.AttrFaint != 0, ` opacity="0.6"`},
		{c.Style.Attrs&uv.AttrStrikethrough != 0, ` text-decoration="line-through"`},
		{c.Style.Underline != 0, ` text-decoration="underline"`},
		{c.Width == 2, ` text-anchor="middle"`},
	} {
		if a.on {
			attrs += a.attr
		}
	}
	if c.Width == 2 {
		left += width / 2
	}
	p.printf(`<text x="%.2f" y="%.2f" fill="%s"%s>%s</text>`, left, top+p.size*.93, hex(fg), attrs, html.EscapeString(c.Content))
}

func emoji(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == 0xFE0F || r >= 0x1F000 })
}

var glyphs = map[string]string{}

// glyph draws an emoji in colour with pango-view, since librsvg fills colour
// glyphs with one colour. It returns a PNG in base64, "" without pango-view.
func glyph(s string) string {
	if g, known := glyphs[s]; known {
		return g
	}
	glyphs[s] = ""
	f, err := os.CreateTemp("", "glyph*.png")
	if err != nil {
		return ""
	}
	defer func() { _ = os.Remove(f.Name()) }() // a temporary file
	if err := f.Close(); err != nil {
		return ""
	}
	cmd := exec.Command("pango-view", "-q", "--no-display", "--margin=0", "--background=transparent",
		"--font=Noto Color Emoji 48", "--text="+s, "-o", f.Name())
	if cmd.Run() != nil {
		return ""
	}
	if b, err := os.ReadFile(f.Name()); err == nil {
		glyphs[s] = base64.StdEncoding.EncodeToString(b)
	}
	return glyphs[s]
}
