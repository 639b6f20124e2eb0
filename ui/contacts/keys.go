package contacts

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
)

// entry is a line of the key table. off says why it does not work now; nil or
// "" when it does.
type entry struct {
	do    string
	keys  []string
	help  text.K
	quiet bool
	off   func(*Pane) text.K
	run   func(*Pane) tea.Cmd
}

func k(names ...string) []string { return names }

// listKeys work while the list has the keyboard.
var listKeys = []entry{
	{"contacts.filter", k("/"), text.ContactsKeyFilter, false, nil, (*Pane).enterFilter},
	{"contacts.mark", k("space"), text.ContactsKeyMark, false, needPerson, (*Pane).toggleMark},
	{"contacts.card", k("enter", "i", "right"), text.ContactsKeyCard, false, needPerson, (*Pane).enterCard},
	{"contacts.down", k("j", "down"), text.ContactsKeyDown, true, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }},
	{"contacts.up", k("k", "up"), text.ContactsKeyUp, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }},
	{"contacts.pagedown", k("pgdown", "ctrl+d"), text.ContactsKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.moveList(max(1, p.list.shown-1)) }},
	{"contacts.pageup", k("pgup", "ctrl+u"), text.ContactsKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-max(1, p.list.shown-1)) }},
	{"contacts.first", k("g", "home"), text.ContactsKeyFirst, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-len(p.list.ids)) }},
	{"contacts.last", k("G", "end"), text.ContactsKeyLast, true, nil, func(p *Pane) tea.Cmd { return p.moveList(len(p.list.ids)) }},
	{"contacts.sort", k("s"), text.ContactsKeySort, false, nil, (*Pane).nextSort},
	{"contacts.reverse", k("S"), text.ContactsKeyReverse, true, nil, (*Pane).reverse},
	{"contacts.markall", k("A"), text.ContactsKeyMarkAll, true, needPerson, (*Pane).markAll},
	{"contacts.side", k("tab", "left"), text.ContactsKeySide, false, nil, (*Pane).enterSide},
	{"contacts.prev", k("shift+tab"), text.ContactsKeyCard, true, needPerson, (*Pane).enterCard},
	{"contacts.clear", k("esc"), text.ContactsKeyClear, true, needNarrow, (*Pane).clear},
}

// workKeys act on the marked people, or on the one under the cursor; they work
// in list and card alike.
var workKeys = []entry{
	{"contacts.tag", k("t", "#"), text.ContactsKeyTag, false, needPerson, func(p *Pane) tea.Cmd { return p.pickTag(true) }},
	{"contacts.untag", k("T"), text.ContactsKeyUntag, true, needPerson, func(p *Pane) tea.Cmd { return p.pickTag(false) }},
	{"contacts.consent", k("c"), text.ContactsKeyConsent, false, needPerson, (*Pane).pickConsent},
	{"contacts.keep", k("L"), text.ContactsKeyKeep, true, needPerson, (*Pane).pickKeep},
	{"contacts.open", k("o"), text.ContactsKeyOpen, false, needPerson, (*Pane).openTalk},
	{"contacts.export", k("x"), text.ContactsKeyExport, true, needExport, (*Pane).askExport},
	{"contacts.import", k("I"), text.ContactsKeyImport, true, needFiles, (*Pane).askImport},
	{"contacts.tray", k("R"), text.ContactsKeyTray, true, needTray, (*Pane).openTray},
	{"contacts.new", k("n"), text.ContactsKeyNew, true, nil, (*Pane).askNew},
	{"contacts.merge", k("M"), text.ContactsKeyDoubles, true, needPairs, (*Pane).openPairs},
	{"contacts.erase", k("D"), text.ContactsKeyErase, true, needPerson, (*Pane).askErase},
	{"contacts.save", k("w"), text.ContactsKeySave, true, needExpr, (*Pane).askSegment},
	{"contacts.campaign", k("m"), text.ContactsKeyCampaign, true, needExpr, (*Pane).toCampaign},
	{"contacts.copy", k("y"), text.ContactsKeyCopy, true, needPhone, (*Pane).copyPhone},
}

// sideKeys work while segments and tags have the keyboard.
var sideKeys = []entry{
	{"contacts.pick", k("enter", "l"), text.ContactsKeyPick, false, nil, (*Pane).pick},
	{"contacts.sidedown", k("j", "down"), text.ContactsKeyDown, true, nil, func(p *Pane) tea.Cmd { return p.moveSide(1) }},
	{"contacts.sideup", k("k", "up"), text.ContactsKeyUp, true, nil, func(p *Pane) tea.Cmd { return p.moveSide(-1) }},
	{"contacts.sidepagedown", k("pgdown"), text.ContactsKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.moveSide(max(1, p.side.shown-1)) }},
	{"contacts.sidepageup", k("pgup"), text.ContactsKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.moveSide(-max(1, p.side.shown-1)) }},
	{"contacts.filter", k("/"), text.ContactsKeyFilter, false, nil, (*Pane).enterFilter},
	{"contacts.drop", k("x", "delete"), text.ContactsKeyDrop, false, needOwnSegment, (*Pane).dropSegment},
	{"contacts.colour", k("c"), text.ContactsKeyColour, true, needTag, (*Pane).pickColour},
	{"contacts.sidetray", k("R"), text.ContactsKeyTray, true, needTray, (*Pane).openTray},
	{"contacts.tolist", k("esc", "tab", "right"), text.ContactsKeyToList, false, nil, (*Pane).enterList},
	{"contacts.sideprev", k("shift+tab"), text.ContactsKeyToList, true, nil, (*Pane).enterList},
}

// cardKeys work while the card has the keyboard.
var cardKeys = []entry{
	{"contacts.edit", k("enter", "e"), text.ContactsKeyEdit, false, needCard, (*Pane).editFact},
	{"contacts.addfield", k("+", "a"), text.ContactsKeyAddField, true, needCard, (*Pane).askField},
	{"contacts.factdown", k("j", "down"), text.ContactsKeyDown, true, nil, func(p *Pane) tea.Cmd { return p.stepFact(1) }},
	{"contacts.factup", k("k", "up"), text.ContactsKeyUp, true, nil, func(p *Pane) tea.Cmd { return p.stepFact(-1) }},
	{"contacts.carddown", k("pgdown", "ctrl+d"), text.ContactsKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.scrollCard(max(1, p.card.rows-2)) }},
	{"contacts.cardup", k("pgup", "ctrl+u"), text.ContactsKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.scrollCard(-max(1, p.card.rows-2)) }},
	{"contacts.nextperson", k("J", "]"), text.ContactsKeyNext, false, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }},
	{"contacts.prevperson", k("K", "["), text.ContactsKeyPrev, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }},
	{"contacts.filter", k("/"), text.ContactsKeyFilter, true, nil, (*Pane).enterFilter},
	{"contacts.back", k("esc", "left", "i", "tab", "shift+tab"), text.ContactsKeyBack, false, nil, (*Pane).leaveCard},
}

// filterKeys work in the filter box; the rest is text.
var filterKeys = []entry{
	{"contacts.show", k("enter"), text.ContactsKeyShow, false, nil, (*Pane).keepFilter},
	{"contacts.complete", k("tab"), text.ContactsKeyComplete, false, needOffer, (*Pane).complete},
	{"contacts.nextoffer", k("down", "ctrl+n"), text.ContactsKeyNextOffer, true, needOffer, func(p *Pane) tea.Cmd { return p.choose(1) }},
	{"contacts.prevoffer", k("up", "ctrl+p"), text.ContactsKeyPrevOffer, true, needOffer, func(p *Pane) tea.Cmd { return p.choose(-1) }},
	{"contacts.leave", k("esc"), text.ContactsKeyBack, false, nil, (*Pane).leaveFilter},
}

// editKeys work while a fact is being edited.
var editKeys = []entry{
	{"contacts.keepfact", k("enter"), text.ContactsKeyKeepFact, false, nil, (*Pane).keepFact},
	{"contacts.dropfact", k("esc"), text.ContactsKeyBack, false, nil, (*Pane).dropFact},
}

// tables are the parts of the key table that are in force.
func (p *Pane) tables() [][]entry {
	if p.focus == onCard && p.card.edit != nil {
		return [][]entry{editKeys}
	}
	return table(p.focus)
}

func table(f focus) [][]entry {
	switch f {
	case onSide:
		return [][]entry{sideKeys}
	case onFilter:
		return [][]entry{filterKeys}
	case onCard:
		return [][]entry{cardKeys, workKeys}
	}
	return [][]entry{listKeys, workKeys}
}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	var out []keys.Binding
	for _, t := range p.tables() {
		for i := range t {
			out = append(out, p.binding(&t[i]))
		}
	}
	return out
}

func (p *Pane) binding(e *entry) keys.Binding {
	b := keys.Binding{Do: e.do, Keys: e.keys, Help: e.help, Quiet: e.quiet, Off: p.off(e)}
	if b.Off != "" && e.do == "contacts.drop" {
		b.Quiet = true
	}
	return b
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	var out []frame.KeyContext
	for _, c := range []struct {
		name   text.K
		tables [][]entry
	}{
		{text.ContactsContextList, table(onList)}, {text.ContactsContextSide, table(onSide)}, {text.ContactsContextFilter, table(onFilter)},
		{text.ContactsContextCard, table(onCard)}, {text.ContactsContextEdit, [][]entry{editKeys}},
	} {
		kc := frame.KeyContext{Name: c.name}
		for _, t := range c.tables {
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
	for _, f := range []focus{p.focus, onList, onCard, onSide} {
		for _, t := range table(f) {
			for i := range t {
				if t[i].do == name {
					return true, p.run(&t[i])
				}
			}
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
	return e.run(p)
}

// changing are the actions that a shop opened read-only does not allow.
var changing = map[string]bool{
	"contacts.tag": true, "contacts.untag": true, "contacts.consent": true, "contacts.keep": true, "contacts.import": true, "contacts.tray": true,
	"contacts.sidetray": true, "contacts.new": true, "contacts.merge": true, "contacts.erase": true, "contacts.save": true, "contacts.campaign": true, "contacts.drop": true,
	"contacts.colour": true, "contacts.edit": true, "contacts.addfield": true,
}

// off says why an action does not work now; "" when it does.
func (p *Pane) off(e *entry) text.K {
	switch {
	case p.env.ReadOnly && changing[e.do]:
		return text.ContactsOffReadOnly
	case e.off == nil:
		return ""
	}
	return e.off(p)
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
