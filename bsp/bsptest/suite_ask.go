package bsptest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bottega/core"
)

// questions are what an adapter may be asked beside sending, by name: its own
// listing and the ports that it has.
func questions(gw core.Gateway) map[string]func(context.Context) error {
	out := map[string]func(context.Context) error{
		"health":    func(ctx context.Context) error { _, err := gw.Health(ctx); return err },
		"templates": func(ctx context.Context) error { _, err := gw.Templates(ctx); return err },
	}
	if p, ok := core.Port[core.Poller](gw); ok {
		out["poll"] = func(ctx context.Context) error { _, err := p.Poll(ctx, ""); return err }
	}
	if p, ok := core.Port[core.Inspector](gw); ok {
		out["key"] = func(ctx context.Context) error { _, err := p.Inspect(ctx); return err }
	}
	if p, ok := core.Port[core.Balancer](gw); ok {
		out["balance"] = func(ctx context.Context) error { _, err := p.Balance(ctx); return err }
	}
	if p, ok := core.Port[core.HookReader](gw); ok {
		hook := core.Hook{URL: "https://shop.example.com/webhooks/shop", Secret: "hook-secret"}
		out["callbacks"] = func(ctx context.Context) error { _, err := p.ReadHook(ctx, hook); return err }
	}
	return out
}

// badDay is a fault that meets a question.
type badDay struct {
	name  string
	hurt  func(f *Fake)
	class core.Class // "" for any that stops no channel
}

// days are the bad days of a question, those of the network first.
func days() []badDay {
	const html = "<!DOCTYPE html><html><body>Welcome to the hotel's network</body></html>"
	return append(networks(), []badDay{
		{"200 with HTML", func(f *Fake) { f.Answer(200, html, "Content-Type", "text/html") }, ""},
		{"502 with HTML", func(f *Fake) { f.Answer(502, html, "Content-Type", "text/html") }, core.ClassRetry},
		{"503 with nothing", func(f *Fake) { f.Answer(503, "") }, core.ClassRetry},
		{"half a JSON", func(f *Fake) { f.Answer(200, `{"data":[{"id":"1","`) }, ""},
		{"answer breaks off in its body", func(f *Fake) { f.Half("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":[") }, core.ClassRetry},
		{"reset", func(f *Fake) { f.Reset() }, core.ClassRetry},
		{"200 without end", func(f *Fake) { f.Answer(200, strings.Repeat(" ", 70<<20)) }, ""},
		{"throttled", func(f *Fake) { f.Answer(429, "{}", "Retry-After", "60") }, core.ClassThrottle},
		{"the key is withdrawn", func(f *Fake) { f.Answer(401, "{}") }, core.ClassAuth},
	}...)
}

// networks are the bad days on the way: the request certainly did not get there.
func networks() []badDay {
	return []badDay{
		{"connection refused", func(f *Fake) { f.Stop() }, core.ClassRetry},
		{"the name is gone", func(f *Fake) { f.Client = dialing(nameGone) }, core.ClassRetry},
		{"no network", func(f *Fake) { f.Client = dialing(noRoute) }, core.ClassRetry},
		{"TLS handshake fails", func(f *Fake) { f.URL = strings.Replace(f.URL, "http:", "https:", 1) }, core.ClassRetry},
		{"a certificate that nobody trusts", func(f *Fake) { f.strange(&tls.Config{}) }, core.ClassRetry},
		{"an old TLS", func(f *Fake) { f.strange(&tls.Config{MaxVersion: tls.VersionTLS11}) }, core.ClassRetry},
	}
}

// dialing is a client whose connections fail so.
func dialing(fail func(network, address string) error) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(_ context.Context, network, address string) (net.Conn, error) {
		return nil, fail(network, address)
	}}}
}

func nameGone(network, address string) error {
	host, _, _ := net.SplitHostPort(address)
	return &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
}

func noRoute(network, _ string) error {
	return &net.OpError{Op: "dial", Net: network, Err: &net.AddrError{Err: "network is unreachable"}}
}

// strange puts a server with TLS in the fake's place whose certificate no
// client of ours knows.
func (f *Fake) strange(c *tls.Config) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(f.handle))
	s.TLS, s.Config.ErrorLog = c, f.server.Config.ErrorLog
	s.StartTLS()
	f.stops = append(f.stops, s.Close)
	f.URL, f.Client = s.URL, &http.Client{Transport: &http.Transport{}}
}

// asks holds every question to what a bad day must not do: be taken for an
// answer, stop a channel for what is no refusal of the key, follow a redirect
// with credentials, or tell a secret.
func (s suite) asks(t *testing.T) {
	for _, d := range days() {
		for name := range questions(s.open(NewFake(t, nil))) {
			t.Run(d.name+", "+name, func(t *testing.T) {
				f := NewFake(t, s.d.Spec)
				d.hurt(f)
				s.badAnswer(t, f, questions(s.open(f))[name](t.Context()), d)
			})
		}
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name := range questions(s.open(NewFake(t, nil))) {
			t.Run(fmt.Sprintf("%d, %s", status, name), func(t *testing.T) {
				other := NewFake(t, nil)
				other.Answer(200, `{"data":[]}`)
				f := NewFake(t, s.d.Spec)
				f.Answer(status, "", "Location", other.URL+"/v1.0/elsewhere")
				s.badAnswer(t, f, questions(s.open(f))[name](t.Context()), badDay{})
				if n := len(other.Requests()); n != 0 {
					t.Errorf("%d requests followed the redirect", n)
				}
			})
		}
	}
}

func (s suite) badAnswer(t *testing.T, f *Fake, err error, d badDay) {
	t.Helper()
	if err == nil {
		t.Fatal("taken for an answer")
	}
	if said := err.Error() + f.Logged(); strings.Contains(said, s.d.Token.Reveal()) || strings.Contains(said, "hook-secret") {
		t.Errorf("a secret is told: %s", said)
	}
	if code := core.CodeOf(err); code == core.Internal || code == core.OutcomeUnsure {
		t.Errorf("code %s: %v", code, err)
	}
	pe := core.ProviderErrorOf(err)
	switch {
	case pe == nil && core.CodeOf(err) != core.ProviderRefused:
		t.Errorf("no class in %v", err)
	case pe != nil && d.class != "" && pe.Class != d.class, pe != nil && d.class == "" && pe.Class.StopsChannel():
		t.Errorf("class %s, want %q (%v)", pe.Class, d.class, err)
	}
}
