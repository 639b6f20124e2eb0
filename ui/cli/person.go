package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// personJSON is a contact with all that the shop noted.
type personJSON struct {
	contactJSON
	Phones   []string          `json:"phones,omitempty"` // all numbers
	Username string            `json:"username,omitempty"`
	Language string            `json:"language,omitempty"`
	Zone     string            `json:"time_zone,omitempty"`
	Guess    string            `json:"time_zone_guess,omitempty"` // by the number, while none is noted
	Email    string            `json:"email,omitempty"`
	Birthday string            `json:"birthday,omitempty"`
	Note     string            `json:"note,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
	Consent  consentJSON       `json:"consent"`
	Facts    factsJSON         `json:"facts"`
}

type consentJSON struct {
	Marketing bool           `json:"marketing"`
	Reason    consent.Reason `json:"reason"`
	Words     string         `json:"words,omitempty"`
	Place     string         `json:"place,omitempty"`
}

// withPerson is withShop for what is about one person: that there is none of
// that number is said so.
func (a *app) withPerson(cmd *cobra.Command, n int64, fn func(context.Context, *Shop) error) error {
	return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
		if _, err := s.People.Contact(ctx, n); core.CodeOf(err) == core.NotFound {
			return refuse(core.NotFound, text.ContactNone, "ID", id(n))
		} else if err != nil {
			return err
		}
		return fn(ctx, s)
	})
}

// badValue says which value of a person cannot be, and what could.
func (a *app) badValue(err error) error {
	var bad *people.BadValue
	switch {
	case !errors.As(err, &bad):
		return err
	case bad.Field == contact.ColValue:
		return usage(text.UseTier)
	}
	return usage(text.UseField, "Field", clip(bad.Field), "Message", a.problem(string(bad.Problem)))
}

func (a *app) showContact(ctx context.Context, s *Shop, n int64) error {
	d, err := s.Customers.Detail(ctx, n)
	if err != nil {
		return err
	}
	c, p, m := &d.Contact, &d.Profile, d.Standing.Marketing
	guess := ""
	if c.TimeZone == "" {
		guess = contact.GuessZone(c.Phone, s.Customers.Now())
	}
	if a.g.JSON {
		return a.printJSON(personJSON{Guess: guess, contactJSON: contactShape(c), Phones: phones(c), Username: c.Username, Language: c.Language, Zone: c.TimeZone, Email: p.Email,
			Birthday: p.Birthday, Note: p.Note, Fields: p.Custom, Consent: consentJSON{m.Allowed, m.Reason, m.Entry.Words, m.Entry.Place}, Facts: factsShape(&d)})
	}
	lines := append([]string{a.contactLine(c), a.w.T(text.K("cli.consent." + string(m.Reason)))}, a.numbers(c)...)
	lines = append(lines, a.noted(c, p)...)
	if guess != "" {
		lines = append(lines, a.w.T(text.K("contacts.field."+contact.ColZone))+": "+a.w.T(text.ContactsZoneGuess, "Zone", guess))
	}
	for _, f := range d.Fields {
		if v := p.Custom[f.Name]; v != "" {
			lines = append(lines, kit.CleanLine(f.Name)+": "+kit.CleanLine(people.Shown(f, v)))
		}
	}
	return a.println(strings.Join(append(lines, a.factLines(&d)...), "\n"))
}

// noted are the built-in fields of a person with their names.
func (a *app) noted(c *core.Contact, p *core.Profile) (lines []string) {
	for _, f := range []struct{ col, v string }{{contact.ColUsername, c.Username}, {contact.ColLanguage, c.Language}, {contact.ColZone, c.TimeZone},
		{contact.ColEmail, p.Email}, {contact.ColBirthday, p.Birthday}, {contact.ColNote, p.Note}} {
		if f.v != "" {
			lines = append(lines, a.w.T(text.K("contacts.field."+f.col))+": "+kit.CleanLine(f.v))
		}
	}
	return lines
}

// factLines say how warm a person is and what they bought.
func (a *app) factLines(d *people.Detail) (lines []string) {
	f := &d.Facts
	if c := d.Contact.Value; c != core.ValueNone {
		lines = append(lines, a.w.T(text.K("contacts.field."+contact.ColValue))+": "+a.w.T(text.K("cli.value."+string(c))))
	}
	if d.Heat != segment.HeatNever || f.Kept {
		warm := a.w.T(text.ContactsWarmth) + ": " + a.w.T(text.K("contacts.heat."+d.Heat))
		switch {
		case f.Kept:
			warm += " · " + a.w.T(text.ContactsKept)
		case d.LowFreq:
			warm += " · " + a.w.T(text.ContactsLowFreq)
		}
		lines = append(lines, warm)
	}
	if f.Orders > 0 || f.Spend != 0 {
		money := func(units int64) string {
			return a.w.Money(core.Money{Amount: people.Amount(people.Rounded(units)), Currency: d.Currency})
		}
		lines = append(lines, a.w.T(text.ContactsOrders)+": "+a.w.Num(f.Orders)+" · "+a.w.T(text.K("contacts.freq."+f.Freq)),
			a.w.T(text.ContactsSpent)+": "+money(f.Spend))
		if f.Orders > 0 {
			lines = append(lines, a.w.T(text.ContactsAverage)+": "+money(f.AOV), a.w.T(text.ContactsLTV)+": "+money(f.LTV),
				a.w.T(text.ContactsLastOrder)+": "+f.LastOrder.UTC().Format("2006-01-02"))
		}
	}
	return lines
}

// phones are all numbers of a person, the one they are written to first.
func phones(c *core.Contact) (all []string) {
	if c.Phone != "" {
		all = append(all, string(c.Phone))
	}
	for _, i := range c.Identities {
		if i.Kind == core.IdentityPhone && !slices.Contains(all, i.Value) {
			all = append(all, i.Value)
		}
	}
	return all
}

// numbers names the numbers of somebody who has several.
func (a *app) numbers(c *core.Contact) []string {
	all := phones(c)
	if len(all) < 2 {
		return nil
	}
	return []string{a.w.T(text.PeopleNumbers, "Numbers", strings.Join(all, ", "))}
}
