package bsptest

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"

	"bottega/core"
)

// Request is one that the fake provider received.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	Header http.Header
	Body   []byte
}

// Fake is a provider on loopback that answers as told and remembers what came.
type Fake struct {
	URL    string
	Client *http.Client
	Log    *slog.Logger // what an adapter logs; searched for secrets

	server *httptest.Server
	gone   chan struct{} // closed when the test ends: lets hanging answers go
	stops  []func()      // other servers of this fake

	mu       sync.Mutex
	prepare  func(http.ResponseWriter, *http.Request) bool
	serve    http.HandlerFunc
	requests []Request
	logged   bytes.Buffer
}

// NewFake starts a fake; the test's end stops it. spec may be nil.
func NewFake(tb testing.TB, spec *Spec) *Fake {
	f := &Fake{gone: make(chan struct{})}
	f.Log = slog.New(slog.NewJSONHandler(&locked{f}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var h http.Handler = http.HandlerFunc(f.handle)
	if spec != nil {
		h = spec.Handler(tb, h)
	}
	f.server = httptest.NewServer(h)
	f.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // resets are on purpose
	f.URL, f.Client = f.server.URL, f.server.Client()
	tb.Cleanup(func() {
		close(f.gone)
		f.server.Close()
		for _, stop := range f.stops {
			stop()
		}
	})
	return f
}

// locked writes an adapter's log under the fake's lock.
type locked struct{ f *Fake }

func (l *locked) Write(p []byte) (int, error) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	return l.f.logged.Write(p)
}

func (f *Fake) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away in the middle
	}
	f.mu.Lock()
	prepare := f.prepare
	f.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if prepare != nil && prepare(w, r) {
		return
	}
	f.mu.Lock()
	f.requests = append(f.requests, Request{r.Method, r.URL.Path, r.URL.Query(), r.Header.Clone(), body})
	serve := f.serve
	f.mu.Unlock()
	if serve == nil {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	serve(w, r)
}

// Prepare answers what an adapter asks before it can send, such as the id of a
// template: these requests are neither remembered nor hurt. h reports whether
// it answered.
func (f *Fake) Prepare(h func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.prepare = h
}

// Serve sets how requests are answered from now on.
func (f *Fake) Serve(h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serve = h
}

// Answer gives every request this answer; kv are header keys and values.
func (f *Fake) Answer(status int, body string, kv ...string) {
	f.Serve(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(kv); i += 2 {
			w.Header().Set(kv[i], kv[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may be gone, which is its matter
	})
}

// Reset breaks the connection after the request was read whole: the provider
// may have done its work.
func (f *Fake) Reset() {
	f.Serve(func(w http.ResponseWriter, _ *http.Request) { cut(w, "") })
}

// Half sends the beginning of an answer, then breaks the connection.
func (f *Fake) Half(head string) {
	f.Serve(func(w http.ResponseWriter, _ *http.Request) { cut(w, head) })
}

func cut(w http.ResponseWriter, head string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && head == "" {
		_ = tcp.SetLinger(0) // a reset instead of an end; an orderly end serves the test too
	}
	_, _ = io.WriteString(conn, head)
	_ = conn.Close()
}

// Hang never answers. The channel tells of each request that was read whole.
func (f *Fake) Hang() <-chan struct{} {
	came := make(chan struct{}, 64)
	f.Serve(func(_ http.ResponseWriter, r *http.Request) {
		came <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-f.gone:
		}
	})
	return came
}

// Stop closes the listener: connections are refused from now on.
func (f *Fake) Stop() { f.server.Close() }

// Requests that came so far, in order of arrival.
func (f *Fake) Requests() []Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

// Logged is all that the adapter logged.
func (f *Fake) Logged() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logged.String()
}

// Refusal is an answer of the provider's that must map to a class.
type Refusal struct {
	Name      string
	Status    int
	Body      string
	Header    []string // keys and values
	Class     core.Class
	Code      core.Code // of the error; "" is not checked
	Uncertain bool
}

// Dialect is what the suite must know of a provider.
type Dialect struct {
	Token    core.Secret               // credential of the gateway that open builds; must never leak
	Accepted func(id string) string    // body of a 200 to a send
	Ref      func(body []byte) string  // our reference in a send's body
	Refusals []Refusal                 // at least one for each class that the provider has
	Echo     func(words string) string // an error body with these words in it
	Spec     *Spec                     // nil when the description is not at hand

	Text    int                                           // longest text in characters; 0 means Meta's 4096
	Quote   string                                        // id of a message to quote; "" means one of Meta's
	FileID  string                                        // id of an uploaded file; "" means one of Meta's
	Created int                                           // status of an answer to a send that was taken; 0 means 200
	Cannot  map[string]core.Code                          // sends that the provider has no way for, and how they are refused
	Apart   []string                                      // sends of another shape, shown by tests of the adapter's own
	Prepare func(http.ResponseWriter, *http.Request) bool // see Fake.Prepare
}
