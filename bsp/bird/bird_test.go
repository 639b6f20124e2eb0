package bird_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bird"
	"bottega/bsp/bsptest"
	"bottega/bsp/wire"
	"bottega/core"
)

const (
	key  core.Secret = "bk_eu1_keyThatMustNotLeak0001"
	wam              = "wam_01kb0ttegaexamp1e000000001"
	waf              = "waf_01kb0ttegaexamp1e000000001"
	shop             = core.Phone("+390212345678")
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func fixed(context.Context) (core.Secret, error) { return key, nil }

func open(f *bsptest.Fake) core.Gateway { return gateway(f) }

func gateway(f *bsptest.Fake) *bird.Gateway {
	return bird.New(bird.Config{Account: core.Account{BaseURL: f.URL}, Number: shop, Key: fixed, Wire: wire.Config{Client: f.Client, Log: f.Log, Now: noon}})
}

// spec is the check of all requests, nil where the description is not at hand.
func spec(t *testing.T) *bsptest.Spec {
	if !bsptest.HasSpecs() {
		return nil
	}
	return bsptest.BirdSpec(t, key)
}

// TestRequestsFitTheDescription says aloud when the suite ran without it.
func TestRequestsFitTheDescription(t *testing.T) { bsptest.BirdSpec(t, key) }

func TestSuite(t *testing.T) { bsptest.Run(t, dialect(t), open) }

func accepted(id string) string {
	return fmt.Sprintf(`{"id":%q,"direction":"outbound","from":{"phone_number":"+390212345678"},"to":{"phone_number":"+393331234567"},"status":"accepted","created_at":"2026-11-22T06:40:00Z","cost":null}`, id)
}

func refused(kind, code, name string) string {
	return fmt.Sprintf(`{"error":{"type":%q,"code":%q,"name":%q,"message":"no","request_id":"req_1","remediation":"do this"}}`, kind, code, name)
}

func ref(t *testing.T) func([]byte) string {
	return func(body []byte) string {
		var m struct {
			Metadata struct {
				Ref string `json:"local_id"`
			} `json:"metadata"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			t.Error(err)
		}
		return m.Metadata.Ref
	}
}

func dialect(t *testing.T) bsptest.Dialect {
	r := func(name string, status int, kind, errName string, class core.Class, code core.Code) bsptest.Refusal {
		return bsptest.Refusal{Name: name, Status: status, Body: refused(kind, "E1", errName), Class: class, Code: code}
	}
	open := func(name string, status int, kind, errName string, class core.Class) bsptest.Refusal {
		return bsptest.Refusal{Name: name, Status: status, Body: refused(kind, "E1", errName), Class: class, Uncertain: true}
	}
	return bsptest.Dialect{
		Token: key, Accepted: accepted, Spec: spec(t), Created: http.StatusAccepted, Quote: wam, Ref: ref(t),
		Apart: []string{"reaction", "reaction taken back"},
		Echo: func(words string) string {
			return fmt.Sprintf(`{"error":{"type":"validation_error","name":"E01001","message":%q}}`, words)
		},
		Refusals: []bsptest.Refusal{
			r("key", 401, "auth_error", "", core.ClassAuth, core.ProviderRefused),
			r("scope", 403, "permission_error", "", core.ClassAuth, core.ProviderRefused),
			r("region", 421, "misdirected_error", "", core.ClassAuth, core.ProviderRefused),
			r("region, as seen", 404, "not_found_error", "RouteNotFound", core.ClassAuth, core.ProviderRefused),
			r("wallet", 402, "billing_error", "", core.ClassPayment, core.ProviderRefused),
			r("sender", 422, "validation_error", "WhatsAppSenderNotFound", core.ClassPolicy, core.ProviderRefused),
			r("template", 422, "validation_error", "WhatsAppTemplateParameterMismatch", core.ClassTemplate, core.ProviderRefused),
			r("recipient", 422, "validation_error", "WhatsAppInvalidRecipient", core.ClassUndeliverable, core.ProviderRefused),
			r("window", 422, "validation_error", "WhatsAppServiceWindowClosed", core.ClassWindowClosed, core.WindowClosed),
			r("ours", 422, "validation_error", "WhatsAppContentRequired", core.ClassInvalid, core.ProviderRefused),
			r("new name, 4xx", 422, "validation_error", "WhatsAppMoonFull", core.ClassInvalid, core.ProviderRefused),
			r("too fast", 429, "rate_limit_error", "", core.ClassThrottle, core.RateLimited),
			open("server", 500, "internal_error", "", core.ClassRetry),
			open("key store", 503, "service_unavailable_error", "E01033", core.ClassRetry),
			open("still running", 409, "conflict_error", "E01004", core.ClassRetry),
			open("new name, 5xx", 500, "moon_error", "WhatsAppMoonFull", core.ClassUnknown),
			{Name: "code instead of a name", Status: 422, Body: refused("validation_error", "E15018", ""), Class: core.ClassPolicy, Code: core.ProviderRefused},
			{Name: "failed at once", Status: 202, Body: `{"id":"wam_1","status":"rejected","last_error":{"code":"recipient_suppressed"}}`, Class: core.ClassOptedOut, Code: core.ProviderRefused},
			{Name: "421 with nothing", Status: 421, Class: core.ClassAuth, Code: core.ProviderRefused},
			{Name: "402 with HTML", Status: 402, Body: "<html>", Class: core.ClassPayment, Code: core.ProviderRefused},
			{Name: "401 with HTML", Status: 401, Body: "<html>", Class: core.ClassAuth, Code: core.ProviderRefused},
			{Name: "408", Status: 408, Class: core.ClassRetry, Uncertain: true},
		},
	}
}

func hello(ref string) core.Outgoing {
	return core.Outgoing{Ref: ref, To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: "Buongiorno!"}}
}

// TestOneKeyForOneMessage: a repetition carries the same key; what Bird stored
// against an earlier try is passed over with another.
func TestOneKeyForOneMessage(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(202, accepted("wam_1"))
	gw := gateway(f)
	for range 2 {
		if _, err := gw.Send(t.Context(), hello("b1:1")); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		if n++; n <= 2 {
			w.Header().Set("Idempotency-Replay", "true")
			w.WriteHeader(http.StatusPaymentRequired)
			_, _ = io.WriteString(w, refused("billing_error", "E1", ""))
			return
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, accepted("wam_2"))
	})
	if a, err := gw.Send(t.Context(), hello("b1:1")); err != nil || a.ProviderID != "wam_2" {
		t.Errorf("%+v, %v", a, err)
	}
	var keys []string
	for _, r := range f.Requests() {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
	}
	if got := strings.Join(keys, " "); got != "b1:1 b1:1 b1:1 b1:1~1 b1:1~2" {
		t.Errorf("keys %s", got)
	}
	f.Answer(402, refused("billing_error", "E1", "")) // of now: not tried again
	before := len(f.Requests())
	if _, err := gw.Send(t.Context(), hello("b1:2")); core.ProviderErrorOf(err).Class != core.ClassPayment || len(f.Requests()) != before+1 {
		t.Errorf("%v after %d requests", err, len(f.Requests())-before)
	}
}

// TestOldMessageIsLookedUp: after three hours a key is forgotten, and a
// repetition would be a second message.
func TestOldMessageIsLookedUp(t *testing.T) {
	for name, tt := range map[string]struct {
		age   time.Duration
		list  string
		want  string
		posts int
	}{
		"fresh":          {time.Hour, `{"data":[]}`, "wam_new", 1},
		"old, there":     {4 * time.Hour, `{"data":[{"id":"wam_old","direction":"outbound"}]}`, "wam_old", 0},
		"old, not there": {4 * time.Hour, `{"data":[]}`, "wam_new", 1},
		"old, not told":  {4 * time.Hour, "<html>", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := bsptest.NewFake(t, spec(t))
			posts := 0
			f.Serve(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					if got := r.URL.Query().Get("tag"); !regexp.MustCompile(`^ref:[A-Za-z0-9_-]{1,64}$`).MatchString(got) {
						t.Errorf("tag %q", got)
					}
					_, _ = io.WriteString(w, tt.list)
					return
				}
				posts++
				w.WriteHeader(http.StatusAccepted)
				_, _ = io.WriteString(w, accepted("wam_new"))
			})
			m := hello("b1:9")
			m.Made = noon().Add(-tt.age)
			a, err := gateway(f).Send(t.Context(), m)
			if a.ProviderID != tt.want || posts != tt.posts || (tt.want == "") != (err != nil) {
				t.Errorf("%+v, %v after %d posts", a, err, posts)
			}
			if pe := core.ProviderErrorOf(err); pe != nil && pe.Uncertain {
				t.Error("a question leaves nothing open")
			}
		})
	}
}

func TestQuoteThatIsGone(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), "in_reply_to") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, refused("not_found_error", "", "WhatsAppReferencedMessageNotFound"))
			return
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, accepted("wam_1"))
	})
	m := hello("b1:1")
	m.ReplyTo = wam
	if a, err := gateway(f).Send(t.Context(), m); err != nil || a.ProviderID != "wam_1" || f.Requests()[1].Header.Get("Idempotency-Key") != "b1:1~q" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestReactions(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(202, `{"id":"wae_1","emoji":"👍"}`)
	for emoji, method := range map[string]string{"👍": http.MethodPut, "": http.MethodDelete} {
		before := len(f.Requests())
		a, err := gateway(f).Send(t.Context(), core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: wam, Emoji: emoji}}})
		if err != nil || a.ProviderID != "wae_1" || f.Requests()[before].Method != method {
			t.Errorf("%q: %+v, %v", emoji, a, err)
		}
	}
	f.Reset()
	_, err := gateway(f).Send(t.Context(), core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: wam, Emoji: "👍"}}})
	if pe := core.ProviderErrorOf(err); pe == nil || pe.Uncertain {
		t.Errorf("a reaction is set again without harm: %v", err)
	}
}

// TestKeyChoosesTheRegion: another key belongs to another of Bird's APIs.
func TestKeyChoosesTheRegion(t *testing.T) {
	for k, want := range map[core.Secret]string{key: "eu1.platform.bird.com", "bk_us1_x": "us1.platform.bird.com", "AccessKey": "", "bk_x": "", "bk_eu1.evil_x": ""} {
		host := ""
		client := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			host = r.URL.Host
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"data":[]}`)), Header: http.Header{}}, nil
		})}
		gw := bird.New(bird.Config{Number: shop, Wire: wire.Config{Client: client}, Key: func(context.Context) (core.Secret, error) { return k, nil }})
		_, err := gw.Templates(t.Context())
		if host != want || (want == "") != (core.ProviderErrorOf(err) != nil) {
			t.Errorf("host %q, want %q (%v)", host, want, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestHealth(t *testing.T) {
	for status, want := range map[string]string{"connected": "AVAILABLE", "restricted": "LIMITED", "banned": "BLOCKED", "new_word": "BLOCKED"} {
		f := bsptest.NewFake(t, spec(t))
		f.Answer(200, `{"data":[{"id":"1","phone_number":"+390212345678","name":"Forno","status":"`+status+`","quality_rating":"yellow","messaging_limit":"tier_10k","next":[{"description":"Verify"}]}]}`)
		h, err := gateway(f).Health(t.Context())
		if err != nil || h.CanSend != want || h.Quality != core.QualityYellow || h.Limit != 10_000 || h.VerifiedName != "Forno" || h.Notes[0] != "Verify" {
			t.Errorf("%s: %+v, %v", status, h, err)
		}
	}
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"data":[{"phone_number":"+390000000000"}]}`)
	if _, err := gateway(f).Health(t.Context()); core.ProviderErrorOf(err) == nil {
		t.Errorf("another's number: %v", err)
	}
}

func TestTemplates(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/v1/whatsapp/templates" && !r.URL.Query().Has("starting_after"):
			_, _ = io.WriteString(w, `{"data":[{"id":"wat_1","slug":"ordine_pronto","category":"utility","live_version_id":"wtv_1","languages":{"it":{"status":"approved"},"pt-BR":{"status":"rejected","rejection":{"reason":"variables"}}}}],"next_cursor":"n"}`)
		case r.URL.Path == "/v1/whatsapp/templates":
			_, _ = io.WriteString(w, `{"data":[{"id":"wat_2","slug":"vuoto","category":"marketing","languages":{"it":{"status":"pending"}}}],"next_cursor":null}`)
		case strings.HasSuffix(r.URL.Path, "/versions/wtv_1/languages/it"):
			_, _ = io.WriteString(w, `{"language":"it","category":"marketing","quality":{"current_score":"green"},"components":[{"type":"header","format":"text","text":"Ordine {{n}}"},{"type":"body","text":"Ciao {{nome}}","example_parameters":[{"type":"text","name":"nome","text":"Ana"}]},{"type":"footer","text":"Forno"},{"type":"buttons","buttons":[{"type":"url","text":"Vedi","url":"https://x.example/{{1}}"}]}]}`)
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, refused("not_found_error", "", "TemplateLanguageNotFound"))
		}
	})
	ts, err := gateway(f).Templates(t.Context())
	if err != nil || len(ts) != 3 {
		t.Fatalf("%+v, %v", ts, err)
	}
	found := map[string]core.Template{}
	for _, x := range ts {
		found[x.Name+" "+x.Language] = x
	}
	it, br := found["ordine_pronto it"], found["ordine_pronto pt_BR"]
	if it.Category != "MARKETING" || it.Status != "APPROVED" || it.Header.Text != "Ordine {{n}}" || it.Body != "Ciao {{nome}}" || !it.NamedVars || it.Quality != "green" || it.Footer != "Forno" || it.Buttons[0].URL == "" {
		t.Errorf("%+v", it)
	}
	if br.Status != "REJECTED" || br.Reason != "variables" || found["vuoto it"].Status != "PENDING" {
		t.Errorf("%+v", found)
	}
	for _, err := range []error{gateway(f).DeleteTemplate(t.Context(), it), second(gateway(f).CreateTemplate(t.Context(), it)), second(gateway(f).EditTemplate(t.Context(), it))} {
		if core.CodeOf(err) != core.Unsupported {
			t.Errorf("%v", err)
		}
	}
}

func second(_ core.TemplateAnswer, err error) error { return err }

func TestDownload(t *testing.T) {
	store := bsptest.NewFake(t, nil)
	store.Answer(200, "JPEG", "Content-Type", "image/jpeg")
	f := bsptest.NewFake(t, spec(t))
	f.Answer(302, "", "Location", store.URL+"/signed")
	var out bytes.Buffer
	m, err := gateway(f).Download(t.Context(), wam+"/"+waf, 100, &out)
	if err != nil || out.String() != "JPEG" || m.MIME != "image/jpeg" || store.Requests()[0].Header.Get("Authorization") != "" || f.Requests()[0].Header.Get("Authorization") == "" {
		t.Errorf("%+v, %q, %v", m, out.String(), err)
	}
	loop := bsptest.NewFake(t, nil)
	loop.Answer(302, "", "Location", loop.URL+"/elsewhere/on/the/same/host")
	if _, err := gateway(loop).Download(t.Context(), wam+"/"+waf, 100, io.Discard); core.CodeOf(err) != core.BadMedia {
		t.Errorf("%v", err)
	}
	if rs := loop.Requests(); len(rs) != 4 || rs[1].Header.Get("Authorization") != "" { // a redirect never takes the key along
		t.Errorf("%d requests", len(rs))
	}
	f.Answer(410, refused("gone_error", "", ""))
	if _, err := gateway(f).Download(t.Context(), wam+"/"+waf, 100, io.Discard); core.CodeOf(err) != core.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := gateway(f).Download(t.Context(), "../x", 100, io.Discard); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("%v", err)
	}
}

func TestMarkRead(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(202, `{}`)
	if err := gateway(f).MarkRead(t.Context(), wam, true); err != nil || string(f.Requests()[0].Body) != `{"typing_indicator":true}` {
		t.Errorf("%v", err)
	}
	if err := gateway(f).MarkRead(t.Context(), wam, false); err != nil || string(f.Requests()[1].Body) != `{}` {
		t.Errorf("%v", err)
	}
	if err := gateway(f).MarkRead(t.Context(), "a/b", false); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("%v", err)
	}
}
