package contacts

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/text"
)

// job is an action on many people while it runs. Its command counts; the pane
// looks at the count in ticks.
type job struct {
	name  string // what is being done, in words
	total int
	shown bool // it takes so long that it should be told
	done  atomic.Int64
	stop  context.CancelFunc
}

// doneMsg ends an action: what is said of it, and that everything it may have
// touched is asked for again.
type doneMsg struct {
	toast frame.Toast
	job   bool
	did   []int64 // whose marks have done their work
	err   error
}

// tickMsg looks at a job's count.
type tickMsg struct{}

const tickEvery = 100 * time.Millisecond

// start runs an action on many people with progress; esc stops it. What is
// done then stays, and do says so.
func (p *Pane) start(name string, total int, do func(ctx context.Context, done func(int)) (doneMsg, error)) tea.Cmd {
	if p.job != nil {
		return p.refuse(text.ContactsOffBusy)
	}
	ctx, stop := context.WithCancel(p.env.Ctx)
	j := &job{name: name, total: total, stop: stop}
	p.job = j
	run := func() tea.Msg {
		defer stop()
		m, err := do(ctx, func(n int) { j.done.Store(int64(n)) })
		m.job = true
		if !errors.Is(err, context.Canceled) {
			m.err = err
		}
		return m
	}
	return tea.Batch(send(run), p.wait())
}

func (p *Pane) wait() tea.Cmd {
	return send(tea.Tick(tickEvery, func(time.Time) tea.Msg { return tickMsg{} }))
}

func (p *Pane) tick() tea.Cmd {
	if p.job == nil {
		return nil
	}
	p.job.shown = true
	return p.wait()
}

// finished tells how an action went and asks for what it touched.
func (p *Pane) finished(m doneMsg) tea.Cmd {
	if m.job {
		p.job = nil
	}
	cmds := []tea.Cmd{p.renew()}
	switch {
	case m.err != nil:
		cmds = append(cmds, fail(m.err))
	case len(m.did) > 0:
		p.list.unmark(m.did)
	}
	if m.toast.Text != "" {
		cmds = append(cmds, toast(m.toast))
	}
	return tea.Batch(cmds...)
}
