package webhook

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"bottega/core"
)

// lookEvery is how often a certificate's files are looked at, at most.
const lookEvery = 10 * time.Second

// certificate is read again when its files have changed: a renewal needs no restart.
type certificate struct {
	certFile, keyFile string
	now               func() time.Time
	log               *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  [2]time.Time
	looked time.Time
}

// TLS is a configuration for TLS 1.2 and later (S-127) with the certificate of
// two PEM files, read again when they change. New files that cannot be read or
// do not fit together leave the old certificate in place, which the log says.
// NotFound when a file cannot be read now, InvalidInput when they are no pair.
func TLS(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*tls.Config, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, now: now, log: log}
	if err := c.load(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.get}, nil
}

func (c *certificate) stamps() (s [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		st, err := os.Stat(name)
		if err != nil {
			return s, core.Fail(core.NotFound, "webhook.TLS", err)
		}
		s[i] = st.ModTime()
	}
	return s, nil
}

func (c *certificate) load() error {
	stamp, err := c.stamps()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if _, unread := errors.AsType[*os.PathError](err); unread {
		return core.Fail(core.NotFound, "webhook.TLS", err)
	}
	if err != nil {
		return core.Fail(core.InvalidInput, "webhook.TLS", err)
	}
	c.pair, c.stamp, c.looked = &pair, stamp, c.now()
	return nil
}

// get implements tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := c.now().Sub(c.looked); age >= 0 && age < lookEvery {
		return c.pair, nil
	}
	c.looked = c.now()
	if stamp, err := c.stamps(); err == nil && stamp == c.stamp {
		return c.pair, nil
	}
	if err := c.load(); err != nil {
		c.log.Error("The new certificate cannot be used; the old one stays", "err", core.Trace(err))
	} else {
		c.log.Info("The certificate was read again")
	}
	return c.pair, nil
}
