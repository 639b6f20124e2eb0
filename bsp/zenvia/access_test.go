package zenvia_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/zenvia"
	"bottega/core"
)

// TestSubscribe: both kinds of events are there once, awake and with our
// secret, whatever was there before.
func TestSubscribe(t *testing.T) {
	const secret, own = core.Secret("hook-secret-that-is-long"), "https://shop.example.com/webhooks/z"
	address := zenvia.Address(own, secret)
	for name, tt := range map[string]struct {
		list     []map[string]any
		conflict bool
		writes   []string
		state    string
	}{
		"first":          {nil, false, []string{"POST MESSAGE", "POST MESSAGE_STATUS"}, "ACTIVE"},
		"already":        {[]map[string]any{subscribed("a", "MESSAGE", address, "ACTIVE", secret.Reveal()), subscribed("b", "MESSAGE_STATUS", address, "ACTIVE", secret.Reveal())}, false, nil, "ACTIVE"},
		"degraded":       {[]map[string]any{subscribed("a", "MESSAGE", address, "DEGRADED", secret.Reveal()), subscribed("b", "MESSAGE_STATUS", address, "ACTIVE", secret.Reveal())}, false, nil, "DEGRADED"},
		"asleep":         {[]map[string]any{subscribed("a", "MESSAGE", address, "INACTIVE", secret.Reveal()), subscribed("b", "MESSAGE_STATUS", address, "ACTIVE", secret.Reveal())}, false, []string{"PATCH a"}, "ACTIVE"},
		"another secret": {[]map[string]any{subscribed("a", "MESSAGE", address, "ACTIVE", "old"), subscribed("b", "MESSAGE_STATUS", address, "ACTIVE", secret.Reveal())}, false, []string{"PATCH a"}, "ACTIVE"},
		"of others":      {[]map[string]any{subscribed("a", "MESSAGE", "https://crm.example", "ACTIVE", "x")}, false, []string{"POST MESSAGE", "POST MESSAGE_STATUS"}, "ACTIVE"},
		"made meanwhile": {nil, true, []string{"POST MESSAGE", "POST MESSAGE_STATUS"}, "ACTIVE"},
	} {
		f := bsptest.NewFake(t, spec(t))
		list := tt.list
		var writes []string
		f.Serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			var answer any = list
			if list == nil {
				answer = []any{}
			}
			if r.Method != http.MethodGet {
				var body map[string]any
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
					t.Error(err)
				}
				hook := body["webhook"].(map[string]any)
				if hook["url"] != address || hook["headers"].(map[string]any)[zenvia.SecretHeader] != secret.Reveal() || body["status"] != "ACTIVE" {
					t.Errorf("%s: %v", name, hook["url"])
				}
				event, _ := body["eventType"].(string)
				if r.Method == http.MethodPatch {
					writes = append(writes, "PATCH "+r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
					answer = subscribed("a", "MESSAGE", address, "ACTIVE", secret.Reveal())
				} else {
					writes = append(writes, "POST "+event)
					made := subscribed("n"+event, event, address, "ACTIVE", secret.Reveal())
					list, answer = append(list, made), made
					if tt.conflict {
						w.WriteHeader(http.StatusConflict)
						answer = map[string]string{"code": "CONFLICT", "message": "already there"}
					}
				}
			}
			if err := json.NewEncoder(w).Encode(answer); err != nil {
				t.Error(err)
			}
		})
		got, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: own, Secret: secret})
		if err != nil || got.State != tt.state || got.URL != own || !reflect.DeepEqual(writes, tt.writes) {
			t.Errorf("%s: %+v, %v, %v", name, got, writes, err)
		}
	}
	f := bsptest.NewFake(t, nil)
	f.Answer(409, `{"code":"CONFLICT","message":"two already"}`)
	if got, err := gateway(f).Subscribe(t.Context(), core.Hook{}); err != nil || !reflect.DeepEqual(got, core.Hooked{}) || len(f.Requests()) != 0 {
		t.Errorf("without an address: %+v, %v", got, err)
	}
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: own}); core.CodeOf(err) != core.NoSecret {
		t.Errorf("without a secret: %v", err)
	}
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		answer := `[]`
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusConflict)
			answer = `{"code":"CONFLICT","message":"two already"}`
		}
		_, _ = w.Write([]byte(answer))
	})
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: own, Secret: secret}); core.CodeOf(err) != core.Conflict {
		t.Errorf("others stand in the way: %v", err)
	}
}

// TestAddress: the part that nobody guesses is put behind the address once.
func TestAddress(t *testing.T) {
	once := zenvia.Address("https://x.example/webhooks/z/", "s")
	if once != zenvia.Address(once, "s") || once != "https://x.example/webhooks/z/"+zenvia.PathKey("s") {
		t.Error(once)
	}
}
