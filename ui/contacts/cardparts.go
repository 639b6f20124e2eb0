package contacts

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/person"
	"bottega/ui/text"
)

// date writes a day that is kept as YYYY-MM-DD.
func (b *brush) date(s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, b.now.Location())
	if err != nil {
		return s
	}
	return b.Words.Stamp(t, b.now)
}

// all puts facts below each other.
func (s *sheet) all(fs []person.Fact) {
	for _, f := range fs {
		s.fact(f.Label, f.Value)
	}
}

// value tells what the person is worth and how warm they are.
func (p *Pane) value(s *sheet) {
	b, d := s.b, &p.card.data.Detail
	s.lines = append(s.lines, kit.Spaces(s.w+2))
	p.editable(s, 0)
	s.all(b.pen().Warmth(d))
	if !d.Facts.LastIn.IsZero() {
		s.fact(b.Words.T(text.ContactsColSeen), b.Theme.Text.Render(b.Words.When(d.Facts.LastIn, b.now)))
	}
	s.all(b.pen().Purchases(d))
}

// consentPart tells what may be sent now and why, then the proofs.
func (b *brush) consentPart(s *sheet, d *people.Detail) {
	s.title(text.ContactsConsent)
	s.all(b.pen().Standing(&d.Standing))
	for i := len(d.Ledger) - 1; i >= 0; i-- {
		b.proof(s, &d.Ledger[i])
	}
}

// proof draws a line of the ledger: when, what, then the words and where they
// were said.
func (b *brush) proof(s *sheet, e *consent.Entry) {
	w, th := b.Words, b.Theme
	s.put(th.Faint.Render(w.Stamp(e.At, b.now)+" ") + th.Muted.Render(w.T(text.K("contacts.entry."+string(e.Kind)))))
	var from []string
	if e.Words != "" {
		from = append(from, "“"+kit.CleanLine(e.Words)+"”")
	}
	for _, t := range []string{w.T(text.K("contacts.source." + string(e.Source))), kit.CleanLine(e.Place), kit.CleanLine(e.Agent)} {
		if t != "" {
			from = append(from, t)
		}
	}
	s.words(th.Faint, strings.Join(from, " · "), 2)
}

// details are the facts that can be edited, and the addresses.
func (p *Pane) details(s *sheet) {
	b, d := s.b, &p.card.data.Detail
	s.title(text.ContactsDetails)
	for i := range p.card.facts {
		if p.card.facts[i].field != contact.ColValue {
			p.editable(s, i)
		}
	}
	for _, id := range d.Contact.Identities {
		if id.Kind == core.IdentityPhone && id.Value == string(d.Contact.Phone) {
			continue
		}
		s.fact(b.Words.T(identityWord(id.Kind)), b.Theme.Muted.Render(kit.CleanLine(id.Value)))
	}
	if !d.Contact.CreatedAt.IsZero() {
		s.fact(b.Words.T(text.ContactsKnown), b.Theme.Muted.Render(b.Words.Day(d.Contact.CreatedAt, b.now)))
	}
	if st := &d.Stats; st.In+st.Out > 0 {
		s.fact(b.Words.T(text.InboxCardMonth), b.Theme.Muted.Render("‹ "+b.Words.Num(st.In)+"  › "+b.Words.Num(st.Out)))
	}
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

// timeline tells what happened, newest first, with a line for each day.
func (b *brush) timeline(s *sheet, events []people.Event) {
	if len(events) == 0 {
		return
	}
	s.title(text.ContactsTimeline)
	day := ""
	for i := range events {
		sign, what, ink := b.event(&events[i])
		if what == "" {
			continue
		}
		if d := b.Words.Day(events[i].At, b.now); d != day {
			day = d
			s.put(b.Theme.Faint.Render(d))
		}
		s.put(b.Theme.Faint.Render(b.Words.Clock(events[i].At.In(b.now.Location()))) + " " + ink.Render(sign+" "+what))
	}
}

// event says what happened in one line; "" for what is not worth one.
func (b *brush) event(e *people.Event) (sign, what string, ink kit.Ink) {
	w, th := b.Words, b.Theme
	switch {
	case e.Purchase != nil:
		return "€", w.T(text.ContactsEvPurchase, "Amount", w.Money(e.Purchase.Amount), "Ref", kit.CleanLine(e.Purchase.Ref)), th.Good
	case e.Consent != nil:
		return "§", w.T(text.K("contacts.entry." + string(e.Consent.Kind))), th.Muted
	case e.Message != nil:
		return b.said(e.Message)
	case e.Activity != nil:
		return "·", b.activity(e.Activity), th.Muted
	}
	return "", "", th.Muted
}

// said is the beginning of a message.
func (b *brush) said(m *core.Message) (sign, what string, ink kit.Ink) {
	sign, ink = "‹", b.Theme.Text
	switch {
	case m.Type == core.TypeNote:
		sign = "✎"
	case m.Direction == core.Out:
		sign, ink = "›", b.Theme.Muted
	}
	first, _, _ := strings.Cut(strings.TrimSpace(kit.Clean(m.Text)), "\n")
	if k := typeWords[m.Type]; first == "" && k != "" {
		first = b.Words.T(k)
	}
	return sign, first, ink
}

// typeWords name what has no text of its own.
var typeWords = map[core.MessageType]text.K{
	core.TypeImage: text.InboxTypeImage, core.TypeVideo: text.InboxTypeVideo, core.TypeAudio: text.InboxTypeAudio, core.TypeDocument: text.InboxTypeDocument,
	core.TypeSticker: text.InboxTypeSticker, core.TypeLocation: text.InboxTypeLocation, core.TypeContacts: text.InboxTypeContacts,
	core.TypeOrder: text.InboxTypeOrder, core.TypeTemplate: text.InboxTypeTemplate, core.TypeSMS: text.InboxTypeSMS, core.TypeUnsupported: text.InboxTypeUnsupported,
}

// activityWords are the kinds of activity that the timeline tells.
var activityWords = map[core.ActivityKind]text.K{
	core.ActAssigned: text.InboxActAssigned, core.ActDone: text.InboxActDone, core.ActReopened: text.InboxActReopened,
	core.ActTagged: text.InboxActTagged, core.ActUntagged: text.InboxActUntagged, core.ActIdentity: text.InboxActIdentity,
	core.ActPreference: text.InboxActPreference, core.ActBlocked: text.InboxActBlocked,
}

func (b *brush) activity(a *core.Activity) string {
	k := activityWords[a.Kind]
	if k == "" {
		return ""
	}
	who, what := kit.CleanLine(a.Actor), kit.CleanLine(a.Detail)
	switch {
	case a.Actor == "":
		who = b.Words.T(text.InboxTheProgram)
	case a.Actor == b.Agent:
		who = b.Words.T(text.InboxYou)
	}
	switch {
	case a.Kind == core.ActAssigned && a.Detail == "":
		k = text.InboxActUnassigned
	case a.Kind == core.ActAssigned && a.Detail == a.Actor:
		k = text.InboxActTaken
	}
	return b.Words.T(k, "Who", who, "What", what)
}
