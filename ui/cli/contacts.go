package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
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
	Email    string            `json:"email,omitempty"`
	Birthday string            `json:"birthday,omitempty"`
	Note     string            `json:"note,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
	Consent  consentJSON       `json:"consent"`
}

type consentJSON struct {
	Marketing bool           `json:"marketing"`
	Reason    consent.Reason `json:"reason"`
	Words     string         `json:"words,omitempty"`
	Place     string         `json:"place,omitempty"`
}

func (a *app) contacts() *cobra.Command {
	return a.parent("contacts", text.CmdContacts, a.contactsList(), a.contactsShow(), a.contactsImport(), a.contactsExport(), a.contactsTag(),
		a.contactsUnimport(), a.contactsMerge(), a.contactsPart(), a.contactsDuplicates(), a.contactsEdit(), a.contactsField(), a.contactsKeep(),
		a.contactsConsent(), a.contactsTray(), a.contactsDecide(), a.contactsErase(), a.contactsDossier(), a.contactsRetention())
}

func (a *app) contactsList() *cobra.Command {
	var expr, before string
	var limit int
	c := a.command("list", text.CmdContactsList, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if limit < 1 || limit > 100_000 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", limit)
		}
		after := int64(0)
		if before != "" {
			n, err := person(before)
			if err != nil {
				return err
			}
			after = n
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			expr, err := segmentOf(ctx, s, expr)
			if err != nil {
				return err
			}
			cs, err := s.Customers.Find(ctx, expr, after, limit)
			if err != nil {
				return inExpr(expr, err)
			}
			return a.printContacts(cs)
		})
	})
	c.Flags().StringVar(&expr, "segment", "", a.w.T(text.FlagSegment))
	c.Flags().StringVar(&before, "after", "", a.w.T(text.FlagAfter))
	c.Flags().IntVar(&limit, "limit", 100, a.w.T(text.FlagLimit))
	return c
}

func (a *app) printContacts(cs []core.Contact) error {
	if a.g.JSON {
		out := make([]contactJSON, len(cs))
		for i := range cs {
			out[i] = contactShape(&cs[i])
		}
		return a.printJSON(out)
	}
	if len(cs) == 0 {
		return a.println(a.w.T(text.PeopleNone))
	}
	for i := range cs {
		if err := a.println(a.contactLine(&cs[i])); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) contactLine(c *core.Contact) string {
	line := kit.Fit(id(c.ID), 6) + "  " + kit.Fit(a.nameOf(c), 24) + "  " + kit.Fit(string(c.Phone), 16)
	if len(c.Tags) > 0 {
		line += "  #" + kit.CleanLine(strings.Join(c.Tags, " #"))
	}
	return strings.TrimRight(line, " ")
}

func (a *app) contactsShow() *cobra.Command {
	return a.command("show ID", text.CmdContactsShow, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.showContact(ctx, s, n) })
	})
}

func (a *app) showContact(ctx context.Context, s *Shop, n int64) error {
	c, err := s.People.Contact(ctx, n)
	if err != nil {
		return err
	}
	p, err := s.Customers.Store.Profile(ctx, n)
	if err != nil {
		return err
	}
	es, err := s.Customers.Store.Consents(ctx, n)
	if err != nil {
		return err
	}
	m := consent.Of(es, false).Marketing
	if a.g.JSON {
		return a.printJSON(personJSON{contactJSON: contactShape(&c), Phones: phones(&c), Username: c.Username, Language: c.Language, Zone: c.TimeZone, Email: p.Email,
			Birthday: p.Birthday, Note: p.Note, Fields: p.Custom, Consent: consentJSON{m.Allowed, m.Reason, m.Entry.Words, m.Entry.Place}})
	}
	lines := []string{a.contactLine(&c), a.w.T(text.K("cli.consent." + string(m.Reason)))}
	for _, v := range []string{c.Language, c.TimeZone, p.Email, p.Birthday, p.Note} {
		if v != "" {
			lines = append(lines, kit.CleanLine(v))
		}
	}
	fields, err := s.Customers.Store.CustomFields(ctx)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if v := p.Custom[f.Name]; v != "" {
			lines = append(lines, kit.CleanLine(f.Name)+": "+kit.CleanLine(people.Shown(f, v)))
		}
	}
	slices.Sort(lines[2:])
	return a.println(strings.Join(append(lines, a.numbers(&c)...), "\n"))
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

func (a *app) contactsTag() *cobra.Command {
	var off bool
	c := a.command("tag ID TAG", text.CmdContactsTag, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if _, err := s.Work.Tag(ctx, n, a.g.Agent, arg[1], !off); core.CodeOf(err) == core.InvalidInput {
				return usage(text.UseTag, "Tag", clip(arg[1]))
			} else if err != nil {
				return err
			}
			c, err := s.People.Contact(ctx, n)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(contactShape(&c))
			}
			return a.println(a.contactLine(&c))
		})
	})
	c.Flags().BoolVar(&off, "remove", false, a.w.T(text.FlagRemove))
	return c
}
