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

// two is a store of two channels.
type two struct {
	core.ChannelStore
	chs []core.Channel
}

func (s two) Channels(context.Context) ([]core.Channel, error) { return s.chs, nil }

// TestHeaderTellsKeysAndPolling: the key that ends first is told of in its last
// week, and a shop that asks all its providers is never silent.
func TestHeaderTellsKeysAndPolling(t *testing.T) {
	ends := func(days int) core.Channel {
		return core.Channel{Health: core.Health{Key: core.Key{Expires: factsNow.AddDate(0, 0, days), At: factsNow}}}
	}
	for name, tt := range map[string]struct {
		chs    []core.Channel
		polled func(context.Context, core.Channel) bool
		ends   int
		want   ui.Receiver
	}{
		"far":     {[]core.Channel{ends(8), {}}, nil, 0, ui.ReceiverLive},
		"near":    {[]core.Channel{ends(6), ends(3)}, nil, 3, ui.ReceiverLive},
		"polling": {[]core.Channel{{Provider: core.Bird, LastCallbackAt: factsNow.AddDate(0, 0, -3)}}, func(context.Context, core.Channel) bool { return true }, 0, ui.ReceiverPolling},
		"both":    {[]core.Channel{{Provider: core.Bird}, {Provider: core.Meta, LastCallbackAt: factsNow.AddDate(0, 0, -3)}}, func(_ context.Context, ch core.Channel) bool { return ch.Provider == core.Bird }, 0, ui.ReceiverSilent},
	} {
		f := &ui.Facts{Channels: two{chs: tt.chs}, Now: func() time.Time { return factsNow }, Receives: true, KeyWarn: 7 * 24 * time.Hour, Polled: tt.polled}
		s := f.Status(t.Context())
		want := time.Time{}
		if tt.ends > 0 {
			want = factsNow.AddDate(0, 0, tt.ends)
		}
		if !s.KeyEnds.Equal(want) || s.Receiver != tt.want {
			t.Errorf("%s: %v, %s", name, s.KeyEnds, s.Receiver)
		}
	}
}
