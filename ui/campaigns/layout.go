package campaigns

import "bottega/ui/kit"

// Widths at which the pane changes its shape (screens.md, Frame).
const (
	twoColumns = 100 // list and card beside each other
	besideForm = 84  // the wizard's fields and what stands beside them
	minList    = 40
)

// areas is where each part lies in the pane's own cells. A part that is not
// shown has no width. Drawing and mouse clicks both ask it.
type areas struct {
	Bar, List     kit.Rect
	Divider, Card kit.Rect
	Steps, Fields kit.Rect // of the wizard: the strip or column of steps
	Rule, Beside  kit.Rect
}

// layout is pure: the same size and focus give the same rectangles. whole
// gives the wizard's fields all the width.
func layout(w, h int, f focus, whole bool) areas {
	var a areas
	if w <= 0 || h <= 0 {
		return a
	}
	if f == onWizard {
		return formAreas(w, h, whole)
	}
	lw := w
	switch {
	case w >= twoColumns:
		lw = max(minList, min(64, w*42/100))
		a.Divider = kit.Rect{X: lw, W: 1, H: h}
		a.Card = kit.Rect{X: lw + 1, W: w - lw - 1, H: h}
	case f == onCard:
		a.Card = kit.Rect{W: w, H: h}
		return a
	}
	y := 0
	if h >= 4 {
		a.Bar, y = kit.Rect{W: lw, H: 1}, 1
	}
	a.List = kit.Rect{Y: y, W: lw, H: h - y}
	return a
}

func formAreas(w, h int, whole bool) areas {
	var a areas
	x, y := 0, 0
	if h >= 5 {
		a.Steps, y = kit.Rect{W: w, H: 2}, 2
	}
	fw := w - x
	if w >= besideForm && !whole {
		bw := max(34, min(56, w*38/100))
		fw -= bw + 1
		a.Rule = kit.Rect{X: x + fw, Y: y, W: 1, H: h - y}
		a.Beside = kit.Rect{X: x + fw + 1, Y: y, W: bw, H: h - y}
	}
	a.Fields = kit.Rect{X: x, Y: y, W: fw, H: h - y}
	return a
}
