package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bottega/core/gauge"
)

func benchOf(t *testing.T, args ...string) (out, errs string, code int, got gauge.Options) {
	t.Helper()
	ptr := func(v float64) *float64 { return &v }
	ts := gauge.Targets{Date: "2026-11-24", Source: "here", Rows: []gauge.Target{
		{ID: "disk", Unit: "/s"}, {ID: "keys", Of: "p99", Unit: "ms", Must: ptr(16), Aim: ptr(12)},
		{ID: "send", Unit: "/s", Least: true, Must: ptr(1000), Aim: ptr(3000)}, {ID: "binary", Unit: "MB", Must: ptr(25), Aim: ptr(18)}}}
	var o, e bytes.Buffer
	h := Host{Out: &o, Err: &e, Crash: func(Globals, error) (string, bool) { return "", false }, Now: func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) },
		Bench: func(_ context.Context, opts gauge.Options, tell func(string)) (gauge.Report, error) {
			got = opts
			tell("keys")
			return gauge.Report{Machine: gauge.Machine{CPU: "Abacus", Cores: 2, System: "linux", Go: "go1"}, Targets: ts, Rows: ts.Judge([]gauge.Reading{
				{ID: "disk", Value: 9810}, {ID: "keys", Value: 7, P50: 7, P95: 10.6, P99: 11.5, N: 200}, {ID: "send", Value: 1500}, {ID: "binary", Value: 25.4}})}, nil
		}}
	code = Run(t.Context(), h, append([]string{"bench"}, args...))
	return o.String(), e.String(), code, got
}

// The table tells machine, figure, target and verdict; a miss is counted.
func TestBenchTable(t *testing.T) {
	out, errs, code, got := benchOf(t, "--lang", "en", "--quick", "--only", "keys", "--conversations", "5", "--messages", "7")
	if code != 0 || !strings.Contains(errs, "keys") {
		t.Errorf("exit %d, %q", code, errs)
	}
	if !got.Quick || len(got.Only) != 1 || got.Size != (gauge.Size{Conversations: 5, Messages: 7}) {
		t.Errorf("options %+v", got)
	}
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"Abacus, 2 cores", "2026-11-24", "per second 9,810 /s", "terminal, p99 11.5 ms 7 10.6 11.5 ≤ 16 ≤ 12 ✓ as aimed",
		"1,500 /s ≥ 1,000 ≥ 3,000 ✓ holds", "25.4 MB ≤ 25 ≤ 18 ✗ misses", "1 figure misses"} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestBenchJSON(t *testing.T) {
	out, _, code, _ := benchOf(t, "--json")
	var got benchJSON
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatalf("%v, exit %d: %s", err, code, out)
	}
	if got.Machine.Cores != 2 || len(got.Rows) != 4 || got.Rows[0].Must != nil || got.Rows[1].Value != 11.5 || *got.Rows[1].Must != 16 || got.Rows[3].Holds || !got.Rows[2].Holds || got.Rows[2].Aimed {
		t.Errorf("%+v", got)
	}
}

func TestBenchUsage(t *testing.T) {
	for _, args := range [][]string{{"--only", "dreams"}, {"--conversations", "-1"}, {"--messages", "1000000000"}, {"extra"}} {
		if _, errs, code, _ := benchOf(t, args...); code != 2 || errs == "" {
			t.Errorf("%v: exit %d, %q", args, code, errs)
		}
	}
}
