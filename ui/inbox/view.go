package inbox

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
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
	var cols [][]string
	a := p.area
	if a.List.W > 0 {
		cols = append(cols, p.listLines(b, a))
	}
	if a.Divider.W > 0 {
		cols = append(cols, kit.Column(b.Line.Render("│"), h))
	}
	if a.Chat.W > 0 {
		cols = append(cols, p.chatColumn(b, a))
	}
	if a.CardDivider.W > 0 {
		cols = append(cols, kit.Column(b.Line.Render("│"), h))
	}
	if a.Card.W > 0 {
		cols = append(cols, p.cardColumn(b, a.Card))
	}
	return kit.Zip(cols...)
}

// place lays the parts out and keeps cursor and scroll where they were.
func (p *Pane) place(w, h int) {
	chatW := w
	if w >= twoColumns {
		chatW = w - listWidth(w, p.split) - 1
	}
	if w >= threeColumns {
		chatW -= cardWidth + 1
	}
	p.area = layout(w, h, look{split: p.split, composer: p.composerHeight(chatW, h), focus: p.focus})
	p.w, p.h = w, h
	if n := p.area.List.H / rowLines; p.area.List.W > 0 && n != p.list.shown {
		p.list.shown = n
		p.list.show()
	}
	if p.area.Chat.W > 0 {
		p.th.w, p.th.h = p.area.Chat.W, p.area.Chat.H
	}
}

func (p *Pane) listLines(b *brush, a areas) []string {
	var ls []string
	if a.Filter.H > 0 {
		bar, spots := b.filterBar(p.query, &p.counts, a.Filter.W)
		p.spots = spots
		ls = append(ls, kit.Fit(bar, a.Filter.W))
	}
	if len(p.list.rows) == 0 || p.listErr != nil && !p.list.loaded {
		return kit.Pad(append(ls, p.emptyList(b, a.List.W, a.List.H)...), a.List.W, a.Filter.H+a.List.H)
	}
	for i := p.list.top; i < len(p.list.rows) && len(ls) < a.Filter.H+a.List.H; i++ {
		c := p.list.rows[i]
		chosen := i == p.list.cur
		row := c
		who := p.company[c.ID]
		who.loose = p.loose[c.ID]
		if c.ID == p.open && c.Draft != p.conv.Draft {
			own := *c
			own.Draft = p.conv.Draft
			row = &own
		}
		ls = append(ls, p.rows.row(b, row, who, a.List.W, chosen, chosen && p.focus == onList)...)
	}
	return kit.Pad(ls, a.List.W, a.Filter.H+a.List.H)
}

// emptyList says why there is nothing and what to do first.
func (p *Pane) emptyList(b *brush, w, h int) []string {
	switch {
	case p.listErr != nil:
		why, hint := b.words.Error(p.listErr)
		return b.message(why, hint, w, h, b.Bad)
	case !p.list.loaded:
		return nil // a first answer takes a millisecond; a word would flicker
	case p.asked && len(p.channels) == 0:
		return b.message(b.words.T(text.InboxNoChannel), b.words.T(text.InboxNoChannelHint), w, h, b.Strong)
	case p.query.Tag != "":
		return b.message(b.words.T(text.InboxNoneTagged, "Tag", kit.CleanLine(p.query.Tag)), b.words.T(text.InboxNoneHint), w, h, b.Strong)
	case p.query.View == core.ViewOpen && p.counts.Done+p.counts.Snoozed == 0:
		return b.message(b.words.T(text.InboxNone), b.words.T(text.InboxNoneYet), w, h, b.Strong)
	case p.query.View == core.ViewOpen:
		return b.message(b.words.T(text.InboxAllDone), b.words.T(text.InboxNoneHint), w, h, b.Strong)
	}
	return b.message(b.words.T(text.InboxNoneHere), b.words.T(text.InboxNoneHint), w, h, b.Strong)
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
	top := max(0, (h-len(ls))/3)
	return append(kit.Pad(nil, w, top), ls...)
}

func (p *Pane) chatColumn(b *brush, a areas) []string {
	w, h := a.Chat.W, a.Head.H+a.Chat.H+a.Composer.H
	if p.open == 0 {
		p.lineIDs = nil
		if w < twoColumns && p.w < twoColumns {
			return kit.Pad(nil, w, h)
		}
		return kit.Pad(b.message(b.words.T(text.InboxPickOne), "", w, h, b.Faint), w, h)
	}
	ls := b.head(&p.conv, p.company[p.open], w, a.Head.H, p.focus == onChat)
	ls = append(ls, p.chatLines(b, w, a.Chat.H)...)
	return append(ls, p.composerLines(b, w, a.Composer.H)...)
}

// chatLines draws the talk, bottom up, and the mark of what came below it.
func (p *Pane) chatLines(b *brush, w, h int) []string {
	p.lineIDs = nil
	if len(p.th.items) == 0 {
		switch {
		case p.talkErr != nil:
			why, hint := b.words.Error(p.talkErr)
			return kit.Pad(b.message(why, hint, w, h, b.Bad), w, h)
		case p.slow:
			return kit.Pad(b.message(b.words.T(text.InboxLoading), "", w, h, b.Faint), w, h)
		}
		return kit.Pad(nil, w, h)
	}
	ls, ids := p.th.lines(p.drawItem(b))
	if pad := h - len(ls); pad > 0 {
		ls = append(kit.Pad(nil, w, pad), ls...)
		ids = append(make([]itemID, pad), ids...)
	}
	p.lineIDs = ids
	if n := p.th.newBelow(); h > 1 && (n > 0 || !p.th.newest) {
		s := b.words.N(text.InboxNewBelow, n)
		if n == 0 {
			s = b.words.T(text.InboxFarBack)
		}
		mark := b.Badge.Render(" ▾ " + s + " · G ")
		ls[len(ls)-1] = kit.Fit(kit.Spaces((w-kit.Width(mark))/2)+mark, w)
	}
	return ls
}

// drawItem gives the lines of a block of the open chat.
func (p *Pane) drawItem(b *brush) func(i int) []string {
	w := max(1, p.th.w)
	now := p.now()
	tail := lastOut(p.th.msgs)
	return func(i int) []string {
		it := p.th.items[i]
		switch it.kind {
		case dayRule:
			return []string{kit.Spaces(w), b.rule(b.words.Day(time.Unix(int64(it.i), 0), b.now), w, b.Muted)}
		case unreadRule:
			return []string{b.rule(b.words.T(text.InboxUnreadRule), w, b.Accent)}
		case activityItem:
			return b.quiet(b.activity(&p.th.acts[it.i])+" · "+b.words.Clock(p.th.acts[it.i].At.In(b.now.Location())), w)
		}
		m := &p.th.msgs[it.i]
		return p.bubbles.message(b, m, picture{w: w, chosen: m.ID == p.th.sel, joins: it.joins, tail: m.ID == tail, left: p.leavesIn(m.ID, now),
			again: m.State == core.Failed && p.retriable(m)})
	}
}

// lastOut is the newest message of the shop, whose state stands in words.
func lastOut(ms []core.Message) int64 {
	for i := len(ms) - 1; i >= 0; i-- {
		if ms[i].Direction == core.Out && ms[i].Type != core.TypeNote {
			return ms[i].ID
		}
	}
	return 0
}

func (p *Pane) cardColumn(b *brush, r kit.Rect) []string {
	if p.open == 0 || p.card.contact.ID != p.conv.ContactID {
		return kit.Pad(nil, r.W, r.H)
	}
	ls := append(kit.Pad(nil, r.W, 0), b.cardLines(&p.card, p.th.acts, r.W)...)
	return kit.Pad(ls, r.W, r.H)
}

// shut reports whether the composer is shut: the window is, or nothing may be changed.
func (p *Pane) shut() bool { return p.open != 0 && !p.canWrite() }

// composerHeight is the heading, a quote, and the lines of the field.
func (p *Pane) composerHeight(w, h int) int {
	if p.open == 0 {
		return 0
	}
	n := 2
	if !p.shut() {
		n = 1 + p.comp.in.Height(max(1, w-2))
	}
	if p.comp.quote != nil {
		n++
	}
	if p.comp.file != nil {
		n++
	}
	if h >= airy {
		n++
	}
	return max(2, min(n, h/2))
}

// airy is the height from which a free line stands above the composer.
const airy = 24

// composerLines draws the field with its heading. Nothing stands on the right
// of what is being typed, so that input methods find their place.
func (p *Pane) composerLines(b *brush, w, h int) []string {
	if h <= 0 {
		return nil
	}
	focus := p.focus == onComposer
	var ls []string
	if p.h >= airy {
		ls = append(ls, kit.Spaces(w))
	}
	if p.shut() {
		return kit.Pad(append(ls, p.shutLines(b, w)...), w, h)
	}
	ls = append(ls, p.composerHead(b, w, focus))
	if q := p.comp.quote; q != nil && h > len(ls)+1 {
		s := b.quote(&core.Quote{Direction: q.Direction, Author: q.Author, Type: q.Type, Text: q.Text}, max(1, w-2))
		ls = append(ls, kit.Fit(" "+s, w))
	}
	if p.comp.file != nil && h > len(ls)+1 {
		ls = append(ls, b.fileLine(p.comp.file, w))
	}
	p.comp.in.Placeholder = b.words.T(text.InboxWriteHint)
	if p.comp.note {
		p.comp.in.Placeholder = b.words.T(text.InboxNoteHint)
	}
	prompt := b.Faint.Render("› ")
	if focus {
		prompt = b.Accent.Render("› ")
	}
	for i, l := range p.comp.in.Lines(max(1, w-2), h-len(ls), kit.InputStyle{Text: b.Text, Hint: b.Hint}) {
		if i > 0 {
			prompt = "  "
		}
		if p.comp.note {
			ls = append(ls, b.Note.Line(prompt+l, w))
			continue
		}
		ls = append(ls, kit.Fit(prompt+l, w))
	}
	return kit.Pad(ls, w, h)
}

// composerHead is the line above the field: what is being written.
func (p *Pane) composerHead(b *brush, w int, focus bool) string {
	k, ink := text.InboxReplyTo, b.Faint
	if focus {
		ink = b.Accent
	}
	switch {
	case p.comp.note:
		k = text.InboxNote
	case !p.conv.WindowOpen(p.now()) && !p.shut():
		k = text.InboxHeldHead
	case p.comp.quote != nil:
		k = text.InboxQuoting
	}
	s := b.words.T(k, "Name", kit.CleanLine(title(&p.conv.Contact, b.words)))
	if names := drafters(&p.conv, b.agent); names != "" && !p.comp.note {
		s += " · " + b.words.T(text.InboxDraftOf, "Who", names)
	}
	return b.headline(s, w, focus, ink)
}

// headline is a line across with words near its left end.
func (b *brush) headline(s string, w int, focus bool, ink kit.Ink) string {
	s = " " + s + " "
	if kit.Width(s) > w-3 {
		s = kit.Fit(s, max(0, w-3))
	}
	return kit.Fit(b.across(min(1, w), focus)+ink.Render(s)+b.across(max(0, w-1-kit.Width(s)), focus), w)
}

// shutWords say since when the window is shut.
func (p *Pane) shutWords(b *brush) string {
	ends := p.conv.WindowEnds()
	if ends.IsZero() {
		return b.words.T(text.InboxShutNever)
	}
	return b.words.T(text.InboxShut, "Ago", b.words.Short(b.now.Sub(ends)))
}

// shutLines take the place of the field while it takes no words: one line
// where it fits, else the words in the heading and the keys below.
func (p *Pane) shutLines(b *brush, w int) []string {
	why, how := p.shutWords(b), b.words.T(text.InboxShutKeys)
	if p.env.ReadOnly {
		why, how = b.words.T(text.HeadReadOnly), b.words.T(text.InboxReadOnlyHow)
	}
	one := b.Bad.Render(why) + b.Muted.Render(" — "+how)
	if kit.Width(one) < w {
		return []string{p.composerHead(b, w, false), " " + kit.Fit(one, max(0, w-1))}
	}
	return []string{b.headline(why, w, false, b.Bad), " " + kit.Fit(b.Muted.Render(how), max(0, w-1))}
}

// Cursor stands in the composer while that has the keyboard.
func (p *Pane) Cursor() *tea.Cursor {
	if p.focus != onComposer || p.open == 0 || p.shut() || p.area.Composer.W == 0 || p.area.Composer.H == 0 {
		return nil
	}
	r := p.area.Composer
	x, y := p.comp.in.Cursor(max(1, r.W-2))
	return tea.NewCursor(r.X+min(2+x, r.W-1), r.Y+max(0, min(p.fieldTop()+y, r.H-1)))
}

// fieldTop is the line of the composer at which its field begins.
func (p *Pane) fieldTop() int {
	top := 1
	if p.h >= airy {
		top++
	}
	if p.comp.quote != nil && p.area.Composer.H > top+1 {
		top++
	}
	if p.comp.file != nil && p.area.Composer.H > top+1 {
		top++
	}
	return top
}
