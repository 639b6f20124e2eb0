package webhook

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"bottega/core"
)

// told are the headers in which a proxy says what the caller asked it for.
func told() []string {
	return []string{"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-For", "X-Forwarded-Port", "Forwarded"}
}

// ReadProxies reads addresses and networks of proxies: "127.0.0.1", "10.0.0.0/8".
// InvalidInput for one that is neither.
func ReadProxies(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(s); err == nil {
				p = netip.PrefixFrom(a, a.BitLen())
			}
		}
		if err != nil {
			return nil, core.Fail(core.InvalidInput, "webhook.ReadProxies", err)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Behind believes the X-Forwarded headers of trusted proxies, and drops those
// of everybody else: what a stranger writes there must not become the address
// that a signature is checked against. Of several values the last counts, the
// one that our own proxy has added.
func Behind(trusted []netip.Prefix, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := last(r.Header.Get("X-Forwarded-Host")); host != "" && from(trusted, r.RemoteAddr) && plainHost(host) {
			r.Host = host
			r.URL.Scheme = "https"
			if last(r.Header.Get("X-Forwarded-Proto")) == "http" {
				r.URL.Scheme = "http"
			}
		}
		for _, h := range told() {
			r.Header.Del(h)
		}
		next.ServeHTTP(w, r)
	})
}

// from reports whether a connection comes from one of the proxies.
func from(trusted []netip.Prefix, remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// last is the last of several values.
func last(v string) string {
	return strings.TrimSpace(v[strings.LastIndexByte(v, ',')+1:])
}

// plainHost reports whether s can be a host with or without a port.
func plainHost(s string) bool {
	return len(s) <= 255 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789.-:[]_") == ""
}
