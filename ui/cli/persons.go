package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// mergeJSON is a merge: what it did, or with --dry-run would do.
type mergeJSON struct {
	Merge  string      `json:"merge,omitempty"` // for `contacts part`
	Kept   contactJSON `json:"kept"`
	Phones []string    `json:"phones,omitempty"` // all numbers of the one person
	Gone   string      `json:"gone"`
	Clash  []string    `json:"clash,omitempty"`  // fields in which both differ; the kept one's stay
	Joined int         `json:"joined,omitempty"` // conversations that become one
	DryRun bool        `json:"dry_run,omitempty"`
}

func (a *app) contactsMerge() *cobra.Command {
	var dry bool
	c := a.command("merge KEEP OTHER", text.CmdContactsMerge, args(2, 2), func(cmd *cobra.Command, arg []string) error {
		keep, err := person(arg[0])
		if err != nil {
			return err
		}
		gone, err := person(arg[1])
		if err != nil {
			return err
		}
		return a.withPerson(cmd, keep, func(ctx context.Context, s *Shop) error {
			p, err := s.Customers.PreviewMerge(ctx, keep, gone)
			if core.CodeOf(err) == core.NotFound {
				return refuse(core.NotFound, text.ContactNone, "ID", id(gone))
			}
			if core.CodeOf(err) == core.InvalidInput {
				return refuse(core.InvalidInput, text.MergeSelf)
			}
			if err != nil {
				return err
			}
			out := mergeJSON{Gone: id(gone), Phones: phones(&p.After), Clash: p.Clash, Joined: p.Joined, DryRun: dry}
			if !dry {
				m, err := s.Customers.Merge(ctx, keep, gone, a.g.Agent)
				if err != nil {
					return err
				}
				out.Merge = id(m)
			}
			out.Kept = contactShape(&p.After)
			return a.printMerge(&p, out)
		})
	})
	c.Flags().BoolVar(&dry, "dry-run", false, a.w.T(text.FlagDryRun))
	return c
}

func (a *app) printMerge(p *people.Merge, out mergeJSON) error {
	if a.g.JSON {
		return a.printJSON(out)
	}
	k, kv := text.DidMerge, []any{"Merge", out.Merge, "Name", a.nameOf(&p.After)}
	if out.DryRun {
		k = text.WouldMerge
	}
	lines := append([]string{a.w.T(k, kv...), a.contactLine(&p.After)}, a.numbers(&p.After)...)
	if len(out.Clash) > 0 {
		lines = append(lines, a.w.T(text.MergeClash, "Fields", a.fieldNames(out.Clash)))
	}
	return a.println(strings.Join(lines, "\n"))
}

// fieldNames names fields as the card does; one of the shop's own has its name.
func (a *app) fieldNames(fields []string) string {
	var names []string
	for _, f := range fields {
		if own, ok := strings.CutPrefix(f, contact.CustomPrefix); ok {
			names = append(names, clip(own))
		} else {
			names = append(names, a.w.T(text.K("contacts.field."+f)))
		}
	}
	return strings.Join(names, ", ")
}

func (a *app) contactsPart() *cobra.Command {
	return a.command("part MERGE", text.CmdContactsPart, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		m, err := number(arg[0], text.UseMerge)
		if err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			err := s.Customers.Unmerge(ctx, m, a.g.Agent)
			if code := core.CodeOf(err); code == core.Conflict || code == core.NotFound {
				return refuse(code, text.PartNone, "Merge", id(m))
			}
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]any{"merge": id(m), "parted": true})
			}
			return a.println(a.w.T(text.DidPart))
		})
	})
}

type pairJSON struct {
	A   contactJSON `json:"a"`
	B   contactJSON `json:"b"`
	Why []string    `json:"why"` // phone, email, name
}

func (a *app) contactsDuplicates() *cobra.Command {
	var limit int
	c := a.command("duplicates", text.CmdContactsDuplicates, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if limit < 1 {
			return usage(text.UseFlagWrong, "Flag", "--limit", "Value", limit)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			ps, err := s.Customers.Duplicates(ctx, limit)
			if err != nil {
				return err
			}
			if a.g.JSON {
				out := make([]pairJSON, len(ps))
				for i := range ps {
					out[i] = pairJSON{contactShape(&ps[i].A.Contact), contactShape(&ps[i].B.Contact), ps[i].Why}
				}
				return a.printJSON(out)
			}
			if len(ps) == 0 {
				return a.println(a.w.T(text.PeopleNone))
			}
			for i := range ps {
				if err := a.println(a.contactLine(&ps[i].A.Contact) + "\n" + a.contactLine(&ps[i].B.Contact) + "\n        = " + strings.Join(ps[i].Why, ", ")); err != nil {
					return err
				}
			}
			return nil
		})
	})
	c.Flags().IntVar(&limit, "limit", 50, a.w.T(text.FlagLimit))
	return c
}

// contactsErase asks for --yes where a person types: a wrong number would lose
// a customer for good. A script means what it says.
func (a *app) contactsErase() *cobra.Command {
	var yes bool
	c := a.command("erase ID", text.CmdContactsErase, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		if !yes && a.onScreen() {
			return usage(text.UseYes)
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
			e, err := s.Customers.Erase(ctx, n)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]any{"id": id(n), "messages": e.Messages, "files": e.Files, "purchases": e.Purchases, "consents": e.Consents,
					"callbacks": e.Callbacks, "kept": map[string]int{"tombstones": e.Tombstones}})
			}
			return a.println(a.w.T(text.DidErase, "Messages", a.w.N(text.ErasedMessages, e.Messages), "Files", a.w.N(text.ErasedFiles, e.Files),
				"Purchases", a.w.N(text.ErasedPurchases, e.Purchases)) + " " + a.w.N(text.ErasedHashes, e.Tombstones))
		})
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T(text.FlagYes))
	return c
}

// contactsEdit changes what is noted of a person: FIELD=VALUE, where a field is
// one that an import knows, or field:NAME of the shop's own.
func (a *app) contactsEdit() *cobra.Command {
	return a.command("edit ID FIELD=VALUE", text.CmdContactsEdit, args(2, -1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		p, err := patch(arg[1:])
		if err != nil {
			return err
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
			_, err := s.Customers.Edit(ctx, n, a.g.Agent, p)
			if err != nil {
				return a.badValue(err)
			}
			return a.showContact(ctx, s, n)
		})
	})
}

func patch(pairs []string) (p people.Patch, err error) {
	for _, pair := range pairs {
		field, v, ok := strings.Cut(pair, "=")
		name, own := strings.CutPrefix(field, contact.CustomPrefix)
		to := map[string]**string{contact.ColName: &p.Name, contact.ColLanguage: &p.Language, contact.ColZone: &p.TimeZone, contact.ColEmail: &p.Email,
			contact.ColBirthday: &p.Birthday, contact.ColNote: &p.Note}[field]
		switch {
		case !ok:
			return p, usage(text.UseFieldUnknown, "Field", clip(pair))
		case own:
			if p.Custom == nil {
				p.Custom = map[string]string{}
			}
			p.Custom[strings.ToLower(name)] = v
		case field == contact.ColValue:
			tier := core.ValueTier(v)
			if v == "none" {
				tier = core.ValueNone
			}
			p.Value = &tier
		case to != nil:
			*to = &v
		default:
			return p, usage(text.UseFieldUnknown, "Field", clip(field))
		}
	}
	return p, nil
}

// fieldTypes are what a field of the shop's own can hold.
var fieldTypes = []string{string(core.CustomText), string(core.CustomNumber), string(core.CustomDate), string(core.CustomChoice), string(core.CustomTaxID)}

// contactsField lists the shop's own fields, or makes one.
func (a *app) contactsField() *cobra.Command {
	var kind string
	var choices []string
	c := a.command("field [NAME]", text.CmdContactsField, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		if !slices.Contains(fieldTypes, kind) {
			return usage(text.UseOneOf, "Flag", "--type", "Value", clip(kind), "Known", strings.Join(fieldTypes, ", "))
		}
		if (kind == string(core.CustomChoice)) != (len(choices) > 0) {
			return usage(text.UseGoesWith, "Flag", "--choice", "With", "--type choice")
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if len(arg) == 1 {
				f := core.CustomField{Name: arg[0], Type: core.CustomType(kind), Choices: choices}
				if err := s.Customers.SaveField(ctx, f); core.CodeOf(err) == core.InvalidInput {
					return usage(text.UseFieldName, "Name", clip(arg[0]))
				} else if err != nil {
					return err
				}
			}
			return a.printFields(ctx, s)
		})
	})
	c.Flags().StringVar(&kind, "type", string(core.CustomText), a.w.T(text.FlagFieldType))
	c.Flags().StringSliceVar(&choices, "choice", nil, a.w.T(text.FlagChoice))
	return c
}

func (a *app) printFields(ctx context.Context, s *Shop) error {
	fs, err := s.Customers.Store.CustomFields(ctx)
	if err != nil {
		return err
	}
	type fieldJSON struct {
		Name    string          `json:"name"`
		Type    core.CustomType `json:"type"`
		Choices []string        `json:"choices,omitempty"`
	}
	out := make([]fieldJSON, len(fs))
	lines := make([]string, len(fs))
	for i, f := range fs {
		out[i] = fieldJSON{f.Name, f.Type, f.Choices}
		lines[i] = kit.CleanLine(strings.TrimSpace(f.Name + "  " + string(f.Type) + "  " + strings.Join(f.Choices, ", ")))
	}
	if a.g.JSON {
		return a.printJSON(out)
	}
	slices.Sort(lines)
	return a.println(strings.Join(lines, "\n"))
}

// contactsKeep takes a person out of the low-frequency group, or back to it (S-230).
func (a *app) contactsKeep() *cobra.Command {
	var off bool
	c := a.command("keep ID", text.CmdContactsKeep, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
			if _, err := s.Customers.KeepMany(ctx, []int64{n}, !off, nil); err != nil {
				return err
			}
			return a.showContact(ctx, s, n)
		})
	})
	c.Flags().BoolVar(&off, "remove", false, a.w.T(text.FlagKeepOff))
	return c
}

// contactsRetention says how long messages are kept, or sets it.
func (a *app) contactsRetention() *cobra.Command {
	return a.command("retention [DAYS]", text.CmdContactsRetention, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if len(arg) == 1 {
				days, err := strconv.Atoi(arg[0])
				if err == nil {
					err = s.Customers.SetRetention(ctx, days)
				}
				if core.CodeOf(err) == core.InvalidInput || errors.Is(err, strconv.ErrSyntax) || errors.Is(err, strconv.ErrRange) {
					return usage(text.UseRetention, "Value", clip(arg[0]))
				}
				if err != nil {
					return err
				}
			}
			days, err := s.Customers.Retention(ctx)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]int{"days": days})
			}
			if days == 0 {
				return a.println(a.w.T(text.RetentionEver))
			}
			return a.println(a.w.N(text.RetentionDays, days))
		})
	})
}
