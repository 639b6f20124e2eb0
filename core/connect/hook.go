package connect

import (
	"context"
	"errors"

	"bottega/core"
)

// Subscribe asks the address of a channel's callbacks whether it is ours, then
// tells the provider of it. Nothing here is an error: the number is connected,
// and what is left to do stands in the results.
func (s *Service) Subscribe(ctx context.Context, ch core.Channel, tell func(Result)) {
	gw, err := s.Gateways(s.Keys).Gateway(ctx, ch)
	if err != nil {
		tell(Result{Step: StepWebhook, State: Failed, Why: WhyRefused, Err: err})
		return
	}
	if !ch.Way(gw.Capabilities().PollInbound).Calls() {
		tell(Result{Step: StepWebhook, State: Skipped, Why: WhyPolled})
		return
	}
	hook, err := s.hook(ctx, ch)
	if err != nil {
		tell(Result{Step: StepWebhook, State: Failed, Why: WhyRefused, Err: err})
		return
	}
	if hook.URL != "" && s.Reach != nil {
		tell(s.reach(ctx, ch, hook))
	}
	tell(s.subscribe(ctx, gw, ch, hook))
}

// hook is where a channel's callbacks go and what goes along.
func (s *Service) hook(ctx context.Context, ch core.Channel) (core.Hook, error) {
	h := core.Hook{URL: ch.Account.PublicURL}
	field := hookField(ch.Provider)
	if field == "" {
		return h, nil
	}
	v, err := s.optional(ctx, ch.Name, field)
	switch {
	case core.CodeOf(err) != core.NotFound:
		h.Secret, h.Known = v, err == nil
		return h, err
	case ch.Provider == core.Zenvia && h.URL != "": // it sends what we make up
		h.Secret, h.Known = s.NewSecret(), true
		return h, s.Keys.Set(ctx, ch.Name, field, h.Secret)
	}
	return h, nil
}

// hookField is the secret that goes along with an address of callbacks; "" for
// a provider that signs with the token itself.
func hookField(p core.ProviderName) string {
	switch p {
	case core.Meta, core.Sandbox:
		return "verify_token"
	case core.Twilio:
		return ""
	}
	return "webhook_secret"
}

func (s *Service) reach(ctx context.Context, ch core.Channel, hook core.Hook) Result {
	r := Result{Step: StepAddress, State: Done}
	q := Question{URL: hook.URL}
	if ch.Provider == core.Meta || ch.Provider == core.Sandbox {
		q.Verify = hook.Secret
	}
	got, err := s.Reach(ctx, q)
	r.Reached = &got
	if why, ok := errors.AsType[*Unreached](err); ok {
		r.State, r.Why, r.Err = Warned, why.Why, err // the provider may reach what we, from within, do not
	} else if err != nil {
		r.State, r.Why, r.Err = Warned, WhyUnreached, err
	}
	return r
}

func (s *Service) subscribe(ctx context.Context, gw core.Gateway, ch core.Channel, hook core.Hook) Result {
	r := Result{Step: StepWebhook, State: Done}
	paste := paste(ch)
	paste.URL = hook.URL
	if ch.Provider == core.Meta || ch.Provider == core.Zenvia { // the others make up their own, or have no page
		paste.Token, paste.Field = hook.Secret, hookField(ch.Provider)
	}
	port, ok := core.Port[core.Subscriber](gw)
	if !ok {
		r.State, r.Why, r.Paste = ToDo, WhyPaste, paste
		return r
	}
	got, err := port.Subscribe(ctx, hook)
	if pe := core.ProviderErrorOf(err); pe != nil && pe.Code == "2200" {
		r.State, r.Why, r.Paste, r.Err = ToDo, WhyHandshake, paste, err
		return r
	}
	if err != nil {
		r.State, r.Why, r.Err = Failed, WhyRefused, err
		return r
	}
	r.Hook = &got
	if got.Secret != "" {
		if err := s.Keys.Set(ctx, ch.Name, "webhook_secret", got.Secret); err != nil {
			r.State, r.Why, r.Err = Failed, WhyRefused, err
			return r
		}
	}
	switch {
	case got.URL == "" && hook.URL == "" && ch.Provider != core.Meta && ch.Provider != core.Sandbox:
		r.State, r.Why, r.Paste = ToDo, WhyNoAddress, paste
	case got.ByHand && (ch.Provider != core.Sandbox || got.URL == ""): // the simulator has no page
		r.State, r.Why, r.Paste = ToDo, WhyPaste, paste
	case slow(got.State):
		r.State, r.Why = Warned, WhyState
	}
	return r
}
