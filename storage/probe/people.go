package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"bottega/core"
	"bottega/core/gauge"
	"bottega/core/people"
	"bottega/storage"
)

// expressions are what people ask for, one of each cost: by facts, by a word
// anywhere, by what hangs on the person.
var expressions = []string{"tag:vip and spend>200 and heat:7d and not optout", "maria", "heat:cold or orders=0", "tag:vip lang:it", "value:high and heat:7d"}

// People measures how quickly people are counted, listed and read, and how
// many rows of a file come in a second, in a shop below dir of its own.
func (b Bench) People(ctx context.Context, s gauge.Shop, dir string, rows int) ([]gauge.Reading, error) {
	var out []gauge.Reading
	err := with(s, func(db *storage.DB) error {
		svc, err := people.New(db, b.Rules, func() time.Time { return now })
		if err != nil {
			return err
		}
		counts, err := b.timed(ctx, func(i int) error {
			_, err := svc.Count(ctx, expressions[i%len(expressions)])
			return err
		})
		if err != nil {
			return err
		}
		ids, err := svc.List(ctx, "", people.ByName, false)
		if err != nil {
			return err
		}
		pages, err := b.timed(ctx, func(i int) error {
			from := i * 997 % max(1, len(ids)-pageRows)
			_, err := svc.Rows(ctx, ids[from:min(from+pageRows, len(ids))])
			return err
		})
		out = append(out, counts.Reading("segment"), pages.Reading("people-page"))
		return err
	})
	if err != nil {
		return out, err
	}
	rate, err := b.importing(ctx, dir, rows)
	return append(out, gauge.Reading{ID: "import", Value: rate, N: rows}), err
}

// importing brings people into an empty shop and returns rows a second.
func (b Bench) importing(ctx context.Context, dir string, rows int) (rate float64, err error) {
	if err := os.RemoveAll(dir); err != nil {
		return 0, core.Fail(core.Internal, "probe.importing", err)
	}
	err = with(gauge.Shop{Dir: dir}, func(db *storage.DB) error {
		svc, err := people.New(db, b.Rules, func() time.Time { return now })
		if err != nil {
			return err
		}
		n := 0
		start := time.Now()
		got, err := svc.Import(ctx, people.Import{File: "bench.csv", Consent: "signed at the counter", Table: people.Table{Header: []string{"name", "phone", "email", "tags"}, Next: func() (people.Row, error) {
			if n == rows {
				return people.Row{}, io.EOF
			}
			n++
			return people.Row{Line: n + 1, Cells: []string{fmt.Sprint("Maria Rossi ", n), fmt.Sprintf("+39331%07d", n), fmt.Sprint("m", n, "@example.org"), "vip,autumn"}}, nil
		}}})
		if err == nil && got.New != rows {
			err = core.Fail(core.Internal, "probe.importing", fmt.Errorf("%d of %d rows are new", got.New, rows))
		}
		rate = float64(rows) / time.Since(start).Seconds()
		return err
	})
	if err == nil {
		return rate, os.RemoveAll(dir)
	}
	return rate, errors.Join(err, os.RemoveAll(dir))
}
