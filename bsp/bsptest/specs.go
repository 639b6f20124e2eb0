package bsptest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"bottega/core"
)

// TwilioSpec is the check of requests to Twilio: four files, Basic credentials,
// no key in a form that the description does not have.
func TwilioSpec(tb testing.TB, secrets ...core.Secret) *Spec {
	tb.Helper()
	s := load(tb, "specs/twilio-api-v2010.json", secrets)
	for _, f := range []string{"twilio-content-v1.json", "twilio-content-v2.json", "twilio-messaging-v2.json"} {
		s.more = append(s.more, *read(tb, "specs/"+f))
	}
	s.rules = append(s.rules, basic, s.formKeys)
	// Described as {Sid}.json, which the router does not tell from a whole part of a path.
	s.free = append(s.free, regexp.MustCompile(`^/2010-04-01/Accounts/AC[0-9a-fA-F]{32}\.json$`))
	return s
}

// BirdSpec is the check of requests to Bird's platform. What the server refuses
// although its own types have it is looked for by name.
func BirdSpec(tb testing.TB, secrets ...core.Secret) *Spec {
	tb.Helper()
	s := load(tb, "specs/bird-platform-v1.reconstructed.openapi.json", secrets)
	s.rules = append(s.rules, bearer, plus, previewOnly)
	return s
}

// ZenviaSpec is the check of requests to Zenvia: the token's header, one
// content for each request, a number without its plus sign.
func ZenviaSpec(tb testing.TB, secrets ...core.Secret) *Spec {
	tb.Helper()
	s := load(tb, "specs/zenvia-v2-subset.openapi.json", secrets)
	s.prefix = "/v2"
	s.rules = append(s.rules, apiToken, oneContent)
	// The file itself is the body, of any type, which the validator has no reader for.
	s.free = append(s.free, regexp.MustCompile(`^/v2/files$`))
	return s
}

func basic(r *http.Request, _ []byte) error {
	if user, pass, ok := r.BasicAuth(); !ok || user == "" || pass == "" {
		return errors.New("no Basic credentials in the Authorization header")
	}
	return nil
}

// formKeys holds the keys of a form to the description, which the validator
// itself does not.
func (s *Spec) formKeys(r *http.Request, body []byte) error {
	const form = "application/x-www-form-urlencoded"
	if r.Header.Get("Content-Type") != form {
		return nil
	}
	route, _, err := s.find(r)
	if err != nil || route.Operation.RequestBody == nil {
		return nil // described says so
	}
	keys, err := url.ParseQuery(string(body))
	if err != nil {
		return err
	}
	media := route.Operation.RequestBody.Value.Content.Get(form)
	if media == nil {
		return errors.New("the description takes no form here")
	}
	for k := range keys {
		if _, ok := media.Schema.Value.Properties[k]; !ok {
			return fmt.Errorf("key %q is not described", k)
		}
	}
	return nil
}

var preview = regexp.MustCompile(`"(scheduled_at|media_urls|campaign_id|contact_id|validity_period)"`)

func previewOnly(_ *http.Request, body []byte) error {
	if m := preview.FindString(string(body)); m != "" {
		return fmt.Errorf("%s is refused by the server (bsp/bird.md 10)", m)
	}
	return nil
}

func apiToken(r *http.Request, _ []byte) error {
	if r.Header.Get("X-Api-Token") == "" {
		return errors.New("no X-API-TOKEN header")
	}
	return nil
}

// oneContent keeps one message of ours to one of theirs (bsp/zenvia.md 2).
func oneContent(r *http.Request, body []byte) error {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/messages") {
		return nil
	}
	var m struct {
		To       string            `json:"to"`
		Contents []json.RawMessage `json:"contents"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if len(m.Contents) != 1 || strings.HasPrefix(m.To, "+") {
		return fmt.Errorf("%d contents, want 1; or a plus sign before the number", len(m.Contents))
	}
	return nil
}
