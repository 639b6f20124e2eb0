package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

func (a *app) orders() *cobra.Command {
	return a.parent("orders", text.CmdOrders, a.ordersImport(), a.ordersList(), a.ordersCurrency())
}

func (a *app) ordersImport() *cobra.Command {
	var o people.OrderImport
	var encoding string
	c := a.command("import FILE", text.CmdOrdersImport, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if err := region(&o.Region); err != nil {
			return err
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) (err error) {
			t, end, err := a.h.Table(arg[0], encoding)
			if core.CodeOf(err) == core.NotATable {
				return refuse(core.NotATable, text.OrdersNone, "File", clip(arg[0]))
			}
			if err != nil {
				return a.openError(arg[0], encoding, err)
			}
			defer func() { err = errors.Join(err, end()) }()
			o.Table, o.Currency = t, strings.ToUpper(o.Currency)
			o.Progress = a.rowsDone()
			got, err := s.Customers.ImportOrders(ctx, o)
			if core.CodeOf(err) == core.InvalidInput {
				return usage(text.UseCurrency, "Value", clip(o.Currency))
			}
			var pair *people.BadPair
			if errors.As(err, &pair) {
				return usage(text.UseMap, "Pair", clip(pair.Pair), "Columns", clip(strings.Join(t.Header, ", ")))
			}
			if core.CodeOf(err) == core.NotATable {
				return refuse(core.NotATable, text.OrdersNone, "File", clip(arg[0]))
			}
			if err != nil {
				return a.fileError(arg[0], err)
			}
			return a.printImport(report{file: filepath.Base(arg[0]), table: &t, dry: o.DryRun, done: text.OrdersDone, would: text.OrdersDry}, &got)
		})
	})
	f := c.Flags()
	f.BoolVar(&o.DryRun, "dry-run", false, a.w.T(text.FlagDryRun))
	f.StringArrayVar(&o.Pairs, "map", nil, a.w.T(text.FlagMap))
	f.StringVar(&o.Region, "region", "", a.w.T(text.FlagRegion))
	f.StringVar(&o.Source, "source", "", a.w.T(text.FlagSource))
	f.StringVar(&o.Currency, "currency", "", a.w.T(text.FlagCurrency))
	f.BoolVar(&o.Create, "create", false, a.w.T(text.FlagCreate))
	f.StringVar(&encoding, "encoding", "", a.w.T(text.FlagEncoding))
	return c
}

func (a *app) ordersList() *cobra.Command {
	return a.command("list CONTACT", text.CmdOrdersList, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		n, err := person(arg[0])
		if err != nil {
			return err
		}
		return a.withPerson(cmd, n, func(ctx context.Context, s *Shop) error {
			ps, err := s.Customers.Store.Purchases(ctx, n)
			if err != nil {
				return err
			}
			out := make([]purchaseJSON, len(ps))
			lines := make([]string, len(ps))
			for i, p := range ps {
				out[i] = purchaseJSON{p.Source, p.Ref, at(p.At), p.Amount, p.Campaign}
				lines[i] = p.At.UTC().Format("2006-01-02") + "  " + kit.Fit(a.w.Money(p.Amount), 14) + "  " + kit.CleanLine(p.Ref+"  "+p.Campaign)
			}
			switch {
			case a.g.JSON:
				return a.printJSON(out)
			case len(ps) == 0:
				return a.println(a.w.T(text.OrdersNobody))
			}
			return a.println(strings.Join(lines, "\n"))
		})
	})
}

// ordersCurrency says in which currency the shop counts, or sets it.
func (a *app) ordersCurrency() *cobra.Command {
	return a.command("currency [CODE]", text.CmdOrdersCurrency, args(0, 1), func(cmd *cobra.Command, arg []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			if len(arg) == 1 {
				if err := s.Customers.SetCurrency(ctx, strings.ToUpper(arg[0])); core.CodeOf(err) == core.InvalidInput {
					return usage(text.UseCurrency, "Value", clip(arg[0]))
				} else if err != nil {
					return err
				}
			}
			code, err := s.Customers.Currency(ctx)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(map[string]string{"currency": code})
			}
			return a.println(code)
		})
	})
}
