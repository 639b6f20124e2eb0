package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// draw makes a new frame.
func (a *App) draw() {
	a.dirty = false
	a.drawn.Add(1)
	a.overdue()
	v := tea.NewView("")
	v.AltScreen, v.ReportFocus = true, true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = a.title()
	if a.w > 0 && a.h > 0 {
		lines := a.lines()
		v.Cursor = a.cursor()
		if !a.graphemes {
			a.portable(lines, v.Cursor)
		}
		v.SetContent(strings.Join(lines, "\n"))
	}
	a.view = v
}

// maxPorted bounds the lines kept in their portable form.
const maxPorted = 1024

// portable fits the lines, and the cursor on one of them, to a terminal that
// counts cells by character. Most lines of a frame were on the one before, so
// they are kept.
func (a *App) portable(lines []string, c *tea.Cursor) {
	if a.ported == nil || len(a.ported) > maxPorted {
		a.ported = map[string]string{}
	}
	for i, l := range lines {
		if c != nil && c.Y == i {
			lines[i], c.X = kit.Portable(l, c.X)
			continue
		}
		p, ok := a.ported[l]
		if !ok {
			p, _ = kit.Portable(l, 0)
			a.ported[l] = p
		}
		lines[i] = p
	}
}

func (a *App) small() bool { return layoutOf(a.w, a.h).small }

// lines is the whole screen: exactly a.h lines of exactly a.w cells.
func (a *App) lines() []string {
	a.outdated()
	l := a.layout()
	if l.small {
		return a.tooSmall()
	}
	out := make([]string, 0, a.h)
	out = append(out, a.headerLine(a.w))
	tabs, rule := a.tabLine(a.w)
	out = append(out, tabs)
	if l.rule.H > 0 {
		out = append(out, rule)
	}
	body := kit.Pad(a.front().pane.Lines(l.body.W, l.body.H), l.body.W, l.body.H)
	if len(a.dialogs) > 0 {
		body = append([]string(nil), body...) // the pane may keep its lines
		a.overlay(body)
	}
	out = append(append(out, body...), a.toastAbove()...)
	return append(out, a.footerLine(a.w))
}

// tooSmall says in plain words what is wrong.
func (a *App) tooSmall() []string {
	msg := a.env.Words.T(text.TooSmall, "W", minWidth, "H", minHeight)
	var out []string
	for _, l := range kit.Wrap(msg, a.w) {
		out = append(out, kit.Fit(l, a.w))
	}
	return kit.Pad(out, a.w, a.h)
}

// cursor is the real cursor of whoever has the focus, in screen cells: input
// methods open their boxes there.
func (a *App) cursor() *tea.Cursor {
	l := a.layout()
	if l.small {
		return nil
	}
	r := l.body
	var c *tea.Cursor
	if n := len(a.dialogs); n > 0 {
		c, r = a.dialogs[n-1].Cursor(), a.dialogs[n-1].at
	} else {
		c = a.front().pane.Cursor()
	}
	if c == nil || !r.Has(r.X+c.X, r.Y+c.Y) {
		return nil
	}
	out := *c
	out.X, out.Y = r.X+c.X, r.Y+c.Y
	out.Shape = tea.CursorBar
	return &out
}

// unread is the number of unread conversations of all panes that count them.
func (a *App) unread() (n int) {
	for _, t := range a.tabs {
		if c, ok := t.pane.(frame.Counter); ok {
			n += c.Unread()
		}
	}
	return n
}

// Drawn counts the frames drawn so far; for tests and benchmarks, from any goroutine.
func (a *App) Drawn() int { return int(a.drawn.Load()) }
