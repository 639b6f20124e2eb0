package inbox

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/kit"
)

const (
	firstMessages = 30    // read when a chat opens: what the tallest screens show
	pageMessages  = 60    // read when the screen comes near the oldest
	maxReload     = 500   // messages read again after a change at most
	maxJump       = 20000 // messages read to reach one that a search found
	keepThreads   = 12    // chats kept as they were left
)

// talk is the newest part of a conversation.
type talk struct {
	conv core.Conversation
	msgs []core.Message
	acts []core.Activity
	more bool  // older messages exist
	only bool  // the conversation alone was read
	jump int64 // message to show; 0 for none
	far  bool  // the message was too far back: msgs end with it, newer ones are not loaded
}

// older is a page above what is loaded.
type older struct {
	conv int64
	msgs []core.Message
	acts []core.Activity
	more bool
}

// loadList asks for rows. A page at an edge waits while something else is on
// its way, so that it cannot push a reload aside.
func (p *Pane) loadList(e edge) tea.Cmd {
	if (e == below || e == above) && p.fetchList.Busy() {
		return nil
	}
	if e == sameAgain && !p.list.loaded {
		e = fromTop
	}
	q, sel, keep, r := p.list.query(p.query, e), p.list.sel, p.reorder && e == fromTop, p.d.Read
	return send(p.fetchList.Ask(p.env.Ctx, func(ctx context.Context) (slice, error) { return load(ctx, r, q, e, sel, keep) }))
}

func (p *Pane) takeList(m kit.Loaded[slice]) tea.Cmd {
	fresh, again := p.fetchList.Take(p.env.Ctx, m)
	if !fresh {
		return send(again)
	}
	if p.listErr = m.Err; m.Err != nil {
		return nil
	}
	if !sameQuestion(m.Val.query, p.query) {
		return p.loadList(fromTop)
	}
	p.reorder = false
	for i := range m.Val.page.Rows {
		p.own(&m.Val.page.Rows[i])
	}
	if m.Val.chosen != nil {
		p.own(m.Val.chosen)
	}
	p.list.take(m.Val)
	return tea.Batch(p.follow(), p.more(), p.loadCompany())
}

// own leaves the agent's own words in Draft: another's are never text here.
func (p *Pane) own(c *core.Conversation) { c.Draft = c.DraftOf(p.env.Agent) }

func sameQuestion(a, b core.ListQuery) bool {
	return a.View == b.View && a.Order == b.Order && a.Tag == b.Tag
}

// more asks for the page that the place of the screen calls for.
func (p *Pane) more() tea.Cmd {
	if e, ok := p.list.wants(); ok {
		return p.loadList(e)
	}
	return nil
}

func (p *Pane) loadCounts() tea.Cmd {
	r, agent, now := p.d.Read, p.env.Agent, p.now()
	return send(p.fetchCounts.Ask(p.env.Ctx, func(ctx context.Context) (core.Counts, error) { return r.Counts(ctx, agent, now) }))
}

func (p *Pane) loadChannels() tea.Cmd {
	return send(p.fetchPlaces.Ask(p.env.Ctx, p.d.Channels.Channels))
}

// loadTalk asks for the open conversation again: as much as reaches from the
// top of the screen to the end, so that every tick in sight is right. Far back
// in a long chat only the heading is renewed.
func (p *Pane) loadTalk() tea.Cmd {
	id, jump := p.open, p.jump
	n := firstMessages
	switch {
	case !p.th.newest && jump == 0:
		n = 0
	case len(p.th.items) > 0:
		n = min(maxReload, max(n, len(p.th.msgs)-p.topMessage()+10))
	}
	r := p.d.Read
	return send(p.fetchTalk.Ask(p.env.Ctx, func(ctx context.Context) (talk, error) { return readTalk(ctx, r, id, jump, n) }))
}

// topMessage is the index of the message at the top of the screen.
func (p *Pane) topMessage() int {
	for _, id := range p.lineIDs {
		if id.kind != messageItem {
			continue
		}
		if i := slices.IndexFunc(p.th.msgs, func(m core.Message) bool { return m.ID == id.id }); i >= 0 {
			return i
		}
	}
	return max(0, len(p.th.msgs)-firstMessages)
}

func readTalk(ctx context.Context, r core.InboxReader, id, jump int64, n int) (talk, error) {
	c, err := r.Conversation(ctx, id)
	if err != nil {
		return talk{}, err
	}
	t := talk{conv: c, jump: jump, only: n == 0}
	if t.only {
		return t, nil
	}
	if err := t.reach(ctx, r, id, n); err != nil {
		return talk{}, err
	}
	t.acts, err = r.Activities(ctx, id, since(t.msgs, t.more))
	return t, err
}

// reach reads the newest n messages, and further back, in growing steps, to
// the message to jump to.
func (t *talk) reach(ctx context.Context, r core.InboxReader, id int64, n int) (err error) {
	if t.msgs, err = r.Messages(ctx, id, 0, n); err != nil {
		return err
	}
	t.more = len(t.msgs) >= n
	for t.jump != 0 && t.more && !hasMessage(t.msgs, t.jump) {
		if len(t.msgs) >= maxJump {
			t.far = true
			t.msgs, err = r.Messages(ctx, id, t.jump+1, n)
			t.more = len(t.msgs) >= n
			return err
		}
		step := len(t.msgs)
		up, err := r.Messages(ctx, id, t.msgs[0].ID, step)
		if err != nil {
			return err
		}
		t.more = len(up) >= step
		t.msgs = append(up, t.msgs...)
	}
	return nil
}

func hasMessage(ms []core.Message, id int64) bool {
	return slices.ContainsFunc(ms, func(m core.Message) bool { return m.ID == id })
}

// since is from when on activities matter: all of them when no older message exists.
func since(ms []core.Message, more bool) time.Time {
	if !more || len(ms) == 0 {
		return time.Time{}
	}
	return ms[0].At
}

func (p *Pane) takeTalk(m kit.Loaded[talk]) tea.Cmd {
	fresh, again := p.fetchTalk.Take(p.env.Ctx, m)
	if !fresh {
		return send(again)
	}
	p.slow = false
	if p.talkErr = m.Err; m.Err != nil {
		return nil
	}
	t := m.Val
	if t.conv.ID != p.open {
		return nil
	}
	p.conv = t.conv
	p.own(&p.conv)
	if !t.only {
		p.takeMessages(t)
	}
	p.comp.adopt(&p.conv)
	return tea.Batch(p.look(), p.tick(), p.maybeOlder(), p.loadCardOnce(), p.loadCompany())
}

func (p *Pane) takeMessages(t talk) {
	if n := t.conv.Unread; n > 0 && (len(p.th.items) == 0 || p.th.unread == 0 && p.focus == onList) {
		p.th.unread = firstUnread(t.msgs, n)
	}
	p.mergeActs(t.acts, t.msgs)
	p.th.newest = !t.far
	p.th.merge(t.msgs, t.more)
	if t.jump != 0 && t.jump == p.jump {
		p.jump, p.th.sel = 0, t.jump
		p.th.reveal(itemID{messageItem, t.jump}, p.drawItem(p.brush()))
	}
}

// mergeActs replaces the activities from the first loaded message on.
func (p *Pane) mergeActs(as []core.Activity, ms []core.Message) {
	if len(as) == 0 && len(p.th.acts) == 0 {
		return
	}
	keep := p.th.acts
	if len(ms) > 0 && len(as) > 0 {
		keep = slices.DeleteFunc(slices.Clone(keep), func(a core.Activity) bool { return a.ID >= as[0].ID })
	} else if len(as) > 0 {
		keep = nil
	}
	p.th.acts = append(keep, as...)
}

// firstUnread finds where the last n customer messages begin.
func firstUnread(ms []core.Message, n int) int64 {
	for i := len(ms) - 1; i >= 0 && n > 0; i-- {
		if ms[i].Direction == core.In && ms[i].Type.CountsAsContact() {
			if n--; n == 0 {
				return ms[i].ID
			}
		}
	}
	return 0
}

// maybeOlder asks for older messages when the screen comes near the oldest.
func (p *Pane) maybeOlder() tea.Cmd {
	if !p.th.more || len(p.th.msgs) == 0 || p.fetchOlder.Busy() || !p.th.nearTop(p.drawItem(p.brush())) {
		return nil
	}
	id, before, r := p.open, p.th.msgs[0].ID, p.d.Read
	return send(p.fetchOlder.Ask(p.env.Ctx, func(ctx context.Context) (older, error) {
		ms, err := r.Messages(ctx, id, before, pageMessages)
		if err != nil {
			return older{}, err
		}
		o := older{conv: id, msgs: ms, more: len(ms) >= pageMessages}
		o.acts, err = r.Activities(ctx, id, since(ms, o.more))
		return o, err
	}))
}

func (p *Pane) takeOlder(m kit.Loaded[older]) tea.Cmd {
	fresh, again := p.fetchOlder.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return send(again)
	case m.Err != nil:
		return fail(m.Err)
	case m.Val.conv != p.open:
		return nil
	}
	p.th.acts = m.Val.acts
	p.th.prepend(m.Val.msgs, m.Val.more)
	return p.maybeOlder()
}

// loadCompany asks who else is in the conversations on screen.
func (p *Pane) loadCompany() tea.Cmd {
	r, process, agent, now := p.d.Presence, p.d.Process, p.env.Agent, p.now()
	ids := p.shownIDs()
	return send(p.fetchCompany.Ask(p.env.Ctx, func(ctx context.Context) (map[int64]others, error) {
		out := map[int64]others{}
		for _, id := range ids {
			ps, err := r.Present(ctx, id, process, now)
			if err != nil {
				return nil, err
			}
			ps = slices.DeleteFunc(ps, func(x core.Presence) bool { return x.Agent == agent }) // another screen of one's own is nobody else
			if len(ps) > 0 {
				out[id] = gather(ps)
			}
		}
		return out, nil
	}))
}

func (p *Pane) shownIDs() []int64 {
	var ids []int64
	for i := p.list.top; i < min(len(p.list.rows), p.list.top+max(p.list.shown, 1)); i++ {
		ids = append(ids, p.list.rows[i].ID)
	}
	if p.open != 0 && !slices.Contains(ids, p.open) {
		ids = append(ids, p.open)
	}
	return ids
}

func gather(ps []core.Presence) others {
	var o others
	var names, typers []string
	for _, x := range ps {
		o.typing = o.typing || x.Typing
		if x.Typing && !slices.Contains(typers, x.Agent) {
			typers = append(typers, x.Agent)
		}
		if !slices.Contains(names, x.Agent) {
			names = append(names, x.Agent)
		}
	}
	slices.Sort(names)
	slices.Sort(typers)
	o.names, o.typers = strings.Join(names, ", "), strings.Join(typers, ", ")
	return o
}

// answer takes the answers of the fetches.
func (p *Pane) answer(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch m := msg.(type) {
	case kit.Loaded[slice]:
		return p.takeList(m), true
	case kit.Loaded[core.Counts]:
		fresh, again := p.fetchCounts.Take(p.env.Ctx, m)
		if fresh && m.Err == nil {
			p.counts = m.Val
		}
		return send(again), true
	case kit.Loaded[talk]:
		return p.takeTalk(m), true
	case kit.Loaded[older]:
		return p.takeOlder(m), true
	case kit.Loaded[cardData]:
		return p.takeCard(m), true
	case kit.Loaded[[]core.Channel]:
		fresh, again := p.fetchPlaces.Take(p.env.Ctx, m)
		if fresh && m.Err == nil {
			p.channels, p.asked = m.Val, true
		}
		return send(again), true
	case kit.Loaded[map[int64]others]:
		fresh, again := p.fetchCompany.Take(p.env.Ctx, m)
		if fresh && m.Err == nil {
			p.company = m.Val
		}
		return send(again), true
	case kit.Loaded[sighting]:
		return p.takeWatch(m), true
	case kit.Loaded[found]:
		return p.takeHits(m), true
	case kit.Loaded[[]core.TagCount]:
		return p.takeTags(m), true
	case kit.Loaded[suggestion]:
		return p.takeNames(m), true
	}
	return nil, false
}
