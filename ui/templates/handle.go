package templates

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core/library"
	"bottega/ui/frame"
	"bottega/ui/kit"
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
	return p.told(msg)
}

// told takes answers, timers and the app's notices.
func (p *Pane) told(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case kit.Loaded[*shelf]:
		return true, p.take(m)
	case kit.Loaded[[]library.Entry]:
		return true, p.takeGlance(m)
	case restMsg:
		if p.edit != nil && m.typed == p.edit.typed {
			return true, p.keep()
		}
	case keptMsg:
		return true, p.takeKept(m)
	case begunMsg:
		return true, p.takeBegun(m)
	case submittedMsg:
		return true, p.takeSubmitted(m)
	case placedMsg:
		return true, p.takePlaced(m)
	case overMsg:
		return true, p.keepOver()
	case dropMsg:
		return true, p.drop()
	case doneMsg:
		return true, tea.Batch(p.load(), m.said)
	case reachMsg:
		return true, p.takeReach(m)
	case syncedMsg:
		return true, p.takeSynced(m)
	case fileMsg:
		return true, p.runEditor(m)
	case editedMsg:
		return true, p.takeEdited(m)
	case startMsg:
		return true, p.startNew(m.from)
	case insertMsg:
		return true, p.insert(m)
	case languageMsg:
		return true, p.setLanguage(m)
	case Show:
		return true, p.show(m.ID)
	case frame.Minute, frame.Redraw:
		p.epoch++
		p.list.SetEpoch(p.epoch)
		p.card = cardCache{}
	case frame.Shown:
		return true, p.shown(m.Front)
	case tea.BlurMsg:
		return true, p.keep()
	case kit.To: // an answer that was addressed twice
		if m.Pane == Name {
			return p.Handle(m.Msg)
		}
	default:
		return false, nil
	}
	return true, nil
}

// key finds the action of a key; in the editor and the filter the rest is text.
func (p *Pane) key(m tea.KeyPressMsg) (bool, tea.Cmd) {
	if p.focus == onFilter {
		return p.filterKey(m)
	}
	if e := table(p.focus).Match(m.String()); e != nil {
		return true, p.run(e)
	}
	if p.focus == onEditor {
		return p.write(m)
	}
	return false, nil
}

func (p *Pane) paste(m tea.PasteMsg) (bool, tea.Cmd) {
	switch p.focus {
	case onFilter:
		p.filter.Handle(m)
		p.arrange()
		return true, nil
	case onEditor:
		used := p.edit.e.Handle(m)
		return used, p.touched()
	}
	return false, nil
}

// click acts on what the layout says is there.
func (p *Pane) click(m tea.MouseClickMsg) (bool, tea.Cmd) {
	if m.Button != tea.MouseLeft {
		return false, nil
	}
	a := p.area
	switch {
	case a.Bar.Has(m.X, m.Y):
		for _, s := range p.spots {
			if m.X >= s.x && m.X < s.x+s.w {
				p.view = s.view
				p.arrange()
				return true, nil
			}
		}
	case a.Filter.Has(m.X, m.Y):
		return true, p.startFilter()
	case a.List.Has(m.X, m.Y):
		r, ok := p.list.At(m.Y - a.List.Y)
		if !ok {
			return false, nil
		}
		it := p.chosen()
		p.focus = onList
		if it != nil && it.ID == r.Key() {
			return true, p.openCard()
		}
		p.list.Select(r.Key())
		p.cardTop = 0
		return true, nil
	case a.Card.Has(m.X, m.Y) && p.chosen() != nil:
		p.focus = onCard
		return true, nil
	case a.Fields.Has(m.X, m.Y):
		return true, p.clickField(m.X-a.Fields.X, m.Y-a.Fields.Y)
	}
	return false, nil
}

// wheel scrolls what is under the pointer.
func (p *Pane) wheel(m tea.MouseWheelMsg) (bool, tea.Cmd) {
	n := 3
	if m.Button == tea.MouseWheelUp {
		n = -3
	} else if m.Button != tea.MouseWheelDown {
		return false, nil
	}
	a := p.area
	switch {
	case a.List.Has(m.X, m.Y):
		p.list.Scroll(n / 3)
		p.cardTop = 0
	case a.Card.Has(m.X, m.Y):
		return true, p.scroll(n)
	case a.Fields.Has(m.X, m.Y):
		return true, p.moveField(n / 3)
	default:
		return false, nil
	}
	return true, nil
}
