package campaigns

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/fold"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// focus is the part that has the keyboard.
type focus uint8

const (
	onList focus = iota
	onCard
	onWizard
)

// Pane is the tab. It is not safe for concurrent use: the app calls it from
// its own goroutine, and commands carry copies.
type Pane struct {
	env *frame.Env
	d   Deps

	items  []*item
	loaded bool
	err    error // why the campaigns could not be read
	list   kit.List
	view   view
	spots  []spot
	wanted int64 // campaign to put the cursor on when it is loaded
	epoch  int64
	gen    int64

	stale  map[int64]bool // campaigns whose figures have changed
	all    bool           // all have
	pulses map[int64]*pulse

	focus focus
	card  card
	wiz   *wizard
	busy  bool // a file is being written or read
	front bool

	resting, again bool          // a load waits for its time
	took           time.Duration // by the last load

	after func(time.Duration, tea.Msg) tea.Cmd // a timer, addressed to the pane

	area  areas
	fetch kit.Fetch[answer]
	deep  kit.Fetch[*depth]
}

// New makes the pane; it starts nothing.
func New(env *frame.Env, d Deps) *Pane {
	p := &Pane{env: env, d: d, all: true, stale: map[int64]bool{}, pulses: map[int64]*pulse{}, after: after}
	p.list.RowHeight = rowLines
	return p
}

func after(d time.Duration, m tea.Msg) tea.Cmd {
	return send(tea.Tick(d, func(time.Time) tea.Msg { return m }))
}

// Init asks for the campaigns: the tab itself shows how far they are.
func (p *Pane) Init() tea.Cmd { return p.refresh() }

// Reload asks again for what the changes have touched.
func (p *Pane) Reload(cs []core.Change) tea.Cmd {
	touched, known := false, false
	for _, c := range cs {
		switch c.Kind {
		case core.Everything:
			p.all, touched, known = true, true, true
		case core.Campaigns:
			touched = true
			if p.stale[c.ID] = true; c.ID == 0 {
				p.all = true
			}
		case core.Channels: // a provider may have gone away, or come back
			touched, known = touched || p.works(), true
		case core.Templates, core.Settings: // not Contacts: in a busy shop they change all the time
			known = true
		}
	}
	var cmds []tea.Cmd
	if known && p.wiz != nil {
		cmds = append(cmds, p.wiz.reload())
	}
	if touched {
		cmds = append(cmds, p.refresh())
	}
	return tea.Batch(cmds...)
}

// How often figures are read again at most: on the screen, and behind it, where
// only the tab's badge tells of them.
const (
	restFront  = 250 * time.Millisecond
	restBehind = 2 * time.Second
	share      = 4 // a load may take a quarter of the time
)

// restedMsg ends the pause after a load.
type restedMsg struct{}

// refresh loads now, or when the pause after the last load is over. Without
// changes nothing runs.
func (p *Pane) refresh() tea.Cmd {
	if p.resting {
		p.again = true
		return nil
	}
	p.resting, p.again = true, false
	rest := restBehind
	if p.front {
		rest = restFront
	}
	return tea.Batch(p.load(), p.after(max(rest, share*p.took), restedMsg{}))
}

func (p *Pane) rested() tea.Cmd {
	p.resting = false
	if p.again {
		return p.refresh()
	}
	return nil
}

// works reports whether a campaign is under way.
func (p *Pane) works() bool {
	return slices.ContainsFunc(p.items, func(it *item) bool { return it.State.Active() })
}

// Badge is how far the campaigns that run are, else that one stands still.
func (p *Pane) Badge() string {
	done, total, stopped := 0, 0, false
	for _, it := range p.items {
		switch it.State {
		case campaign.Running, campaign.Waiting:
			done += it.tried()
			total += it.counts.Total()
		case campaign.Paused:
			stopped = true
		}
	}
	switch {
	case total > 0:
		return "▸" + p.env.Words.Percent(float64(done*100/total)/100)
	case stopped:
		return "‖"
	}
	return ""
}

// WouldLose says what quitting now would lose: a campaign being made that could
// not be kept.
func (p *Pane) WouldLose() string {
	if p.wiz != nil && p.wiz.keepErr != nil {
		return p.env.Words.T(text.CampLose)
	}
	return ""
}

// Close keeps a campaign that is being made; the app has gone.
func (p *Pane) Close(ctx context.Context) error {
	if p.wiz == nil || p.env.ReadOnly {
		return nil
	}
	_, err := p.wiz.kept().store(ctx, p.d)
	return err
}

// Show asks the pane to show one campaign.
type Show struct{ ID int64 }

// Find offers the campaigns in the palette.
func (p *Pane) Find(ctx context.Context, words string, n int) ([]frame.Entry, error) {
	cs, err := p.d.Read.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	var out []frame.Entry
	for i := range cs {
		if len(out) == n {
			break
		}
		if strings.Contains(fold.String(cs[i].Name), fold.String(words)) {
			out = append(out, frame.Entry{Title: kit.CleanLine(cs[i].Name), Detail: p.env.Words.CampaignState(string(cs[i].State)),
				Msg: frame.ShowTab{Pane: Name, Msg: Show{cs[i].ID}}})
		}
	}
	return out, nil
}

// send addresses a command's answer to this pane.
func send(cmd tea.Cmd) tea.Cmd { return kit.Send(Name, cmd) }

func fail(err error) tea.Cmd { return func() tea.Msg { return frame.Failed{Err: err} } }

func toast(t frame.Toast) tea.Cmd { return func() tea.Msg { return t } }

func (p *Pane) say(k text.K, kv ...any) tea.Cmd {
	return toast(frame.Toast{Text: p.env.Words.T(k, kv...)})
}

// refuse says why something is not done.
func (p *Pane) refuse(why text.K) tea.Cmd {
	return toast(frame.Toast{Text: p.env.Words.T(why), Refused: true})
}

// doneMsg is an action that went well: what is said of it.
type doneMsg struct{ toast frame.Toast }

// act runs a write off the app's goroutine and says how it went.
func (p *Pane) act(do func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	ctx := p.env.Ctx
	return send(func() tea.Msg {
		msg, err := do(ctx)
		if err != nil {
			return frame.Failed{Err: err}
		}
		return msg
	})
}
