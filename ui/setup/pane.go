package setup

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/steps"
)

// card is a channel with what is known of it.
type card struct {
	core.Channel
	kept []connect.Kept
	caps core.Capabilities
	way  core.Way
}

// lost reports whether a key that the channel needs lies nowhere.
func (c *card) lost() bool {
	needed, _ := connect.Secrets(c.Provider)
	return slices.ContainsFunc(c.kept, func(k connect.Kept) bool { return k.Where == "" && slices.Contains(needed, k.Field) })
}

// Pane is the tab of settings. It is not safe for concurrent use: the app calls
// it from its own goroutine, and commands carry copies.
type Pane struct {
	env *frame.Env
	d   Deps

	cards  []card
	loaded bool
	err    error // of the last load
	list   kit.List
	top    int // lines of the card scrolled away
	room   int // lines of the card shown
	epoch  int64
	area   areas
	fetch  kit.Fetch[[]card]
	want   int64 // channel to go to when it is there, 0 for none

	pings  map[int64]pinged // by channel, of this session
	places []place
	asked  kit.Fetch[[]place]

	typed map[string]map[string]*kit.Input // of the wizard: kept for the session
	phone kit.Input                        // of the test message
}

// New makes the pane; it starts nothing.
func New(env *frame.Env, d Deps) *Pane {
	p := &Pane{env: env, d: d, typed: map[string]map[string]*kit.Input{}, pings: map[int64]pinged{}}
	p.list.RowHeight = rowLines
	p.phone.Limit = 40
	return p
}

// Init asks for the channels, and opens the wizard where that is what was
// wanted.
func (p *Pane) Init() tea.Cmd {
	if p.d.Begin == nil || p.env.ReadOnly {
		return p.load()
	}
	return tea.Batch(p.load(), func() tea.Msg { return frame.ShowTab{Pane: Name} }, p.openWizard(begun(p, p.d.Begin.Provider, p.d.Begin.Given)))
}

// Reload asks again when a channel may have changed.
func (p *Pane) Reload(cs []core.Change) tea.Cmd {
	for _, c := range cs {
		if c.Kind == core.Everything || c.Kind == core.Channels {
			return p.load()
		}
	}
	return nil
}

func (p *Pane) load() tea.Cmd {
	if p.d.Channels == nil {
		return nil
	}
	d := p.d
	where := p.asked.Ask(p.env.Ctx, func(ctx context.Context) ([]place, error) { return placesOf(ctx, d.Places), nil })
	return tea.Batch(where, p.fetch.Ask(p.env.Ctx, func(ctx context.Context) ([]card, error) {
		chs, err := d.Channels.Channels(ctx)
		if err != nil {
			return nil, err
		}
		out := make([]card, len(chs))
		for i, ch := range chs {
			caps := d.Able(ch)
			out[i] = card{Channel: ch, kept: d.Work.Lies(ctx, ch), caps: caps, way: ch.Way(caps.PollInbound)}
		}
		return out, nil
	}))
}

func (p *Pane) take(m kit.Loaded[[]card]) tea.Cmd {
	fresh, cmd := p.fetch.Take(p.env.Ctx, m)
	if !fresh {
		return cmd
	}
	if p.err = m.Err; m.Err == nil {
		p.cards, p.loaded = m.Val, true
		rows := make([]kit.Row, 0, len(p.cards)+1)
		for i := range p.cards {
			rows = append(rows, row{p, &p.cards[i]})
		}
		p.list.SetRows(append(rows, row{p, nil}))
		if p.want != 0 && p.list.Select(p.want) {
			p.want, p.top = 0, 0
		}
	}
	return cmd
}

// chosen is the channel under the cursor, nil for the shop's own line.
func (p *Pane) chosen() *card {
	r, ok := p.list.Current()
	if !ok {
		return nil
	}
	return r.(row).card
}

// Badge warns of a number that needs a hand.
func (p *Pane) Badge() string {
	for i := range p.cards {
		c := &p.cards[i]
		if c.State == core.Paused || c.Health.Key.RunsOut(p.env.Now(), p.d.Policy.Expiry.D()) {
			return "!"
		}
	}
	return ""
}

// Cursor is nowhere: the pane has no input of its own.
func (*Pane) Cursor() *tea.Cursor { return nil }

// Handle takes input and answers.
func (p *Pane) Handle(msg tea.Msg) (used bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		if e := table.Match(m.String()); e != nil {
			return true, p.run(e)
		}
		return false, nil
	case tea.MouseClickMsg:
		return p.click(m)
	case tea.MouseWheelMsg:
		return p.wheel(m)
	case kit.Loaded[[]card]:
		return true, p.take(m)
	case kit.Loaded[[]place]:
		fresh, cmd := p.asked.Take(p.env.Ctx, m)
		if fresh {
			p.places = m.Val
		}
		return true, cmd
	case pinged:
		return true, p.took(m)
	case connected:
		p.want = m.id
		return true, p.load()
	case changed:
		return true, tea.Batch(p.load(), toast(m.said))
	case frame.Minute, frame.Redraw:
		p.epoch++
		p.list.SetEpoch(p.epoch)
	case frame.Shown:
		if m.Front {
			return true, p.load()
		}
	case openMsg:
		return true, p.openWizard(newWizard(p, m.what, m.card))
	default:
		return false, nil
	}
	return true, nil
}

// changed is a channel that is not as it was, and what is said of it.
type changed struct{ said frame.Toast }

// connected is a channel that the wizard has worked on: the cursor goes there.
type connected struct{ id int64 }

// openMsg opens the wizard from elsewhere.
type openMsg struct {
	what purpose
	card *card
}

// Connect is what opens the wizard: frame.ShowTab{Pane: Name, Msg: Connect()}.
func Connect() tea.Msg { return openMsg{what: toConnect} }

func (p *Pane) click(m tea.MouseClickMsg) (bool, tea.Cmd) {
	if m.Button != tea.MouseLeft || !p.area.List.Has(m.X, m.Y) {
		return false, nil
	}
	r, ok := p.list.At(m.Y - p.area.List.Y)
	if !ok {
		return false, nil
	}
	p.list.Select(r.Key())
	p.top = 0
	return true, nil
}

func (p *Pane) wheel(m tea.MouseWheelMsg) (bool, tea.Cmd) {
	n := 1
	if m.Button == tea.MouseWheelUp {
		n = -1
	} else if m.Button != tea.MouseWheelDown {
		return false, nil
	}
	if p.area.List.Has(m.X, m.Y) {
		return true, p.step(n)
	}
	return true, p.scroll(3 * n)
}

func (p *Pane) step(n int) tea.Cmd {
	if p.list.Move(n) {
		p.top = 0
	}
	return nil
}

func (p *Pane) scroll(n int) tea.Cmd {
	p.top = max(0, p.top+n)
	return nil
}

func (p *Pane) teller(ch *core.Channel) steps.Teller {
	return steps.Teller{Words: p.env.Words, Now: p.env.Now(), Channel: ch}
}

func toast(t frame.Toast) tea.Cmd { return func() tea.Msg { return t } }

func (p *Pane) openWizard(d *wizard) tea.Cmd {
	return func() tea.Msg { return frame.OpenDialog{Dialog: d} }
}
