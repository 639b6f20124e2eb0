package templates

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Lines draws the pane.
func (p *Pane) Lines(w, h int) []string {
	if w <= 0 || h <= 0 {
		return kit.Pad(nil, max(0, w), max(0, h))
	}
	b := p.brush()
	l := look{focus: p.focus, filter: p.filtered()}
	if p.edit != nil {
		l.phone = p.edit.phone
	}
	p.area = layout(w, h, l)
	if p.focus == onEditor {
		return p.editLines(b, w, h)
	}
	var cols [][]string
	a := p.area
	if a.List.W > 0 {
		cols = append(cols, p.listLines(b, a))
	}
	if a.Divider.W > 0 {
		cols = append(cols, kit.Column(b.Line.Render("│"), h))
	}
	if a.Card.W > 0 {
		cols = append(cols, p.cardLines(b, a.Card))
	}
	return kit.Zip(cols...)
}

// filtered reports whether the filter is on the screen.
func (p *Pane) filtered() bool { return p.focus == onFilter || !p.filter.Empty() }

func (p *Pane) listLines(b *brush, a areas) []string {
	w := a.List.W
	var ls []string
	if a.Bar.H > 0 {
		ls = append(ls, p.bar(b, w))
	}
	if a.Filter.H > 0 {
		fw := max(1, w-4)
		p.filter.Placeholder = b.words.T(text.TplFilterHint)
		ls = append(ls, kit.Fit(b.Accent.Render(" / ")+p.filter.Lines(fw, 1, kit.InputStyle{Text: b.Text, Hint: b.Hint})[0], w))
	}
	h := a.List.H
	if p.list.Len() == 0 {
		return kit.Pad(append(ls, p.empty(b, w, h)...), w, len(ls)+h)
	}
	var foot []string
	if a.Card.W == 0 && h >= 5*rowLines { // beside it the card says so
		foot = b.stopped(p.chosen(), w)
	}
	if g := p.listFoot(b, w); g != "" && h >= 3*rowLines {
		foot = append(foot, g)
	}
	ls = append(ls, p.list.Lines(w, h-len(foot), p.focus == onList)...)
	return append(ls, foot...)
}

// stoppedLines is how long the reason below the list may be; the card has it whole.
const stoppedLines = 2

// stopped says why a template that the provider has may not be sent, nil for
// one that may, is being reviewed or is still being written.
func (b *brush) stopped(it *item, w int) []string {
	if it == nil {
		return nil
	}
	why := ""
	switch it.Stop {
	case library.Drifted, library.PausedThere, library.Disabled, library.Archived, library.Gone:
		why = b.words.Stopped(string(it.Stop))
	case library.NotApproved:
		if it.State == core.TemplateRejected {
			why = b.words.Rejection(it.Reason)
		}
	}
	if why == "" {
		return nil
	}
	ink, sign := b.sign(it.State).ink, " "+b.sign(it.State).shape+" "
	if it.Drift != "" {
		ink, sign = b.Late, " ⇄ "
	}
	var ls []string
	for _, l := range kit.Wrap(kit.Clean(why), max(1, w-4)) {
		ls = append(ls, ink.Render(kit.Fit(sign+l, w)))
		sign = "   "
	}
	return ls[:min(len(ls), stoppedLines)]
}

// listFoot is the last line below the list: the order, how many of those worth
// having are ready (S-193), and the gauge.
func (p *Pane) listFoot(b *brush, w int) string {
	g, how := b.gauge(p.shelf), "↕ "+b.words.T(p.order.word())
	ready := ""
	if f := &p.shelf.figures; f.Prepared < f.PreparedWant {
		ready = b.words.T(text.TplReady, "Have", b.words.Num(f.Prepared), "Want", b.words.Num(f.PreparedWant))
	}
	if g == "" && ready == "" && p.order == byUrgency {
		return ""
	}
	if with := how + " · " + ready; ready != "" && kit.Width(with)+kit.Width(g)+3 <= w {
		how = with
	}
	if kit.Width(how)+kit.Width(g)+3 > w {
		how = ""
	}
	return kit.Ends(" "+b.Faint.Render(how), g+" ", w)
}

// empty says why there is nothing and what to do first.
func (p *Pane) empty(b *brush, w, h int) []string {
	switch {
	case p.err != nil:
		why, hint := b.words.Error(p.err)
		return b.message(why, hint, w, h, b.Bad)
	case p.gen == 0 || p.fetch.Busy() && len(p.shelf.items) == 0:
		return nil // a first answer takes a millisecond; a word would flicker
	case len(p.shelf.items) == 0:
		return b.message(b.words.T(text.TplNone), b.words.T(text.TplNoneHint), w, h, b.Strong)
	}
	return b.message(b.words.T(text.TplNoneHere), b.words.T(text.TplNoneHereHint), w, h, b.Strong)
}

// message is a sentence with a hint in the middle of an empty place.
func (b *brush) message(s, hint string, w, h int, ink kit.Ink) []string {
	in := max(1, min(w-4, 50))
	var ls []string
	for _, l := range kit.Wrap(s, in) {
		ls = append(ls, kit.Center(ink.Render(l), w))
	}
	for _, l := range kit.Wrap(hint, in) {
		ls = append(ls, kit.Center(b.Muted.Render(l), w))
	}
	return append(kit.Pad(nil, w, max(0, (h-len(ls))/3)), ls...)
}

// Cursor is in the filter or in the field being written.
func (p *Pane) Cursor() *tea.Cursor {
	switch p.focus {
	case onFilter:
		if a := p.area.Filter; a.H > 0 {
			x, _ := p.filter.Cursor(max(1, a.W-4))
			return tea.NewCursor(a.X+max(0, min(3+x, a.W-1)), a.Y)
		}
	case onEditor:
		return p.editCursor()
	}
	return nil
}
