package meta

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"bottega/core"
)

// SignatureHeader carries Sign's value on every callback (bsp/meta.md 6.1).
// The older X-Hub-Signature (SHA-1) is ignored.
const SignatureHeader = "X-Hub-Signature-256"

const signaturePrefix = "sha256="

// maxChallenge bounds what a stranger can make us echo.
const maxChallenge = 256

// Sign returns the value of SignatureHeader for a callback's raw body, with
// the app secret as key.
func Sign(secret core.Secret, body []byte) string {
	return signaturePrefix + hex.EncodeToString(sum(secret, body))
}

func sum(secret core.Secret, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write(body)
	return h.Sum(nil)
}

// Verify reports whether header signs the raw body. The comparison takes the
// same time for every wrong signature. Without a secret nothing verifies.
func Verify(secret core.Secret, header string, body []byte) bool {
	digits, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok || secret == "" {
		return false
	}
	got, err := hex.DecodeString(digits)
	return err == nil && hmac.Equal(got, sum(secret, body))
}

// Handshake answers Meta's verification of a callback URL: the challenge to
// send back bare with 200, or false, which is a 403.
func Handshake(token core.Secret, q url.Values) (challenge string, ok bool) {
	// Both sides are hashed so that the comparison does not tell the length.
	got := sha256.Sum256([]byte(q.Get("hub.verify_token")))
	want := sha256.Sum256([]byte(token.Reveal()))
	same := hmac.Equal(got[:], want[:])
	challenge = q.Get("hub.challenge")
	if token == "" || !same || q.Get("hub.mode") != "subscribe" || !plain(challenge) {
		return "", false
	}
	return challenge, true
}

// plain reports whether s is a challenge as Meta sends them (a number); letters
// and "-_." pass too, markup and control characters never.
func plain(s string) bool {
	if s == "" || len(s) > maxChallenge {
		return false
	}
	for _, r := range s {
		ok := r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_.", r)
		if !ok {
			return false
		}
	}
	return true
}

var errSignature = errors.New("no valid " + SignatureHeader)

// Callback returns what a receiver needs of a channel: the check of a callback
// (BadSignature) with the app secret and the answer to the handshake.
func Callback(app, verify core.Secret) (check func(http.Header, []byte) error, shake func(url.Values) (string, bool)) {
	check = func(h http.Header, body []byte) error {
		if !Verify(app, h.Get(SignatureHeader), body) {
			return core.Fail(core.BadSignature, "meta.Verify", errSignature)
		}
		return nil
	}
	return check, func(q url.Values) (string, bool) { return Handshake(verify, q) }
}
