package twilio

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"bottega/core"
)

const sdk = "CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675309&From=%2B14158675309&ReasonConferenceEnded=test&Reason=Participant&Digits=1234"

// TestVectors are those of Twilio's own libraries, and one of ours.
func TestVectors(t *testing.T) {
	const json, sum = `{"property": "value", "boolean": true}`, "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
	ours := url.Values{"MessageSid": {"SM00000000000000000000000000000001"}, "From": {"whatsapp:+573005550101"}, "To": {"whatsapp:+573005550100"},
		"Body": {"¿Tienen pan? & café +1"}, "NumMedia": {"0"}}.Encode()
	for _, v := range []struct {
		token                          core.Secret
		address, kind, body, signature string
	}{
		{"12345", "https://mycompany.com/myapp.php?foo=1&bar=2", formType, sdk, "vOEb5UThFn24KEfnOFLQY2AE5FY="},
		{"12345", "http://mycompany.com/myapp.php?foo=1&bar=2", formType, sdk, "n2xBNyzSW7rfYStDtOFiFMv7qNo="},
		{"12345", "https://mycompany.com:443/myapp.php?foo=1&bar=2", formType, sdk, "nlYDL9HO41xd+GBsch67HROPYMY="},
		{"12345", "https://mycompany.com/myapp.php?foo=1&bar=2", formType, "property=value&boolean=true", "NBdBDr/T/lgjI+tlgpXjKZQZs/k="},
		{"12345", "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=" + sum, "application/json", json, "a9nBmqA0ju/hNViExpshrM61xv4="},
		{"12345", "https://mycompany.com/myapp.php?bodySHA256=" + sum, "application/json", json, "y77kIzt2vzLz71DgmJGsen2scGs="},
		{"0123456789abcdef0123456789abcdef", "https://relay.example.com/hook/twilio?acct=a1", formType, ours, "5t0gbzbO3MYj2T15gEWy3L5c8Lg="},
	} {
		if !Verify(v.token, v.signature, []string{v.address}, v.kind, []byte(v.body)) {
			t.Errorf("%s: refused", v.address)
		}
		if Verify("another", v.signature, []string{v.address}, v.kind, []byte(v.body)) || Verify("", v.signature, []string{v.address}, v.kind, []byte(v.body)) {
			t.Errorf("%s: taken with another token", v.address)
		}
		if Verify(v.token, v.signature, []string{v.address + "x"}, v.kind, []byte(v.body)) || Verify(v.token, v.signature, []string{v.address}, v.kind, []byte(v.body+"1")) {
			t.Errorf("%s: taken for another address or body", v.address)
		}
	}
}

// TestCallback: what the proxy shows us is not what Twilio signed.
func TestCallback(t *testing.T) {
	const token core.Secret = "12345"
	form := url.Values{"MessageSid": {"SM1"}, "Body": {"Ciao"}}
	for name, tt := range map[string]struct {
		public, signed, local string
		ok                    bool
	}{
		"as seen":                   {"", "https://shop.example/webhooks/shop", "https://shop.example/webhooks/shop", true},
		"behind a proxy":            {"https://relay.example.com/tw", "https://relay.example.com/tw?ref=b1:7", "http://127.0.0.1:8080/webhooks/shop?ref=b1:7", true},
		"proxy, with port":          {"https://relay.example.com/tw", "https://relay.example.com:443/tw", "http://127.0.0.1:8080/webhooks/shop", true},
		"proxy told with port":      {"https://relay.example.com:443/tw", "https://relay.example.com/tw", "http://127.0.0.1:8080/webhooks/shop", true},
		"another port":              {"https://relay.example.com:8443/tw", "https://relay.example.com:8443/tw", "http://127.0.0.1:8080/webhooks/shop", true},
		"query written again":       {"https://relay.example.com/tw", "https://relay.example.com/tw?a=x%3Ay&ref=1", "http://127.0.0.1:8080/webhooks/shop?ref=1&a=x:y", true},
		"retries in a fragment":     {"https://relay.example.com/tw#rc=5", "https://relay.example.com/tw", "http://127.0.0.1/webhooks/shop", true},
		"public, not as told":       {"https://relay.example.com/tw", "https://relay.example.com/other", "https://relay.example.com/other", false},
		"http where https was told": {"https://relay.example.com/tw", "http://relay.example.com/tw", "http://relay.example.com/tw", false},
		"query that was not signed": {"https://relay.example.com/tw", "https://relay.example.com/tw", "http://127.0.0.1/webhooks/shop?ref=forged", false},
	} {
		t.Run(name, func(t *testing.T) {
			check, record := Callback(token, tt.public)
			r := httptest.NewRequest(http.MethodPost, tt.local, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", formType)
			r.Header.Set(SignatureHeader, Sign(token, tt.signed, form))
			if err := check(r, []byte(form.Encode())); (err == nil) != tt.ok || err != nil && core.CodeOf(err) != core.BadSignature {
				t.Errorf("%v, want ok %v", err, tt.ok)
			}
			kept, err := url.ParseQuery(string(record(r, []byte(form.Encode()))))
			if err != nil || kept.Get("Body") != "Ciao" || kept.Get(recordedRef) != r.URL.Query().Get(RefKey) {
				t.Errorf("kept %v, %v", kept, err)
			}
		})
	}
}

// TestDuplicateNames: Twilio's libraries part over them; both ways are taken.
func TestDuplicateNames(t *testing.T) {
	const at = "https://shop.example/tw"
	for _, signed := range []string{at + "AxB1", at + "AxAyB1"} {
		if !Verify("12345", sign("12345", signed), []string{at}, formType, []byte("A=x&B=1&A=y&A=x")) {
			t.Errorf("%s: refused", signed)
		}
	}
}
