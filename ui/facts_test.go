package ui_test

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui"
)

// ledger is a store of one channel from which people were reached.
type ledger struct {
	core.ChannelStore
	core.DeliveryReader
	since []time.Time // what was asked
}

func (l *ledger) Channels(context.Context) ([]core.Channel, error) {
	return []core.Channel{{ID: 1, Number: "+390555550100", Health: core.Health{Quality: core.QualityGreen, Limit: 250, VerifiedName: "Ferramenta"},
		LastCallbackAt: factsNow.Add(-time.Minute)}}, nil
}

func (l *ledger) Reached(_ context.Context, since time.Time) (int, error) {
	l.since = append(l.since, since)
	if since.After(factsNow) {
		return 0, nil
	}
	return 2, nil
}

var factsNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func TestHeaderCountsPeopleReached(t *testing.T) {
	now := factsNow
	l := &ledger{}
	f := &ui.Facts{Channels: l, Sent: l, Now: func() time.Time { return now }, Receives: true}
	for range 3 {
		s := f.Status(t.Context())
		if s.Used != 2 || s.Limit != 250 || s.Shop != "Ferramenta" || s.Receiver != ui.ReceiverLive {
			t.Fatalf("%+v", s)
		}
	}
	if len(l.since) != 1 || !l.since[0].Equal(now.Add(-24*time.Hour)) {
		t.Errorf("within a minute it asked for the people since %v", l.since)
	}
	now = now.Add(26 * time.Hour)
	if s := f.Status(t.Context()); s.Used != 0 || s.Receiver != ui.ReceiverSilent {
		t.Errorf("a day later %+v", s)
	}
}
