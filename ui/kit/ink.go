package kit

import (
	"strings"

	"charm.land/lipgloss/v2"
)

const reset = "\x1b[m"

// Ink is a lipgloss style compiled to its escape sequence: drawing with it
// costs one concatenation. It colours text on one line and never pads.
type Ink struct{ open string }

// NewInk compiles the colours and attributes of a style; padding, borders and
// widths are not taken over.
func NewInk(s lipgloss.Style) Ink {
	open, _, _ := strings.Cut(s.Render("x"), "x")
	return Ink{open}
}

// Render colours plain text.
func (i Ink) Render(s string) string {
	if s == "" || i.open == "" {
		return s
	}
	return i.open + s + reset
}

// Over lays the ink beneath text that is already coloured in parts: a
// background reaches through, a foreground fills what has none.
func (i Ink) Over(s string) string {
	if s == "" || i.open == "" {
		return s
	}
	if strings.Contains(s, reset) {
		s = strings.ReplaceAll(s, reset, reset+i.open)
	}
	return i.open + s + reset
}

// Line fits already coloured text to w cells and lays the ink beneath all of them.
func (i Ink) Line(s string, w int) string { return i.Over(Fit(s, w)) }

// With adds another ink's colours and attributes to i's.
func (i Ink) With(o Ink) Ink { return Ink{i.open + o.open} }
