package campaigns

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
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
	{"campaigns.open", k("enter", "l", "i"), text.CampKeyOpen, false, needOne, (*Pane).enterCard},
	{"campaigns.new", k("n"), text.CampKeyNew, false, needDeps, (*Pane).begin},
	{"campaigns.viewnext", k("]", "right"), text.CampKeyViewNext, true, nil, func(p *Pane) tea.Cmd { return p.stepView(1) }},
	{"campaigns.viewprev", k("[", "left"), text.CampKeyViewPrev, true, nil, func(p *Pane) tea.Cmd { return p.stepView(-1) }},
	{"campaigns.down", k("j", "down"), text.KeyDown, true, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }},
	{"campaigns.up", k("k", "up"), text.KeyUp, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }},
	{"campaigns.pagedown", k("pgdown", "ctrl+d"), text.TplKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.pageList(1) }},
	{"campaigns.pageup", k("pgup", "ctrl+u"), text.TplKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.pageList(-1) }},
	{"campaigns.first", k("g", "home"), text.TplKeyFirst, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-1 << 30) }},
	{"campaigns.last", k("G", "end"), text.TplKeyLast, true, nil, func(p *Pane) tea.Cmd { return p.moveList(1 << 30) }},
}

// workKeys act on the chosen campaign, in list and card alike.
var workKeys = []entry{
	{"campaigns.start", k("s"), text.CampKeyStart, false, needDraft, func(p *Pane) tea.Cmd { return p.open(p.chosen().Campaign, stepCheck) }},
	{"campaigns.edit", k("e"), text.CampKeyEdit, false, needDraft, func(p *Pane) tea.Cmd { return p.open(p.chosen().Campaign, stepWho) }},
	{"campaigns.pause", k("p"), text.CampKeyPause, false, needRunning, (*Pane).pause},
	{"campaigns.resume", k("r"), text.CampKeyResume, false, needPaused, (*Pane).askResume},
	{"campaigns.cancel", k("x", "delete"), text.CampKeyCancel, true, needLiving, (*Pane).askCancel},
	{"campaigns.test", k("t"), text.CampKeyTest, true, needTest, (*Pane).askTest},
	{"campaigns.copy", k("d"), text.CampKeyCopy, true, needOne, (*Pane).copyChosen},
	{"campaigns.export", k("w"), text.CampKeyExport, true, needAudience, (*Pane).askExport},
}

// cardKeys work while the card has the keyboard.
var cardKeys = []entry{
	{"campaigns.names", k("enter"), text.CampKeyNames, false, needThing, (*Pane).showThing},
	{"campaigns.retry", k("R"), text.CampKeyRetry, false, needGroup, (*Pane).retry},
	{"campaigns.arrived", k("y"), text.CampKeyArrived, false, needLost, (*Pane).arrived},
	{"campaigns.again", k("n"), text.CampKeyAgain, false, needLost, (*Pane).askAgain},
	{"campaigns.back", k("esc", "left", "shift+tab"), text.TplKeyBack, false, nil, (*Pane).toList},
	{"campaigns.carddown", k("j", "down"), text.KeyDown, true, nil, func(p *Pane) tea.Cmd { return p.moveCard(1) }},
	{"campaigns.cardup", k("k", "up"), text.KeyUp, true, nil, func(p *Pane) tea.Cmd { return p.moveCard(-1) }},
	{"campaigns.cardpagedown", k("pgdown", "ctrl+d"), text.TplKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.scrollCard(max(1, p.card.room-2)) }},
	{"campaigns.cardpageup", k("pgup", "ctrl+u"), text.TplKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.scrollCard(-max(1, p.card.room-2)) }},
	{"campaigns.nextone", k("J", "]"), text.CampKeyNextOne, true, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }},
	{"campaigns.prevone", k("K", "["), text.CampKeyPrevOne, true, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }},
}

// wizardKeys work in the wizard; in a text field plain keys are text.
var wizardKeys = []entry{
	{"campaigns.choose", k("enter"), text.CampKeyChoose, false, nil, func(p *Pane) tea.Cmd { return p.wiz.choose() }},
	{"campaigns.nextstep", k("ctrl+n", "pgdown", "right"), text.CampKeyNextStep, false, needNotLast, func(p *Pane) tea.Cmd { return p.wiz.goTo(p.wiz.step + 1) }},
	{"campaigns.prevstep", k("ctrl+p", "pgup", "left"), text.CampKeyPrevStep, true, needNotFirst, func(p *Pane) tea.Cmd { return p.wiz.goTo(p.wiz.step - 1) }},
	{"campaigns.go", k("ctrl+s"), text.CampKeyGo, false, needStart, func(p *Pane) tea.Cmd { return p.wiz.askStart() }},
	{"campaigns.nextfield", k("down", "j"), text.TplKeyNextField, true, nil, func(p *Pane) tea.Cmd { return p.wiz.move(1) }},
	{"campaigns.prevfield", k("up", "k", "shift+tab"), text.TplKeyPrevField, true, nil, func(p *Pane) tea.Cmd { return p.wiz.move(-1) }},
	{"campaigns.complete", k("tab"), text.CampKeyComplete, true, nil, func(p *Pane) tea.Cmd { return p.wiz.complete() }},
	{"campaigns.pick", k("ctrl+o"), text.CampKeyPick, true, needWho, func(p *Pane) tea.Cmd { return p.wiz.pickAudience() }},
	{"campaigns.drop", k("ctrl+x"), text.CampKeyDrop, true, nil, func(p *Pane) tea.Cmd { return p.wiz.askDrop() }},
	{"campaigns.leave", k("esc"), text.CampKeyLeave, false, nil, func(p *Pane) tea.Cmd { return p.wiz.leave() }},
}

// table is the part of the key table that is in force for a focus.
func table(f focus) [][]entry {
	switch f {
	case onCard:
		return [][]entry{cardKeys, workKeys}
	case onWizard:
		return [][]entry{wizardKeys}
	}
	return [][]entry{listKeys[:2], workKeys, listKeys[2:]}
}

// fleeting actions are not in the footer without their moment.
var fleeting = map[string]bool{"campaigns.start": true, "campaigns.edit": true, "campaigns.pause": true, "campaigns.resume": true, "campaigns.names": true, "campaigns.retry": true,
	"campaigns.arrived": true, "campaigns.again": true, "campaigns.nextstep": true, "campaigns.go": true}

// changing are the actions that a shop opened read-only does not allow.
var changing = map[string]bool{"campaigns.new": true, "campaigns.start": true, "campaigns.edit": true, "campaigns.pause": true, "campaigns.resume": true, "campaigns.cancel": true,
	"campaigns.test": true, "campaigns.copy": true, "campaigns.retry": true, "campaigns.arrived": true, "campaigns.again": true, "campaigns.go": true}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	var out []keys.Binding
	for _, t := range table(p.focus) {
		for i := range t {
			b := keys.Binding{Do: t[i].do, Keys: t[i].keys, Help: t[i].help, Quiet: t[i].quiet, Off: p.off(&t[i])}
			b.Quiet = b.Quiet || b.Off != "" && fleeting[b.Do]
			out = append(out, b)
		}
	}
	return out
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	var out []frame.KeyContext
	for _, c := range []struct {
		name text.K
		f    focus
	}{{text.CampContextList, onList}, {text.CampContextCard, onCard}, {text.CampContextWizard, onWizard}} {
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

// run does an action, or says why it cannot be done now.
func (p *Pane) run(e *entry) tea.Cmd {
	if why := p.off(e); why != "" {
		return p.refuse(why)
	}
	return e.run(p)
}

// match finds the entry of a key.
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

func (p *Pane) off(e *entry) text.K {
	switch {
	case p.env.ReadOnly && changing[e.do]:
		return text.CampOffReadOnly
	case e.off == nil:
		return ""
	}
	return e.off(p)
}

// inState is off unless the chosen campaign is in one of the states.
func inState(why text.K, states ...campaign.State) func(*Pane) text.K {
	return func(p *Pane) text.K {
		switch it := p.chosen(); {
		case it == nil:
			return text.CampOffNone
		case !slices.Contains(states, it.State):
			return why
		}
		return ""
	}
}

var (
	needOne      = inState("", campaign.States...)
	needDraft    = inState(text.CampOffDraft, campaign.Draft)
	needRunning  = inState(text.CampOffRunning, campaign.Scheduled, campaign.Running, campaign.Waiting)
	needPaused   = inState(text.CampOffPaused, campaign.Paused)
	needLiving   = inState(text.CampOffOver, campaign.Draft, campaign.Scheduled, campaign.Running, campaign.Waiting, campaign.Paused)
	needTest     = inState(text.CampOffOver, campaign.Draft, campaign.Scheduled, campaign.Running, campaign.Waiting, campaign.Paused)
	needAudience = inState(text.CampOffNobody, campaign.Scheduled, campaign.Running, campaign.Waiting, campaign.Paused, campaign.Finished, campaign.Cancelled)
)

func needDeps(p *Pane) text.K {
	if p.err != nil && !p.loaded {
		return text.CampOffNone
	}
	return ""
}

func needThing(p *Pane) text.K {
	if x := p.thing(); x == nil || x.lost != nil {
		return text.CampOffThing
	}
	return ""
}

func needGroup(p *Pane) text.K {
	switch x := p.thing(); {
	case x == nil || x.group == nil:
		return text.CampOffGroup
	case x.group.How == campaign.Never:
		return text.CampNeverAgain
	case x.group.From.After(p.env.Now()):
		return text.CampOffNotYet
	}
	return ""
}

func needLost(p *Pane) text.K {
	if x := p.thing(); x == nil || x.lost == nil {
		return text.CampOffLost
	}
	return ""
}

func needNotLast(p *Pane) text.K {
	if p.wiz == nil || p.wiz.step == stepCheck {
		return text.CampOffLastStep
	}
	return ""
}

func needNotFirst(p *Pane) text.K {
	if p.wiz == nil || p.wiz.step == stepWho {
		return text.CampOffFirstStep
	}
	return ""
}

func needWho(p *Pane) text.K {
	if p.wiz == nil || p.wiz.step != stepWho || p.wiz.world == nil {
		return text.CampOffWho
	}
	return ""
}

// needStart says why the campaign in the wizard cannot be started yet.
func needStart(p *Pane) text.K {
	switch w := p.wiz; {
	case w == nil || w.step != stepCheck:
		return text.CampOffCheck
	case w.missing() != "":
		return w.missing()
	case w.report == nil || w.planning:
		return text.CampPlanning
	case len(w.report.Refusals) > 0:
		return text.CampOffRefused
	}
	return ""
}
