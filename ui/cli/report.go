package cli

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/health"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// report is the summaries; those of later issues say that they come later.
func (a *app) report() *cobra.Command {
	c := a.parent("report", text.CmdReport, a.reportHealth(), a.reportCost(), a.reportQuota(), a.reportRates(), a.reportProviders())
	for _, name := range []string{"sla", "segments", "roi"} {
		later := a.command(name, text.CmdReportLater, args(0, -1), func(*cobra.Command, []string) error {
			return core.Fail(core.NotYet, "cli.report "+name, nil)
		})
		later.FParseErrWhitelist.UnknownFlags = true
		c.AddCommand(later)
	}
	return c
}

type destinationJSON struct {
	Country   string  `json:"country,omitempty"`
	Total     int     `json:"total"`
	Delivered int     `json:"delivered"`
	Read      int     `json:"read"`
	Late      int     `json:"late"`
	Failed    int     `json:"failed"`
	Open      int     `json:"open"`
	Share     float64 `json:"trouble_share"`
	Troubled  bool    `json:"troubled"`
}

type healthJSON struct {
	Since        time.Time         `json:"since"`
	Total        destinationJSON   `json:"total"`
	Destinations []destinationJSON `json:"destinations"`
	Kinds        []kindJSON        `json:"kinds"`
	Uploads      uploadsJSON       `json:"uploads"`
	Threshold    float64           `json:"threshold"`
	Source       string            `json:"source"`
	Date         string            `json:"date"`
	Callbacks    answersJSON       `json:"callbacks"`
	Channels     []receivesJSON    `json:"channels"`
}

// kindJSON is how messages without or with a file arrive.
type kindJSON struct {
	Kind      string     `json:"kind"` // text or media
	Total     int        `json:"total"`
	Delivered int        `json:"delivered"`
	Share     float64    `json:"delivered_share"`
	Usual     [2]float64 `json:"usual"`
}

// uploadsJSON is how long providers took to take files (S-041).
type uploadsJSON struct {
	N     int        `json:"n"`
	P50   float64    `json:"p50_ms"`
	P90   float64    `json:"p90_ms"`
	Usual [2]float64 `json:"usual_ms"`
}

func uploadShape(u health.UploadTimes, usual [2]core.Duration) uploadsJSON {
	ms := func(d time.Duration) float64 { return exact(d.Seconds() * 1000) }
	return uploadsJSON{u.N, ms(u.P50), ms(u.P90), [2]float64{ms(usual[0].D()), ms(usual[1].D())}}
}

// uploadWords says it in a line; "" where no file was uploaded.
func (a *app) uploadWords(u health.UploadTimes, usual [2]core.Duration) string {
	if u.N == 0 {
		return ""
	}
	s := func(d time.Duration) string { return a.w.Dec(d.Seconds(), 1) }
	return a.w.T(text.ReportUploads, "N", a.w.Num(u.N), "P50", s(u.P50), "P90", s(u.P90), "From", s(usual[0].D()), "To", s(usual[1].D())) + "\n"
}

func kindShapes(t *health.Tally) []kindJSON {
	plain, media := t.Kinds()
	shape := func(name string, d health.Destination, usual [2]float64) kindJSON {
		return kindJSON{name, d.Total, d.Delivered, round4(d.Arrived()), usual}
	}
	return []kindJSON{shape("text", plain, t.Thresholds.Text), shape("media", media, t.Thresholds.Media)}
}

// kindWords says it in a line for each kind that was sent.
func (a *app) kindWords(t *health.Tally) string {
	var out string
	for _, k := range kindShapes(t) {
		if k.Total == 0 {
			continue
		}
		line := text.ReportKindText
		if k.Kind == "media" {
			line = text.ReportKindMedia
		}
		usual := a.w.Percent(k.Usual[0])
		if k.Usual[1] != k.Usual[0] {
			usual += "–" + a.w.Percent(k.Usual[1])
		}
		out += a.w.T(line, "Percent", a.w.Percent(k.Share), "Total", a.w.N(text.MessageCount, k.Total), "Usual", usual) + "\n"
	}
	return out
}

func destinationShape(d health.Destination) destinationJSON {
	return destinationJSON{Country: d.Country, Total: d.Total, Delivered: d.Delivered, Read: d.Read, Late: d.Late,
		Failed: d.Failed, Open: d.Open, Share: math.Round(d.Share()*1e4) / 1e4, Troubled: d.Troubled}
}

// reportHealth tells how messages arrive, by the country they go to (S-026, S-027).
func (a *app) reportHealth() *cobra.Command {
	days := 30
	c := a.command("health", text.CmdReportHealth, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if days < 1 || days > 3660 {
			return usage(text.UseFlagWrong, "Flag", "--days", "Value", days)
		}
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			now := a.h.Now()
			since := now.AddDate(0, 0, -days)
			t := health.Tally{Thresholds: s.Delivery, Now: now, Country: contact.CountryOf}
			if err := s.Deliveries.Deliveries(ctx, since, func(d core.Delivery) bool { t.Add(d); return ctx.Err() == nil }); err != nil {
				return err
			}
			in, err := a.lookIn(ctx, s, since)
			if err != nil {
				return err
			}
			if err := a.printHealth(&t, since, in); err != nil || a.g.JSON {
				return err
			}
			return a.println("\n" + a.wayLines(in))
		})
	})
	c.Flags().IntVar(&days, "days", days, a.w.T(text.FlagDays))
	return c
}

func (a *app) printHealth(t *health.Tally, since time.Time, in wayIn) error {
	list, sum := t.Destinations()
	if a.g.JSON {
		out := healthJSON{Since: since.UTC().Truncate(time.Second), Total: destinationShape(sum), Destinations: make([]destinationJSON, len(list)),
			Kinds: kindShapes(t), Uploads: uploadShape(in.uploads, t.Thresholds.Upload), Threshold: t.Thresholds.Troubled, Source: t.Thresholds.Source, Date: t.Thresholds.Date, Callbacks: in.shape(), Channels: in.channels}
		for i, d := range list {
			out.Destinations[i] = destinationShape(d)
		}
		return a.printJSON(out)
	}
	if sum.Total == 0 {
		return a.println(a.w.T(text.ReportNoMessages))
	}
	rows := [][]string{{a.w.T(text.ReportCountry), a.w.T(text.ReportTotal), a.w.T(text.ReportDelivered), a.w.T(text.ReportRead),
		a.w.T(text.ReportLate), a.w.T(text.ReportFailed), a.w.T(text.ReportOpen), ""}}
	for _, d := range append(list, sum) {
		rows = append(rows, a.destinationRow(d))
	}
	rows[len(rows)-1][0] = a.w.T(text.ReportAll)
	for _, r := range rows {
		line := kit.Fit(r[0], 12)
		for _, cell := range r[1:7] {
			line += strings.Repeat(" ", max(1, 11-kit.Width(cell))) + cell
		}
		if err := a.println(strings.TrimRight(line+"  "+r[7], " ")); err != nil {
			return err
		}
	}
	return a.println(a.kindWords(t) + a.uploadWords(in.uploads, t.Thresholds.Upload) + a.w.T(text.ReportSource, "Percent", a.w.Percent(t.Thresholds.Troubled), "Date", t.Thresholds.Date))
}

func (a *app) destinationRow(d health.Destination) []string {
	name, mark := d.Country, ""
	if name == "" {
		name = "?"
	}
	if d.Troubled {
		mark = a.w.T(text.ReportTroubled, "Percent", a.w.Percent(d.Share()))
	}
	return []string{name, a.w.Num(d.Total), a.w.Num(d.Delivered), a.w.Num(d.Read), a.w.Num(d.Late), a.w.Num(d.Failed), a.w.Num(d.Open), mark}
}
