package inbox

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
)

// follow shows the conversation under the cursor in the chat column.
func (p *Pane) follow() tea.Cmd {
	c := p.list.chosen()
	switch {
	case c == nil:
		return p.show(0, nil)
	case c.ID != p.open:
		return p.show(c.ID, c)
	}
	if p.conv.ID == p.open && c.Rev > p.conv.Rev { // newer than the chat's own answer
		draft, ids := p.conv.Draft, p.conv.Contact.Identities
		p.conv = *c
		p.conv.Draft, p.conv.Contact.Identities = draft, ids
	}
	return nil
}

// show turns the chat column to a conversation; row may be nil.
func (p *Pane) show(id int64, row *core.Conversation) tea.Cmd {
	if id == p.open {
		return nil
	}
	leave := p.leaveChat()
	p.open, p.talkErr, p.slow = id, nil, false
	if id == 0 {
		p.conv, p.th = core.Conversation{}, p.fresh()
		p.focus = onList
		return leave
	}
	if row != nil {
		p.conv = *row
	} else {
		p.conv = core.Conversation{}
	}
	p.th = p.threads[id]
	if p.th == nil {
		p.th = p.fresh()
	}
	p.remember(id)
	p.comp.open(id, p.conv.Draft)
	p.rest++
	gen, load := p.rest, p.loadTalk()
	return tea.Batch(leave, load,
		send(tea.Tick(restAfter, func(time.Time) tea.Msg { return restMsg{gen} })))
}

// restMsg comes when the cursor has stayed on a conversation for a moment.
type restMsg struct{ gen uint64 }

// restAfter is short enough to feel at once and long enough to pass by rows
// without telling the other agents.
const restAfter = 700 * time.Millisecond

func (p *Pane) fresh() *thread {
	t := &thread{}
	t.reset()
	t.zone = p.now().Location()
	return t
}

// remember keeps the chat as it is left, and the last few of them only.
func (p *Pane) remember(id int64) {
	p.threads[id] = p.th
	p.recent = append(slices.DeleteFunc(p.recent, func(o int64) bool { return o == id }), id)
	for len(p.recent) > keepThreads {
		delete(p.threads, p.recent[0])
		p.recent = p.recent[1:]
	}
}

// leaveChat saves what is being typed before another conversation is shown.
func (p *Pane) leaveChat() tea.Cmd {
	if p.open == 0 {
		return nil
	}
	p.th.sel, p.th.unread = 0, 0
	return p.saveDraft()
}

// goTo shows a conversation wherever it stands in the list, at a message when not 0.
func (p *Pane) goTo(conv, message int64) tea.Cmd {
	if conv == 0 {
		return nil
	}
	p.jump = message
	p.focus = onChat
	if conv == p.open {
		return p.loadTalk()
	}
	if i := p.list.find(conv); i >= 0 {
		p.list.moveTo(i)
		return p.follow()
	}
	p.list.sel = conv // the reload finds it, or keeps it as a guest in the list
	return tea.Batch(p.show(conv, nil), p.loadList(sameAgain))
}

// look tells that somebody has looked, once the chat really has the attention.
func (p *Pane) look() tea.Cmd {
	if p.conv.ID != p.open || p.open == 0 || p.conv.Unread == 0 || p.focus == onList || !p.front || p.away || p.env.ReadOnly {
		return nil
	}
	p.conv.Unread = 0
	id, agent, w, ctx := p.open, p.env.Agent, p.d.Work, p.env.Ctx
	return func() tea.Msg {
		if err := w.Seen(ctx, id, agent); err != nil {
			return frame.Failed{Err: err}
		}
		return nil
	}
}
