package inbox

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
	case tea.MouseMotionMsg:
		return p.motion(m)
	case tea.MouseReleaseMsg:
		was := p.drag
		p.drag = false
		return was, nil
	case tea.FocusMsg:
		p.away = false
		return true, tea.Batch(p.look(), p.tellPresence())
	case tea.BlurMsg:
		p.away = true
		return true, tea.Batch(p.saveDraft(), p.tellPresence())
	}
	if cmd, ok := p.answer(msg); ok {
		return true, cmd
	}
	return p.told(msg)
}

// told takes the app's notices and the pane's own timers and outcomes.
func (p *Pane) told(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case frame.Minute:
		return true, tea.Batch(p.loadWatch(), p.loadCompany(), p.tellPresence())
	case frame.Redraw:
		p.rows, p.bubbles = rows{}, bubbles{}
	case frame.Shown:
		p.front = m.Front
		return true, tea.Batch(p.look(), p.saveDraft(), p.tellPresence())
	case frame.OpenConversation:
		return true, p.goTo(m.Conversation, m.Message)
	case frame.Search:
		return true, p.openSearch()
	case restMsg:
		if m.gen == p.rest {
			p.slow = p.fetchTalk.Busy()
			return true, p.tellPresence()
		}
	case beatMsg:
		if m.conv == p.mine.conv {
			return true, p.tellPresence()
		}
	case draftMsg:
		if m.conv == p.comp.conv && m.gen == p.comp.gen {
			return true, p.saveDraft()
		}
	case secondMsg:
		p.ticking = false
		return true, p.tick()
	case formsMsg:
		return true, p.takeForms(m)
	case savedMsg:
		return true, p.takeSaved(m)
	case repliedMsg:
		return true, p.takeReplied(m)
	case editorMsg:
		return true, p.runEditor(m)
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

// key finds the action of a key in the table in force; while something is
// being written the rest is text.
func (p *Pane) key(m tea.KeyPressMsg) (bool, tea.Cmd) {
	if e := table(p.focus).Match(m.String()); e != nil {
		if p.focus == onComposer && e.Run == nil && e.Off == nil {
			return p.write(m)
		}
		return true, p.runEntry(e)
	}
	if p.focus == onComposer && !p.shut() {
		return p.write(m)
	}
	return false, nil
}

// write gives the composer a key or a paste.
func (p *Pane) write(msg tea.Msg) (bool, tea.Cmd) {
	if m, ok := msg.(tea.KeyPressMsg); ok && m.String() == "up" && p.comp.in.Empty() {
		p.focus = onChat // up from an empty line chooses the newest message
		return true, p.stepMessage(-1)
	}
	if m, ok := msg.(tea.KeyPressMsg); ok && m.String() == "backspace" && p.comp.in.Empty() && p.detach() {
		return true, nil
	}
	rev, blank := p.comp.in.Rev(), p.comp.in.Empty()
	if !p.comp.in.Handle(msg) {
		return false, nil
	}
	if p.comp.in.Rev() == rev {
		return true, nil
	}
	if blank && p.comp.in.Value() == "/" { // where other programs have their canned replies
		return true, tea.Batch(p.changed(), p.refuse(text.InboxOffCanned))
	}
	return true, p.changed()
}

// paste goes into the composer, wherever the keyboard is: nobody pastes into a list.
func (p *Pane) paste(m tea.PasteMsg) (bool, tea.Cmd) {
	if p.open == 0 || p.env.ReadOnly {
		return false, nil
	}
	var cmds []tea.Cmd
	if p.focus != onComposer {
		cmds = append(cmds, p.compose())
	}
	used, cmd := p.write(m)
	return used, tea.Batch(append(cmds, cmd)...)
}

// click acts on what the layout says is there.
func (p *Pane) click(m tea.MouseClickMsg) (bool, tea.Cmd) {
	if m.Button != tea.MouseLeft {
		return false, nil
	}
	a := p.area
	switch {
	case a.Divider.Has(m.X, m.Y):
		p.drag = true
		return true, nil
	case a.Filter.Has(m.X, m.Y):
		return p.clickFilter(m.X - a.Filter.X)
	case a.List.Has(m.X, m.Y):
		return p.clickRow((m.Y - a.List.Y) / rowLines)
	case a.Chat.Has(m.X, m.Y):
		return p.clickChat(m.Y - a.Chat.Y)
	case a.Composer.Has(m.X, m.Y):
		return p.clickComposer(m.X-a.Composer.X, m.Y-a.Composer.Y)
	case a.Head.Has(m.X, m.Y) && p.open != 0:
		return true, p.openCard()
	}
	return false, nil
}

func (p *Pane) clickFilter(x int) (bool, tea.Cmd) {
	for _, s := range p.spots {
		if x >= s.x && x < s.x+s.w {
			q := p.query
			q.View, q.Tag = s.view, ""
			return true, p.requery(q)
		}
	}
	if n := len(p.spots); n > 0 && x > p.spots[n-1].x+p.spots[n-1].w {
		return true, p.cycleOrder()
	}
	return false, nil
}

// clickRow chooses a row; a click on the chosen one opens it.
func (p *Pane) clickRow(n int) (bool, tea.Cmd) {
	i := p.list.top + n
	if i >= len(p.list.rows) {
		return false, nil
	}
	if i == p.list.cur {
		return true, p.enterChat()
	}
	p.list.moveTo(i)
	p.focus = onList
	return true, tea.Batch(p.follow(), p.more(), p.tellPresence())
}

func (p *Pane) clickChat(y int) (bool, tea.Cmd) {
	if y == p.area.Chat.H-1 && (p.th.newBelow() > 0 || !p.th.newest) {
		return true, p.newest()
	}
	if y >= len(p.lineIDs) {
		return false, nil
	}
	p.focus = onChat
	if id := p.lineIDs[y]; id.kind == messageItem {
		p.th.sel = id.id
	}
	return true, tea.Batch(p.look(), p.tellPresence())
}

func (p *Pane) clickComposer(x, y int) (bool, tea.Cmd) {
	cmd := p.compose()
	if p.focus == onComposer && y >= p.fieldTop() {
		p.comp.in.Click(x-2, y-p.fieldTop(), max(1, p.area.Composer.W-2))
	}
	return true, cmd
}

// wheel scrolls what is under the pointer.
func (p *Pane) wheel(m tea.MouseWheelMsg) (bool, tea.Cmd) {
	n := 3
	if m.Button == tea.MouseWheelUp {
		n = -3
	} else if m.Button != tea.MouseWheelDown {
		return false, nil
	}
	switch {
	case p.area.Chat.Has(m.X, m.Y) && p.open != 0:
		return true, p.scrollChat(n)
	case p.area.List.Has(m.X, m.Y):
		if !p.list.scroll(n) {
			return false, nil
		}
		return true, tea.Batch(p.follow(), p.more())
	}
	return false, nil
}

// motion drags the line between list and chat.
func (p *Pane) motion(m tea.MouseMotionMsg) (bool, tea.Cmd) {
	if !p.drag || p.w < twoColumns {
		return false, nil
	}
	old := p.split
	p.split = listWidth(p.w, max(1, m.X))
	return p.split != old, nil
}

// WouldLose says what quitting now would lose: a private note being written.
// Drafts are saved at each pause, and by Close.
func (p *Pane) WouldLose() string {
	if p.comp.note && !p.comp.in.Empty() {
		return p.env.Words.T(text.InboxLoseNote)
	}
	return ""
}
