package kit

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fit cuts or pads s to exactly w cells; what is cut ends in "…".
func Fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	s = ansi.Truncate(s, w, "…")
	return s + strings.Repeat(" ", max(0, w-ansi.StringWidth(s)))
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

// Rect is a part of the screen in cells. Layout functions return rectangles
// that drawing and mouse clicks both use.
type Rect struct{ X, Y, W, H int }

// Has reports whether a cell lies in r.
func (r Rect) Has(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}
