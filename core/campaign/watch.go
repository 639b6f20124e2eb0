package campaign

import (
	"context"
	"strings"

	"bottega/core"
)

// Watched are gateways whose traffic the runner sees: what others send than
// campaigns counts as well, and a provider that asks for less is heard at once.
// Put it between the outbox and the real ones.
type Watched struct {
	core.Gateways
	Runner *Runner
}

// Gateway finds a channel's gateway and watches what it sends.
func (w Watched) Gateway(ctx context.Context, ch core.Channel) (core.Gateway, error) {
	g, err := w.Gateways.Gateway(ctx, ch)
	if err != nil {
		return nil, err
	}
	return watched{g, w.Runner, ch.ID}, nil
}

type watched struct {
	core.Gateway
	runner  *Runner
	channel int64
}

// Unwrap gives core.Port what is beneath: SMS and other ports are not watched.
func (g watched) Unwrap() core.Gateway { return g.Gateway }

// Send counts a message when the provider took it, or may have.
func (g watched) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	a, err := g.Gateway.Send(ctx, m)
	pe := core.ProviderErrorOf(err)
	if !isRef(m.Ref) && (err == nil || pe != nil && pe.Uncertain) { // the runner counted campaigns when it handed them over
		g.runner.Count(g.channel, 0, false)
	}
	if pe != nil && pe.Class == core.ClassThrottle {
		g.runner.Slow(g.channel, pe.RetryAfter)
	}
	return a, err
}

// isRef reports whether a reference is a recipient's; see Recipient.Ref.
func isRef(ref string) bool {
	return strings.HasPrefix(ref, "c") && strings.Count(ref, ":") == 2
}
