package contacts

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/people"
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
	bind("contacts.filter", "/", text.ContactsKeyFilter, nil, (*Pane).enterFilter),
	bind("contacts.mark", "space", text.ContactsKeyMark, needPerson, (*Pane).toggleMark),
	bind("contacts.card", "enter i right", text.ContactsKeyCard, needPerson, (*Pane).enterCard),
	quiet("contacts.down", "j down", text.ContactsKeyDown, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }),
	quiet("contacts.up", "k up", text.ContactsKeyUp, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }),
	quiet("contacts.pagedown", "pgdown ctrl+d", text.ContactsKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.moveList(max(1, p.list.shown-1)) }),
	quiet("contacts.pageup", "pgup ctrl+u", text.ContactsKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.moveList(-max(1, p.list.shown-1)) }),
	quiet("contacts.first", "g home", text.ContactsKeyFirst, nil, func(p *Pane) tea.Cmd { return p.moveList(-len(p.list.ids)) }),
	quiet("contacts.last", "G end", text.ContactsKeyLast, nil, func(p *Pane) tea.Cmd { return p.moveList(len(p.list.ids)) }),
	bind("contacts.sort", "s", text.ContactsKeySort, nil, (*Pane).nextSort),
	quiet("contacts.reverse", "S", text.ContactsKeyReverse, nil, (*Pane).reverse),
	quiet("contacts.markall", "A", text.ContactsKeyMarkAll, needPerson, (*Pane).markAll),
	bind("contacts.side", "tab left", text.ContactsKeySide, nil, (*Pane).enterSide),
	quiet("contacts.prev", "shift+tab", text.ContactsKeyCard, needPerson, (*Pane).enterCard),
	quiet("contacts.clear", "esc", text.ContactsKeyClear, needNarrow, (*Pane).clear),
}

// workKeys act on the marked people, or on the one under the cursor; they work
// in list and card alike.
var workKeys = []entry{
	bind("contacts.tag", "t #", text.ContactsKeyTag, needPerson, func(p *Pane) tea.Cmd { return p.pickTag(true) }),
	quiet("contacts.untag", "T", text.ContactsKeyUntag, needPerson, func(p *Pane) tea.Cmd { return p.pickTag(false) }),
	bind("contacts.consent", "c", text.ContactsKeyConsent, needPerson, (*Pane).pickConsent),
	quiet("contacts.keep", "L", text.ContactsKeyKeep, needPerson, (*Pane).pickKeep),
	bind("contacts.open", "o", text.ContactsKeyOpen, needPerson, (*Pane).openTalk),
	quiet("contacts.export", "x", text.ContactsKeyExport, needExport, (*Pane).askExport),
	quiet("contacts.import", "I", text.ContactsKeyImport, needFiles, (*Pane).askImport),
	quiet("contacts.tray", "R", text.ContactsKeyTray, needTray, (*Pane).openTray),
	quiet("contacts.new", "n", text.ContactsKeyNew, nil, (*Pane).askNew),
	quiet("contacts.merge", "M", text.ContactsKeyDoubles, needPairs, (*Pane).openPairs),
	quiet("contacts.erase", "D", text.ContactsKeyErase, needPerson, (*Pane).askErase),
	quiet("contacts.save", "w", text.ContactsKeySave, needExpr, (*Pane).askSegment),
	quiet("contacts.campaign", "m", text.ContactsKeyCampaign, needExpr, (*Pane).toCampaign),
	quiet("contacts.copy", "y", text.ContactsKeyCopy, needPhone, (*Pane).copyPhone),
}

// sideKeys work while segments and tags have the keyboard.
var sideKeys = []entry{
	bind("contacts.pick", "enter l", text.ContactsKeyPick, nil, (*Pane).pick),
	quiet("contacts.sidedown", "j down", text.ContactsKeyDown, nil, func(p *Pane) tea.Cmd { return p.moveSide(1) }),
	quiet("contacts.sideup", "k up", text.ContactsKeyUp, nil, func(p *Pane) tea.Cmd { return p.moveSide(-1) }),
	quiet("contacts.sidepagedown", "pgdown", text.ContactsKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.moveSide(max(1, p.side.shown-1)) }),
	quiet("contacts.sidepageup", "pgup", text.ContactsKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.moveSide(-max(1, p.side.shown-1)) }),
	bind("contacts.filter", "/", text.ContactsKeyFilter, nil, (*Pane).enterFilter),
	bind("contacts.drop", "x delete", text.ContactsKeyDrop, needOwnSegment, (*Pane).dropSegment),
	quiet("contacts.colour", "c", text.ContactsKeyColour, needTag, (*Pane).pickColour),
	quiet("contacts.sidetray", "R", text.ContactsKeyTray, needTray, (*Pane).openTray),
	bind("contacts.tolist", "esc tab right", text.ContactsKeyToList, nil, (*Pane).enterList),
	quiet("contacts.sideprev", "shift+tab", text.ContactsKeyToList, nil, (*Pane).enterList),
}

// cardKeys work while the card has the keyboard.
var cardKeys = []entry{
	bind("contacts.edit", "enter e", text.ContactsKeyEdit, needCard, (*Pane).editFact),
	quiet("contacts.addfield", "+ a", text.ContactsKeyAddField, needCard, (*Pane).askField),
	quiet("contacts.factdown", "j down", text.ContactsKeyDown, nil, func(p *Pane) tea.Cmd { return p.stepFact(1) }),
	quiet("contacts.factup", "k up", text.ContactsKeyUp, nil, func(p *Pane) tea.Cmd { return p.stepFact(-1) }),
	quiet("contacts.carddown", "pgdown ctrl+d", text.ContactsKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.scrollCard(max(1, p.card.rows-2)) }),
	quiet("contacts.cardup", "pgup ctrl+u", text.ContactsKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.scrollCard(-max(1, p.card.rows-2)) }),
	bind("contacts.nextperson", "J ]", text.ContactsKeyNext, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }),
	quiet("contacts.prevperson", "K [", text.ContactsKeyPrev, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }),
	quiet("contacts.filter", "/", text.ContactsKeyFilter, nil, (*Pane).enterFilter),
	bind("contacts.back", "esc left i tab shift+tab", text.ContactsKeyBack, nil, (*Pane).leaveCard),
}

// filterKeys work in the filter box; the rest is text.
var filterKeys = []entry{
	bind("contacts.show", "enter", text.ContactsKeyShow, nil, (*Pane).keepFilter),
	bind("contacts.complete", "tab", text.ContactsKeyComplete, needOffer, (*Pane).complete),
	quiet("contacts.nextoffer", "down ctrl+n", text.ContactsKeyNextOffer, needOffer, func(p *Pane) tea.Cmd { return p.choose(1) }),
	quiet("contacts.prevoffer", "up ctrl+p", text.ContactsKeyPrevOffer, needOffer, func(p *Pane) tea.Cmd { return p.choose(-1) }),
	bind("contacts.leave", "esc", text.ContactsKeyBack, nil, (*Pane).leaveFilter),
}

// editKeys work while a fact is being edited.
var editKeys = []entry{
	bind("contacts.keepfact", "enter", text.ContactsKeyKeepFact, nil, (*Pane).keepFact),
	bind("contacts.dropfact", "esc", text.ContactsKeyBack, nil, (*Pane).dropFact),
}

// force is the part of the key table that is in force.
func (p *Pane) force() keyTable {
	if p.focus == onCard && p.card.edit != nil {
		return keyTable{editKeys}
	}
	return table(p.focus)
}

func table(f focus) keyTable {
	switch f {
	case onSide:
		return keyTable{sideKeys}
	case onFilter:
		return keyTable{filterKeys}
	case onCard:
		return keyTable{cardKeys, workKeys}
	}
	return keyTable{listKeys, workKeys}
}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	bs := p.force().Bindings(p.off)
	for i := range bs {
		bs[i].Quiet = bs[i].Quiet || bs[i].Off != "" && bs[i].Do == "contacts.drop"
	}
	return bs
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	return []frame.KeyContext{
		{Name: text.ContactsContextList, Keys: table(onList).Bindings(nil)},
		{Name: text.ContactsContextSide, Keys: table(onSide).Bindings(nil)},
		{Name: text.ContactsContextFilter, Keys: table(onFilter).Bindings(nil)},
		{Name: text.ContactsContextCard, Keys: table(onCard).Bindings(nil)},
		{Name: text.ContactsContextEdit, Keys: keyTable{editKeys}.Bindings(nil)},
	}
}

// Do runs an action by name, for the palette.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	for _, f := range []focus{p.focus, onList, onCard, onSide} {
		if e := table(f).Find(name); e != nil {
			return true, p.run(e)
		}
	}
	return false, nil
}

// glance is how long a toast stands that tells nothing new.
const glance = 1500 * time.Millisecond

// run does an action, or says why it cannot be done now.
func (p *Pane) run(e *entry) tea.Cmd {
	switch why := p.off(e); {
	case why == text.ContactsOffAll: // esc asks for nothing that must be read
		return toast(frame.Toast{Text: p.env.Words.T(why), Refused: true, For: glance})
	case why != "":
		return p.refuse(why)
	}
	return e.Run(p)
}

// changing are the actions that a shop opened read-only does not allow.
var changing = map[string]bool{
	"contacts.tag": true, "contacts.untag": true, "contacts.consent": true, "contacts.keep": true, "contacts.import": true, "contacts.tray": true,
	"contacts.sidetray": true, "contacts.new": true, "contacts.merge": true, "contacts.erase": true, "contacts.save": true, "contacts.campaign": true, "contacts.drop": true,
	"contacts.colour": true, "contacts.edit": true, "contacts.addfield": true,
}

// off says why an action does not work now; "" when it does.
func (p *Pane) off(e *entry) text.K {
	if p.env.ReadOnly && changing[e.Do] {
		return text.ContactsOffReadOnly
	}
	return e.Why(p)
}

func needPerson(p *Pane) text.K {
	if p.list.sel == 0 {
		return text.ContactsOffNobody
	}
	return ""
}

func needCard(p *Pane) text.K {
	if p.card.id() != p.list.sel || p.list.sel == 0 || len(p.card.facts) == 0 {
		return text.ContactsOffNoCard
	}
	return ""
}

func needPhone(p *Pane) text.K {
	if r := p.list.current(); r == nil || r.Phone == "" {
		return text.ContactsOffNoPhone
	}
	return ""
}

func needExpr(p *Pane) text.K {
	switch {
	case p.filter.bad != nil:
		return text.ContactsOffWrong
	case p.want.expr == "":
		return text.ContactsOffNoExpr
	}
	return ""
}

func needNarrow(p *Pane) text.K {
	if p.want.expr == "" && len(p.list.marked) == 0 && p.filter.in.Empty() {
		return text.ContactsOffAll
	}
	return ""
}

func needOffer(p *Pane) text.K {
	if len(p.filter.offered) == 0 {
		return text.ContactsOffNoOffer
	}
	return ""
}

// sorts in the order of the key that goes through them, with the direction
// that one wants first.
var sorts = []struct {
	by   people.Sort
	desc bool
}{{people.BySeen, true}, {people.ByName, false}, {people.BySpend, true}, {people.ByOrders, true}, {people.ByLastOrder, true}, {people.ByCreated, true}, {people.ByPhone, false}}

var sortWords = map[people.Sort]text.K{
	people.BySeen: text.ContactsSortSeen, people.ByName: text.ContactsSortName, people.BySpend: text.ContactsSortSpend, people.ByOrders: text.ContactsSortOrders,
	people.ByLastOrder: text.ContactsSortLastOrder, people.ByCreated: text.ContactsSortCreated, people.ByPhone: text.ContactsSortPhone,
}
