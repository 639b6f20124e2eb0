package connect

import (
	"context"
	"net/url"
	"strings"

	"bottega/core"
)

// Callbacks asks a channel's provider where its callbacks go, and changes
// nothing (S-102). Where they do not all go to the channel's own address the
// result says so; where the provider has no call for it, what to look at.
func (s *Service) Callbacks(ctx context.Context, ch core.Channel) Result {
	r := Result{Step: StepWebhook, State: Done}
	gw, err := s.Gateways(s.Keys).Gateway(ctx, ch)
	if err != nil {
		return r.unread(err)
	}
	if !ch.Way(gw.Capabilities().PollInbound).Calls() {
		r.State, r.Why = Skipped, WhyPolled
		return r
	}
	hook, err := s.hook(ctx, ch)
	if err != nil {
		return r.unread(err)
	}
	r.Paste = paste(ch)
	port, ok := core.Port[core.HookReader](gw)
	if !ok {
		r.State, r.Why = ToDo, WhyUnseen
		return r
	}
	got, err := port.ReadHook(ctx, hook)
	if err != nil {
		return r.unread(err)
	}
	r.Hook = &got
	switch {
	case got.URL == "" && got.ByHand:
		r.State, r.Why = ToDo, WhyUnseen
	case got.URL == "":
		r.State, r.Why = Warned, WhyNowhere
	case !leads(got.URL, ch):
		got.URL = bare(got.URL)
		r.State, r.Why = Warned, WhyOther
	case len(got.Missing) > 0:
		r.State, r.Why = Warned, WhyLacks
	case slow(got.State):
		r.State, r.Why = Warned, WhyState
	}
	return r
}

// unread is a question that was not answered.
func (r Result) unread(err error) Result {
	r.State, r.Why, r.Err = Failed, WhyUntold, err
	return r
}

// paste is what goes into the provider's page for a channel.
func paste(ch core.Channel) *Paste {
	return &Paste{Path: callbackPath(ch.Name), URL: ch.Account.PublicURL, Verify: ch.Provider == core.Meta}
}

func callbackPath(channel string) string { return "/webhooks/" + channel }

// leads reports whether an address is the channel's. Where ours is not known,
// one behind a tunnel say, its path must be the channel's at least.
func leads(address string, ch core.Channel) bool {
	if own := ch.Account.PublicURL; own != "" {
		return strings.TrimRight(address, "/") == strings.TrimRight(own, "/")
	}
	u, err := url.Parse(address)
	return err == nil && strings.HasSuffix(strings.TrimRight(u.Path, "/"), callbackPath(ch.Name))
}

// bare is somebody else's address without what may be a secret of theirs; of
// one that is none, nothing is told.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// slow reports a provider's word for callbacks that it holds back.
func slow(state string) bool {
	switch strings.ToLower(state) {
	case "paused", "degraded", "inactive":
		return true
	}
	return false
}
