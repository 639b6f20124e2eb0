package meta_test

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

const templateJSON = `{"id":"800000000000001","name":"pedido_listo","language":"es_CO","status":"APPROVED","category":"UTILITY",
 "correct_category":"MARKETING","parameter_format":"NAMED","rejected_reason":"NONE","quality_score":{"score":"YELLOW","date":1763000000},
 "components":[
  {"type":"HEADER","format":"TEXT","text":"Pedido {{pedido}}"},
  {"type":"BODY","text":"Hola {{nombre}}","example":{}},
  {"type":"FOOTER","text":"Panadería Sol"},
  {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Voy"},{"type":"URL","text":"Ver","url":"https://pan.example.com/p/{{1}}"},
   {"type":"PHONE_NUMBER","text":"Llamar","phone_number":"+573005550100"}]}]}`

func TestTemplates(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("after") {
		case "":
			_, _ = fmt.Fprintf(w, `{"data":[%s],"paging":{"cursors":{"after":"c1"},"next":"https://graph.facebook.com/x?access_token=no&after=c1"}}`, templateJSON)
		case "c1":
			_, _ = io.WriteString(w, `{"data":[{"id":2,"name":"promo","language":"it","status":"REJECTED","category":"MARKETING","correct_category":"MARKETING","rejected_reason":"PROMOTIONAL","quality_score":{"score":"UNKNOWN"}},"strange"],"paging":{"cursors":{"after":"c2"}}}`)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	})
	got, err := gateway(f).Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []core.Template{
		{ID: "800000000000001", Name: "pedido_listo", Language: "es_CO", Category: "UTILITY", Status: "APPROVED", Quality: "yellow", NamedVars: true,
			Header: core.TemplateHeader{Format: "TEXT", Text: "Pedido {{pedido}}"}, Body: "Hola {{nombre}}", Footer: "Panadería Sol", Correct: "MARKETING",
			Buttons: []core.TemplateButtonDef{{Type: "QUICK_REPLY", Text: "Voy"}, {Type: "URL", Text: "Ver", URL: "https://pan.example.com/p/{{1}}"},
				{Type: "PHONE_NUMBER", Text: "Llamar", Phone: "+573005550100"}}},
		{ID: "2", Name: "promo", Language: "it", Category: "MARKETING", Status: "REJECTED", Reason: "PROMOTIONAL"},
		{}, // what is no object gives no facts, and does not lose the others
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	rs := f.Requests()
	if len(rs) != 2 || rs[0].Path != "/v25.0/100000000000201/message_templates" || !strings.Contains(rs[0].Query.Get("fields"), "rejected_reason") || rs[1].Query.Get("after") != "c1" {
		t.Errorf("%+v", rs)
	}
}

// TestTemplatesTellTheirSamples: by number and by name, for links and codes;
// none where one is missing, and never the address that stands for a file.
func TestTemplatesTellTheirSamples(t *testing.T) {
	one := func(format, components string) string {
		return fmt.Sprintf(`{"id":"1","name":"x","language":"it","parameter_format":%q,"components":[%s]}`, format, components)
	}
	for name, tt := range map[string]struct {
		node         string
		header, body []string
		button       string
	}{
		"by number": {one("POSITIONAL", `{"type":"HEADER","format":"TEXT","text":"No {{1}}","example":{"header_text":["1042"]}},
			{"type":"BODY","text":"Ciao {{1}}, {{2}} ok.","example":{"body_text":[["Ana","pane"]]}},
			{"type":"BUTTONS","buttons":[{"type":"URL","text":"Ver","url":"https://x.example/{{1}}","example":["https://x.example/77"]}]}`),
			[]string{"1042"}, []string{"Ana", "pane"}, "https://x.example/77"},
		"by name": {one("NAMED", `{"type":"HEADER","format":"TEXT","text":"No {{no}}","example":{"header_text_named_params":[{"param_name":"no","example":"1042"}]}},
			{"type":"BODY","text":"Ciao {{who}}, {{what}} ok.","example":{"body_text_named_params":[{"param_name":"what","example":"pane"},{"param_name":"who","example":"Ana"}]}},
			{"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy","example":"PANE"}]}`),
			[]string{"1042"}, []string{"Ana", "pane"}, "PANE"},
		"a flat list":  {one("", `{"type":"BODY","text":"Ciao {{1}}, ok.","example":{"body_text":["Ana","over"]}}`), nil, []string{"Ana"}, ""},
		"one missing":  {one("", `{"type":"BODY","text":"Ciao {{1}}, {{2}} ok.","example":{"body_text":[["Ana"]]}}`), nil, nil, ""},
		"a name short": {one("NAMED", `{"type":"BODY","text":"Ciao {{who}}, {{what}} ok.","example":{"body_text_named_params":[{"param_name":"who","example":"Ana"}]}}`), nil, nil, ""},
		"a file":       {one("", `{"type":"HEADER","format":"IMAGE","example":{"header_handle":["https://scontent.example/x"]}},{"type":"BODY","text":"Ciao.","example":7}`), nil, nil, ""},
		"strange":      {one("", `{"type":"BODY","text":"Ciao {{1}}, ok.","example":{"body_text":[[{}]]}},{"type":"BUTTONS","buttons":[{"type":"URL","example":{"a":1}}]}`), nil, nil, ""},
	} {
		f := bsptest.NewFake(t, nil)
		f.Answer(200, `{"data":[`+tt.node+`]}`)
		got, err := gateway(f).Templates(t.Context())
		if err != nil || len(got) != 1 {
			t.Fatalf("%s: %v, %v", name, got, err)
		}
		button := ""
		if len(got[0].Buttons) > 0 {
			button = got[0].Buttons[0].Example
		}
		if !slices.Equal(got[0].Header.Samples, tt.header) || !slices.Equal(got[0].Samples, tt.body) || button != tt.button {
			t.Errorf("%s: %q %q %q", name, got[0].Header.Samples, got[0].Samples, button)
		}
	}
}

// A listing that runs in a circle ends, and an error on page two is an error.
func TestTemplatesBadPaging(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	f.Answer(200, `{"data":[],"paging":{"cursors":{"after":"same"},"next":"x"}}`)
	if _, err := gateway(f).Templates(t.Context()); core.CodeOf(err) != core.ProviderRefused {
		t.Errorf("circle: %v", err)
	}
	if n := len(f.Requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("after") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, graphError(80007, "wait"))
			return
		}
		_, _ = io.WriteString(w, `{"data":[],"paging":{"cursors":{"after":"c"},"next":"x"}}`)
	})
	if ts, err := gateway(f).Templates(t.Context()); ts != nil || core.CodeOf(err) != core.RateLimited {
		t.Errorf("second page: %v, %v", ts, err)
	}
	f.Answer(200, `<html>`)
	if _, err := gateway(f).Templates(t.Context()); core.CodeOf(err) != core.Unreachable {
		t.Errorf("HTML: %v", err)
	}
}

const healthJSON = `{"id":"100000000000101","verified_name":"Panadería Sol","quality_rating":"GREEN","status":"CONNECTED","whatsapp_business_manager_messaging_limit":"TIER_2K",
 "health_status":{"can_send_message":"LIMITED","entities":[
  {"entity_type":"PHONE_NUMBER","can_send_message":"LIMITED","additional_info":["Your display name has not been approved yet."]},
  {"entity_type":"WABA","can_send_message":"AVAILABLE"},
  {"entity_type":"BUSINESS","can_send_message":"BLOCKED","errors":[{"error_code":141010,"error_description":"Not verified.","possible_solution":"Verify."}]}]}}`

func TestHealth(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, healthJSON)
	got, err := gateway(f).Health(t.Context())
	want := core.Health{Quality: core.QualityGreen, Limit: 2000, Status: "CONNECTED", VerifiedName: "Panadería Sol", CanSend: "LIMITED", At: noon(),
		Notes: []string{"Your display name has not been approved yet.", "141010 · Not verified. · Verify."}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
}

// An older API does not know the long name of the limit.
func TestHealthFallback(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("fields"), "whatsapp_business_manager_messaging_limit") {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, graphError(100, "Tried accessing nonexisting field"))
			return
		}
		_, _ = io.WriteString(w, `{"quality_rating":"NA","messaging_limit_tier":"TIER_UNLIMITED"}`)
	})
	got, err := gateway(f).Health(t.Context())
	if err != nil || got.Limit != -1 || got.Quality != core.QualityUnknown || len(f.Requests()) != 2 {
		t.Errorf("%+v, %v, %d requests", got, err, len(f.Requests()))
	}
	f.Answer(403, graphError(10, "no permission"))
	if _, err := gateway(f).Health(t.Context()); core.ProviderErrorOf(err).Class != core.ClassAuth || len(f.Requests()) != 3 {
		t.Errorf("%v, %d requests", err, len(f.Requests()))
	}
}

func TestCapabilities(t *testing.T) {
	c := gateway(bsptest.NewFake(t, nil)).Capabilities()
	if !c.EchoesRef || c.Idempotent || c.PollInbound || !c.Typing {
		t.Errorf("%+v", c)
	}
}
