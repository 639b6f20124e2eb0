package twilio

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"bottega/bsp/wire"
	"bottega/core"
)

// Twilio's hosts; Account.BaseURL stands for all three (a test, a proxy).
const (
	apiHost       = "https://api.twilio.com"
	contentHost   = "https://content.twilio.com"
	messagingHost = "https://messaging.twilio.com"
)

//go:embed codes.tsv
var codesTSV string

//go:embed limits.json
var limitsJSON []byte

var (
	table  = sync.OnceValue(func() wire.Table { return wire.Must(codesTSV) })
	limits = sync.OnceValue(func() wire.Limits {
		var l wire.Limits
		if err := json.Unmarshal(limitsJSON, &l); err != nil {
			panic(err) // part of the program; a test reads it first
		}
		return l
	})
)

// Config of a Gateway. Account, Number (or Account.Service) and Token are
// needed, the rest has defaults.
type Config struct {
	Account core.Account
	Number  core.Phone // the sender
	Wire    wire.Config
	Token   func(context.Context) (core.Secret, error) // the auth token
	Book    *Book                                      // contents known so far; nil starts with none
}

// Gateway is one WhatsApp sender at Twilio. Safe for concurrent use.
type Gateway struct {
	account core.Account
	number  core.Phone
	line    *wire.Line
	token   func(context.Context) (core.Secret, error)
	book    *Book
	bad     error // why no call can be made

	api, content, messaging *url.URL
}

var (
	_ core.Gateway    = (*Gateway)(nil)
	_ core.Poller     = (*Gateway)(nil)
	_ core.Reconciler = (*Gateway)(nil)
	_ core.Balancer   = (*Gateway)(nil)
	_ core.Texter     = (*Gateway)(nil)
)

// New builds a Gateway; it connects to nothing. An account sid or base URL that
// cannot be used makes every call fail with InvalidInput.
func New(c Config) *Gateway {
	g := &Gateway{account: c.Account, number: c.Number, line: wire.NewLine(c.Wire), token: c.Token, book: c.Book}
	if g.book == nil {
		g.book = &Book{}
	}
	for host, to := range map[string]**url.URL{apiHost: &g.api, contentHost: &g.content, messagingHost: &g.messaging} {
		if c.Account.BaseURL != "" {
			host = c.Account.BaseURL
		}
		u, err := wire.Base(host)
		if err != nil {
			g.bad = err
		}
		*to = u
	}
	if !sid(c.Account.SID, "AC") {
		g.bad = errors.New("account sid is not AC and 32 hexadecimal digits")
	}
	return g
}

// sid reports whether s is an id of Twilio's with one of these beginnings.
func sid(s string, kinds ...string) bool {
	for _, k := range kinds {
		digits, ok := strings.CutPrefix(s, k)
		if ok && len(digits) == 32 && strings.Trim(digits, "0123456789abcdefABCDEF") == "" {
			return true
		}
	}
	return false
}

// Capabilities of Twilio's WhatsApp: no idempotency key, no upload; its receipts
// carry our ref only where they have an address to go to (bsp/twilio.md 10).
func (g *Gateway) Capabilities() core.Capabilities {
	return core.Capabilities{
		Typing: true, Interactive: true, MediaByLink: true, CreateTemplates: true, DeleteTemplates: true,
		PollInbound: true, EchoesRef: g.account.PublicURL != "", SMS: g.smsSender() != "", Balance: true,
	}
}

// do makes a call and returns the body of a 2xx answer.
func (g *Gateway) do(ctx context.Context, c wire.Call) (wire.Answer, error) {
	if g.bad != nil {
		return wire.Answer{}, core.Fail(core.InvalidInput, c.Op, g.bad)
	}
	token, err := wire.Usable(ctx, c.Op, g.token)
	if err != nil {
		return wire.Answer{}, err
	}
	c.Secrets = []core.Secret{token}
	c.Auth = func(r *http.Request) { r.SetBasicAuth(g.account.SID, token.Reveal()) }
	a, err := g.line.Do(ctx, c)
	if err != nil {
		return a, err
	}
	said := said(a.Body)
	if !a.OK() || len(said.Codes) > 0 && said.Codes[0] != "" {
		return a, g.line.Refusal(c, a, table(), said)
	}
	return a, nil
}

// said reads Twilio's error object; both the older and the newer form name the
// code alike. A message that was taken has error_code instead.
func said(body []byte) wire.Said {
	var e struct {
		Code    wire.Text `json:"code"`
		Message wire.Text `json:"message"`
	}
	if wire.Lenient(body, &e) != nil || e.Code == "" {
		return wire.Said{}
	}
	return wire.Said{Codes: []string{string(e.Code)}, Words: string(e.Message)}
}

func (g *Gateway) get(ctx context.Context, op string, u *url.URL, v any) error {
	c := wire.Call{Op: op, Method: http.MethodGet, URL: u}
	a, err := g.do(ctx, c)
	if err != nil {
		return err
	}
	return c.JSON(a, v)
}

func (g *Gateway) postForm(ctx context.Context, op string, u *url.URL, form url.Values, send bool) (wire.Answer, error) {
	return g.do(ctx, wire.Call{Op: op, Method: http.MethodPost, URL: u, Send: send, Body: []byte(form.Encode()), MIME: "application/x-www-form-urlencoded"})
}

func (g *Gateway) postJSON(ctx context.Context, op string, u *url.URL, v any) (wire.Answer, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return wire.Answer{}, core.Fail(core.Internal, op, err)
	}
	return g.do(ctx, wire.Call{Op: op, Method: http.MethodPost, URL: u, Body: b, MIME: "application/json"})
}

// at is an address below a host, nil-safe for a Gateway that cannot be used.
func at(host *url.URL, path ...string) *url.URL {
	if host == nil {
		return &url.URL{}
	}
	return host.JoinPath(path...)
}

// own is an address of the account's in the classic API.
func (g *Gateway) own(path ...string) *url.URL {
	return at(g.api, append([]string{"2010-04-01", "Accounts", g.account.SID}, path...)...)
}

// MarkRead marks this message as read. Twilio knows one call for both, so the
// customer sees the typing indicator for up to 25 s as well (bsp/twilio.md 2).
func (g *Gateway) MarkRead(ctx context.Context, id string, _ bool) error {
	const op = "twilio.MarkRead"
	if !sid(id, "SM", "MM") {
		return core.Fail(core.InvalidInput, op, errors.New("no message id"))
	}
	_, err := g.postForm(ctx, op, at(g.messaging, "v2", "Indicators", "Typing.json"), url.Values{"channel": {"whatsapp"}, "messageId": {id}}, false)
	return err
}
