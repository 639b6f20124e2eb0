package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// watchRows bounds how many conversations are looked at for notices.
const watchRows = 50

// sighting is what the watch reads: who waits longest and who wrote last,
// whatever the list shows.
type sighting struct{ waiting, newest []core.Conversation }

// watch notices what deserves a bell: a new message, a customer who waits too
// long, one who waits far too long. Each is told once.
type watch struct {
	ready bool // the first sighting is what was there already
	last  map[int64]int64
	level map[int64]queue.Level
}

// Watching costs two short reads after each change.
func (p *Pane) loadWatch() tea.Cmd {
	r, agent := p.d.Read, p.env.Agent
	return send(p.fetchWatch.Ask(p.env.Ctx, func(ctx context.Context) (sighting, error) {
		w, err := r.Conversations(ctx, core.ListQuery{View: core.ViewWaiting, Order: core.OrderPriority, Agent: agent, Limit: watchRows})
		if err != nil {
			return sighting{}, err
		}
		n, err := r.Conversations(ctx, core.ListQuery{View: core.ViewOpen, Order: core.OrderNewest, Agent: agent, Limit: watchRows})
		return sighting{w.Rows, n.Rows}, err
	}))
}

func (p *Pane) takeWatch(m kit.Loaded[sighting]) tea.Cmd {
	fresh, again := p.fetchWatch.Take(p.env.Ctx, m)
	if !fresh || m.Err != nil {
		return send(again)
	}
	for i := range m.Val.newest {
		p.own(&m.Val.newest[i])
	}
	return p.notice(m.Val)
}

// levels of a wait that are worth a notice, in rising order.
var rising = map[queue.Level]int{queue.LevelNone: 0, queue.LevelOK: 1, queue.LevelSoon: 2, queue.LevelLate: 3, queue.LevelRed: 4}

// notice compares a sighting with the one before.
func (p *Pane) notice(s sighting) tea.Cmd {
	last, level := map[int64]int64{}, map[int64]queue.Level{}
	var cmds []tea.Cmd
	for i := range s.newest {
		c := &s.newest[i]
		last[c.ID] = c.LastInAt.UnixMilli()
		if was, known := p.watch.last[c.ID]; p.watch.ready && (!known || was < last[c.ID]) && c.Unread > 0 && c.Last.Direction == core.In {
			cmds = append(cmds, p.newMessage(c))
		}
	}
	rules, now := p.d.Rules(), p.now()
	for i := range s.waiting {
		c := &s.waiting[i]
		l := queue.SLAOf(c, rules, now)
		if !l.ClosedUntil.IsZero() { // nobody is there to hear it; told when the shop opens
			level[c.ID] = p.watch.level[c.ID]
			continue
		}
		level[c.ID] = l.Level
		if p.watch.ready && rising[l.Level] > max(1, rising[p.watch.level[c.ID]]) {
			cmds = append(cmds, p.tooLong(c, l))
		}
	}
	p.watch = watch{ready: true, last: last, level: level}
	return tea.Batch(cmds...)
}

// newMessage rings for a message in a conversation that nobody here looks at.
// The words of the customer are left out: a notification is read over shoulders.
func (p *Pane) newMessage(c *core.Conversation) tea.Cmd {
	w := p.env.Words
	n := frame.Notify{Conversation: c.ID, Title: kit.CleanLine(title(&c.Contact, w)), Body: w.T(text.InboxNotifyNew), Bell: true, Desktop: true}
	if c.Draft != "" {
		n.Body = w.T(text.InboxNotifyHeld)
	}
	return func() tea.Msg { return n }
}

func (p *Pane) tooLong(c *core.Conversation, s queue.SLA) tea.Cmd {
	w := p.env.Words
	k := text.InboxNotifySoon
	switch s.Level {
	case queue.LevelLate:
		k = text.InboxNotifyLate
	case queue.LevelRed:
		k = text.InboxNotifyRed
	}
	n := frame.Notify{Conversation: c.ID, Title: kit.CleanLine(title(&c.Contact, w)), Body: w.T(k, "For", w.Short(s.Elapsed)),
		Bell: s.Level != queue.LevelSoon, Desktop: s.Level != queue.LevelSoon, Urgent: s.Level == queue.LevelRed}
	return func() tea.Msg { return n }
}
