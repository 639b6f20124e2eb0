package meta_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// whole is a template with all that one can have.
func whole() core.Template {
	return core.Template{Name: "pedido_listo", Language: "es-CO", Category: "UTILITY", NamedVars: true,
		Header: core.TemplateHeader{Format: "TEXT", Text: "Pedido {{pedido}}", Samples: []string{"1042"}},
		Body:   "Hola {{nombre}}, tu pedido {{pedido}} está listo para recoger.", Samples: []string{"Ana", "1042"}, Footer: "Panadería Sol",
		Buttons: []core.TemplateButtonDef{{Type: "QUICK_REPLY", Text: "Voy en camino"}, {Type: "URL", Text: "Ver pedido", URL: "https://pan.example.com/p/{{1}}", Example: "1042"},
			{Type: "PHONE_NUMBER", Text: "Llamar", Phone: "+573005550100"}, {Type: "COPY_CODE", Text: "Copiar", Example: "PAN10"}}}
}

// wholeJSON is what bsp/meta.md 4.1 wants of it.
const wholeJSON = `{"name":"pedido_listo","language":"es_CO","category":"UTILITY","parameter_format":"NAMED","components":[
 {"type":"HEADER","format":"TEXT","text":"Pedido {{pedido}}","example":{"header_text_named_params":[{"param_name":"pedido","example":"1042"}]}},
 {"type":"BODY","text":"Hola {{nombre}}, tu pedido {{pedido}} está listo para recoger.","example":{"body_text_named_params":[{"param_name":"nombre","example":"Ana"},{"param_name":"pedido","example":"1042"}]}},
 {"type":"FOOTER","text":"Panadería Sol"},
 {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Voy en camino"},
  {"type":"URL","text":"Ver pedido","url":"https://pan.example.com/p/{{1}}","example":["https://pan.example.com/p/1042"]},
  {"type":"PHONE_NUMBER","text":"Llamar","phone_number":"+573005550100"},{"type":"COPY_CODE","example":"PAN10"}]}]}`

func sameJSON(t *testing.T, name string, got []byte, want string) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%s: posted\n%s\nwant\n%s", name, got, want)
	}
}

func TestCreateTemplate(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"id":800000000000009,"status":"PENDING","category":"MARKETING"}`)
	positional := core.Template{Name: "ready", Language: "it", Category: "UTILITY", Body: "Il {{2}} di {{1}} è pronto.", Samples: []string{"Ana", "pane"},
		Header: core.TemplateHeader{Format: "TEXT", Text: "Ordine {{1}}", Samples: []string{"7"}}}
	place := core.Template{Name: "place", Language: "it", Category: "UTILITY", Body: "Siamo qui.", Header: core.TemplateHeader{Format: "LOCATION"}}
	picture := core.Template{Name: "picture", Language: "it", Category: "MARKETING", Body: "Guarda.", Header: core.TemplateHeader{Format: "IMAGE", Samples: []string{"4::aW"}}}
	for _, tt := range []struct {
		t    core.Template
		want string
	}{
		{whole(), wholeJSON},
		{positional, `{"name":"ready","language":"it","category":"UTILITY","parameter_format":"POSITIONAL","components":[
 {"type":"HEADER","format":"TEXT","text":"Ordine {{1}}","example":{"header_text":["7"]}},
 {"type":"BODY","text":"Il {{2}} di {{1}} è pronto.","example":{"body_text":[["Ana","pane"]]}}]}`},
		{place, `{"name":"place","language":"it","category":"UTILITY","parameter_format":"POSITIONAL","components":[{"type":"HEADER","format":"LOCATION"},{"type":"BODY","text":"Siamo qui."}]}`},
		{picture, `{"name":"picture","language":"it","category":"MARKETING","parameter_format":"POSITIONAL","components":[{"type":"HEADER","format":"IMAGE","example":{"header_handle":["4::aW"]}},{"type":"BODY","text":"Guarda."}]}`},
	} {
		a, err := gateway(f).CreateTemplate(t.Context(), tt.t)
		if err != nil || a != (core.TemplateAnswer{ID: "800000000000009", Status: "PENDING", Category: "MARKETING"}) {
			t.Errorf("%s: %+v, %v", tt.t.Name, a, err)
		}
		rs := f.Requests()
		r := rs[len(rs)-1]
		if r.Method != "POST" || r.Path != "/v25.0/100000000000201/message_templates" {
			t.Errorf("%s %s", r.Method, r.Path)
		}
		sameJSON(t, tt.t.Name, r.Body, tt.want)
	}
}

// TestTemplateNotSent: what Meta would refuse for its form does not leave.
func TestTemplateNotSent(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	for name, change := range map[string]func(*core.Template){
		"no name":        func(t *core.Template) { t.Name = "" },
		"no language":    func(t *core.Template) { t.Language = "" },
		"no body":        func(t *core.Template) { t.Body = "" },
		"no sample":      func(t *core.Template) { t.Samples = []string{"Ana"} },
		"blank sample":   func(t *core.Template) { t.Samples = []string{"Ana", " "} },
		"header sample":  func(t *core.Template) { t.Header.Samples = nil },
		"no sample file": func(t *core.Template) { t.Header = core.TemplateHeader{Format: "VIDEO"} },
	} {
		tpl := whole()
		change(&tpl)
		if _, err := gateway(f).CreateTemplate(t.Context(), tpl); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := gateway(f).EditTemplate(t.Context(), whole()); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("an edit without an id: %v", err)
	}
	if err := gateway(f).DeleteTemplate(t.Context(), core.Template{ID: "7"}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("a deletion without a name: %v", err)
	}
	if err := gateway(f).DeleteTemplate(t.Context(), core.Template{Name: "x"}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("a deletion without an id would take every language: %v", err)
	}
	if n := len(f.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestEditTemplate(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"success":true}`)
	for status, category := range map[string]bool{"APPROVED": false, "REJECTED": true, "PAUSED": true} {
		tpl := whole()
		tpl.ID, tpl.Status = "800000000000001", status
		a, err := gateway(f).EditTemplate(t.Context(), tpl)
		if err != nil || a.ID != tpl.ID || a.Status != "" {
			t.Errorf("%s: %+v, %v", status, a, err)
		}
		rs := f.Requests()
		r := rs[len(rs)-1]
		if r.Path != "/v25.0/800000000000001" || strings.Contains(string(r.Body), `"name":"pedido`) || strings.Contains(string(r.Body), `"category"`) != category {
			t.Errorf("%s: %s %s", status, r.Path, r.Body)
		}
	}
}

func TestDeleteTemplate(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"success":true}`)
	if err := gateway(f).DeleteTemplate(t.Context(), core.Template{ID: "800000000000001", Name: "pedido_listo"}); err != nil {
		t.Fatal(err)
	}
	r := f.Requests()[0]
	if r.Method != "DELETE" || r.Path != "/v25.0/100000000000201/message_templates" || r.Query.Get("name") != "pedido_listo" || r.Query.Get("hsm_id") != "800000000000001" {
		t.Errorf("%s %s %v", r.Method, r.Path, r.Query)
	}
}

// TestTemplateRefusals: the subcode says what was wrong, and an answer that
// got lost leaves open whether the template was taken.
func TestTemplateRefusals(t *testing.T) {
	refused := `{"error":{"message":"Invalid parameter","type":"OAuthException","code":100,"error_subcode":2388293,"error_user_title":"Too many variables","error_user_msg":"This template has too many variables for its length."}}`
	for name, tt := range map[string]struct {
		status    int
		body      string
		code      string
		uncertain bool
	}{
		"subcode":         {400, refused, "100/2388293", false},
		"no subcode":      {400, graphError(100, "why"), "100", false},
		"server trouble":  {503, "<html>", "http_503", true},
		"strange success": {200, "<html>", "http_200", true},
	} {
		f := bsptest.NewFake(t, nil)
		f.Answer(tt.status, tt.body)
		_, err := gateway(f).CreateTemplate(t.Context(), whole())
		pe := core.ProviderErrorOf(err)
		if pe == nil || pe.Code != tt.code || pe.Uncertain != tt.uncertain {
			t.Errorf("%s: %v, %+v", name, err, pe)
		}
		if name == "subcode" && (pe == nil || !strings.Contains(pe.Message, "too many variables")) {
			t.Errorf("%s: %+v", name, pe)
		}
	}
}
