package bird

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// Headers of a signed callback (bsp/bird.md 5).
const (
	IDHeader        = "Webhook-Id"
	TimeHeader      = "Webhook-Timestamp"
	SignatureHeader = "Webhook-Signature"
)

// tolerance is how far a callback's time may lie from ours, either way.
const tolerance = 5 * time.Minute

// Sign returns the value of SignatureHeader for a callback. "" for a secret
// that is none.
func Sign(secret core.Secret, id string, at time.Time, body []byte) string {
	sum := sum(secret, id, strconv.FormatInt(at.Unix(), 10), body)
	if sum == nil {
		return ""
	}
	return "v1," + base64.StdEncoding.EncodeToString(sum)
}

func sum(secret core.Secret, id, at string, body []byte) []byte {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret.Reveal(), "whsec_"))
	if err != nil || len(key) == 0 {
		return nil
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + at + "."))
	h.Write(body)
	return h.Sum(nil)
}

// Verify reports whether the headers sign the raw body, not longer ago than the
// tolerance. During a rotation there are two signatures; one that fits is
// enough. The comparison takes the same time for every wrong one.
func Verify(secret core.Secret, h http.Header, body []byte, now time.Time) bool {
	id, at := h.Get(IDHeader), h.Get(TimeHeader)
	sec, err := strconv.ParseInt(at, 10, 64)
	if id == "" || err != nil || len(at) > 12 {
		return false
	}
	if age := now.Sub(time.Unix(sec, 0)); age > tolerance || age < -tolerance {
		return false
	}
	want := sum(secret, id, at, body)
	if want == nil {
		return false
	}
	ok := false
	for i, entry := range strings.Fields(h.Get(SignatureHeader)) {
		if i >= 16 {
			break
		}
		version, value, _ := strings.Cut(entry, ",")
		got, err := base64.StdEncoding.DecodeString(value)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			ok = true // and on, so that time does not tell which one
		}
	}
	return ok
}

// Callback returns the check of a callback (BadSignature) with the secret of
// the webhook.
func Callback(secret core.Secret, now func() time.Time) func(http.Header, []byte) error {
	return func(h http.Header, body []byte) error {
		if !Verify(secret, h, body, now()) {
			return core.Fail(core.BadSignature, "bird.Verify", errors.New("no valid "+SignatureHeader))
		}
		return nil
	}
}
