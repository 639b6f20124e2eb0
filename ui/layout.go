package ui

import "bottega/ui/kit"

// The smallest terminal on which the screen is drawn; below it a sentence
// says so.
const (
	minWidth  = 40
	minHeight = 12
)

// layout is where everything stands on a screen of w×h cells. Drawing and
// mouse both ask it.
type layout struct {
	header, tabs, rule, body, footer kit.Rect
	small                            bool
}

func layoutOf(w, h int) layout {
	if w < minWidth || h < minHeight {
		return layout{small: true, body: kit.Rect{W: w, H: h}}
	}
	l := layout{
		header: kit.Rect{W: w, H: 1},
		tabs:   kit.Rect{Y: 1, W: w, H: 1},
		rule:   kit.Rect{Y: 2, W: w, H: 1},
		footer: kit.Rect{Y: h - 1, W: w, H: 1},
	}
	if h < 16 { // every line counts
		l.rule.H = 0
	}
	top := l.rule.Y + l.rule.H
	l.body = kit.Rect{Y: top, W: w, H: h - top - 1}
	return l
}

// layout is where everything stands now: a long toast takes lines from the body.
func (a *App) layout() layout {
	l := layoutOf(a.w, a.h)
	if !l.small {
		l.body.H -= len(a.toastAbove())
	}
	return l
}
