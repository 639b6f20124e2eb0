package twilio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/twilio"
	"bottega/bsp/wire"
	"bottega/core"
)

const (
	token core.Secret = "0123456789abcdefTokenThatMustNotLeak"
	ac                = "AC00000000000000000000000000000001"
	hx                = "HX0000000000000000000000000000000"
	sm                = "SM0000000000000000000000000000000"
	shop              = core.Phone("+390212345678")
)

// noon stands still.
func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func open(f *bsptest.Fake) core.Gateway { return gateway(f) }

func gateway(f *bsptest.Fake) *twilio.Gateway {
	return twilio.New(twilio.Config{
		Account: core.Account{SID: ac, BaseURL: f.URL, PublicURL: "https://relay.example.com/webhooks/shop"}, Number: shop,
		Wire:  wire.Config{Client: f.Client, Log: f.Log, Now: noon},
		Token: func(context.Context) (core.Secret, error) { return token, nil },
	})
}

// spec is the check of all requests, nil where the description is not at hand.
func spec(t *testing.T) *bsptest.Spec {
	if !bsptest.HasSpecs() {
		return nil
	}
	s := bsptest.TwilioSpec(t, token)
	s.Allow(`^/Messages/`) // a storage host
	return s
}

// TestRequestsFitTheDescription says aloud when the suite ran without it.
func TestRequestsFitTheDescription(t *testing.T) { bsptest.TwilioSpec(t, token) }

func TestSuite(t *testing.T) { bsptest.Run(t, dialect(t), open) }

// contents are the templates that the suite sends, one of each of Twilio's
// shapes of an approval.
const contents = `{"contents":[
 {"sid":"` + hx + `1","friendly_name":"order_ready","language":"es_CO","variables":{"1":"Ana"},"types":{"whatsapp/card":{"header_text":"Pedido","body":"Hola {{1}}, tu pedido {{2}} está listo.","actions":[{"type":"QUICK_REPLY","title":"Voy","id":"{{3}}"},{"type":"URL","title":"Ver","url":"https://x.example/{{4}}"}]}},
  "approval_requests":{"name":"order_ready","category":"UTILITY","status":"approved","rejection_reason":""}},
 {"sid":"` + hx + `2","friendly_name":"Hello","language":"en_US","types":{"twilio/text":{"body":"Hello World"}},"approval_requests":{"whatsapp":{"name":"hello_world","category":"UTILITY","status":"approved"}}},
 {"sid":"` + hx + `3","friendly_name":"promo","language":"it","types":{"whatsapp/card":{"body":"Solo oggi","media":["https://cdn.example.com/{{1}}"],"footer":"STOP per non riceverne","actions":[{"type":"QUICK_REPLY","title":"a"},{"type":"QUICK_REPLY","title":"b"},{"type":"COPY_CODE","code":"{{2}}"}]}},"approval_requests":{}},
 {"sid":"` + hx + `4","friendly_name":"shop","language":"it","types":{"twilio/text":{"body":"Siamo qui"}},"approval_requests":{"whatsapp":{"name":"shop","category":"MARKETING","status":"rejected","rejection_reason":"INVALID_FORMAT"}}},
 {"sid":"` + hx + `5","friendly_name":"bottega_buttons_0","language":"en","types":{"twilio/quick-reply":{"body":"x","actions":[]}},"approval_requests":{}}],
 "meta":{"next_page_url":null}}`

func prepare(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/v1/ContentAndApprovals":
		_, _ = io.WriteString(w, contents)
	case r.URL.Path == "/v1/Content" && r.Method == http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"sid":"`+hx+`9"}`)
	default:
		return false
	}
	return true
}

func accepted(id string) string {
	return fmt.Sprintf(`{"sid":%q,"account_sid":"`+ac+`","direction":"outbound-api","status":"queued","error_code":null,"error_message":null,"price":null,"num_media":"0"}`, id)
}

func refusedWith(code int, words string) string {
	return fmt.Sprintf(`{"code":%d,"message":%q,"more_info":"https://www.twilio.com/docs/errors/%d","status":400}`, code, words, code)
}

func ref(t *testing.T) func([]byte) string {
	return func(body []byte) string {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		u, err := url.Parse(form.Get("StatusCallback"))
		if err != nil || !strings.HasPrefix(u.String(), "https://relay.example.com/webhooks/shop?") {
			t.Errorf("callback %q, %v", u, err)
		}
		return u.Query().Get(twilio.RefKey)
	}
}

func dialect(t *testing.T) bsptest.Dialect {
	refusal := func(name string, status, code int, class core.Class, want core.Code) bsptest.Refusal {
		return bsptest.Refusal{Name: name, Status: status, Body: refusedWith(code, "why"), Class: class, Code: want}
	}
	return bsptest.Dialect{
		Token: token, Accepted: accepted, Spec: spec(t), Text: 1600, Created: http.StatusCreated, Prepare: prepare, Ref: ref(t),
		Echo: func(words string) string { return refusedWith(21619, words) },
		Cannot: map[string]core.Code{
			"template, named": core.ProviderRefused, // contents have numbers
			"template, place": core.ProviderRefused,
		},
		Refusals: []bsptest.Refusal{
			refusal("wrong token", 401, 20003, core.ClassAuth, core.ProviderRefused),
			refusal("too many requests", 429, 20429, core.ClassThrottle, core.RateLimited),
			refusal("loop guard", 400, 14107, core.ClassPairLimit, core.RateLimited),
			refusal("sender unknown", 400, 63007, core.ClassPolicy, core.ProviderRefused),
			refusal("payment", 400, 63020, core.ClassPayment, core.ProviderRefused),
			refusal("template missing", 400, 63027, core.ClassTemplate, core.ProviderRefused),
			refusal("window", 400, 63016, core.ClassWindowClosed, core.WindowClosed),
			refusal("marketing cap", 400, 63049, core.ClassMarketingCapped, core.ProviderRefused),
			refusal("unsubscribed", 400, 21610, core.ClassOptedOut, core.ProviderRefused),
			refusal("sandbox not joined", 400, 63015, core.ClassUndeliverable, core.ProviderRefused),
			refusal("media", 400, 21620, core.ClassMedia, core.BadMedia),
			refusal("bad number", 400, 21211, core.ClassUndeliverable, core.ProviderRefused),
			refusal("new code, 4xx", 400, 99999, core.ClassInvalid, core.ProviderRefused),
			{Name: "server trouble leaves it open", Status: 500, Body: refusedWith(20500, "why"), Class: core.ClassRetry, Uncertain: true},
			{Name: "new code, 5xx", Status: 500, Body: refusedWith(99999, "why"), Class: core.ClassUnknown, Uncertain: true},
			{Name: "newer error body", Status: 400, Body: `{"code":63016,"message":"no","httpStatusCode":400,"params":{},"userError":true}`, Class: core.ClassWindowClosed, Code: core.WindowClosed},
			{Name: "failed at once", Status: 201, Body: `{"sid":"SM1","status":"failed","error_code":63016}`, Class: core.ClassWindowClosed, Code: core.WindowClosed},
			{Name: "400 with HTML", Status: 400, Body: "<html>no</html>", Class: core.ClassInvalid, Code: core.ProviderRefused},
			{Name: "401 with HTML", Status: 401, Body: "<html>no</html>", Class: core.ClassAuth, Code: core.ProviderRefused},
			{Name: "429 with nothing", Status: 429, Class: core.ClassThrottle, Code: core.RateLimited},
			{Name: "408", Status: 408, Class: core.ClassRetry, Uncertain: true},
		},
	}
}

// form sends one message and returns what was posted.
func form(t *testing.T, m core.Outgoing, number core.Phone, account core.Account) url.Values {
	t.Helper()
	f := bsptest.NewFake(t, spec(t))
	f.Prepare(prepare)
	f.Answer(201, accepted("SM1"))
	account.SID, account.BaseURL = ac, f.URL
	gw := twilio.New(twilio.Config{Account: account, Number: number, Wire: wire.Config{Client: f.Client}, Token: func(context.Context) (core.Secret, error) { return token, nil }})
	if _, err := gw.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	rs := f.Requests()
	got, err := url.ParseQuery(string(rs[len(rs)-1].Body))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestForms(t *testing.T) {
	card := &core.TemplateCall{Name: "order_ready", Language: "es-CO", Body: []string{"Ana\nMaria", "1042"},
		Buttons: []core.TemplateButton{{Index: 0, SubType: "quick_reply", Value: "VOY"}, {Index: 1, SubType: "url", Value: "1042"}}}
	promo := &core.TemplateCall{Name: "promo", Language: "it", HeaderMedia: &core.Media{URL: "https://cdn.example.com/torta.jpg?x=1"},
		Buttons: []core.TemplateButton{{Index: 2, SubType: "copy_code", Value: "PAN10"}}}
	service := core.Account{Service: "MG00000000000000000000000000000001"}
	for _, tt := range []struct {
		name    string
		m       core.Outgoing
		account core.Account
		want    map[string]string
	}{
		{"text", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Text: "Ciao"}}, core.Account{},
			map[string]string{"To": "whatsapp:+393331234567", "From": "whatsapp:+390212345678", "Body": "Ciao"}},
		{"user id", core.Outgoing{Ref: "r", ToUser: "CO.9000000000000000001", Content: core.Content{Text: "Ciao"}}, core.Account{}, map[string]string{"To": "whatsapp:CO.9000000000000000001"}},
		{"service", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Text: "Ciao"}}, service, map[string]string{"MessagingServiceSid": service.Service, "From": ""}},
		{"place", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 4.65, Lon: -74.05, Name: "Sol", Address: "Cra 7"}}}, core.Account{},
			map[string]string{"PersistentAction": "geo:4.65,-74.05|Sol, Cra 7"}},
		{"template", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeTemplate, Template: card}}, core.Account{},
			map[string]string{"ContentSid": hx + "1", "ContentVariables": `{"1":"Ana Maria","2":"1042","3":"VOY","4":"1042"}`}},
		{"template with a picture", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeTemplate, Template: promo}}, core.Account{},
			map[string]string{"ContentSid": hx + "3", "ContentVariables": `{"1":"torta.jpg?x=1","2":"PAN10"}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := form(t, tt.m, shop, tt.account)
			for k, v := range tt.want {
				if got.Get(k) != v {
					t.Errorf("%s = %q, want %q", k, got.Get(k), v)
				}
			}
		})
	}
}

// TestTemplateMisfits are refused before the network, as what they are.
func TestTemplateMisfits(t *testing.T) {
	for name, call := range map[string]core.TemplateCall{
		"unknown":        {Name: "nothing", Language: "it"},
		"other language": {Name: "promo", Language: "de"},
		"too few values": {Name: "order_ready", Language: "es_CO", Body: []string{"Ana"}},
		"other host":     {Name: "promo", Language: "it", HeaderMedia: &core.Media{URL: "https://elsewhere.example/torta.jpg"}},
		"no such button": {Name: "hello_world", Language: "en_US", Buttons: []core.TemplateButton{{Index: 0, SubType: "url", Value: "x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			f.Prepare(prepare)
			_, err := gateway(f).Send(t.Context(), core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeTemplate, Template: &call}})
			if pe := core.ProviderErrorOf(err); pe == nil || pe.Class != core.ClassTemplate || pe.Uncertain || len(f.Requests()) != 0 {
				t.Errorf("%v after %d requests", err, len(f.Requests()))
			}
		})
	}
}

// TestButtonsAreMadeOnce: the same buttons are the same content, also for
// another gateway that reads the list.
func TestButtonsAreMadeOnce(t *testing.T) {
	made, list := 0, `{"contents":[],"meta":{}}`
	f := bsptest.NewFake(t, spec(t))
	f.Prepare(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/v1/ContentAndApprovals":
			_, _ = io.WriteString(w, list)
		case "/v1/Content":
			made++
			var c map[string]any
			if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
				t.Error(err)
			}
			list = fmt.Sprintf(`{"contents":[{"sid":"%s9","friendly_name":%q,"language":"en","types":{},"approval_requests":{}}],"meta":{}}`, hx, c["friendly_name"])
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"sid":"`+hx+`9"}`)
		default:
			return false
		}
		return true
	})
	f.Answer(201, accepted("SM1"))
	m := core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeInteractive, Text: "Passi?", Buttons: []core.Button{{ID: "si", Title: "Sì"}}}}
	first, second := gateway(f), gateway(f)
	for _, gw := range []*twilio.Gateway{first, first, second} {
		if _, err := gw.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
}

func fixed(context.Context) (core.Secret, error) { return token, nil }

// TestKnownTemplatesWaitForNobody: while the list hangs for an unknown template,
// a known one goes out.
func TestKnownTemplatesWaitForNobody(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Prepare(prepare)
	f.Answer(201, accepted("SM1"))
	book := &twilio.Book{}
	open := func(now time.Time) *twilio.Gateway {
		return twilio.New(twilio.Config{Account: core.Account{SID: ac, BaseURL: f.URL}, Number: shop, Token: fixed, Book: book,
			Wire: wire.Config{Client: f.Client, Now: func() time.Time { return now }}})
	}
	call := func(name string) core.Outgoing {
		return core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: name, Language: "en_US"}}}
	}
	if _, err := open(noon()).Send(t.Context(), call("hello_world")); err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	f.Prepare(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/v1/ContentAndApprovals" {
			return false
		}
		close(asked)
		<-r.Context().Done()
		return true
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := open(noon().Add(time.Hour)).Send(ctx, call("unknown"))
		done <- err
	}()
	<-asked
	if _, err := open(noon().Add(time.Hour)).Send(t.Context(), call("hello_world")); err != nil {
		t.Error(err)
	}
	cancel()
	if pe := core.ProviderErrorOf(<-done); pe == nil || pe.Uncertain {
		t.Errorf("a list that hangs leaves no send open: %+v", pe)
	}
}
