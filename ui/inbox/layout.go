package inbox

import "bottega/ui/kit"

// Widths at which the pane shows one, two or three columns (screens.md, Frame).
const (
	twoColumns   = 100
	threeColumns = 150
	minList      = 24
	minChat      = 40
	cardWidth    = 36
)

// focus is the part that has the keyboard.
type focus uint8

const (
	onList focus = iota
	onChat
	onComposer
)

// areas is where each part lies in the pane's own cells. A part that is not
// shown has no width. Drawing and mouse clicks both ask it.
type areas struct {
	Filter, List         kit.Rect
	Divider              kit.Rect // between list and chat; can be dragged
	Head, Chat, Composer kit.Rect
	CardDivider, Card    kit.Rect
}

// look is what the layout depends on beside the size.
type look struct {
	split    int // width of the list chosen by hand; 0 for ours
	composer int // lines the composer wants, its heading included
	focus    focus
}

// layout is pure: the same size and look give the same rectangles.
func layout(w, h int, l look) areas {
	var a areas
	if w <= 0 || h <= 0 {
		return a
	}
	x, cw := 0, w
	if w < twoColumns {
		if l.focus == onList {
			a.list(0, w, h)
			return a
		}
	} else {
		lw := listWidth(w, l.split)
		a.list(0, lw, h)
		a.Divider = kit.Rect{X: lw, Y: 0, W: 1, H: h}
		x, cw = lw+1, w-lw-1
	}
	if w >= threeColumns {
		a.Card = kit.Rect{X: w - cardWidth, Y: 0, W: cardWidth, H: h}
		a.CardDivider = kit.Rect{X: w - cardWidth - 1, Y: 0, W: 1, H: h}
		cw -= cardWidth + 1
	}
	a.chat(x, cw, h, l.composer)
	return a
}

func listWidth(w, split int) int {
	lw := split
	if lw == 0 {
		lw = min(46, max(minList, w*36/100))
	}
	rest := w - 1
	if w >= threeColumns {
		rest -= cardWidth + 1
	}
	return max(minList, min(lw, rest-minChat))
}

func (a *areas) list(x, w, h int) {
	f := 0
	if h >= 4 {
		f = 1
	}
	a.Filter = kit.Rect{X: x, Y: 0, W: w, H: f}
	a.List = kit.Rect{X: x, Y: f, W: w, H: h - f}
}

// chat shares a column: heading above, composer below, and at least one line
// of talk between them as long as there is any room at all.
func (a *areas) chat(x, w, h, composer int) {
	head := 1
	switch {
	case h >= 14:
		head = 3
	case h >= 8:
		head = 2
	}
	head = min(head, h)
	comp := max(0, min(composer, h-head-1))
	a.Head = kit.Rect{X: x, Y: 0, W: w, H: head}
	a.Chat = kit.Rect{X: x, Y: head, W: w, H: h - head - comp}
	a.Composer = kit.Rect{X: x, Y: h - comp, W: w, H: comp}
}
