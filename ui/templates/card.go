package templates

import (
	"strings"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// cardKey is all that the picture of a card depends on, by value; theme,
// language and minute empty the cache.
type cardKey struct {
	id, gen int64
	w       int
	theme   string
}

// cardCache keeps the card drawn last.
type cardCache struct {
	key   cardKey
	lines []string
}

// cardLines draws the card of the chosen template, from the line scrolled to.
func (p *Pane) cardLines(b *brush, a kit.Rect) []string {
	it := p.chosen()
	if it == nil {
		return kit.Pad(nil, a.W, a.H)
	}
	k := cardKey{it.ID, it.gen, a.W, b.Name}
	if p.card.key != k || p.card.lines == nil {
		p.shelf.lint(it, b.now)
		p.card = cardCache{k, b.card(it, a.W, int(p.t.Cycle.Period.D().Hours()/24))}
	}
	ls := p.card.lines
	p.cardRoom = a.H
	p.cardTop = max(0, min(p.cardTop, len(ls)-a.H))
	out := kit.Pad(append([]string(nil), ls[p.cardTop:min(len(ls), p.cardTop+a.H)]...), a.W, a.H)
	if p.focus == onCard && a.H > 0 && p.cardTop+a.H < len(ls) {
		out[a.H-1] = kit.FitRight(b.Faint.Render("↓ ")+" ", a.W)
	}
	return out
}

// card draws all lines of a card, each w cells.
func (b *brush) card(it *item, w, useDays int) []string {
	c := &card{brush: b, useDays: useDays, w: w, in: max(1, w-2)}
	c.head(it)
	for _, l := range b.look().Bubble(it.tpl.Preview(), c.in) {
		c.put(l)
	}
	c.gap()
	c.facts(it)
	c.kin(it)
	c.findings(it)
	return c.lines
}

// card gathers the lines of one.
type card struct {
	*brush
	useDays int // over which use is counted
	w, in   int
	lines   []string
}

func (c *card) put(s string) {
	if c.w < 3 {
		c.lines = append(c.lines, kit.Fit(s, c.w))
		return
	}
	c.lines = append(c.lines, " "+kit.Fit(s, c.in)+" ")
}
func (c *card) gap() { c.lines = append(c.lines, kit.Spaces(c.w)) }

func (c *card) wrap(ink kit.Ink, first, s string) {
	for i, l := range kit.Wrap(kit.Clean(s), max(1, c.in-kit.Width(first))) {
		if i > 0 {
			first = kit.Spaces(kit.Width(first))
		}
		c.put(ink.Render(first + l))
	}
}

// factWidth keeps a figure near its name on a wide screen.
const factWidth = 56

func (c *card) fact(k text.K, v string) {
	if v != "" {
		c.put(kit.Ends(c.Faint.Render(c.words.T(k)), v, min(c.in, factWidth)))
	}
}

// head is name and state, and what has gone wrong in words.
func (c *card) head(it *item) {
	c.put(kit.Ends(c.Strong.Render(kit.CleanLine(it.Name))+" "+c.Tag.Render(kit.CleanLine(it.Language)), c.state(it.State), c.in))
	if at := it.since(); !at.IsZero() {
		c.put(c.Faint.Render(c.words.T(text.TplSince, "When", c.words.When(at, c.now))))
	}
	if it.Drift != "" {
		c.wrap(c.Late, "⇄ ", c.words.T(text.TplDrifted, "From", c.category(it.Drift), "To", c.category(it.Category)))
	} else if it.Correct != "" && it.Correct != it.Category {
		c.wrap(c.Soon, "⇄ ", c.words.T(text.TplWillDrift, "To", c.category(it.Correct)))
	}
	if it.State == core.TemplateDraft && it.Detail != "" {
		c.wrap(c.Bad, "✗ ", c.words.T(text.TplNotTaken, "Words", it.Detail))
	}
	if it.State == core.TemplateRejected || it.State == core.TemplatePaused || it.State == core.TemplateDisabled {
		c.wrap(c.sign(it.State).ink, "", c.reason(it))
		if it.Detail != "" {
			c.wrap(c.Muted, "“", it.Detail+"”")
		}
		if len(it.suspects) > 0 {
			f := it.suspects[0]
			msg, _ := c.words.Finding(string(f.Rule), f.Params)
			c.wrap(c.Text, "→ ", c.words.T(text.TplSuspect, "Place", c.place(f.Place), "What", msg))
		}
	}
	c.gap()
}

// reason says in words why the provider refused or stopped a template.
func (b *brush) reason(it *item) string {
	switch it.State {
	case core.TemplatePaused:
		return b.words.T(text.TplWhyPaused)
	case core.TemplateDisabled:
		return b.words.T(text.TplWhyDisabled)
	}
	return b.words.Rejection(it.Reason)
}

func (c *card) facts(it *item) {
	c.fact(text.TplFactCategory, c.Text.Render(c.category(it.Category)))
	c.fact(text.TplFactQuality, c.quality(it.Quality))
	c.fact(text.TplFactVersion, c.Text.Render(c.words.Num(it.Version)))
	c.fact(text.TplFactValid, c.validity(it))
	if it.Archive == library.DueSoon || it.Archive == library.DueOver {
		c.fact(text.TplFactArchive, c.Soon.Render(c.words.Day(it.ArchivedAt, c.now)))
	}
	switch it.Review {
	case library.DueOK:
		c.fact(text.TplFactReview, c.Text.Render(c.words.When(it.ReviewUntil, c.now)))
	case library.DueSoon, library.DueOver:
		c.fact(text.TplFactReview, c.Late.Render(c.words.When(it.ReviewUntil, c.now)+" · "+c.words.T(text.TplReviewLate)))
	}
	if it.Use.Sent > 0 {
		c.gap()
		c.put(c.Title.Render(c.words.N(text.TplUseTitle, c.useDays)))
		c.meter(text.TplFactSent, it.Use.Sent, 0)
		c.meter(text.TplFactDelivered, it.Use.Delivered, it.Use.Sent)
		c.meter(text.TplFactRead, it.Use.Read, it.Use.Sent)
		c.meter(text.TplFactReplied, it.Use.Replied, it.Use.Sent)
		if it.Use.Failed > 0 {
			c.meter(text.TplFactFailed, it.Use.Failed, it.Use.Sent)
		}
		c.fact(text.TplFactShare, c.Text.Render(c.words.Percent(it.share)))
	}
}

const meterWidth = 12

// meter is a count with a bar of its share of all.
func (c *card) meter(k text.K, n, all int) {
	s := c.Text.Render(c.words.Num(n))
	if all > 0 {
		full := min(meterWidth, (n*meterWidth+all/2)/all)
		share := c.words.Percent(float64(n) / float64(all))
		s = c.Accent.Render(strings.Repeat("━", full)) + c.Line.Render(strings.Repeat("─", meterWidth-full)) + c.Muted.Render(kit.FitRight(share, 6)) + " " + kit.FitRight(s, 6)
	}
	c.fact(k, s)
}

// kin lists the family.
func (c *card) kin(it *item) {
	if it.Family == "" {
		return
	}
	c.gap()
	c.put(c.Title.Render(c.words.T(text.TplFamilyTitle, "Family", kit.CleanLine(it.Family))))
	for _, k := range inOrder(it) {
		mark := "  "
		if k == it {
			mark = c.Accent.Render("▸ ")
		}
		role := c.role(k.Role)
		if role == "" {
			role = c.words.T(text.TplNoRole)
		}
		c.put(kit.Ends(mark+c.Text.Render(role)+" "+c.Faint.Render(kit.CleanLine(k.Name)), c.state(k.State), c.in))
	}
}

// findings lists what the linter says of it; of what is in force the hints
// are left out, for nobody is about to change it.
func (c *card) findings(it *item) {
	first := true
	for i := range it.found {
		f := &it.found[i]
		if f.Severity == template.SevHint && it.State != core.TemplateDraft {
			continue
		}
		if first {
			c.gap()
			c.put(kit.Ends(c.Title.Render(c.words.T(text.TplFindings)), c.tally(it.found), c.in))
			first = false
		}
		shape, ink := c.severity(f.Severity)
		msg, _ := c.words.Finding(string(f.Rule), f.Params)
		for j, l := range kit.Wrap(kit.Clean(c.place(f.Place)+": "+msg), max(1, c.in-2)) {
			if j == 0 {
				c.put(ink.Render(shape) + " " + c.Text.Render(l))
				continue
			}
			c.put("  " + c.Text.Render(l))
		}
	}
}

// place names a part of a template.
func (b *brush) place(p template.Place) string {
	n := b.words.Num(p.N)
	switch p.Part {
	case template.PartName:
		return b.words.T(text.TplFieldName)
	case template.PartLanguage:
		return b.words.T(text.TplFieldLanguage)
	case template.PartCategory:
		return b.words.T(text.TplFieldCategory)
	case template.PartHeader:
		return b.words.T(text.TplFieldHeader)
	case template.PartFooter:
		return b.words.T(text.TplFieldFooter)
	case template.PartButton:
		if p.N == 0 {
			return b.words.T(text.TplFieldButtons)
		}
		return b.words.T(text.TplFieldButton, "N", n)
	case template.PartSample:
		return b.words.T(text.TplFieldSample, "N", n)
	}
	return b.words.T(text.TplFieldBody)
}
