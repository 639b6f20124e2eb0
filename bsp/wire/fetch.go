package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"bottega/core"
)

// maxHops bounds the redirects of one download.
const maxHops = 3

// File is a file to fetch.
type File struct {
	Op   string
	URL  *url.URL
	Auth func(*http.Request)  // credentials; for Own hosts only
	Own  func(*url.URL) bool  // hosts that may see the credentials
	Near bool                 // the API is on this machine, so its files may be too
	Miss func(a Answer) error // judges an answer that is no file
}

// Fetch writes a file to w, at most max bytes (TooLarge). Redirects are followed
// by hand: the credentials go to own hosts only, and an address within a private
// network is refused (BadMedia), whoever names it. After an error w may hold a
// part of the file. The answer's type is Media.MIME.
func (l *Line) Fetch(ctx context.Context, f File, max int64, w io.Writer) (core.Media, error) {
	ctx, cancel := context.WithTimeout(ctx, TransferTimeout)
	defer cancel()
	u := f.URL
	for range maxHops + 1 {
		if u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && f.Near && Loopback(u.Hostname())) {
			return core.Media{}, core.Fail(core.BadMedia, f.Op, errors.New("file lies at no address of the public web"))
		}
		res, err := l.hop(ctx, f, u)
		if err != nil {
			return core.Media{}, err
		}
		next, err := redirect(u, res)
		if err == nil && next == nil {
			defer func() { _ = res.Body.Close() }() // only read
			return f.take(res, max, w)
		}
		_ = res.Body.Close() // only a redirect's page
		if err != nil {
			return core.Media{}, core.Fail(core.BadMedia, f.Op, err)
		}
		u = next
	}
	return core.Media{}, core.Fail(core.BadMedia, f.Op, errors.New("too many redirects"))
}

func (l *Line) hop(ctx context.Context, f File, u *url.URL) (*http.Response, error) {
	c := Call{Op: f.Op, Method: http.MethodGet, URL: u, Header: map[string]string{"Accept": "*/*"}}
	own := f.Own != nil && f.Own(u)
	if own {
		c.Auth = f.Auth
	}
	via := l.client.Transport
	if !own && !f.Near {
		via = l.outside(u)
	}
	res, err := c.stream(ctx, via, l.client)
	if errors.Is(err, errPrivate) {
		return nil, core.Fail(core.BadMedia, f.Op, errPrivate)
	}
	return res, err
}

var errPrivate = errors.New("file lies within a private network")

// outside is the client's transport for hosts that somebody else names: it
// does not connect to private addresses, whatever the name resolves to. Behind
// a proxy the proxy connects, and keeps its own rules.
func (l *Line) outside(u *url.URL) http.RoundTripper {
	base := l.client.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	t, ok := base.(*http.Transport)
	if !ok {
		return base // a test's own
	}
	if t.Proxy != nil {
		if via, err := t.Proxy(&http.Request{URL: u}); err != nil || via != nil {
			return t
		}
	}
	t = t.Clone()
	t.DisableKeepAlives = true // used once
	dialer := net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !public(at.Addr()) {
			return errPrivate
		}
		return nil
	}}
	t.DialContext = dialer.DialContext
	return t
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsGlobalUnicast() && !a.IsPrivate() && !netip.MustParsePrefix("100.64.0.0/10").Contains(a)
}

// redirect is where an answer leads; nil for one that is no redirect.
func redirect(from *url.URL, res *http.Response) (*url.URL, error) {
	switch res.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		to, err := from.Parse(res.Header.Get("Location"))
		if err != nil || res.Header.Get("Location") == "" {
			return nil, errors.New("a redirect without an address")
		}
		return to, nil
	}
	return nil, nil
}

func (f *File) take(res *http.Response, max int64, w io.Writer) (core.Media, error) {
	c := Call{Op: f.Op}
	if res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone {
		return core.Media{}, core.Fail(core.NotFound, f.Op, &core.ProviderError{Code: httpCode(res.StatusCode), Class: core.ClassMedia, Message: "the file is gone"})
	}
	if res.StatusCode != http.StatusOK {
		body, err := io.ReadAll(io.LimitReader(res.Body, maxWords))
		if err != nil {
			body = nil // the status says enough
		}
		return core.Media{}, f.Miss(Answer{Status: res.StatusCode, Header: res.Header, Body: body})
	}
	if res.ContentLength > max {
		return core.Media{}, core.Fail(core.TooLarge, f.Op, fmt.Errorf("file has %d bytes, at most %d", res.ContentLength, max))
	}
	out := &Sink{W: w}
	n, err := io.Copy(out, io.LimitReader(res.Body, max+1))
	switch {
	case out.Err != nil:
		return core.Media{}, out.Err // ours: the disk, not the line
	case n > max:
		return core.Media{}, core.Fail(core.TooLarge, f.Op, fmt.Errorf("file has more than %d bytes", max))
	case err != nil:
		return core.Media{}, c.Lost(false, err)
	}
	return core.Media{MIME: res.Header.Get("Content-Type"), Size: n}, nil
}

// Sink remembers that writing failed, which io.Copy reports like a failed read.
type Sink struct {
	W   io.Writer
	Err error
}

func (s *Sink) Write(p []byte) (int, error) {
	n, err := s.W.Write(p)
	if err != nil {
		s.Err = err
	}
	return n, err
}
