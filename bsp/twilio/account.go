package twilio

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// sender is one of Channels/Senders (bsp/twilio.md 5).
type sender struct {
	SID     wire.Text `json:"sid"`
	Status  wire.Text `json:"status"`
	Address wire.Text `json:"sender_id"`
	Profile struct {
		Name wire.Text `json:"name"`
	} `json:"profile"`
	Properties struct {
		Quality wire.Text `json:"quality_rating"`
		Limit   wire.Text `json:"messaging_limit"`
	} `json:"properties"`
	Offline wire.List `json:"offline_reasons"`
	Webhook struct {
		URL       wire.Text `json:"callback_url"`
		StatusURL wire.Text `json:"status_callback_url"`
	} `json:"webhook"`
}

// Health asks how the account and the number stand. A number that is not among
// the senders (the sandbox) has the account's standing only.
func (g *Gateway) Health(ctx context.Context) (core.Health, error) {
	const op = "twilio.Health"
	var account struct {
		Status wire.Text `json:"status"`
	}
	if err := g.get(ctx, op, at(g.api, "2010-04-01", "Accounts", g.account.SID+".json"), &account); err != nil {
		return core.Health{}, err
	}
	h := core.Health{Status: strings.ToUpper(string(account.Status)), CanSend: "AVAILABLE", At: g.line.Now()}
	if account.Status != "" && account.Status != "active" {
		h.CanSend = "BLOCKED"
		return h, nil
	}
	s, err := g.sender(ctx, op)
	if absent(err) {
		g.line.Log.Info("The number's own standing was not told", "code", core.ProviderErrorOf(err).Code)
		return h, nil // the token is good, which is what was asked
	}
	if err != nil || s == nil {
		return h, err
	}
	h.Status, h.VerifiedName = string(s.Status), string(s.Profile.Name)
	h.Number, _ = address(string(s.Address))
	h.Quality, h.Limit = quality(string(s.Properties.Quality)), limit(string(s.Properties.Limit))
	if !strings.HasPrefix(h.Status, "ONLINE") {
		h.CanSend = "BLOCKED"
	}
	for _, raw := range s.Offline {
		var r struct {
			Code    wire.Text `json:"code"`
			Message wire.Text `json:"message"`
		}
		if wire.Lenient(raw, &r) == nil {
			h.Notes = append(h.Notes, wire.Scrub(strings.TrimSpace(string(r.Code)+" "+string(r.Message))))
		}
	}
	return h, nil
}

// absent reports a refusal that says that the account does not have this part of
// the API: whatever is wrong with the request, since that is always the same
// one, but not an answer from somewhere else.
func absent(err error) bool {
	pe := core.ProviderErrorOf(err)
	return pe != nil && pe.Class == core.ClassInvalid && !strings.HasPrefix(pe.Code, "http_3")
}

// sender finds our number among the account's, nil when it is not there. With
// a messaging service, whose numbers are not named here, the first one counts.
func (g *Gateway) sender(ctx context.Context, op string) (*sender, error) {
	u := at(g.messaging, "v2", "Channels", "Senders")
	u.RawQuery = url.Values{"Channel": {"whatsapp"}, "PageSize": {"20"}}.Encode()
	for range maxPages {
		var page struct {
			Senders wire.List `json:"senders"`
			Meta    struct {
				Next wire.Text `json:"next_page_url"`
			} `json:"meta"`
		}
		if err := g.get(ctx, op, u, &page); err != nil {
			return nil, err
		}
		for _, raw := range page.Senders {
			var s sender
			if wire.Lenient(raw, &s) != nil {
				continue // cannot be: the page around it was valid JSON
			}
			if phone, _ := address(string(s.Address)); phone == g.number || g.number == "" {
				return &s, nil
			}
		}
		if page.Meta.Next == "" {
			return nil, nil
		}
		next, err := g.below(g.messaging, string(page.Meta.Next))
		if err != nil {
			return nil, core.Fail(core.ProviderRefused, op, err)
		}
		u = next
	}
	return nil, nil
}

// quality reads Twilio's words for Meta's colours.
func quality(w string) core.Quality {
	switch strings.ToUpper(w) {
	case "HIGH":
		return core.QualityGreen
	case "MEDIUM":
		return core.QualityYellow
	case "LOW":
		return core.QualityRed
	}
	return core.QualityUnknown
}

// limit reads the number at the beginning of "10K Customers/24hr"; -1 for
// unlimited, 0 for what cannot be read.
func limit(prose string) int {
	w, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(prose)), " ")
	if strings.HasPrefix(w, "UNLIMITED") {
		return -1
	}
	factor := 1
	for suffix, by := range map[string]int{"K": 1000, "M": 1_000_000} {
		if head, ok := strings.CutSuffix(w, suffix); ok {
			w, factor = head, by
		}
	}
	n, err := strconv.Atoi(strings.ReplaceAll(w, ",", ""))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n * factor
}

// Balance is what is left on the account; sends fail when it is used up.
func (g *Gateway) Balance(ctx context.Context) (core.Money, error) {
	const op = "twilio.Balance"
	var b struct {
		Balance  wire.Text `json:"balance"`
		Currency wire.Text `json:"currency"`
	}
	if err := g.get(ctx, op, g.own("Balance.json"), &b); err != nil {
		return core.Money{}, err
	}
	if _, ok := b.Balance.Float(); !ok || b.Currency == "" {
		return core.Money{}, core.Fail(core.ProviderRefused, op, errors.New("no balance in the answer"))
	}
	return core.Money{Amount: string(b.Balance), Currency: string(b.Currency)}, nil
}
