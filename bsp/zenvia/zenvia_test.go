package zenvia_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/wire"
	"bottega/bsp/zenvia"
	"bottega/core"
)

const (
	token core.Secret = "z-tokenThatMustNotLeak"
	shop              = core.Phone("+5511900000001")
)

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func fixed(context.Context) (core.Secret, error) { return token, nil }

func open(f *bsptest.Fake) core.Gateway { return gateway(f) }

func gateway(f *bsptest.Fake) *zenvia.Gateway {
	return zenvia.New(zenvia.Config{Account: core.Account{BaseURL: f.URL}, Number: shop, Token: fixed, Wire: wire.Config{Client: f.Client, Log: f.Log, Now: noon}})
}

// spec is the check of all requests, nil where the description is not at hand.
func spec(t *testing.T) *bsptest.Spec {
	if !bsptest.HasSpecs() {
		return nil
	}
	return bsptest.ZenviaSpec(t, token)
}

// TestRequestsFitTheDescription says aloud when the suite ran without it.
func TestRequestsFitTheDescription(t *testing.T) { bsptest.ZenviaSpec(t, token) }

func TestSuite(t *testing.T) { bsptest.Run(t, dialect(t), open) }

const list = `[
 {"id":"t-1","name":"order_ready","locale":"es_CO","category":"UTILITY","status":"APPROVED","qualityScore":"GREEN","components":{"header":{"type":"TEXT_TEMPLATE","text":"Pedido {{pedido}}"},"body":{"type":"TEXT_TEMPLATE","text":"Hola {{nombre}}, tu pedido {{pedido}} está listo."},"footer":{"type":"TEXT_FIXED","text":"Sol"},
   "buttons":{"type":"ACTIONS","items":[{"type":"QUICK_REPLY","text":"Voy","payload":"voy"},{"type":"URL","text":"Ver","url":"https://x.example/{{u1}}"}]}}},
 {"id":"t-2","name":"hello_world","locale":"en_US","category":"UTILITY","status":"WAITING_REVIEW","components":{"body":{"type":"TEXT_FIXED","text":"Hello"}}},
 {"id":"t-3","name":"promo","locale":"it","category":"MARKETING","status":"REJECTED","components":{"header":{"type":"MEDIA_IMAGE"},"body":{"type":"TEXT_FIXED","text":"Solo oggi"}}}]`

func prepare(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/v2/templates" || r.Method != http.MethodGet {
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, list)
	return true
}

func accepted(id string) string {
	return fmt.Sprintf(`{"id":%q,"externalId":"x","from":"5511900000001","to":"393331234567","direction":"OUT","channel":"whatsapp","contents":[]}`, id)
}

func ref(t *testing.T) func([]byte) string {
	return func(body []byte) string {
		var m struct {
			Ref string `json:"externalId"`
		}
		if err := json.Unmarshal(body, &m); err != nil {
			t.Error(err)
		}
		return m.Ref
	}
}

func dialect(t *testing.T) bsptest.Dialect {
	invalid := func(path string) string {
		return `{"code":"VALIDATION_ERROR","message":"Validation error","details":[{"code":"INVALID","path":"` + path + `","message":"no"}]}`
	}
	return bsptest.Dialect{
		Token: token, Accepted: accepted, Spec: spec(t), Prepare: prepare, Ref: ref(t), FileID: "https://files.zenvia.example/f/1",
		Echo: func(words string) string {
			return fmt.Sprintf(`{"code":"VALIDATION_ERROR","message":%q}`, words)
		},
		Cannot: map[string]core.Code{"template, place": core.ProviderRefused},
		Apart:  []string{"template, named"},
		Refusals: []bsptest.Refusal{
			{Name: "message", Status: 400, Body: invalid("contents[0].text"), Class: core.ClassInvalid, Code: core.ProviderRefused},
			{Name: "sender", Status: 400, Body: invalid("from"), Class: core.ClassPolicy, Code: core.ProviderRefused},
			{Name: "template", Status: 400, Body: invalid("contents[0].templateId"), Class: core.ClassTemplate, Code: core.ProviderRefused},
			{Name: "token", Status: 401, Body: `{"code":"AUTHENTICATION_ERROR","message":"no"}`, Class: core.ClassAuth, Code: core.ProviderRefused},
			{Name: "403 with HTML", Status: 403, Body: "<html>limite</html>", Class: core.ClassAuth, Code: core.ProviderRefused},
			{Name: "402", Status: 402, Body: `{"error":"failed"}`, Class: core.ClassPayment, Code: core.ProviderRefused},
			{Name: "plan used up", Status: 403, Body: `{"code":"FORBIDDEN","message":"O limite do plano foi atingido"}`, Class: core.ClassPayment, Code: core.ProviderRefused},
			{Name: "a limit of characters is no plan", Status: 400, Body: `{"code":"VALIDATION_ERROR","message":"limite de caracteres"}`, Class: core.ClassInvalid, Code: core.ProviderRefused},
			{Name: "no such sender", Status: 404, Body: `{"code":"NOT_FOUND","message":"no"}`, Class: core.ClassPolicy, Code: core.ProviderRefused},
			{Name: "429", Status: 429, Body: `{"error":"limite"}`, Class: core.ClassThrottle, Code: core.RateLimited},
			{Name: "server", Status: 500, Body: `{"code":"INTERNAL_ERROR","message":"no"}`, Class: core.ClassRetry, Uncertain: true},
			{Name: "other body", Status: 500, Body: `{"error":"failed"}`, Class: core.ClassUnknown, Uncertain: true},
			{Name: "error in a 200", Status: 200, Body: `{"code":"VALIDATION_ERROR","message":"no"}`, Class: core.ClassInvalid, Code: core.ProviderRefused},
			{Name: "408", Status: 408, Class: core.ClassRetry, Uncertain: true},
		},
	}
}

// sent posts one message and returns its content.
func sent(t *testing.T, c core.Content) (string, error) {
	t.Helper()
	f := bsptest.NewFake(t, spec(t))
	f.Prepare(prepare)
	f.Answer(200, accepted("id-1"))
	_, err := gateway(f).Send(t.Context(), core.Outgoing{Ref: "r", To: "+5511987654321", Content: c})
	if err != nil {
		return "", err
	}
	var m struct {
		To       string            `json:"to"`
		From     string            `json:"from"`
		Contents []json.RawMessage `json:"contents"`
	}
	if err := json.Unmarshal(f.Requests()[0].Body, &m); err != nil || m.To != "5511987654321" || m.From != "5511900000001" || len(m.Contents) != 1 {
		t.Fatalf("%s, %v", f.Requests()[0].Body, err)
	}
	return string(m.Contents[0]), nil
}

func TestTemplateFields(t *testing.T) {
	for name, tt := range map[string]struct {
		call core.TemplateCall
		want string // "" for a refusal as a template's
	}{
		"by name": {core.TemplateCall{Name: "order_ready", Language: "es-CO", Named: map[string]string{"nombre": "Ana\nLuz", "pedido": "7"}, Buttons: []core.TemplateButton{{Index: 0, SubType: "quick_reply", Value: "x"}, {Index: 1, SubType: "url", Value: "7"}}},
			`{"type":"template","templateId":"t-1","fields":{"nombre":"Ana Luz","pedido":"7","u1":"7"}}`},
		"by order":       {core.TemplateCall{Name: "order_ready", Language: "es_CO", Header: []string{"7"}, Body: []string{"Ana", "7"}}, `{"type":"template","templateId":"t-1","fields":{"nombre":"Ana","pedido":"7"}}`},
		"picture":        {core.TemplateCall{Name: "promo", Language: "it", HeaderMedia: &core.Media{URL: "https://cdn.example.com/x.jpg"}, Buttons: []core.TemplateButton{{SubType: "copy_code", Value: "PAN10"}}}, `{"type":"template","templateId":"t-3","fields":{"code":"PAN10","imageUrl":"https://cdn.example.com/x.jpg"}}`},
		"no values":      {core.TemplateCall{Name: "hello_world", Language: "en_US"}, `{"type":"template","templateId":"t-2","fields":{}}`},
		"too few":        {core.TemplateCall{Name: "order_ready", Language: "es_CO", Body: []string{"Ana"}}, ""},
		"one missing":    {core.TemplateCall{Name: "order_ready", Language: "es_CO", Named: map[string]string{"nombre": "Ana"}}, ""},
		"unknown":        {core.TemplateCall{Name: "nothing", Language: "it"}, ""},
		"no such button": {core.TemplateCall{Name: "hello_world", Language: "en_US", Buttons: []core.TemplateButton{{Index: 3, SubType: "url", Value: "7"}}}, ""},
		"no such header": {core.TemplateCall{Name: "hello_world", Language: "en_US", HeaderMedia: &core.Media{URL: "https://cdn.example.com/x.jpg"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := sent(t, core.Content{Type: core.TypeTemplate, Template: &tt.call})
			if tt.want == "" {
				if pe := core.ProviderErrorOf(err); pe == nil || pe.Class != core.ClassTemplate || pe.Uncertain {
					t.Errorf("%s, %v", got, err)
				}
			} else if got != tt.want || err != nil {
				t.Errorf("%s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestTemplates(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Prepare(prepare)
	f.Answer(200, `[{"role":"REQUESTER","text":"please"},{"role":"WHATSAPP","text":"variables next to each other"}]`)
	ts, err := gateway(f).Templates(t.Context())
	if err != nil || len(ts) != 3 {
		t.Fatalf("%+v, %v", ts, err)
	}
	if a := ts[0]; a.ID != "t-1" || a.Status != "APPROVED" || a.Header.Text != "Pedido {{pedido}}" || !a.NamedVars || a.Quality != "green" || a.Footer != "Sol" || len(a.Buttons) != 2 {
		t.Errorf("%+v", a)
	}
	if ts[1].Status != "PENDING" || ts[2].Reason != "variables next to each other" || ts[2].Header.Format != "IMAGE" {
		t.Errorf("%+v", ts[1:])
	}
}

// TestTemplatePages: pages that count from 0 or from 1 give the same list.
func TestTemplatePages(t *testing.T) {
	const all = 1100
	for _, base := range []int{0, 1} {
		f := bsptest.NewFake(t, nil)
		f.Serve(func(w http.ResponseWriter, r *http.Request) {
			var page int
			if _, err := fmt.Sscan(r.URL.Query().Get("page"), &page); err != nil {
				t.Error(err)
			}
			from := max(page-base, 0) * 500
			var rows []string
			for i := from; i < min(from+500, all); i++ {
				rows = append(rows, fmt.Sprintf(`{"id":"t-%d","name":"n%d","locale":"it"}`, i, i))
			}
			_, _ = io.WriteString(w, "["+strings.Join(rows, ",")+"]")
		})
		if ts, err := gateway(f).Templates(t.Context()); err != nil || len(ts) != all {
			t.Errorf("from %d: %d templates, %v", base, len(ts), err)
		}
	}
}

func TestCreateEditDelete(t *testing.T) {
	tpl := core.Template{ID: "t-9", Name: "pedido_pronto", Language: "pt-BR", Category: "UTILITY", Header: core.TemplateHeader{Format: "TEXT", Text: "Pedido {{1}}", Samples: []string{"881"}},
		Body: "Olá {{1}}, seu pedido {{2}} está pronto.", Samples: []string{"Ana", "881"}, Footer: "Rossi", Buttons: []core.TemplateButtonDef{{Type: "URL", Text: "Ver", URL: "https://x.example/{{1}}", Example: "7"}}}
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"id":"t-9","status":"WAITING_APPROVAL","category":"MARKETING"}`)
	gw := gateway(f)
	for name, do := range map[string]func(context.Context, core.Template) (core.TemplateAnswer, error){"create": gw.CreateTemplate, "edit": gw.EditTemplate} {
		if a, err := do(t.Context(), tpl); err != nil || a != (core.TemplateAnswer{ID: "t-9", Status: "PENDING", Category: "MARKETING"}) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	for _, r := range f.Requests() {
		for _, want := range []string{`Pedido {{h1}}`, `Olá {{v1}}, seu pedido {{v2}}`, `"url":"https://x.example/{{u0_1}}"`, `"examples":{"h1":"881","u0_1":"7","v1":"Ana","v2":"881"}`, `"locale":"pt_BR"`} {
			if !strings.Contains(string(r.Body), want) {
				t.Errorf("%s: %s is not in %s", r.Method, want, r.Body)
			}
		}
	}
	f.Answer(204, "")
	if err := gw.DeleteTemplate(t.Context(), tpl); err != nil {
		t.Error(err)
	}
	unfit := map[string]string{"place": wire.HeaderKind, "mixed buttons": wire.MixedButtons} // those that people can put right
	for name, change := range map[string]func(*core.Template){
		"no sample": func(t *core.Template) { t.Samples = nil }, "no body": func(t *core.Template) { t.Body = "" }, "place": func(t *core.Template) { t.Header = core.TemplateHeader{Format: "LOCATION"} },
		"mixed buttons": func(t *core.Template) {
			t.Buttons = append(t.Buttons, core.TemplateButtonDef{Type: "QUICK_REPLY", Text: "Ok"})
		},
	} {
		bad := tpl
		change(&bad)
		_, err := gw.CreateTemplate(t.Context(), bad)
		if core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
		if why := unfit[name]; why != "" && (core.ProviderErrorOf(err) == nil || core.ProviderErrorOf(err).Code != why) {
			t.Errorf("%s: %v is not %s", name, err, why)
		}
	}
}

func TestHealth(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	groups := `[{"name":"WhatsApp","status":"WARNING"},{"name":"SMS","status":"UP"}]`
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "status-groups") {
			_, _ = io.WriteString(w, groups)
			return
		}
		_, _ = io.WriteString(w, `[]`)
	})
	if h, err := gateway(f).Health(t.Context()); err != nil || h.CanSend != "LIMITED" || len(h.Notes) != 1 || h.Notes[0] != "WhatsApp: WARNING" {
		t.Errorf("%+v, %v", h, err)
	}
	groups = "<html>"
	if h, err := gateway(f).Health(t.Context()); err != nil || h.CanSend != "AVAILABLE" {
		t.Errorf("%+v, %v", h, err)
	}
	f.Answer(401, `{"code":"AUTHENTICATION_ERROR"}`)
	if _, err := gateway(f).Health(t.Context()); core.ProviderErrorOf(err).Class != core.ClassAuth {
		t.Errorf("%v", err)
	}
}

func TestUpload(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(201, `{"id":"1","url":"https://files.zenvia.example/f/1","bytes":4}`)
	id, err := gateway(f).Upload(t.Context(), core.MediaFile{Filename: "a.jpg", MIME: "image/jpeg", Size: 4, Body: strings.NewReader("JPEG and more")})
	if r := f.Requests()[0]; err != nil || id != "https://files.zenvia.example/f/1" || string(r.Body) != "JPEG" || r.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%q, %v", id, err)
	}
	got, err := sent(t, core.Content{Type: core.TypeImage, Media: &core.Media{ID: id, MIME: "image/jpeg"}})
	if err != nil || got != `{"type":"file","fileUrl":"https://files.zenvia.example/f/1","fileMimeType":"image/jpeg"}` {
		t.Errorf("%s, %v", got, err)
	}
	for want, file := range map[core.Code]core.MediaFile{core.TooLarge: {MIME: "a/b", Size: 65 << 20, Body: strings.NewReader("")}, core.BadMedia: {MIME: "a/b"}} {
		if _, err := gateway(f).Upload(t.Context(), file); core.CodeOf(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f.Answer(201, "{}")
	if _, err := gateway(f).Upload(t.Context(), core.MediaFile{MIME: "a/b", Size: 1, Body: strings.NewReader("x")}); core.CodeOf(err) != core.Unreachable {
		t.Errorf("%v", err)
	}
}

// TestDownload: the token goes to Zenvia's own hosts, and only where it is asked for.
func TestDownload(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Api-Token") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "JPEG")
	})
	var out bytes.Buffer
	if m, err := gateway(f).Download(t.Context(), f.URL+"/f/1", 10, &out); err != nil || out.String() != "JPEG" || m.Size != 4 || len(f.Requests()) != 2 {
		t.Errorf("%+v, %q, %v", m, out.String(), err)
	}
	far := bsptest.NewFake(t, nil)
	far.Answer(401, "")
	if _, err := gateway(f).Download(t.Context(), far.URL+"/f/1", 10, io.Discard); core.CodeOf(err) != core.ProviderRefused || len(far.Requests()) != 1 || far.Requests()[0].Header.Get("X-Api-Token") != "" {
		t.Errorf("%v", err)
	}
	if _, err := gateway(f).Download(t.Context(), "waf_1", 10, io.Discard); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("%v", err)
	}
}

func TestNoReadMarks(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	if err := gateway(f).MarkRead(t.Context(), "x", true); core.CodeOf(err) != core.NotYet || len(f.Requests()) != 0 {
		t.Errorf("%v", err)
	}
}
