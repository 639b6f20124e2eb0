package contacts

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/person"
	"bottega/ui/text"
)

// brush is what drawing needs: colours, words and the minute.
type brush struct {
	*frame.Env
	now      time.Time
	currency string
	colours  map[string]string
	heat     func(*people.Facts) (string, bool)
}

func (b *brush) pen() person.Pen { return person.Pen{Theme: b.Theme, Words: b.Words, Now: b.now} }

// rowKey is all that a line depends on beside the person.
type rowKey struct {
	w      int
	minute int64
	theme  string
	lang   string
	chosen bool
	focus  bool
	marked bool
}

// person draws one line of the list, once for each key.
func (b *brush) person(r *row, cols []column, k rowKey) string {
	k.minute, k.theme, k.lang = b.now.Unix(), b.Theme.Name, b.Words.Lang()
	if r.line != "" && r.key == k {
		return r.line
	}
	th := b.Theme
	mark := "  "
	switch {
	case k.marked && k.chosen:
		mark = th.Accent.Render("▌") + th.Good.Render("✓")
	case k.marked:
		mark = " " + th.Good.Render("✓")
	case k.chosen && k.focus:
		mark = th.Accent.Render("▌ ")
	case k.chosen:
		mark = th.Faint.Render("▌ ")
	}
	var s strings.Builder
	s.WriteString(mark)
	for i, c := range cols {
		if i > 0 {
			s.WriteString(kit.Spaces(gap))
		}
		if c.right {
			s.WriteString(kit.FitRight(b.cell(r, c), c.w))
			continue
		}
		s.WriteString(kit.Fit(b.cell(r, c), c.w))
	}
	line := kit.Fit(s.String(), k.w)
	switch {
	case k.chosen && k.focus:
		line = th.Select.Line(line, k.w)
	case k.chosen:
		line = th.Panel.Line(line, k.w)
	}
	r.key, r.line = k, line
	return line
}

// cell draws what a column shows of a person.
func (b *brush) cell(r *row, c column) string {
	th, w := b.Theme, b.Words
	switch c.kind {
	case colName:
		return b.name(&r.Contact, c.w)
	case colPhone:
		return th.Muted.Render(r.phone)
	case colTags:
		return b.tags(r.Tags, c.w)
	case colSeen:
		return b.seen(&r.Facts)
	case colSpend:
		if r.Orders == 0 {
			return th.Faint.Render("–")
		}
		return th.Text.Render(b.pen().Money(r.Spend, b.currency))
	case colOrders:
		if r.Orders == 0 {
			return th.Faint.Render("–")
		}
		return th.Muted.Render(w.Num(r.Orders))
	}
	return b.consent(&r.Facts)
}

// name is what a person is called, with a star for high value.
func (b *brush) name(c *core.Contact, w int) string {
	s := title(c, b.Words)
	if c.Value != core.ValueHigh {
		return b.Theme.Strong.Render(s)
	}
	return b.Theme.Strong.Render(kit.Fit(s, min(w-2, kit.Width(s)))) + " " + b.Theme.Soon.Render("★")
}

// title is the best name there is, cleaned.
func title(c *core.Contact, w *text.Words) string {
	switch {
	case strings.TrimSpace(c.Name) != "":
		return kit.CleanLine(c.Name)
	case c.Username != "":
		return "@" + kit.CleanLine(c.Username)
	case c.Phone != "":
		return contact.Pretty(c.Phone)
	}
	return w.T(text.ContactsNoName)
}

func phone(c *core.Contact) string {
	if c.Phone == "" {
		return "–"
	}
	return kit.CleanLine(contact.Pretty(c.Phone))
}

// tags writes as many as fit, each in its colour, and how many more there are.
func (b *brush) tags(tags []string, w int) string {
	var s strings.Builder
	n := 0
	for i, t := range tags {
		word, more := "#"+kit.CleanLine(t), 0
		if i < len(tags)-1 {
			more = 1 + kit.Width(" +"+b.Words.Num(len(tags)-i-1))
		}
		lead := min(1, n)
		if n > 0 && n+lead+kit.Width(word)+more > w {
			s.WriteString(b.Theme.Faint.Render(" +" + b.Words.Num(len(tags)-i)))
			break
		}
		if room := w - n - more; n == 0 && kit.Width(word) > room {
			word = kit.Fit(word, max(1, room))
		}
		s.WriteString(kit.Spaces(lead) + b.tagInk(t).Render(word))
		n += lead + kit.Width(word)
	}
	return s.String()
}

// seen is when they wrote last, after a sign of how warm they are.
func (b *brush) seen(f *people.Facts) string {
	if f.LastIn.IsZero() {
		return b.Theme.Faint.Render("  " + b.Words.T(text.ContactsNever))
	}
	heat, _ := b.heat(f)
	sign, ink := b.pen().Heat(heat)
	return ink.Render(sign) + " " + b.Theme.Muted.Render(b.Words.Stamp(f.LastIn, b.now))
}

// consent says in a word whether promotion may be sent.
func (b *brush) consent(f *people.Facts) string {
	th, w := b.Theme, b.Words
	switch {
	case f.Blocked:
		return th.Bad.Render("⊘ " + w.T(text.ContactsBlocked))
	case f.OptOut:
		return th.Bad.Render("✗ " + w.T(text.ContactsOut))
	case f.OptIn:
		return th.Good.Render("✓ " + w.T(text.ContactsIn))
	}
	return th.Faint.Render("· " + w.T(text.ContactsUnasked))
}
