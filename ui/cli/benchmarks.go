package cli

import (
	"context"
	"math"

	"github.com/spf13/cobra"

	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/text"
)

type benchmarkJSON struct {
	people.Benchmark
	Own []groupJSON `json:"own"`
}

type groupJSON struct {
	Expr   string   `json:"expr"`
	People int      `json:"people"`
	Sent   int      `json:"delivered"`
	Read   int      `json:"read"`
	Rate   *float64 `json:"read_rate,omitempty"`
}

// segmentsBenchmarks shows what dividing customers brought others, beside the
// shop's own figures (S-055 to S-058, S-062, S-063).
func (a *app) segmentsBenchmarks() *cobra.Command {
	return a.command("benchmarks", text.CmdSegmentsBenchmarks, args(0, 0), func(cmd *cobra.Command, _ []string) error {
		return a.withShop(cmd, func(ctx context.Context, s *Shop) error {
			all, err := s.Customers.Benchmarks(ctx)
			if err != nil {
				return err
			}
			if a.g.JSON {
				return a.printJSON(benchmarkShapes(all))
			}
			for _, c := range all {
				if err := a.printBenchmark(c); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func benchmarkShapes(all []people.Compared) []benchmarkJSON {
	out := make([]benchmarkJSON, len(all))
	for i, c := range all {
		out[i] = benchmarkJSON{Benchmark: c.Benchmark}
		for _, g := range c.Own {
			j := groupJSON{Expr: g.Expr, People: g.People, Sent: g.Sent, Read: g.Read}
			if g.Sent > 0 {
				rate := math.Round(float64(g.Read)/float64(g.Sent)*1000) / 1000
				j.Rate = &rate
			}
			out[i].Own = append(out[i].Own, j)
		}
	}
	return out
}

func (a *app) printBenchmark(c people.Compared) error {
	head := a.w.T(text.K("cli.by." + c.By))
	if c.Open > 0 {
		head += " · " + a.w.T(text.BenchmarkOpen, "Share", a.w.Percent(c.Open))
	}
	if c.Conversion > 0 {
		head += " · " + a.w.T(text.BenchmarkMore, "Conversion", a.w.Percent(c.Conversion), "Cost", a.w.Percent(-c.Cost))
	}
	if c.Rate > 0 {
		head += " · " + a.w.T(text.BenchmarkRate, "Rate", a.w.Percent(c.Rate), "Before", a.w.Percent(c.RateBefore))
	}
	if err := a.println(head + " (" + a.w.Source(c.Source, "") + ")"); err != nil {
		return err
	}
	for _, g := range c.Own {
		own := a.w.T(text.BenchmarkNothing)
		if g.Sent > 0 {
			own = a.w.T(text.BenchmarkOwn, "Share", a.w.Percent(float64(g.Read)/float64(g.Sent)), "Sent", a.w.Num(g.Sent))
		}
		expr := g.Expr
		if expr == "" {
			expr = a.w.T(text.BenchmarkAll)
		}
		if err := a.println("  " + kit.Fit(kit.CleanLine(expr), 30) + "  " + kit.Fit(a.w.N(text.PeopleCount, g.People), 14) + "  " + own); err != nil {
			return err
		}
	}
	return nil
}
