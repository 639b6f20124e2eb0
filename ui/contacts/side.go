package contacts

import (
	"context"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"bottega/core/segment"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// entryKind tells what a line of the side is.
type entryKind uint8

const (
	heading entryKind = iota
	everybody
	segmentEntry
	trayEntry
	tagEntry
)

// sideEntry is a line of the side.
type sideEntry struct {
	kind  entryKind
	label string // cleaned
	name  string // of a saved segment, of a tag
	expr  string
	count int
	ready bool
}

// side is the list of segments and tags with its cursor.
type side struct {
	all   []sideEntry
	cur   int
	top   int
	shown int
}

// entries are the lines of the side as things stand.
func (p *Pane) entries() []sideEntry {
	w := p.env.Words
	out := []sideEntry{{kind: everybody, label: w.T(text.ContactsEverybody), count: p.all}}
	if p.waiting > 0 {
		out = append(out, sideEntry{kind: trayEntry, label: w.T(text.ContactsTray), name: "tray", count: p.waiting})
	}
	out = append(out, sideEntry{kind: heading}, sideEntry{kind: heading, label: w.T(text.ContactsSegments)})
	for _, g := range p.segments {
		out = append(out, sideEntry{kind: segmentEntry, label: readyName(w, g.Name, g.Ready), name: g.Name, expr: p.normal(g.Expr), count: g.Count, ready: g.Ready})
	}
	if len(p.tags) > 0 {
		out = append(out, sideEntry{kind: heading}, sideEntry{kind: heading, label: w.T(text.ContactsTags)})
	}
	for _, t := range p.tags {
		out = append(out, sideEntry{kind: tagEntry, label: "#" + kit.CleanLine(t.Tag), name: t.Tag, expr: tagExpr(t.Tag), count: t.Count})
	}
	return out
}

// readyName translates the ready-made segments; what a shop named itself stays.
func readyName(w *text.Words, name string, ready bool) string {
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_")
	if k := text.K("contacts.ready." + slug); ready && w.Has(k) {
		return w.T(k)
	}
	return kit.CleanLine(name)
}

// take replaces the lines; the cursor stays on its entry.
func (s *side) take(all []sideEntry) {
	was := sideEntry{}
	if s.cur < len(s.all) {
		was = s.all[s.cur]
	}
	s.all = all
	for i, e := range all {
		if e.kind == was.kind && e.name == was.name && e.kind != heading {
			s.cur = i
			return
		}
	}
	s.cur = max(0, min(s.cur, len(all)-1))
}

// move steps the cursor over headings.
func (s *side) move(n int) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for ; n > 0; n-- {
		i := s.cur + step
		for i >= 0 && i < len(s.all) && s.all[i].kind == heading {
			i += step
		}
		if i < 0 || i >= len(s.all) {
			return
		}
		s.cur = i
	}
}

// pick filters the list by the entry under the cursor.
func (p *Pane) pick() tea.Cmd {
	if p.side.cur >= len(p.side.all) {
		return nil
	}
	e := p.side.all[p.side.cur]
	if e.kind == trayEntry {
		return p.openTray()
	}
	p.focus = onList
	return p.setExpr(e.expr)
}

// dropSegment forgets a saved segment, after a question.
func (p *Pane) dropSegment() tea.Cmd {
	e := p.side.all[p.side.cur]
	w, work := p.env.Words, p.d.Work
	return func() tea.Msg {
		return frame.Confirm{Title: w.T(text.ContactsDrop), Text: w.T(text.ContactsDropText, "Name", e.label), Do: w.T(text.ContactsDropDo),
			Yes: p.act(func(ctx context.Context) (tea.Msg, error) {
				if err := work.RemoveSegment(ctx, e.name); err != nil {
					return nil, err
				}
				return doneMsg{toast: frame.Toast{Text: w.T(text.ContactsDropped, "Name", e.label)}}, nil
			})}
	}
}

func needOwnSegment(p *Pane) text.K {
	if p.side.cur < len(p.side.all) {
		if e := p.side.all[p.side.cur]; e.kind == segmentEntry && !e.ready {
			return ""
		}
	}
	return text.ContactsOffOwn
}

// sideLines draws the side.
func (p *Pane) sideLines(b *brush, w, h int) []string {
	s, th := &p.side, b.Theme
	s.shown = h
	s.top = max(0, min(s.top, s.cur, len(s.all)-h))
	s.top = max(s.top, s.cur-h+1)
	if s.cur <= 2 {
		s.top = 0
	}
	var ls []string
	for i := s.top; i < len(s.all) && len(ls) < h; i++ {
		e := s.all[i]
		if e.kind == heading {
			ls = append(ls, kit.Fit(" "+th.Title.Render(e.label), w))
			continue
		}
		ls = append(ls, p.sideLine(b, e, i == s.cur, w))
	}
	return kit.Pad(ls, w, h)
}

func (p *Pane) sideLine(b *brush, e sideEntry, chosen bool, w int) string {
	th := b.Theme
	mark, ink := "  ", th.Muted
	switch {
	case e.kind == trayEntry:
		mark, ink = th.Soon.Render("⚑ "), th.Soon
	case e.expr == p.want.expr && p.filter.bad == nil:
		mark, ink = th.Accent.Render("● "), th.Accent
	case e.kind == tagEntry:
		ink = b.tagInk(e.name)
	}
	n := th.Faint.Render(b.Words.Num(e.count))
	s := kit.Ends(mark+ink.Render(e.label), n+" ", w)
	if chosen && p.focus == onSide {
		return th.Select.Line(th.Accent.Render("▌")+kit.Ends(ink.Render(" "+e.label), n+" ", max(1, w-1)), w)
	}
	return s
}

// normal is an expression in normal form, so that it can be compared with what
// the list shows; one that is wrong stays as it is.
func (p *Pane) normal(expr string) string {
	q, err := segment.Parse(expr, p.schema)
	if err != nil {
		return expr
	}
	return q.String()
}
