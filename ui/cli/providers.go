package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/offer"
	"bottega/ui/kit"
	"bottega/ui/text"
)

type offerJSON struct {
	offer.Offer
	Known     bool         `json:"price_known"`
	Fee       *core.Money  `json:"fee,omitempty"`
	Platform  []core.Money `json:"platform"`
	Total     []core.Money `json:"total"`
	ExtraLow  *core.Money  `json:"extras_low,omitempty"`
	ExtraHigh *core.Money  `json:"extras_high,omitempty"`
}

type rangeJSON struct {
	From int    `json:"from"` // messages sent a month
	ID   string `json:"id"`
}

type offersJSON struct {
	Month     string                 `json:"month"`
	Sent      int                    `json:"sent"`
	Failed    int                    `json:"failed"`
	Received  int                    `json:"received"`
	Numbers   int                    `json:"numbers"`
	Reviews   int                    `json:"reviews"`
	Edits     int                    `json:"edits"`
	Offers    []offerJSON            `json:"offers"`
	BreakEven map[string][]rangeJSON `json:"cheapest"` // "today", "acceptance_table"
	Extras    []offer.Extra          `json:"extras"`
	Levels    []offer.Level          `json:"levels"`
	Choice    offer.Choice           `json:"choice"`
}

func offerShape(r *offer.Row) offerJSON {
	j := offerJSON{Offer: r.Offer, Known: r.Known, Platform: r.Platform.List(), Total: r.Total.List()}
	if r.Known {
		j.Fee, j.ExtraLow, j.ExtraHigh = &r.Fee, &r.ExtraLow, &r.ExtraHigh
	}
	return j
}

// whatIf are the flags that stand in for the shop's own volume.
type whatIf struct {
	month, file                             string
	sent, received, numbers, reviews, edits int
}

// reportProviders compares what providers take for the shop's own month (S-021
// to S-023, S-150 to S-159).
func (a *app) reportProviders() *cobra.Command {
	o := whatIf{sent: -1, received: -1, numbers: -1}
	c := a.command("providers", text.CmdReportProviders, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		for flag, n := range map[string]int{"--reviews": o.reviews, "--edits": o.edits, "--numbers": o.numbers + 1, "--sent": o.sent + 1, "--received": o.received + 1} {
			if n < 0 || n > 100_000_000 {
				return usage(text.UseFlagWrong, "Flag", flag, "Value", n)
			}
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			m, err := a.offers(s, o.file)
			if err != nil {
				return err
			}
			out, rows, err := a.compare(ctx, s, &m, o)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(out)
			}
			return a.printOffers(out, rows)
		})
	})
	f := c.Flags()
	f.StringVar(&o.month, "month", "", a.w.T(text.FlagMonth))
	f.StringVar(&o.file, "offers", "", a.w.T(text.FlagOffers))
	f.IntVar(&o.sent, "sent", o.sent, a.w.T(text.FlagSent))
	f.IntVar(&o.received, "received", o.received, a.w.T(text.FlagReceived))
	f.IntVar(&o.numbers, "numbers", o.numbers, a.w.T(text.FlagNumbers))
	f.IntVar(&o.reviews, "reviews", 0, a.w.T(text.FlagReviews))
	f.IntVar(&o.edits, "edits", 0, a.w.T(text.FlagEdits))
	for _, name := range []string{"sent", "received", "numbers"} {
		f.Lookup(name).DefValue = "0" // help writes no default then: it is the shop's own
	}
	return c
}

// offers are those of the program and of a file of the shop's own.
func (a *app) offers(s *Shop, file string) (offer.Market, error) {
	m, err := s.Offers()
	if err != nil || file == "" {
		return m, err
	}
	b, err := a.readInput(file)
	if err != nil {
		return m, err
	}
	if m, err = m.With(b); core.CodeOf(err) == core.InvalidInput {
		return m, refuse(core.InvalidInput, text.OffersBad, "File", clip(file), "Why", clip(cause(err)))
	}
	return m, err
}

// cause is what an error of ours was met by.
func cause(err error) string {
	if e, ok := err.(*core.Error); ok && e.Err != nil {
		return e.Err.Error()
	}
	return err.Error()
}

func (a *app) compare(ctx context.Context, s *Shop, m *offer.Market, o whatIf) (offersJSON, []offer.Row, error) {
	all, when, err := a.statements(ctx, s, o.month)
	if err != nil {
		return offersJSON{}, nil, err
	}
	v, err := offer.VolumeOf(ctx, s.Ledger.Store, all)
	if err != nil {
		return offersJSON{}, nil, err
	}
	if o.sent >= 0 {
		v.Sent, v.Failed = o.sent, min(v.Failed, o.sent)
	}
	if o.received >= 0 {
		v.Received = o.received
	}
	if v.Numbers = max(v.Numbers, 1); o.numbers >= 0 {
		v.Numbers = o.numbers
	}
	v.Reviews, v.Edits = o.reviews, o.edits
	rows := m.Compare(v)
	out := offersJSON{Month: when.Format("2006-01"), Sent: v.Sent, Failed: v.Failed, Received: v.Received, Numbers: v.Numbers, Reviews: v.Reviews, Edits: v.Edits,
		Offers: make([]offerJSON, len(rows)), BreakEven: map[string][]rangeJSON{}, Extras: m.Extras, Levels: m.Levels, Choice: m.Choice}
	for i := range rows {
		out.Offers[i] = offerShape(&rows[i])
	}
	for group, seed := range map[string]bool{"today": false, "acceptance_table": true} {
		out.BreakEven[group] = []rangeJSON{}
		for _, r := range m.BreakEven(seed, "USD", v) {
			out.BreakEven[group] = append(out.BreakEven[group], rangeJSON(r))
		}
	}
	return out, rows, nil
}

// printOffers writes the comparison for people: today's offers, then those of
// the acceptance table, each with its source below.
func (a *app) printOffers(out offersJSON, rows []offer.Row) error {
	if err := a.println(a.w.T(text.OffersHead, "Month", out.Month, "Sent", a.w.Num(out.Sent), "Failed", a.w.Num(out.Failed), "Received", a.w.Num(out.Received), "Numbers", a.w.Num(out.Numbers)) + "\n"); err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	for _, group := range []struct {
		name string
		seed bool
		head text.K
	}{{"today", false, text.OffersToday}, {"acceptance_table", true, text.OffersSeed}} {
		table := [][]string{{a.w.T(group.head), a.w.T(text.OffersReview), a.w.T(text.OffersFee), a.w.T(text.OffersPlatform), a.w.T(text.OffersTotal), a.w.T(text.OffersExtra)}}
		for i := range rows {
			if rows[i].Seed == group.seed {
				table = append(table, a.offerRow(&rows[i]))
			}
		}
		if err := a.table(table, 1); err != nil {
			return err
		}
		var parts []string
		for _, r := range out.BreakEven[group.name] {
			parts = append(parts, a.w.T(text.OffersFrom, "From", a.w.Num(r.From), "Name", kit.CleanLine(names[r.ID])))
		}
		if err := a.println("  " + a.w.T(text.OffersCheapest, "List", strings.Join(parts, ", ")) + "\n"); err != nil {
			return err
		}
	}
	return a.printOfferNotes(out, rows)
}

func (a *app) offerRow(r *offer.Row) []string {
	name := kit.CleanLine(r.Name) + " (" + r.AsOf + ")"
	review := a.w.T(text.OffersDays, "Days", strconv.Itoa(r.ReviewDays[0])+"–"+strconv.Itoa(r.ReviewDays[1]))
	if !r.Known {
		return []string{name, review, a.w.T(text.OffersUnknown), "", "", ""}
	}
	extra := ""
	if r.Seed {
		extra = "+ " + r.ExtraLow.Amount + "–" + r.ExtraHigh.Amount + " " + r.ExtraHigh.Currency
	}
	return []string{name, review, a.w.Money(r.Fee), a.moneys(r.Platform.List()), a.moneys(r.Total.List()), extra}
}

// printOfferNotes says where the figures come from, and what else there is to know.
func (a *app) printOfferNotes(out offersJSON, rows []offer.Row) error {
	lines := []string{a.w.T(text.OffersSources)}
	for i := range rows {
		lines = append(lines, "  "+kit.CleanLine(rows[i].Name)+" ("+rows[i].AsOf+"): "+a.w.Source(kit.CleanLine(rows[i].Source), ""))
	}
	lines = append(lines, "", a.w.T(text.OffersExtras))
	for _, x := range out.Extras {
		sum := x.Low.String()
		if !x.High.Equal(x.Low) {
			sum += "–" + x.High.String()
		}
		lines = append(lines, strings.TrimSuffix("  "+a.w.T(text.K("offers.per."+string(x.Per)), "Sum", sum, "Currency", x.Currency)+" ("+x.Source+"): "+x.Note, ": "))
	}
	lines = append(lines, "", a.w.T(text.OffersLevels))
	for _, l := range out.Levels {
		approval, _ := l.Approval.Float64()
		lines = append(lines, "  "+a.w.T(text.OffersLevel, "Example", l.Example, "Approval", a.w.Percent(approval), "Days", l.Days, "Low", l.Support[0], "High", l.Support[1])+" ("+a.w.Source(l.Source, "")+")")
	}
	hidden, _ := out.Choice.Hidden.Float64()
	slow, _ := out.Choice.Slow.Float64()
	lines = append(lines, "  "+a.w.T(text.OffersChoice, "Wrong", out.Choice.DaysWrong, "Right", out.Choice.DaysRight, "Hidden", a.w.Percent(hidden), "Slow", a.w.Percent(slow)))
	return a.println(strings.Join(lines, "\n"))
}
