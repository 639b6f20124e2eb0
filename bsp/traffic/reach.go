package traffic

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bottega/core"
	join "bottega/core/connect"
)

// reachWait bounds one look at an address: providers wait for about as long.
const reachWait = 10 * time.Second

// maxReached bounds what is read of an answer.
const maxReached = 4 << 10

// Reach asks the address of a channel's callbacks the way its provider will
// (S-102, S-127): over TLS 1.2 or later with a certificate that is trusted, and
// without following a redirect. With Verify the address must answer Meta's
// handshake; else it must turn away what is not signed, which only a receiver
// of ours does with our code. A *connect.Unreached says what was there instead.
func (t *Traffic) Reach(ctx context.Context, q join.Question) (join.Reached, error) {
	out := join.Reached{URL: q.URL}
	ctx, cancel := context.WithTimeout(ctx, reachWait)
	defer cancel()
	req, challenge, err := question(ctx, q)
	if err != nil {
		return out, &join.Unreached{Why: join.WhyUnreached, Err: err}
	}
	tr := client().Transport.(*http.Transport)
	tr.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: t.o.Roots}
	tr.DisableKeepAlives = true
	c := http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	began := t.o.Now()
	res, err := c.Do(req)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // the address has the verify token in it
		}
		return out, &join.Unreached{Why: whyNot(err), Err: err}
	}
	defer func() { _ = res.Body.Close() }() // only read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReached))
	out.Status, out.Took = res.StatusCode, t.o.Now().Sub(began)
	if res.TLS != nil {
		out.TLS = strings.TrimPrefix(tls.VersionName(res.TLS.Version), "TLS ")
	}
	switch {
	case err != nil:
		return out, &join.Unreached{Why: join.WhyUnreached, Err: err}
	case res.StatusCode/100 == 3:
		return out, &join.Unreached{Why: join.WhyRedirected}
	case challenge != "" && res.StatusCode == http.StatusOK && string(body) == challenge:
		return out, nil
	case challenge == "" && res.StatusCode == http.StatusUnauthorized && strings.Contains(string(body), `"`+string(core.BadSignature)+`"`):
		return out, nil
	}
	return out, &join.Unreached{Why: join.WhyElsewhere}
}

// question is the request that tells whether an address is ours.
func question(ctx context.Context, q join.Question) (*http.Request, string, error) {
	if q.Verify == "" {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, q.URL, strings.NewReader("{}"))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
		}
		return req, "", err
	}
	u, err := url.Parse(q.URL)
	if err != nil {
		return nil, "", err
	}
	challenge := rand.Text()
	v := u.Query()
	v.Set("hub.mode", "subscribe")
	v.Set("hub.verify_token", q.Verify.Reveal())
	v.Set("hub.challenge", challenge)
	u.RawQuery = v.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	return req, challenge, err
}

// whyNot names what kept an address from answering.
func whyNot(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return join.WhyName
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return join.WhyTLS
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return join.WhyTLS
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return join.WhyTLS
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "remote error" || op.Op == "local error") { // an alert of TLS
		return join.WhyTLS
	}
	if strings.HasPrefix(err.Error(), "tls: ") { // the handshake's own errors have no type
		return join.WhyTLS
	}
	return join.WhyUnreached
}
