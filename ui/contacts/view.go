package contacts

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/kit"
	"bottega/ui/text"
)

// Lines draws the pane.
func (p *Pane) Lines(w, h int) []string {
	if w <= 0 || h <= 0 {
		return kit.Pad(nil, max(0, w), max(0, h))
	}
	b := p.brush()
	p.place(w, h)
	var parts [][]string
	a := p.area
	if a.Side.W > 0 {
		parts = append(parts, p.sideLines(b, a.Side.W, h))
	}
	if a.SideLine.W > 0 {
		parts = append(parts, kit.Column(b.Theme.Line.Render("│"), h))
	}
	if a.List.W > 0 || a.Bar.W > 0 {
		parts = append(parts, p.middle(b, a))
	}
	if a.CardLine.W > 0 {
		parts = append(parts, kit.Column(b.Theme.Line.Render("│"), h))
	}
	if a.Card.W > 0 {
		parts = append(parts, p.cardLines(b, a.Card.W, h))
	}
	return kit.Zip(parts...)
}

// place lays the parts out and keeps cursor and scroll where they were.
func (p *Pane) place(w, h int) {
	if w == p.w && h == p.h && p.area == layout(w, h, p.focus, p.showing) {
		return
	}
	p.area = layout(w, h, p.focus, p.showing)
	p.w, p.h = w, h
	p.cols = lay(max(1, p.area.List.W))
	if p.area.List.W > 0 {
		p.list.shown = p.area.List.H
		p.list.show()
	}
}

// middle draws box, note, titles and people.
func (p *Pane) middle(b *brush, a areas) []string {
	w := a.List.W + a.Bar.W
	var ls []string
	if a.Filter.H > 0 {
		ls = append(ls, p.filterLine(b, w))
	}
	if a.Note.H > 0 {
		ls = append(ls, p.noteLine(b, w))
	}
	if a.Head.H > 0 {
		if p.focus == onFilter || p.wrong() {
			ls = append(ls, p.helpLine(b, w))
		} else {
			ls = append(ls, kit.Fit(b.header(p.cols, p.want.by, p.want.desc, a.List.W), w))
		}
	}
	return append(ls, p.listLines(b, a)...)
}

func (p *Pane) listLines(b *brush, a areas) []string {
	w, h := a.List.W, a.List.H
	if len(p.list.ids) == 0 || p.err != nil && !p.list.loaded {
		return kit.Pad(p.emptyList(b, w+a.Bar.W, h), w+a.Bar.W, h)
	}
	k := rowKey{w: w}
	ls := make([]string, 0, h)
	for i := p.list.top; i < len(p.list.ids) && len(ls) < h; i++ {
		id := p.list.ids[i]
		k.chosen = i == p.list.cur
		k.focus = k.chosen && p.focus == onList
		k.marked = p.list.marked[id]
		r := p.list.rows[id]
		switch {
		case r == nil:
			ls = append(ls, kit.Fit("  "+b.Theme.Faint.Render("…"), w))
		case r.ID == 0:
			ls = append(ls, kit.Fit("  "+b.Theme.Faint.Render(b.Words.T(text.ContactsGone)), w))
		default:
			ls = append(ls, b.person(r, p.cols, k))
		}
	}
	at, n := kit.Thumb(p.list.top, h, len(p.list.ids), h)
	return kit.Zip(kit.Pad(ls, w, h), kit.Scrollbar(at, n, h, kit.Spaces(a.Bar.W), b.Theme.Line.Render("▐")))
}

// emptyList says why there is nobody and what to do first.
func (p *Pane) emptyList(b *brush, w, h int) []string {
	th, words := b.Theme, b.Words
	switch {
	case p.err != nil:
		why, hint := words.Error(p.err)
		return b.message(why, hint, w, h, th.Bad)
	case !p.list.loaded, p.filter.bad != nil && p.focus == onFilter:
		return nil // a first answer takes milliseconds; a word would flicker
	case p.want.expr == "":
		return b.message(words.T(text.ContactsNone), words.T(text.ContactsNoneYet), w, h, th.Strong)
	}
	return b.message(words.T(text.ContactsNoneHere), words.T(text.ContactsNoneHint), w, h, th.Strong)
}

// message is a sentence with a hint in the middle of an empty place.
func (b *brush) message(s, hint string, w, h int, ink kit.Ink) []string {
	in := max(1, min(w-4, 50))
	var ls []string
	for _, l := range kit.Wrap(s, in) {
		ls = append(ls, kit.Center(ink.Render(l), w))
	}
	for _, l := range kit.Wrap(hint, in) {
		ls = append(ls, kit.Center(b.Theme.Muted.Render(l), w))
	}
	return append(kit.Pad(nil, w, max(0, (h-len(ls))/3)), ls...)
}

// Cursor stands in the filter box or in the fact that is being edited.
func (p *Pane) Cursor() *tea.Cursor {
	switch a := p.area; {
	case p.focus == onFilter && a.Filter.H > 0:
		x, _ := p.filter.in.Cursor(max(1, a.List.W+a.Bar.W-2))
		return tea.NewCursor(a.Filter.X+min(2+x, a.Filter.W-1), a.Filter.Y)
	case p.focus == onCard && a.Card.W > 0:
		return p.card.cursor(a.Card)
	}
	return nil
}
