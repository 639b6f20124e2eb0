package setup

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

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

// run takes steps in a command; each is told along a line as it ends. A pass
// phrase that was just chosen goes first to the file that it seals.
func (d *wizard) run(steps func(context.Context, func(connect.Result)) (*core.Channel, error)) tea.Cmd {
	ctx, stop := context.WithCancel(d.p.env.Ctx)
	l := &line{news: make(chan any), stop: stop}
	d.line, d.page, d.results, d.err, d.tested, d.top = l, stepping, nil, nil, false, 0
	work, pass, was := d.p.d.Work, d.pass, d.channel
	d.pass = ""
	say := func(v any) {
		select {
		case l.news <- v:
		case <-ctx.Done():
		}
	}
	return tea.Batch(func() tea.Msg {
		defer close(l.news)
		if pass != "" {
			if err := work.Seal(ctx, pass); err != nil {
				say(ended{was, err})
				return nil
			}
		}
		ch, err := steps(ctx, func(r connect.Result) { say(r) })
		say(ended{ch, err})
		return nil
	}, d.listen(l))
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
		return d.over(v)
	}
	return nil
}

// endOfSteps scrolls the steps down to their end, however many lines they take.
const endOfSteps = 1 << 20

// over takes the end of a run.
func (d *wizard) over(v ended) tea.Cmd {
	d.top = endOfSteps
	if wants, ok := errors.AsType[*connect.Unsealed](v.err); ok {
		d.sealing(wants.Least)
		return nil
	}
	if d.err = v.err; v.err == nil || d.tested {
		d.channel = v.channel
	}
	if v.err != nil && !errors.Is(v.err, context.Canceled) {
		return func() tea.Msg { return frame.Failed{Err: v.err} } // the cause goes to the log
	}
	if v.err != nil {
		return nil
	}
	d.forget()
	id := d.channel.ID
	return kit.Send(Name, func() tea.Msg { return connected{id} })
}

// add puts a result behind the others; the test message has one line that moves on.
func (d *wizard) add(r connect.Result) {
	if r.Paste != nil {
		d.paste = r.Paste
	}
	if n := len(d.results); n > 0 && r.Step == connect.StepTest && d.results[n-1].Step == connect.StepTest && d.results[n-1].Why == connect.WhySent {
		d.results[n-1] = r
		return
	}
	d.results = append(d.results, r)
}

func (d *wizard) check() tea.Cmd {
	work, ch := d.p.d.Work, *d.channel
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		_, err := work.Check(ctx, ch, tell)
		return &ch, err
	})
}

// subscribe keeps the address of callbacks and tells the provider.
func (d *wizard) subscribe(address string) tea.Cmd {
	work, ch := d.p.d.Work, *d.channel
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		if address != ch.Account.PublicURL {
			var err error
			if ch, err = work.Address(ctx, ch, address); err != nil {
				return &ch, err
			}
		}
		work.Subscribe(ctx, ch, tell)
		return &ch, nil
	})
}

// connect takes the steps of a draft.
func (d *wizard) connect(draft connect.Draft) tea.Cmd {
	work := d.p.d.Work
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		ch, err := work.Connect(ctx, draft, false, tell)
		if err != nil {
			return &draft.Channel, err
		}
		return &ch, nil
	})
}

// rotate changes the channel's secrets for new ones.
func (d *wizard) rotate(secrets map[string]core.Secret) tea.Cmd {
	work, ch := d.p.d.Work, *d.channel
	return d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		got, err := work.Rotate(ctx, ch.Name, secrets, tell)
		if err != nil {
			return &ch, err
		}
		return &got, nil
	})
}

// try sends the test message to the phone that was typed.
func (d *wizard) try() tea.Cmd {
	to, fault := readPhone(d.p.phone.Value())
	if fault != "" {
		return d.refuse("phone", fault)
	}
	try, ch, kept := d.p.d.Try, *d.channel, d.results
	cmd := d.run(func(ctx context.Context, tell func(connect.Result)) (*core.Channel, error) {
		return &ch, try(ctx, ch, to, tell)
	})
	d.results, d.tested = kept, true
	return cmd
}
