package setup

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
)

type entry = keys.Entry[*Pane]

var bind, quiet = keys.Bind[*Pane], keys.Quiet[*Pane]

func by(n int) func(*Pane) tea.Cmd { return func(p *Pane) tea.Cmd { return p.step(n) } }

// opens opens the wizard for the chosen channel.
func opens(what purpose) func(*Pane) tea.Cmd {
	return func(p *Pane) tea.Cmd { return p.openWizard(newWizard(p, what, p.chosen())) }
}

var table = keys.Table[*Pane]{{
	bind("settings.connect", "c n", text.SetupKeyConnect, needWrite, func(p *Pane) tea.Cmd { return p.openWizard(newWizard(p, toConnect, nil)) }),
	bind("settings.test", "t enter", text.SetupKeyTest, needChannel, opens(toTest)),
	bind("settings.rotate", "r", text.SetupKeyRotate, needChannel, opens(toRotate)),
	bind("settings.subscribe", "w", text.SetupKeySubscribe, needChannel, opens(toSubscribe)),
	quiet("settings.way", "m", text.SetupKeyWay, needChannel, (*Pane).chooseWay),
	quiet("settings.ping", "p", text.SetupKeyPing, needChannel, (*Pane).ping),
	quiet("settings.remove", "x delete", text.SetupKeyRemove, needChannel, (*Pane).remove),
	quiet("settings.down", "j down", text.KeyDown, nil, by(1)),
	quiet("settings.up", "k up", text.KeyUp, nil, by(-1)),
	quiet("settings.pagedown", "pgdown ctrl+d", text.SetupKeyPageDown, nil, func(p *Pane) tea.Cmd { return p.scroll(max(1, p.room-2)) }),
	quiet("settings.pageup", "pgup ctrl+u", text.SetupKeyPageUp, nil, func(p *Pane) tea.Cmd { return p.scroll(-max(1, p.room-2)) }),
}}

func needWrite(p *Pane) text.K {
	if p.env.ReadOnly {
		return text.SetupOffReadOnly
	}
	return ""
}

func needChannel(p *Pane) text.K {
	if why := needWrite(p); why != "" {
		return why
	}
	if p.chosen() == nil {
		return text.SetupOffNone
	}
	return ""
}

// Keys are the bindings that work now.
func (p *Pane) Keys() []keys.Binding {
	return table.Bindings(func(e *entry) text.K { return e.Why(p) })
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	return []frame.KeyContext{{Name: text.SetupContext, Keys: table.Bindings(nil)}, {Name: text.SetupContextProvider, Keys: chooseKeys()},
		{Name: text.SetupContextForm, Keys: formKeys()}, {Name: text.SetupContextSeal, Keys: sealKeys()}, {Name: text.SetupContextAddress, Keys: addressKeys()},
		{Name: text.SetupContextSteps, Keys: stepKeys()}}
}

// Do runs an action by name, for the palette.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	if e := table.Find(name); e != nil {
		return true, p.run(e)
	}
	return false, nil
}

// run does what a line of the table says, or tells why not.
func (p *Pane) run(e *entry) tea.Cmd {
	if why := e.Why(p); why != "" {
		return toast(frame.Toast{Text: p.env.Words.T(why), Refused: true})
	}
	return e.Run(p)
}
