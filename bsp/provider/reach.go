package provider

import (
	"context"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// Reach asks a channel's provider how the number stands, and on the way what
// time it is there: even a refusal tells that. Health.Key is what the provider
// tells of the key at this moment, where it does.
func (s *Set) Reach(ctx context.Context, ch core.Channel, wait time.Duration) (core.Reached, error) {
	gw, err := s.Gateway(ctx, ch)
	if err != nil {
		return core.Reached{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var dates wire.Dates
	var r core.Reached
	r.Health, err = gw.Health(wire.Noting(ctx, &dates))
	r.Skew, r.Timed = dates.Skew()
	if port, ok := core.Port[core.Inspector](gw); ok && err == nil {
		if k, kerr := port.Inspect(ctx); kerr == nil {
			r.Health.Key = k
		} else { // the number's own answer counts; what the key may do stays unknown
			s.Log.Info("The key was not told of", "channel", ch.ID, "code", core.CodeOf(kerr))
		}
	}
	return r, err
}
