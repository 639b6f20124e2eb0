package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/contact"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// tagColours by the names that people give them; the values are the meanings by
// which a theme chooses its shades.
var tagColours = []struct{ name, meaning string }{
	{"blue", "info"}, {"green", "good"}, {"yellow", "soon"}, {"orange", "late"}, {"red", "bad"}, {"violet", "accent"}, {"grey", "muted"},
}

type tagJSON struct {
	Tag    string `json:"tag"`
	Count  int    `json:"count"`
	Colour string `json:"colour,omitempty"`
}

// contactsTags lists the tags, or gives one a colour.
func (a *app) contactsTags() *cobra.Command {
	var colour string
	c := a.command("tags [TAG]", text.CmdContactsTags, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		meaning := ""
		switch {
		case colour != "" && len(arg) == 0:
			return usage(text.UseGoesWith, "Flag", "--colour", "With", "TAG")
		case colour != "":
			var names []string
			for _, c := range tagColours {
				if names = append(names, c.name); c.name == colour {
					meaning = c.meaning
				}
			}
			if meaning == "" {
				return usage(text.UseOneOf, "Flag", "--colour", "Value", clip(colour), "Known", strings.Join(names, ", "))
			}
		}
		only := ""
		if len(arg) == 1 {
			tag, ok := core.CleanTag(arg[0])
			if !ok {
				return usage(text.UseTag, "Tag", clip(arg[0]))
			}
			only = tag
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if meaning != "" {
				if err := s.Customers.ColourTag(ctx, only, meaning); err != nil {
					return err
				}
			}
			return a.printTags(ctx, s, only)
		})
	})
	c.Flags().StringVar(&colour, "colour", "", a.w.T(text.FlagColour))
	return c
}

// printTags lists all tags, the most frequent first, or one alone.
func (a *app) printTags(ctx context.Context, s *Shop, only string) error {
	all, err := s.Customers.Tags(ctx)
	if err != nil {
		return err
	}
	out := []tagJSON{}
	var lines []string
	for _, t := range all {
		if only != "" && t.Tag != only {
			continue
		}
		j := tagJSON{Tag: t.Tag, Count: t.Count}
		if i := slices.IndexFunc(tagColours, func(c struct{ name, meaning string }) bool { return c.meaning == t.Colour }); i >= 0 {
			j.Colour = tagColours[i].name
		}
		out = append(out, j)
		lines = append(lines, strings.TrimRight(kit.Fit("#"+kit.CleanLine(j.Tag), 24)+"  "+kit.Fit(a.w.N(text.PeopleCount, j.Count), 12)+"  "+j.Colour, " "))
	}
	switch {
	case a.g.JSON:
		return a.printJSON(out)
	case len(out) == 0:
		return a.println(a.w.T(text.TagsNone))
	}
	return a.println(strings.Join(lines, "\n"))
}

// contactsNew makes somebody new by their number.
func (a *app) contactsNew() *cobra.Command {
	var country string
	c := a.command("new PHONE [NAME]", text.CmdContactsNew, args(1, 2), func(cmd *cobra.Command, arg []string) error {
		if err := region(&country); err != nil {
			return err
		}
		phone, bad := contact.ReadPhone(arg[0], country)
		if bad != "" {
			return usage(text.UseField, "Field", clip(arg[0]), "Message", a.problem(string(bad)))
		}
		name := ""
		if len(arg) == 2 {
			name = arg[1]
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			n, made, err := s.Customers.Create(ctx, phone, name)
			if err != nil {
				return a.badValue(err)
			}
			if !made && !a.g.JSON {
				if err := a.println(a.w.T(text.ContactKnown)); err != nil {
					return err
				}
			}
			return a.showContact(ctx, s, n)
		})
	})
	c.Flags().StringVar(&country, "region", "", a.w.T(text.FlagRegion))
	return c
}
