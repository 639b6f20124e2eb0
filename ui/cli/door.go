package cli

import (
	"strings"

	"github.com/spf13/pflag"

	"bottega/ui/text"
)

// receiver is where callbacks are taken as the environment says.
func (a *app) receiver() Receiver {
	get := a.h.Environ.Lookup
	o := Receiver{Listen: envOr(get, "BOTTEGA_LISTEN", defaultListen), Cert: envOr(get, "BOTTEGA_TLS_CERT", ""), Key: envOr(get, "BOTTEGA_TLS_KEY", "")}
	if v := envOr(get, "BOTTEGA_TRUST_PROXY", ""); v != "" {
		o.Proxies = strings.Split(v, ",")
	}
	return o
}

// doorFlags are the flags of a command that takes callbacks.
func (a *app) doorFlags(f *pflag.FlagSet, o *Receiver) {
	f.StringVar(&o.Listen, "listen", o.Listen, a.w.T(text.FlagListen))
	f.StringVar(&o.Cert, "tls-cert", o.Cert, a.w.T(text.FlagTLSCert))
	f.StringVar(&o.Key, "tls-key", o.Key, a.w.T(text.FlagTLSKey))
	f.StringSliceVar(&o.Proxies, "trust-proxy", o.Proxies, a.w.T(text.FlagTrustProxy))
}

// checkDoor refuses half a certificate.
func checkDoor(o Receiver) error {
	switch {
	case o.Cert != "" && o.Key == "":
		return usage(text.UseTogether, "Flag", "--tls-cert", "Other", "--tls-key")
	case o.Cert == "" && o.Key != "":
		return usage(text.UseTogether, "Flag", "--tls-key", "Other", "--tls-cert")
	}
	return nil
}
