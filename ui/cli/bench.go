package cli

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core/gauge"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// bench measures this computer, on shops of its own.
func (a *app) bench() *cobra.Command {
	var o gauge.Options
	names := strings.Join(gauge.Probes(), ", ")
	c := a.command("bench", text.CmdBench, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		for _, name := range o.Only {
			if !slices.Contains(gauge.Probes(), name) {
				return usage(text.BenchUnknown, "Name", clip(name), "Names", names)
			}
		}
		for flag, n := range map[string]int{"--conversations": o.Size.Conversations, "--messages": o.Size.Messages} {
			if n < 0 || n > 100_000_000 {
				return usage(text.UseFlagWrong, "Flag", flag, "Value", n)
			}
		}
		r, err := a.h.Bench(cmd.Context(), o, a.tellBench)
		if err != nil || o.Leave != "" {
			return err
		}
		return a.printBench(r)
	})
	f := c.Flags()
	f.BoolVar(&o.Quick, "quick", false, a.w.T(text.BenchFlagQuick))
	f.StringArrayVar(&o.Only, "only", nil, a.w.T(text.BenchFlagOnly, "Names", names))
	f.IntVar(&o.Size.Conversations, "conversations", 0, a.w.T(text.BenchFlagConversations))
	f.IntVar(&o.Size.Messages, "messages", 0, a.w.T(text.BenchFlagMessages))
	f.StringVar(&o.Shops, "shops", "", a.w.T(text.BenchFlagShops))
	f.StringVar(&o.Leave, "leave", "", a.w.T(text.BenchFlagLeave))
	f.Lookup("leave").Hidden = true
	c.AddCommand(a.benchCallbacks())
	return c
}

// benchCallbacks is the review's stress test (S-180 to S-183).
func (a *app) benchCallbacks() *cobra.Command {
	l := gauge.Load{PerSecond: 1000, For: time.Minute}
	c := a.command("callbacks", text.CmdBenchCallbacks, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		if l.PerSecond < 1 || l.PerSecond > 100_000 {
			return usage(text.UseFlagWrong, "Flag", "--rate", "Value", l.PerSecond)
		}
		if l.For < 100*time.Millisecond || l.For > 24*time.Hour {
			return usage(text.UseFlagWrong, "Flag", "--for", "Value", l.For)
		}
		r, err := a.h.Bench(cmd.Context(), gauge.Options{Load: l}, a.tellBench)
		if err != nil {
			return err
		}
		if err := a.printBench(r); err != nil {
			return err
		}
		if slices.ContainsFunc(r.Rows, func(row gauge.Row) bool { return !row.Holds() }) {
			return quiet(exitFailed)
		}
		return nil
	})
	c.Flags().IntVar(&l.PerSecond, "rate", l.PerSecond, a.w.T(text.BenchFlagRate))
	c.Flags().DurationVar(&l.For, "for", l.For, a.w.T(text.BenchFlagFor))
	return c
}

// tellBench says on the error output what is being measured: it takes a while.
func (a *app) tellBench(name string) {
	_, _ = a.h.Err.Write([]byte(a.w.T(text.BenchTell, "Name", name) + "\n")) // who does not listen need not
}

type benchRow struct {
	ID    string   `json:"id"`
	Of    string   `json:"of,omitempty"`
	Value float64  `json:"value"`
	Unit  string   `json:"unit"`
	P50   float64  `json:"p50_ms,omitempty"`
	P95   float64  `json:"p95_ms,omitempty"`
	P99   float64  `json:"p99_ms,omitempty"`
	N     int      `json:"n"`
	Must  *float64 `json:"must,omitempty"`
	Aim   *float64 `json:"aim,omitempty"`
	Least bool     `json:"at_least,omitempty"`
	Holds bool     `json:"holds"`
	Aimed bool     `json:"aimed"`
}

type benchJSON struct {
	Machine gauge.Machine `json:"machine"`
	Rows    []benchRow    `json:"rows"`
	Source  string        `json:"source"`
	Date    string        `json:"date"`
}

func (a *app) printBench(r gauge.Report) error {
	if !a.g.JSON {
		return a.printBenchTable(r)
	}
	out := benchJSON{Machine: r.Machine, Rows: make([]benchRow, len(r.Rows)), Source: r.Targets.Source, Date: r.Targets.Date}
	for i, row := range r.Rows {
		t := row.Target
		out.Rows[i] = benchRow{ID: row.ID, Of: t.Of, Value: exact(row.Figure()), Unit: t.Unit, P50: exact(row.P50), P95: exact(row.P95), P99: exact(row.P99), N: row.N,
			Must: t.Must, Aim: t.Aim, Least: t.Least, Holds: row.Holds(), Aimed: row.Aimed()}
	}
	return a.printJSON(out)
}

// exact keeps as many digits as a measurement has.
func exact(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// Widths of the table's columns.
const (
	benchWhat   = 58
	benchFigure = 12
)

func (a *app) printBenchTable(r gauge.Report) error {
	m := r.Machine
	lines := []string{
		a.w.T(text.BenchMachine, "CPU", orDefault(m.CPU, "?"), "Cores", m.Cores, "System", m.System, "Disk", orDefault(m.Disk, "?"), "Go", m.Go, "Load", a.w.Dec(m.Load, 1), "Date", a.h.Now().Format("2006-01-02")),
		"",
		benchLine(a.w.T(text.BenchWhat), a.w.T(text.BenchValue), "p50", "p95", "p99", a.w.T(text.BenchMust), a.w.T(text.BenchAim), ""),
	}
	missed := 0
	for _, row := range r.Rows {
		if !row.Holds() {
			missed++
		}
		lines = append(lines, a.benchRow(row))
	}
	lines = append(lines, "", a.w.T(text.BenchSource, "Date", r.Targets.Date))
	if missed > 0 {
		lines = append(lines, a.w.N(text.BenchMissed, missed))
	}
	return a.println(strings.Join(lines, "\n"))
}

func (a *app) benchRow(r gauge.Row) string {
	t := r.Target
	what := a.w.T(text.K("bench.row." + r.ID))
	if t.Of != "" {
		what += ", " + t.Of
	}
	cells := []string{what, a.figure(r.Figure()) + " " + t.Unit, "", "", "", "", "", ""}
	if r.P99 > 0 {
		cells[2], cells[3], cells[4] = a.figure(r.P50), a.figure(r.P95), a.figure(r.P99)
	}
	if t.Must != nil {
		sign := "≤ "
		if t.Least {
			sign = "≥ "
		}
		cells[5], cells[6], cells[7] = sign+a.figure(*t.Must), sign+a.figure(*t.Aim), a.verdict(r)
	}
	return benchLine(cells...)
}

func (a *app) verdict(r gauge.Row) string {
	switch {
	case !r.Holds():
		return a.w.T(text.BenchMisses)
	case r.Aimed():
		return a.w.T(text.BenchAimed)
	}
	return a.w.T(text.BenchHolds)
}

// figure writes a measurement with three digits that mean something.
func (a *app) figure(v float64) string {
	switch abs := math.Abs(v); {
	case abs >= 100:
		return a.w.Num(int(math.Round(v)))
	case abs >= 10:
		return a.w.Dec(v, 1)
	case abs >= 1:
		return a.w.Dec(v, 2)
	}
	return a.w.Dec(v, 3)
}

// benchLine is one line of the table: the first cell to the left, figures to
// the right, the last as it is.
func benchLine(cells ...string) string {
	var b strings.Builder
	b.WriteString(kit.Fit(cells[0], benchWhat))
	for _, c := range cells[1:7] {
		b.WriteString(strings.Repeat(" ", max(1, benchFigure-kit.Width(c))) + c)
	}
	return strings.TrimRight(b.String()+"  "+cells[7], " ")
}
