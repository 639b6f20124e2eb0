package twilio

import (
	"context"

	"bottega/bsp/wire"
	"bottega/core"
)

var (
	_ core.Inspector  = (*Gateway)(nil)
	_ core.Subscriber = (*Gateway)(nil)
	_ core.HookReader = (*Gateway)(nil)
)

// Inspect tells what kind of account the token opens: an auth token may do
// everything and lasts until it is replaced, and a Trial account reaches
// verified numbers only.
func (g *Gateway) Inspect(ctx context.Context) (core.Key, error) {
	const op = "twilio.Inspect"
	var a struct {
		Type wire.Text `json:"type"`
	}
	if err := g.get(ctx, op, at(g.api, "2010-04-01", "Accounts", g.account.SID+".json"), &a); err != nil {
		return core.Key{}, err
	}
	return core.Key{Kind: wire.Scrub(string(a.Type)), Endless: true, At: g.line.Now()}, nil
}

// Subscribe gives the sender the address of the callbacks, of messages and of
// statuses alike (bsp/twilio.md 5). Without an address nothing is asked: what
// comes in is polled. A number that is not among the senders, such as the
// sandbox's, gets its address on Twilio's own page.
func (g *Gateway) Subscribe(ctx context.Context, h core.Hook) (core.Hooked, error) {
	const op = "twilio.Subscribe"
	if h.URL == "" {
		return core.Hooked{}, nil
	}
	s, err := g.hooks(ctx, op)
	switch {
	case err != nil || s == nil:
		return core.Hooked{ByHand: err == nil}, err
	case string(s.Webhook.URL) == h.URL && string(s.Webhook.StatusURL) == h.URL:
		return core.Hooked{URL: h.URL, State: "active"}, nil
	}
	body := map[string]any{"webhook": map[string]string{
		"callback_url": h.URL, "callback_method": "POST", "status_callback_url": h.URL, "status_callback_method": "POST",
	}}
	if _, err := g.postJSON(ctx, op, at(g.messaging, "v2", "Channels", "Senders", string(s.SID)), body); err != nil {
		return core.Hooked{}, err
	}
	return core.Hooked{URL: h.URL, State: "active"}, nil
}

// ReadHook tells where the sender's messages go. States are no question: each
// message names its own address for them. A number that is not among the
// senders is seen on Twilio's own page only.
func (g *Gateway) ReadHook(ctx context.Context, _ core.Hook) (core.Hooked, error) {
	s, err := g.hooks(ctx, "twilio.ReadHook")
	if err != nil || s == nil {
		return core.Hooked{ByHand: err == nil}, err
	}
	out := core.Hooked{URL: string(s.Webhook.URL)}
	if out.URL != "" {
		out.State = "active"
	}
	return out, nil
}

// hooks finds the channel's sender, whose addresses can be read and set; nil
// for a number that is none, such as the sandbox's, and for an account without
// this API.
func (g *Gateway) hooks(ctx context.Context, op string) (*sender, error) {
	s, err := g.sender(ctx, op)
	if absent(err) {
		return nil, nil
	}
	if err != nil || s == nil || !sid(string(s.SID), "XE") {
		return nil, err
	}
	return s, nil
}
