package bird

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"bottega/bsp/meta"
	"bottega/bsp/wire"
	"bottega/core"
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

// keyForm is "bk_REGION_…": the region chooses the host (bsp/bird.md 2).
var keyForm = regexp.MustCompile(`^bk_([a-z]{2}[0-9]+)_.+$`)

// Config of a Gateway. Number and Key are needed, the rest has defaults.
type Config struct {
	Account core.Account
	Number  core.Phone // the sender
	Wire    wire.Config
	Key     func(context.Context) (core.Secret, error)
}

// Gateway is one WhatsApp number at Bird. Safe for concurrent use.
type Gateway struct {
	account core.Account
	number  core.Phone
	line    *wire.Line
	key     func(context.Context) (core.Secret, error)
	base    *url.URL // nil: by the key's region
	bad     error
}

var (
	_ core.Gateway = (*Gateway)(nil)
	_ core.Poller  = (*Gateway)(nil)
)

// New builds a Gateway; it connects to nothing. A base URL that must not see
// the key makes every call fail with InvalidInput.
func New(c Config) *Gateway {
	g := &Gateway{account: c.Account, number: c.Number, line: wire.NewLine(c.Wire), key: c.Key}
	if c.Account.BaseURL != "" {
		g.base, g.bad = wire.Base(strings.TrimSuffix(strings.TrimRight(c.Account.BaseURL, "/"), "/v1"))
	}
	return g
}

// Capabilities of Bird's platform: it takes a key once only, tells the cost of
// each message, and has no way to write templates (bsp/bird.md 7, 8).
func (g *Gateway) Capabilities() core.Capabilities {
	return core.Capabilities{
		Reactions: true, Typing: true, Interactive: true, MediaByLink: true,
		PollInbound: true, Idempotent: true, EchoesRef: true, RealCost: true, SMS: g.account.SMSFrom != "",
	}
}

// host is where this key's requests go. A key of another form belongs to
// another of Bird's APIs.
func (g *Gateway) host(key core.Secret) (*url.URL, error) {
	if g.base != nil {
		return g.base, nil
	}
	m := keyForm.FindStringSubmatch(key.Reveal())
	if m == nil {
		return nil, &core.ProviderError{Code: "key_form", Class: core.ClassAuth, Message: "the key is not of the form bk_region_…"}
	}
	return wire.Base("https://" + m[1] + ".platform.bird.com")
}

// request is a call below /v1.
type request struct {
	op, method string
	path       []string
	query      url.Values
	body       any
	send       bool
	once       string // idempotency key
}

func (g *Gateway) do(ctx context.Context, r request) (wire.Answer, error) {
	if g.bad != nil {
		return wire.Answer{}, core.Fail(core.InvalidInput, r.op, g.bad)
	}
	key, err := wire.Usable(ctx, r.op, g.key)
	if err != nil {
		return wire.Answer{}, err
	}
	host, err := g.host(key)
	if err != nil {
		return wire.Answer{}, core.Fail(core.ProviderRefused, r.op, err)
	}
	u := host.JoinPath(append([]string{"v1"}, r.path...)...)
	u.RawQuery = r.query.Encode()
	c := wire.Call{Op: r.op, Method: r.method, URL: u, Send: r.send, Secrets: []core.Secret{key},
		Auth: func(q *http.Request) { q.Header.Set("Authorization", "Bearer "+key.Reveal()) }}
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return wire.Answer{}, core.Fail(core.Internal, r.op, err)
		}
		c.Body, c.MIME = b, "application/json"
	}
	if r.once != "" {
		c.Header = map[string]string{"Idempotency-Key": r.once}
	}
	a, err := g.line.Do(ctx, c)
	if err != nil {
		return a, err
	}
	said, failed := said(a.Body)
	if failed || !a.OK() {
		return a, g.line.Refusal(c, a, table(), said)
	}
	return a, nil
}

// said reads Bird's error object: by name, code, type, in this order.
func said(body []byte) (wire.Said, bool) {
	var e struct {
		Error *struct {
			Type        wire.Text `json:"type"`
			Code        wire.Text `json:"code"`
			Name        wire.Text `json:"name"`
			Message     wire.Text `json:"message"`
			Remediation wire.Text `json:"remediation"`
		} `json:"error"`
	}
	if wire.Lenient(body, &e) != nil || e.Error == nil || e.Error.Type+e.Error.Code+e.Error.Name == "" {
		return wire.Said{}, false
	}
	words := string(e.Error.Message)
	if e.Error.Remediation != "" {
		words += " " + string(e.Error.Remediation)
	}
	return wire.Said{Codes: []string{string(e.Error.Name), string(e.Error.Code), string(e.Error.Type)}, Words: strings.TrimSpace(words)}, true
}

func (g *Gateway) get(ctx context.Context, op string, q url.Values, v any, path ...string) error {
	a, err := g.do(ctx, request{op: op, method: http.MethodGet, path: path, query: q})
	if err != nil {
		return err
	}
	c := wire.Call{Op: op}
	return c.JSON(a, v)
}

// failure is an error of a message that was taken: Meta's own code tells more
// than Bird's word for it.
type failure struct {
	Code        wire.Text `json:"code"`
	Description wire.Text `json:"description"`
	Meta        wire.Text `json:"meta_error_code"`
}

func (f *failure) provider() *core.ProviderError {
	if f == nil || f.Code == "" && f.Meta == "" {
		return nil
	}
	if class, wait, known := meta.ClassOf(string(f.Meta)); known {
		return &core.ProviderError{Code: string(f.Meta), Class: class, RetryAfter: wait, Message: wire.Scrub(string(f.Description))}
	}
	return table().Failure(wire.Said{Codes: []string{string(f.Code)}, Words: string(f.Description)})
}

// MarkRead marks a received message, at most 15 days old; typing shows the
// indicator until the answer or 25 s.
func (g *Gateway) MarkRead(ctx context.Context, id string, typing bool) error {
	const op = "bird.MarkRead"
	if !wire.ID(id) {
		return core.Fail(core.InvalidInput, op, errors.New("no message id"))
	}
	body := struct {
		Typing bool `json:"typing_indicator,omitempty"`
	}{typing}
	_, err := g.do(ctx, request{op: op, method: http.MethodPost, path: []string{"whatsapp", "messages", id, "read"}, body: body})
	return err
}
