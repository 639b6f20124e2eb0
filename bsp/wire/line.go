package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"bottega/core"
)

// DefaultTimeout of one call where Config.Timeout is zero. A send that is not
// answered by then is of unknown outcome.
const DefaultTimeout = 30 * time.Second

// TransferTimeout bounds the upload or download of one file.
const TransferTimeout = 10 * time.Minute

// maxAnswer bounds an answer's body; a page of templates stays far below.
const maxAnswer = 8 << 20

// Config of a Line; everything has a default.
type Config struct {
	Client  *http.Client // its redirect policy is replaced: credentials never follow one
	Now     func() time.Time
	Log     *slog.Logger
	Timeout time.Duration // of one call; 0 means DefaultTimeout
}

// Line makes requests to one provider. Safe for concurrent use.
type Line struct {
	client  *http.Client
	Now     func() time.Time
	Log     *slog.Logger
	timeout time.Duration
	plain   bool // the client's transport is net/http's own
}

// NewLine builds a Line; it connects to nothing.
func NewLine(c Config) *Line {
	l := &Line{Now: c.Now, Log: c.Log, timeout: c.Timeout}
	if l.Now == nil {
		l.Now = time.Now
	}
	if l.Log == nil {
		l.Log = slog.New(slog.DiscardHandler)
	}
	if l.timeout <= 0 {
		l.timeout = DefaultTimeout
	}
	client := http.Client{}
	if c.Client != nil {
		client = *c.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, std := client.Transport.(*http.Transport)
	l.client, l.plain = &client, std || client.Transport == nil
	return l
}

// Base reads the address of an API: https, or http on this machine only, since
// credentials go there.
func Base(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(raw, "/"))
	if err != nil {
		return nil, errors.New("base URL cannot be read")
	}
	if u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("base URL must be a bare scheme://host[:port][/path]")
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && Loopback(u.Hostname())) {
		return nil, fmt.Errorf("base URL %s://%s is neither https nor on this machine", u.Scheme, u.Host)
	}
	return u, nil
}

// Loopback reports whether host is this machine, where http is safe.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Call is one request.
type Call struct {
	Op      string // for errors: "twilio.Send"
	Method  string
	URL     *url.URL
	Body    []byte
	Stream  io.Reader // instead of Body: a file of Length bytes
	Length  int64
	MIME    string
	Header  map[string]string // beside Authorization, Accept, Content-Type
	Auth    func(*http.Request)
	Secrets []core.Secret // never in an error's words
	Send    bool          // a repeat would be a second message: an open outcome is Uncertain
	Timeout time.Duration
}

// Answer is a response, whatever its status; a redirect is one too.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports whether the status is a 2xx.
func (a *Answer) OK() bool { return a.Status >= 200 && a.Status <= 299 }

// Do makes the request and reads a bounded answer. An error means that there
// was none, and says whether the request may have been taken.
func (l *Line) Do(ctx context.Context, c Call) (Answer, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = l.timeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var w progress
	req, err := c.request(httptrace.WithClientTrace(ctx, w.trace()))
	if err != nil {
		return Answer{}, core.Fail(core.InvalidInput, c.Op, err)
	}
	if err := ctx.Err(); err != nil {
		return Answer{}, c.Lost(false, err)
	}
	asked := l.Now()
	res, err := l.client.Do(req)
	if err != nil {
		return Answer{}, c.Lost(w.maybeSent(l.plain, err), err)
	}
	note(ctx, res.Header, asked, l.Now())
	defer func() { _ = res.Body.Close() }() // only read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		err = errors.New("answer is too long")
	}
	if err != nil && res.StatusCode/100 != 4 { // a 4xx refuses by its status alone
		return Answer{}, c.Lost(true, err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: body}, nil
}

// Stream makes the request and leaves the answer's body to the caller, who
// closes it; ctx alone bounds it. For files: nothing of a send may be read so.
func (l *Line) Stream(ctx context.Context, c Call) (*http.Response, error) {
	return c.stream(ctx, l.client.Transport, l.client)
}

func (c *Call) stream(ctx context.Context, via http.RoundTripper, base *http.Client) (*http.Response, error) {
	req, err := c.request(ctx)
	if err != nil {
		return nil, core.Fail(core.BadMedia, c.Op, err)
	}
	client := *base
	client.Transport, client.Timeout = via, 0
	res, err := client.Do(req)
	if err != nil {
		return nil, c.Lost(false, err)
	}
	return res, nil
}

func (c *Call) request(ctx context.Context) (*http.Request, error) {
	body, length := c.Stream, c.Length
	if body == nil && c.Body != nil {
		body, length = bytes.NewReader(c.Body), int64(len(c.Body))
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, c.URL.String(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.ContentLength = length
		req.Header.Set("Content-Type", c.MIME)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "bottega")
	for k, v := range c.Header {
		req.Header.Set(k, v)
	}
	if c.Auth != nil {
		c.Auth(req)
	}
	return req, nil
}

// JSON reads an answer's body; one that is no JSON is a passing problem of the
// provider's (a proxy's page). Only for reading: a send judges by itself.
func (c *Call) JSON(a Answer, v any) error {
	if err := Lenient(a.Body, v); err != nil || !json.Valid(a.Body) {
		return core.Fail(core.Unreachable, c.Op, &core.ProviderError{Code: httpCode(a.Status), Class: core.ClassRetry, Message: "answer is not JSON"})
	}
	return nil
}

// progress learns from net/http how far a request came.
type progress struct{ asked, wrote atomic.Bool }

func (w *progress) trace() *httptrace.ClientTrace {
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
func (w *progress) maybeSent(std bool, err error) bool {
	if w.asked.Load() || std {
		return w.wrote.Load()
	}
	op, ok := errors.AsType[*net.OpError](err)
	return !ok || op.Op != "dial"
}

// Lost is a call without an answer; maybeSent when the provider may have it.
func (c *Call) Lost(maybeSent bool, cause error) error {
	if u, ok := errors.AsType[*url.Error](cause); ok {
		cause = u.Err // the method and URL say nothing that Op does not, and the URL may hold a number
	}
	pe := &core.ProviderError{Class: core.ClassRetry, Message: "no answer", Uncertain: maybeSent && c.Send}
	code := core.Unreachable
	if pe.Uncertain {
		code = core.OutcomeUnsure
	}
	for _, s := range c.Secrets {
		if s != "" && strings.Contains(cause.Error(), s.Reveal()) { // a server that echoes what it got
			cause = errors.New(Scrub(cause.Error(), c.Secrets...))
		}
	}
	return core.Fail(code, c.Op, Join(pe, cause))
}

// Join keeps both the class and the cause reachable for errors.As and errors.Is.
func Join(pe *core.ProviderError, cause error) error {
	if cause == nil {
		return pe
	}
	return fmt.Errorf("%w: %w", pe, cause)
}

// Usable fetches a secret just before use. Without it nothing was sent: a
// channel without a key is Auth, a keyring that is silent for now is Retry.
func Usable(ctx context.Context, op string, get func(context.Context) (core.Secret, error)) (core.Secret, error) {
	s, err := get(ctx)
	if err == nil && s != "" && strings.IndexFunc(s.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) < 0 {
		return s, nil
	}
	pe := &core.ProviderError{Class: core.ClassAuth, Message: "no usable key"}
	code := core.CodeOf(err)
	switch code {
	case "", core.NotFound:
		code = core.NoSecret
	case core.NoSecret:
	default: // the keyring is locked or silent, or ctx ended: later it may be there
		pe.Class, pe.Message = core.ClassRetry, "key not at hand"
	}
	return "", core.Fail(code, op, Join(pe, err))
}
