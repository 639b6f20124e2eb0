package campaigns

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/core/segment"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// step is one of the wizard's pages.
type step uint8

const (
	stepWho step = iota
	stepWhat
	stepWhen
	stepPace
	stepCheck
	steps
)

func (s step) word() text.K {
	return [...]text.K{text.CampStepWho, text.CampStepWhat, text.CampStepWhen, text.CampStepPace, text.CampStepCheck}[s]
}

// wizard makes a campaign, or changes one that has not started. It is kept
// whenever one leaves it.
type wizard struct {
	p     *Pane
	c     campaign.Campaign // as chosen; texts are in the inputs
	was   campaign.Campaign // as it is kept
	step  step
	cur   [steps]int
	top   int
	drawn []int // field by line of the last drawing, -1 for none

	name, who, not, countries, code kit.Input
	bad                             [2]*segment.Error // of who and not
	offered                         []segment.Completion
	offer                           int

	world   *world
	counted counted
	keepErr error
	noted   bool // it goes on with a note, which is stale once all is taken out

	planning, replan, leaving bool
	report                    *campaign.Report
	planErr                   error
	reveal                    bool // the chosen line of the check is to be on the screen

	fetchWorld kit.Fetch[*world]
	fetchCount kit.Fetch[counted]
}

// counted is how many an expression holds for.
type counted struct {
	expr string
	n    int
	ok   bool
}

// open shows the wizard on a campaign: a new one, or a draft.
func (p *Pane) open(c campaign.Campaign, at step) tea.Cmd {
	w := &wizard{p: p, c: c, step: at}
	if c.ID != 0 {
		w.was = c
	}
	w.name.Limit, w.who.Limit, w.not.Limit, w.countries.Limit, w.code.Limit = 80, segment.MaxRunes, segment.MaxRunes, 400, 40
	w.name.SetValue(c.Name)
	w.who.SetValue(c.Segment)
	w.not.SetValue(c.Exclude)
	w.countries.SetValue(strings.Join(c.Countries, ", "))
	w.code.SetValue(c.Code)
	p.wiz, p.focus = w, onWizard
	return w.reload()
}

// reload reads again what a campaign can be made of.
func (w *wizard) reload() tea.Cmd {
	d := w.p.d
	return send(w.fetchWorld.Ask(w.p.env.Ctx, func(ctx context.Context) (*world, error) { return readWorld(ctx, d) }))
}

func (w *wizard) takeWorld(m kit.Loaded[*world]) tea.Cmd {
	fresh, more := w.fetchWorld.Take(w.p.env.Ctx, m)
	switch {
	case !fresh:
		return send(more)
	case m.Err != nil:
		return fail(m.Err)
	}
	w.world = m.Val
	if w.c.ChannelID == 0 && len(w.world.channels) > 0 {
		w.c.ChannelID = w.world.channels[0].ID
	}
	if w.step == stepCheck {
		return tea.Batch(w.read(), w.plan())
	}
	return w.read()
}

// read checks the two expressions and counts whom they hold for.
func (w *wizard) read() tea.Cmd {
	w.bad = [2]*segment.Error{}
	if w.world == nil {
		return nil
	}
	right := true
	for i, in := range []*kit.Input{&w.who, &w.not} {
		if _, err := segment.Parse(in.Value(), w.world.schema); err != nil {
			right = false
			errors.As(err, &w.bad[i])
		}
	}
	w.propose()
	if !right {
		return nil
	}
	expr, r := both(w.who.Value(), w.not.Value()), w.p.d.People
	if w.counted.ok && w.counted.expr == expr {
		return nil
	}
	return send(w.fetchCount.Ask(w.p.env.Ctx, func(ctx context.Context) (counted, error) {
		n, err := r.Count(ctx, expr)
		return counted{expr, n, true}, err
	}))
}

func (w *wizard) takeCount(m kit.Loaded[counted]) tea.Cmd {
	fresh, more := w.fetchCount.Take(w.p.env.Ctx, m)
	switch {
	case !fresh:
		return send(more)
	case m.Err != nil:
		return fail(m.Err)
	}
	w.counted = m.Val
	return nil
}

// kept is what would be kept now.
func (w *wizard) kept() draft {
	c := w.c
	c.Name = strings.Join(strings.Fields(w.name.Value()), " ")
	c.Segment, c.Exclude, c.Code = strings.TrimSpace(w.who.Value()), strings.TrimSpace(w.not.Value()), strings.TrimSpace(w.code.Value())
	c.Countries, _ = w.chosenCountries()
	if c.Name == "" && len(c.Templates) > 0 {
		c.Name = c.Templates[0]
	}
	return draft{c, w.p.env.Agent}
}

// changed reports whether something is not kept yet.
func (w *wizard) changed() bool {
	c := w.kept().c
	if c.ID == 0 && blank(&c) && !w.noted {
		return false
	}
	return !same(c, w.was)
}

// blank reports whether there is nothing worth keeping in a beginning.
func blank(c *campaign.Campaign) bool {
	return c.Name == "" && c.Segment == "" && c.Exclude == "" && c.Code == "" && len(c.Countries)+len(c.Templates) == 0
}

// keptMsg is how keeping went when the wizard was left.
type keptMsg struct {
	w   *wizard
	c   campaign.Campaign
	err error
}

// leave closes the wizard and keeps what is in it.
func (w *wizard) leave() tea.Cmd {
	if w.planning { // which keeps it as well
		w.leaving = true
		return nil
	}
	p := w.p
	p.wiz, p.focus = nil, onList
	if p.env.ReadOnly || !w.changed() && w.keepErr == nil {
		return nil
	}
	d, deps, ctx := w.kept(), p.d, p.env.Ctx
	return send(func() tea.Msg {
		c, err := d.store(ctx, deps)
		return keptMsg{w, c, err}
	})
}

// takeKept opens the wizard again when what was in it could not be kept.
func (p *Pane) takeKept(m keptMsg) tea.Cmd {
	if m.err != nil {
		if m.w.keepErr = m.err; p.wiz == nil {
			p.wiz, p.focus = m.w, onWizard
		}
		return fail(m.err)
	}
	if p.wanted = m.c.ID; m.c.ID == 0 {
		if blank(&m.c) {
			return nil
		}
		return p.say(text.CampBegunKept)
	}
	return tea.Batch(p.refresh(), p.say(text.CampKept, "Name", kit.CleanLine(m.c.Name)))
}

// askDrop asks before all that is in the wizard is thrown away.
func (w *wizard) askDrop() tea.Cmd {
	t := w.p.env.Words
	c := frame.Confirm{Title: t.T(text.CampDropTitle), Text: t.T(text.CampDropText), Do: t.T(text.CampDropDo), Danger: true,
		Yes: send(func() tea.Msg { return dropMsg{w} })}
	return func() tea.Msg { return c }
}

// dropMsg is the wish to throw a wizard's changes away.
type dropMsg struct{ w *wizard }

func (p *Pane) drop(m dropMsg) tea.Cmd {
	if p.wiz != m.w || p.wiz.planning {
		return nil
	}
	p.wiz, p.focus = nil, onList
	if m.w.c.ID != 0 {
		return nil
	}
	notes, ctx, key := p.d.Notes, p.env.Ctx, note(p.env.Agent)
	return send(func() tea.Msg {
		if err := notes.SetSetting(ctx, key, campaign.Campaign{}); err != nil {
			return frame.Failed{Err: err}
		}
		return nil
	})
}

// goTo shows a step; on the last the plan is made.
func (w *wizard) goTo(s step) tea.Cmd {
	if s >= steps || w.planning && s != stepCheck && w.step == s {
		return nil
	}
	w.step, w.top = s, 0
	w.propose()
	if s != stepCheck {
		return nil
	}
	w.report, w.planErr = nil, nil
	return w.plan()
}

// plannedMsg is what a plan brought.
type plannedMsg struct {
	w   *wizard
	c   campaign.Campaign
	rep *campaign.Report
	err error
}

// plan keeps the draft and asks what would come of it.
func (w *wizard) plan() tea.Cmd {
	if w.planning {
		w.replan = true
		return nil
	}
	if w.missing() != "" || w.p.env.ReadOnly && (w.c.ID == 0 || w.changed()) {
		return nil
	}
	w.planning, w.replan = true, false
	d, deps, ctx, keep := w.kept(), w.p.d, w.p.env.Ctx, w.c.ID == 0 || w.changed()
	return send(func() tea.Msg {
		m := plannedMsg{w: w, c: d.c}
		if keep {
			if m.c, m.err = d.store(ctx, deps); m.err != nil {
				return m
			}
		}
		m.rep, m.err = deps.Office.Plan(ctx, m.c.ID)
		return m
	})
}

func (p *Pane) takePlan(m plannedMsg) tea.Cmd {
	w := m.w
	w.planning = false
	if m.c.ID != 0 { // kept, whatever the plan says
		w.c.ID, w.c.Rev, w.c.State, w.c.CreatedAt, w.c.Host = m.c.ID, m.c.Rev, m.c.State, m.c.CreatedAt, m.c.Host
		w.was = m.c
	}
	w.report, w.planErr = m.rep, m.err
	switch {
	case p.wiz != w:
		return p.refresh()
	case w.leaving:
		w.leaving = false
		return tea.Batch(w.leave(), p.refresh())
	case w.replan:
		return w.plan()
	}
	return p.refresh()
}

// askStart asks before anything is sent.
func (w *wizard) askStart() tea.Cmd {
	t, b, r := w.p.env.Words, w.p.brush(), w.report
	said := t.N(text.CampStartText, r.Included) + " " + b.startTime(r)
	if cost := b.estimate(&r.Cost); cost != "" {
		said += " " + cost
	}
	c := frame.Confirm{Title: t.T(text.CampStartTitle, "Name", kit.CleanLine(w.kept().c.Name)), Text: said, Do: t.T(text.CampStartDo),
		Yes: send(func() tea.Msg { return startMsg{w} })}
	return func() tea.Msg { return c }
}

// startMsg is a yes to start, startedMsg how that went.
type (
	startMsg   struct{ w *wizard }
	startedMsg struct {
		w   *wizard
		c   campaign.Campaign
		err error
	}
)

func (p *Pane) start(m startMsg) tea.Cmd {
	w := m.w
	if p.wiz != w || w.planning {
		return nil
	}
	w.planning = true
	ctx, office, id, agent := p.env.Ctx, p.d.Office, w.c.ID, p.env.Agent
	return send(func() tea.Msg {
		c, _, err := office.Launch(ctx, id, agent)
		return startedMsg{w, c, err}
	})
}

func (p *Pane) started(m startedMsg) tea.Cmd {
	w := m.w
	w.planning = false
	switch {
	case campaign.RefusalsOf(m.err) != nil: // something has changed since the plan
		return tea.Batch(p.refuse(text.CampStartRefused), w.plan())
	case m.err != nil:
		return fail(m.err)
	}
	if p.wiz == w {
		p.wiz, p.focus = nil, onCard
	}
	p.wanted, p.view = m.c.ID, viewAll
	return tea.Batch(p.resetCard(), p.refresh(), p.say(text.CampStarted, "Name", kit.CleanLine(m.c.Name)))
}
