package ui

import (
	"context"
	"time"

	"bottega/core"
)

// Silence is how long a number may hear nothing before the header wonders: a
// day, since a small shop's night and slow morning are shorter.
const Silence = 24 * time.Hour

// Facts gathers what the header tells from the store.
type Facts struct {
	Channels core.ChannelStore
	Now      func() time.Time
	Shop     string
	Demo     bool
	Receives bool // callbacks are taken, here or by another bottega on the same data
}

// Status reads the facts as they are now. What cannot be read is left out: the
// header is no place for an error.
func (f Facts) Status(ctx context.Context) Status {
	s := Status{Shop: f.Shop, Demo: f.Demo}
	chs, err := f.Channels.Channels(ctx)
	if err != nil || len(chs) == 0 {
		return s
	}
	first := &chs[0]
	s.Number, s.Quality = first.Number, first.Health.Quality
	if s.Shop == "" {
		s.Shop = first.Health.VerifiedName
	}
	heard := time.Time{}
	for i := range chs {
		if chs[i].State == core.Paused && s.Paused == "" {
			s.Paused = chs[i].PauseClass
		}
		if chs[i].LastCallbackAt.After(heard) {
			heard = chs[i].LastCallbackAt
		}
	}
	switch {
	case !f.Receives:
		s.Receiver = ReceiverOff
	case !heard.IsZero() && f.Now().Sub(heard) > Silence:
		s.Receiver, s.SilentSince = ReceiverSilent, heard
	default:
		s.Receiver = ReceiverLive
	}
	return s
}
