package ui_test

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui"
)

// ledger is a store of one channel and some sent messages.
type ledger struct {
	core.ChannelStore
	sent  []core.Delivery
	asked int
}

func (l *ledger) Channels(context.Context) ([]core.Channel, error) {
	return []core.Channel{{ID: 1, Number: "+390555550100", Health: core.Health{Quality: core.QualityGreen, Limit: 250, VerifiedName: "Ferramenta"},
		LastCallbackAt: factsNow.Add(-time.Minute)}}, nil
}

func (l *ledger) Deliveries(_ context.Context, since time.Time, yield func(core.Delivery) bool) error {
	l.asked++
	for _, d := range l.sent {
		if !d.At.Before(since) && !yield(d) {
			return nil
		}
	}
	return nil
}

var factsNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func TestHeaderCountsPeopleReached(t *testing.T) {
	now := factsNow
	l := &ledger{sent: []core.Delivery{
		{Phone: "+391", Template: true, State: core.Read, At: now.Add(-time.Hour)},
		{Phone: "+391", Template: true, State: core.Sent, At: now.Add(-2 * time.Hour)}, // the same person
		{UserID: "IT.2", Template: true, State: core.Accepted, At: now.Add(-3 * time.Hour)},
		{Phone: "+393", Template: true, State: core.Failed, At: now.Add(-time.Hour)},
		{Phone: "+394", Template: true, State: core.Queued, At: now.Add(-time.Hour)},
		{Phone: "+395", State: core.Read, At: now.Add(-time.Hour)}, // an answer
		{Phone: "+396", Template: true, State: core.Read, At: now.Add(-25 * time.Hour)},
	}}
	f := &ui.Facts{Channels: l, Sent: l, Now: func() time.Time { return now }, Receives: true}
	for range 3 {
		s := f.Status(t.Context())
		if s.Used != 2 || s.Limit != 250 || s.Shop != "Ferramenta" || s.Receiver != ui.ReceiverLive {
			t.Fatalf("%+v", s)
		}
	}
	if l.asked != 1 {
		t.Errorf("%d reads within a minute", l.asked)
	}
	now = now.Add(26 * time.Hour)
	if s := f.Status(t.Context()); s.Used != 0 || s.Receiver != ui.ReceiverSilent {
		t.Errorf("a day later %+v", s)
	}
}
