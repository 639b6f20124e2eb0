package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/ledger"
	"bottega/ui/kit"
	"bottega/ui/text"
)

type costTotalJSON struct {
	Messages  int                 `json:"messages"`
	Charged   int                 `json:"charged"`
	Free      int                 `json:"free"`
	FreeBy    map[ledger.Free]int `json:"free_by"`
	Unpriced  int                 `json:"unpriced"`
	Estimated int                 `json:"estimated"`
	Real      int                 `json:"real"`
	Cost      []core.Money        `json:"cost"`
	Told      []core.Money        `json:"told"`
	Card      []core.Money        `json:"by_card"`
}

type costRowJSON struct {
	Campaign string          `json:"campaign,omitempty"`
	Name     string          `json:"name,omitempty"`
	Template string          `json:"template,omitempty"`
	Category ledger.Category `json:"category,omitempty"`
	Country  string          `json:"country,omitempty"`
	Channel  string          `json:"channel,omitempty"`
	costTotalJSON
}

type cardJSON struct {
	Currency  string `json:"currency"`
	From      string `json:"from"`
	Confirmed string `json:"confirmed,omitempty"`
	Source    string `json:"source"`
	Date      string `json:"date"`
	Stale     bool   `json:"stale"`
}

type forecastJSON struct {
	SoFar    core.Money    `json:"so_far"`
	Low      core.Money    `json:"low"`
	Expected core.Money    `json:"expected"`
	High     core.Money    `json:"high"`
	Budget   *core.Money   `json:"budget,omitempty"`
	Level    *ledger.Level `json:"budget_level,omitempty"`
}

type costAccountJSON struct {
	Provider core.ProviderName `json:"provider"`
	Currency string            `json:"currency"`
	Zone     string            `json:"time_zone"`
	Channels []string          `json:"channels"`
	Card     *cardJSON         `json:"card,omitempty"`
	Total    costTotalJSON     `json:"total"`
	Forecast forecastJSON      `json:"forecast"`

	ByCampaign []costRowJSON `json:"by_campaign"`
	ByTemplate []costRowJSON `json:"by_template"`
	ByCategory []costRowJSON `json:"by_category"`
	ByCountry  []costRowJSON `json:"by_country"`
	ByChannel  []costRowJSON `json:"by_channel"`
}

type costJSON struct {
	Month    string            `json:"month"`
	Accounts []costAccountJSON `json:"accounts"`
}

// divisions are the ways a report of cost may be told, in the order of its text.
var divisions = []struct {
	name string
	by   ledger.By
	rows func(*costAccountJSON) *[]costRowJSON
}{
	{"category", ledger.ByCategory, func(j *costAccountJSON) *[]costRowJSON { return &j.ByCategory }},
	{"campaign", ledger.ByCampaign, func(j *costAccountJSON) *[]costRowJSON { return &j.ByCampaign }},
	{"template", ledger.ByTemplate, func(j *costAccountJSON) *[]costRowJSON { return &j.ByTemplate }},
	{"country", ledger.ByCountry, func(j *costAccountJSON) *[]costRowJSON { return &j.ByCountry }},
	{"channel", ledger.ByChannel, func(j *costAccountJSON) *[]costRowJSON { return &j.ByChannel }},
}

// reportCost tells what a month's messages cost (S-004).
func (a *app) reportCost() *cobra.Command {
	var month string
	c := a.command("cost", text.CmdReportCost, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			all, when, err := a.statements(ctx, s, month)
			if err != nil {
				return err
			}
			out := costJSON{Month: when.Format("2006-01"), Accounts: make([]costAccountJSON, len(all))}
			names, err := campaignNames(ctx, s)
			if err != nil {
				return err
			}
			for i := range all {
				out.Accounts[i] = costShape(&all[i], names)
			}
			if a.g.JSON {
				return a.printJSON(out)
			}
			return a.printCost(all, out.Accounts, when)
		})
	})
	c.Flags().StringVar(&month, "month", "", a.w.T(text.FlagMonth))
	return c
}

// statements reads the accounts of a month, YYYY-MM, or of the present one.
func (a *app) statements(ctx context.Context, s *Shop, month string) ([]ledger.Statement, time.Time, error) {
	now := a.h.Now().In(s.Ledger.Home())
	at := now
	if month != "" {
		t, err := time.ParseInLocation("2006-01", month, s.Ledger.Home())
		if err != nil {
			return nil, at, usage(text.UseMonth, "Value", clip(month))
		}
		at = t.AddDate(0, 0, 14) // within the month of accounts in other time zones too
	}
	all, err := s.Ledger.Statements(ctx, at, now)
	return all, at, err
}

func costTotal(t ledger.Total) costTotalJSON {
	why := t.Why
	if why == nil {
		why = map[ledger.Free]int{}
	}
	return costTotalJSON{Messages: t.Messages, Charged: t.Messages - t.Free - t.Unpriced, Free: t.Free, FreeBy: why, Unpriced: t.Unpriced,
		Estimated: t.Estimated, Real: t.Real, Cost: t.Amounts.List(), Told: t.Told.List(), Card: t.Card.List()}
}

func costShape(s *ledger.Statement, names map[int64]string) costAccountJSON {
	j := costAccountJSON{Provider: s.Account.Provider, Currency: s.Account.Currency, Zone: zoneName(s.Account.Zone), Total: costTotal(s.Month.Total()),
		Forecast: forecastJSON{SoFar: s.Forecast.SoFar, Low: s.Forecast.Low, Expected: s.Forecast.Expected, High: s.Forecast.High}}
	channels := map[int64]string{}
	for _, ch := range s.Channels {
		j.Channels = append(j.Channels, ch.Name)
		channels[ch.ID] = ch.Name
	}
	j.Card = cardShape(s.Card, s.Stale)
	if s.Budget.Currency != "" {
		j.Forecast.Budget, j.Forecast.Level = &s.Budget, &s.Forecast.Budget
	}
	for _, d := range divisions {
		rows := d.rows(&j)
		*rows = []costRowJSON{}
		for _, r := range s.Month.Sums(d.by) {
			if r.Messages == 0 && len(r.Amounts.List()) == 0 {
				continue
			}
			*rows = append(*rows, costRowJSON{Campaign: id(r.Key.Campaign), Name: names[r.Key.Campaign], Template: r.Key.Template, Category: r.Key.Category,
				Country: r.Key.Country, Channel: channels[r.Key.Channel], costTotalJSON: costTotal(r.Total)})
		}
	}
	return j
}

func cardShape(c *ledger.Card, stale bool) *cardJSON {
	if c == nil {
		return nil
	}
	return &cardJSON{Currency: c.Currency, From: c.From, Confirmed: c.Confirmed, Source: c.Source, Date: c.Date, Stale: stale}
}

func zoneName(l *time.Location) string {
	if l == nil {
		return time.UTC.String()
	}
	return l.String()
}

func (a *app) printCost(all []ledger.Statement, shapes []costAccountJSON, when time.Time) error {
	if len(all) == 0 {
		return a.println(a.w.T(text.ReportNoChannel))
	}
	for i := range all {
		if i > 0 {
			if err := a.println(""); err != nil {
				return err
			}
		}
		if err := a.printAccount(&all[i], &shapes[i], when); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) printAccount(s *ledger.Statement, j *costAccountJSON, when time.Time) error {
	lines := []string{a.w.T(text.CostHead, "Month", a.w.Month(when), "Provider", string(j.Provider), "Channels", clip(strings.Join(j.Channels, ", ")), "Currency", j.Currency),
		"  " + a.cardWords(s), "  " + a.costWords(&j.Total)}
	if f := a.freeWords(j.Total.FreeBy); f != "" {
		lines = append(lines, "  "+f)
	}
	if j.Total.Real > 0 {
		lines = append(lines, "  "+a.w.T(text.CostTold, "N", a.w.Num(j.Total.Real), "Told", a.moneys(j.Total.Told), "Card", a.moneys(j.Total.Card)))
	}
	f := s.Forecast
	lines = append(lines, "  "+a.w.T(text.CostForecast, "Low", a.w.Money(f.Low), "High", a.w.Money(f.High), "Expected", a.w.Money(f.Expected)))
	if s.Budget.Currency != "" {
		lines = append(lines, "  "+a.w.T(text.K("report.budget."+string(f.Budget)), "Budget", a.w.Money(s.Budget)))
	}
	if err := a.println(strings.Join(lines, "\n")); err != nil {
		return err
	}
	for _, d := range divisions {
		if err := a.printDivision(d.name, *d.rows(j)); err != nil {
			return err
		}
	}
	return nil
}

// cardWords says by which card is estimated, and whether it may be out of date.
func (a *app) cardWords(s *ledger.Statement) string {
	if s.Card == nil {
		return a.w.T(text.CostNoCard, "Currency", s.Account.Currency)
	}
	line := a.w.T(text.CostCard, "Currency", s.Card.Currency, "From", a.w.Date(s.Card.From), "Source", a.w.Source(kit.CleanLine(s.Card.Source), ""), "Date", a.w.Date(s.Card.Date))
	if s.Stale {
		line += " " + a.w.T(text.CostStale)
	}
	return line
}

func (a *app) costWords(t *costTotalJSON) string {
	line := a.w.T(text.CostTotal, "Cost", a.moneys(t.Cost), "Messages", a.w.N(text.MessageCount, t.Messages), "Charged", a.w.Num(t.Charged), "Free", a.w.Num(t.Free))
	if t.Unpriced > 0 {
		line += " " + a.w.N(text.CostUnpriced, t.Unpriced)
	}
	return line
}

// freeWords names the free cases, each with its count.
func (a *app) freeWords(why map[ledger.Free]int) string {
	var parts []string
	for _, f := range ledger.FreeCases {
		if n := why[f]; n > 0 {
			parts = append(parts, a.w.Num(n)+" "+a.w.T(text.K("report.free."+string(f))))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return a.w.T(text.CostFree, "List", strings.Join(parts, " · "))
}

// moneys writes sums of several currencies; nothing is "0".
func (a *app) moneys(ms []core.Money) string {
	var parts []string
	for _, m := range ms {
		parts = append(parts, a.w.Money(m))
	}
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, " + ")
}

// divisionRows is how many rows of a division are shown; --json has all.
const divisionRows = 12

// key is what a row of a division is about, "" for what has none.
func (r *costRowJSON) key(division string) string {
	switch division {
	case "campaign":
		return r.Campaign
	case "template":
		return r.Template
	case "category":
		return string(r.Category)
	case "country":
		return r.Country
	}
	return r.Channel
}

func (a *app) divisionName(division string, r costRowJSON) string {
	k := r.key(division)
	switch {
	case k == "":
		return a.w.T(text.K("report.none." + division))
	case division == "category":
		return a.w.T(text.K("report.category." + k))
	case division == "campaign" && r.Name != "":
		return kit.Fit(kit.CleanLine(k+" "+r.Name), 40)
	}
	return clip(k)
}

func (a *app) printDivision(name string, rows []costRowJSON) error {
	if len(rows) == 0 || len(rows) == 1 && rows[0].key(name) == "" {
		return nil // all under one name that is none: nothing to divide
	}
	table := [][]string{{a.w.T(text.K("report.by." + name)), a.w.T(text.ReportTotal), a.w.T(text.CostFreeHead), a.w.T(text.CostHeadCost)}}
	for i, r := range rows {
		if i == divisionRows {
			break
		}
		table = append(table, []string{a.divisionName(name, r), a.w.Num(r.Messages), a.w.Num(r.Free), a.moneys(r.Cost)})
	}
	if err := a.println(""); err != nil {
		return err
	}
	if err := a.table(table, 1); err != nil {
		return err
	}
	if more := len(rows) - divisionRows; more > 0 {
		return a.println("  " + a.w.N(text.CostMore, more))
	}
	return nil
}
