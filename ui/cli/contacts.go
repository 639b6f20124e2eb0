package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func (a *app) contacts() *cobra.Command {
	return a.parent("contacts", text.CmdContacts, a.contactsList(), a.contactsShow(), a.contactsNew(), a.contactsImport(), a.contactsExport(), a.contactsTag(), a.contactsTags(),
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
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error { return a.showContact(ctx, s, n) })
	})
}

func (a *app) contactsTag() *cobra.Command {
	var off bool
	c := a.command("tag ID TAG", text.CmdContactsTag, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
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
