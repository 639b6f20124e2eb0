package contacts

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Handle takes input and answers.
func (p *Pane) Handle(msg tea.Msg) (used bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(m)
	case tea.PasteMsg:
		return p.paste(m)
	case tea.MouseClickMsg:
		return p.click(m)
	case tea.MouseWheelMsg:
		return p.wheel(m)
	}
	if cmd, ok := p.answer(msg); ok {
		return true, cmd
	}
	return p.told(msg)
}

// told takes the app's notices and the pane's own outcomes.
func (p *Pane) told(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case frame.Redraw:
		p.redraw()
		p.side.take(p.entries())
		if p.card.data != nil {
			p.card.facts = p.brush().facts(&p.card.data.Detail)
		}
	case frame.Shown:
		if p.front = m.Front; p.front && p.old {
			return true, p.renew()
		}
	case restedMsg:
		p.resting = false
		if !p.front {
			p.old = true
			return true, nil
		}
		return true, p.renew()
	case doneMsg:
		return true, p.finished(m)
	case tickMsg:
		return true, p.tick()
	case talkMsg:
		return true, p.goTo(m.conversation)
	case showMsg:
		return true, p.goToPerson(m.id)
	case madeMsg:
		return true, p.show(m)
	case eraseMsg:
		return true, p.erase(m.ids)
	case placeMsg:
		return true, p.exportTo(m)
	case foundMsg:
		return true, p.found(m)
	case editedMsg:
		return true, p.takeEdited(m)
	case kit.To: // an answer that was addressed twice
		if m.Pane == Name {
			return p.Handle(m.Msg)
		}
	default:
		return false, nil
	}
	return true, nil
}

// key finds the action of a key in the table in force; in a field the rest is text.
func (p *Pane) key(m tea.KeyPressMsg) (bool, tea.Cmd) {
	name := m.String()
	if name == "esc" && p.job != nil {
		p.job.stop()
		return true, nil
	}
	if e := p.force().Match(name); e != nil {
		return true, p.run(e)
	}
	return p.field(m)
}

// field gives the field that has the keyboard a key or a paste.
func (p *Pane) field(msg tea.Msg) (bool, tea.Cmd) {
	switch {
	case p.focus == onFilter:
		return p.typed(msg)
	case p.focus == onCard && p.card.edit != nil:
		e := p.card.edit
		if e.busy {
			return true, nil
		}
		e.bad = ""
		return e.in.Handle(msg), nil
	}
	return false, nil
}

// paste goes into the field that is open, else into the filter box.
func (p *Pane) paste(m tea.PasteMsg) (bool, tea.Cmd) {
	if used, cmd := p.field(m); used {
		return true, cmd
	}
	open := p.enterFilter()
	_, cmd := p.typed(m)
	return true, tea.Batch(open, cmd)
}

// click acts on what the layout says is there.
func (p *Pane) click(m tea.MouseClickMsg) (bool, tea.Cmd) {
	if m.Button != tea.MouseLeft {
		return false, nil
	}
	if p.card.edit != nil && !p.area.Card.Has(m.X, m.Y) {
		p.card.edit = nil // as esc does
	}
	switch a := p.area; {
	case a.Side.Has(m.X, m.Y):
		return p.clickSide(m.Y - a.Side.Y)
	case a.Filter.Has(m.X, m.Y):
		if p.focus != onFilter {
			p.enterFilter()
		}
		p.filter.in.Click(m.X-a.Filter.X-2, 0, max(1, a.Filter.W-2))
		p.offer()
		return true, nil
	case a.Head.Has(m.X, m.Y) && p.focus != onFilter:
		return p.clickHead(m.X - a.Head.X)
	case a.List.Has(m.X, m.Y):
		return p.clickRow(m.X-a.List.X, m.Y-a.List.Y)
	case a.Bar.Has(m.X, m.Y):
		return true, p.jump(m.Y-a.Bar.Y, a.Bar.H)
	case a.Card.Has(m.X, m.Y):
		if p.focus != onCard {
			return true, p.enterCard()
		}
		return true, nil
	}
	return false, nil
}

func (p *Pane) clickSide(y int) (bool, tea.Cmd) {
	i := p.side.top + y
	if i >= len(p.side.all) || p.side.all[i].kind == heading {
		return false, nil
	}
	p.side.cur = i
	return true, p.pick()
}

// clickHead orders by a column; a second click turns the order round.
func (p *Pane) clickHead(x int) (bool, tea.Cmd) {
	for _, c := range p.cols {
		if x < c.x || x >= c.x+c.w || c.by == "" {
			continue
		}
		if c.by == p.want.by {
			return true, p.reverse()
		}
		for _, s := range sorts {
			if s.by == c.by {
				return true, p.sortBy(s.by, s.desc)
			}
		}
	}
	return false, nil
}

// clickRow chooses a person, in the first cells it marks them; a click on the
// chosen one opens the card.
func (p *Pane) clickRow(x, y int) (bool, tea.Cmd) {
	i := p.list.top + y
	if i >= len(p.list.ids) {
		return false, nil
	}
	again := i == p.list.cur && p.focus == onList
	p.focus = onList
	p.list.moveTo(i)
	switch {
	case x < gutter:
		p.list.mark(p.list.sel, !p.list.marked[p.list.sel])
	case again:
		return true, p.enterCard()
	}
	return true, tea.Batch(p.follow(), p.loadRows())
}

// jump goes to a place of the scrollbar.
func (p *Pane) jump(y, h int) tea.Cmd {
	p.list.moveTo(y * (len(p.list.ids) - 1) / max(1, h-1))
	return tea.Batch(p.follow(), p.loadRows())
}

// wheel scrolls what is under the pointer.
func (p *Pane) wheel(m tea.MouseWheelMsg) (bool, tea.Cmd) {
	n := 3
	if m.Button == tea.MouseWheelUp {
		n = -3
	} else if m.Button != tea.MouseWheelDown {
		return false, nil
	}
	switch a := p.area; {
	case a.Card.Has(m.X, m.Y):
		return true, p.scrollCard(n)
	case a.Side.Has(m.X, m.Y):
		return true, p.moveSide(n)
	case a.List.Has(m.X, m.Y), a.Bar.Has(m.X, m.Y):
		if !p.list.scroll(n) {
			return false, nil
		}
		return true, tea.Batch(p.follow(), p.loadRows())
	}
	return false, nil
}

// WouldLose says what quitting now would lose: a fact being edited.
func (p *Pane) WouldLose() string {
	if e := p.card.edit; e != nil && p.card.cur < len(p.card.facts) && e.in.Value() != p.card.facts[p.card.cur].value {
		return p.env.Words.T(text.ContactsLose)
	}
	return ""
}
