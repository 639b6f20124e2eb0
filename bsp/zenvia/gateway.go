package zenvia

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"bottega/bsp/wire"
	"bottega/core"
)

// DefaultBaseURL is Zenvia's host; Account.BaseURL overrides it.
const DefaultBaseURL = "https://api.zenvia.com"

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

// Config of a Gateway. Number and Token are needed, the rest has defaults.
type Config struct {
	Account core.Account
	Number  core.Phone // the sender
	Wire    wire.Config
	Token   func(context.Context) (core.Secret, error)
	// Signer gives the secret of a signature token; nil, or NotFound, for a plain one.
	Signer func(context.Context) (core.Secret, error)
	Book   *Book // templates known so far; nil starts with none
}

// Gateway is one WhatsApp sender at Zenvia. Safe for concurrent use.
type Gateway struct {
	number  core.Phone
	smsFrom string
	line    *wire.Line
	token   func(context.Context) (core.Secret, error)
	signer  func(context.Context) (core.Secret, error)
	book    *Book
	base    *url.URL
	bad     error
}

var (
	_ core.Gateway = (*Gateway)(nil)
	_ core.Texter  = (*Gateway)(nil)
)

// New builds a Gateway; it connects to nothing. A base URL that must not see
// the token makes every call fail with InvalidInput.
func New(c Config) *Gateway {
	g := &Gateway{number: c.Number, smsFrom: c.Account.SMSFrom, line: wire.NewLine(c.Wire), token: c.Token, signer: c.Signer, book: c.Book}
	if g.book == nil {
		g.book = &Book{}
	}
	base := c.Account.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	g.base, g.bad = wire.Base(strings.TrimSuffix(strings.TrimRight(base, "/"), "/v2"))
	return g
}

// Capabilities of Zenvia: files of this computer can be sent; nothing can be
// asked for, and nothing is taken once only, but receipts carry our ref.
func (g *Gateway) Capabilities() core.Capabilities {
	return core.Capabilities{
		Interactive: true, MediaByLink: true, MediaUpload: true,
		CreateTemplates: true, EditTemplates: true, DeleteTemplates: true, EchoesRef: true, SMS: g.smsFrom != "",
	}
}

// request is a call below /v2.
type request struct {
	op, method string
	path       []string
	query      url.Values
	body       any
	file       *core.MediaFile // instead of body
	send       bool
}

func (g *Gateway) do(ctx context.Context, r request) (wire.Answer, error) {
	if g.bad != nil {
		return wire.Answer{}, core.Fail(core.InvalidInput, r.op, g.bad)
	}
	token, err := wire.Usable(ctx, r.op, g.token)
	if err != nil {
		return wire.Answer{}, err
	}
	u := g.base.JoinPath(append([]string{"v2"}, r.path...)...)
	u.RawQuery = r.query.Encode()
	c := wire.Call{Op: r.op, Method: r.method, URL: u, Send: r.send, Secrets: []core.Secret{token}, Header: map[string]string{"X-API-TOKEN": token.Reveal()}}
	if r.body != nil {
		if c.Body, err = json.Marshal(r.body); err != nil {
			return wire.Answer{}, core.Fail(core.Internal, r.op, err)
		}
		c.MIME = "application/json"
	}
	if r.file != nil {
		c.Stream, c.Length, c.MIME, c.Timeout = r.file.Body, r.file.Size, r.file.MIME, wire.TransferTimeout
	}
	if err := g.sign(ctx, &c); err != nil {
		return wire.Answer{}, err
	}
	a, err := g.line.Do(ctx, c)
	if err != nil {
		return a, err
	}
	said := said(a)
	if !a.OK() || len(said.Codes) > 0 {
		return a, g.line.Refusal(c, a, table(), said)
	}
	return a, nil
}

// planWords are how a refusal names the plan, its balance or its limit
// (bsp/zenvia.md 3); no document does.
func planWords() []string { return []string{"saldo", "limite", "plano", "balance", "credit"} }

// said reads Zenvia's error body; some failures have another one, and then the
// status decides.
func said(a wire.Answer) wire.Said {
	var e struct {
		Code    wire.Text `json:"code"`
		Message wire.Text `json:"message"`
		Details []struct {
			Path    wire.Text `json:"path"`
			Message wire.Text `json:"message"`
		} `json:"details"`
	}
	if wire.Lenient(a.Body, &e) != nil {
		e.Code = ""
	}
	s := wire.Said{Words: string(e.Message)}
	if e.Code != "" {
		s.Codes = []string{string(e.Code)}
	}
	for _, d := range e.Details {
		s.Words += " · " + string(d.Path) + ": " + string(d.Message)
		parts := strings.FieldsFunc(string(d.Path), func(r rune) bool { return strings.ContainsRune(".[]/", r) })
		for _, field := range []string{"templateId", "from"} {
			if slices.Contains(parts, field) {
				s.Codes = append([]string{string(e.Code) + " " + field}, s.Codes...)
			}
		}
	}
	if a.Status/100 == 4 && a.Status != http.StatusTooManyRequests && e.Code != "VALIDATION_ERROR" && e.Code != "AUTHENTICATION_ERROR" && namesPlan(s.Words+" "+string(a.Body)) {
		s.Codes = append([]string{"plan"}, s.Codes...)
	}
	return s
}

func namesPlan(s string) bool {
	if len(s) > 4096 || strings.Contains(s, "<") { // a proxy's page
		return false
	}
	s = strings.ToLower(s)
	return slices.ContainsFunc(planWords(), func(w string) bool { return strings.Contains(s, w) })
}

func (g *Gateway) get(ctx context.Context, op string, q url.Values, v any, path ...string) (wire.Answer, error) {
	a, err := g.do(ctx, request{op: op, method: http.MethodGet, path: path, query: q})
	if err != nil {
		return a, err
	}
	c := wire.Call{Op: op}
	return a, c.JSON(a, v)
}

// MarkRead is not offered: Zenvia has no call for it.
func (g *Gateway) MarkRead(context.Context, string, bool) error {
	return core.Fail(core.NotYet, "zenvia.MarkRead", nil)
}
