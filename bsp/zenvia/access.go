package zenvia

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

var (
	_ core.Subscriber = (*Gateway)(nil)
	_ core.HookReader = (*Gateway)(nil)
)

// subscription is one kind of event and where it goes (bsp/zenvia.md 5).
type subscription struct {
	ID      wire.Text `json:"id"`
	Event   wire.Text `json:"eventType"`
	Status  wire.Text `json:"status"`
	Webhook struct {
		URL     wire.Text            `json:"url"`
		Headers map[string]wire.Text `json:"headers"`
	} `json:"webhook"`
	Criteria struct {
		Channel   wire.Text `json:"channel"`
		Direction wire.Text `json:"direction"`
	} `json:"criteria"`
}

// Address is the address that Zenvia is told: the channel's own with a last part
// that nobody guesses, since its callbacks are not signed.
func Address(address string, secret core.Secret) string {
	address = strings.TrimRight(address, "/")
	if key := PathKey(secret); !strings.HasSuffix(address, "/"+key) {
		address += "/" + key
	}
	return address
}

// Subscribe sends messages and their states to the hook, with our secret in a
// header. What stands there for our address is completed and woken, never made
// twice. Without an address there is nothing to subscribe: Zenvia tells nothing
// in any other way.
func (g *Gateway) Subscribe(ctx context.Context, h core.Hook) (core.Hooked, error) {
	const op = "zenvia.Subscribe"
	if h.URL == "" {
		return core.Hooked{}, nil
	}
	if h.Secret == "" {
		return core.Hooked{}, core.Fail(core.NoSecret, op, errors.New("no secret for the callbacks"))
	}
	address := Address(h.URL, h.Secret)
	out := core.Hooked{URL: h.URL, State: "ACTIVE"} // without the part that nobody guesses
	for _, event := range kinds() {
		s, err := g.hook(ctx, op, event, address, h.Secret)
		if err != nil {
			return core.Hooked{}, err
		}
		if s.Status != "ACTIVE" && s.Status != "" {
			out.State = string(s.Status)
		}
	}
	return out, nil
}

// hook sees that one kind of event goes to an address. A 409 says that somebody
// made the same meanwhile: then it is there (bsp/zenvia.md 3).
func (g *Gateway) hook(ctx context.Context, op, event, address string, secret core.Secret) (subscription, error) {
	s, err := g.hooked(ctx, op, event, address)
	if err != nil {
		return subscription{}, err
	}
	headers := map[string]string{SecretHeader: secret.Reveal()}
	if s == nil {
		criteria := map[string]string{"channel": "whatsapp"}
		if event == "MESSAGE" {
			criteria["direction"] = "IN" // OUT would be our own words again
		}
		body := map[string]any{"eventType": event, "webhook": map[string]any{"url": address, "headers": headers}, "criteria": criteria, "status": "ACTIVE", "version": "v2"}
		var made subscription
		a, err := g.do(ctx, request{op: op, method: http.MethodPost, path: []string{"subscriptions"}, body: body})
		if a.Status == http.StatusConflict {
			if s, err = g.hooked(ctx, op, event, address); err == nil && s == nil {
				err = core.Fail(core.Conflict, op, errors.New("another subscription stands in the way"))
			}
			if err != nil {
				return subscription{}, err
			}
			return *s, nil
		}
		if err == nil {
			c := wire.Call{Op: op}
			err = c.JSON(a, &made)
		}
		return made, err
	}
	if s.Status != "INACTIVE" && string(s.Webhook.Headers[SecretHeader]) == secret.Reveal() {
		return *s, nil
	}
	if !wire.ID(string(s.ID)) {
		return subscription{}, core.Fail(core.ProviderRefused, op, errors.New("a subscription without an id"))
	}
	body := map[string]any{"status": "ACTIVE", "webhook": map[string]any{"url": address, "headers": headers}}
	a, err := g.do(ctx, request{op: op, method: http.MethodPatch, path: []string{"subscriptions", string(s.ID)}, body: body})
	if err != nil {
		return subscription{}, err
	}
	var made subscription
	c := wire.Call{Op: op}
	return made, c.JSON(a, &made)
}

// ReadHook tells how the subscriptions for h.URL stand; where there are none,
// which other host is told of messages: the rest of such an address is
// somebody's secret.
func (g *Gateway) ReadHook(ctx context.Context, h core.Hook) (core.Hooked, error) {
	all, err := g.subscriptions(ctx, "zenvia.ReadHook")
	if err != nil {
		return core.Hooked{}, err
	}
	address := Address(h.URL, h.Secret)
	var out core.Hooked
	for _, event := range kinds() {
		s := find(all, event, address)
		switch {
		case h.URL == "" || s == nil:
			out.Missing = append(out.Missing, event)
			continue
		case string(s.Webhook.Headers[SecretHeader]) != h.Secret.Reveal():
			out.Missing = append(out.Missing, SecretHeader)
		}
		out.URL = h.URL
		if out.State == "" || s.Status != "ACTIVE" {
			out.State = string(s.Status)
		}
	}
	if out.URL != "" {
		return out, nil
	}
	for _, s := range all {
		u, err := url.Parse(string(s.Webhook.URL))
		if err == nil && s.Event == "MESSAGE" && s.Criteria.Channel == "whatsapp" {
			return core.Hooked{URL: u.Scheme + "://" + u.Host + "/…", State: string(s.Status)}, nil
		}
	}
	return core.Hooked{}, nil
}

// kinds are the events that we need to hear of.
func kinds() []string { return []string{"MESSAGE", "MESSAGE_STATUS"} }

// hooked finds the subscription of a kind of event with an address.
func (g *Gateway) hooked(ctx context.Context, op, event, address string) (*subscription, error) {
	all, err := g.subscriptions(ctx, op)
	return find(all, event, address), err
}

// subscriptions lists those of the account.
func (g *Gateway) subscriptions(ctx context.Context, op string) ([]subscription, error) {
	var all []subscription
	_, err := g.get(ctx, op, nil, &all, "subscriptions")
	return all, err
}

// find finds the subscription of WhatsApp's for a kind of event and an address.
func find(all []subscription, event, address string) *subscription {
	for i := range all {
		if s := &all[i]; string(s.Event) == event && s.Criteria.Channel == "whatsapp" && string(s.Webhook.URL) == address {
			return s
		}
	}
	return nil
}
