package bsptest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// The check itself must find what it is for; a check that cannot fail proves nothing.
func TestMetaSpec(t *testing.T) {
	const token core.Secret = "EAAG-secret"
	spec := bsptest.MetaSpec(t, token)
	const host = "http://127.0.0.1:9"
	const good = `{"messaging_product":"whatsapp","to":"+573005550101","type":"text","text":{"body":"x"},"biz_opaque_callback_data":"r"}`
	tests := []struct {
		name, method, url, mime, body, auth string
		want                                string // part of the complaint; "" for none
	}{
		{"text", "POST", "/v25.0/1/messages", "application/json", good, "Bearer " + token.Reveal(), ""},
		{"read mark", "POST", "/v25.0/1/messages", "application/json", `{"messaging_product":"whatsapp","status":"read","message_id":"w"}`, "Bearer x", ""},
		{"number", "GET", "/v25.0/1?fields=id", "", "", "Bearer x", ""},
		{"templates", "GET", "/v25.0/1/message_templates?limit=100", "", "", "Bearer x", ""},
		{"allowed beside the description", "POST", "/v25.0/1/unpause", "", "", "Bearer x", ""},
		{"no token", "POST", "/v25.0/1/messages", "application/json", good, "", "bearer"},
		{"no version", "POST", "/1/messages", "application/json", good, "Bearer x", "version"},
		{"token in the URL", "POST", "/v25.0/1/messages?access_token=1", "application/json", good, "Bearer x", "token is in the URL"},
		{"secret in the URL", "GET", "/v25.0/1?x=" + token.Reveal(), "", "", "Bearer x", "secret is in the URL"},
		{"no plus", "POST", "/v25.0/1/messages", "application/json", strings.Replace(good, "+", "", 1), "Bearer x", "plus sign"},
		{"misspelt key", "POST", "/v25.0/1/messages", "application/json", strings.Replace(good, `"body"`, `"boddy"`, 1), "Bearer x", "boddy"},
		{"too long", "POST", "/v25.0/1/messages", "application/json", strings.Replace(good, `"x"`, `"`+strings.Repeat("x", 4097)+`"`, 1), "Bearer x", "4096"},
		{"unknown path", "POST", "/v25.0/1/nonsense", "application/json", good, "Bearer x", "nonsense"},
		{"wrong method", "PUT", "/v25.0/1/messages", "application/json", good, "Bearer x", "PUT"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, host+tt.url, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if tt.mime != "" {
				r.Header.Set("Content-Type", tt.mime)
			}
			if tt.auth != "" {
				r.Header.Set("Authorization", tt.auth)
			}
			err = spec.Check(r)
			if tt.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("complaint %v, want %q in it", err, tt.want)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != tt.body {
				t.Errorf("the body was not put back: %q, %v", body, err)
			}
		})
	}
}
