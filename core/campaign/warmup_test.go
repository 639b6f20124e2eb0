package campaign_test

import (
	"testing"
	"time"

	"bottega/core/campaign"
)

func TestWarmup(t *testing.T) {
	r := rules(t)
	day := func(n int) time.Time { return t0.Add(time.Duration(n) * 24 * time.Hour) }
	w := r.Next(campaign.Warmup{}, day(0), campaign.Green, 0)
	if w.Cap != 250 {
		t.Fatalf("%+v", w)
	}
	for i, c := range []struct {
		gauge campaign.Gauge
		sent  int
		want  int
	}{
		{campaign.Green, 250, 375}, {campaign.Green, 100, 375}, {campaign.Green, 200, 563}, {campaign.Yellow, 563, 563},
		{campaign.Green, 563, 845}, {campaign.Red, 845, 422}, {campaign.Red, 422, 250}, {campaign.Red, 250, 250}, {campaign.Green, 250, 375},
	} {
		if w = r.Next(w, day(i+1), c.gauge, c.sent); w.Cap != c.want {
			t.Fatalf("day %d, %s with %d sent: cap %d, want %d", i+1, c.gauge, c.sent, w.Cap, c.want)
		}
		if again := r.Next(w, day(i+1).Add(time.Hour), campaign.Green, 10_000); again != w {
			t.Fatalf("the same day again: %+v", again)
		}
	}
	if back := r.Next(w, day(2), campaign.Green, 10_000); back != w {
		t.Fatalf("the clock was set back: %+v", back)
	}
}

func TestGaugeOf(t *testing.T) {
	r := rules(t)
	for want, n := range map[campaign.Gauge][4]int{campaign.Red: {100, 15, 0, 20}, campaign.Yellow: {100, 14, 0, 4}, campaign.Green: {100, 14, 0, 5}} {
		if got := r.GaugeOf(n[0], n[1], n[2], n[3]); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
	if got := r.GaugeOf(1000, 0, 3, 100); got != campaign.Red {
		t.Errorf("three of a thousand blocked: %s (S-203)", got)
	}
	if got := r.GaugeOf(10, 5, 5, 0); got != campaign.Green {
		t.Errorf("ten messages tell nothing: %s", got)
	}
}
