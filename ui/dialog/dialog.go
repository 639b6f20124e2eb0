// Package dialog has the boxes that more than one pane needs: a line that is
// read while it is typed (Ask), one of many by a few letters (Pick), and a page
// that scrolls (Page). They know no domain: what a line means and what a choice
// does is the pane's.
package dialog

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
)

// Open shows a dialog.
func Open(d frame.Dialog) tea.Cmd {
	return func() tea.Msg { return frame.OpenDialog{Dialog: d} }
}

// Box frames the lines of a dialog, w cells wide and at most h lines high.
func Box(env *frame.Env, name string, body []string, w, h int) []string {
	if w < 6 {
		return []string{kit.Fit(kit.CleanLine(name), max(0, w))}
	}
	ls := kit.Box(kit.CleanLine(name), body, w, env.Theme.Border, env.Theme.Title)
	if h = max(0, h); len(ls) > h && h > 1 { // the lower edge stays
		return append(ls[:h-1:h-1], ls[len(ls)-1])
	}
	return ls[:min(len(ls), h)]
}

// Width leaves air round a dialog where there is some.
func Width(want, w int) int { return max(1, min(want, w)) }

// Field is the input on top of a dialog, its sign in front. What is longer
// than a line goes on on the next, up to three.
type Field struct {
	In   kit.Input
	Sign string
	w, h int
}

// Lines draws the field and the rule below it.
func (f *Field) Lines(env *frame.Env, w int) []string {
	f.In.MaxLines = 3
	f.w = max(1, w-2)
	f.h = f.In.Height(f.w)
	sign := env.Theme.Accent.Render(kit.Fit(f.Sign, 2))
	var out []string
	for _, l := range f.In.Lines(f.w, f.h, kit.InputStyle{Text: env.Theme.Text, Hint: env.Theme.Hint}) {
		out = append(out, sign+l)
		sign = "  "
	}
	return append(out, Rule(env, w))
}

// Below is the first line of a box under the field and its rule.
func (f *Field) Below() int { return 1 + f.h + 1 }

// Cursor is the place of the cursor in a box that begins with the field.
func (f *Field) Cursor() *tea.Cursor {
	x, y := f.In.Cursor(f.w)
	return tea.NewCursor(2+2+x, 1+y)
}

// Rule is a thin line across.
func Rule(env *frame.Env, w int) string {
	return env.Theme.Line.Render(line(w))
}

func line(w int) string {
	b := make([]rune, max(0, w))
	for i := range b {
		b[i] = '─'
	}
	return string(b)
}

// Wrapped draws a sentence over as many lines as it needs.
func Wrapped(ink kit.Ink, s string, w int) []string {
	if s == "" {
		return nil
	}
	var ls []string
	for _, l := range kit.Wrap(s, w) {
		ls = append(ls, ink.Render(l))
	}
	return ls
}
