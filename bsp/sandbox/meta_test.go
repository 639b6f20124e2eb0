package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
)

// gateway is bottega's own adapter in front of the simulator.
func gateway(b *bench, url string, client *http.Client) *meta.Gateway {
	return meta.New(meta.Config{
		Account: core.Account{PhoneNumberID: phoneID, BusinessID: waba, BaseURL: url, Version: "v23.0"},
		Client:  client, Now: b.clock.now,
		Token: func(context.Context) (core.Secret, error) { return token, nil },
	})
}

// contents is one message of each kind that the adapter sends.
func contents(photo string) map[string]core.Content {
	return map[string]core.Content{
		"text":     {Type: core.TypeText, Text: "ciao", ReplyTo: "wamid.x"},
		"image":    {Type: core.TypeImage, Text: "una torta", Media: &core.Media{ID: photo, MIME: "image/jpeg"}},
		"template": {Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "order_ready", Language: "it", Body: []string{"Marta", "1042", "19:30"}}},
		"named":    {Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "delivery_tomorrow", Language: "it", Named: map[string]string{"ordine": "1", "luogo": "x", "ora": "9"}}},
		"buttons":  {Type: core.TypeInteractive, Text: "oggi?", Buttons: []core.Button{{ID: "a", Title: "Sì"}, {ID: "b", Title: "No"}}},
		"reaction": {Type: core.TypeReaction, Reaction: &core.Reaction{Target: "wamid.x", Emoji: "👍"}},
	}
}

func TestAdapterOverHTTP(t *testing.T) {
	spec := bsptest.MetaSpec(t, token)
	spec.Allow(`^/media/`)
	b := start(t, nil)
	srv := httptest.NewServer(spec.Handler(t, b.Handler()))
	defer srv.Close()
	g := gateway(b, srv.URL, srv.Client())
	b.writes(Inbound{From: known1, Text: "ciao"})

	cake := sample("image", "photo-cake").body
	id, err := g.Upload(t.Context(), core.MediaFile{Filename: "cake.jpg", MIME: "image/jpeg", Size: int64(len(cake)), Body: bytes.NewReader(cake)})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if m, err := g.Download(t.Context(), id, 1<<20, &got); err != nil || !bytes.Equal(got.Bytes(), cake) || m.MIME != "image/jpeg" {
		t.Errorf("download: %+v %v", m, err)
	}
	for name, c := range contents(id) {
		a, err := g.Send(t.Context(), core.Outgoing{Ref: "r-" + name, To: known1, Content: c})
		if err != nil || !strings.HasPrefix(a.ProviderID, "wamid.") || a.WaID == "" {
			t.Errorf("%s: %+v %v", name, a, err)
		}
		if e := b.ledger.list(ledgerQuery{Ref: "r-" + name}); len(e) != 1 || e[0].ID != a.ProviderID {
			t.Errorf("%s: ledger %+v", name, e)
		}
	}
	if err := g.MarkRead(t.Context(), wamid(1, 1, b.clock.now(), "39", fromCustomer), true); err != nil {
		t.Error("read: ", err)
	}
	ts, err := g.Templates(t.Context())
	if err != nil || len(ts) != len(b.o.World.Templates) {
		t.Errorf("%d templates, %v", len(ts), err)
	}
	h, err := g.Health(t.Context())
	if err != nil || h.Quality != core.QualityGreen || h.Limit != 2000 || h.CanSend != "AVAILABLE" {
		t.Errorf("health %+v %v", h, err)
	}
}

// TestAdapterReadsOurErrors: each refusal becomes the class of the table.
func TestAdapterReadsOurErrors(t *testing.T) {
	for to, want := range map[core.Phone]core.Class{
		"+393200131026": core.ClassUndeliverable, "+393200131049": core.ClassMarketingCapped, "+393200131050": core.ClassOptedOut,
		"+393200131047": core.ClassWindowClosed, "+393200131056": core.ClassPairLimit, "+393200130429": core.ClassThrottle,
		"+393200131000": core.ClassRetry, "+393200131031": core.ClassPolicy, "+393200131042": core.ClassPayment, "+393200131005": core.ClassAuth,
		"+393200131053": core.ClassMedia, "+393200132015": core.ClassTemplate, "+393200131009": core.ClassInvalid,
	} {
		b := start(t, func(o *Options) { o.Limits = Unlimited(); o.Limits.Direct = true })
		srv := httptest.NewServer(b.Handler())
		_, err := gateway(b, srv.URL, srv.Client()).Send(t.Context(), core.Outgoing{Ref: "r", To: to, Content: core.Content{Type: core.TypeText, Text: "x"}})
		srv.Close()
		pe := core.ProviderErrorOf(err)
		if pe == nil || pe.Class != want || pe.Uncertain || len(b.Ledger()) != 0 {
			t.Errorf("%s: %+v, want %s", to, pe, want)
		}
	}
}

// TestAdapterReadsOurCallbacks: what the simulator posts is what the decoder
// expects, with the ref that matches an unsure send.
func TestAdapterReadsOurCallbacks(t *testing.T) {
	b := start(t, nil)
	b.writes(Inbound{From: known1, Text: "ciao"})
	id := b.text(string(known1), "a")
	b.drain(5 * time.Minute)
	b.setTemplate(b.library.named("order_ready", "it"), "PAUSED", "NONE", "FIRST_PAUSE")
	kinds := map[core.EventKind]int{}
	for p := b.courier.take(); p != nil; p = b.courier.take() {
		var cs []change
		for _, n := range p.notes {
			cs = append(cs, n.change)
		}
		body, err := b.o.sender().envelope(p.notes[0].at, cs...)
		if err != nil {
			t.Fatal(err)
		}
		evs, err := meta.Decoder{}.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range evs {
			kinds[e.Kind]++
			if e.Kind == core.EvStatus && (e.ID != id || e.Ref != "ref-a" || e.Recipient != known1) {
				t.Errorf("status %+v", e)
			}
			if e.Kind == core.EvMessage && (e.From != known1 || e.Name != "Duilio Sassofrasso" || e.UserID == "") {
				t.Errorf("message %+v", e)
			}
		}
	}
	if kinds[core.EvMessage] != 1 || kinds[core.EvStatus] < 2 || kinds[core.EvTemplateStatus] != 1 || kinds[core.EvUnknown] > 0 {
		t.Errorf("events %v", kinds)
	}
}

// description loads the provider's own description of its answers.
func description(t *testing.T) routers.Router {
	path := filepath.Join(bsptest.Shared(), "specs/meta-cloud-v23.yaml")
	if _, err := os.Stat(path); err != nil || bsptest.Shared() == "" {
		t.Skip("the provider's description is not beside the repository (see BOTTEGA_SHARED)")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	r, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAnswersFitTheDescription holds answers, not requests, to the official file.
func TestAnswersFitTheDescription(t *testing.T) {
	router := description(t)
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	template := `{"name":"new_one","language":"it","category":"UTILITY","components":[{"type":"BODY","text":"Il pane è pronto."}]}`
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/" + phoneID + "/messages", `{"messaging_product":"whatsapp","to":"+393205550102","type":"text","text":{"body":"x"}}`},
		{"POST", "/" + phoneID + "/messages", `{"messaging_product":"whatsapp","recipient":"US.1","type":"text","text":{"body":"x"}}`},
		{"POST", "/" + phoneID + "/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x"}`},
		{"POST", "/" + phoneID + "/messages", `{"messaging_product":"whatsapp","to":"+393200131056","type":"text","text":{"body":"x"}}`},
		{"GET", "/" + waba + "/message_templates?fields=id,name,status,language,category,components,quality_score&limit=3", ""},
		{"POST", "/" + waba + "/message_templates", template},
		{"POST", "/" + waba + "/message_templates", template},
		{"DELETE", "/" + waba + "/message_templates?name=oven_news", ""},
		{"GET", "/" + waba + "/phone_numbers", ""},
		{"GET", "/" + waba + "/subscribed_apps", ""},
		{"GET", "/" + phoneID + "?fields=id,display_phone_number,verified_name,quality_rating,status,health_status,throughput", ""},
		{"GET", "/" + sample("image", "").id, ""},
		{"GET", "/" + phoneID + "/whatsapp_business_profile", ""},
	} {
		r := httptest.NewRequest(c.method, "/v23.0"+c.path, strings.NewReader(c.body))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		route, params, err := router.FindRoute(r)
		if err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err)
			continue
		}
		in := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
			Status:                 w.Code, Header: w.Header(),
		}
		in.SetBodyBytes(w.Body.Bytes())
		if err := openapi3filter.ValidateResponse(t.Context(), in); err != nil {
			t.Errorf("%s %s: %v\n%s", c.method, c.path, err, w.Body)
		}
	}
}

// BenchmarkSends measures accepted sends over HTTP on loopback, the client's
// work included, beside a server that does nothing: the simulator must not be
// what limits an outbox.
func BenchmarkSends(b *testing.B) {
	empty := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			_, _ = io.WriteString(w, "{}")
		}
	})
	for name, h := range map[string]http.Handler{
		"sandbox": New(Options{Seed: 1, Token: token, Limits: Unlimited()}).Handler(),
		"nothing": empty,
	} {
		b.Run(name, func(b *testing.B) { benchSends(b, h) })
	}
}

func benchSends(b *testing.B, h http.Handler) {
	srv := httptest.NewServer(h)
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	url := srv.URL + "/v23.0/" + phoneID + "/messages"
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			body := fmt.Sprintf(`{"messaging_product":"whatsapp","recipient_type":"individual","to":"+39320%07d","type":"text","text":{"body":"Buongiorno, il suo ordine è pronto."},"biz_opaque_callback_data":"01JD%d"}`, i%100000, i)
			r, err := http.NewRequest("POST", url, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := client.Do(r)
			if err != nil || res.StatusCode != 200 {
				b.Error(err)
				return
			}
			_, err = io.Copy(io.Discard, res.Body)
			if err = errors.Join(err, res.Body.Close()); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
}

// BenchmarkHandler is the simulator's own share of that.
func BenchmarkHandler(b *testing.B) {
	s := New(Options{Seed: 1, Token: token, Limits: Unlimited()})
	h := s.Handler()
	body := `{"messaging_product":"whatsapp","to":"+393205550102","type":"text","text":{"body":"Buongiorno, il suo ordine è pronto."},"biz_opaque_callback_data":"01JD"}`
	for b.Loop() {
		r := httptest.NewRequest("POST", "/v23.0/"+phoneID+"/messages", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
