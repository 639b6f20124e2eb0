package zenvia

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// SecretHeader carries the webhook secret: we give it to Zenvia with the
// subscription, and it sends it with each callback (bsp/zenvia.md 5).
const SecretHeader = "X-Bottega-Secret"

// PathKey is the part of the callbacks' path that nobody guesses, made of the
// secret so that there is nothing more to keep. It does not tell the secret.
func PathKey(secret core.Secret) string {
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write([]byte("zenvia callback path"))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

var errSecret = errors.New("no valid " + SecretHeader + ", or another path")

// Callback returns the check of a callback (BadSignature): the header must be
// right, and so must the path's key where there is one. Both comparisons take
// the same time for every wrong value. Without a secret nothing verifies.
func Callback(secret core.Secret) func(*http.Request, []byte) error {
	return func(r *http.Request, _ []byte) error {
		header := equal(r.Header.Get(SecretHeader), secret.Reveal())
		path := r.PathValue("key")
		if path == "" {
			path = PathKey(secret)
		}
		if key := equal(path, PathKey(secret)); !header || !key || secret == "" {
			return core.Fail(core.BadSignature, "zenvia.Verify", errSecret)
		}
		return nil
	}
}

// equal hashes both sides so that the comparison does not tell the length.
func equal(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return hmac.Equal(a[:], b[:])
}

// signedHost is the fifth line of what is signed, whatever host is called.
const signedHost = "api.zenvia.com"

// sign adds the signature that a signature token asks for; a plain token does
// not take one (bsp/zenvia.md 1).
func (g *Gateway) sign(ctx context.Context, c *wire.Call) error {
	if g.signer == nil {
		return nil
	}
	secret, err := g.signer(ctx)
	switch core.CodeOf(err) {
	case "":
	case core.NotFound, core.NoSecret:
		return nil
	default:
		return core.Fail(core.CodeOf(err), c.Op, wire.Join(&core.ProviderError{Class: core.ClassRetry, Message: "key not at hand"}, err))
	}
	if secret == "" {
		return nil
	}
	if c.Stream != nil { // its sum stands before it
		if c.Body, err = io.ReadAll(c.Stream); err != nil {
			return core.Fail(core.NotFound, c.Op, err)
		}
		c.Stream = nil
	}
	c.Secrets = append(c.Secrets, secret)
	c.Header["Date"] = g.line.Now().UTC().Format(http.TimeFormat)
	c.Header["X-API-Signature"] = signature(secret, c, g.line.Now())
	return nil
}

// signature is base64(HMAC-SHA256(secret, six lines)). MD5 is Zenvia's choice;
// the keyed hash round it is what protects.
func signature(secret core.Secret, c *wire.Call, at time.Time) string {
	sum, kind := "", ""
	if c.Body != nil {
		m := md5.Sum(c.Body)
		sum, kind = hex.EncodeToString(m[:]), c.MIME
	}
	lines := []string{c.Method, sum, kind, at.UTC().Format(http.TimeFormat), signedHost, c.URL.RequestURI()}
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write([]byte(strings.Join(lines, "\n")))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
