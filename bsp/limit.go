package bsp

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"

	"bottega/core"
)

type limited struct {
	core.Gateway
	lim *rate.Limiter
}

// Limit paces gw's sends with the channel's one limiter, which all its senders
// share; marks, media and reads pass freely. A wait that ctx ends, or that
// would outlast its deadline, is RateLimited and certainly not sent.
func Limit(gw core.Gateway, lim *rate.Limiter) core.Gateway { return limited{gw, lim} }

func (l limited) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	if err := l.lim.Wait(ctx); err != nil {
		pe := &core.ProviderError{Class: core.ClassRetry, Message: "waited for the channel's own pace"}
		return core.Accept{}, core.Fail(core.RateLimited, "bsp.Send", fmt.Errorf("%w: %w", pe, err))
	}
	return l.Gateway.Send(ctx, m)
}
