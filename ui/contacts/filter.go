package contacts

import (
	"errors"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"bottega/core/segment"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// filter is the box over the list. What is in it may be wrong for a while; the
// list shows the part that is right, and says so.
type filter struct {
	in      kit.Input
	bad     *segment.Error
	asked   bool   // enter was pressed on what is wrong: it is told although it may only be half typed
	before  string // the value when the keyboard came
	offered []segment.Completion
	cur     int // of offered
	count   int
	counted string // the expression that count is of
}

// enterFilter gives the box the keyboard.
func (p *Pane) enterFilter() tea.Cmd {
	p.focus, p.showing = onFilter, false
	p.filter.before = p.filter.in.Value()
	p.offer()
	return nil
}

// keepFilter goes on to the list with what was typed, once it is right.
func (p *Pane) keepFilter() tea.Cmd {
	if p.filter.bad != nil {
		p.filter.asked = true
		return nil
	}
	p.focus = onList
	return nil
}

// leaveFilter puts back what was there before.
func (p *Pane) leaveFilter() tea.Cmd {
	p.focus = onList
	if p.filter.in.Value() == p.filter.before {
		return nil
	}
	return p.setExpr(p.filter.before)
}

// clear shows everybody again, marks first.
func (p *Pane) clear() tea.Cmd {
	if len(p.list.marked) > 0 {
		p.list.unmark(nil)
		return nil
	}
	return p.setExpr("")
}

// setExpr puts an expression in the box and shows whom it holds for.
func (p *Pane) setExpr(expr string) tea.Cmd {
	p.filter.in.SetValue(expr)
	return p.read()
}

// typed gives the box a key or a paste.
func (p *Pane) typed(msg tea.Msg) (bool, tea.Cmd) {
	rev, at := p.filter.in.Rev(), p.filter.in.At()
	if !p.filter.in.Handle(msg) {
		return false, nil
	}
	if p.filter.in.Rev() == rev {
		if p.filter.in.At() != at {
			p.offer()
		}
		return true, nil
	}
	return true, p.read()
}

// read checks what is in the box; what is right of it is listed and counted.
func (p *Pane) read() tea.Cmd {
	q, err := segment.Parse(p.filter.in.Value(), p.schema)
	p.filter.bad, p.filter.asked = nil, false
	if errors.As(err, &p.filter.bad); err != nil {
		q = segment.Head(p.filter.in.Value(), p.schema)
	}
	p.offer()
	w := p.want
	if w.expr = q.String(); w.expr == p.want.expr {
		return nil
	}
	return p.ask(w)
}

// offer works out how what is being typed may go on; a wrong word that is near
// to a right one is offered that.
func (p *Pane) offer() {
	f := &p.filter
	f.offered, f.cur = nil, 0
	if p.focus != onFilter {
		return
	}
	if f.bad != nil && f.bad.Suggest != "" {
		f.offered = []segment.Completion{{Start: f.bad.At, Text: f.bad.Suggest}}
		return
	}
	f.offered = segment.Complete(f.in.Value(), f.in.At(), p.schema, p.members)
	if len(f.offered) == 1 && strings.HasSuffix(f.in.Value(), f.offered[0].Text) {
		f.offered = nil
	}
}

// complete puts the chosen proposal in.
func (p *Pane) complete() tea.Cmd {
	f := &p.filter
	if f.cur >= len(f.offered) {
		return nil
	}
	o, to := f.offered[f.cur], f.in.At()
	if f.bad != nil && f.bad.Suggest != "" {
		to = f.bad.End
	}
	f.in.Splice(o.Start, to, o.Text)
	return p.read()
}

// choose steps through the proposals.
func (p *Pane) choose(n int) tea.Cmd {
	if k := len(p.filter.offered); k > 0 {
		p.filter.cur = (p.filter.cur + n + k) % k
	}
	return nil
}

// wrong reports whether what is wrong is told with a caret: not while it may
// only be that somebody is still typing, for a caret under every half word
// would shout.
func (p *Pane) wrong() bool {
	return p.filter.bad != nil && (p.focus != onFilter || p.filter.asked || !p.filter.unfinished())
}

// unfinished reports whether what is wrong may only be that somebody is still
// typing.
func (f *filter) unfinished() bool {
	end := utf8.RuneCountInString(strings.TrimRight(f.in.Value(), " "))
	if f.bad == nil || f.bad.Suggest != "" && len(f.offered) < 2 || f.in.At() < end || f.bad.End < end {
		return false
	}
	switch f.bad.Code {
	case segment.NeedsValue, segment.MissingTerm, segment.OpenQuote, segment.OpenBracket, segment.NeedsOp:
		return true
	}
	return len(f.offered) > 0 && f.bad.Suggest == ""
}

// filterLine draws the box. Nothing stands on the right of what is typed, so
// that input methods find their place.
func (p *Pane) filterLine(b *brush, w int) string {
	in, th := &p.filter.in, b.Theme
	in.Placeholder = b.Words.T(text.ContactsFilterHint)
	sign := th.Faint.Render("/ ")
	if p.focus == onFilter {
		sign = th.Accent.Render("/ ")
	}
	ink := th.Text
	if p.focus != onFilter && p.filter.bad != nil {
		ink = th.Muted
	}
	return kit.Fit(sign+in.Lines(max(1, w-2), 1, kit.InputStyle{Text: ink, Hint: th.Hint})[0], w)
}

// noteLine is what stands below the box: a caret under what is wrong, else how
// many there are.
func (p *Pane) noteLine(b *brush, w int) string {
	th, words := b.Theme, b.Words
	if p.wrong() {
		return p.caret(b, w)
	}
	if j := p.job; j != nil && j.shown {
		s := th.Accent.Render(j.name)
		if j.total > 1 {
			s += th.Muted.Render(" " + words.Num(int(j.done.Load())) + "/" + words.Num(j.total) + " · " + words.T(text.ContactsStop))
		}
		return kit.Fit("  "+s, w)
	}
	var left []string
	n := len(p.list.ids)
	if p.filter.counted == p.want.expr {
		n = p.filter.count
	}
	switch {
	case !p.list.loaded:
		return kit.Spaces(w)
	case p.want.expr == "":
		left = append(left, th.Muted.Render(words.N(text.ContactsPeople, n)))
	default:
		left = append(left, th.Accent.Render(words.N(text.ContactsPeople, n))+th.Faint.Render(" "+words.T(text.ContactsOfAll, "All", words.Num(max(n, p.all)))))
	}
	if m := len(p.list.marked); m > 0 {
		left = append(left, th.Good.Render("✓ "+words.N(text.ContactsMarked, m)))
		if p.list.hidden > 0 {
			left = append(left, th.Soon.Render(words.N(text.ContactsNotShown, p.list.hidden)))
		}
	}
	if p.filter.bad != nil {
		left = append(left, th.Soon.Render(p.soFar(words)))
	}
	right := ""
	if len(p.list.ids) > 0 {
		right = th.Faint.Render(words.Num(p.list.cur+1) + "/" + words.Num(len(p.list.ids)))
	}
	return kit.Ends("  "+strings.Join(left, th.Faint.Render(" · ")), right+" ", w)
}

// soFar says what the list shows while the filter is wrong or half typed.
func (p *Pane) soFar(w *text.Words) string {
	if p.want.expr == "" {
		return w.T(text.ContactsSoFarAll)
	}
	return w.T(text.ContactsSoFar, "Expr", kit.CleanLine(p.want.expr))
}

// caret stands under the wrong word, where that is on the screen; beside it,
// where there is room, what the list shows meanwhile.
func (p *Pane) caret(b *brush, w int) string {
	bad := p.filter.bad
	x, y := p.filter.in.Locate(bad.At, max(1, w-2))
	to, toY := p.filter.in.Locate(bad.End, max(1, w-2))
	if y != 0 || x >= w-2 {
		return kit.Spaces(w)
	}
	n := 1
	if toY == 0 {
		n = max(1, to-x)
	} else {
		n = max(1, w-2-x)
	}
	line := kit.Spaces(2+x) + b.Theme.Bad.Render(strings.Repeat("^", n))
	if so := p.soFar(b.Words); kit.Width(line)+2+kit.Width(so) < w {
		return kit.Ends(line, b.Theme.Soon.Render(so)+" ", w)
	}
	return kit.Fit(line, w)
}

// helpLine takes the place of the titles while something is typed: what is
// wrong, or how it may go on.
func (p *Pane) helpLine(b *brush, w int) string {
	th := b.Theme
	if bad := p.filter.bad; p.wrong() {
		s := th.Bad.Render(b.segmentError(bad))
		if bad.Suggest != "" {
			s += " " + th.Accent.Render(b.Words.T(text.ContactsSuggest, "Word", bad.Suggest))
		}
		return kit.Fit("  "+s, w)
	}
	if len(p.filter.offered) == 0 {
		return kit.Fit("  "+th.Faint.Render(b.Words.T(text.ContactsFilterHow)), w)
	}
	s, n := "  "+th.Key.Render("⇥")+" ", 4
	from := max(0, p.filter.cur-3)
	for i, o := range p.filter.offered[from:] {
		t, ink := kit.CleanLine(o.Text), th.Muted
		if from+i == p.filter.cur {
			ink = th.Title
		}
		if n += kit.Width(t) + 2; n > w {
			break
		}
		s += ink.Render(t) + "  "
	}
	return kit.Fit(s, w)
}

// segmentError says what is wrong with an expression.
func (b *brush) segmentError(e *segment.Error) string {
	clip := func(s string) string {
		s = kit.CleanLine(s)
		return kit.Fit(s, min(24, kit.Width(s)))
	}
	s := b.Words.T(text.K("cli.segment."+string(e.Code)), "Found", clip(e.Found), "Field", clip(e.Field))
	if len(e.Allowed) > 0 && e.Suggest == "" {
		s += " " + b.Words.T(text.SegmentAllowed, "Words", kit.CleanLine(strings.Join(e.Allowed, ", ")))
	}
	return s
}
