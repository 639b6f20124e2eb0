package core_test

import (
	"testing"
	"time"

	"bottega/core"
)

func TestPromoSince(t *testing.T) {
	p := core.Policy{PromoRest: core.Duration(24 * time.Hour)}
	now := time.UnixMilli(1_800_000_000_000)
	since := p.PromoSince(now)
	for ago, want := range map[time.Duration]bool{0: true, 24*time.Hour - time.Millisecond: true, 24 * time.Hour: false} {
		if got := !now.Add(-ago).Before(since); got != want {
			t.Errorf("one %s ago keeps another away: %v", ago, got)
		}
	}
}
