package template

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

// hosts judges where links lead.
type hosts struct {
	short    map[string]bool
	branded  map[string]bool
	whatsapp map[string]bool
	button   map[string]bool // WhatsApp's own and those that forward to it
	skeleton map[string]bool // of short hosts
	looks    map[rune]string // what a letter can be taken for
}

func newHosts(f linksFile) *hosts {
	h := &hosts{short: map[string]bool{}, branded: set(f.Branded), whatsapp: set(f.WhatsApp),
		button: set(append(f.WhatsAppButtons, f.WhatsApp...)), skeleton: map[string]bool{}, looks: map[rune]string{}}
	for from, to := range f.Lookalikes {
		for _, r := range from {
			h.looks[r] = to
		}
	}
	for _, list := range f.Shorteners {
		for _, s := range list {
			h.short[s] = true
			h.skeleton[h.skeletonOf(s)] = true
		}
	}
	return h
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

// under reports whether the host or a domain above it is in the set.
func under(set map[string]bool, host string) bool {
	for {
		if set[host] {
			return true
		}
		_, up, more := strings.Cut(host, ".")
		if !more {
			return false
		}
		host = up
	}
}

// shortener reports hosts of the lists and those written to look like one:
// with letters of other scripts, digits for letters, or in punycode. A host
// whose link the shop allows, or that belongs to one brand, is none.
func (h *hosts) shortener(host string, c *Context) bool {
	if c.allowed(host) || under(h.branded, host) {
		return false
	}
	return under(h.short, host) || c.added(host) || h.disguised(host)
}

// disguised compares by skeleton, but only hosts that have something to hide:
// url.ca is not ur1.ca.
func (h *hosts) disguised(host string) bool {
	if under(h.short, host) {
		return false // it does not hide
	}
	shown := unpuny(host)
	plain := shown == host
	for _, r := range shown {
		if _, odd := h.looks[r]; odd {
			plain = false
		}
		plain = plain && r < 0x80
	}
	return !plain && under(h.skeleton, h.skeletonOf(shown))
}

// skeletonOf writes a host in letters that look alike: i, l and 1 as l.
func (h *hosts) skeletonOf(host string) string {
	var b strings.Builder
	for _, r := range newText(host).fold {
		s, odd := h.looks[r]
		if !odd {
			s = string(r)
		}
		b.WriteString(strings.ReplaceAll(s, "i", "l"))
	}
	return b.String()
}

// odd reports hosts that a careful reader would not trust: bare addresses,
// punycode, and names that mix scripts to look like another.
func (h *hosts) odd(host string) bool {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	if strings.HasPrefix(host, "xn--") || strings.Contains(host, ".xn--") {
		return true
	}
	return mixed(host) || h.disguised(host)
}

// mixed reports a label with letters of Latin and of another script.
func mixed(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		latin, other := false, false
		for _, r := range label {
			latin = latin || 'a' <= r && r <= 'z'
			other = other || r >= 0x370
		}
		if latin && other {
			return true
		}
	}
	return false
}

// unpuny shows a host as browsers would, or as it is when that fails.
func unpuny(host string) string {
	if !strings.Contains(host, "xn--") {
		return host
	}
	if u, err := idna.Punycode.ToUnicode(host); err == nil {
		return strings.ToLower(u)
	}
	return host
}
