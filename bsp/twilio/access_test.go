package twilio_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

func TestInspect(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"status":"active","type":"Trial"}`)
	k, err := gateway(f).Inspect(t.Context())
	if err != nil || !reflect.DeepEqual(k, core.Key{Kind: "Trial", Endless: true, At: noon()}) {
		t.Errorf("%+v, %v", k, err)
	}
	f.Answer(401, `{"code":20003,"message":"Authenticate","status":401}`)
	if _, err := gateway(f).Inspect(t.Context()); core.ProviderErrorOf(err) == nil || core.ProviderErrorOf(err).Class != core.ClassAuth {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestSubscribe(t *testing.T) {
	const address, xe = "https://relay.example.com/webhooks/shop", "XE00000000000000000000000000000001"
	page := func(number core.Phone, in, states string) string {
		return fmt.Sprintf(`{"senders":[{"sid":%q,"status":"ONLINE","sender_id":"whatsapp:%s","webhook":{"callback_url":%q,"status_callback_url":%q}}],"meta":{"next_page_url":null}}`, xe, number, in, states)
	}
	for name, tt := range map[string]struct {
		url, list string
		status    int
		posts     int
		want      core.Hooked
	}{
		"no address":     {"", "", 200, 0, core.Hooked{}},
		"first":          {address, page(shop, "", ""), 200, 1, core.Hooked{URL: address, State: "active"}},
		"another":        {address, page(shop, address, "https://old.example"), 200, 1, core.Hooked{URL: address, State: "active"}},
		"already":        {address, page(shop, address, address), 200, 0, core.Hooked{URL: address, State: "active"}},
		"sandbox":        {address, page("+14155238886", "", ""), 200, 0, core.Hooked{ByHand: true}},
		"without an API": {address, `{"code":20404,"message":"not found"}`, 404, 0, core.Hooked{ByHand: true}},
	} {
		f, posts := bsptest.NewFake(t, spec(t)), 0
		f.Serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			answer := tt.list
			switch {
			case r.Method == http.MethodPost:
				posts++
				var body struct {
					Webhook map[string]string `json:"webhook"`
				}
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Webhook["callback_url"] != address || body.Webhook["status_callback_url"] != address || !strings.HasSuffix(r.URL.Path, "/Senders/"+xe) {
					t.Errorf("%s: %s %v, %v", name, r.URL.Path, body, err)
				}
				w.WriteHeader(http.StatusAccepted)
				answer = page(shop, address, address)
			case tt.status != 200:
				w.WriteHeader(tt.status)
			}
			if _, err := w.Write([]byte(answer)); err != nil {
				t.Error(err)
			}
		})
		got, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: tt.url})
		if err != nil || !reflect.DeepEqual(got, tt.want) || posts != tt.posts {
			t.Errorf("%s: %+v, %d posts, %v", name, got, posts, err)
		}
	}
	f := bsptest.NewFake(t, nil)
	f.Answer(503, "busy")
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: address}); core.CodeOf(err) != core.Unreachable {
		t.Errorf("out of order: %v", err)
	}
}
