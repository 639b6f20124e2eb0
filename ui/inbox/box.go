package inbox

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
)

// box frames the lines of a dialog.
func (b *brush) box(name string, body []string, w int) []string {
	if w < 6 {
		return []string{kit.Fit(name, max(0, w))}
	}
	return kit.Box(name, body, w, b.Border, b.Title)
}

// field is the input on top of a dialog, its sign in front. What is longer
// than a line goes on on the next, up to three.
type field struct {
	in   kit.Input
	w, h int
	sign string
}

// lines draws the field and the rule below it.
func (f *field) lines(b *brush, w int) []string {
	f.in.MaxLines = 3
	f.w = max(1, w-2)
	f.h = f.in.Height(f.w)
	sign := b.Accent.Render(kit.Fit(f.sign, 2))
	var out []string
	for _, l := range f.in.Lines(f.w, f.h, kit.InputStyle{Text: b.Text, Hint: b.Hint}) {
		out = append(out, sign+l)
		sign = "  "
	}
	return append(out, b.across(w, false))
}

// below is the first line of a box under the field and its rule.
func (f *field) below() int { return 1 + f.h + 1 }

// cursor is the place of the cursor in a box that begins with the field.
func (f *field) cursor() *tea.Cursor {
	x, y := f.in.Cursor(f.w)
	return tea.NewCursor(2+2+x, 1+y)
}

// dialogWidth leaves air round a dialog where there is some.
func dialogWidth(want, w int) int { return max(1, min(want, w)) }

// open shows a dialog.
func openDialog(d frame.Dialog) tea.Cmd {
	return func() tea.Msg { return frame.OpenDialog{Dialog: d} }
}
