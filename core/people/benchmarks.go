package people

import (
	"context"
	"time"
)

// Benchmark is what dividing customers one way brought others: shares of one.
// Open is of messages read, Conversion and Cost the change against not
// dividing at all, Rate and RateBefore the conversion with and without.
type Benchmark struct {
	By         string   `json:"by"` // none, frequency, order_value, heat, active_high_value
	Open       float64  `json:"open,omitempty"`
	Conversion float64  `json:"conversion,omitempty"`
	Cost       float64  `json:"cost,omitempty"`
	Rate       float64  `json:"rate,omitempty"`
	RateBefore float64  `json:"rate_before,omitempty"`
	Source     string   `json:"source"`
	Groups     []string `json:"groups,omitempty"` // the expressions that divide
}

// Compared is a benchmark beside the shop's own figures.
type Compared struct {
	Benchmark
	Own []GroupRead
}

// GroupRead is how many of the messages to a group were read.
type GroupRead struct {
	Expr       string
	People     int
	Sent, Read int // of the last ReadDays days; Sent counts what arrived or was read
}

// ReadDays is the period of the shop's own figures.
const ReadDays = 30

// Benchmarks puts what others reached beside what this shop does (S-055 to
// S-058, S-062, S-063).
func (s *Service) Benchmarks(ctx context.Context) ([]Compared, error) {
	out := make([]Compared, len(s.Data.Benchmarks))
	since := s.Now().Add(-ReadDays * 24 * time.Hour)
	for i, b := range s.Data.Benchmarks {
		out[i].Benchmark = b
		groups := b.Groups
		if len(groups) == 0 {
			groups = []string{""}
		}
		for _, expr := range groups {
			q, err := s.Parse(ctx, expr)
			if err != nil {
				return nil, err
			}
			g := GroupRead{Expr: expr}
			if g.People, err = s.Store.CountPeople(ctx, q, s.Now(), s.Bands()); err != nil {
				return nil, err
			}
			if g.Sent, g.Read, err = s.Store.ReadBy(ctx, q, s.Now(), s.Bands(), since); err != nil {
				return nil, err
			}
			out[i].Own = append(out[i].Own, g)
		}
	}
	return out, nil
}
