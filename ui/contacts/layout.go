package contacts

import "bottega/ui/kit"

// Widths at which the pane shows more than the list (screens.md, Frame).
const (
	twoColumns   = 100
	threeColumns = 150
	cardWidth    = 38
	headLines    = 3 // filter box, what it found, titles of the columns
)

// focus is the part that has the keyboard.
type focus uint8

const (
	onList focus = iota
	onSide
	onFilter
	onCard
)

// areas is where each part lies in the pane's own cells. A part that is not
// shown has no width. Drawing and mouse clicks both ask it.
type areas struct {
	Side, SideLine kit.Rect
	Filter, Note   kit.Rect // the box, and the line below it
	Head, List     kit.Rect
	Bar            kit.Rect // scrollbar
	CardLine, Card kit.Rect
}

// layout is pure: the same size, focus and card give the same rectangles. Below
// two columns there is one part at a time; below three the card takes the
// place of the side.
func layout(w, h int, f focus, card bool) areas {
	var a areas
	if w <= 0 || h <= 0 {
		return a
	}
	all := kit.Rect{W: w, H: h}
	x, lw := 0, w
	switch {
	case w < twoColumns && f == onSide:
		a.Side = all
		return a
	case w < twoColumns && (card || f == onCard):
		a.Card = all
		return a
	}
	if w >= threeColumns || w >= twoColumns && (!card || f == onSide) {
		sw := max(20, min(28, w*14/100))
		a.Side = kit.Rect{W: sw, H: h}
		a.SideLine = kit.Rect{X: sw, W: 1, H: h}
		x, lw = sw+1, w-sw-1
	}
	if w >= threeColumns || w >= twoColumns && a.Side.W == 0 {
		a.Card = kit.Rect{X: w - cardWidth, W: cardWidth, H: h}
		a.CardLine = kit.Rect{X: w - cardWidth - 1, W: 1, H: h}
		lw -= cardWidth + 1
	}
	a.list(x, lw, h)
	return a
}

// list shares the middle: on a low screen the list itself comes before its heading.
func (a *areas) list(x, w, h int) {
	y := 0
	line := func(want bool) kit.Rect {
		if !want {
			return kit.Rect{X: x, Y: y, W: w}
		}
		y++
		return kit.Rect{X: x, Y: y - 1, W: w, H: 1}
	}
	a.Filter = line(h >= 2)
	a.Note = line(h >= 4)
	a.Head = line(h >= 3)
	a.List = kit.Rect{X: x, Y: y, W: max(0, w-1), H: h - y}
	a.Bar = kit.Rect{X: x + w - 1, Y: y, W: min(1, w), H: h - y}
}
