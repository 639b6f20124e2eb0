package twilio_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/wire"
	"bottega/core"
)

// routes answers by path; a path that is missing is a 404 of Twilio's.
func routes(f *bsptest.Fake, answers map[string]string) {
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		key := r.URL.Path
		if _, ok := answers[key+"?"+r.URL.RawQuery]; ok {
			key += "?" + r.URL.RawQuery
		}
		body, ok := answers[key]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = refusedWith(20404, "not found")
		}
		_, _ = io.WriteString(w, body)
	})
}

const (
	accountPath = "/2010-04-01/Accounts/" + ac + ".json"
	listPath    = "/2010-04-01/Accounts/" + ac + "/Messages.json"
	senders     = "/v2/Channels/Senders"
)

func TestHealth(t *testing.T) {
	sender := func(number, rest string) string {
		return `{"sid":"XE1","status":"ONLINE","sender_id":"whatsapp:` + number + `","profile":{"name":"Forno Rossi"},"properties":{"quality_rating":"MEDIUM","messaging_limit":"10K Customers/24hr"}` + rest + `}`
	}
	for name, tt := range map[string]struct {
		account, first string
		want           core.Health
	}{
		"online": {"active", `{"senders":[` + sender("+393330000000", "") + `,` + sender("+390212345678", "") + `],"meta":{}}`,
			core.Health{Quality: core.QualityYellow, Limit: 10_000, Status: "ONLINE", VerifiedName: "Forno Rossi", CanSend: "AVAILABLE", At: noon()}},
		"offline": {"active", `{"senders":[` + strings.Replace(sender("+390212345678", `,"offline_reasons":[{"code":63020,"message":"payment"}]`), "ONLINE", "OFFLINE", 1) + `],"meta":{}}`,
			core.Health{Quality: core.QualityYellow, Limit: 10_000, Status: "OFFLINE", VerifiedName: "Forno Rossi", CanSend: "BLOCKED", Notes: []string{"63020 payment"}, At: noon()}},
		"sandbox":   {"active", `{"senders":[],"meta":{}}`, core.Health{Status: "ACTIVE", CanSend: "AVAILABLE", At: noon()}},
		"suspended": {"suspended", "", core.Health{Status: "SUSPENDED", CanSend: "BLOCKED", At: noon()}},
		"next page": {"active", `{"senders":[],"meta":{"next_page_url":"https://elsewhere.example/v2/Channels/Senders?Channel=whatsapp&PageToken=2"}}`,
			core.Health{Quality: core.QualityYellow, Limit: 10_000, Status: "ONLINE", VerifiedName: "Forno Rossi", CanSend: "AVAILABLE", At: noon()}},
	} {
		t.Run(name, func(t *testing.T) {
			f := bsptest.NewFake(t, spec(t))
			routes(f, map[string]string{accountPath: `{"status":"` + tt.account + `"}`, senders: tt.first,
				senders + "?Channel=whatsapp&PageToken=2": `{"senders":[` + sender("+390212345678", "") + `],"meta":{}}`})
			h, err := gateway(f).Health(t.Context())
			notes := slices.Equal(h.Notes, tt.want.Notes)
			h.Notes, tt.want.Notes = nil, nil
			if err != nil || !notes || h.Quality != tt.want.Quality || h.Limit != tt.want.Limit || h.Status != tt.want.Status || h.CanSend != tt.want.CanSend || h.VerifiedName != tt.want.VerifiedName || !h.At.Equal(tt.want.At) {
				t.Errorf("%+v, %v; want %+v", h, err, tt.want)
			}
		})
	}
	bare := bsptest.NewFake(t, spec(t)) // an account that does not tell of senders
	routes(bare, map[string]string{accountPath: `{"status":"active"}`})
	if h, err := gateway(bare).Health(t.Context()); err != nil || h.CanSend != "AVAILABLE" {
		t.Errorf("%+v, %v", h, err)
	}
	f := bsptest.NewFake(t, spec(t))
	f.Answer(401, refusedWith(20003, "no"))
	if _, err := gateway(f).Health(t.Context()); core.ProviderErrorOf(err).Class != core.ClassAuth {
		t.Errorf("a wrong token: %v", err)
	}
}

// TestNoUpload: a file of this computer is refused with the reason.
func TestNoUpload(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	_, err := gateway(f).Upload(t.Context(), core.MediaFile{MIME: "image/jpeg", Size: 1, Body: strings.NewReader("x")})
	if pe := core.ProviderErrorOf(err); core.CodeOf(err) != core.BadMedia || pe == nil || pe.Code != "no_upload" || pe.Class != core.ClassMedia || len(f.Requests()) != 0 {
		t.Errorf("%v", err)
	}
}

func TestBalance(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"balance":"12.35","currency":"USD","account_sid":"`+ac+`"}`)
	if m, err := gateway(f).Balance(t.Context()); err != nil || m != (core.Money{Amount: "12.35", Currency: "USD"}) {
		t.Errorf("%+v, %v", m, err)
	}
	f.Answer(200, `{}`)
	if _, err := gateway(f).Balance(t.Context()); core.CodeOf(err) != core.ProviderRefused {
		t.Errorf("nothing said: %v", err)
	}
	f.Answer(200, "<html>")
	if _, err := gateway(f).Balance(t.Context()); core.CodeOf(err) != core.Unreachable {
		t.Errorf("HTML: %v", err)
	}
}

func TestTemplates(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Prepare(prepare)
	ts, err := gateway(f).Templates(t.Context())
	if err != nil || len(ts) != 4 {
		t.Fatalf("%d templates, %v", len(ts), err)
	}
	card, hello, promo, rejected := ts[0], ts[1], ts[2], ts[3]
	if card.ID != hx+"1" || card.Name != "order_ready" || card.Language != "es_CO" || card.Status != "APPROVED" || card.Header.Text != "Pedido" || len(card.Buttons) != 2 || card.Buttons[1].URL != "https://x.example/{{4}}" {
		t.Errorf("%+v", card)
	}
	if hello.Name != "hello_world" || hello.Category != "UTILITY" {
		t.Errorf("%+v", hello)
	}
	if promo.Status != "DRAFT" || promo.Header.Format != "IMAGE" || promo.Footer == "" {
		t.Errorf("%+v", promo)
	}
	if rejected.Status != "REJECTED" || rejected.Reason != "INVALID_FORMAT" {
		t.Errorf("%+v", rejected)
	}
}

func TestCreateAndDelete(t *testing.T) {
	tpl := core.Template{Name: "pedido", Language: "es-CO", Category: "UTILITY", Header: core.TemplateHeader{Format: "TEXT", Text: "Pedido {{1}}", Samples: []string{"1042"}},
		Body: "Hola {{1}}, tu pedido está listo.", Samples: []string{"Ana"}, Footer: "Panadería Sol",
		Buttons: []core.TemplateButtonDef{{Type: "QUICK_REPLY", Text: "Voy"}, {Type: "URL", Text: "Ver", URL: "https://x.example/{{1}}", Example: "https://x.example/7"}}}
	content := func() *bsptest.Fake {
		f := bsptest.NewFake(t, spec(t))
		routes(f, map[string]string{"/v1/Content": `{"sid":"` + hx + `7"}`, "/v1/Content/" + hx + "7/ApprovalRequests/whatsapp": `{"name":"pedido","category":"MARKETING","status":"received"}`, "/v1/Content/" + hx + "7": ""})
		return f
	}
	f := content()
	a, err := gateway(f).CreateTemplate(t.Context(), tpl)
	if err != nil || a != (core.TemplateAnswer{ID: hx + "7", Status: "PENDING", Category: "MARKETING"}) {
		t.Fatalf("%+v, %v", a, err)
	}
	body := string(f.Requests()[0].Body)
	for _, want := range []string{`"whatsapp/card"`, `"header_text":"Pedido {{1}}"`, `Hola {{2}}`, `"url":"https://x.example/{{3}}"`, `"variables":{"1":"1042","2":"Ana","3":"7"}`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if err := gateway(f).DeleteTemplate(t.Context(), core.Template{ID: hx + "7"}); err != nil {
		t.Error(err)
	}
	if last := f.Requests()[2]; last.Method != http.MethodDelete || last.Query.Get("deleteInWaba") != "true" {
		t.Errorf("%s %v", last.Method, last.Query)
	}

	f = bsptest.NewFake(t, spec(t)) // cannot be handed in: removed again
	routes(f, map[string]string{"/v1/Content": `{"sid":"` + hx + `7"}`})
	if _, err := gateway(f).CreateTemplate(t.Context(), tpl); core.CodeOf(err) != core.ProviderRefused {
		t.Errorf("%v", err)
	}
	if rs := f.Requests(); len(rs) != 3 || rs[2].Method != http.MethodDelete {
		t.Errorf("%d requests", len(rs))
	}
	unfit := map[string]string{"named": wire.NamedVariables, "file without sample": wire.SampleLink} // those that people can put right
	for name, change := range map[string]func(*core.Template){
		"named": func(t *core.Template) { t.NamedVars = true }, "no sample": func(t *core.Template) { t.Samples = nil }, "no body": func(t *core.Template) { t.Body = "" },
		"file without sample": func(t *core.Template) { t.Header = core.TemplateHeader{Format: "IMAGE"} },
	} {
		bad := tpl
		change(&bad)
		_, err := gateway(f).CreateTemplate(t.Context(), bad)
		if core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
		if why := unfit[name]; why != "" && (core.ProviderErrorOf(err) == nil || core.ProviderErrorOf(err).Code != why) {
			t.Errorf("%s: %v is not %s", name, err, why)
		}
	}
}

func TestDownload(t *testing.T) {
	const message, file = "MM00000000000000000000000000000011", "ME00000000000000000000000000000001"
	store := bsptest.NewFake(t, nil)
	store.Answer(200, "JPEG", "Content-Type", "image/jpeg")
	f := bsptest.NewFake(t, nil)
	f.Answer(307, "", "Location", store.URL+"/signed?x=1")
	var out bytes.Buffer
	m, err := gateway(f).Download(t.Context(), message+"/"+file, 100, &out)
	if err != nil || out.String() != "JPEG" || m.MIME != "image/jpeg" || m.ID != message+"/"+file || m.Size != 4 {
		t.Fatalf("%+v, %q, %v", m, out.String(), err)
	}
	if rs := f.Requests(); rs[0].Header.Get("Authorization") == "" || rs[0].Path != "/2010-04-01/Accounts/"+ac+"/Messages/"+message+"/Media/"+file {
		t.Errorf("%+v", rs[0])
	}
	if got := store.Requests()[0].Header.Get("Authorization"); got != "" {
		t.Errorf("the storage saw %q", got)
	}
	if _, err := gateway(f).Download(t.Context(), store.URL+"/evil.jpg", 100, io.Discard); err != nil || store.Requests()[1].Header.Get("Authorization") != "" {
		t.Errorf("a file elsewhere: %v", err)
	}
	for name, tt := range map[string]struct {
		id, body string
		status   int
		head     string
		want     core.Code
	}{
		"too large":      {message + "/" + file, "JPEGJPEG", 200, "", core.TooLarge},
		"gone":           {message + "/" + file, refusedWith(20404, "gone"), 404, "", core.NotFound},
		"no access":      {message + "/" + file, refusedWith(20003, "no"), 401, "", core.ProviderRefused},
		"loop":           {message + "/" + file, "", 302, "/again", core.BadMedia},
		"to plain http":  {message + "/" + file, "", 302, "http://files.example/x", core.BadMedia},
		"with a login":   {message + "/" + file, "", 302, "https://a:b@files.example/x", core.BadMedia},
		"to nowhere":     {message + "/" + file, "", 302, "", core.BadMedia},
		"strange id":     {"../../Accounts", "", 200, "", core.InvalidInput},
		"strange scheme": {"file:///etc/passwd", "", 200, "", core.InvalidInput},
	} {
		t.Run(name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			f.Answer(tt.status, tt.body, "Location", tt.head)
			if _, err := gateway(f).Download(t.Context(), tt.id, 5, io.Discard); core.CodeOf(err) != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

func TestMarkRead(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"success":true}`)
	if err := gateway(f).MarkRead(t.Context(), sm+"1", true); err != nil || string(f.Requests()[0].Body) != "channel=whatsapp&messageId="+sm+"1" {
		t.Errorf("%v", err)
	}
	if err := gateway(f).MarkRead(t.Context(), "wamid.X", true); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("%v", err)
	}
}
