package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/health"
)

// LimitWindow is how far back the number's limit counts people (P-40).
const LimitWindow = 24 * time.Hour

// Facts gathers what the header tells from the store. It is used by one
// query at a time.
type Facts struct {
	Channels core.ChannelStore
	Sent     core.DeliveryReader // nil leaves out the use of the limit
	Now      func() time.Time
	Shop     string
	Demo     bool
	Receives bool // callbacks are taken, here or by another bottega on the same data
	// KeyWarn is how long before its end a key is warned of; 0 never.
	KeyWarn time.Duration
	// Look judges how a channel receives; nil takes it for well.
	Look func(context.Context, *core.Channel) (health.Verdict, health.Signals, error)

	used  int
	asked time.Time

	looked time.Time // when way was found
	way    wayIn
}

// reached counts the people who got a template within LimitWindow: at most
// once a minute. Meta counts those outside
// an open window only, which nothing tells afterwards, so this is the most it
// can be.
func (f *Facts) reached(ctx context.Context) int {
	now := f.Now()
	if f.Sent == nil || now.Sub(f.asked).Abs() < time.Minute {
		return f.used
	}
	if n, err := f.Sent.Reached(ctx, now.Add(-LimitWindow)); err == nil {
		f.used, f.asked = n, now
	}
	return f.used
}

// Status reads the facts as they are now. What cannot be read is left out: the
// header is no place for an error.
func (f *Facts) Status(ctx context.Context) Status {
	s := Status{Shop: f.Shop, Demo: f.Demo}
	chs, err := f.Channels.Channels(ctx)
	if err != nil || len(chs) == 0 {
		return s
	}
	first := &chs[0]
	s.Number, s.Quality = first.Number, first.Health.Quality
	s.Used, s.Limit = f.reached(ctx), first.Health.Limit
	if s.Shop == "" {
		s.Shop = first.Health.VerifiedName
	}
	for i := range chs {
		if chs[i].State == core.Paused && s.Paused == "" {
			s.Paused = chs[i].PauseClass
		}
		if h := &chs[i].Health; !h.AwaySince.IsZero() && (s.AwaySince.IsZero() || h.AwaySince.Before(s.AwaySince)) {
			s.AwaySince, s.AwayWhy = h.AwaySince, h.AwayWhy
		}
		if k := chs[i].Health.Key; f.KeyWarn > 0 && k.RunsOut(f.Now(), f.KeyWarn) && (s.KeyEnds.IsZero() || k.Expires.Before(s.KeyEnds)) {
			s.KeyEnds = k.Expires
		}
	}
	w := f.receives(ctx, chs)
	s.Receiver, s.SilentSince, s.SilentOn, s.Ways = w.receiver, w.since, w.on, w.ways
	return s
}

// wayIn is how the channels receive, the worst of them first.
type wayIn struct {
	receiver Receiver
	since    time.Time
	on       string // the channel, where there are several
	ways     string // "callback polling"
}

// lookEvery is how often the way in is judged: it reads weeks of hours.
const lookEvery = 30 * time.Second

// receives judges the way in of all channels. What cannot be read is no alarm.
func (f *Facts) receives(ctx context.Context, chs []core.Channel) wayIn {
	now := f.Now()
	if !f.looked.IsZero() && now.Sub(f.looked).Abs() < lookEvery {
		return f.way
	}
	f.looked, f.way = now, wayIn{receiver: ReceiverLive}
	if f.Look == nil {
		if !f.Receives {
			f.way.receiver = ReceiverOff
		}
		return f.way
	}
	var ways []string
	polled := false
	for i := range chs {
		v, in, err := f.Look(ctx, &chs[i])
		if err != nil {
			continue
		}
		polled = (polled || len(ways) == 0) && in.Way == core.ByPolling
		if !slices.Contains(ways, string(in.Way)) {
			ways = append(ways, string(in.Way))
		}
		r := receiverOf(v.Sign, in.Way, f.Receives)
		if worse(r, f.way.receiver) {
			f.way.receiver, f.way.since = r, v.Since
			if len(chs) > 1 {
				f.way.on = chs[i].Name
			}
		}
	}
	if polled && f.way.receiver == ReceiverLive {
		f.way.receiver = ReceiverPolling
	}
	slices.Sort(ways)
	f.way.ways = strings.Join(ways, " ")
	return f.way
}

// receiverOf puts a sign into the header's words. receives tells that a port is
// open, before the first beat has said so.
func receiverOf(s health.Sign, way core.Way, receives bool) Receiver {
	switch s {
	case health.SignSilent:
		return ReceiverSilent
	case health.SignBlocked:
		return ReceiverBlocked
	case health.SignStale:
		return ReceiverStale
	case health.SignOff:
		if !receives && way.Calls() {
			return ReceiverOff
		}
	}
	if !receives && way == core.ByCallback {
		return ReceiverOff
	}
	return ReceiverLive
}

// worse reports whether a is a worse state than b.
func worse(a, b Receiver) bool {
	order := []Receiver{ReceiverLive, ReceiverPolling, ReceiverStale, ReceiverSilent, ReceiverBlocked, ReceiverOff}
	return slices.Index(order, a) > slices.Index(order, b)
}
