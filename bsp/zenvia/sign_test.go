package zenvia

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/wire"
	"bottega/core"
)

// TestSignature holds the signature of signature tokens to the document's vectors.
func TestSignature(t *testing.T) {
	at := time.Date(2026, 11, 22, 6, 40, 0, 0, time.UTC)
	const body = `{"from":"5511900000001","to":"5511987654321","contents":[{"type":"text","text":"Olá, seu pedido saiu"}]}`
	for _, v := range []struct{ method, at, body, want string }{
		{"POST", "/v2/channels/whatsapp/messages", body, "Z7wL7fuKrsqPq7rBEvmR5lZffX7VJgSSuQdNvbGEJKo="},
		{"GET", "/v2/templates?channel=WHATSAPP&page=0&size=50", "", "85Lyd4SLNg9Hk1+58D5+tH3eF/2bhZk4a7R1nJNEMFw="},
	} {
		u, err := url.Parse("https://api.zenvia.com" + v.at)
		if err != nil {
			t.Fatal(err)
		}
		c := wire.Call{Method: v.method, URL: u}
		if v.body != "" {
			c.Body, c.MIME = []byte(v.body), "application/json"
		}
		if got := signature("z-token-secret-1", &c, at); got != v.want {
			t.Errorf("%s %s: %s", v.method, v.at, got)
		}
	}
}

// TestSigned: a signature token's requests are signed, a plain token's are not,
// and a keyring that is silent sends nothing.
func TestSigned(t *testing.T) {
	for name, tt := range map[string]struct {
		signer func(context.Context) (core.Secret, error)
		signed bool
		code   core.Code
	}{
		"plain":        {nil, false, ""},
		"none kept":    {func(context.Context) (core.Secret, error) { return "", core.Fail(core.NotFound, "t", nil) }, false, ""},
		"signed":       {func(context.Context) (core.Secret, error) { return "s", nil }, true, ""},
		"dark keyring": {func(context.Context) (core.Secret, error) { return "", core.Fail(core.NoKeyring, "t", nil) }, false, core.NoKeyring},
	} {
		t.Run(name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			f.Answer(201, `{"url":"https://files.zenvia.example/f/1"}`)
			gw := New(Config{Account: core.Account{BaseURL: f.URL + "/v2"}, Number: "+5511900000001", Wire: wire.Config{Client: f.Client}, Signer: tt.signer,
				Token: func(context.Context) (core.Secret, error) { return "t", nil }})
			_, err := gw.Upload(t.Context(), core.MediaFile{MIME: "image/jpeg", Size: 4, Body: strings.NewReader("JPEG")})
			if tt.code != "" {
				if core.CodeOf(err) != tt.code || len(f.Requests()) != 0 {
					t.Errorf("%v", err)
				}
				return
			}
			r := f.Requests()[0]
			if err != nil || r.Path != "/v2/files" || string(r.Body) != "JPEG" || (r.Header.Get("X-Api-Signature") != "") != tt.signed || tt.signed && r.Header.Get("Date") == "" {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func TestCallback(t *testing.T) {
	const secret core.Secret = "long-random-value"
	for name, tt := range map[string]struct {
		secret      core.Secret
		header, key string
		ok          bool
	}{
		"header":              {secret, "long-random-value", "", true},
		"header and path":     {secret, "long-random-value", PathKey(secret), true},
		"another path":        {secret, "long-random-value", "9f2c6c1e", false},
		"path alone":          {secret, "", PathKey(secret), false},
		"another header":      {secret, "long-random-valuf", PathKey(secret), false},
		"neither":             {secret, "", "", false},
		"a channel with none": {"", "", "", false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/webhooks/shop", nil)
		r.Header.Set(SecretHeader, tt.header)
		r.SetPathValue("key", tt.key)
		if err := Callback(tt.secret)(r, nil); (err == nil) != tt.ok || err != nil && core.CodeOf(err) != core.BadSignature {
			t.Errorf("%s: %v", name, err)
		}
	}
	if PathKey(secret) == PathKey("other") || strings.Contains(PathKey(secret), "long") || len(PathKey(secret)) != 32 {
		t.Error("the path's key tells or does not tell")
	}
}

// The document's own table must be in the file, code by code.
func TestDocumentIsCovered(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(bsptest.Shared(), "bsp", "zenvia.md"))
	if err != nil {
		t.Skip("the provider's notes are not beside the repository (see BOTTEGA_SHARED)")
	}
	_, part, ok := strings.Cut(string(doc), "## 3. Errors")
	part, _, ok2 := strings.Cut(part, "Some failures answer")
	if !ok || !ok2 {
		t.Fatal("section 3 has moved")
	}
	rows := regexp.MustCompile(`(?m)^\| \d{3} \| ([A-Z_]+) \|`).FindAllStringSubmatch(part, -1)
	if len(rows) != 5 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		if _, known := table()[r[1]]; !known {
			t.Errorf("%s is not in codes.tsv", r[1])
		}
	}
	for _, r := range table() {
		if r.Class == "" || r.Group == "" {
			t.Errorf("%+v", r)
		}
	}
}
