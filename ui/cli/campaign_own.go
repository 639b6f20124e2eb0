package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/contact"
	"bottega/ui/text"
)

// campaignOwn tells which phones are the shop's own, or changes them: a
// promotion may go there as a test.
func (a *app) campaignOwn() *cobra.Command {
	var remove bool
	c := a.command("own [PHONE...]", text.CmdCampaignOwn, args(0, 100), func(cmd *cobra.Command, arg []string) error {
		if remove && len(arg) == 0 {
			return usage(text.UseGoesWith, "Flag", "--remove", "With", "PHONE")
		}
		phones := make([]core.Phone, len(arg))
		for i, s := range arg {
			var err error
			if phones[i], err = phone(s); err != nil {
				return err
			}
		}
		return a.withOffice(cmd, func(ctx context.Context, d *office) error {
			own, err := a.changeOwn(ctx, d, remove, phones)
			if err != nil {
				return err
			}
			return a.printOwn(own)
		})
	})
	c.Flags().BoolVar(&remove, "remove", false, a.w.T(text.FlagCmpOwnRemove))
	return c
}

func (a *app) changeOwn(ctx context.Context, d *office, remove bool, phones []core.Phone) ([]core.Phone, error) {
	switch {
	case len(phones) == 0:
		return d.Office.Own(ctx)
	case remove:
		own, err := d.RemoveOwn(ctx, phones...)
		if core.CodeOf(err) == core.NotFound {
			err = refuse(core.NotFound, text.CmpOwnNot)
		}
		return own, err
	}
	own, err := d.AddOwn(ctx, phones...)
	if core.CodeOf(err) == core.Refused {
		err = &refusal{code: core.Refused, key: text.CmpOwnMost, kv: []any{"Most", d.Office.Rules.OwnPhones.Value}, err: err}
	}
	return own, err
}

func (a *app) printOwn(own []core.Phone) error {
	if a.g.JSON {
		return a.printJSON(append([]core.Phone{}, own...))
	}
	if len(own) == 0 {
		return a.println(a.w.T(text.CmpOwnNone))
	}
	var lines []string
	for _, p := range own {
		lines = append(lines, contact.Pretty(p))
	}
	return a.println(strings.Join(lines, "\n"))
}
