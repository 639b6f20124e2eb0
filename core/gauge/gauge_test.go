package gauge_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"bottega/core"
	"bottega/core/gauge"
)

func TestSamples(t *testing.T) {
	var s gauge.Samples
	if r := s.Reading("none"); r.N != 0 || r.P99 != 0 {
		t.Errorf("no samples: %+v", r)
	}
	for i := 200; i > 0; i-- {
		s = append(s, time.Duration(i)*time.Millisecond)
	}
	r := s.Reading("x")
	if r.P50 != 100 || r.P95 != 190 || r.P99 != 198 || r.N != 200 || r.Value != r.P50 {
		t.Errorf("%+v", r)
	}
	if s[0] != 200*time.Millisecond {
		t.Error("the samples were sorted in place")
	}
	if err := s.Time(func() error { return errors.New("broke") }); err == nil || len(s) != 200 {
		t.Errorf("a failed call was counted: %v, %d", err, len(s))
	}
	if err := s.Time(func() error { return nil }); err != nil || len(s) != 201 {
		t.Errorf("%v, %d", err, len(s))
	}
}

func TestJudge(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	ts := gauge.Targets{Rows: []gauge.Target{
		{ID: "slow", Of: "p99", Unit: "ms", Must: f(10), Aim: f(5)},
		{ID: "rate", Unit: "/s", Least: true, Must: f(100), Aim: f(200)},
		{ID: "told", Unit: "MB"},
		{ID: "absent", Unit: "MB", Must: f(1), Aim: f(1)},
	}}
	rows := ts.Judge([]gauge.Reading{{ID: "rate", Value: 150}, {ID: "stranger"}, {ID: "told", Value: 9}, {ID: "slow", P50: 1, P99: 10}})
	for i, want := range []struct {
		id           string
		figure       float64
		holds, aimed bool
	}{{"slow", 10, true, false}, {"rate", 150, true, false}, {"told", 9, true, true}} {
		if r := rows[i]; r.ID != want.id || r.Figure() != want.figure || r.Holds() != want.holds || r.Aimed() != want.aimed {
			t.Errorf("row %d: %+v", i, r)
		}
	}
	if len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
	if r := (gauge.Row{Reading: gauge.Reading{Value: 99}, Target: ts.Rows[1]}); r.Holds() {
		t.Error("99 of at least 100 holds")
	}
}

func TestLoadTargets(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code core.Code
	}{
		"good":       {`{"rows":[{"id":"a","unit":"ms","must":1,"aim":1}]}`, ""},
		"no unit":    {`{"rows":[{"id":"a"}]}`, core.InvalidInput},
		"half":       {`{"rows":[{"id":"a","unit":"ms","must":1}]}`, core.InvalidInput},
		"percentile": {`{"rows":[{"id":"a","unit":"ms","of":"p42"}]}`, core.InvalidInput},
		"no JSON":    {`{"rows":`, core.InvalidInput},
	} {
		_, err := gauge.LoadTargets(fstest.MapFS{"bench.json": {Data: []byte(c.text)}})
		if (c.code == "") != (err == nil) || err != nil && core.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := gauge.LoadTargets(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
}

func TestRun(t *testing.T) {
	var told []string
	probe := func(name string, err error) gauge.Probe {
		return gauge.Probe{Name: name, Run: func(context.Context) ([]gauge.Reading, error) { return []gauge.Reading{{ID: name}}, err }}
	}
	probes := []gauge.Probe{probe("a", nil), probe("b", nil), probe("c", core.Fail(core.DiskFull, "x", nil))}
	tell := func(n string) { told = append(told, n) }
	if rs, err := gauge.Run(t.Context(), probes, []string{"b"}, tell); err != nil || len(rs) != 1 || !slices.Equal(told, []string{"b"}) {
		t.Errorf("only b: %v, %v, %v", rs, err, told)
	}
	if _, err := gauge.Run(t.Context(), probes, []string{"z"}, tell); core.CodeOf(err) != core.NotFound || len(told) != 1 {
		t.Errorf("unknown: %v, %v", err, told)
	}
	if rs, err := gauge.Run(t.Context(), probes, nil, tell); core.CodeOf(err) != core.DiskFull || len(rs) != 2 {
		t.Errorf("what was measured before a failure is kept: %v, %v", rs, err)
	}
}
