package inbox

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func (p *Pane) moveList(n int) tea.Cmd {
	if !p.list.move(n) {
		return nil
	}
	return tea.Batch(p.follow(), p.more())
}

func (p *Pane) firstRow() tea.Cmd {
	if p.list.atTop {
		p.list.moveTo(0)
		p.list.top = 0
		return p.follow()
	}
	p.list.sel = 0
	return p.loadList(fromTop)
}

func (p *Pane) lastRow() tea.Cmd {
	if p.list.atEnd {
		p.list.moveTo(len(p.list.rows) - 1)
		return p.follow()
	}
	return p.loadList(fromEnd)
}

// requery asks for the list anew with another view, order or tag; in another
// order the cursor stays on its conversation.
func (p *Pane) requery(q core.ListQuery) tea.Cmd {
	if sameQuestion(q, p.query) {
		return nil
	}
	p.reorder = q.View == p.query.View && q.Tag == p.query.Tag && p.list.sel != 0
	p.query = q
	p.list.atTop = true
	return p.loadList(fromTop)
}

func (p *Pane) stepFilter(n int) tea.Cmd {
	at := 0
	for i, v := range filters {
		if v == p.query.View {
			at = i
		}
	}
	q := p.query
	q.View, q.Tag = filters[(at+n+len(filters))%len(filters)], ""
	return p.requery(q)
}

// cycleOrder takes the next order and names it.
func (p *Pane) cycleOrder() tea.Cmd {
	q := p.query
	i := slices.Index(orders, q.Order)
	q.Order = orders[(i+1)%len(orders)]
	return tea.Batch(p.requery(q), toast(frame.Toast{Text: p.env.Words.T(text.InboxToastOrder, "Order", p.env.Words.T(orderWord(q.Order)))}))
}

// pickFilter chooses a view or a tag by a few letters.
func (p *Pane) pickFilter() tea.Cmd {
	d := p.newPick(text.InboxFilter, p.filterOptions(nil), false, func(v string) tea.Cmd {
		q := p.query
		if tag, ok := strings.CutPrefix(v, "#"); ok {
			q.Tag = tag
			return p.requery(q)
		}
		q.View, q.Tag = core.View(v), ""
		return p.requery(q)
	})
	return p.openTagged(d, p.filterOptions)
}

func (p *Pane) filterOptions(tags []core.TagCount) []dialog.Option {
	var all []dialog.Option
	for _, v := range filters {
		all = append(all, dialog.Option{Value: string(v), Label: p.env.Words.T(filterWord(v)), Detail: p.env.Words.Num(count(&p.counts, v)),
			On: v == p.query.View && p.query.Tag == ""})
	}
	for _, t := range tags {
		all = append(all, dialog.Option{Value: "#" + t.Tag, Label: "#" + kit.CleanLine(t.Tag), Detail: p.env.Words.Num(t.Count), On: t.Tag == p.query.Tag})
	}
	return all
}

// clearFilter shows all that is open again.
func (p *Pane) clearFilter() tea.Cmd {
	q := p.query
	q.View, q.Tag = core.ViewOpen, ""
	return p.requery(q)
}

// enterChat gives the chat the keyboard: now somebody looks.
func (p *Pane) enterChat() tea.Cmd {
	p.focus = onChat
	return tea.Batch(p.look(), p.tellPresence())
}

// compose gives the composer the keyboard, where something may be changed.
// While the window is shut it says so and takes the words all the same: they
// are held, and none of them runs as a command.
func (p *Pane) compose() tea.Cmd {
	if p.env.ReadOnly {
		p.focus = onChat
		return tea.Batch(p.look(), p.tellPresence(), p.refuse(text.InboxOffReadOnly))
	}
	if !p.holding() || p.conv.ID != p.open { // or not read yet
		p.focus = onComposer
		return tea.Batch(p.look(), p.tellPresence())
	}
	return tea.Batch(p.hold(), p.refuse(text.InboxOffShutHold))
}

// canWrite reports whether the composer takes text: something may be changed,
// and the window is open, or a note or a held answer is being written. One that
// has the keyboard never stops taking words, whatever ends meanwhile.
func (p *Pane) canWrite() bool {
	if p.env.ReadOnly {
		return false
	}
	return p.conv.WindowOpen(p.now()) || p.focus == onComposer || p.comp.note || p.comp.hold || !p.comp.in.Empty()
}

// hold writes an answer although the window is shut: it stays a draft that the
// list shows as held, and is offered when the customer writes again.
func (p *Pane) hold() tea.Cmd {
	p.comp.hold = true
	p.focus = onComposer
	return tea.Batch(p.look(), p.tellPresence())
}

// holding reports whether what is being written waits for the customer's next message.
func (p *Pane) holding() bool {
	return p.open != 0 && !p.comp.note && !p.conv.WindowOpen(p.now())
}

// keepHeld confirms a held answer: from now on the list shows it as held. The
// keyboard stays, since a second line may follow; enter on what is held leaves.
func (p *Pane) keepHeld() tea.Cmd {
	if !p.loose[p.open] && !p.comp.dirty() {
		p.focus = onChat
	}
	delete(p.loose, p.open)
	done := toast(frame.Toast{Text: p.env.Words.T(text.InboxToastHeld, "Name", p.name()), About: p.open})
	return tea.Batch(p.saveDraft(), p.tellPresence(), done)
}

func (p *Pane) note() tea.Cmd {
	p.comp.back = p.focus
	p.focus = onComposer
	return tea.Batch(p.setNote(true), p.look())
}

func (p *Pane) toggleNote() tea.Cmd {
	p.comp.back = onComposer
	return p.setNote(!p.comp.note)
}

// leaveComposer takes one step back: from an empty field without its file or
// from an empty note, else to the chat; words and quote stay.
func (p *Pane) leaveComposer() tea.Cmd {
	switch {
	case p.comp.file != nil && p.comp.in.Empty():
		p.comp.file = nil
		return nil
	case p.comp.note && p.comp.in.Empty():
		p.focus = p.comp.back
		return tea.Batch(p.setNote(false), p.tellPresence())
	}
	p.focus = onChat
	p.endHold()
	return tea.Batch(p.saveDraft(), p.tellPresence())
}

// endHold ends a held answer without words.
func (p *Pane) endHold() { p.comp.hold = p.comp.hold && !p.comp.in.Empty() }

func (p *Pane) backToList() tea.Cmd {
	p.th.sel = 0
	p.focus = onList
	p.endHold()
	return tea.Batch(p.saveDraft(), p.tellPresence())
}

// stepMessage moves the message cursor; past the newest it goes away.
func (p *Pane) stepMessage(n int) tea.Cmd {
	if !p.th.step(n) {
		return p.maybeOlder()
	}
	if p.th.sel == 0 {
		p.th.toEnd()
		return nil
	}
	p.th.reveal(itemID{messageItem, p.th.sel}, p.drawItem(p.brush()))
	return p.maybeOlder()
}

func (p *Pane) scrollChat(n int) tea.Cmd {
	p.th.scroll(n, p.drawItem(p.brush()))
	return p.maybeOlder()
}

// oldest goes to the beginning of what is loaded; going on loads more.
func (p *Pane) oldest() tea.Cmd {
	p.th.scroll(-1<<20, p.drawItem(p.brush()))
	return p.maybeOlder()
}

func (p *Pane) newest() tea.Cmd {
	p.th.sel = 0
	if !p.th.newest { // far back in a long chat: the end is not loaded
		p.th.newest, p.th.follow = true, true
		p.th.msgs, p.th.items = nil, nil
		return p.loadTalk()
	}
	p.th.toEnd()
	return nil
}

// quoteReply answers the chosen message, or writes a plain answer without one.
func (p *Pane) quoteReply() tea.Cmd {
	if m := p.target(); m != nil {
		q := *m
		p.comp.quote = &q
	}
	return p.compose()
}

func (p *Pane) goToQuoted() tea.Cmd {
	m := p.target()
	if m == nil || m.Quote == nil {
		return nil
	}
	if p.th.message(m.Quote.ID) == nil {
		return p.goTo(p.open, m.Quote.ID)
	}
	p.th.sel = m.Quote.ID
	p.th.reveal(itemID{messageItem, p.th.sel}, p.drawItem(p.brush()))
	return nil
}

// suggestion is what a half-typed path may become, and how the file is judged.
type suggestion struct {
	typed string
	names []string
	file  file
}

// askFile takes a path with completion; type and size are checked before
// anything is sent.
func (p *Pane) askFile() tea.Cmd {
	var judged suggestion
	read := func(typed string) reading {
		switch {
		case strings.TrimSpace(typed) == "":
			return reading{says: p.env.Words.T(text.InboxFileHow)}
		case judged.typed != typed:
			return reading{}
		}
		return p.fileReading(judged.file)
	}
	id := p.open
	d := p.newAsk(text.InboxFile, text.InboxFileHint, read, func(string) tea.Cmd { return p.attach(id, judged.file) })
	d.changed = func(typed string) tea.Cmd {
		limits := p.d.Limits
		return send(p.fetchNames.Ask(p.env.Ctx, func(ctx context.Context) (suggestion, error) {
			return suggestion{typed, dialog.Paths(typed), limits.judge(ctx, typed)}, nil
		}))
	}
	d.took = func(s suggestion) { judged = s }
	p.asker = d
	return dialog.Open(d)
}

func (p *Pane) takeNames(m kit.Loaded[suggestion]) tea.Cmd {
	fresh, again := p.fetchNames.Take(p.env.Ctx, m)
	if !fresh || p.asker == nil || p.asker.took == nil || m.Err != nil {
		return send(again)
	}
	p.asker.offered = m.Val.names
	if len(m.Val.names) == 1 && m.Val.names[0] == m.Val.typed {
		p.asker.offered = nil
	}
	p.asker.took(m.Val)
	return nil
}

// fileReading says what a file is and whether it may go.
func (p *Pane) fileReading(f file) reading {
	w := p.env.Words
	switch f.code {
	case core.NotFound:
		return reading{says: w.T(text.InboxFileNone)}
	case core.BadMedia:
		return reading{says: w.T(text.InboxFileType)}
	case core.TooLarge:
		return reading{says: w.T(text.InboxFileLarge, "Size", w.Bytes(f.size), "Max", w.Bytes(f.kind.Max))}
	case core.EmptyMessage:
		return reading{says: w.T(text.InboxFileEmpty)}
	}
	_, k := typeWords(&core.Message{Content: core.Content{Type: f.kind.Type}})
	return reading{says: "→ " + w.T(k) + " · " + w.Bytes(f.size), ok: true}
}

// openCard shows the contact card over the chat where there is no room beside it.
func (p *Pane) openCard() tea.Cmd {
	if p.area.Card.W > 0 {
		return p.refuse(text.InboxCardHere)
	}
	p.cardBox = &cardDialog{p: p}
	return tea.Batch(dialog.Open(p.cardBox), p.loadCard())
}
