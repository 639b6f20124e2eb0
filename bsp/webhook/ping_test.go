package webhook_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bottega/bsp/meta"
	"bottega/bsp/webhook"
)

// A ping of ours is answered, not kept and not counted; unsigned it is refused
// as anything else, and what only looks like one is a callback.
func TestPing(t *testing.T) {
	var j journal
	counted := 0
	h := receiver(&j, func(o *webhook.Options) { o.Observe = func(time.Duration, int) { counted++ } })
	res := answer(h, post("/webhooks/shop", string(webhook.Ping("n1"))))
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !webhook.Pong(body, "n1") || webhook.Pong(body, "n2") || webhook.Pong([]byte("<html>"), "n1") {
		t.Errorf("%d %s, %v", res.StatusCode, body, err)
	}
	if j.count() != 0 || counted != 0 {
		t.Errorf("%d kept, %d counted", j.count(), counted)
	}
	r := post("/webhooks/shop", string(webhook.Ping("n1")))
	r.Header.Set(meta.SignatureHeader, meta.Sign("another", webhook.Ping("n1")))
	if res := answer(h, r); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("unsigned: %d", res.StatusCode)
	}
	for _, s := range []string{`{"bottega_ping":""}`, `{"bottega_ping":"x","object":"y"}`, `{"bottega_ping":7}`, `{"bottega_ping":"` + strings.Repeat("x", 100) + `"}`, `[]`} {
		before := j.count()
		if res := answer(h, post("/webhooks/shop", s)); res.StatusCode != http.StatusOK || j.count() != before+1 {
			t.Errorf("%s: %d, kept %d", s, res.StatusCode, j.count()-before)
		}
	}
}
