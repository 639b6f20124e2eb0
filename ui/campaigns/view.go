package campaigns

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
	p.area = layout(w, h, p.focus, p.wiz != nil && p.wiz.step == stepCheck)
	if p.focus == onWizard {
		return p.wiz.lines(b, w, h)
	}
	var parts [][]string
	a := p.area
	if a.List.W > 0 {
		parts = append(parts, p.listLines(b, a))
	}
	if a.Divider.W > 0 {
		parts = append(parts, kit.Column(b.Line.Render("│"), h))
	}
	if a.Card.W > 0 {
		parts = append(parts, p.cardLines(b, a.Card.W, h))
	}
	return kit.Zip(parts...)
}

func (p *Pane) listLines(b *brush, a areas) []string {
	w := a.List.W
	var ls []string
	if a.Bar.H > 0 {
		ls = append(ls, p.views(b, w))
	}
	if p.list.Len() == 0 {
		return kit.Pad(append(ls, p.empty(b, w, a.List.H)...), w, len(ls)+a.List.H)
	}
	return append(ls, p.list.Lines(w, a.List.H, p.focus == onList)...)
}

// empty says why there is nothing and what to do first.
func (p *Pane) empty(b *brush, w, h int) []string {
	switch {
	case p.err != nil:
		why, hint := b.words.Error(p.err)
		return b.message(why, hint, w, h, b.Bad)
	case !p.loaded:
		return nil // a first answer takes a millisecond; a word would flicker
	case len(p.items) == 0:
		return b.message(b.words.T(text.CampNone), b.words.T(text.CampNoneHint), w, h, b.Strong)
	}
	return b.message(b.words.T(text.CampNoneHere), b.words.T(text.CampNoneHereHint), w, h, b.Strong)
}

// Cursor is in the wizard's field that is being written.
func (p *Pane) Cursor() *tea.Cursor {
	if p.focus == onWizard {
		return p.wiz.cursor()
	}
	return nil
}
