package ui_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/health"
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
	if s := f.Status(t.Context()); s.Used != 0 {
		t.Errorf("a day later %+v", s)
	}
}

// two is a store of two channels.
type two struct {
	core.ChannelStore
	chs []core.Channel
}

func (s two) Channels(context.Context) ([]core.Channel, error) { return s.chs, nil }

// TestHeaderTellsOfKeysThatEnd: the key that ends first is told of in its last
// week.
func TestHeaderTellsOfKeysThatEnd(t *testing.T) {
	ends := func(days int) core.Channel {
		return core.Channel{Health: core.Health{Key: core.Key{Expires: factsNow.AddDate(0, 0, days), At: factsNow}}}
	}
	for name, tt := range map[string]struct {
		chs  []core.Channel
		ends int
		want ui.Receiver
	}{
		"far":  {[]core.Channel{ends(8), {}}, 0, ui.ReceiverLive},
		"near": {[]core.Channel{ends(6), ends(3)}, 3, ui.ReceiverLive},
	} {
		f := &ui.Facts{Channels: two{chs: tt.chs}, Now: func() time.Time { return factsNow }, Receives: true, KeyWarn: 7 * 24 * time.Hour}
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

// numbers are several channels.
type numbers struct {
	core.ChannelStore
	names []string
}

func (n numbers) Channels(context.Context) (chs []core.Channel, err error) {
	for _, name := range n.names {
		chs = append(chs, core.Channel{Name: name})
	}
	return chs, nil
}

// TestHeaderTellsTheWorst: of several numbers the one that is worst off is
// named, and the ways in are those of all; weeks of hours are not read again
// with every change.
func TestHeaderTellsTheWorst(t *testing.T) {
	since := factsNow.Add(-3 * time.Hour)
	type sign struct {
		sign health.Sign
		way  core.Way
	}
	for name, c := range map[string]struct {
		signs    []sign
		deaf     bool
		want     ui.Receiver
		on, ways string
	}{
		"all well":            {[]sign{{health.SignFine, core.ByCallback}, {health.SignFine, core.ByPolling}}, false, ui.ReceiverLive, "", "callback polling"},
		"asked only":          {[]sign{{health.SignFine, core.ByPolling}}, true, ui.ReceiverPolling, "", "polling"},
		"quiet is well":       {[]sign{{health.SignQuiet, core.ByTunnel}}, false, ui.ReceiverLive, "", "tunnel"},
		"one is silent":       {[]sign{{health.SignFine, core.ByPolling}, {health.SignSilent, core.ByCallback}}, false, ui.ReceiverSilent, "b", "callback polling"},
		"the only one":        {[]sign{{health.SignBlocked, core.ByCallback}}, false, ui.ReceiverBlocked, "", "callback"},
		"the worst":           {[]sign{{health.SignStale, core.ByPolling}, {health.SignBlocked, core.ByCallback}}, false, ui.ReceiverBlocked, "b", "callback polling"},
		"no port":             {[]sign{{health.SignOff, core.ByCallback}}, true, ui.ReceiverOff, "", "callback"},
		"before the first":    {[]sign{{health.SignOff, core.ByCallback}}, false, ui.ReceiverLive, "", "callback"},
		"no port, but asked":  {[]sign{{health.SignFine, core.ByBoth}}, true, ui.ReceiverLive, "", "both"},
		"a port, not ours":    {[]sign{{health.SignFine, core.ByCallback}}, true, ui.ReceiverOff, "", "callback"},
		"nothing can be read": {nil, false, ui.ReceiverLive, "", ""},
	} {
		n, looks := numbers{names: []string{"a", "b"}[:max(1, len(c.signs))]}, 0
		f := &ui.Facts{Channels: n, Now: func() time.Time { return factsNow }, Receives: !c.deaf, Look: func(_ context.Context, ch *core.Channel) (health.Verdict, health.Signals, error) {
			i := slices.Index(n.names, ch.Name)
			looks++
			if i >= len(c.signs) {
				return health.Verdict{}, health.Signals{}, core.Fail(core.Busy, "test", nil)
			}
			return health.Verdict{Sign: c.signs[i].sign, Since: since}, health.Signals{Way: c.signs[i].way}, nil
		}}
		for range 3 {
			s := f.Status(t.Context())
			if s.Receiver != c.want || s.SilentOn != c.on || s.Ways != c.ways || c.want == ui.ReceiverSilent && !s.SilentSince.Equal(since) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if looks != len(n.names) {
			t.Errorf("%s: looked %d times", name, looks)
		}
	}
}
