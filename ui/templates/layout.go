package templates

import "bottega/ui/kit"

// Widths at which the pane changes its shape (screens.md, Frame).
const (
	twoColumns = 100 // list and card beside each other
	besideEdit = 76  // fields and phone beside each other
	minList    = 40
)

// areas is where each part lies in the pane's own cells. A part that is not
// shown has no width. Drawing and mouse clicks both ask it.
type areas struct {
	Bar, Filter, List   kit.Rect
	Divider, Card       kit.Rect
	Strip, Fields, Rule kit.Rect
	Phone               kit.Rect
}

// look is what the layout depends on beside the size.
type look struct {
	focus  focus
	filter bool // the filter is shown
	phone  bool // the phone is asked for where there is no room beside the fields
}

// layout is pure: the same size and look give the same rectangles.
func layout(w, h int, l look) areas {
	var a areas
	if w <= 0 || h <= 0 {
		return a
	}
	if l.focus == onEditor {
		return editAreas(w, h, l.phone)
	}
	lw := w
	switch {
	case w >= twoColumns:
		lw = max(minList, min(64, w*45/100))
		a.Divider = kit.Rect{X: lw, Y: 0, W: 1, H: h}
		a.Card = kit.Rect{X: lw + 1, Y: 0, W: w - lw - 1, H: h}
	case l.focus == onCard:
		a.Card = kit.Rect{W: w, H: h}
		return a
	}
	y := 0
	if h >= 4 {
		a.Bar = kit.Rect{W: lw, H: 1}
		y = 1
	}
	if l.filter && y < h-2 {
		a.Filter = kit.Rect{Y: y, W: lw, H: 1}
		y++
	}
	a.List = kit.Rect{Y: y, W: lw, H: h - y}
	return a
}

func editAreas(w, h int, phone bool) areas {
	var a areas
	y := 0
	if h >= 6 {
		a.Strip = kit.Rect{W: w, H: 2}
		y = 2
	}
	switch {
	case w >= besideEdit:
		pw := max(30, min(52, w*42/100))
		a.Fields = kit.Rect{Y: y, W: w - pw - 1, H: h - y}
		a.Rule = kit.Rect{X: w - pw - 1, Y: y, W: 1, H: h - y}
		a.Phone = kit.Rect{X: w - pw, Y: y, W: pw, H: h - y}
	case phone:
		a.Phone = kit.Rect{Y: y, W: w, H: h - y}
	default:
		a.Fields = kit.Rect{Y: y, W: w, H: h - y}
	}
	return a
}
