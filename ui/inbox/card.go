package inbox

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/person"
	"bottega/ui/text"
)

// cardData is a contact with its figures and what happened lately.
type cardData struct {
	contact core.Contact
	stats   core.ContactStats
	known   *people.Detail // nil where it is not told
}

// cardWanted reports whether a card is on screen.
func (p *Pane) cardWanted() bool { return p.area.Card.W > 0 || p.cardBox != nil }

// loadCardOnce asks for the card when it is on screen and still another's.
func (p *Pane) loadCardOnce() tea.Cmd {
	if !p.cardWanted() || p.conv.ContactID == 0 || p.card.contact.ID == p.conv.ContactID {
		return nil
	}
	return p.loadCard()
}

func (p *Pane) loadCard() tea.Cmd {
	if p.conv.ContactID == 0 {
		return nil
	}
	id, r, now, detail := p.conv.ContactID, p.d.People, p.now(), p.d.Detail
	return send(p.fetchCard.Ask(p.env.Ctx, func(ctx context.Context) (cardData, error) {
		c, err := r.Contact(ctx, id)
		if err != nil {
			return cardData{}, err
		}
		d := cardData{contact: c}
		if d.stats, err = r.ContactStats(ctx, id, now); err != nil || detail == nil {
			return d, err
		}
		more, err := detail(ctx, id)
		d.known = &more
		return d, err
	}))
}

func (p *Pane) takeCard(m kit.Loaded[cardData]) tea.Cmd {
	fresh, again := p.fetchCard.Take(p.env.Ctx, m)
	switch {
	case !fresh:
		return send(again)
	case m.Err != nil:
		return fail(m.Err)
	}
	p.card = m.Val
	if p.card.contact.ID != p.conv.ContactID {
		return p.loadCardOnce()
	}
	return nil
}

// cardLines draws the contact card; lines may be more than fit.
func (b *brush) cardLines(d *cardData, acts []core.Activity, w int) []string {
	inner := max(1, w-2)
	ls := b.whoLines(&d.contact, inner)
	if d.known != nil {
		ls = append(ls, b.knownLines(d.known, inner)...)
	}
	ls = append(ls, b.monthLines(d, inner)...)
	ls = append(ls, b.addressLines(d.contact.Identities, inner)...)
	ls = append(ls, b.latelyLines(acts)...)
	for i, l := range ls {
		ls[i] = " " + kit.Fit(l, inner) + " "
	}
	return ls
}

// cardFact is one line of the card: what it is, and at the right how it is.
func (b *brush) cardFact(k text.K, v string, w int) string {
	return kit.Ends(b.Faint.Render(b.words.T(k)), v, w)
}

// whoLines say who the customer is.
func (b *brush) whoLines(c *core.Contact, w int) []string {
	ls := []string{b.Strong.Render(kit.CleanLine(title(c, b.words)))}
	if c.Username != "" && c.Name != "" {
		ls = append(ls, b.Muted.Render("@"+kit.CleanLine(c.Username)))
	}
	if c.Phone != "" {
		ls = append(ls, b.Muted.Render(string(c.Phone)))
	}
	value := b.Muted
	if c.Value == core.ValueHigh {
		value = b.Accent
	}
	ls = append(ls, "", b.cardFact(text.InboxCardValue, value.Render(b.words.T(tierWord(c.Value))), w))
	if l := kit.CleanLine(b.words.Language(c.Language)); l != "" {
		ls = append(ls, b.cardFact(text.InboxCardLanguage, b.Text.Render(l), w))
	}
	zone := kit.CleanLine(c.TimeZone)
	if z := contact.GuessZone(c.Phone, b.now); zone == "" && z != "" {
		zone = "≈ " + z
	}
	if zone != "" {
		ls = append(ls, b.cardFact(text.InboxCardZone, b.Text.Render(zone), w))
	}
	if len(c.Tags) > 0 {
		ls = append(ls, b.Faint.Render(b.words.T(text.InboxTags)))
	}
	return append(ls, b.tagLines(c.Tags, w)...)
}

// monthLines count the last 30 days.
func (b *brush) monthLines(d *cardData, w int) []string {
	st := &d.stats
	ls := []string{"", b.Title.Render(b.words.T(text.InboxCardMonth))}
	fact := func(k text.K, v string) { ls = append(ls, b.cardFact(k, b.Text.Render(v), w)) }
	fact(text.InboxCardIn, b.words.Num(st.In))
	fact(text.InboxCardOut, b.words.Num(st.Out))
	if st.Sent > 0 {
		fact(text.InboxCardRead, b.words.Percent(float64(st.Read)/float64(st.Sent)))
	}
	if !st.LastInAt.IsZero() {
		fact(text.InboxCardLast, b.words.When(st.LastInAt, b.now))
	}
	if !st.FirstAt.IsZero() {
		fact(text.InboxCardFirst, b.words.Day(st.FirstAt, b.now))
	}
	return ls
}

// addressLines list under which addresses the customer writes.
func (b *brush) addressLines(ids []core.Identity, w int) []string {
	if len(ids) == 0 {
		return nil
	}
	ls := []string{"", b.Title.Render(b.words.T(text.InboxCardIdentities))}
	for _, id := range ids {
		ls = append(ls, b.cardFact(identityWord(id.Kind), b.Muted.Render(kit.CleanLine(id.Value)), w))
	}
	return ls
}

// latelyLines tell what happened, the latest first.
func (b *brush) latelyLines(acts []core.Activity) []string {
	if len(acts) == 0 {
		return nil
	}
	ls := []string{"", b.Title.Render(b.words.T(text.InboxCardActivity))}
	for i := len(acts) - 1; i >= 0 && i >= len(acts)-maxActivity; i-- {
		if s := b.activity(&acts[i]); s != "" {
			ls = append(ls, b.Faint.Render(b.words.Stamp(acts[i].At, b.now))+" "+b.Muted.Render(s))
		}
	}
	return ls
}

// knownLines are what the shop knows of a customer beside the talk.
func (b *brush) knownLines(d *people.Detail, w int) []string {
	pen := person.Pen{Theme: b.Styles, Words: b.words, Now: b.now}
	var ls []string
	part := func(k text.K, fs []person.Fact) {
		if ls = append(ls, ""); k != "" {
			ls = append(ls, b.Title.Render(b.words.T(k)))
		}
		for _, f := range fs {
			ls = append(ls, kit.Ends(b.Faint.Render(f.Label), f.Value, w))
		}
	}
	part("", append(pen.Warmth(d), pen.Purchases(d)...))
	part(text.ContactsConsent, pen.Standing(&d.Standing))
	if note := strings.TrimSpace(d.Profile.Note); note != "" {
		ls = append(ls, "", b.Title.Render(b.words.T(text.ContactsNote)))
		for _, l := range kit.Wrap(kit.Clean(note), max(1, w-2)) {
			ls = append(ls, b.Note.Line(" "+b.Text.Render(l), w))
		}
	}
	return ls
}

// maxActivity is how many of the latest events the card lists.
const maxActivity = 12

// tagLines breaks the tags of a contact over lines.
func (b *brush) tagLines(tags []string, w int) []string {
	var ls []string
	line := ""
	for _, t := range tags {
		s := b.Tag.Render("#" + kit.CleanLine(t))
		if line != "" && kit.Width(line)+1+kit.Width(s) > w {
			ls, line = append(ls, line), ""
		}
		if line != "" {
			line += " "
		}
		line += s
	}
	if line != "" {
		ls = append(ls, line)
	}
	return ls
}

func identityWord(k core.IdentityKind) text.K {
	switch k {
	case core.IdentityPhone:
		return text.InboxIdentityPhone
	case core.IdentityUser:
		return text.InboxIdentityUser
	case core.IdentityParent:
		return text.InboxIdentityParent
	}
	return text.InboxIdentityOther
}

// cardDialog is the card over the chat, for narrow screens.
type cardDialog struct {
	p   *Pane
	top int
	h   int
	all int
}

// Handle scrolls and closes.
func (d *cardDialog) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc", "i", "q", "enter":
			d.p.cardBox = nil
			return true, nil
		case "j", "down":
			d.top++
		case "k", "up":
			d.top--
		case "pgdown":
			d.top += d.h
		case "pgup":
			d.top -= d.h
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.top--
		} else {
			d.top++
		}
	}
	d.top = max(0, min(d.top, d.all-d.h))
	return false, nil
}

// Keys are those of the footer while the card is open.
func (d *cardDialog) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "card.scroll", Keys: []string{"up", "down", "k", "j"}, Help: text.InboxKeyMove},
		{Do: "card.close", Keys: []string{"esc", "i"}, Help: text.InboxKeyClose},
	}
}

// Lines draws the card in a box.
func (d *cardDialog) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialog.Width(50, w)
	body := []string{b.Faint.Render(b.words.T(text.InboxLoading))}
	if d.p.card.contact.ID == d.p.conv.ContactID {
		body = b.cardLines(&d.p.card, d.p.th.acts, max(1, w-4))
	}
	d.all, d.h = len(body), max(1, min(len(body), h-2))
	d.top = max(0, min(d.top, d.all-d.h))
	return dialog.Box(d.p.env, b.words.T(text.InboxCard), body[d.top:d.top+d.h], w, h)
}

// Cursor is nil: nothing is typed here.
func (d *cardDialog) Cursor() *tea.Cursor { return nil }
