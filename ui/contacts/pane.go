package contacts

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Pane is the tab. It is not safe for concurrent use: the app calls it from
// its own goroutine, and commands carry copies.
type Pane struct {
	env *frame.Env
	d   Deps

	want   want // what the list shows, or will when the answer is here
	list   roll
	err    error // why the list could not be read
	filter filter
	side   side
	card   card
	job    *job // what is being done to many people, nil when nothing is

	schema   segment.Schema
	tags     []people.Tag
	segments []people.Counted
	colours  map[string]string // of tags
	currency string
	waiting  int           // doubtful stops that wait for a decision
	took     time.Duration // to read the list
	all      int           // people in the shop

	focus   focus
	showing bool // the card was opened where it does not stand by itself
	front   bool
	old     bool // the list changed while nobody looked
	resting bool // a reload waits for its time

	w, h int
	area areas
	cols []column

	fetchList  kit.Fetch[listAnswer]
	fetchRows  kit.Fetch[rowsAnswer]
	fetchCount kit.Fetch[countAnswer]
	fetchSide  kit.Fetch[sideAnswer]
	fetchTray  kit.Fetch[trayAnswer]
	fetchCard  kit.Fetch[cardAnswer]
}

// New makes the pane; it starts nothing.
func New(env *frame.Env, d Deps) *Pane {
	p := &Pane{env: env, d: d, want: want{by: people.BySeen, desc: true, fresh: true}, focus: onList, old: true}
	p.filter.in.Limit = segment.MaxRunes
	return p
}

// Init asks for what the tab itself shows. The list of a large shop is sorted
// when somebody looks at it for the first time, so that the start stays quick.
func (p *Pane) Init() tea.Cmd { return p.loadTray() }

// Reload asks again for what the changes may have touched: what is on the
// screen at once, the order of a long list after a pause.
func (p *Pane) Reload(cs []core.Change) tea.Cmd {
	touched, settings := false, false
	for _, c := range cs {
		switch c.Kind {
		case core.Everything, core.Contacts, core.Conversations:
			touched = true
		case core.Settings: // fields, colours
			settings = true
		}
	}
	switch {
	case !p.front && (touched || settings):
		p.old = true
		return p.loadTray()
	case !touched && settings:
		return tea.Batch(p.loadSide(), p.loadCard())
	case !touched:
		return nil
	}
	p.list.stale()
	return tea.Batch(p.loadRows(), p.loadCard(), p.later())
}

// rest is how long changes gather before the order of the list is asked for
// again: under a stream of messages a shop of 100,000 would be sorted all day.
const rest = 2 * time.Second

// share of the time at most goes into reading a long list again.
const share = 10

// restedMsg ends the pause.
type restedMsg struct{}

func (p *Pane) later() tea.Cmd {
	if p.resting {
		return nil
	}
	p.resting = true
	return send(tea.Tick(max(rest, share*p.took), func(time.Time) tea.Msg { return restedMsg{} }))
}

// renew asks for everything again.
func (p *Pane) renew() tea.Cmd {
	p.old = false
	p.list.stale()
	return tea.Batch(p.loadList(), p.loadSide(), p.loadCard())
}

// Badge is the number of doubtful stops that wait for a decision.
func (p *Pane) Badge() string {
	if p.waiting == 0 {
		return ""
	}
	return p.env.Words.Num(p.waiting)
}

func (p *Pane) now() time.Time { return p.env.Now() }

// brush is what drawing needs right now.
func (p *Pane) brush() *brush {
	return &brush{Env: p.env, now: p.now().Truncate(time.Minute), currency: p.currency, colours: p.colours, heat: p.d.Heat}
}

// send addresses a command's answer to this pane.
func send(cmd tea.Cmd) tea.Cmd { return kit.Send(Name, cmd) }

func fail(err error) tea.Cmd {
	return func() tea.Msg { return frame.Failed{Err: err} }
}

func toast(t frame.Toast) tea.Cmd {
	return func() tea.Msg { return t }
}

// refuse says why something is not done.
func (p *Pane) refuse(why text.K) tea.Cmd {
	return toast(frame.Toast{Text: p.env.Words.T(why), Refused: true})
}

// act runs a write off the app's goroutine and reports how it went.
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
