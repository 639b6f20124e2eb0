package core_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"bottega/core"
)

func ptr[T any](v T) *T { return &v }

// shapes holds one event of each kind of the contract, every fact given.
func shapes() []core.Event {
	rome := time.FixedZone("CET", 3600)
	at := time.Date(2026, 11, 22, 10, 30, 0, 0, rome)
	return []core.Event{
		{Provider: core.Meta, Channel: "106540352242922", Kind: core.EvMessage, ID: "wamid.A", At: at,
			From: "+393331234567", UserID: "IT.1", ParentUserID: "IT.ENT.2", Username: "@ana", Name: "Ana", Type: core.TypeImage,
			Text: "ciao", ReplyTo: "wamid.B",
			Media:    &core.Media{ID: "9", URL: "https://x.example/9", MIME: "image/jpeg", Caption: "ciao", SHA256: "abc", Size: 12, Path: "/secret"},
			Choice:   &core.Choice{ID: "hoy", Title: "Sí"},
			Location: &core.Location{}, Referral: &core.Referral{Source: "ad", ID: "7", Headline: "Pan"}},
		{Kind: core.EvStatus, ID: "wamid.A", Status: core.Failed, At: at, Recipient: "+393331234567", UserID: "IT.1", Ref: "b1:01",
			Error:   &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable, Message: "no", RetryAfter: time.Hour, Uncertain: true},
			Pricing: &core.Pricing{Category: "marketing", Billable: ptr(false), Model: "PMP"}, Cost: &core.Money{Amount: "0.0457", Currency: "EUR"}},
		{Kind: core.EvReaction, ID: "wamid.R", Target: "wamid.A", Emoji: "👍"},
		{Kind: core.EvReaction, ID: "wamid.R2", Target: "wamid.A", Removed: ptr(true)},
		{Kind: core.EvEdit, ID: "wamid.E", Target: "wamid.A", Text: "meglio"},
		{Kind: core.EvRevoke, ID: "wamid.V", Target: "wamid.A"},
		{Kind: core.EvPreference, From: "+393331234567", Category: "marketing_messages", Value: "stop"},
		{Kind: core.EvIdentity, From: "+393331234567", New: "+393331234568", UserID: "IT.3", Previous: "IT.1"},
		{Kind: core.EvTemplateStatus, TemplateID: "8", Name: "promo", Language: "es_CO", TemplateStatus: "PAUSED", Reason: "FIRST_PAUSE"},
		{Kind: core.EvTemplateCategory, TemplateID: "8", Name: "promo", Category: "UTILITY", Correct: "MARKETING"},
		{Kind: core.EvTemplateQuality, TemplateID: "8", Name: "promo", Quality: core.QualityRed, Previous: "green"},
		{Kind: core.EvAccount, AccountEvent: "ACCOUNT_RESTRICTION", Restriction: "RESTRICTED_BIZ_INITIATED_MESSAGING"},
		{Kind: core.EvNumberHealth, AccountEvent: "ONBOARDING", Limit: "2000"},
		{Kind: core.EvEcho, ID: "wamid.H", From: "+393331234500", To: "+393331234567", Type: core.TypeText, Text: "arriviamo"},
		{Kind: core.EvError, Error: &core.ProviderError{Code: "130429", Class: core.ClassThrottle}},
		{Kind: core.EvUnknown, Field: "brand_new"},
	}
}

// The contract's JSON shapes are a promise to scripts: a change shows here.
func TestEventJSONGolden(t *testing.T) {
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	for _, e := range shapes() {
		if err := enc.Encode(e); err != nil {
			t.Fatalf("%s: %v", e.Kind, err)
		}
	}
	golden.RequireEqual(t, got.Bytes())
}

func TestEventJSONRoundTrip(t *testing.T) {
	for _, e := range shapes() {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var got core.Event
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		e.At = e.At.UTC()
		if e.Kind == core.EvReaction && e.Removed == nil {
			e.Removed = ptr(false)
		}
		if e.Media != nil { // our own facts stay at home
			e.Media.Size, e.Media.Path = 0, ""
		}
		if e.Error != nil {
			e.Error.RetryAfter, e.Error.Uncertain = 0, false
		}
		if !got.At.Equal(e.At) {
			t.Errorf("%s: time %v, want %v", e.Kind, got.At, e.At)
		}
		got.At, e.At = time.Time{}, time.Time{}
		if !reflect.DeepEqual(got, e) {
			t.Errorf("round trip of %s\ngot  %+v\nwant %+v", b, got, e)
		}
	}
}

// An empty event says its kind and nothing else: a missing fact is absent.
func TestEventJSONAbsent(t *testing.T) {
	b, err := json.Marshal(core.Event{Kind: core.EvStatus})
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != `{"kind":"status"}` {
		t.Errorf("got %s", b)
	}
}
