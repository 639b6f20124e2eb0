package ui

import (
	"context"
	"time"

	"bottega/core"
)

// Silence is how long a number may hear nothing before the header wonders: a
// day, since a small shop's night and slow morning are shorter.
const Silence = 24 * time.Hour

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
	// Polled reports whether a channel's provider is asked for what came in; nil
	// means that none is.
	Polled func(ctx context.Context, ch core.Channel) bool

	used  int
	asked time.Time
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
	heard, called := time.Time{}, false
	for i := range chs {
		called = called || f.Polled == nil || !f.Polled(ctx, chs[i])
		if chs[i].State == core.Paused && s.Paused == "" {
			s.Paused = chs[i].PauseClass
		}
		if h := &chs[i].Health; !h.AwaySince.IsZero() && (s.AwaySince.IsZero() || h.AwaySince.Before(s.AwaySince)) {
			s.AwaySince, s.AwayWhy = h.AwaySince, h.AwayWhy
		}
		if k := chs[i].Health.Key; f.KeyWarn > 0 && k.RunsOut(f.Now(), f.KeyWarn) && (s.KeyEnds.IsZero() || k.Expires.Before(s.KeyEnds)) {
			s.KeyEnds = k.Expires
		}
		if chs[i].LastCallbackAt.After(heard) {
			heard = chs[i].LastCallbackAt
		}
	}
	switch {
	case !called: // silence says nothing where we ask ourselves
		s.Receiver = ReceiverPolling
	case !f.Receives:
		s.Receiver = ReceiverOff
	case !heard.IsZero() && f.Now().Sub(heard) > Silence:
		s.Receiver, s.SilentSince = ReceiverSilent, heard
	default:
		s.Receiver = ReceiverLive
	}
	return s
}
