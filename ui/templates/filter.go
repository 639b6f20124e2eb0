package templates

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// view is a part of the library.
type view uint8

const (
	viewAll view = iota
	viewTrouble
	viewDraft
	viewWaiting
	viewApproved
	views
)

func (v view) word() text.K {
	return [...]text.K{text.TplViewAll, text.TplViewTrouble, text.TplViewDraft, text.TplViewWaiting, text.TplViewApproved}[v]
}

// holds reports whether a template belongs to the view.
func (v view) holds(it *item) bool {
	switch v {
	case viewTrouble:
		return urgency(&it.Entry) <= 1
	case viewDraft:
		return it.State == core.TemplateDraft
	case viewWaiting:
		return it.State.Waiting()
	case viewApproved:
		return it.State == core.TemplateApproved
	}
	return true
}

// order of the list.
type order uint8

const (
	byUrgency order = iota
	byName
	byUse
	orders
)

func (o order) word() text.K {
	return [...]text.K{text.TplOrderUrgency, text.TplOrderName, text.TplOrderUse}[o]
}

// matches reports whether each word of the filter is in a template's name,
// text, language, category, state, family or role.
func (p *Pane) matches(it *item) bool {
	typed := strings.Fields(strings.ToLower(p.filter.Value()))
	if len(typed) == 0 {
		return true
	}
	b := p.brush()
	all := strings.ToLower(strings.Join([]string{it.Name, it.Language, p.env.Words.Language(it.Language), b.category(it.Category),
		b.words.T(b.sign(it.State).word), it.Family, b.role(it.Role), it.Header.Text, it.Body, it.Footer}, "\n"))
	for _, w := range typed {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

func (p *Pane) stepView(d int) tea.Cmd {
	p.view = view((int(p.view) + d + int(views)) % int(views))
	p.arrange()
	p.list.Home()
	p.cardTop = 0
	return nil
}

func (p *Pane) stepOrder() tea.Cmd {
	p.order = (p.order + 1) % orders
	p.arrange()
	return nil
}

// startFilter puts the cursor into the filter.
func (p *Pane) startFilter() tea.Cmd {
	p.focus = onFilter
	return nil
}

// filterKey takes what is typed into the filter; the list follows each key.
func (p *Pane) filterKey(m tea.KeyPressMsg) (bool, tea.Cmd) {
	switch m.String() {
	case "esc":
		p.filter.SetValue("")
		p.focus = onList
	case "enter", "down", "tab":
		p.focus = onList
	default:
		if !p.filter.Handle(m) {
			return false, nil
		}
	}
	p.arrange()
	return true, nil
}

// spot is where a view stands in the bar.
type spot struct {
	x, w int
	view view
}

// bar draws the views with their counts and, at the right, the order and the
// share of templates in all that is sent.
func (p *Pane) bar(b *brush, w int) string {
	p.spots = p.spots[:0]
	var s strings.Builder
	x := 1
	s.WriteByte(' ')
	for v := range views {
		n := 0
		for _, it := range p.shelf.items {
			if v.holds(it) {
				n++
			}
		}
		word := b.words.T(v.word())
		if n > 0 {
			word += " " + b.words.Num(n)
		}
		ink := b.Muted
		switch {
		case v == p.view:
			ink = b.TabOn
		case v == viewTrouble && n > 0:
			ink = b.Late
		case n == 0:
			ink = b.Faint
		}
		cw := kit.Width(word)
		if x+cw > w {
			break
		}
		s.WriteString(ink.Render(word) + "  ")
		p.spots = append(p.spots, spot{x, cw, v})
		x += cw + 2
	}
	return kit.Fit(s.String(), w)
}

// gauge says how much of what the shop sends is templates (S-202).
func (b *brush) gauge(s *shelf) string {
	share := s.figures.Share()
	if share < 0 {
		return ""
	}
	ink, mark := b.Good, "✓"
	if share >= s.figures.ShareMax {
		ink, mark = b.Soon, "!"
	}
	percent := func(n int) string { return b.words.Percent(float64(n) / 100) }
	return ink.Render(mark+" ") + b.Faint.Render(b.words.T(text.TplGauge, "Share", percent(share), "Most", percent(s.figures.ShareMax)))
}
