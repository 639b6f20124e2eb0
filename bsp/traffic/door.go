package traffic

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"

	"bottega/bsp/webhook"
	"bottega/core"
)

// Door is where callbacks come in.
type Door struct {
	Listen    string   // address
	Cert, Key string   // files of a certificate; without them no TLS
	Proxies   []string // whose X-Forwarded headers are believed
}

// Port is an opened Door. Serve must be called, or Close.
type Port struct {
	net.Listener
	trusted []netip.Prefix
}

// Open opens the door and tells the others on the shop's data. AddressInUse,
// BadAddress, and what webhook.TLS and webhook.ReadProxies return.
func (t *Traffic) Open(d Door) (*Port, error) {
	p, secure := &Port{}, d.Cert != "" || d.Key != ""
	var cfg *tls.Config
	var err error
	if p.trusted, err = webhook.ReadProxies(d.Proxies); err != nil {
		return nil, err
	}
	if secure {
		if cfg, err = webhook.TLS(d.Cert, d.Key, t.o.Now, t.o.Log); err != nil {
			return nil, err
		}
	}
	if p.Listener, err = Listen(d.Listen); err != nil {
		return nil, err
	}
	t.Listens(p.Addr(), secure)
	if secure {
		p.Listener = tls.NewListener(p.Listener, cfg)
	}
	return p, nil
}

// Serve answers until ctx ends; see webhook.Serve.
func (p *Port) Serve(ctx context.Context, h http.Handler) error {
	return webhook.Serve(ctx, p.Listener, webhook.Behind(p.trusted, h))
}

// Attend answers at an address until ctx ends. Where another program has it,
// that one receives, and Attend only waits. BadAddress when it is none of this
// computer.
func (t *Traffic) Attend(ctx context.Context, listen string, h http.Handler) error {
	ln, err := Listen(listen)
	if core.CodeOf(err) == core.AddressInUse {
		<-ctx.Done()
		return nil
	}
	if err != nil {
		return err
	}
	return webhook.Serve(ctx, ln, h)
}
