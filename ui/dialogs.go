package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bottega/ui/frame"
	"bottega/ui/kit"
)

// dialog is one of the stack, with its place on the last frame.
type dialog struct {
	frame.Dialog
	at kit.Rect
}

// open puts a dialog on top. One that has work to do first is asked for it.
func (a *App) open(d frame.Dialog) tea.Cmd {
	if d == nil {
		return nil
	}
	a.dialogs = append(a.dialogs, dialog{Dialog: d})
	if s, ok := d.(frame.Starter); ok {
		return s.Init()
	}
	return nil
}

// tell hands a message to dialog i of the stack, which closes when it is done.
func (a *App) tell(i int, msg tea.Msg) tea.Cmd {
	d := a.dialogs[i].Dialog
	done, cmd := d.Handle(msg)
	if done {
		a.dialogs = append(a.dialogs[:i:i], a.dialogs[i+1:]...)
	}
	return cmd
}

// overlay draws the dialogs over the body: what lies beneath fades, so that
// the eye goes to the box.
func (a *App) overlay(lines []string) {
	if len(a.dialogs) == 0 {
		return
	}
	for i := range lines {
		lines[i] = a.env.Theme.Faint.Render(ansi.Strip(lines[i]))
	}
	for i := range a.dialogs {
		a.place(lines, i)
	}
}

// place draws dialog i in the middle of the lines, a little above it.
func (a *App) place(lines []string, i int) {
	w, h := a.w, len(lines)
	box := a.dialogs[i].Lines(min(w-2, 110), h-2)
	if len(box) == 0 {
		a.dialogs[i].at = kit.Rect{}
		return
	}
	box = box[:min(len(box), h)]
	bw := min(kit.Width(box[0]), w)
	r := kit.Rect{X: (w - bw) / 2, Y: max(0, (h-len(box))*2/5), W: bw, H: len(box)}
	for j, s := range box {
		under := lines[r.Y+j]
		left := kit.Fit(ansi.Cut(under, 0, r.X), r.X)
		right := kit.FitRight(ansi.TruncateLeft(under, r.X+bw, ""), w-r.X-bw)
		lines[r.Y+j] = left + kit.Fit(s, bw) + right
	}
	r.Y += a.layout().body.Y
	a.dialogs[i].at = r
}
