package ui

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/kit"
)

// mouse routes by the layout: dialog, tabs, pane. A held button stays with the
// pane it was pressed in, so that a drag may leave it.
func (a *App) mouse(msg tea.MouseMsg) tea.Cmd {
	a.dirty = a.was
	m := msg.Mouse()
	l := a.layout()
	if l.small {
		return nil
	}
	if n := len(a.dialogs); n > 0 {
		r := a.dialogs[n-1].at
		if !r.Has(m.X, m.Y) {
			return nil
		}
		a.dirty = true
		return a.tell(n-1, shift(msg, r))
	}
	_, click := msg.(tea.MouseClickMsg)
	if _, up := msg.(tea.MouseReleaseMsg); up && a.drag {
		a.drag = false
		return a.toPane(msg, l.body)
	}
	switch {
	case a.drag, l.body.Has(m.X, m.Y):
		a.drag = a.drag || click && m.Button == tea.MouseLeft
		return a.toPane(msg, l.body)
	case click && l.tabs.Has(m.X, m.Y):
		for i, c := range a.tabCells(a.w) {
			if m.X >= c.x-1 && m.X <= c.x+c.w {
				a.dirty = true
				return a.turn(i)
			}
		}
	}
	return nil
}

func (a *App) toPane(msg tea.MouseMsg, r kit.Rect) tea.Cmd {
	used, cmd := a.front().pane.Handle(shift(msg, r))
	a.dirty = a.was || used || cmd != nil
	return kit.Send(a.front().name, cmd)
}

// shift moves a mouse message into the cells of r.
func shift(msg tea.MouseMsg, r kit.Rect) tea.Msg {
	m := msg.Mouse()
	m.X, m.Y = m.X-r.X, m.Y-r.Y
	switch msg.(type) {
	case tea.MouseClickMsg:
		return tea.MouseClickMsg(m)
	case tea.MouseReleaseMsg:
		return tea.MouseReleaseMsg(m)
	case tea.MouseWheelMsg:
		return tea.MouseWheelMsg(m)
	}
	return tea.MouseMotionMsg(m)
}
