package campaigns

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/kit"
)

// Handle takes input and answers.
func (p *Pane) Handle(msg tea.Msg) (used bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(m)
	case tea.PasteMsg:
		if p.focus != onWizard {
			return false, nil
		}
		return p.wiz.typed(m)
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

// answer takes what commands of the pane have brought.
func (p *Pane) answer(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch m := msg.(type) {
	case kit.Loaded[answer]:
		return p.take(m), true
	case kit.Loaded[*depth]:
		return p.takeDeep(m), true
	case kit.Loaded[*world]:
		if p.wiz == nil {
			return nil, true
		}
		return p.wiz.takeWorld(m), true
	case kit.Loaded[counted]:
		if p.wiz == nil {
			return nil, true
		}
		return p.wiz.takeCount(m), true
	case plannedMsg:
		return p.takePlan(m), true
	case keptMsg:
		return p.takeKept(m), true
	case startedMsg:
		return p.started(m), true
	case begunMsg:
		return p.takeBegun(m), true
	case recheckMsg:
		return p.confirmResume(m), true
	case foundMsg:
		return p.showNames(m.title, m.ids, m.n), true
	case placeMsg:
		return p.exportTo(m), true
	case exportedMsg:
		p.busy = false
		if m.err != nil {
			return fail(m.err), true
		}
		return toast(m.toast), true
	case broughtMsg:
		p.busy = false
		if m.err != nil {
			return fail(m.err), true
		}
		return p.chose(m.choseMsg), true
	case doneMsg:
		p.all = true
		return tea.Batch(p.refresh(), toast(m.toast)), true
	}
	return nil, false
}

// chose applies what was chosen, while the wizard is still there.
func (p *Pane) chose(m choseMsg) tea.Cmd {
	if p.wiz != m.w {
		return nil
	}
	return m.apply(m.w)
}

// told takes the app's notices and the answers of dialogs.
func (p *Pane) told(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case choseMsg:
		return true, p.chose(m)
	case startMsg:
		return true, p.start(m)
	case dropMsg:
		return true, p.drop(m)
	case restedMsg:
		return true, p.rested()
	case digMsg:
		return true, p.dig()
	case frame.NewCampaign:
		return true, p.beginFor(m.Segment)
	case Show:
		return true, p.show(m.ID)
	case frame.Minute, frame.Redraw:
		p.epoch++
		p.list.SetEpoch(p.epoch)
		if _, minute := m.(frame.Minute); minute && p.works() { // nobody announces that nobody sends
			return true, p.refresh()
		}
	case frame.Shown:
		if p.front = m.Front; p.front {
			return true, tea.Batch(p.refresh(), p.dig())
		}
	case kit.To: // an answer that was addressed twice
		if m.Pane == Name {
			return p.Handle(m.Msg)
		}
	default:
		return false, nil
	}
	return true, nil
}

// key finds the action of a key; in a text field the rest is text.
func (p *Pane) key(m tea.KeyPressMsg) (bool, tea.Cmd) {
	if p.focus == onWizard {
		if used, cmd := p.wiz.typed(m); used {
			return true, cmd
		}
	}
	if e := table(p.focus).Match(m.String()); e != nil {
		return true, p.run(e)
	}
	return false, nil
}

// click acts on what the layout says is there.
func (p *Pane) click(m tea.MouseClickMsg) (bool, tea.Cmd) {
	if m.Button != tea.MouseLeft {
		return false, nil
	}
	switch a := p.area; {
	case a.Steps.Has(m.X, m.Y):
		return true, p.wiz.clickStep(m.X)
	case a.Fields.Has(m.X, m.Y):
		return true, p.wiz.click(m.X-a.Fields.X, m.Y-a.Fields.Y)
	case a.Bar.Has(m.X, m.Y):
		for _, s := range p.spots {
			if m.X >= s.x && m.X < s.x+s.w {
				p.view = s.view
				p.arrange()
				return true, p.resetCard()
			}
		}
	case a.List.Has(m.X, m.Y):
		return p.clickRow(m.Y - a.List.Y)
	case a.Card.Has(m.X, m.Y) && p.chosen() != nil:
		return p.clickCard(m.Y - a.Card.Y)
	}
	return false, nil
}

func (p *Pane) clickRow(y int) (bool, tea.Cmd) {
	r, ok := p.list.At(y)
	if !ok {
		return false, nil
	}
	again := p.chosen() != nil && p.chosen().ID == r.Key() && p.focus == onList
	p.focus = onList
	if again {
		return true, p.enterCard()
	}
	p.list.Select(r.Key())
	return true, p.resetCard()
}

// clickCard chooses the line that was clicked, if something can be done about it.
func (p *Pane) clickCard(y int) (bool, tea.Cmd) {
	p.focus = onCard
	if s := p.card.shown; s != nil {
		for i, t := range s.things {
			if t.line == y+p.card.top {
				p.card.cur, p.card.kind = i, t.kind()
			}
		}
	}
	return true, nil
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
	case a.List.Has(m.X, m.Y):
		p.list.Scroll(n / 3)
		return true, p.resetCard()
	case a.Card.Has(m.X, m.Y):
		return true, p.scrollCard(n)
	case a.Fields.Has(m.X, m.Y) && p.wiz.step == stepCheck:
		p.wiz.scroll(n)
		return true, nil
	case a.Fields.Has(m.X, m.Y):
		return true, p.wiz.move(n / 3)
	}
	return false, nil
}

func (p *Pane) moveList(n int) tea.Cmd {
	if !p.list.Move(n) {
		return nil
	}
	return p.resetCard()
}

func (p *Pane) pageList(n int) tea.Cmd {
	if !p.list.Page(n) {
		return nil
	}
	return p.resetCard()
}

func (p *Pane) stepView(n int) tea.Cmd {
	p.view = view((int(p.view) + n + int(views)) % int(views))
	p.arrange()
	p.list.Home()
	return p.resetCard()
}

func (p *Pane) enterCard() tea.Cmd {
	p.focus = onCard
	return p.dig()
}

func (p *Pane) toList() tea.Cmd {
	p.focus, p.card.top = onList, 0
	return nil
}

// show puts the cursor on one campaign; a wizard stays open.
func (p *Pane) show(id int64) tea.Cmd {
	if p.focus == onWizard {
		return nil
	}
	p.view, p.focus, p.wanted = viewAll, onCard, id
	p.arrange()
	if p.list.Select(id) {
		p.wanted = 0
	}
	return p.resetCard()
}
