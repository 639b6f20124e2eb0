package campaigns

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
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
	bind("campaigns.open", "enter l i", text.CampKeyOpen, needOne, (*Pane).enterCard),
	bind("campaigns.new", "n", text.CampKeyNew, needDeps, (*Pane).begin),
	quiet("campaigns.viewnext", "] right", text.CampKeyViewNext, nil, func(p *Pane) tea.Cmd { return p.stepView(1) }),
	quiet("campaigns.viewprev", "[ left", text.CampKeyViewPrev, nil, func(p *Pane) tea.Cmd { return p.stepView(-1) }),
	quiet("campaigns.down", "j down", text.KeyDown, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }),
	quiet("campaigns.up", "k up", text.KeyUp, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }),
	quiet("campaigns.pagedown", "pgdown ctrl+d", text.TplKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.pageList(1) }),
	quiet("campaigns.pageup", "pgup ctrl+u", text.TplKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.pageList(-1) }),
	quiet("campaigns.first", "g home", text.TplKeyFirst, nil, func(p *Pane) tea.Cmd { return p.moveList(-1 << 30) }),
	quiet("campaigns.last", "G end", text.TplKeyLast, nil, func(p *Pane) tea.Cmd { return p.moveList(1 << 30) }),
}

// workKeys act on the chosen campaign, in list and card alike.
var workKeys = []entry{
	bind("campaigns.start", "s", text.CampKeyStart, needDraft, func(p *Pane) tea.Cmd { return p.open(p.chosen().Campaign, stepCheck) }),
	bind("campaigns.edit", "e", text.CampKeyEdit, needDraft, func(p *Pane) tea.Cmd { return p.open(p.chosen().Campaign, stepWho) }),
	bind("campaigns.pause", "p", text.CampKeyPause, needRunning, (*Pane).pause),
	bind("campaigns.resume", "r", text.CampKeyResume, needPaused, (*Pane).askResume),
	quiet("campaigns.cancel", "x delete", text.CampKeyCancel, needLiving, (*Pane).askCancel),
	quiet("campaigns.test", "t", text.CampKeyTest, needTest, (*Pane).askTest),
	quiet("campaigns.copy", "d", text.CampKeyCopy, needOne, (*Pane).copyChosen),
	quiet("campaigns.export", "w", text.CampKeyExport, needAudience, (*Pane).askExport),
}

// cardKeys work while the card has the keyboard.
var cardKeys = []entry{
	bind("campaigns.names", "enter", text.CampKeyNames, needThing, (*Pane).showThing),
	bind("campaigns.retry", "R", text.CampKeyRetry, needGroup, (*Pane).retry),
	bind("campaigns.arrived", "y", text.CampKeyArrived, needLost, (*Pane).arrived),
	bind("campaigns.again", "n", text.CampKeyAgain, needLost, (*Pane).askAgain),
	bind("campaigns.back", "esc left shift+tab", text.TplKeyBack, nil, (*Pane).toList),
	quiet("campaigns.carddown", "j down", text.KeyDown, nil, func(p *Pane) tea.Cmd { return p.moveCard(1) }),
	quiet("campaigns.cardup", "k up", text.KeyUp, nil, func(p *Pane) tea.Cmd { return p.moveCard(-1) }),
	quiet("campaigns.cardpagedown", "pgdown ctrl+d", text.TplKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.scrollCard(max(1, p.card.room-2)) }),
	quiet("campaigns.cardpageup", "pgup ctrl+u", text.TplKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.scrollCard(-max(1, p.card.room-2)) }),
	quiet("campaigns.nextone", "J ]", text.CampKeyNextOne, nil, func(p *Pane) tea.Cmd { return p.moveList(1) }),
	quiet("campaigns.prevone", "K [", text.CampKeyPrevOne, nil, func(p *Pane) tea.Cmd { return p.moveList(-1) }),
}

// wizardKeys work in the wizard; in a text field plain keys are text.
var wizardKeys = []entry{
	bind("campaigns.choose", "enter", text.CampKeyChoose, nil, func(p *Pane) tea.Cmd { return p.wiz.choose() }),
	bind("campaigns.nextstep", "ctrl+n pgdown right", text.CampKeyNextStep, needNotLast, func(p *Pane) tea.Cmd { return p.wiz.goTo(p.wiz.step + 1) }),
	quiet("campaigns.prevstep", "ctrl+p pgup left", text.CampKeyPrevStep, needNotFirst, func(p *Pane) tea.Cmd { return p.wiz.goTo(p.wiz.step - 1) }),
	bind("campaigns.go", "ctrl+s", text.CampKeyGo, needStart, func(p *Pane) tea.Cmd { return p.wiz.askStart() }),
	quiet("campaigns.nextfield", "down j", text.TplKeyNextField, nil, func(p *Pane) tea.Cmd { return p.wiz.move(1) }),
	quiet("campaigns.prevfield", "up k shift+tab", text.TplKeyPrevField, nil, func(p *Pane) tea.Cmd { return p.wiz.move(-1) }),
	quiet("campaigns.complete", "tab", text.CampKeyComplete, nil, func(p *Pane) tea.Cmd { return p.wiz.complete() }),
	quiet("campaigns.pick", "ctrl+o", text.CampKeyPick, needWho, func(p *Pane) tea.Cmd { return p.wiz.pickAudience() }),
	quiet("campaigns.drop", "ctrl+x", text.CampKeyDrop, nil, func(p *Pane) tea.Cmd { return p.wiz.askDrop() }),
	bind("campaigns.leave", "esc", text.CampKeyLeave, nil, func(p *Pane) tea.Cmd { return p.wiz.leave() }),
}

// table is the part of the key table that is in force for a focus.
func table(f focus) keyTable {
	switch f {
	case onCard:
		return keyTable{cardKeys, workKeys}
	case onWizard:
		return keyTable{wizardKeys}
	}
	return keyTable{listKeys[:2], workKeys, listKeys[2:]}
}

// fleeting actions are not in the footer without their moment.
var fleeting = map[string]bool{"campaigns.start": true, "campaigns.edit": true, "campaigns.pause": true, "campaigns.resume": true, "campaigns.names": true, "campaigns.retry": true,
	"campaigns.arrived": true, "campaigns.again": true, "campaigns.nextstep": true, "campaigns.go": true}

// changing are the actions that a shop opened read-only does not allow.
var changing = map[string]bool{"campaigns.new": true, "campaigns.start": true, "campaigns.edit": true, "campaigns.pause": true, "campaigns.resume": true, "campaigns.cancel": true,
	"campaigns.test": true, "campaigns.copy": true, "campaigns.retry": true, "campaigns.arrived": true, "campaigns.again": true, "campaigns.go": true}

// Keys are the bindings of the part that has the keyboard.
func (p *Pane) Keys() []keys.Binding {
	bs := table(p.focus).Bindings(p.off)
	for i := range bs {
		bs[i].Quiet = bs[i].Quiet || bs[i].Off != "" && fleeting[bs[i].Do]
	}
	return bs
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	return []frame.KeyContext{
		{Name: text.CampContextList, Keys: table(onList).Bindings(nil)},
		{Name: text.CampContextCard, Keys: table(onCard).Bindings(nil)},
		{Name: text.CampContextWizard, Keys: table(onWizard).Bindings(nil)},
	}
}

// Do runs an action by name, for the palette: only what works where one is.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	if e := table(p.focus).Find(name); e != nil {
		return true, p.run(e)
	}
	return false, nil
}

// run does an action, or says why it cannot be done now.
func (p *Pane) run(e *entry) tea.Cmd {
	if why := p.off(e); why != "" {
		return p.refuse(why)
	}
	return e.Run(p)
}

func (p *Pane) off(e *entry) text.K {
	if p.env.ReadOnly && changing[e.Do] {
		return text.CampOffReadOnly
	}
	return e.Why(p)
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
