package templates

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
)

// entry is a line of the key table. off says why an action does not work now.
type entry struct {
	do    string
	keys  []string
	help  text.K
	quiet bool
	off   func(*Pane) text.K
	run   func(*Pane) tea.Cmd
}

func k(names ...string) []string { return names }

func by(n int) func(*Pane) tea.Cmd { return func(p *Pane) tea.Cmd { return p.step(n) } }

// listKeys work in the library.
var listKeys = []entry{
	{"templates.open", k("enter", "l"), text.TplKeyOpen, false, needOne, (*Pane).openCard},
	{"templates.new", k("n"), text.TplKeyNew, false, needWrite, (*Pane).pickNew},
	{"templates.filternext", k("]", "right"), text.TplKeyViewNext, true, nil, func(p *Pane) tea.Cmd { return p.stepView(1) }},
	{"templates.filterprev", k("[", "left"), text.TplKeyViewPrev, true, nil, func(p *Pane) tea.Cmd { return p.stepView(-1) }},
	{"templates.filter", k("/", "f"), text.TplKeyFilter, false, nil, (*Pane).startFilter},
	{"templates.order", k("o"), text.TplKeyOrder, true, nil, (*Pane).stepOrder},
	{"templates.down", k("j", "down"), text.KeyDown, true, nil, by(1)},
	{"templates.up", k("k", "up"), text.KeyUp, true, nil, by(-1)},
	{"templates.pagedown", k("pgdown", "ctrl+d"), text.TplKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.page(1) }},
	{"templates.pageup", k("pgup", "ctrl+u"), text.TplKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.page(-1) }},
	{"templates.first", k("g", "home"), text.TplKeyFirst, true, nil, by(-1 << 30)},
	{"templates.last", k("G", "end"), text.TplKeyLast, true, nil, by(1 << 30)},
	{"templates.clear", k("esc"), text.TplKeyClear, true, nil, (*Pane).clear},
}

// cardKeys work while the card has the keyboard.
var cardKeys = []entry{
	{"templates.back", k("esc", "left", "shift+tab"), text.TplKeyBack, false, nil, (*Pane).toList},
	{"templates.carddown", k("j", "down"), text.TplKeyDown, true, nil, func(p *Pane) tea.Cmd { return p.scroll(1) }},
	{"templates.cardup", k("k", "up"), text.TplKeyUp, true, nil, func(p *Pane) tea.Cmd { return p.scroll(-1) }},
	{"templates.cardpagedown", k("pgdown", "ctrl+d"), text.TplKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.scroll(max(1, p.cardRoom-2)) }},
	{"templates.cardpageup", k("pgup", "ctrl+u"), text.TplKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.scroll(-max(1, p.cardRoom-2)) }},
}

// workKeys act on the chosen template, in list and card alike.
var workKeys = []entry{
	{"templates.edit", k("e"), text.TplKeyEdit, false, needEditable, (*Pane).editChosen},
	{"templates.submit", k("s"), text.TplKeySubmit, false, needDraft, (*Pane).submitChosen},
	{"templates.renew", k("r"), text.TplKeyRenew, false, needRenewable, (*Pane).renewChosen},
	{"templates.copy", k("d"), text.TplKeyCopy, true, needCopy, (*Pane).copyChosen},
	{"templates.family", k("v"), text.TplKeyFamily, true, needFamily, (*Pane).showFamily},
	{"templates.accept", k("a"), text.TplKeyAccept, false, needDrift, (*Pane).accept},
	{"templates.kin", k("F"), text.TplKeyKin, true, needCopy, (*Pane).askFamily},
	{"templates.sync", k("R"), text.TplKeySync, true, needSync, (*Pane).sync},
	{"templates.delete", k("x", "delete"), text.TplKeyDelete, true, needDeletable, (*Pane).deleteChosen},
}

// editKeys work in the editor; plain letters are text.
var editKeys = []entry{
	{"templates.finding", k("ctrl+n"), text.TplKeyFinding, false, needFinding, func(p *Pane) tea.Cmd { return p.nextFinding(1) }},
	{"templates.rewrite", k("ctrl+r"), text.TplKeyRewrite, false, needRewrite, (*Pane).rewrite},
	{"templates.variable", k("ctrl+t"), text.TplKeyVariable, false, needTaker, (*Pane).pickVariable},
	{"templates.handin", k("ctrl+s"), text.TplKeySubmit, false, needSubmit, (*Pane).submitDraft},
	{"templates.leave", k("esc"), text.TplKeyLeave, false, nil, (*Pane).leave},
	{"templates.nextfield", k("tab"), text.TplKeyNextField, true, nil, func(p *Pane) tea.Cmd { return p.moveField(1) }},
	{"templates.prevfield", k("shift+tab"), text.TplKeyPrevField, true, nil, func(p *Pane) tea.Cmd { return p.moveField(-1) }},
	{"templates.findingback", k("ctrl+p"), text.TplKeyFindingBack, true, needFinding, func(p *Pane) tea.Cmd { return p.nextFinding(-1) }},
	{"templates.button", k("alt+n"), text.TplKeyButton, true, nil, (*Pane).addButton},
	{"templates.nobutton", k("ctrl+x"), text.TplKeyNoButton, true, needButton, (*Pane).removeButton},
	{"templates.buttonup", k("alt+up"), text.TplKeyButtonUp, true, needButton, func(p *Pane) tea.Cmd { return p.moveButton(-1) }},
	{"templates.buttondown", k("alt+down"), text.TplKeyButtonDown, true, needButton, func(p *Pane) tea.Cmd { return p.moveButton(1) }},
	{"templates.undo", k("ctrl+z"), text.TplKeyUndo, true, needUndo, (*Pane).undo},
	{"templates.redo", k("alt+z"), text.TplKeyRedo, true, needRedo, (*Pane).redo},
	{"templates.editor", k("ctrl+e"), text.TplKeyEditor, true, needEditor, (*Pane).external},
	{"templates.phone", k("ctrl+o"), text.TplKeyPhone, true, needNarrow, (*Pane).togglePhone},
}

// filterKeys work while the filter is typed.
var filterKeys = []entry{
	{"templates.filterdone", k("enter", "down", "tab"), text.TplKeyFilterDone, false, nil, nil},
	{"templates.filterclear", k("esc"), text.TplKeyClear, false, nil, nil},
}

// table is the part of the key table that is in force for a focus.
func table(f focus) [][]entry {
	switch f {
	case onCard:
		return [][]entry{workKeys, cardKeys}
	case onFilter:
		return [][]entry{filterKeys}
	case onEditor:
		return [][]entry{editKeys}
	}
	return [][]entry{listKeys[:2], workKeys, listKeys[2:]}
}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	var out []keys.Binding
	for _, t := range table(p.focus) {
		for i := range t {
			b := keys.Binding{Do: t[i].do, Keys: t[i].keys, Help: t[i].help, Quiet: t[i].quiet}
			if t[i].off != nil {
				b.Off = t[i].off(p)
			}
			if b.Off != "" && fleeting[b.Do] {
				b.Quiet = true
			}
			out = append(out, b)
		}
	}
	return out
}

// fleeting actions are not in the footer without their moment.
var fleeting = map[string]bool{"templates.renew": true, "templates.accept": true, "templates.submit": true, "templates.rewrite": true, "templates.variable": true, "templates.finding": true}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	var out []frame.KeyContext
	for _, c := range []struct {
		name text.K
		f    focus
	}{{text.TplContextList, onList}, {text.TplContextCard, onCard}, {text.TplContextFilter, onFilter}, {text.TplContextEditor, onEditor}} {
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

// Do runs an action by name, for the palette: only what works where one is.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	for _, t := range table(p.focus) {
		for i := range t {
			if t[i].do == name {
				return true, p.run(&t[i])
			}
		}
	}
	return false, nil
}

// run does what a line of the table says, or tells why not.
func (p *Pane) run(e *entry) tea.Cmd {
	if e.off != nil {
		if why := e.off(p); why != "" {
			return p.refuse(why)
		}
	}
	if e.run == nil {
		return nil
	}
	return e.run(p)
}

// match finds the line of a key, nil when it has none here.
func match(f focus, key string) *entry {
	for _, t := range table(f) {
		for i := range t {
			if slices.Contains(t[i].keys, key) {
				return &t[i]
			}
		}
	}
	return nil
}

func needOne(p *Pane) text.K {
	if p.chosen() == nil {
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
