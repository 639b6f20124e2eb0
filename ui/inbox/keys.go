package inbox

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
)

// entry is a line of the key table, keyTable the parts of it in force together.
type (
	entry    = keys.Entry[*Pane]
	keyTable = keys.Table[*Pane]
)

var bind, quiet = keys.Bind[*Pane], keys.Quiet[*Pane]

// listKeys work while the list has the keyboard.
var listKeys = []entry{
	bind("inbox.open", "enter l", text.InboxKeyOpen, needChat, (*Pane).enterChat),
	bind("inbox.reply", "r", text.InboxKeyReply, needChat, (*Pane).compose),
	quiet("inbox.down", "j down", text.InboxKeyDown, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }),
	quiet("inbox.up", "k up", text.InboxKeyUp, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }),
	quiet("inbox.pagedown", "pgdown ctrl+d", text.InboxKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.moveList(max(1, p.list.shown-1)) }),
	quiet("inbox.pageup", "pgup ctrl+u", text.InboxKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.moveList(-max(1, p.list.shown-1)) }),
	quiet("inbox.first", "g home", text.InboxKeyFirst, nil, (*Pane).firstRow),
	quiet("inbox.last", "G end", text.InboxKeyLast, nil, (*Pane).lastRow),
	bind("inbox.filternext", "] right", text.InboxKeyFilterNext, nil, func(p *Pane) tea.Cmd { return p.stepFilter(1) }),
	quiet("inbox.filterprev", "[ left", text.InboxKeyFilterPrev, nil, func(p *Pane) tea.Cmd { return p.stepFilter(-1) }),
	quiet("inbox.filter", "f", text.InboxKeyFilter, nil, (*Pane).pickFilter),
	bind("inbox.clear", "esc", text.InboxKeyFilterClear, needFilter, (*Pane).clearFilter),
	bind("inbox.order", "o", text.InboxKeyOrder, nil, (*Pane).cycleOrder),
	quiet("inbox.compose", "tab", text.InboxKeyCompose, needChat, (*Pane).compose),
	quiet("inbox.backlist", "shift+tab", text.InboxKeyChat, needChat, (*Pane).enterChat),
}

// chatKeys work while the chat has the keyboard.
var chatKeys = []entry{
	bind("inbox.compose", "enter tab", text.InboxKeyCompose, needChat, (*Pane).compose),
	bind("inbox.quote", "r", text.InboxKeyQuote, needQuotable, (*Pane).quoteReply),
	bind("inbox.react", "e", text.InboxKeyReact, needReactable, (*Pane).pickReaction),
	bind("inbox.media", "o", text.InboxKeyMedia, needMedia, (*Pane).openMedia),
	bind("inbox.retry", "R", text.InboxKeyRetry, needFailed, (*Pane).retry),
	bind("inbox.arrived", "V", text.InboxKeyArrived, needUnsure, (*Pane).arrived),
	quiet("inbox.messageup", "k up", text.InboxKeyMessageUp, needChat, func(p *Pane) tea.Cmd { return p.stepMessage(-1) }),
	quiet("inbox.messagedown", "j down", text.InboxKeyMessageDown, needChat, func(p *Pane) tea.Cmd { return p.stepMessage(1) }),
	quiet("inbox.scrollup", "pgup ctrl+u", text.InboxKeyPageUp, needChat, func(p *Pane) tea.Cmd { return p.scrollChat(-max(1, p.area.Chat.H-2)) }),
	quiet("inbox.scrolldown", "pgdown ctrl+d", text.InboxKeyPageDown, needChat, func(p *Pane) tea.Cmd { return p.scrollChat(max(1, p.area.Chat.H-2)) }),
	quiet("inbox.oldest", "g home", text.InboxKeyOldest, needChat, (*Pane).oldest),
	quiet("inbox.newest", "G end", text.InboxKeyNewest, needChat, (*Pane).newest),
	quiet("inbox.quoted", "b", text.InboxKeyQuoted, needQuote, (*Pane).goToQuoted),
	quiet("inbox.copy", "y", text.InboxKeyCopy, needChat, (*Pane).copy),
	quiet("inbox.links", "l", text.InboxKeyLinks, needLinks, (*Pane).pickLink),
	bind("inbox.back", "esc shift+tab left", text.InboxKeyBack, nil, (*Pane).backToList),
}

// workKeys act on the conversation and work in list and chat alike.
var workKeys = []entry{
	bind("inbox.hold", "h", text.InboxKeyHold, needShut, (*Pane).hold),
	quiet("inbox.template", "t ctrl+t", text.InboxKeyTemplate, needForms, (*Pane).pickTemplate),
	bind("inbox.done", "d", text.InboxKeyDone, needChat, (*Pane).toggleDone),
	bind("inbox.snooze", "z", text.InboxKeySnooze, needWhen, (*Pane).askSnooze),
	bind("inbox.assign", "a", text.InboxKeyAssign, needChat, (*Pane).pickAgent),
	quiet("inbox.mine", "m", text.InboxKeyMine, needChat, (*Pane).assignMe),
	quiet("inbox.tag", "T #", text.InboxKeyTag, needChat, (*Pane).pickTag),
	quiet("inbox.value", "v", text.InboxKeyValue, needChat, (*Pane).pickValue),
	quiet("inbox.note", "N", text.InboxKeyNote, needChat, (*Pane).note),
	quiet("inbox.waits", "w", text.InboxKeyWaits, needCourtesy, (*Pane).itWaits),
	bind("inbox.next", "n", text.InboxKeyNext, nil, (*Pane).nextWaiting),
	quiet("inbox.card", "i", text.InboxKeyCard, needChat, (*Pane).openCard),
	quiet("inbox.file", "ctrl+f", text.InboxKeyFile, needUpload, (*Pane).askFile),
}

// composerKeys work while something is being written; plain letters are text.
var composerKeys = []entry{
	bind("inbox.send", "enter", text.InboxKeySend, nil, (*Pane).submit),
	bind("inbox.newline", "alt+enter shift+enter ctrl+j", text.InboxKeyNewLine, nil, nil),
	bind("inbox.file", "ctrl+f", text.InboxKeyFile, needUpload, (*Pane).askFile),
	bind("inbox.editor", "ctrl+e", text.InboxKeyEditor, needEditor, (*Pane).edit),
	bind("inbox.notemode", "ctrl+n", text.InboxKeyNote, nil, (*Pane).toggleNote),
	quiet("inbox.template", "ctrl+t", text.InboxKeyTemplate, needForms, (*Pane).pickTemplate),
	quiet("inbox.scrollup", "pgup", text.InboxKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.scrollChat(-max(1, p.area.Chat.H-2)) }),
	quiet("inbox.scrolldown", "pgdown", text.InboxKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.scrollChat(max(1, p.area.Chat.H-2)) }),
	quiet("inbox.tolist", "tab", text.InboxKeyBack, nil, (*Pane).backToList),
	bind("inbox.tochat", "esc shift+tab", text.InboxKeyBack, nil, (*Pane).leaveComposer),
}

// table is the part of the key table that is in force for a focus.
func table(f focus) keyTable {
	switch f {
	case onChat:
		return keyTable{chatKeys, workKeys}
	case onComposer:
		return keyTable{composerKeys}
	}
	return keyTable{listKeys, workKeys}
}

// hidden are actions that make no sense most of the time: without their
// moment they are not offered at all, so that the footer shows what matters.
var hidden = map[string]bool{"inbox.hold": true, "inbox.arrived": true, "inbox.retry": true, "inbox.media": true, "inbox.clear": true}

// Keys are the bindings of the part that has the keyboard, in the words of the
// moment.
func (p *Pane) Keys() []keys.Binding {
	bs := table(p.focus).Bindings(p.whyOff)
	for i := range bs {
		p.suit(&bs[i])
	}
	return bs
}

func (p *Pane) suit(b *keys.Binding) {
	switch {
	case b.Do == "inbox.done" && p.open != 0 && p.conv.State == core.Done:
		b.Help = text.InboxKeyReopen
	case b.Do == "inbox.done" && p.open != 0:
		b.Help = text.InboxKeyDoneNow
	case b.Do == "inbox.send" && p.comp.note:
		b.Help = text.InboxKeyNoteKeep
	case b.Do == "inbox.notemode" && p.comp.note:
		b.Help = text.InboxKeyReply
	case b.Do == "inbox.send" && p.holding():
		b.Help = text.InboxKeyHoldIt
	case b.Do == "inbox.template" && p.holding():
		b.Quiet = false // the one way to reach them now
	}
	if b.Off != "" && hidden[b.Do] {
		b.Quiet = true
	}
}

// changing are the actions that change something: off where nothing may be changed.
var changing = map[string]bool{
	"inbox.reply": true, "inbox.compose": true, "inbox.quote": true, "inbox.react": true, "inbox.retry": true, "inbox.arrived": true,
	"inbox.hold": true, "inbox.template": true, "inbox.done": true, "inbox.snooze": true, "inbox.assign": true, "inbox.mine": true,
	"inbox.tag": true, "inbox.value": true, "inbox.note": true, "inbox.waits": true, "inbox.file": true,
}

// whyOff is the reason why an action does not work now, "" when it does.
func (p *Pane) whyOff(e *entry) text.K {
	if p.env.ReadOnly && changing[e.Do] {
		return text.InboxOffReadOnly
	}
	return e.Why(p)
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	return []frame.KeyContext{
		{Name: text.InboxContextList, Keys: table(onList).Bindings(nil)},
		{Name: text.InboxContextChat, Keys: table(onChat).Bindings(nil)},
		{Name: text.InboxContextComposer, Keys: table(onComposer).Bindings(nil)},
	}
}

// Do runs an action by name, for the palette.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	for _, f := range []focus{p.focus, onList, onChat, onComposer} {
		if e := table(f).Find(name); e != nil {
			return true, p.runEntry(e)
		}
	}
	return false, nil
}

// runEntry does an action, or says why it cannot be done now.
func (p *Pane) runEntry(e *entry) tea.Cmd {
	switch why := p.whyOff(e); why {
	case "":
	case text.InboxOffNoFilter:
		return nil // esc is pressed once too often without a thought
	default:
		return p.refuse(why)
	}
	if e.Run == nil {
		return nil
	}
	return e.Run(p)
}

func needChat(p *Pane) text.K {
	if p.open == 0 {
		return text.InboxOffNoChat
	}
	return ""
}

func needFilter(p *Pane) text.K {
	if p.query.View == core.ViewOpen && p.query.Tag == "" {
		return text.InboxOffNoFilter
	}
	return ""
}

func needForms(p *Pane) text.K {
	if p.open != 0 && p.d.Forms == nil {
		return text.InboxOffTemplates
	}
	return needChat(p)
}

// target is the message the keys act on: the one under the message cursor.
func (p *Pane) target() *core.Message {
	if p.th.sel == 0 {
		return nil
	}
	return p.th.message(p.th.sel)
}

func needMessage(p *Pane) (*core.Message, text.K) {
	if m := p.target(); m != nil {
		return m, ""
	}
	return nil, text.InboxOffNoMessage
}

func needQuotable(p *Pane) text.K {
	m := p.target()
	switch {
	case m == nil:
		return needChat(p) // without a chosen message it is a plain reply
	case m.ProviderID == "" || m.Type == core.TypeNote:
		return text.InboxOffNotSent
	}
	return needChat(p)
}

func needReactable(p *Pane) text.K {
	m, why := needMessage(p)
	switch {
	case m == nil:
		return why
	case m.ProviderID == "" || m.Type == core.TypeNote || m.Type == core.TypeSystem:
		return text.InboxOffNotSent
	case !p.conv.WindowOpen(p.now()):
		return text.InboxOffShut
	}
	return ""
}

func needMedia(p *Pane) text.K {
	m, why := needMessage(p)
	switch {
	case m == nil:
		return why
	case p.d.Open == nil:
		return text.InboxOffNoDesktop
	case m.Location != nil:
		return ""
	case m.Media == nil:
		return text.InboxOffNoFile
	case m.Media.Path == "":
		return text.InboxOffNotHere
	}
	return ""
}

func needFailed(p *Pane) text.K {
	switch m := p.failed(); {
	case m == nil:
		return text.InboxOffNotFailed
	case !p.retriable(m):
		return text.InboxOffNoUse
	case !p.conv.WindowOpen(p.now()) && m.Type != core.TypeTemplate:
		return text.InboxOffShut
	}
	return ""
}

// retriable reports whether sending a message again can succeed; of one whose
// outcome is open nobody can tell.
func (p *Pane) retriable(m *core.Message) bool {
	return m.State == core.UnsureSent || queue.Retriable(&p.conv, m, p.d.Rules().Policy, p.now()) == nil
}

// failed is the message that retry is about: the chosen one, else the newest.
func (p *Pane) failed() *core.Message {
	m := p.target()
	if m == nil && len(p.th.msgs) > 0 {
		for i := len(p.th.msgs) - 1; i >= 0 && m == nil; i-- {
			if p.th.msgs[i].Direction == core.Out && p.th.msgs[i].Type != core.TypeNote {
				m = &p.th.msgs[i]
			}
		}
	}
	if m != nil && (m.State == core.Failed && m.RetriedBy == 0 || m.State == core.UnsureSent) {
		return m
	}
	return nil
}

func needUnsure(p *Pane) text.K {
	if m := p.failed(); m == nil || m.State != core.UnsureSent {
		return text.InboxOffNotUnsure
	}
	return ""
}

func needQuote(p *Pane) text.K {
	m, why := needMessage(p)
	switch {
	case m == nil:
		return why
	case m.Quote == nil || m.Quote.ID == 0:
		return text.InboxOffNoQuote
	}
	return ""
}

func needLinks(p *Pane) text.K {
	if len(p.links()) == 0 {
		return text.InboxOffNoLinks
	}
	return ""
}

func needShut(p *Pane) text.K {
	if why := needChat(p); why != "" {
		return why
	}
	if p.conv.WindowOpen(p.now()) {
		return text.InboxOffOpen
	}
	return ""
}

func needWhen(p *Pane) text.K {
	if p.d.When == nil {
		return text.InboxOffNoWhen
	}
	return needChat(p)
}

func needCourtesy(p *Pane) text.K {
	if p.open == 0 || p.conv.CourtesySince.IsZero() {
		return text.InboxOffNoCourtesy
	}
	return ""
}

func needUpload(p *Pane) text.K {
	switch {
	case p.open == 0:
		return text.InboxOffNoChat
	case p.comp.note:
		return text.InboxOffNoteFile
	case p.d.Upload == nil:
		return text.InboxOffNoUpload
	case !p.conv.WindowOpen(p.now()):
		return text.InboxOffShut
	}
	return ""
}

func needEditor(p *Pane) text.K {
	if p.d.Editor == "" {
		return text.InboxOffNoEditor
	}
	return ""
}
