package bird

import (
	"context"
	"errors"
	"net/http"

	"bottega/bsp/wire"
	"bottega/core"
)

// sms is the body of POST sms/messages (bsp/bird.md 10).
type sms struct {
	To       string     `json:"to"`
	From     string     `json:"from"`
	Text     string     `json:"text"`
	Category string     `json:"category"`
	Options  smsOptions `json:"options"`
	Metadata metadata   `json:"metadata"`
}

type smsOptions struct {
	Smart bool `json:"smart_encoding"` // typographic quotes become plain ones, so that the text stays in the cheap alphabet
}

// SendSMS posts one plain message under the ref as idempotency key. It is
// transactional: nothing else falls back to SMS. Unsupported where the account
// names no sender, since a WhatsApp number need not be one.
func (g *Gateway) SendSMS(ctx context.Context, m core.SMS) (core.Accept, error) {
	const op = "bird.SendSMS"
	l := limits()
	if err := l.CheckSMS(op, m); err != nil {
		return core.Accept{}, err
	}
	if g.account.SMSFrom == "" {
		return core.Accept{}, core.Fail(core.Unsupported, op, errors.New("no sender of SMS is named"))
	}
	body := sms{To: string(m.To), From: g.account.SMSFrom, Text: m.Text, Category: "transactional", Options: smsOptions{Smart: true}, Metadata: metadata{Ref: m.Ref}}
	a, err := g.do(ctx, request{op: op, method: http.MethodPost, path: []string{"sms", "messages"}, body: body, send: true, once: onceKey(m.Ref, 0)})
	if err != nil {
		return core.Accept{}, err
	}
	var r resource
	c := wire.Call{Op: op}
	if wire.Lenient(a.Body, &r) != nil || r.ID == "" {
		return core.Accept{}, c.Unsure(a)
	}
	return core.Accept{ProviderID: string(r.ID), At: g.line.Now()}, nil
}
