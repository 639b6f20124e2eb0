package twilio

import (
	"context"
	"errors"
	"net/url"

	"bottega/bsp/wire"
	"bottega/core"
)

// smsSender is what SMS come from: the sender that the account names, its
// messaging service, or the number itself, which Twilio sells for both; ""
// when there is none.
func (g *Gateway) smsSender() string {
	switch {
	case g.account.SMSFrom != "":
		return g.account.SMSFrom
	case sid(g.account.Service, "MG"):
		return g.account.Service
	case wire.E164(string(g.number)):
		return string(g.number)
	}
	return ""
}

// SendSMS posts one plain message: the call of Send without WhatsApp's prefix
// (bsp/twilio.md 2). Its statuses come to the same address as the others', with
// our ref in it.
func (g *Gateway) SendSMS(ctx context.Context, m core.SMS) (core.Accept, error) {
	const op = "twilio.SendSMS"
	l := limits()
	if err := l.CheckSMS(op, m); err != nil {
		return core.Accept{}, err
	}
	form, from := url.Values{"To": {string(m.To)}, "Body": {m.Text}}, g.smsSender()
	switch {
	case from == "":
		return core.Accept{}, core.Fail(core.Unsupported, op, errors.New("no number, name or messaging service to send SMS from"))
	case sid(from, "MG"):
		form.Set("MessagingServiceSid", from)
	default:
		form.Set("From", from)
	}
	if err := g.callback(form, m.Ref); err != nil {
		return core.Accept{}, err
	}
	return g.post(ctx, op, form)
}
