package bird_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// TestInspectProbesScopes: Bird tells no scopes, so each is asked for.
func TestInspectProbesScopes(t *testing.T) {
	for name, tt := range map[string]struct {
		deny []string
		want core.Key
		code core.Code
	}{
		"all":           {nil, core.Key{Kind: "eu1", Endless: true, At: noon(), Scopes: []string{"whatsapp:read", "whatsapp_management:read", "sms:read"}}, ""},
		"no SMS":        {[]string{"/sms/"}, core.Key{Kind: "eu1", Endless: true, At: noon(), Scopes: []string{"whatsapp:read", "whatsapp_management:read"}}, ""},
		"no management": {[]string{"/numbers"}, core.Key{Kind: "eu1", Endless: true, At: noon(), Scopes: []string{"whatsapp:read", "sms:read"}, Missing: []string{"whatsapp_management:read"}}, ""},
		"none":          {[]string{"/"}, core.Key{}, core.ProviderRefused},
	} {
		f := bsptest.NewFake(t, spec(t))
		f.Serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if slices.ContainsFunc(tt.deny, func(p string) bool { return strings.Contains(r.URL.Path, p) }) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = fmt.Fprint(w, refused("permission_error", "E1", "ScopeMissing"))
				return
			}
			_, _ = fmt.Fprint(w, `{"data":[]}`)
		})
		got, err := gateway(f).Inspect(t.Context())
		if core.CodeOf(err) != tt.code || err == nil && !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	f := bsptest.NewFake(t, nil)
	f.Answer(421, refused("misdirected_error", "E1", "MisdirectedRequest"))
	if _, err := gateway(f).Inspect(t.Context()); core.ProviderErrorOf(err) == nil || core.ProviderErrorOf(err).Class != core.ClassAuth {
		t.Errorf("the wrong region: %v", err)
	}
}

// hooks is Bird's list of webhooks.
type hooks struct {
	list   []map[string]any
	writes []string
	bodies []map[string]any
}

func (h *hooks) serve(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var answer any = map[string]any{"data": h.list}
		if r.Method != http.MethodGet {
			h.writes = append(h.writes, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v1/webhooks"))
			var body map[string]any
			if r.ContentLength > 0 {
				if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
					t.Error(err)
				}
			}
			h.bodies = append(h.bodies, body)
			switch {
			case strings.HasSuffix(r.URL.Path, "rotate-secret"):
				answer = map[string]any{"secret": "whsec_turned"}
			case r.Method == http.MethodPatch:
				answer = map[string]any{"id": whk, "url": body["url"], "status": "active"}
			default:
				w.WriteHeader(http.StatusCreated)
				answer = map[string]any{"id": whk, "url": body["url"], "events": body["events"], "status": "active", "secret": "whsec_made"}
			}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}
}

const whk = "whk_01kb0ttegaexamp1e000000001"

func TestSubscribe(t *testing.T) {
	const address = "https://shop.example.com/webhooks/bird"
	all := []string{"whatsapp.received", "whatsapp.accepted", "whatsapp.sent", "whatsapp.delivered", "whatsapp.read", "whatsapp.failed", "whatsapp.rejected",
		"whatsapp.reacted", "whatsapp_suppression.created", "preference.granted", "preference.revoked"}
	there := func(status string, events ...string) []map[string]any {
		return []map[string]any{{"id": "whk_01kb0ttegaexamp1e000000002", "url": "https://other.example", "status": "active"}, {"id": whk, "url": address, "events": events, "status": status}}
	}
	for name, tt := range map[string]struct {
		hook   core.Hook
		list   []map[string]any
		writes []string
		want   core.Hooked
	}{
		"no address":      {core.Hook{}, nil, nil, core.Hooked{}},
		"first":           {core.Hook{URL: address}, nil, []string{"POST "}, core.Hooked{URL: address, State: "active", Secret: "whsec_made"}},
		"already":         {core.Hook{URL: address, Known: true}, there("active", all...), nil, core.Hooked{URL: address, State: "active"}},
		"our key is lost": {core.Hook{URL: address}, there("active", all...), []string{"POST /" + whk + "/rotate-secret"}, core.Hooked{URL: address, State: "active", Secret: "whsec_turned"}},
		"asleep":          {core.Hook{URL: address, Known: true}, there("paused", all...), []string{"PATCH /" + whk}, core.Hooked{URL: address, State: "active"}},
		"events lack":     {core.Hook{URL: address, Known: true}, there("active", "whatsapp.sent", "email.sent"), []string{"PATCH /" + whk}, core.Hooked{URL: address, State: "active"}},
	} {
		f, h := bsptest.NewFake(t, spec(t)), &hooks{list: tt.list}
		if h.list == nil {
			h.list = []map[string]any{}
		}
		f.Serve(h.serve(t))
		got, err := gateway(f).Subscribe(t.Context(), tt.hook)
		if err != nil || got.Secret.Reveal() != tt.want.Secret.Reveal() || !reflect.DeepEqual(h.writes, tt.writes) {
			t.Errorf("%s: %+v, %v, %v", name, got, h.writes, err)
		}
		if got.Secret, tt.want.Secret = "", ""; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v", name, got)
		}
		if name == "events lack" {
			events := fmt.Sprint(h.bodies[0]["events"])
			if !strings.Contains(events, "email.sent") || !strings.Contains(events, "whatsapp.read") || h.bodies[0]["status"] != nil {
				t.Errorf("%v", h.bodies[0])
			}
		}
	}
	f := bsptest.NewFake(t, nil)
	f.Serve(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, `{"data":[]}`) })
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: address}); core.CodeOf(err) != core.ProviderRefused {
		t.Errorf("a webhook without its key: %v", err)
	}
	f.Answer(422, refused("validation_error", "E1", "WebhookURLNotPublic"))
	if _, err := gateway(f).Subscribe(t.Context(), core.Hook{URL: "http://127.0.0.1/x"}); core.CodeOf(err) != core.ProviderRefused {
		t.Errorf("an address that is not public: %v", err)
	}
}
