package inbox

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// composer is what is being written, and for whom.
type composer struct {
	in    kit.Input
	conv  int64
	note  bool          // a private note
	back  focus         // what had the keyboard before the note
	hold  bool          // writing although the window is shut: a draft that waits for the customer
	quote *core.Message // the message answered
	file  *file         // goes with the words
	saved string        // the draft as the store has it
	gen   uint64        // of the pause in typing
	typed time.Time     // last key
	sure  bool          // has been told that another agent writes here, and may send all the same
}

const (
	draftAfter  = 600 * time.Millisecond // pause in typing after which the draft is saved
	typingLasts = 5 * time.Second        // "types…" stands this long after the last key
)

// open turns the composer to a conversation with its draft.
func (c *composer) open(conv int64, draft string) {
	c.conv, c.note, c.hold, c.quote, c.file, c.saved, c.sure = conv, false, false, nil, nil, draft, false
	c.in.SetValue(draft)
}

// adopt takes a draft that the store has and the composer does not: written
// before a restart, or by the same agent on another screen.
func (c *composer) adopt(conv *core.Conversation) {
	if c.conv != conv.ID || conv.Draft == c.saved || c.note {
		return
	}
	if c.in.Value() == c.saved {
		c.in.SetValue(conv.Draft)
	}
	c.saved = conv.Draft
}

// dirty reports whether something would be lost now. A note is no draft.
func (c *composer) dirty() bool { return c.conv != 0 && !c.note && c.in.Value() != c.saved }

// draftMsg comes after a pause in typing.
type draftMsg struct {
	conv int64
	gen  uint64
}

// savedMsg tells that a draft is on disk.
type savedMsg struct {
	conv int64
	text string
	err  error
}

// changed notes a change of the text and arms the save.
func (p *Pane) changed() tea.Cmd {
	p.comp.gen++
	p.comp.typed = p.now()
	if p.holding() {
		p.loose[p.comp.conv] = true
	}
	m := draftMsg{p.comp.conv, p.comp.gen}
	return tea.Batch(send(tea.Tick(draftAfter, func(time.Time) tea.Msg { return m })), p.tellPresence())
}

// saveDraft writes the draft when it differs from what the store has.
func (p *Pane) saveDraft() tea.Cmd {
	if !p.comp.dirty() {
		return nil
	}
	id, said, agent, w, ctx := p.comp.conv, p.comp.in.Value(), p.env.Agent, p.d.Work, p.env.Ctx
	return send(func() tea.Msg { return savedMsg{id, said, w.SaveDraft(ctx, id, agent, said)} })
}

func (p *Pane) takeSaved(m savedMsg) tea.Cmd {
	if m.err != nil {
		return fail(m.err)
	}
	if m.conv == p.comp.conv {
		p.comp.saved = m.text
	}
	return nil
}

// leaving is an answer on its way that can still be taken back.
type leaving struct {
	message, conv int64
	until         time.Time
}

// repliedMsg is the outcome of a send from the composer.
type repliedMsg struct {
	conv    int64
	content core.Content
	quote   *core.Message
	file    *file
	message core.Message
	err     error
}

// submit sends what is in the composer, or stores it as a note.
func (p *Pane) submit() tea.Cmd {
	said := strings.TrimSpace(p.comp.in.Value())
	if said == "" && p.comp.file == nil || p.open == 0 {
		return nil
	}
	switch {
	case p.comp.note:
		return p.writeNote(said)
	case p.holding() && p.comp.file == nil:
		return p.keepHeld()
	case !p.conv.WindowOpen(p.now()):
		return p.failHere(core.Fail(core.WindowClosed, "inbox.submit", nil))
	case p.company[p.open].typing && !p.comp.sure:
		p.comp.sure = true
		return toast(frame.Toast{Text: p.env.Words.T(text.InboxOffOtherTypes, "Who", p.company[p.open].typers), Refused: true, About: p.open})
	}
	p.comp.sure = false
	if p.comp.file != nil {
		return p.sendFile()
	}
	c := core.Content{Type: core.TypeText, Text: said}
	q := p.comp.quote
	if q != nil {
		c.ReplyTo = q.ProviderID
	}
	p.comp.in.SetValue("")
	p.comp.quote, p.comp.saved = nil, ""
	p.th.sel = 0
	p.th.toEnd()
	return p.reply(c, q)
}

// reply hands content to the service; the composer is free for the next line at once.
func (p *Pane) reply(c core.Content, q *core.Message) tea.Cmd {
	id, agent, w, ctx := p.open, p.env.Agent, p.d.Work, p.env.Ctx
	return send(func() tea.Msg {
		m, err := w.Reply(ctx, id, agent, c)
		return repliedMsg{conv: id, content: c, quote: q, message: m, err: err}
	})
}

// takeReplied shows the answer on its way, or gives the words back when it was refused.
func (p *Pane) takeReplied(m repliedMsg) tea.Cmd {
	if m.err != nil {
		if m.conv == p.comp.conv && p.comp.in.Empty() && m.content.Template == nil && (m.content.Text != "" || m.file != nil) {
			p.comp.in.SetValue(m.content.Text)
			p.comp.quote, p.comp.file = m.quote, m.file
			return tea.Batch(p.failHere(m.err), p.changed())
		}
		return failIn(m.conv, m.err)
	}
	var cmds []tea.Cmd
	if m.conv == p.open {
		cmds = append(cmds, p.loadTalk())
	}
	if m.message.NotBefore.After(p.now()) {
		p.pending = append(p.pending, leaving{m.message.ID, m.conv, m.message.NotBefore})
		cmds = append(cmds, p.tick(), toast(frame.Toast{
			Text: p.env.Words.T(text.InboxToastLeaves), Until: m.message.NotBefore, Undo: p.takeBack(m.message.ID, m.conv),
		}))
	}
	return tea.Batch(cmds...)
}

// secondMsg moves the countdown of answers that can be taken back; it comes
// only while there are any.
type secondMsg struct{}

// tick arms the next second of a countdown.
func (p *Pane) tick() tea.Cmd {
	now := p.now()
	kept := p.pending[:0]
	for _, l := range p.pending {
		if l.until.After(now) {
			kept = append(kept, l)
		}
	}
	p.pending = kept
	if len(kept) == 0 || p.ticking {
		return nil
	}
	p.ticking = true
	left := kept[0].until.Sub(now)
	wait := left - time.Duration(math.Ceil(left.Seconds())-1)*time.Second
	return send(tea.Tick(wait, func(time.Time) tea.Msg { return secondMsg{} }))
}

// leavesIn is how long a message can still be taken back, in whole seconds.
func (p *Pane) leavesIn(id int64, now time.Time) time.Duration {
	for _, l := range p.pending {
		if l.message == id && l.until.After(now) {
			return time.Duration(math.Ceil(l.until.Sub(now).Seconds())) * time.Second
		}
	}
	return 0
}

// returned is what was taken back off the app's goroutine; the reload that
// follows gives the words of an answer back to the composer, and the cursor to
// a conversation.
type returned struct {
	mu   sync.Mutex
	list []backMsg
}

func (r *returned) add(m backMsg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, m)
}

func (r *returned) take() []backMsg {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.list
	r.list = nil
	return l
}

// backMsg is an answer taken back, or without a message a conversation.
type backMsg struct {
	message, conv int64
	content       core.Content
}

// takeBack is the undo of a send.
func (p *Pane) takeBack(message, conv int64) func(context.Context) error {
	w, r := p.d.Work, &p.returned
	return func(ctx context.Context) error {
		c, err := w.TakeBack(ctx, message)
		if err == nil {
			r.add(backMsg{message, conv, c})
		}
		return err
	}
}

// giveBack puts the words of an answer taken back into the composer again.
func (p *Pane) giveBack(m backMsg) tea.Cmd {
	if m.message == 0 {
		return p.backTo(m.conv)
	}
	p.pending = slices.DeleteFunc(p.pending, func(l leaving) bool { return l.message == m.message })
	note := m.content.Type == core.TypeNote
	if m.conv != p.open || !note && (m.content.Type != core.TypeText || p.comp.note) {
		return nil
	}
	save := p.setNote(note)
	words := m.content.Text
	if v := p.comp.in.Value(); v != "" {
		words += "\n" + v
	}
	p.comp.in.SetValue(words)
	p.focus = onComposer
	return tea.Batch(save, p.changed())
}

// writeNote stores a private note. The keyboard goes back to where it came
// from, but never to the answer: the next words would reach the customer.
func (p *Pane) writeNote(said string) tea.Cmd {
	p.comp.open(p.open, p.conv.Draft)
	p.focus = min(p.comp.back, onChat)
	p.th.toEnd()
	id, agent, w, r := p.open, p.env.Agent, p.d.Work, &p.returned
	done := p.env.Words.T(text.InboxToastNote)
	return p.act(func(ctx context.Context) (tea.Msg, error) {
		m, err := w.Note(ctx, id, agent, said)
		return frame.Toast{Text: done, Undo: func(ctx context.Context) error {
			said, err := w.DropNote(ctx, m.ID, agent)
			if err == nil {
				r.add(backMsg{m.ID, id, core.Content{Type: core.TypeNote, Text: said}})
			}
			return err
		}}, err
	})
}

// setNote turns note mode on or off; the draft of an answer waits meanwhile.
func (p *Pane) setNote(on bool) tea.Cmd {
	if p.comp.note == on {
		return nil
	}
	save := p.saveDraft()
	draft := p.comp.in.Value()
	if on {
		p.conv.Draft, p.comp.saved = draft, draft
		p.comp.in.SetValue("")
		p.comp.note, p.comp.quote, p.comp.file = true, nil, nil
		return save
	}
	p.comp.open(p.open, p.conv.Draft)
	return nil
}

// editedMsg is what came back from the editor.
type editedMsg struct {
	conv int64
	text string
	err  error
}

// edit hands the text to the user's editor.
func (p *Pane) edit() tea.Cmd {
	if p.d.Editor == "" || p.open == 0 {
		return nil
	}
	id, said, editor := p.open, p.comp.in.Value(), p.d.Editor
	return func() tea.Msg { // the file is made off the app's goroutine; then the app hands over the terminal
		f, err := kit.NewScratch(editor)
		if err != nil {
			return frame.Failed{Err: core.Fail(core.ReadOnly, "inbox.edit", err)}
		}
		if err := f.Write(said); err != nil {
			return frame.Failed{Err: core.Fail(core.DiskFull, "inbox.edit", err)}
		}
		return kit.To{Pane: Name, Msg: editorMsg{id, f}}
	}
}

// editorMsg tells that the file for the editor is ready.
type editorMsg struct {
	conv int64
	kit.Scratch
}

func (p *Pane) runEditor(m editorMsg) tea.Cmd {
	return tea.ExecProcess(m.Cmd(p.env.Ctx), func(err error) tea.Msg {
		return kit.To{Pane: Name, Msg: m.read(err)}
	})
}

func (m editorMsg) read(ended error) editedMsg {
	said, err := m.Read(ended)
	return editedMsg{m.conv, said, err}
}

func (p *Pane) takeEdited(m editedMsg) tea.Cmd {
	switch {
	case m.err != nil:
		return fail(core.Fail(core.Internal, "inbox.edit", m.err))
	case m.conv != p.open:
		return nil
	}
	p.comp.in.Replace(m.text)
	p.focus = onComposer
	return p.changed()
}
