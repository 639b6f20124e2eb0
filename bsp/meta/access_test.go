package meta_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// inBatch writes an answer of a batch with one question.
func inBatch(body string) string {
	b, err := json.Marshal([]map[string]any{{"code": 200, "body": body}})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestInspect(t *testing.T) {
	both := `"scopes":["whatsapp_business_management","whatsapp_business_messaging"]`
	for name, tt := range map[string]struct {
		status int
		body   string
		want   core.Key
		code   core.Code
	}{
		"never ends":      {200, inBatch(`{"data":{"type":"SYSTEM_USER","is_valid":true,"expires_at":0,` + both + `}}`), core.Key{Kind: "SYSTEM_USER", Endless: true, Scopes: []string{"whatsapp_business_management", "whatsapp_business_messaging"}, At: noon()}, ""},
		"ends":            {200, inBatch(`{"data":{"type":"USER","is_valid":true,"expires_at":1763900000,"scopes":["whatsapp_business_messaging"]}}`), core.Key{Kind: "USER", Expires: time.Unix(1763900000, 0).UTC(), Scopes: []string{"whatsapp_business_messaging"}, Missing: []string{"whatsapp_business_management"}, At: noon()}, ""},
		"not told":        {200, inBatch(`{"data":{"is_valid":"true"}}`), core.Key{At: noon()}, ""},
		"invalid":         {200, inBatch(`{"data":{"is_valid":false,"error":{"code":190,"message":"expired"}}}`), core.Key{}, core.ProviderRefused},
		"refused inside":  {200, `[{"code":400,"body":"{\"error\":{\"code\":190,\"message\":\"x\"}}"}]`, core.Key{}, core.ProviderRefused},
		"refused":         {401, `{"error":{"code":190,"message":"x"}}`, core.Key{}, core.ProviderRefused},
		"no list":         {200, `{}`, core.Key{}, core.ProviderRefused},
		"nothing in it":   {200, `[null]`, core.Key{}, core.ProviderRefused},
		"HTML":            {200, `<html>`, core.Key{}, core.ProviderRefused},
		"a server's woes": {500, `{"error":{"code":2,"message":"x"}}`, core.Key{}, core.Unreachable},
	} {
		f := bsptest.NewFake(t, spec(t))
		f.Answer(tt.status, tt.body)
		got, err := gateway(f).Inspect(t.Context())
		if core.CodeOf(err) != tt.code || err == nil && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		rs := f.Requests()
		if len(rs) != 1 || rs[0].Path != "/v25.0/" || len(rs[0].Query) != 0 {
			t.Fatalf("%s: %+v", name, rs)
		}
		form, err := url.ParseQuery(string(rs[0].Body))
		if err != nil || !strings.Contains(form.Get("batch"), "debug_token?input_token=") {
			t.Errorf("%s: %s, %v", name, form, err)
		}
		if strings.Contains(f.Logged(), token.Reveal()) {
			t.Error("the token is in the log")
		}
	}
}

func TestSubscribe(t *testing.T) {
	const address = "https://shop.example.com/webhooks/shop"
	listed := func(urls ...string) string {
		data := []map[string]any{}
		for _, u := range urls {
			d := map[string]any{"whatsapp_business_api_data": map[string]string{"id": "1", "name": "Bottega", "link": "https://x.example"}}
			if u != "" {
				d["override_callback_uri"] = u
			}
			data = append(data, d)
		}
		b, err := json.Marshal(map[string]any{"data": data})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for name, tt := range map[string]struct {
		hook          core.Hook
		before, after string
		posted        string // "" for no call
		want          core.Hooked
	}{
		"first":         {core.Hook{}, listed(), listed(""), `{}`, core.Hooked{State: "subscribed", Apps: []string{"Bottega"}, ByHand: true}},
		"already":       {core.Hook{}, listed(""), "", "", core.Hooked{State: "subscribed", Apps: []string{"Bottega"}, ByHand: true}},
		"with address":  {core.Hook{URL: address, Secret: "vt"}, listed(""), listed(address), `{"override_callback_uri":"` + address + `","verify_token":"vt"}`, core.Hooked{URL: address, State: "subscribed", Apps: []string{"Bottega"}, ByHand: true}},
		"there already": {core.Hook{URL: address, Secret: "vt"}, listed(address), "", "", core.Hooked{URL: address, State: "subscribed", Apps: []string{"Bottega"}, ByHand: true}},
	} {
		f := bsptest.NewFake(t, spec(t))
		f.Serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			answer := tt.before
			if r.Method == http.MethodPost {
				answer, tt.before = `{"success":true}`, tt.after
			}
			if _, err := w.Write([]byte(answer)); err != nil {
				t.Error(err)
			}
		})
		got, err := gateway(f).Subscribe(t.Context(), tt.hook)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		posted := ""
		for _, r := range f.Requests() {
			if r.Path != "/v25.0/100000000000201/subscribed_apps" {
				t.Errorf("%s: %s", name, r.Path)
			}
			if r.Method == http.MethodPost {
				posted = string(r.Body)
			}
		}
		if posted != tt.posted {
			t.Errorf("%s: posted %s, want %s", name, posted, tt.posted)
		}
	}
	f := bsptest.NewFake(t, nil)
	f.Answer(400, `{"error":{"code":2200,"message":"Callback verification failed"}}`)
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: address}); core.CodeOf(err) != core.ProviderRefused {
		t.Errorf("a handshake that failed: %v", err)
	}
	f.Answer(200, listed())
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: "https://x.example/" + strings.Repeat("a", 200)}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("an address that is too long: %v", err)
	}
}
