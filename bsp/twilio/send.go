package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"bottega/bsp/wire"
	"bottega/core"
)

const sendOp = "twilio.Send"

// RefKey is the parameter of a status callback's address that carries our ref
// back: Twilio has no field for it (bsp/twilio.md 10).
const RefKey = "ref"

// Send posts one message. What Twilio would not take is refused before the
// network is touched. A template, and buttons that were never sent before, are
// looked up or made as a content first; that is no send. See core.Sender for
// what the error says about the outcome.
func (g *Gateway) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	l := limits()
	if err := l.Check(sendOp, m); err != nil {
		return core.Accept{}, err
	}
	form, err := g.form(ctx, m)
	if err != nil {
		return core.Accept{}, err
	}
	return g.post(ctx, sendOp, form)
}

// post hands a message in and reads what became of it.
func (g *Gateway) post(ctx context.Context, op string, form url.Values) (core.Accept, error) {
	c := wire.Call{Op: op}
	a, err := g.postForm(ctx, op, g.own("Messages.json"), form, true)
	if err != nil {
		return core.Accept{}, err
	}
	var r resource
	if err := wire.Lenient(a.Body, &r); err != nil || r.SID == "" {
		return core.Accept{}, c.Unsure(a)
	}
	if r.ErrorCode != "" && r.ErrorCode != "0" && (r.Status == "failed" || r.Status == "undelivered") {
		return core.Accept{}, g.line.Refusal(c, a, table(), wire.Said{Codes: []string{string(r.ErrorCode)}, Words: string(r.ErrorMessage)})
	}
	return core.Accept{ProviderID: string(r.SID), At: g.line.Now()}, nil
}

// form is the body of POST Messages.json (bsp/twilio.md 2).
func (g *Gateway) form(ctx context.Context, m core.Outgoing) (url.Values, error) {
	form := url.Values{}
	to := m.ToUser
	if m.To != "" {
		to = string(m.To)
	}
	form.Set("To", channelPrefix+to)
	switch {
	case sid(g.account.Service, "MG"):
		form.Set("MessagingServiceSid", g.account.Service)
	case wire.E164(string(g.number)):
		form.Set("From", channelPrefix+string(g.number))
	default:
		return nil, core.Fail(core.InvalidInput, sendOp, errors.New("neither a number nor a messaging service to send from"))
	}
	if err := g.callback(form, m.Ref); err != nil {
		return nil, err
	}
	switch m.Type {
	case core.TypeTemplate:
		return form, g.template(ctx, form, m.Template)
	case core.TypeLocation:
		p := m.Location
		form.Set("PersistentAction", fmt.Sprintf("geo:%s,%s|%s", degrees(p.Lat), degrees(p.Lon), label(p)))
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker:
		if !wire.Link(m.Media.URL) {
			return nil, core.Fail(core.BadMedia, sendOp, errors.New("only a file with a public web address can be sent"))
		}
		form.Set("MediaUrl", m.Media.URL)
		if caption := wire.Caption(m.Content); caption != "" {
			form.Set("Body", caption)
		}
	case core.TypeReaction:
		return nil, core.Fail(core.InvalidInput, sendOp, errors.New("reactions cannot be sent"))
	default:
		if len(m.Buttons) == 0 {
			form.Set("Body", m.Text)
			return form, nil
		}
		id, err := g.buttons(ctx, m.Text, m.Buttons)
		if err != nil {
			return nil, err
		}
		form.Set("ContentSid", id)
	}
	return form, nil
}

// callback gives the message an address of its own for its statuses.
func (g *Gateway) callback(form url.Values, ref string) error {
	if g.account.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(g.account.PublicURL)
	if err != nil || u.Host == "" {
		return core.Fail(core.InvalidInput, sendOp, errors.New("public address of the callbacks cannot be read"))
	}
	q := u.Query()
	q.Set(RefKey, ref)
	u.RawQuery, u.Fragment = q.Encode(), ""
	form.Set("StatusCallback", u.String())
	return nil
}

// template fills a content with the values of a call.
func (g *Gateway) template(ctx context.Context, form url.Values, t *core.TemplateCall) error {
	c, err := g.find(ctx, t.Name, t.Language)
	if err != nil {
		return err
	}
	vars, err := c.fill(t)
	if err != nil {
		return err
	}
	form.Set("ContentSid", c.sid)
	if len(vars) == 0 {
		return nil
	}
	b, err := json.Marshal(vars)
	if err != nil {
		return core.Fail(core.Internal, sendOp, err)
	}
	form.Set("ContentVariables", string(b))
	return nil
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func label(p *core.Location) string {
	switch {
	case p.Name == "":
		return p.Address
	case p.Address == "":
		return p.Name
	}
	return p.Name + ", " + p.Address
}

// Upload is not offered: Twilio fetches files from the web (bsp/twilio.md 8).
func (g *Gateway) Upload(context.Context, core.MediaFile) (string, error) {
	return "", wire.NoUpload("twilio.Upload")
}
