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

// field is the one-line input on top of a dialog, its sign in front.
type field struct {
	in   kit.Input
	w    int
	sign string
}

func (f *field) line(b *brush, w int) string {
	f.w = max(1, w-2)
	return b.Accent.Render(kit.Fit(f.sign, 2)) + f.in.Lines(f.w, 1, kit.InputStyle{Text: b.Text, Hint: b.Hint})[0]
}

// cursor is the place of the cursor in a box whose first body line is the field.
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
