package cli

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/ledger"
	"bottega/ui/kit"
	"bottega/ui/text"
)

type ratesJSON struct {
	Provider core.ProviderName `json:"provider"`
	Currency string            `json:"currency"`
	Zone     string            `json:"time_zone"`
	Contract bool              `json:"contract"`
	Own      bool              `json:"own"` // the card is the shop's, not the one that came with the program
	File     string            `json:"file"`
	Card     *rateCardJSON     `json:"card,omitempty"`
	Fee      *ledger.Fee       `json:"fee,omitempty"`
	Budget   *core.Money       `json:"budget,omitempty"`
}

type rateCardJSON struct {
	cardJSON
	Markets map[string]map[ledger.Category]string `json:"markets"`
	Tiers   []ledger.Tier                         `json:"tiers,omitempty"`
}

// reportRates shows by which prices is reckoned, and changes them.
func (a *app) reportRates() *cobra.Command {
	c := a.command("rates", text.CmdReportRates, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error { return a.showRates(ctx, s) })
	})
	c.AddCommand(a.ratesImport(), a.ratesConfirm(), a.ratesSet())
	return c
}

// showRates is the answer of all commands on rates: what holds now.
func (a *app) showRates(ctx context.Context, s *Shop) error {
	now := a.h.Now()
	_, own, err := s.Ledger.Books()
	if err != nil {
		return err
	}
	all, err := s.Ledger.Accounts(ctx, now)
	if err != nil {
		return err
	}
	out := make([]ratesJSON, len(all))
	for i := range all {
		out[i] = rateShape(&all[i], own, s.PricesPath)
	}
	if a.g.JSON {
		return a.printJSON(out)
	}
	if len(all) == 0 {
		return a.println(a.w.T(text.ReportNoChannel))
	}
	for i := range all {
		if err := a.printRates(&all[i], &out[i]); err != nil {
			return err
		}
	}
	return a.println(a.w.T(text.RatesFile, "File", s.PricesPath))
}

func rateShape(s *ledger.Statement, own ledger.Prices, file string) ratesJSON {
	j := ratesJSON{Provider: s.Account.Provider, Currency: s.Account.Currency, Zone: zoneName(s.Account.Zone), Contract: s.Account.Contract, File: file, Budget: own.Budget}
	if s.Fee.Source != "" {
		j.Fee = &s.Fee
	}
	if s.Card == nil {
		return j
	}
	j.Own = slices.ContainsFunc(own.Cards, func(c ledger.Card) bool {
		return c.Provider == s.Card.Provider && c.Currency == s.Card.Currency && c.From == s.Card.From
	})
	j.Card = &rateCardJSON{cardJSON: *cardShape(s.Card, s.Stale), Markets: map[string]map[ledger.Category]string{}, Tiers: s.Card.Tiers}
	for market, rates := range s.Card.Markets {
		row := map[ledger.Category]string{}
		for cat, r := range rates {
			row[cat] = r.String()
		}
		j.Card.Markets[market] = row
	}
	return j
}

func (a *app) printRates(s *ledger.Statement, j *ratesJSON) error {
	lines := a.w.T(text.RatesHead, "Provider", string(j.Provider), "Currency", j.Currency, "Zone", j.Zone) + "\n  " + a.cardWords(s)
	if j.Fee != nil {
		lines += "\n  " + a.w.T(text.RatesFee, "Message", a.w.Money(core.Money{Amount: j.Fee.PerMessage.String(), Currency: j.Fee.Currency}),
			"Month", a.w.Money(core.Money{Amount: j.Fee.Monthly.String(), Currency: j.Fee.Currency}), "Source", a.w.Source(kit.CleanLine(j.Fee.Source), ""))
	}
	if j.Budget != nil {
		lines += "\n  " + a.w.T(text.RatesBudget, "Budget", a.w.Money(*j.Budget))
	}
	if err := a.println(lines); err != nil || j.Card == nil {
		return err
	}
	cats := []ledger.Category{ledger.Marketing, ledger.Utility, ledger.Authentication, ledger.Service}
	head := []string{a.w.T(text.RatesMarket)}
	for _, c := range cats {
		head = append(head, a.w.T(text.K("report.category."+string(c))))
	}
	table := [][]string{head}
	for _, market := range slices.Sorted(maps.Keys(j.Card.Markets)) {
		row := []string{clip(market)}
		for _, c := range cats {
			cell := "–"
			if r, ok := j.Card.Markets[market][c]; ok {
				cell = a.w.Money(core.Money{Amount: r, Currency: j.Currency})
			}
			row = append(row, cell)
		}
		table = append(table, row)
	}
	return a.table(table, 1)
}

// ratesImport takes over the platform's rate file.
func (a *app) ratesImport() *cobra.Command {
	var from, tiers, source string
	c := a.command("import FILE", text.CmdRatesImport, args(1, 1), func(cmd *cobra.Command, arg []string) error {
		if _, err := time.Parse(time.DateOnly, from); err != nil {
			return usage(text.UseDay, "Flag", "--from", "Value", clip(from))
		}
		return a.changeRates(cmd, func(s *Shop, b *ledger.Book, p *ledger.Prices) error {
			rows, err := a.rows(arg[0])
			if err != nil {
				return err
			}
			if source == "" {
				source = filepath.Base(arg[0])
			}
			card, err := b.ReadCard(rows, core.Meta, from, source, a.h.Now().In(s.Ledger.Home()).Format(time.DateOnly))
			if err != nil {
				return a.cardError(arg[0], err)
			}
			if tiers != "" {
				if rows, err = a.rows(tiers); err != nil {
					return err
				}
				if card, err = b.ReadTiers(card, rows); err != nil {
					return a.cardError(tiers, err)
				}
			}
			p.SetCard(card)
			return nil
		})
	})
	f := c.Flags()
	f.StringVar(&from, "from", "", a.w.T(text.FlagRatesFrom))
	f.StringVar(&tiers, "tiers", "", a.w.T(text.FlagRatesTiers))
	f.StringVar(&source, "source", "", a.w.T(text.FlagRatesSource))
	return c
}

// rows reads a whole table, its notes above the heading included.
func (a *app) rows(file string) (out [][]string, err error) {
	t, end, err := a.h.Table(file, "")
	if err != nil {
		return nil, a.fileError(file, err)
	}
	defer func() { err = errors.Join(err, end()) }()
	out = append(out, t.Header)
	for {
		r, err := t.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, a.fileError(file, err)
		}
		out = append(out, r.Cells)
	}
}

// cardError says that a file is no rate file of the platform.
func (a *app) cardError(file string, err error) error {
	if core.CodeOf(err) != core.InvalidInput {
		return err
	}
	line := 1
	var row *ledger.RowError
	if errors.As(err, &row) {
		line = row.Line
	}
	return refuse(core.NotATable, text.RatesBadFile, "File", clip(file), "Line", line)
}

// changeRates rewrites the shop's own prices and shows what holds then.
func (a *app) changeRates(cmd *cobra.Command, fn func(*Shop, *ledger.Book, *ledger.Prices) error) error {
	if a.g.ReadOnly {
		return core.Fail(core.ReadOnly, "cli.rates", nil)
	}
	return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
		err := s.Ledger.Change(func(b *ledger.Book, p *ledger.Prices) error { return fn(s, b, p) })
		if err != nil {
			return err
		}
		return a.showRates(ctx, s)
	})
}

// ratesConfirm says that the cards in use still hold (policy.md 8.4 item 7).
func (a *app) ratesConfirm() *cobra.Command {
	return a.command("confirm", text.CmdRatesConfirm, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.changeRates(cmd, func(s *Shop, _ *ledger.Book, p *ledger.Prices) error {
			all, err := s.Ledger.Accounts(cmd.Context(), a.h.Now())
			if err != nil {
				return err
			}
			for i := range all {
				if c := all[i].Card; c != nil {
					p.SetCard(c.Confirm(a.h.Now().In(s.Ledger.Home())))
				}
			}
			return nil
		})
	})
}

// ratesSet says how an account is billed.
func (a *app) ratesSet() *cobra.Command {
	var provider, currency, zone, budget string
	var contract bool
	c := a.command("set", text.CmdRatesSet, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.changeRates(cmd, func(s *Shop, b *ledger.Book, p *ledger.Prices) error {
			chs, err := s.Channels.Channels(cmd.Context())
			if err != nil {
				return err
			}
			which, err := providerOf(chs, provider)
			if err != nil {
				return err
			}
			o := p.OwnOf(b, which)
			if currency != "" {
				o.Currency = strings.ToUpper(currency)
			}
			if a.flagSet(cmd, "time-zone") {
				o.Zone = zone
			}
			if a.flagSet(cmd, "contract") {
				o.Contract = contract
			}
			p.SetAccount(o)
			if a.flagSet(cmd, "budget") {
				p.Budget = nil
				if budget != "" {
					p.Budget = &core.Money{Amount: budget, Currency: o.Currency}
				}
			}
			return nil
		})
	})
	f := c.Flags()
	f.StringVar(&provider, "provider", "", a.w.T(text.FlagRatesProvider))
	f.StringVar(&currency, "currency", "", a.w.T(text.FlagRatesCurrency))
	f.StringVar(&zone, "time-zone", "", a.w.T(text.FlagRatesZone))
	f.StringVar(&budget, "budget", "", a.w.T(text.FlagRatesBudget))
	f.BoolVar(&contract, "contract", false, a.w.T(text.FlagRatesContract))
	return c
}

// providerOf is the provider that is meant: the one of the shop's channels
// where there is but one.
func providerOf(chs []core.Channel, named string) (core.ProviderName, error) {
	var have []string
	for _, ch := range chs {
		if !slices.Contains(have, string(ch.Provider)) {
			have = append(have, string(ch.Provider))
		}
	}
	switch {
	case len(have) == 0:
		return "", core.Fail(core.NoChannel, "cli.rates", nil)
	case named == "" && len(have) == 1:
		return core.ProviderName(have[0]), nil
	case !slices.Contains(have, named):
		return "", usage(text.UseOneOf, "Flag", "--provider", "Value", clip(named), "Known", strings.Join(have, ", "))
	}
	return core.ProviderName(named), nil
}

// mistakes says in a sentence each what is wrong in the shop's own prices.
func (a *app) mistakes(ms []ledger.Mistake) string {
	const most = 10
	var parts []string
	for i, m := range ms {
		if i == most {
			parts = append(parts, a.w.N(text.RatesMore, len(ms)-most))
			break
		}
		parts = append(parts, a.w.T(text.K("report.flaw."+string(m.Flaw)), "Where", clip(m.Where), "Value", clip(m.Value), "Line", m.Line))
	}
	return strings.Join(parts, " ")
}
