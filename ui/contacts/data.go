package contacts

import (
	"context"
	"errors"
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/fold"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/kit"
)

// loadList asks for the order of the list as it is wanted now.
func (p *Pane) loadList() tea.Cmd {
	w, r := p.want, p.d.Lists
	return send(p.fetchList.Ask(p.env.Ctx, func(ctx context.Context) (listAnswer, error) { return readList(ctx, r, w) }))
}

func (p *Pane) takeList(m kit.Loaded[listAnswer]) tea.Cmd {
	fresh, again := p.fetchList.Take(p.env.Ctx, m)
	if !fresh {
		return send(again)
	}
	if p.err = m.Err; m.Err != nil {
		return p.lost(m.Err)
	}
	p.took = m.Val.took
	p.list.take(m.Val.ids, m.Val.fresh)
	p.want.fresh = false
	p.filter.count, p.filter.counted = len(m.Val.ids), m.Val.expr
	if m.Val.expr == "" {
		p.all = len(m.Val.ids)
		p.list.prune()
	}
	return tea.Batch(p.loadRows(), p.follow())
}

// lost deals with an expression that was right when it was asked and is no
// longer: a field of the shop's own went away.
func (p *Pane) lost(err error) tea.Cmd {
	var bad *segment.Error
	if errors.As(err, &bad) {
		p.filter.bad, p.err = bad, nil
		return p.loadSide() // the schema with it
	}
	return nil
}

// ask shows another expression, column or direction.
func (p *Pane) ask(w want) tea.Cmd {
	w.fresh = w.expr != p.want.expr || p.want.fresh
	p.want = w
	return tea.Batch(p.loadList(), p.loadCount())
}

// loadRows reads the rows that the screen lacks.
func (p *Pane) loadRows() tea.Cmd {
	if p.fetchRows.Busy() {
		return nil
	}
	ids := p.list.missing()
	if len(ids) == 0 {
		return nil
	}
	gen, r := p.list.gen, p.d.Lists
	return send(p.fetchRows.Ask(p.env.Ctx, func(ctx context.Context) (rowsAnswer, error) { return readRows(ctx, r, gen, ids) }))
}

func (p *Pane) takeRows(m kit.Loaded[rowsAnswer]) tea.Cmd {
	_, _ = p.fetchRows.Take(p.env.Ctx, m)
	if p.err = m.Err; m.Err != nil {
		return fail(m.Err)
	}
	p.list.put(m.Val.gen, m.Val.rows, m.Val.asked)
	return p.loadRows() // the screen has gone on meanwhile
}

// countAnswer is how many an expression holds for.
type countAnswer struct {
	expr string
	n    int
}

// loadCount counts while one types: it answers before the order does.
func (p *Pane) loadCount() tea.Cmd {
	expr, r := p.want.expr, p.d.Lists
	return send(p.fetchCount.Ask(p.env.Ctx, func(ctx context.Context) (countAnswer, error) {
		n, err := r.Count(ctx, expr)
		return countAnswer{expr, n}, err
	}))
}

func (p *Pane) takeCount(m kit.Loaded[countAnswer]) tea.Cmd {
	fresh, again := p.fetchCount.Take(p.env.Ctx, m)
	if !fresh {
		return send(again)
	}
	if m.Err == nil && m.Val.expr == p.want.expr { // the list's own answer tells of an error
		p.filter.count, p.filter.counted = m.Val.n, m.Val.expr
	}
	return nil
}

// sideAnswer is what the side shows, and what the filter box knows.
type sideAnswer struct {
	segments []people.Counted
	tags     []people.Tag
	schema   segment.Schema
	currency string
	all      int
	waiting  int
}

// waiting counts the questions of a tray; a stop that counts already is none.
func waiting(rs []people.Review) (n int) {
	for i := range rs {
		if rs[i].Waits() {
			n++
		}
	}
	return n
}

// trayAnswer is how many doubtful stops wait.
type trayAnswer int

func (p *Pane) loadTray() tea.Cmd {
	tray := p.d.Tray
	if tray == nil {
		return nil
	}
	return send(p.fetchTray.Ask(p.env.Ctx, func(ctx context.Context) (trayAnswer, error) {
		rs, err := tray.Tray(ctx, trayLimit)
		return trayAnswer(waiting(rs)), err
	}))
}

func (p *Pane) takeTray(m kit.Loaded[trayAnswer]) tea.Cmd {
	fresh, again := p.fetchTray.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return send(again)
	case m.Err != nil:
		return fail(m.Err)
	}
	p.waiting = int(m.Val)
	return nil
}

func (p *Pane) loadSide() tea.Cmd {
	r, tray := p.d.Lists, p.d.Tray
	return send(p.fetchSide.Ask(p.env.Ctx, func(ctx context.Context) (a sideAnswer, err error) {
		if a.segments, err = r.Segments(ctx); err != nil {
			return a, err
		}
		if a.tags, err = r.Tags(ctx); err != nil {
			return a, err
		}
		if a.schema, err = r.Schema(ctx); err != nil {
			return a, err
		}
		if a.currency, err = r.Currency(ctx); err != nil {
			return a, err
		}
		if tray != nil {
			rs, err := tray.Tray(ctx, trayLimit)
			if err != nil {
				return a, err
			}
			a.waiting = waiting(rs)
		}
		a.all, err = r.Count(ctx, "")
		return a, err
	}))
}

func (p *Pane) takeSide(m kit.Loaded[sideAnswer]) tea.Cmd {
	fresh, again := p.fetchSide.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return send(again)
	case m.Err != nil:
		return fail(m.Err)
	}
	colours := map[string]string{}
	for _, t := range m.Val.tags {
		if t.Colour != "" {
			colours[t.Tag] = t.Colour
		}
	}
	if p.currency != m.Val.currency || !maps.Equal(p.colours, colours) {
		p.redraw()
	}
	p.colours, p.waiting = colours, m.Val.waiting
	p.segments, p.tags, p.schema, p.currency, p.all = m.Val.segments, m.Val.tags, m.Val.schema, m.Val.currency, m.Val.all
	p.side.take(p.entries())
	return nil
}

// redraw forgets all drawn lines.
func (p *Pane) redraw() {
	for _, r := range p.list.rows {
		r.line = ""
	}
}

// cardAnswer is a person with what happened lately.
type cardAnswer struct {
	people.Detail
	events []people.Event
	phone  string
}

// pageEvents is how many events of the timeline the card reads at first, and
// how many more when one comes to their end.
const pageEvents = 40

// loadCard reads the card of the person under the cursor, also where it is not
// on the screen: a wider terminal or a key may show it any time.
func (p *Pane) loadCard() tea.Cmd {
	if p.list.sel == 0 {
		return nil
	}
	id, r, limit := p.list.sel, p.d.Cards, pageEvents
	if id == p.card.id() {
		limit = max(limit, p.card.limit)
	}
	return send(p.fetchCard.Ask(p.env.Ctx, func(ctx context.Context) (a cardAnswer, err error) {
		if a.Detail, err = r.Detail(ctx, id); err == nil {
			a.phone = phone(&a.Contact)
			a.events, err = r.Timeline(ctx, id, time.Time{}, limit)
		}
		return a, err
	}))
}

func (p *Pane) takeCard(m kit.Loaded[cardAnswer]) tea.Cmd {
	fresh, again := p.fetchCard.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return send(again)
	case core.CodeOf(m.Err) == core.NotFound: // erased or merged meanwhile; the list will tell
		return nil
	case m.Err != nil:
		return fail(m.Err)
	}
	p.card.take(&m.Val, p.brush())
	if m.Val.Contact.ID != p.list.sel {
		return p.loadCard()
	}
	return nil
}

// follow shows the person under the cursor in the card.
func (p *Pane) follow() tea.Cmd {
	if p.card.id() == p.list.sel {
		return nil
	}
	p.card.leave()
	return p.loadCard()
}

// answer takes the answers of the fetches.
func (p *Pane) answer(msg tea.Msg) (cmd tea.Cmd, ok bool) {
	switch m := msg.(type) {
	case kit.Loaded[listAnswer]:
		return p.takeList(m), true
	case kit.Loaded[rowsAnswer]:
		return p.takeRows(m), true
	case kit.Loaded[countAnswer]:
		return p.takeCount(m), true
	case kit.Loaded[sideAnswer]:
		return p.takeSide(m), true
	case kit.Loaded[trayAnswer]:
		return p.takeTray(m), true
	case kit.Loaded[cardAnswer]:
		return p.takeCard(m), true
	}
	return nil, false
}

// members are the known members of a set field, for completion.
func (p *Pane) members(field string) []string {
	if field != segment.FieldTag {
		return nil
	}
	out := make([]string, len(p.tags))
	for i, t := range p.tags {
		out[i] = t.Tag
	}
	return out
}

// tagExpr is the expression that picks a tag, in normal form.
func tagExpr(tag string) string {
	f, _ := segment.Schema{}.Field(segment.FieldTag)
	return segment.Query{Root: segment.Term{Field: f, Op: segment.Has, Text: fold.String(tag)}}.String()
}
