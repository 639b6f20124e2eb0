package meta

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// call is one request to the API.
type call struct {
	op       string // for errors: "meta.Send"
	method   string
	path     string // below the version
	query    url.Values
	body     io.Reader
	length   int64
	mimeType string
	header   map[string]string
	oauth    bool // the token by the name that the upload of samples wants
	send     bool // a repeat would be a second message: an open outcome is Uncertain
	subcode  bool // the subcode of a refusal tells more than its code: template calls
	timeout  time.Duration
}

func (g *Gateway) postJSON(ctx context.Context, op, path string, v any, send bool) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, core.Fail(core.Internal, op, err)
	}
	return g.do(ctx, call{
		op: op, method: http.MethodPost, path: path, send: send,
		body: bytes.NewReader(b), length: int64(len(b)), mimeType: "application/json",
	})
}

func (g *Gateway) getJSON(ctx context.Context, op, path string, q url.Values, v any) error {
	b, err := g.do(ctx, call{op: op, method: http.MethodGet, path: path, query: q})
	if err != nil {
		return err
	}
	if err := wire.Lenient(b, v); err != nil {
		return core.Fail(core.Unreachable, op, &core.ProviderError{Code: "http_200", Class: core.ClassRetry, Message: "answer is not JSON"})
	}
	return nil
}

// do makes the call and returns the body of a 2xx answer.
func (g *Gateway) do(ctx context.Context, c call) ([]byte, error) {
	if g.baseErr != nil {
		return nil, core.Fail(core.InvalidInput, c.op, g.baseErr)
	}
	token, err := wire.Usable(ctx, c.op, g.token)
	if err != nil {
		return nil, err
	}
	u := g.base.JoinPath(g.account.Version, c.path)
	u.RawQuery = c.query.Encode()
	a, err := g.line.Do(ctx, wire.Call{
		Op: c.op, Method: c.method, URL: u, Stream: c.body, Length: c.length, MIME: c.mimeType, Header: c.header,
		Auth: bearer(token, c.oauth), Secrets: []core.Secret{token}, Send: c.send, Timeout: c.timeout,
	})
	if err != nil {
		return nil, err
	}
	if f, isError := failure(a.Body); isError || !a.OK() {
		return nil, g.refusal(c, token, a, f)
	}
	return a.Body, nil
}

func bearer(token core.Secret, oauth bool) func(*http.Request) {
	kind := "Bearer "
	if oauth {
		kind = "OAuth "
	}
	return func(r *http.Request) { r.Header.Set("Authorization", kind+token.Reveal()) }
}
