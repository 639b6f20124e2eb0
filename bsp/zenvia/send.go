package zenvia

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

const sendOp = "zenvia.Send"

// maxUpload bounds one uploaded file (bsp/zenvia.md 2).
const maxUpload = 64 << 20

// message is the body of a send: always one content, so that one message here
// is one there (bsp/zenvia.md 2).
type message struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Ref      string `json:"externalId"`
	ReplyTo  string `json:"idRef,omitempty"`
	Contents []any  `json:"contents"`
}

type textContent struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type fileContent struct {
	Type    string `json:"type"`
	URL     string `json:"fileUrl"`
	MIME    string `json:"fileMimeType,omitempty"`
	Name    string `json:"fileName,omitempty"`
	Caption string `json:"fileCaption,omitempty"`
}

type placeContent struct {
	Type      string  `json:"type"`
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

type buttonContent struct {
	Type    string        `json:"type"`
	Body    string        `json:"body"`
	Buttons []core.Button `json:"buttons"`
}

type templateContent struct {
	Type   string            `json:"type"`
	ID     string            `json:"templateId"`
	Fields map[string]string `json:"fields"`
}

// Send posts one message. A template is looked up by its name first. Zenvia
// takes a repetition as a second message, so whatever may have arrived stays
// open (Uncertain).
func (g *Gateway) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	l := limits()
	if err := l.Check(sendOp, m); err != nil {
		return core.Accept{}, err
	}
	if !wire.E164(string(g.number)) {
		return core.Accept{}, core.Fail(core.InvalidInput, sendOp, errors.New("no number to send from"))
	}
	c, err := g.content(ctx, m)
	if err != nil {
		return core.Accept{}, err
	}
	body := message{From: digits(g.number), To: digits(m.To), Ref: m.Ref, Contents: []any{c}}
	if m.To == "" {
		body.To = m.ToUser
	}
	if len(body.To) > 64 {
		return core.Accept{}, core.Fail(core.InvalidInput, sendOp, errors.New("user id is longer than 64 characters"))
	}
	if m.Type != core.TypeTemplate {
		body.ReplyTo = m.ReplyTo
	}
	return g.post(ctx, sendOp, "whatsapp", body)
}

// taken reads the id of a message that Zenvia took.
func (g *Gateway) taken(op string, a wire.Answer) (core.Accept, error) {
	var r struct {
		ID wire.Text `json:"id"`
	}
	call := wire.Call{Op: op}
	if wire.Lenient(a.Body, &r) != nil || r.ID == "" {
		return core.Accept{}, call.Unsure(a)
	}
	return core.Accept{ProviderID: string(r.ID), At: g.line.Now()}, nil
}

// digits is a number as Zenvia writes it: without the plus sign.
func digits(p core.Phone) string { return strings.TrimPrefix(string(p), "+") }

func (g *Gateway) content(ctx context.Context, m core.Outgoing) (any, error) {
	switch m.Type {
	case core.TypeTemplate:
		t, err := g.find(ctx, m.Template.Name, m.Template.Language)
		if err != nil {
			return nil, err
		}
		return t.fill(m.Template)
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker:
		link := fileLink(m.Media)
		if link == "" {
			return nil, core.Fail(core.BadMedia, sendOp, errors.New("file has no web address"))
		}
		c := fileContent{Type: "file", URL: link, MIME: m.Media.MIME, Caption: wire.Caption(m.Content)}
		if m.Type == core.TypeDocument {
			c.Name = m.Media.Filename
		}
		return c, nil
	case core.TypeLocation:
		p := m.Location
		return placeContent{"location", p.Lat, p.Lon, p.Name, p.Address}, nil
	case core.TypeReaction:
		return nil, core.Fail(core.InvalidInput, sendOp, errors.New("reactions cannot be sent"))
	}
	if len(m.Buttons) > 0 {
		return buttonContent{"button", m.Text, m.Buttons}, nil
	}
	return textContent{"text", m.Text}, nil
}

// fileLink is a file's address: an uploaded file's id is its address here.
func fileLink(m *core.Media) string {
	for _, s := range []string{m.ID, m.URL} {
		if wire.Link(s) {
			return s
		}
	}
	return ""
}

// Upload stores a file at Zenvia and returns its address, which is what a
// message refers to. TooLarge and BadMedia are found first.
func (g *Gateway) Upload(ctx context.Context, f core.MediaFile) (string, error) {
	const op = "zenvia.Upload"
	switch {
	case f.Size > maxUpload:
		return "", core.Fail(core.TooLarge, op, fmt.Errorf("file has %d bytes, at most %d", f.Size, maxUpload))
	case f.Size <= 0 || f.Body == nil || f.MIME == "":
		return "", core.Fail(core.BadMedia, op, errors.New("a file without content or type"))
	}
	f.Body = io.LimitReader(f.Body, f.Size)
	a, err := g.do(ctx, request{op: op, method: http.MethodPost, path: []string{"files"}, file: &f})
	if err != nil {
		return "", err
	}
	var r struct {
		URL wire.Text `json:"url"`
	}
	if wire.Lenient(a.Body, &r) != nil || !wire.Link(string(r.URL)) {
		return "", core.Fail(core.Unreachable, op, &core.ProviderError{Code: "http_201", Class: core.ClassRetry, Message: "upload answered without an address"})
	}
	return string(r.URL), nil
}

// Download writes a received file to w, at most max bytes. id is its address.
// Whether it needs the token no document says: it is tried without, and with
// it on Zenvia's own hosts only (bsp/zenvia.md 13).
func (g *Gateway) Download(ctx context.Context, id string, max int64, w io.Writer) (core.Media, error) {
	const op = "zenvia.Download"
	u, err := url.Parse(id)
	if g.bad != nil || err != nil || !wire.Link(id) {
		return core.Media{}, core.Fail(core.InvalidInput, op, errors.New("no address of a file"))
	}
	token, err := wire.Usable(ctx, op, g.token)
	if err != nil {
		return core.Media{}, err
	}
	c := wire.Call{Op: op, Secrets: []core.Secret{token}}
	f := wire.File{Op: op, URL: u, Near: wire.Loopback(g.base.Hostname()),
		Miss: func(a wire.Answer) error { return g.line.Refusal(c, a, table(), said(a)) }}
	m, err := g.line.Fetch(ctx, f, max, w)
	if pe := core.ProviderErrorOf(err); pe != nil && pe.Class == core.ClassAuth && g.own(u) {
		f.Own = g.own
		f.Auth = func(r *http.Request) { r.Header.Set("X-API-TOKEN", token.Reveal()) }
		m, err = g.line.Fetch(ctx, f, max, w) // nothing was written by the first
	}
	m.ID = id
	return m, err
}

// own reports whether the token may go to u: a host of Zenvia's over https, or
// the very host of a loopback base URL.
func (g *Gateway) own(u *url.URL) bool {
	if u.Host == g.base.Host && u.Scheme == g.base.Scheme {
		return true
	}
	host := u.Hostname()
	return u.Scheme == "https" && (host == "zenvia.com" || host == "zenvia.chat" || strings.HasSuffix(host, ".zenvia.com") || strings.HasSuffix(host, ".zenvia.chat"))
}
