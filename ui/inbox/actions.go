package inbox

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// change does something that can be undone and tells so.
func (p *Pane) change(done string, do func(ctx context.Context) (queue.Undo, error)) tea.Cmd {
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		undo, err := do(ctx)
		return frame.Toast{Text: done, Undo: undo}, err
	})
}

// name of the open conversation's contact, for toasts.
func (p *Pane) name() string { return kit.CleanLine(title(&p.conv.Contact, p.env.Words)) }

// toggleDone closes the conversation and goes on to the next who waits, or opens it again.
func (p *Pane) toggleDone() tea.Cmd {
	id, agent, w := p.open, p.env.Agent, p.d.Work
	if p.conv.State == core.Done {
		return p.change(p.env.Words.T(text.InboxToastReopened, "Name", p.name()), func(ctx context.Context) (queue.Undo, error) { return w.Reopen(ctx, id, agent) })
	}
	cmd := p.change(p.env.Words.T(text.InboxToastDone, "Name", p.name()), p.andBack(id, func(ctx context.Context) (queue.Undo, error) { return w.Done(ctx, id, agent) }))
	return tea.Batch(cmd, p.leaveRow())
}

// andBack lets the undo of what put a conversation away bring the cursor back
// to it as well.
func (p *Pane) andBack(conv int64, do func(ctx context.Context) (queue.Undo, error)) func(ctx context.Context) (queue.Undo, error) {
	r := &p.returned
	return func(ctx context.Context) (queue.Undo, error) {
		undo, err := do(ctx)
		if undo == nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			err := undo(ctx)
			if err == nil {
				r.add(backMsg{conv: conv})
			}
			return err
		}, err
	}
}

// backTo puts the cursor on a conversation that came back, unless somebody
// writes in another meanwhile.
func (p *Pane) backTo(conv int64) tea.Cmd {
	if conv == p.open || p.focus == onComposer {
		return nil
	}
	if i := p.list.find(conv); i >= 0 {
		p.list.moveTo(i)
		return p.follow()
	}
	p.list.sel = conv // the reload finds it
	return tea.Batch(p.show(conv, nil), p.loadList(sameAgain))
}

// leaveRow moves on from a conversation that is leaving the list by our own
// hand: to the first who waits, else to its neighbour.
func (p *Pane) leaveRow() tea.Cmd {
	if p.query.View == core.ViewDone || p.query.View == core.ViewSnoozed {
		return nil
	}
	switch i := p.waiting(0); {
	case i >= 0:
		p.list.moveTo(i)
	case !p.list.move(1) && !p.list.move(-1):
		p.list.sel = 0 // it was the only one: nothing holds it in the list
	}
	if p.focus == onComposer {
		p.focus = onChat
	}
	return tea.Batch(p.follow(), p.look())
}

// nextWaiting goes to the next in the list's order who waits, round its end.
func (p *Pane) nextWaiting() tea.Cmd {
	i := p.waiting(p.list.cur + 1)
	if i < 0 {
		i = p.waiting(0)
	}
	if i < 0 {
		return p.refuse(text.InboxToastNobody)
	}
	p.list.moveTo(i)
	return tea.Batch(p.follow(), p.more())
}

// waiting is the first loaded row from an index on whose customer waits, the
// open conversation left out; -1 when there is none.
func (p *Pane) waiting(from int) int {
	for i := from; i < len(p.list.rows); i++ {
		if c := p.list.rows[i]; c.ID != p.open && c.State == core.Open && !c.WaitingSince.IsZero() {
			return i
		}
	}
	return -1
}

// askSnooze takes a time in words and shows what it is read as.
func (p *Pane) askSnooze() tea.Cmd {
	id, agent, w, name := p.open, p.env.Agent, p.d.Work, p.name()
	until := func(typed string) (time.Time, reading) {
		if strings.TrimSpace(typed) == "" {
			return time.Time{}, reading{says: p.env.Words.T(text.InboxSnoozeExamples)}
		}
		now := p.now()
		t, err := p.d.When(typed, now)
		switch {
		case core.CodeOf(err) == core.PastTime, err == nil && !t.After(now):
			return t, reading{says: p.env.Words.T(text.InboxSnoozePast)}
		case err != nil:
			return t, reading{says: p.env.Words.T(text.InboxSnoozeUnread)}
		}
		return t, reading{says: "→ " + p.date(t.In(now.Location())) + " " + p.env.Words.Clock(t.In(now.Location())) + " · " + p.env.Words.Short(t.Sub(now)), ok: true}
	}
	d := p.newAsk(text.InboxSnooze, text.InboxSnoozeHint, func(s string) reading { _, r := until(s); return r }, func(s string) tea.Cmd {
		t, r := until(s)
		if !r.ok {
			return nil
		}
		done := p.env.Words.T(text.InboxToastSnoozed, "Name", name, "When", p.env.Words.When(t, p.now()))
		cmd := p.change(done, p.andBack(id, func(ctx context.Context) (queue.Undo, error) { return w.Snooze(ctx, id, agent, t) }))
		if id != p.open {
			return cmd
		}
		return tea.Batch(cmd, p.leaveRow())
	})
	return dialog.Open(d)
}

// date writes a day in full, "Wed 25 Nov": what was understood must not need
// interpreting again.
func (p *Pane) date(t time.Time) string { return p.env.Words.Day(t, t.AddDate(0, 0, -3)) }

func (p *Pane) assign(who string) tea.Cmd {
	id, agent, w := p.open, p.env.Agent, p.d.Work
	done := p.env.Words.T(text.InboxToastAssigned, "Who", kit.CleanLine(who))
	switch who {
	case "":
		done = p.env.Words.T(text.InboxToastUnassigned)
	case agent:
		done = p.env.Words.T(text.InboxToastMine)
	}
	return p.change(done, func(ctx context.Context) (queue.Undo, error) { return w.Assign(ctx, id, agent, who) })
}

// assignMe takes the conversation, or gives it back when it is one's own.
func (p *Pane) assignMe() tea.Cmd {
	if p.conv.Assignee == p.env.Agent {
		return p.assign("")
	}
	return p.assign(p.env.Agent)
}

// pickAgent chooses who answers: a known agent or any name typed.
func (p *Pane) pickAgent() tea.Cmd {
	names := []string{p.env.Agent}
	if p.d.Agents != nil {
		names = append(names, p.d.Agents()...)
	}
	if p.conv.Assignee != "" {
		names = append(names, p.conv.Assignee)
	}
	var all []dialog.Option
	for i, n := range names {
		if n == "" || slices.Contains(names[:i], n) {
			continue
		}
		o := dialog.Option{Value: n, Label: kit.CleanLine(n), On: n == p.conv.Assignee}
		if n == p.env.Agent {
			o.Detail = p.env.Words.T(text.InboxYou)
		}
		all = append(all, o)
	}
	all = append(all, dialog.Option{Value: "", Label: p.env.Words.T(text.InboxNobody), On: p.conv.Assignee == ""})
	return dialog.Open(p.newPick(text.InboxAssign, all, true, func(who string) tea.Cmd {
		if who == "" || slices.Contains(names, who) {
			return p.assign(who)
		}
		w := p.env.Words // a slip of the finger must not hand a customer to nobody
		return func() tea.Msg {
			return frame.Confirm{Title: w.T(text.InboxAssign), Text: w.T(text.InboxAssignNew, "Who", kit.CleanLine(who)), Do: w.T(text.InboxAssignDo), Yes: p.assign(who)}
		}
	}))
}

// pickTag gives the customer a tag or takes it away; new words become new tags.
func (p *Pane) pickTag() tea.Cmd {
	id, agent, w := p.conv.ContactID, p.env.Agent, p.d.Work
	has := p.conv.Contact.Tags
	var d *dialog.Pick
	d = p.newPick(text.InboxTags, p.tagOptions(nil, has), true, func(v string) tea.Cmd {
		tag, err := newTag(v, d)
		if err != nil {
			return p.failHere(err)
		}
		on := !slices.Contains(has, tag)
		k := text.InboxToastTagged
		if !on {
			k = text.InboxToastUntagged
		}
		return p.change(p.env.Words.T(k, "Tag", kit.CleanLine(tag)), func(ctx context.Context) (queue.Undo, error) { return w.Tag(ctx, id, agent, tag, on) })
	})
	return p.openTagged(d, func(all []core.TagCount) []dialog.Option { return p.tagOptions(all, p.conv.Contact.Tags) })
}

// newTag is a tag as it is chosen, or in the form of a tag when it was typed:
// one word, so that it can be searched and written after a #.
func newTag(v string, d *dialog.Pick) (string, error) {
	if d.Has(v) {
		return v, nil
	}
	tag, err := queue.CleanTag(strings.Trim(strings.TrimSpace(v), "#!?.;:"))
	return strings.ReplaceAll(tag, " ", "-"), err
}

// tagOptions lists the contact's own tags first, then the shop's.
func (p *Pane) tagOptions(all []core.TagCount, has []string) []dialog.Option {
	var out []dialog.Option
	for _, t := range has {
		out = append(out, dialog.Option{Value: t, Label: kit.CleanLine(t), On: true})
	}
	for _, t := range all {
		if !slices.Contains(has, t.Tag) {
			out = append(out, dialog.Option{Value: t.Tag, Label: kit.CleanLine(t.Tag), Detail: p.env.Words.Num(t.Count)})
		}
	}
	return out
}

func (p *Pane) takeTags(m kit.Loaded[[]core.TagCount]) tea.Cmd {
	fresh, again := p.fetchTags.Take(p.env.Ctx, m)
	switch {
	case !fresh || p.tagged == nil:
		return send(again)
	case m.Err != nil:
		return fail(m.Err)
	}
	p.tagged(m.Val)
	return nil
}

func (p *Pane) pickValue() tea.Cmd {
	id, agent, w := p.conv.ContactID, p.env.Agent, p.d.Work
	var all []dialog.Option
	for _, t := range []core.ValueTier{core.ValueHigh, core.ValueMid, core.ValueLow, core.ValueNone} {
		all = append(all, dialog.Option{Value: string(t), Label: p.env.Words.T(tierWord(t)), On: t == p.conv.Contact.Value})
	}
	return dialog.Open(p.newPick(text.InboxValue, all, false, func(v string) tea.Cmd {
		t := core.ValueTier(v)
		done := p.env.Words.T(text.InboxToastValue, "Value", p.env.Words.T(tierWord(t)))
		return p.change(done, func(ctx context.Context) (queue.Undo, error) { return w.SetValue(ctx, id, agent, t) })
	}))
}

// itWaits undoes the reading of a message as a closing courtesy.
func (p *Pane) itWaits() tea.Cmd {
	id, agent, w := p.open, p.env.Agent, p.d.Work
	return p.change(p.env.Words.T(text.InboxToastWaits), func(ctx context.Context) (queue.Undo, error) { return w.MarkCourtesy(ctx, id, agent, false) })
}

// retry sends a failed message again; of one whose outcome is open, a person
// thereby says that it did not arrive.
func (p *Pane) retry() tea.Cmd {
	m := p.failed()
	if m == nil {
		return nil
	}
	id, conv, unsure, agent, w, ctx := m.ID, p.open, m.State == core.UnsureSent, p.env.Agent, p.d.Work, p.env.Ctx
	p.th.sel = 0
	p.th.toEnd()
	return send(func() tea.Msg {
		if unsure {
			if _, err := w.Settle(ctx, id, agent, false); err != nil {
				return frame.Failed{Err: err}
			}
		}
		out, err := w.Retry(ctx, id, agent)
		return repliedMsg{conv: conv, message: out, err: err}
	})
}

func (p *Pane) arrived() tea.Cmd {
	m := p.failed()
	if m == nil {
		return nil
	}
	id, agent, w := m.ID, p.env.Agent, p.d.Work
	done := p.env.Words.T(text.InboxToastArrived)
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		_, err := w.Settle(ctx, id, agent, true)
		return frame.Toast{Text: done}, err
	})
}

// reactionSet are the reactions offered first, as on the phone.
var reactionSet = []string{"👍", "❤️", "😂", "😮", "😢", "🙏"}

func (p *Pane) pickReaction() tea.Cmd {
	m := p.target()
	if m == nil {
		return nil
	}
	id, agent, w := m.ID, p.env.Agent, p.d.Work
	own := ""
	for _, r := range m.Reactions {
		if r.From == core.Out {
			own = r.Emoji
		}
	}
	names := p.env.Words.T(text.InboxReactionNames)
	var all []dialog.Option
	for i, e := range reactionSet {
		label := e
		if ns := strings.Fields(names); i < len(ns) {
			label += " " + ns[i]
		}
		all = append(all, dialog.Option{Value: e, Label: label, On: e == own})
	}
	if own != "" {
		all = append(all, dialog.Option{Value: "", Label: p.env.Words.T(text.InboxNoReaction)})
	}
	return dialog.Open(p.newPick(text.InboxReact, all, true, func(e string) tea.Cmd {
		return p.act(func(ctx context.Context) (tea.Msg, error) { return nil, w.React(ctx, id, agent, e) })
	}))
}

// copy puts the chosen message, else the newest, on the clipboard.
func (p *Pane) copy() tea.Cmd {
	m := p.target()
	if m == nil && len(p.th.msgs) > 0 {
		m = &p.th.msgs[len(p.th.msgs)-1]
	}
	if m == nil {
		return nil
	}
	said := kit.Clean(m.Text)
	if said == "" && m.Media != nil {
		said = kit.Clean(m.Media.Caption)
	}
	if said == "" {
		return p.refuse(text.InboxToastNoText)
	}
	return tea.Batch(tea.SetClipboard(said), toast(frame.Toast{Text: p.env.Words.T(text.InboxToastCopied)}))
}
