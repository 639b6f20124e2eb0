package meta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"bottega/core"
)

// maxAnswer bounds an answer's body: a page of 100 templates stays far below.
const maxAnswer = 8 << 20

// call is one request to the API.
type call struct {
	op       string // for errors: "meta.Send"
	method   string
	path     string // below the version
	query    url.Values
	body     io.Reader
	length   int64
	mimeType string
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
	if err := lenient(b, v); err != nil {
		return core.Fail(core.Unreachable, op, &core.ProviderError{Code: "http_200", Class: core.ClassRetry, Message: "answer is not JSON"})
	}
	return nil
}

// do makes the call and returns the body of a 2xx answer.
func (g *Gateway) do(ctx context.Context, c call) ([]byte, error) {
	if g.baseErr != nil {
		return nil, core.Fail(core.InvalidInput, c.op, g.baseErr)
	}
	timeout := c.timeout
	if timeout == 0 {
		timeout = g.timeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	token, err := g.secret(ctx, c.op)
	if err != nil {
		return nil, err
	}
	u := g.base.JoinPath(g.account.Version, c.path)
	u.RawQuery = c.query.Encode()
	res, body, err := g.roundTrip(ctx, c, token, u)
	if err != nil {
		return nil, err
	}
	if f, isError := failure(body); isError || res.StatusCode < 200 || res.StatusCode > 299 {
		return nil, g.refusal(c, token, res, body, f)
	}
	return body, nil
}

// secret fetches the token just before use. Nothing was sent when it is missing.
func (g *Gateway) secret(ctx context.Context, op string) (core.Secret, error) {
	token, err := g.token(ctx)
	if err == nil && token != "" && strings.IndexFunc(token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) < 0 {
		return token, nil
	}
	pe := &core.ProviderError{Class: core.ClassAuth, Message: "no usable token"}
	code := core.CodeOf(err)
	switch code {
	case "", core.NotFound:
		code = core.NoSecret
	case core.NoSecret:
	default: // the keyring is locked or silent, or ctx ended: later it may be there
		pe.Class, pe.Message = core.ClassRetry, "token not at hand"
	}
	return "", core.Fail(code, op, join(pe, err))
}

// roundTrip sends the request with the token and reads a bounded answer.
func (g *Gateway) roundTrip(ctx context.Context, c call, token core.Secret, u *url.URL) (*http.Response, []byte, error) {
	var w wire
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, w.trace()), c.method, u.String(), c.body)
	if err != nil {
		return nil, nil, core.Fail(core.InvalidInput, c.op, err)
	}
	if c.body != nil {
		req.ContentLength = c.length
		req.Header.Set("Content-Type", c.mimeType)
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "bottega")
	if err := ctx.Err(); err != nil {
		return nil, nil, lost(c, token, false, err)
	}
	res, err := g.client.Do(req)
	if err != nil {
		return nil, nil, lost(c, token, w.maybeSent(g.plain, err), err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errors.New("answer is too long")
	}
	if err != nil && res.StatusCode/100 != 4 { // a 4xx refuses by its status alone
		return nil, nil, lost(c, token, true, err)
	}
	return res, body, nil
}

// wire learns from net/http how far a request came.
type wire struct{ asked, wrote atomic.Bool }

func (w *wire) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		// A new attempt of the transport's own: it makes one only when nothing of
		// the first was written.
		GetConn:      func(string) { w.asked.Store(true); w.wrote.Store(false) },
		WroteHeaders: func() { w.wrote.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) { w.wrote.Store(true) },
	}
}

// maybeSent reports whether the provider may have the request. A foreign
// transport that does not tell is believed only when it failed to dial.
func (w *wire) maybeSent(std bool, err error) bool {
	if w.asked.Load() || std {
		return w.wrote.Load()
	}
	op, ok := errors.AsType[*net.OpError](err)
	return !ok || op.Op != "dial"
}

// lost is a call without an answer.
func lost(c call, token core.Secret, maybeSent bool, cause error) error {
	if u, ok := errors.AsType[*url.Error](cause); ok {
		cause = u.Err // the method and URL say nothing that op does not
	}
	pe := &core.ProviderError{Class: core.ClassRetry, Message: "no answer", Uncertain: maybeSent && c.send}
	code := core.Unreachable
	if pe.Uncertain {
		code = core.OutcomeUnsure
	}
	if strings.Contains(cause.Error(), token.Reveal()) { // a server that echoes what it got
		cause = errors.New(scrub(cause.Error(), token))
	}
	return core.Fail(code, c.op, join(pe, cause))
}

// join keeps both the class and the cause reachable for errors.As and errors.Is.
func join(pe *core.ProviderError, cause error) error {
	if cause == nil {
		return pe
	}
	return fmt.Errorf("%w: %w", pe, cause)
}
