package zenvia

import (
	"context"
	"errors"
	"net/http"

	"bottega/core"
)

// SendSMS posts one plain message from the account's alias (bsp/zenvia.md 8).
// Unsupported where the account names none. A repetition would be a second
// message, so whatever may have arrived stays open (Uncertain).
func (g *Gateway) SendSMS(ctx context.Context, m core.SMS) (core.Accept, error) {
	const op = "zenvia.SendSMS"
	l := limits()
	if err := l.CheckSMS(op, m); err != nil {
		return core.Accept{}, err
	}
	if g.smsFrom == "" {
		return core.Accept{}, core.Fail(core.Unsupported, op, errors.New("no sender of SMS is named"))
	}
	body := message{From: g.smsFrom, To: digits(m.To), Ref: m.Ref, Contents: []any{textContent{"text", m.Text}}}
	return g.post(ctx, op, "sms", body)
}

// post hands a message in and reads what became of it.
func (g *Gateway) post(ctx context.Context, op, channel string, body message) (core.Accept, error) {
	a, err := g.do(ctx, request{op: op, method: http.MethodPost, path: []string{"channels", channel, "messages"}, body: body, send: true})
	if err != nil {
		return core.Accept{}, err
	}
	return g.taken(op, a)
}
