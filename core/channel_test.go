package core

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestHealthIsMergedByField: an answer and callbacks each replace what is older
// than they are, field by field.
func TestHealthIsMergedByField(t *testing.T) {
	at := func(min int) time.Time { return time.Date(2026, 11, 24, 9, min, 0, 0, time.UTC) }
	var h Health
	h, _ = h.Told(QualityYellow, 2000, "RESTRICTED", at(10))
	h = h.Asked(Health{Quality: QualityGreen, Status: "CONNECTED", VerifiedName: "Bottega", CanSend: "LIMITED", At: at(20)})
	if h.Quality != QualityGreen || h.Limit != 2000 || len(h.Notes) != 1 || h.Status != "CONNECTED" || !h.At.Equal(at(20)) {
		t.Errorf("an answer without limit and notes took them back: %+v", h)
	}
	h, changed := h.Told(QualityRed, 0, "", at(15))
	if changed || h.Quality != QualityGreen {
		t.Errorf("a callback that came late: %+v", h)
	}
	h, changed = h.Told(QualityRed, 0, "", at(25))
	if !changed || h.Quality != QualityRed || h.Limit != 2000 {
		t.Errorf("a newer callback: %+v", h)
	}
	h = h.Asked(Health{Quality: QualityGreen, Limit: 10_000, At: at(24)})
	if h.Quality != QualityRed || h.Limit != 10_000 || h.VerifiedName != "Bottega" {
		t.Errorf("an answer asked before the callback came: %+v", h)
	}
	h = h.Asked(Health{CanSend: CanSendAll, At: at(30)})
	if len(h.Notes) != 0 || h.Quality != QualityRed || h.Limit != 10_000 {
		t.Errorf("a number that may send again: %+v", h)
	}
	h = h.Asked(Health{Quality: QualityGreen, At: at(30).AddDate(0, 0, -2)})
	if h.Quality != QualityGreen {
		t.Errorf("after the clock was set back two days: %+v", h)
	}
}

// TestCallbacksOfHealthInAnyOrder: the newest word of each field stands,
// whatever the order they come in.
func TestCallbacksOfHealthInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type told struct {
			q     Quality
			limit int
			min   int
		}
		n := rapid.IntRange(1, 8).Draw(t, "n")
		all := make([]told, n)
		for i := range all {
			all[i] = told{rapid.SampledFrom([]Quality{"", QualityGreen, QualityYellow, QualityRed}).Draw(t, "quality"), rapid.SampledFrom([]int{0, 250, 2000, -1}).Draw(t, "limit"), i}
		}
		play := func(order []told) (h Health) {
			for _, x := range order {
				h, _ = h.Told(x.q, x.limit, "", time.Unix(int64(60*x.min), 0))
			}
			return h
		}
		a, b := play(all), play(rapid.Permutation(all).Draw(t, "order"))
		if a.Quality != b.Quality || a.Limit != b.Limit {
			t.Fatalf("%+v in order, %+v else", a, b)
		}
	})
}
