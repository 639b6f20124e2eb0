package bird

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

var (
	_ core.Inspector  = (*Gateway)(nil)
	_ core.Subscriber = (*Gateway)(nil)
	_ core.HookReader = (*Gateway)(nil)
)

// probes are harmless questions, one for each scope that a key may have
// (bsp/bird.md 2): no call tells the scopes themselves.
func probes() []struct {
	scope  string
	path   []string
	needed bool
} {
	return []struct {
		scope  string
		path   []string
		needed bool
	}{
		{"whatsapp:read", []string{"whatsapp", "messages"}, true},
		{"whatsapp_management:read", []string{"whatsapp", "numbers"}, true},
		{"sms:read", []string{"sms", "messages"}, false},
	}
}

// Inspect tells the key's region and finds its scopes by asking. Bird's keys
// last until they are withdrawn.
func (g *Gateway) Inspect(ctx context.Context) (core.Key, error) {
	const op = "bird.Inspect"
	key, err := wire.Usable(ctx, op, g.key)
	if err != nil {
		return core.Key{}, err
	}
	k := core.Key{Endless: true, At: g.line.Now()}
	if m := keyForm.FindStringSubmatch(key.Reveal()); m != nil {
		k.Kind = m[1]
	}
	for _, p := range probes() {
		var list struct{}
		err := g.get(ctx, op, url.Values{"limit": {"1"}}, &list, p.path...)
		switch {
		case err == nil:
			k.Scopes = append(k.Scopes, p.scope)
		case p.needed && forbidden(err):
			k.Missing = append(k.Missing, p.scope)
		case p.needed || core.CodeOf(err) != core.ProviderRefused:
			return core.Key{}, err
		}
	}
	if len(k.Scopes) == 0 {
		return core.Key{}, core.Fail(core.ProviderRefused, op, &core.ProviderError{Code: "permission_error", Class: core.ClassAuth, Message: "the key has no scope for WhatsApp"})
	}
	return k, nil
}

// forbidden reports that a key is good but lacks the scope.
func forbidden(err error) bool {
	pe := core.ProviderErrorOf(err)
	return pe != nil && (pe.Code == "permission_error" || pe.Code == "http_403")
}

// events are what the webhook is made for (bsp/bird.md 5).
func events() []string {
	return []string{"whatsapp.received", "whatsapp.accepted", "whatsapp.sent", "whatsapp.delivered", "whatsapp.read", "whatsapp.failed", "whatsapp.rejected",
		"whatsapp.reacted", "whatsapp_suppression.created", "preference.granted", "preference.revoked"}
}

// endpoint is one of the workspace's webhooks.
type endpoint struct {
	ID     wire.Text   `json:"id"`
	URL    wire.Text   `json:"url"`
	Events []wire.Text `json:"events"`
	Status wire.Text   `json:"status"`
	Secret wire.Text   `json:"secret"` // when it is made, or turned
}

// Subscribe makes a webhook for the hook, or wakes and completes the one that
// there is. The key that Bird signs with is told once: where ours is not at
// hand the webhook gets a new one beside the old (which goes on for 24 h).
// Without an address nothing is asked: what comes in is polled.
func (g *Gateway) Subscribe(ctx context.Context, h core.Hook) (core.Hooked, error) {
	const op = "bird.Subscribe"
	if h.URL == "" {
		return core.Hooked{}, nil
	}
	es, err := g.endpoints(ctx, op)
	if err != nil {
		return core.Hooked{}, err
	}
	e := goingTo(es, h.URL)
	if e == nil {
		e = &endpoint{}
		body := map[string]any{"url": h.URL, "events": events(), "description": "bottega"}
		if err := g.write(ctx, op, http.MethodPost, body, e, "webhooks"); err != nil {
			return core.Hooked{}, err
		}
		if e.Secret == "" {
			return core.Hooked{}, core.Fail(core.ProviderRefused, op, errors.New("a webhook without a signing key"))
		}
		return core.Hooked{URL: h.URL, State: string(e.Status), Secret: core.Secret(e.Secret)}, nil
	}
	if !wire.ID(string(e.ID)) {
		return core.Hooked{}, core.Fail(core.ProviderRefused, op, errors.New("a webhook without an id"))
	}
	if body := e.change(); len(body) > 0 {
		if err := g.write(ctx, op, http.MethodPatch, body, e, "webhooks", string(e.ID)); err != nil {
			return core.Hooked{}, err
		}
	}
	out := core.Hooked{URL: h.URL, State: string(e.Status)}
	if !h.Known {
		var turned endpoint
		if err := g.write(ctx, op, http.MethodPost, nil, &turned, "webhooks", string(e.ID), "rotate-secret"); err != nil {
			return core.Hooked{}, err
		}
		out.Secret = core.Secret(turned.Secret)
	}
	return out, nil
}

// ReadHook tells how the webhook for h.URL stands; where there is none, which
// other address is told of messages.
func (g *Gateway) ReadHook(ctx context.Context, h core.Hook) (core.Hooked, error) {
	es, err := g.endpoints(ctx, "bird.ReadHook")
	if err != nil {
		return core.Hooked{}, err
	}
	e := goingTo(es, h.URL)
	if e == nil {
		i := slices.IndexFunc(es, func(e endpoint) bool { return slices.Contains(e.Events, "whatsapp.received") })
		if i < 0 {
			return core.Hooked{}, nil
		}
		e = &es[i]
	}
	return core.Hooked{URL: string(e.URL), State: string(e.Status), Missing: e.lacks()}, nil
}

// lacks are the events that a webhook is not told of.
func (e *endpoint) lacks() (out []string) {
	for _, v := range events() {
		if !slices.Contains(e.Events, wire.Text(v)) {
			out = append(out, v)
		}
	}
	return out
}

// change is what a webhook lacks: events, or its being awake.
func (e *endpoint) change() map[string]any {
	body := map[string]any{}
	if lacks := e.lacks(); len(lacks) > 0 {
		var all []string
		for _, v := range e.Events {
			all = append(all, string(v))
		}
		body["events"] = append(all, lacks...)
	}
	if e.Status == "paused" {
		body["status"] = "active"
	}
	return body
}

// goingTo finds the webhook with an address, nil when there is none.
func goingTo(es []endpoint, address string) *endpoint {
	for i := range es {
		if strings.TrimRight(string(es[i].URL), "/") == strings.TrimRight(address, "/") {
			return &es[i]
		}
	}
	return nil
}

// endpoints lists the workspace's webhooks.
func (g *Gateway) endpoints(ctx context.Context, op string) ([]endpoint, error) {
	q := url.Values{"limit": {pageSize}}
	var all []endpoint
	for range maxPages {
		var page struct {
			Data []endpoint `json:"data"`
			Next wire.Text  `json:"next_cursor"`
		}
		if err := g.get(ctx, op, q, &page, "webhooks"); err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if page.Next == "" || len(page.Data) == 0 {
			return all, nil
		}
		q.Set("starting_after", string(page.Next))
	}
	return nil, core.Fail(core.ProviderRefused, op, &core.ProviderError{Class: core.ClassUnknown, Message: "the list of webhooks does not end"})
}

// write changes something and reads the answer.
func (g *Gateway) write(ctx context.Context, op, method string, body, v any, path ...string) error {
	a, err := g.do(ctx, request{op: op, method: method, path: path, body: body})
	if err != nil {
		return err
	}
	c := wire.Call{Op: op}
	return c.JSON(a, v)
}
