package templates

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
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

func by(n int) func(*Pane) tea.Cmd { return func(p *Pane) tea.Cmd { return p.step(n) } }

// listKeys work in the library.
var listKeys = []entry{
	bind("templates.open", "enter l", text.TplKeyOpen, needOne, (*Pane).openCard),
	bind("templates.new", "n", text.TplKeyNew, needWrite, (*Pane).pickNew),
	quiet("templates.filternext", "] right", text.TplKeyViewNext, nil, func(p *Pane) tea.Cmd { return p.stepView(1) }),
	quiet("templates.filterprev", "[ left", text.TplKeyViewPrev, nil, func(p *Pane) tea.Cmd { return p.stepView(-1) }),
	bind("templates.filter", "/ f", text.TplKeyFilter, nil, (*Pane).startFilter),
	quiet("templates.order", "o", text.TplKeyOrder, nil, (*Pane).stepOrder),
	quiet("templates.down", "j down", text.KeyDown, nil, by(1)),
	quiet("templates.up", "k up", text.KeyUp, nil, by(-1)),
	quiet("templates.pagedown", "pgdown ctrl+d", text.TplKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.page(1) }),
	quiet("templates.pageup", "pgup ctrl+u", text.TplKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.page(-1) }),
	quiet("templates.first", "g home", text.TplKeyFirst, nil, by(-1<<30)),
	quiet("templates.last", "G end", text.TplKeyLast, nil, by(1<<30)),
	quiet("templates.clear", "esc", text.TplKeyClear, nil, (*Pane).clear),
}

// cardKeys work while the card has the keyboard.
var cardKeys = []entry{
	bind("templates.back", "esc left shift+tab", text.TplKeyBack, nil, (*Pane).toList),
	quiet("templates.carddown", "j down", text.TplKeyDown, nil, func(p *Pane) tea.Cmd { return p.scroll(1) }),
	quiet("templates.cardup", "k up", text.TplKeyUp, nil, func(p *Pane) tea.Cmd { return p.scroll(-1) }),
	quiet("templates.cardpagedown", "pgdown ctrl+d", text.TplKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.scroll(max(1, p.cardRoom-2)) }),
	quiet("templates.cardpageup", "pgup ctrl+u", text.TplKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.scroll(-max(1, p.cardRoom-2)) }),
}

// workKeys act on the chosen template, in list and card alike.
var workKeys = []entry{
	bind("templates.edit", "e", text.TplKeyEdit, needEditable, (*Pane).editChosen),
	bind("templates.submit", "s", text.TplKeySubmit, needDraft, (*Pane).submitChosen),
	bind("templates.renew", "r", text.TplKeyRenew, needRenewable, (*Pane).renewChosen),
	quiet("templates.copy", "d", text.TplKeyCopy, needCopy, (*Pane).copyChosen),
	quiet("templates.text", "c", text.TplKeyText, needOne, (*Pane).copyText),
	quiet("templates.family", "v", text.TplKeyFamily, needFamily, (*Pane).showFamily),
	bind("templates.accept", "a", text.TplKeyAccept, needDrift, (*Pane).accept),
	quiet("templates.kin", "F", text.TplKeyKin, needCopy, (*Pane).askFamily),
	quiet("templates.sync", "R", text.TplKeySync, needSync, (*Pane).sync),
	quiet("templates.delete", "x delete", text.TplKeyDelete, needDeletable, (*Pane).deleteChosen),
}

// editKeys work in the editor; plain letters are text.
var editKeys = []entry{
	bind("templates.finding", "ctrl+n", text.TplKeyFinding, needFinding, func(p *Pane) tea.Cmd { return p.nextFinding(1) }),
	bind("templates.rewrite", "ctrl+r", text.TplKeyRewrite, needRewrite, (*Pane).rewrite),
	bind("templates.variable", "ctrl+t", text.TplKeyVariable, needTaker, (*Pane).pickVariable),
	bind("templates.handin", "ctrl+s", text.TplKeySubmit, needSubmit, (*Pane).submitDraft),
	bind("templates.leave", "esc", text.TplKeyLeave, nil, (*Pane).leave),
	quiet("templates.nextfield", "tab", text.TplKeyNextField, nil, func(p *Pane) tea.Cmd { return p.moveField(1) }),
	quiet("templates.prevfield", "shift+tab", text.TplKeyPrevField, nil, func(p *Pane) tea.Cmd { return p.moveField(-1) }),
	quiet("templates.findingback", "ctrl+p", text.TplKeyFindingBack, needFinding, func(p *Pane) tea.Cmd { return p.nextFinding(-1) }),
	quiet("templates.button", "alt+n", text.TplKeyButton, nil, (*Pane).addButton),
	quiet("templates.nobutton", "ctrl+x", text.TplKeyNoButton, needButton, (*Pane).removeButton),
	quiet("templates.buttonup", "alt+up", text.TplKeyButtonUp, needButton, func(p *Pane) tea.Cmd { return p.moveButton(-1) }),
	quiet("templates.buttondown", "alt+down", text.TplKeyButtonDown, needButton, func(p *Pane) tea.Cmd { return p.moveButton(1) }),
	quiet("templates.undo", "ctrl+z", text.TplKeyUndo, needUndo, (*Pane).undo),
	quiet("templates.redo", "alt+z", text.TplKeyRedo, needRedo, (*Pane).redo),
	quiet("templates.editor", "ctrl+e", text.TplKeyEditor, needEditor, (*Pane).external),
	quiet("templates.phone", "ctrl+o", text.TplKeyPhone, needNarrow, (*Pane).togglePhone),
}

// filterKeys work while the filter is typed.
var filterKeys = []entry{
	bind("templates.filterdone", "enter down tab", text.TplKeyFilterDone, nil, nil),
	bind("templates.filterclear", "esc", text.TplKeyClear, nil, nil),
}

// table is the part of the key table that is in force for a focus.
func table(f focus) keyTable {
	switch f {
	case onCard:
		return keyTable{workKeys, cardKeys}
	case onFilter:
		return keyTable{filterKeys}
	case onEditor:
		return keyTable{editKeys}
	}
	return keyTable{listKeys[:2], workKeys, listKeys[2:]}
}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	bs := table(p.focus).Bindings(p.off)
	for i := range bs {
		bs[i].Quiet = bs[i].Quiet || bs[i].Off != "" && fleeting[bs[i].Do]
		if bs[i].Off == text.TplOffLoading { // over in a moment: no reason to learn
			bs[i].Off = ""
		}
	}
	return bs
}

func (p *Pane) off(e *entry) text.K { return e.Why(p) }

// fleeting actions are not in the footer without their moment.
var fleeting = map[string]bool{"templates.renew": true, "templates.accept": true, "templates.submit": true, "templates.rewrite": true, "templates.variable": true, "templates.finding": true}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	return []frame.KeyContext{
		{Name: text.TplContextList, Keys: table(onList).Bindings(nil)},
		{Name: text.TplContextCard, Keys: table(onCard).Bindings(nil)},
		{Name: text.TplContextFilter, Keys: table(onFilter).Bindings(nil)},
		{Name: text.TplContextEditor, Keys: table(onEditor).Bindings(nil)},
	}
}

// Do runs an action by name, for the palette: only what works where one is.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	if e := table(p.focus).Find(name); e != nil {
		return true, p.run(e)
	}
	return false, nil
}

// run does what a line of the table says, or tells why not.
func (p *Pane) run(e *entry) tea.Cmd {
	switch why := e.Why(p); {
	case why != "":
		return p.refuse(why)
	case e.Run == nil:
		return nil
	}
	return e.Run(p)
}

func needOne(p *Pane) text.K {
	switch {
	case p.t.Work == nil && p.err == nil:
		return text.TplOffLoading
	case p.chosen() == nil:
		return text.TplOffNone
	}
	return ""
}

func needWrite(p *Pane) text.K {
	switch {
	case p.d.ReadOnly:
		return text.TplOffReadOnly
	case p.t.Work == nil:
		return text.TplOffLoading
	}
	return ""
}

// needs gives the first reason there is.
func needs(p *Pane, offs ...func(*Pane) text.K) text.K {
	for _, off := range offs {
		if why := off(p); why != "" {
			return why
		}
	}
	return ""
}

func needCopy(p *Pane) text.K { return needs(p, needWrite, needOne) }

func needSync(p *Pane) text.K {
	if p.busy {
		return text.TplOffBusy
	}
	return needWrite(p)
}

func needEditable(p *Pane) text.K {
	if why := needCopy(p); why != "" {
		return why
	}
	if p.chosen().State.Waiting() {
		return text.TplOffWaiting
	}
	return ""
}

func needDraft(p *Pane) text.K {
	if why := needCopy(p); why != "" {
		return why
	}
	switch it := p.chosen(); {
	case it.State.Waiting():
		return text.TplOffWaiting
	case it.State != core.TemplateDraft:
		return text.TplOffNoDraft
	}
	return ""
}

func needRenewable(p *Pane) text.K {
	if why := needCopy(p); why != "" {
		return why
	}
	if !p.chosen().InForce() {
		return text.TplOffNotApproved
	}
	return ""
}

func needDrift(p *Pane) text.K {
	if why := needCopy(p); why != "" {
		return why
	}
	if p.chosen().Drift == "" {
		return text.TplOffNoDrift
	}
	return ""
}

func needDeletable(p *Pane) text.K {
	if why := needCopy(p); why != "" {
		return why
	}
	if p.chosen().State == core.TemplateSubmitted {
		return text.TplOffWaiting
	}
	return ""
}

func needFamily(p *Pane) text.K {
	if why := needOne(p); why != "" {
		return why
	}
	if len(p.chosen().kin) == 0 {
		return text.TplOffNoFamily
	}
	return ""
}

func needFinding(p *Pane) text.K {
	if p.edit == nil || len(p.edit.e.Findings()) == 0 {
		return text.TplOffNoFinding
	}
	return ""
}

func needRewrite(p *Pane) text.K {
	if p.edit == nil {
		return text.TplOffNoRewrite
	}
	if f := p.edit.e.Current(); f == nil || f.Fix == nil {
		return text.TplOffNoRewrite
	}
	return ""
}

func needTaker(p *Pane) text.K {
	if p.edit == nil || !p.edit.e.Takes() {
		return text.TplOffNoTaker
	}
	return ""
}

func needButton(p *Pane) text.K {
	if p.edit == nil || !p.edit.e.OnButton() {
		return text.TplOffNoButton
	}
	return ""
}

func needUndo(p *Pane) text.K {
	if p.edit == nil || !p.edit.e.CanUndo() {
		return text.OffNothingToUndo
	}
	return ""
}

func needRedo(p *Pane) text.K {
	if p.edit == nil || !p.edit.e.CanRedo() {
		return text.TplOffNoRedo
	}
	return ""
}

func needEditor(p *Pane) text.K {
	if p.d.Editor == "" {
		return text.InboxOffNoEditor
	}
	return ""
}

func needSubmit(p *Pane) text.K { return needWrite(p) }

func needNarrow(p *Pane) text.K {
	if p.area.Phone.W > 0 && p.area.Fields.W > 0 {
		return text.TplOffWide
	}
	return ""
}
