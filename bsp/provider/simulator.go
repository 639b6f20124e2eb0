package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"bottega/bsp/meta"
	"bottega/bsp/wire"
	"bottega/core"
)

// longestSMS and longestRef are what the simulator takes, as Twilio and Meta do.
const (
	longestSMS = 1600
	longestRef = 512
)

// simulator is the sandbox's account: Meta's language, and SMS beside it by an
// address of the simulator's own.
type simulator struct {
	*meta.Gateway
	account core.Account
	line    *wire.Line
	token   func(context.Context) (core.Secret, error)
}

var _ core.Texter = (*simulator)(nil)

// Capabilities are Meta's and SMS.
func (g *simulator) Capabilities() core.Capabilities {
	c := g.Gateway.Capabilities()
	c.SMS = true
	return c
}

// SendSMS posts one text.
func (g *simulator) SendSMS(ctx context.Context, m core.SMS) (core.Accept, error) {
	const op = "simulator.SendSMS"
	l := wire.Limits{SMS: longestSMS, Ref: longestRef}
	if err := l.CheckSMS(op, m); err != nil {
		return core.Accept{}, err
	}
	base, err := wire.Base(g.account.BaseURL)
	if err != nil {
		return core.Accept{}, core.Fail(core.InvalidInput, op, err)
	}
	token, err := wire.Usable(ctx, op, g.token)
	if err != nil {
		return core.Accept{}, err
	}
	body, err := json.Marshal(map[string]string{"to": string(m.To), "text": m.Text, "ref": m.Ref})
	if err != nil {
		return core.Accept{}, core.Fail(core.Internal, op, err)
	}
	c := wire.Call{Op: op, Method: http.MethodPost, URL: base.JoinPath("sms", url.PathEscape(g.account.PhoneNumberID), "messages"), Body: body, MIME: "application/json",
		Send: true, Secrets: []core.Secret{token}, Header: map[string]string{"Authorization": "Bearer " + token.Reveal()}}
	a, err := g.line.Do(ctx, c)
	if err != nil {
		return core.Accept{}, err
	}
	if !a.OK() {
		return core.Accept{}, g.refusal(c, a)
	}
	var said struct {
		ID wire.Text `json:"id"`
	}
	if wire.Lenient(a.Body, &said) != nil || said.ID == "" {
		return core.Accept{}, c.Unsure(a)
	}
	return core.Accept{ProviderID: string(said.ID), At: g.line.Now()}, nil
}

// refusal reads an error in Meta's form, by Meta's codes.
func (g *simulator) refusal(c wire.Call, a wire.Answer) error {
	var said struct {
		Error struct {
			Code  wire.Text `json:"code"`
			Words wire.Text `json:"message"`
		} `json:"error"`
	}
	if wire.Lenient(a.Body, &said) != nil || said.Error.Code == "" {
		return g.line.Refusal(c, a, nil, wire.Said{})
	}
	code, table := string(said.Error.Code), wire.Table{}
	if class, wait, known := meta.ClassOf(code); known {
		table[code] = wire.Rule{Class: class, Wait: wait}
	}
	return g.line.Refusal(c, a, table, wire.Said{Codes: []string{code}, Words: string(said.Error.Words)})
}
