// Package gauge turns measurements into judged rows: percentiles of what was
// timed, and what it must and should reach. It measures nothing itself; beside
// each layer lies a probe package that does.
package gauge

import (
	"context"
	"encoding/json"
	"io/fs"
	"math"
	"slices"
	"time"

	"bottega/core"
)

// Reading is one thing measured. P50, P95 and P99 are zero where it is one
// figure only; Value is what counts when a target does not ask for a percentile.
type Reading struct {
	ID            string
	Value         float64
	P50, P95, P99 float64
	N             int // how many measurements it rests on
}

// Of returns what a target asks for: "p50", "p95", "p99", or the value.
func (r Reading) Of(which string) float64 {
	switch which {
	case "p50":
		return r.P50
	case "p95":
		return r.P95
	case "p99":
		return r.P99
	}
	return r.Value
}

// Samples are durations of one thing done again and again. Not safe for
// concurrent use.
type Samples []time.Duration

// Time measures one call of fn, unless it fails.
func (s *Samples) Time(fn func() error) error {
	start := time.Now()
	if err := fn(); err != nil {
		return err
	}
	*s = append(*s, time.Since(start))
	return nil
}

// Reading tells the percentiles in milliseconds; Value is the median.
func (s Samples) Reading(id string) Reading {
	if len(s) == 0 {
		return Reading{ID: id}
	}
	sorted := slices.Clone(s)
	slices.Sort(sorted)
	at := func(p float64) float64 { // nearest rank
		i := int(math.Ceil(p*float64(len(sorted)))) - 1
		return sorted[max(0, i)].Seconds() * 1000
	}
	return Reading{ID: id, Value: at(0.50), P50: at(0.50), P95: at(0.95), P99: at(0.99), N: len(s)}
}

// Probe measures one or several things. Name is what --only takes.
type Probe struct {
	Name string
	Run  func(ctx context.Context) ([]Reading, error)
}

// Target is what a reading must reach and what it aims at.
type Target struct {
	ID    string   `json:"id"`
	Of    string   `json:"of,omitempty"` // "p50", "p95", "p99", "" for the value
	Unit  string   `json:"unit"`
	Least bool     `json:"least,omitempty"` // more is better
	Must  *float64 `json:"must,omitempty"`  // nil: told, not judged
	Aim   *float64 `json:"aim,omitempty"`
}

// Targets are all of them, as data with their source.
type Targets struct {
	Rows   []Target `json:"rows"`
	Source string   `json:"source"`
	Date   string   `json:"date"`
}

// LoadTargets reads bench.json of the rule data.
func LoadTargets(rules fs.FS) (Targets, error) {
	const op = "gauge.LoadTargets"
	var t Targets
	b, err := fs.ReadFile(rules, "bench.json")
	if err != nil {
		return t, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return t, core.Fail(core.InvalidInput, op, err)
	}
	for _, r := range t.Rows {
		known := slices.Contains([]string{"", "p50", "p95", "p99"}, r.Of)
		if r.ID == "" || r.Unit == "" || !known || (r.Must == nil) != (r.Aim == nil) {
			return t, core.Fail(core.InvalidInput, op, nil)
		}
	}
	return t, nil
}

// Row is a reading beside its target.
type Row struct {
	Reading
	Target Target
}

// Figure is what is judged.
func (r Row) Figure() float64 { return r.Of(r.Target.Of) }

// Holds reports whether the row reaches what it must; a row without a target does.
func (r Row) Holds() bool {
	return r.Target.Must == nil || reaches(r.Figure(), *r.Target.Must, r.Target.Least)
}

// Aimed reports whether the row reaches what it aims at.
func (r Row) Aimed() bool {
	return r.Target.Aim == nil || reaches(r.Figure(), *r.Target.Aim, r.Target.Least)
}

func reaches(v, want float64, least bool) bool {
	if least {
		return v >= want
	}
	return v <= want
}

// Judge puts readings beside their targets, in the order of the targets. A
// reading without a target is left out; a target without a reading as well.
func (t Targets) Judge(readings []Reading) (rows []Row) {
	for _, target := range t.Rows {
		for _, r := range readings {
			if r.ID == target.ID {
				rows = append(rows, Row{Reading: r, Target: target})
			}
		}
	}
	return rows
}

// Run runs the probes one after the other, those named only if any name is
// given, telling each name before it starts. NotFound for an unknown name.
func Run(ctx context.Context, probes []Probe, only []string, tell func(name string)) ([]Reading, error) {
	const op = "gauge.Run"
	for _, name := range only {
		if !slices.ContainsFunc(probes, func(p Probe) bool { return p.Name == name }) {
			return nil, core.Fail(core.NotFound, op, nil)
		}
	}
	var all []Reading
	for _, p := range probes {
		if len(only) > 0 && !slices.Contains(only, p.Name) {
			continue
		}
		tell(p.Name)
		rs, err := p.Run(ctx)
		if err != nil {
			return all, core.Fail(core.CodeOf(err), op+" "+p.Name, err)
		}
		all = append(all, rs...)
	}
	return all, nil
}
