package provider

import (
	"context"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// Reach asks a channel's provider how the number stands, and on the way what
// time it is there: even a refusal tells that.
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
	return r, err
}
