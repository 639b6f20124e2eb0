package inbox

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
)

// off says why an action does not work now; "" when it does.
type off func(*Pane) text.K

// entry is a line of the key table.
type entry struct {
	do    string
	keys  []string
	help  text.K
	quiet bool
	off   off
	run   func(*Pane) tea.Cmd
}

func k(names ...string) []string { return names }

// listKeys work while the list has the keyboard.
var listKeys = []entry{
	{"inbox.open", k("enter", "l"), text.InboxKeyOpen, false, needChat, (*Pane).enterChat},
	{"inbox.reply", k("r"), text.InboxKeyReply, false, needChat, (*Pane).compose},
	{"inbox.down", k("j", "down"), text.InboxKeyDown, true, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }},
	{"inbox.up", k("k", "up"), text.InboxKeyUp, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }},
	{"inbox.pagedown", k("pgdown", "ctrl+d"), text.InboxKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.moveList(max(1, p.list.shown-1)) }},
	{"inbox.pageup", k("pgup", "ctrl+u"), text.InboxKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-max(1, p.list.shown-1)) }},
	{"inbox.first", k("g", "home"), text.InboxKeyFirst, true, nil, (*Pane).firstRow},
	{"inbox.last", k("G", "end"), text.InboxKeyLast, true, nil, (*Pane).lastRow},
	{"inbox.filternext", k("]", "right"), text.InboxKeyFilterNext, false, nil, func(p *Pane) tea.Cmd { return p.stepFilter(1) }},
	{"inbox.filterprev", k("[", "left"), text.InboxKeyFilterPrev, true, nil, func(p *Pane) tea.Cmd { return p.stepFilter(-1) }},
	{"inbox.filter", k("f"), text.InboxKeyFilter, true, nil, (*Pane).pickFilter},
	{"inbox.clear", k("esc"), text.InboxKeyFilterClear, false, needFilter, (*Pane).clearFilter},
	{"inbox.order", k("o"), text.InboxKeyOrder, false, nil, (*Pane).cycleOrder},
	{"inbox.compose", k("tab"), text.InboxKeyCompose, true, needChat, (*Pane).compose},
	{"inbox.backlist", k("shift+tab"), text.InboxKeyChat, true, needChat, (*Pane).enterChat},
}

// chatKeys work while the chat has the keyboard.
var chatKeys = []entry{
	{"inbox.compose", k("enter", "tab"), text.InboxKeyCompose, false, needChat, (*Pane).compose},
	{"inbox.quote", k("r"), text.InboxKeyQuote, false, needQuotable, (*Pane).quoteReply},
	{"inbox.react", k("e"), text.InboxKeyReact, false, needReactable, (*Pane).pickReaction},
	{"inbox.media", k("o"), text.InboxKeyMedia, false, needMedia, (*Pane).openMedia},
	{"inbox.retry", k("R"), text.InboxKeyRetry, false, needFailed, (*Pane).retry},
	{"inbox.arrived", k("V"), text.InboxKeyArrived, false, needUnsure, (*Pane).arrived},
	{"inbox.messageup", k("k", "up"), text.InboxKeyMessageUp, true, needChat, func(p *Pane) tea.Cmd { return p.stepMessage(-1) }},
	{"inbox.messagedown", k("j", "down"), text.InboxKeyMessageDown, true, needChat, func(p *Pane) tea.Cmd { return p.stepMessage(1) }},
	{"inbox.scrollup", k("pgup", "ctrl+u"), text.InboxKeyPageUp, true, needChat, func(p *Pane) tea.Cmd { return p.scrollChat(-max(1, p.area.Chat.H-2)) }},
	{"inbox.scrolldown", k("pgdown", "ctrl+d"), text.InboxKeyPageDown, true, needChat, func(p *Pane) tea.Cmd { return p.scrollChat(max(1, p.area.Chat.H-2)) }},
	{"inbox.oldest", k("g", "home"), text.InboxKeyOldest, true, needChat, (*Pane).oldest},
	{"inbox.newest", k("G", "end"), text.InboxKeyNewest, true, needChat, (*Pane).newest},
	{"inbox.quoted", k("b"), text.InboxKeyQuoted, true, needQuote, (*Pane).goToQuoted},
	{"inbox.copy", k("y"), text.InboxKeyCopy, true, needChat, (*Pane).copy},
	{"inbox.links", k("l"), text.InboxKeyLinks, true, needLinks, (*Pane).pickLink},
	{"inbox.back", k("esc", "shift+tab", "left"), text.InboxKeyBack, false, nil, (*Pane).backToList},
}

// workKeys act on the conversation and work in list and chat alike.
var workKeys = []entry{
	{"inbox.hold", k("h"), text.InboxKeyHold, false, needShut, (*Pane).hold},
	{"inbox.template", k("t", "ctrl+t"), text.InboxKeyTemplate, true, needForms, (*Pane).pickTemplate},
	{"inbox.done", k("d"), text.InboxKeyDone, false, needChat, (*Pane).toggleDone},
	{"inbox.snooze", k("z"), text.InboxKeySnooze, false, needWhen, (*Pane).askSnooze},
	{"inbox.assign", k("a"), text.InboxKeyAssign, false, needChat, (*Pane).pickAgent},
	{"inbox.mine", k("m"), text.InboxKeyMine, true, needChat, (*Pane).assignMe},
	{"inbox.tag", k("T", "#"), text.InboxKeyTag, true, needChat, (*Pane).pickTag},
	{"inbox.value", k("v"), text.InboxKeyValue, true, needChat, (*Pane).pickValue},
	{"inbox.note", k("N"), text.InboxKeyNote, true, needChat, (*Pane).note},
	{"inbox.waits", k("w"), text.InboxKeyWaits, true, needCourtesy, (*Pane).itWaits},
	{"inbox.next", k("n"), text.InboxKeyNext, false, nil, (*Pane).nextWaiting},
	{"inbox.card", k("i"), text.InboxKeyCard, true, needChat, (*Pane).openCard},
	{"inbox.file", k("ctrl+f"), text.InboxKeyFile, true, needUpload, (*Pane).askFile},
}

// composerKeys work while something is being written; plain letters are text.
var composerKeys = []entry{
	{"inbox.send", k("enter"), text.InboxKeySend, false, nil, (*Pane).submit},
	{"inbox.newline", k("alt+enter", "shift+enter", "ctrl+j"), text.InboxKeyNewLine, false, nil, nil},
	{"inbox.file", k("ctrl+f"), text.InboxKeyFile, false, needUpload, (*Pane).askFile},
	{"inbox.editor", k("ctrl+e"), text.InboxKeyEditor, false, needEditor, (*Pane).edit},
	{"inbox.notemode", k("ctrl+n"), text.InboxKeyNote, false, nil, (*Pane).toggleNote},
	{"inbox.template", k("ctrl+t"), text.InboxKeyTemplate, true, needForms, (*Pane).pickTemplate},
	{"inbox.scrollup", k("pgup"), text.InboxKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.scrollChat(-max(1, p.area.Chat.H-2)) }},
	{"inbox.scrolldown", k("pgdown"), text.InboxKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.scrollChat(max(1, p.area.Chat.H-2)) }},
	{"inbox.tolist", k("tab"), text.InboxKeyBack, true, nil, (*Pane).backToList},
	{"inbox.tochat", k("esc", "shift+tab"), text.InboxKeyBack, false, nil, (*Pane).leaveComposer},
}

// table is the part of the key table that is in force for a focus.
func table(f focus) [][]entry {
	switch f {
	case onChat:
		return [][]entry{chatKeys, workKeys}
	case onComposer:
		return [][]entry{composerKeys}
	}
	return [][]entry{listKeys, workKeys}
}

// hidden are actions that make no sense most of the time: without their
// moment they are not offered at all, so that the footer shows what matters.
var hidden = map[string]bool{"inbox.hold": true, "inbox.arrived": true, "inbox.retry": true, "inbox.media": true, "inbox.clear": true}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	var out []keys.Binding
	for _, t := range table(p.focus) {
		for i := range t {
			b := p.binding(&t[i])
			if b.Off != "" && hidden[b.Do] {
				b.Quiet = true
			}
			out = append(out, b)
		}
	}
	return out
}

func (p *Pane) binding(e *entry) keys.Binding {
	b := keys.Binding{Do: e.do, Keys: e.keys, Help: e.help, Quiet: e.quiet}
	switch {
	case e.do == "inbox.done" && p.open != 0 && p.conv.State == core.Done:
		b.Help = text.InboxKeyReopen
	case e.do == "inbox.done" && p.open != 0:
		b.Help = text.InboxKeyDoneNow
	case e.do == "inbox.send" && p.comp.note:
		b.Help = text.InboxKeyNoteKeep
	case e.do == "inbox.notemode" && p.comp.note:
		b.Help = text.InboxKeyReply
	case e.do == "inbox.send" && p.holding():
		b.Help = text.InboxKeyHoldIt
	case e.do == "inbox.template" && p.holding():
		b.Quiet = false // the one way to reach them now
	}
	b.Off = p.whyOff(e)
	return b
}

// changing are the actions that change something: off where nothing may be changed.
var changing = map[string]bool{
	"inbox.reply": true, "inbox.compose": true, "inbox.quote": true, "inbox.react": true, "inbox.retry": true, "inbox.arrived": true,
	"inbox.hold": true, "inbox.template": true, "inbox.done": true, "inbox.snooze": true, "inbox.assign": true, "inbox.mine": true,
	"inbox.tag": true, "inbox.value": true, "inbox.note": true, "inbox.waits": true, "inbox.file": true,
}

// whyOff is the reason why an action does not work now, "" when it does.
func (p *Pane) whyOff(e *entry) text.K {
	switch {
	case p.env.ReadOnly && changing[e.do]:
		return text.InboxOffReadOnly
	case e.off != nil:
		return e.off(p)
	}
	return ""
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	var out []frame.KeyContext
	for _, c := range []struct {
		name text.K
		f    focus
	}{{text.InboxContextList, onList}, {text.InboxContextChat, onChat}, {text.InboxContextComposer, onComposer}} {
		kc := frame.KeyContext{Name: c.name}
		for _, t := range table(c.f) {
			for i := range t {
				kc.Keys = append(kc.Keys, keys.Binding{Do: t[i].do, Keys: t[i].keys, Help: t[i].help, Quiet: t[i].quiet})
			}
		}
		out = append(out, kc)
	}
	return out
}

// Do runs an action by name, for the palette.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	for _, f := range []focus{p.focus, onList, onChat, onComposer} {
		for _, t := range table(f) {
			for i := range t {
				if t[i].do == name {
					return true, p.runEntry(&t[i])
				}
			}
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
	if e.run == nil {
		return nil
	}
	return e.run(p)
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
