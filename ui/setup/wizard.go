package setup

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
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
	stepping             // steps under way or taken, and the phone of the test
)

// wizard connects a number, or takes some of its steps again: each field says
// where it is found and is checked as it is typed; then the provider is asked.
// What was typed stays in the pane for the session.
type wizard struct {
	p    *Pane
	what purpose
	page page

	provider core.ProviderName
	channel  *core.Channel // that is worked on; nil before it is connected
	at       int           // of the providers, or of the fields
	rare     bool          // fields that most leave alone are shown
	bare     bool          // the secret under the cursor is shown

	line    *line // steps under way, nil when none are
	results []connect.Result
	err     error // why they ended early
	tested  bool  // the test message is what the steps end with
	top     int   // lines of the steps scrolled away

	hits []hit // of the last drawing, for the mouse
	cur  *tea.Cursor
}

// hit is a line of the box that can be clicked.
type hit struct{ y, index int }

// line carries the steps of one run from its command to the wizard.
type line struct {
	news chan any // connect.Result, then one ended
	stop context.CancelFunc
}

// ended is the last word of a run.
type ended struct {
	channel *core.Channel
	err     error
}

// newsMsg is something that came along a line; nil when it is over.
type newsMsg struct {
	line *line
	what any
}

func newWizard(p *Pane, what purpose, c *card) *wizard {
	d := &wizard{p: p, what: what}
	if c != nil {
		ch := c.Channel
		d.channel, d.provider = &ch, ch.Provider
	}
	switch what {
	case toRotate:
		d.page = filling
	case toTest, toSubscribe:
		d.page = stepping
	}
	return d
}

// Addr is where the wizard's own answers go.
func (*wizard) Addr() string { return wizardAddr }

// Init begins what needs no fields.
func (d *wizard) Init() tea.Cmd {
	switch d.what {
	case toTest:
		return d.check()
	case toSubscribe:
		return d.subscribe()
	}
	return nil
}

// fields are those that are shown now.
func (d *wizard) fields() []connect.Field {
	all := connect.Fields(d.provider)
	return slices.DeleteFunc(all, func(f connect.Field) bool {
		if d.what == toRotate {
			return !f.Secret || f.Rare && !d.rare && d.input(f).Empty()
		}
		return f.Rare && !d.rare && d.input(f).Empty()
	})
}

// input is the input of a field; the first time a verify token is made up.
func (d *wizard) input(f connect.Field) *kit.Input {
	key := d.provider
	if d.what == toRotate { // new keys of one channel are nobody else's
		key = core.ProviderName("rotate " + d.channel.Name)
	}
	ins := d.p.typed[key]
	if ins == nil {
		ins = map[string]*kit.Input{}
		d.p.typed[key] = ins
	}
	in := ins[f.Name]
	if in == nil {
		in = &kit.Input{Limit: 2048}
		if f.Name == "verify_token" && d.what == toConnect && d.provider == core.Meta && d.p.d.NewSecret != nil {
			in.SetValue(d.p.d.NewSecret().Reveal())
		}
		ins[f.Name] = in
	}
	return in
}

// fault is what is wrong with a field as it stands. New keys need not all be
// given.
func (d *wizard) fault(f connect.Field) connect.Fault {
	fault := f.Check(d.input(f).Value())
	if d.what == toRotate && fault == connect.Missing {
		return ""
	}
	return fault
}

// focused is the field under the cursor.
func (d *wizard) focused() (connect.Field, bool) {
	fs := d.fields()
	if d.page != filling || len(fs) == 0 {
		return connect.Field{}, false
	}
	d.at = max(0, min(d.at, len(fs)-1))
	return fs[d.at], true
}

// Handle takes input and the wizard's own answers.
func (d *wizard) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return d.key(m)
	case tea.PasteMsg:
		d.edit(m)
	case tea.MouseClickMsg:
		return false, d.click(m)
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
func (d *wizard) edit(msg tea.Msg) {
	if f, ok := d.focused(); ok {
		d.input(f).Handle(msg)
	} else if d.asksPhone() {
		d.p.phone.Handle(msg)
	}
}

// asksPhone reports whether a phone for the test message is asked for now.
func (d *wizard) asksPhone() bool {
	return d.page == stepping && d.line == nil && d.channel != nil && d.channel.ID != 0 && d.err == nil && d.p.d.Try != nil
}

func (d *wizard) move(n int) {
	switch d.page {
	case choosing:
		d.at = (d.at + n + len(connect.Providers())) % len(connect.Providers())
	case filling:
		d.bare = false
		d.at = (d.at + n + len(d.fields())) % len(d.fields())
	case stepping:
		d.top = max(0, d.top+n)
	}
}

func (d *wizard) click(m tea.MouseClickMsg) tea.Cmd {
	for _, h := range d.hits {
		if h.y != m.Y || m.Button != tea.MouseLeft {
			continue
		}
		d.at, d.bare = h.index, false
		if d.page == choosing {
			return d.choose()
		}
	}
	return nil
}

// choose goes on with the provider under the cursor.
func (d *wizard) choose() tea.Cmd {
	d.provider, d.page, d.at = connect.Providers()[d.at], filling, 0
	return nil
}

// values are what was typed, by field.
func (d *wizard) values() map[string]string {
	out := map[string]string{}
	for _, f := range connect.Fields(d.provider) {
		out[f.Name] = d.input(f).Value()
	}
	return out
}

// start asks the provider, unless a field is wrong: then the cursor goes there.
func (d *wizard) start() tea.Cmd {
	for i, f := range d.fields() {
		if fault := d.fault(f); fault != "" && !fault.Odd() {
			d.at = i
			return d.refuse(f, fault)
		}
	}
	if d.what == toRotate {
		return d.rotate()
	}
	draft, problems := connect.Read(d.provider, d.values())
	for _, x := range problems {
		if x.Fault.Odd() {
			continue
		}
		if i := slices.IndexFunc(d.fields(), func(f connect.Field) bool { return f.Name == x.Field }); i >= 0 {
			d.at = i
		}
		return d.refuse(connect.FieldNamed(d.provider, x.Field), x.Fault)
	}
	work, provider := d.p.d.Work, d.provider
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		ch, err := work.Connect(ctx, draft, false, tell)
		if err != nil {
			return &core.Channel{Provider: provider, Name: draft.Channel.Name}, err
		}
		return &ch, nil
	})
}

func (d *wizard) rotate() tea.Cmd {
	secrets := map[string]core.Secret{}
	for _, f := range connect.Fields(d.provider) {
		if v := strings.TrimSpace(d.input(f).Value()); f.Secret && v != "" {
			secrets[f.Name] = core.Secret(v)
		}
	}
	if len(secrets) == 0 {
		return toast(frame.Toast{Text: d.p.env.Words.T(text.SetupNothingNew), Refused: true})
	}
	work, ch := d.p.d.Work, *d.channel
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		got, err := work.Rotate(ctx, ch.Name, secrets, tell)
		if err != nil {
			return &ch, err
		}
		return &got, nil
	})
}

func (d *wizard) check() tea.Cmd {
	work, ch := d.p.d.Work, *d.channel
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		_, err := work.Check(ctx, ch, tell)
		return &ch, err
	})
}

func (d *wizard) subscribe() tea.Cmd {
	work, ch := d.p.d.Work, *d.channel
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		work.Subscribe(ctx, ch, tell)
		return &ch, nil
	})
}

// try sends the test message to the phone that was typed.
func (d *wizard) try() tea.Cmd {
	to, fault := readPhone(d.p.phone.Value())
	if fault != "" {
		return toast(frame.Toast{Text: d.p.env.Words.T(text.K("connect.fault." + string(fault))), Refused: true})
	}
	try, ch, kept := d.p.d.Try, *d.channel, d.results
	cmd := d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		return &ch, try(ctx, ch, to, tell)
	})
	d.results, d.tested = kept, true
	return cmd
}

// run takes steps in a command; each is told along a line as it ends.
func (d *wizard) run(steps func(context.Context, func(connect.Result)) (*core.Channel, error)) tea.Cmd {
	ctx, stop := context.WithCancel(d.p.env.Ctx)
	l := &line{news: make(chan any), stop: stop}
	d.line, d.page, d.results, d.err, d.tested, d.top = l, stepping, nil, nil, false, 0
	say := func(v any) {
		select {
		case l.news <- v:
		case <-ctx.Done():
		}
	}
	work := func() tea.Msg {
		defer close(l.news)
		ch, err := steps(ctx, func(r connect.Result) { say(r) })
		say(ended{ch, err})
		return nil
	}
	return tea.Batch(work, d.listen(l))
}

// listen waits for the next thing along a line.
func (d *wizard) listen(l *line) tea.Cmd {
	return kit.Send(wizardAddr, func() tea.Msg { return newsMsg{l, <-l.news} })
}

func (d *wizard) news(m newsMsg) tea.Cmd {
	if m.line != d.line {
		return nil // of a run that was stopped
	}
	switch v := m.what.(type) {
	case connect.Result:
		d.add(v)
		return d.listen(m.line)
	case ended:
		m.line.stop()
		d.line = nil
		if d.err = v.err; v.err == nil || d.tested {
			d.channel = v.channel
		}
		if v.err != nil && !errors.Is(v.err, context.Canceled) {
			return func() tea.Msg { return frame.Failed{Err: v.err} } // the cause goes to the log
		}
		if v.err == nil && d.what == toRotate {
			delete(d.p.typed, core.ProviderName("rotate "+d.channel.Name)) // in the keyring now
		}
		if v.err == nil && d.what == toConnect {
			d.forget()
		}
	}
	return nil
}

// forget drops secrets that are in the keyring now.
func (d *wizard) forget() {
	for _, f := range connect.Fields(d.provider) {
		if f.Secret {
			delete(d.p.typed[d.provider], f.Name)
		}
	}
}

// add puts a result behind the others; the test message has one line that moves on.
func (d *wizard) add(r connect.Result) {
	if n := len(d.results); n > 0 && r.Step == connect.StepTest && d.results[n-1].Step == connect.StepTest && d.results[n-1].Why == connect.WhySent {
		d.results[n-1] = r
		return
	}
	d.results = append(d.results, r)
}

func (d *wizard) refuse(f connect.Field, fault connect.Fault) tea.Cmd {
	w := d.p.env.Words
	return toast(frame.Toast{Text: w.T(text.SetupFieldWrong, "Field", fieldName(w, f.Name), "Fault", w.T(text.K("connect.fault."+string(fault)))), Refused: true})
}

// leave goes back one page, and closes the wizard from its first. What is under
// way is stopped.
func (d *wizard) leave() (done bool, cmd tea.Cmd) {
	if d.line != nil {
		d.line.stop()
		d.line = nil
		d.err = context.Canceled
		if d.what == toTest || d.what == toSubscribe {
			return true, nil
		}
		d.page = filling
		return false, nil
	}
	switch {
	case d.page == stepping && d.err != nil && (d.what == toConnect || d.what == toRotate) && !d.tested:
		d.page, d.err, d.results = filling, nil, nil
	case d.page == filling && d.what == toConnect:
		d.page, d.at = choosing, max(0, slices.Index(connect.Providers(), d.provider))
	default:
		return true, nil
	}
	return false, nil
}
