package setup

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
)

// wizardAddr is where the wizard's own answers go.
const wizardAddr = "settings.wizard"

// purpose is what the wizard was opened for.
type purpose uint8

const (
	toConnect purpose = iota
	toTest
	toRotate
	toSubscribe
)

// page is what the wizard shows.
type page uint8

const (
	choosing page = iota // a provider
	filling              // the fields
	sealing              // a new pass phrase, where there is no keyring
	stepping             // steps under way or taken, and the phone of the test
)

// wizard connects a number, or takes some of its steps again: each field says
// where it is found and is checked as it is typed; then the provider is asked.
// What was typed stays in the pane for the session.
type wizard struct {
	form
	p    *Pane
	what purpose
	page page

	provider core.ProviderName
	channel  *core.Channel // that is worked on; nil before it is connected
	rare     bool          // fields that most leave alone are shown
	seal     seal
	pass     core.Secret // chosen just now, for the next run

	line    *line // steps under way, nil when none are
	results []connect.Result
	paste   *connect.Paste // for the provider's page, nil when nothing is
	err     error          // why they ended early
	tested  bool           // the test message is what the steps end with
	top     int            // lines of the steps scrolled away
}

func newWizard(p *Pane, what purpose, c *card) *wizard {
	d := &wizard{p: p, what: what}
	if c != nil {
		ch := c.Channel
		d.channel, d.provider = &ch, ch.Provider
	}
	switch what {
	case toRotate, toSubscribe:
		d.page = filling
	case toTest:
		d.page = stepping
	}
	return d
}

// begun is a wizard at the fields of a provider, some of them given; without
// a provider it begins with the choice of one.
func begun(p *Pane, provider core.ProviderName, given map[string]string) *wizard {
	d := newWizard(p, toConnect, nil)
	if connect.Fields(provider) != nil {
		d.provider, d.page = provider, filling
		d.fill(given)
	}
	return d
}

// Addr is where the wizard's own answers go.
func (*wizard) Addr() string { return wizardAddr }

// Init begins what needs no fields.
func (d *wizard) Init() tea.Cmd {
	if d.what == toTest {
		return d.check()
	}
	return nil
}

// Handle takes input and the wizard's own answers.
func (d *wizard) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return d.key(m)
	case tea.PasteMsg:
		return false, d.pasted(m.Content)
	case tea.MouseClickMsg:
		if m.Button == tea.MouseLeft && d.clicked(m.Y) && d.page == choosing {
			return false, d.choose()
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.move(-1)
		} else if m.Button == tea.MouseWheelDown {
			d.move(1)
		}
	case newsMsg:
		return false, d.news(m)
	}
	return false, nil
}

// edit hands input to the field that has the cursor.
func (d *wizard) edit(msg tea.Msg) tea.Cmd {
	if asks := d.shown(); len(asks) > 0 {
		asks[max(0, min(d.at, len(asks)-1))].in.Handle(msg)
	} else if d.asksPhone() {
		d.p.phone.Handle(msg)
	}
	return nil
}

// shown are the fields of the page that is shown; none where it has none.
func (d *wizard) shown() []ask {
	switch d.page {
	case filling:
		return d.asks()
	case sealing:
		return d.sealAsks()
	}
	return nil
}

// asksPhone reports whether a phone for the test message is asked for now.
func (d *wizard) asksPhone() bool {
	return d.page == stepping && d.line == nil && d.channel != nil && d.channel.ID != 0 && d.err == nil && d.p.d.Try != nil
}

func (d *wizard) move(n int) {
	switch d.page {
	case choosing:
		d.step(n, len(connect.Providers()))
	case stepping:
		d.top = max(0, d.top+n)
	default:
		d.step(n, len(d.shown()))
	}
}

// next goes to the next field, and on from the last.
func (d *wizard) next() tea.Cmd {
	if d.at < len(d.shown())-1 {
		d.move(1)
		return nil
	}
	return d.goOn()
}

// goOn accepts the fields of the page.
func (d *wizard) goOn() tea.Cmd {
	if d.page == sealing {
		return d.chosen()
	}
	return d.start()
}

// choose goes on with the provider under the cursor.
func (d *wizard) choose() tea.Cmd {
	d.provider, d.page, d.at = connect.Providers()[d.at], filling, 0
	return nil
}

// leave goes back one page, and closes the wizard from its first. What is under
// way is stopped.
func (d *wizard) leave() (done bool, cmd tea.Cmd) {
	fills := d.what != toTest
	switch {
	case d.line != nil:
		d.line.stop()
		d.line, d.err = nil, context.Canceled
		if !fills || d.tested {
			return true, nil
		}
		d.page = filling
	case d.page == sealing:
		d.page, d.at, d.seal = filling, 0, seal{}
	case d.page == stepping && d.err != nil && fills && !d.tested:
		d.page, d.err, d.results = filling, nil, nil
	case d.page == filling && d.what == toConnect:
		d.page, d.at = choosing, max(0, slices.Index(connect.Providers(), d.provider))
	default:
		return true, nil
	}
	return false, nil
}
