package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestBatch: the simulator tells of its token what Graph's debug_token does,
// and refuses what is no batch.
func TestBatch(t *testing.T) {
	b := start(t, nil)
	ask := func(path, questions string) (int, []map[string]any) {
		r := httptest.NewRequest("POST", path, strings.NewReader(url.Values{"batch": {questions}}.Encode()))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		var out []map[string]any
		if w.Code == http.StatusOK {
			if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
				t.Fatal(err)
			}
		}
		return w.Code, out
	}
	inner := func(m map[string]any) map[string]any {
		var v map[string]any
		if err := json.Unmarshal([]byte(m["body"].(string)), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	debug := `{"method":"GET","relative_url":"debug_token?input_token=` + token + `"}`
	status, out := ask("/v25.0/", "["+debug+`,{"method":"GET","relative_url":"me/friends"}]`)
	if status != 200 || len(out) != 2 || out[1]["code"] != 400.0 {
		t.Fatal(status, out)
	}
	data := inner(out[0])["data"].(map[string]any)
	if data["is_valid"] != true || data["expires_at"] != 0.0 || len(data["scopes"].([]any)) != 2 {
		t.Errorf("%v", data)
	}
	b.call("POST", "/sandbox/number", `{"token_ends":"2026-12-01T00:00:00Z","scopes":["whatsapp_business_messaging"]}`)
	_, out = ask("/v25.0/", "["+debug+"]")
	data = inner(out[0])["data"].(map[string]any)
	if data["expires_at"] != 1796083200.0 || len(data["scopes"].([]any)) != 1 {
		t.Errorf("%v", data)
	}
	_, out = ask("/v25.0/", `[{"method":"GET","relative_url":"debug_token?input_token=other"}]`)
	if data = inner(out[0])["data"].(map[string]any); data["is_valid"] != false {
		t.Errorf("a strange token: %v", data)
	}
	for _, bad := range []string{"", "{}", "[]", "[" + strings.Repeat(debug+",", maxBatch) + debug + "]"} {
		if status, _ := ask("/v25.0/", bad); status != 400 {
			t.Errorf("%.40s: %d", bad, status)
		}
	}
	if status, _ := ask("/v1/", "["+debug+"]"); status != 400 {
		t.Error("a dead version")
	}
}
