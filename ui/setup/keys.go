package setup

import (
	"slices"

	tea "charm.land/bubbletea/v2"

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

func (e *entry) has(key string) bool { return slices.Contains(e.keys, key) }

func by(n int) func(*Pane) tea.Cmd { return func(p *Pane) tea.Cmd { return p.step(n) } }

// opens opens the wizard for the chosen channel.
func opens(what purpose) func(*Pane) tea.Cmd {
	return func(p *Pane) tea.Cmd { return p.openWizard(newWizard(p, what, p.chosen())) }
}

var table = []entry{
	{"settings.connect", []string{"c", "n"}, text.SetupKeyConnect, false, needWrite, func(p *Pane) tea.Cmd { return p.openWizard(newWizard(p, toConnect, nil)) }},
	{"settings.test", []string{"t", "enter"}, text.SetupKeyTest, false, needChannel, opens(toTest)},
	{"settings.rotate", []string{"r"}, text.SetupKeyRotate, false, needChannel, opens(toRotate)},
	{"settings.subscribe", []string{"w"}, text.SetupKeySubscribe, false, needChannel, opens(toSubscribe)},
	{"settings.remove", []string{"x", "delete"}, text.SetupKeyRemove, true, needChannel, (*Pane).remove},
	{"settings.down", []string{"j", "down"}, text.KeyDown, true, nil, by(1)},
	{"settings.up", []string{"k", "up"}, text.KeyUp, true, nil, by(-1)},
	{"settings.pagedown", []string{"pgdown", "ctrl+d"}, text.SetupKeyPageDown, true, nil, func(p *Pane) tea.Cmd { return p.scroll(max(1, p.room-2)) }},
	{"settings.pageup", []string{"pgup", "ctrl+u"}, text.SetupKeyPageUp, true, nil, func(p *Pane) tea.Cmd { return p.scroll(-max(1, p.room-2)) }},
}

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
	out := make([]keys.Binding, len(table))
	for i, e := range table {
		out[i] = keys.Binding{Do: e.do, Keys: e.keys, Help: e.help, Quiet: e.quiet}
		if e.off != nil {
			out[i].Off = e.off(p)
		}
	}
	return out
}

// KeyContexts lists all key tables for the manual.
func (p *Pane) KeyContexts() []frame.KeyContext {
	ks := p.Keys()
	for i := range ks {
		ks[i].Off = ""
	}
	return []frame.KeyContext{{Name: text.SetupContext, Keys: ks}, {Name: text.SetupContextProvider, Keys: chooseKeys()},
		{Name: text.SetupContextForm, Keys: formKeys()}, {Name: text.SetupContextSteps, Keys: stepKeys()}}
}

// Do runs an action by name, for the palette.
func (p *Pane) Do(name string) (used bool, cmd tea.Cmd) {
	for i := range table {
		if table[i].do == name {
			return true, p.run(&table[i])
		}
	}
	return false, nil
}

// run does what a line of the table says, or tells why not.
func (p *Pane) run(e *entry) tea.Cmd {
	if e.off != nil {
		if why := e.off(p); why != "" {
			return toast(frame.Toast{Text: p.env.Words.T(why), Refused: true})
		}
	}
	return e.run(p)
}
