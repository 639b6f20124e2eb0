package contacts

import (
	"cmp"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// fact is a line of the card that can be edited.
type fact struct {
	field   string // as the columns of a file are named
	label   string
	value   string // as it is kept
	guess   string // what is taken while there is none
	choices []choice
	custom  core.CustomType
}

// choice is a value of a fact that takes only some.
type choice struct{ value, label string }

// card is the person under the cursor, with a cursor on the facts that can be
// edited.
type card struct {
	data  *cardAnswer
	facts []fact
	limit int // events of the timeline that are read
	cur   int
	top   int
	rows  int // lines shown at the last drawing
	lines int // lines there are
	edit  *edit
	// reveal makes the next drawing scroll to the fact under the cursor.
	reveal bool
	at     place // of the fact under the cursor at the last drawing
}

// place is where the value of a fact was drawn.
type place struct{ x, y, w int }

// edit is a fact being changed in its place.
type edit struct {
	id    int64
	field string
	in    kit.Input
	busy  bool
	bad   string // why the last try was refused
}

// id is the person shown, 0 for none.
func (c *card) id() int64 {
	if c.data == nil {
		return 0
	}
	return c.data.Contact.ID
}

// take shows a person; of the same one cursor and edit stay.
func (c *card) take(a *cardAnswer, b *brush) {
	if c.id() != a.Contact.ID {
		c.cur, c.top, c.edit, c.limit = 0, 0, nil, pageEvents
	}
	c.data = a
	c.facts = b.facts(&a.Detail)
	c.cur = max(0, min(c.cur, len(c.facts)-1))
}

// leave forgets the place for another person; what is shown stays until the
// other's card is here.
func (c *card) leave() { c.edit = nil }

// facts are what can be edited of a person, in the order of the card.
func (b *brush) facts(d *people.Detail) []fact {
	w := b.Words
	tiers := make([]choice, 0, 4)
	for _, t := range []core.ValueTier{core.ValueHigh, core.ValueMid, core.ValueLow, core.ValueNone} {
		tiers = append(tiers, choice{string(t), w.T(tierWord(t))})
	}
	zone := ""
	if z := contact.GuessZone(d.Contact.Phone, b.now); z != "" {
		zone = "≈ " + z
	}
	out := []fact{
		{field: contact.ColValue, label: w.T(text.InboxCardValue), value: string(d.Contact.Value), choices: tiers},
		{field: contact.ColName, label: w.T(text.ContactsName), value: d.Contact.Name},
		{field: contact.ColLanguage, label: w.T(text.InboxCardLanguage), value: d.Contact.Language},
		{field: contact.ColZone, label: w.T(text.InboxCardZone), value: d.Contact.TimeZone, guess: zone},
		{field: contact.ColEmail, label: w.T(text.ContactsEmail), value: d.Profile.Email},
		{field: contact.ColBirthday, label: w.T(text.ContactsBirthday), value: d.Profile.Birthday},
		{field: contact.ColNote, label: w.T(text.ContactsNote), value: d.Profile.Note},
	}
	for _, f := range d.Fields {
		own := fact{field: contact.CustomPrefix + f.Name, label: kit.CleanLine(f.Name), value: d.Profile.Custom[f.Name], custom: f.Type}
		for _, c := range f.Choices {
			own.choices = append(own.choices, choice{c, kit.CleanLine(c)})
		}
		if own.choices != nil {
			own.choices = append(own.choices, choice{"", w.T(text.ContactsNoValue)})
		}
		out = append(out, own)
	}
	return out
}

func tierWord(t core.ValueTier) text.K {
	switch t {
	case core.ValueHigh:
		return text.InboxValueHigh
	case core.ValueMid:
		return text.InboxValueMid
	case core.ValueLow:
		return text.InboxValueLow
	}
	return text.InboxValueNone
}

// stepFact moves the cursor among the facts, past the last on through the card.
func (p *Pane) stepFact(n int) tea.Cmd {
	c := &p.card
	to := c.cur + n
	if to >= len(c.facts) || to < 0 {
		return p.scrollCard(n)
	}
	c.cur, c.reveal = to, true
	return nil
}

// scrollCard moves the card by lines; near its end more of the timeline is read.
func (p *Pane) scrollCard(n int) tea.Cmd {
	c := &p.card
	c.top = max(0, min(c.top+n, c.lines-c.rows))
	if c.data == nil || n < 0 || len(c.data.events) < c.limit || c.top+c.rows < c.lines-c.rows/2 || p.fetchCard.Busy() {
		return nil
	}
	c.limit += 2 * pageEvents
	return p.loadCard()
}

// cursor is the place of the real cursor while a fact is edited.
func (c *card) cursor(r kit.Rect) *tea.Cursor {
	y := c.at.y - c.top
	if c.edit == nil || y < 0 || y >= r.H {
		return nil
	}
	x, _ := c.edit.in.Cursor(max(1, c.at.w))
	return tea.NewCursor(r.X+min(c.at.x+x, r.W-1), r.Y+y)
}

// sheet gathers the lines of a card.
type sheet struct {
	b     *brush
	w     int // of the text
	lines []string
}

func (s *sheet) put(l string) { s.lines = append(s.lines, " "+kit.Fit(l, s.w)+" ") }

// title starts a part.
func (s *sheet) title(k text.K) {
	s.lines = append(s.lines, kit.Spaces(s.w+2))
	s.put(s.b.Theme.Title.Render(s.b.Words.T(k)))
}

// labelWidth is how much of a line the label of a fact takes.
func (s *sheet) labelWidth() int { return max(8, min(14, s.w*2/5)) }

// fact is a label and what it says; the value is drawn already.
func (s *sheet) fact(label, value string) {
	lw := s.labelWidth()
	s.put(s.b.Theme.Faint.Render(kit.Fit(label, lw)) + " " + value)
}

// words wraps a text.
func (s *sheet) words(ink kit.Ink, t string, indent int) {
	for _, l := range kit.Wrap(kit.Clean(t), max(1, s.w-indent)) {
		s.put(kit.Spaces(indent) + ink.Render(l))
	}
}

// cardLines draws the card of the person under the cursor.
func (p *Pane) cardLines(b *brush, w, h int) []string {
	c := &p.card
	if p.list.sel == 0 || c.data == nil {
		c.rows, c.lines = h, 0
		return kit.Pad(nil, w, h)
	}
	s := &sheet{b: b, w: max(1, w-2)}
	p.head(s)
	p.value(s)
	b.consentPart(s, &c.data.Detail)
	p.details(s)
	b.timeline(s, c.data.events)
	c.rows, c.lines = h, len(s.lines)
	if y := c.at.y; c.reveal && (y < c.top || y >= c.top+h) {
		c.top = y - h/2
	}
	c.reveal = false
	c.top = max(0, min(c.top, len(s.lines)-h))
	out := s.lines[c.top:min(len(s.lines), c.top+h)]
	out = out[:len(out):len(out)]
	for i := range out {
		if w < 3 { // no room for the two margins
			out[i] = kit.Fit(out[i], w)
		}
	}
	return kit.Pad(out, w, h)
}

// head says who it is.
func (p *Pane) head(s *sheet) {
	b, d := s.b, &p.card.data.Detail
	c := &d.Contact
	ink := b.Theme.Strong
	if p.focus == onCard {
		ink = b.Theme.Title
	}
	star := ""
	if c.Value == core.ValueHigh {
		star = b.Theme.Soon.Render("★")
	}
	s.put(kit.Ends(ink.Render(title(c, b.Words)), star, s.w))
	if c.Phone != "" {
		s.put(b.Theme.Muted.Render(p.card.data.phone))
	}
	if c.Username != "" && c.Name != "" {
		s.put(b.Theme.Muted.Render("@" + kit.CleanLine(c.Username)))
	}
	for _, l := range b.tagLines(c.Tags, s.w) {
		s.put(l)
	}
}

// tagLines breaks tags over lines.
func (b *brush) tagLines(tags []string, w int) []string {
	var ls []string
	line, n := "", 0
	for _, t := range tags {
		word := "#" + kit.CleanLine(t)
		if n > 0 && n+1+kit.Width(word) > w {
			ls, line, n = append(ls, line), "", 0
		}
		if n > 0 {
			line, n = line+" ", n+1
		}
		line, n = line+b.tagInk(t).Render(word), n+kit.Width(word)
	}
	if n > 0 {
		ls = append(ls, line)
	}
	return ls
}

// editable draws fact i, the one under the cursor with a bar, the one being
// edited with its field.
func (p *Pane) editable(s *sheet, i int) {
	c, b := &p.card, s.b
	f := c.facts[i]
	lw := s.labelWidth()
	vw := max(1, s.w-lw-1)
	chosen := p.focus == onCard && i == c.cur
	if chosen {
		c.at.y, c.at.x, c.at.w = len(s.lines), 1+lw+1, vw
	}
	if e := c.edit; chosen && e != nil && e.field == f.field {
		v := e.in.Lines(vw, 1, kit.InputStyle{Text: b.Theme.Text, Hint: b.Theme.Hint})[0]
		s.lines = append(s.lines, b.Theme.Select.Line(b.Theme.Accent.Render("▌"+kit.Fit(f.label, lw))+" "+v+" ", s.w+2))
		if e.bad != "" {
			s.words(b.Theme.Bad, e.bad, lw+1)
		}
		return
	}
	value, ink := b.shown(&f), b.Theme.Text
	if f.value == "" {
		ink = b.Theme.Faint
		if f.guess != "" {
			value = f.guess
		}
	}
	if f.field == contact.ColValue && f.value == string(core.ValueHigh) {
		ink = b.Theme.Soon
	}
	if f.field == contact.ColNote && f.value != "" {
		p.note(s, f, chosen, lw)
		return
	}
	if chosen {
		s.lines = append(s.lines, b.Theme.Select.Line(b.Theme.Accent.Render("▌"+kit.Fit(f.label, lw))+" "+ink.Render(kit.Fit(value, vw)), s.w+2))
		return
	}
	s.fact(f.label, ink.Render(value))
}

// note draws the note over as many lines as it has.
func (p *Pane) note(s *sheet, f fact, chosen bool, lw int) {
	b := s.b
	label := b.Theme.Faint.Render(kit.Fit(f.label, s.w))
	if chosen {
		s.lines = append(s.lines, b.Theme.Select.Line(b.Theme.Accent.Render("▌"+f.label), s.w+2))
	} else {
		s.put(label)
	}
	for _, l := range kit.Wrap(kit.Clean(f.value), max(1, s.w-2)) {
		s.lines = append(s.lines, " "+b.Theme.Note.Line(" "+b.Theme.Text.Render(l), s.w)+" ")
	}
}

// shown is the value of a fact in words.
func (b *brush) shown(f *fact) string {
	for _, c := range f.choices {
		if c.value == f.value && (c.value != "" || f.field == contact.ColValue) {
			return c.label
		}
	}
	switch {
	case f.value == "":
		return "–"
	case f.field == contact.ColLanguage:
		return kit.CleanLine(cmp.Or(b.Words.Language(f.value), f.value))
	case f.field == contact.ColBirthday || f.custom == core.CustomDate:
		return kit.CleanLine(b.date(f.value))
	}
	return kit.CleanLine(strings.TrimSpace(people.Shown(core.CustomField{Type: f.custom}, f.value)))
}
