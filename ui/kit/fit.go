package kit

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const blank = "                                                                                                                                                                                                                                                                "

// Spaces returns n spaces, "" for n < 1.
func Spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

// Width is the number of cells that s takes: by grapheme cluster, escape
// sequences count nothing.
func Width(s string) int {
	if ascii(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Fit cuts or pads s to exactly w cells; what is cut ends in "…". s has no
// line break; it may have escape sequences.
func Fit(s string, w int) string { return fit(s, w, false) }

// FitRight is Fit with the padding on the left.
func FitRight(s string, w int) string { return fit(s, w, true) }

// Center is Fit with the padding on both sides.
func Center(s string, w int) string {
	free := w - Width(s)
	if free <= 1 {
		return Fit(s, w)
	}
	return Fit(Spaces(free/2)+s, w)
}

// Ends puts left and right at the two ends of w cells. The right part stays
// whole as long as it fits; the left one is cut.
func Ends(left, right string, w int) string {
	rw := Width(right)
	if rw == 0 {
		return Fit(left, w)
	}
	if rw >= w {
		return Fit(right, w)
	}
	return Fit(left, w-rw-1) + " " + right
}

func fit(s string, w int, right bool) string {
	if w <= 0 {
		return ""
	}
	if ascii(s) {
		switch pad := Spaces(w - len(s)); {
		case len(s) > w:
			return s[:w-1] + "…"
		case right:
			return pad + s
		default:
			return s + pad
		}
	}
	n := ansi.StringWidth(s)
	if n > w {
		s = ansi.Truncate(s, w, "…")
		n = ansi.StringWidth(s)
	}
	pad := Spaces(w - n)
	out := s + pad
	if right {
		out = pad + s
	}
	if n > w || ansi.StringWidth(out) != w { // clusters that join with their neighbours
		return fitHard(s, w)
	}
	return out
}

// fitHard keeps only the clusters that stay apart from what stands beside
// them, for text in which a mark or prefix would join with the padding. It
// drops escape sequences, as such text is broken anyway.
func fitHard(s string, w int) string {
	var b strings.Builder
	n := 0
	for c, cw := range Clusters(ansi.Strip(s)) {
		if n+cw > w {
			break
		}
		if cw == 0 || ansi.StringWidth("a"+c+"a") != cw+2 {
			continue
		}
		b.WriteString(c)
		n += cw
	}
	return b.String() + Spaces(w-n)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// Pad makes exactly h lines of w cells out of fitted lines: it cuts or adds
// empty ones at the end.
func Pad(lines []string, w, h int) []string {
	if len(lines) > h {
		return lines[:max(0, h)]
	}
	for len(lines) < h {
		lines = append(lines, Spaces(w))
	}
	return lines
}

// Zip joins panes side by side; all have the same number of exact-width lines.
func Zip(panes ...[]string) []string {
	if len(panes) == 0 {
		return nil
	}
	out := make([]string, len(panes[0]))
	var b strings.Builder
	for i := range out {
		b.Reset()
		for _, p := range panes {
			b.WriteString(p[i])
		}
		out[i] = b.String()
	}
	return out
}

// Column repeats one cell h times: the line between two panes.
func Column(cell string, h int) []string {
	out := make([]string, max(0, h))
	for i := range out {
		out[i] = cell
	}
	return out
}

// Rect is a part of the screen in cells. Layout functions return rectangles
// that drawing and mouse clicks both use.
type Rect struct{ X, Y, W, H int }

// Has reports whether a cell lies in r.
func (r Rect) Has(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}
