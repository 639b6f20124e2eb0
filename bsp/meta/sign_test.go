package meta_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bottega/bsp/meta"
	"bottega/core"
)

const appSecret core.Secret = "bottega-app-secret"

// vectors are those of bsp/meta.md 6.1: the bytes count, not what they decode to.
var vectors = []struct{ name, body, digits string }{
	{"plain", `{"object":"whatsapp_business_account","entry":[]}`, "ed2f19bcc5f64f4afd4895093e64ba6721fb484bdcd5c297c5682dde8dc633ed"},
	{"escaped and raw signs", `{"text":"\u00bfTienen pan? ¡Sí!"}`, "facc94b1b86d45ce101eeb560a3cc08e1baf0c979e8ab1a5a9eae857d737694d"},
}

func TestSignVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			if got := meta.Sign(appSecret, []byte(v.body)); got != "sha256="+v.digits {
				t.Errorf("Sign = %s, want sha256=%s", got, v.digits)
			}
			if !meta.Verify(appSecret, "sha256="+v.digits, []byte(v.body)) {
				t.Error("a right signature is refused")
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	body := []byte(vectors[0].body)
	good := meta.Sign(appSecret, body)
	tests := []struct {
		name   string
		secret core.Secret
		header string
		body   []byte
	}{
		{"no header", appSecret, "", body},
		{"no prefix", appSecret, strings.TrimPrefix(good, "sha256="), body},
		{"old algorithm", appSecret, "sha1=" + strings.TrimPrefix(good, "sha256="), body},
		{"not hex", appSecret, "sha256=" + strings.Repeat("z", 64), body},
		{"one digit short", appSecret, good[:len(good)-1], body},
		{"two digits short", appSecret, good[:len(good)-2], body},
		{"longer", appSecret, good + "00", body},
		{"other secret", "bottega-app-secreT", good, body},
		{"no secret", "", meta.Sign("", body), body},
		{"one byte more", appSecret, good, append([]byte(vectors[0].body), ' ')},
		{"same meaning, other bytes", appSecret, "sha256=" + vectors[1].digits, []byte(`{"text":"¿Tienen pan? ¡Sí!"}`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if meta.Verify(tt.secret, tt.header, tt.body) {
				t.Error("accepted")
			}
		})
	}
}

func TestHandshake(t *testing.T) {
	const token core.Secret = "my own choice"
	ask := func(mode, tok, challenge string) url.Values {
		return url.Values{"hub.mode": {mode}, "hub.verify_token": {tok}, "hub.challenge": {challenge}}
	}
	tests := []struct {
		name  string
		token core.Secret
		q     url.Values
		want  string
		ok    bool
	}{
		{"right", token, ask("subscribe", "my own choice", "1158201444"), "1158201444", true},
		{"wrong token", token, ask("subscribe", "my own choicE", "1158201444"), "", false},
		{"wrong mode", token, ask("unsubscribe", "my own choice", "1158201444"), "", false},
		{"no challenge", token, ask("subscribe", "my own choice", ""), "", false},
		{"markup", token, ask("subscribe", "my own choice", "<script>"), "", false},
		{"too long", token, ask("subscribe", "my own choice", strings.Repeat("1", 257)), "", false},
		{"no token set", "", ask("subscribe", "", "1"), "", false},
		{"nothing", token, nil, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := meta.Handshake(tt.token, tt.q)
			if got != tt.want || ok != tt.ok {
				t.Errorf("got %q %v, want %q %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestCallback(t *testing.T) {
	check, shake := meta.Callback(appSecret, "v")
	body := []byte(vectors[0].body)
	h := http.Header{}
	if err := check(h, body); core.CodeOf(err) != core.BadSignature {
		t.Errorf("unsigned: %v", err)
	}
	h.Set("x-hub-signature-256", meta.Sign(appSecret, body))
	if err := check(h, body); err != nil {
		t.Errorf("signed: %v", err)
	}
	if c, ok := shake(url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {"v"}, "hub.challenge": {"42"}}); c != "42" || !ok {
		t.Errorf("handshake: %q %v", c, ok)
	}
}
