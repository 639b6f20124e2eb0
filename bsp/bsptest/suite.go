package bsptest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"bottega/core"
)

// Open builds the adapter under test for a fake provider.
type Open func(f *Fake) core.Gateway

// Run holds an adapter to the contract of core.Gateway: what it sends, how it
// reads answers, what it says about an open outcome, and what it never does
// (repeat, follow a redirect, tell a secret).
func Run(t *testing.T, d Dialect, open Open) {
	if d.Text == 0 {
		d.Text = 4096
	}
	if d.Quote == "" {
		d.Quote = "wamid.HBgMNTczMDA1NTUwMTAxFQIAEhgUM0E="
	}
	if d.FileID == "" {
		d.FileID = "900000000000001"
	}
	if d.Created == 0 {
		d.Created = http.StatusOK
	}
	s := suite{d: d, open: open}
	t.Run("sends", s.sends)
	t.Run("refusals", s.refusals)
	t.Run("certainly not sent", s.certain)
	t.Run("perhaps sent", s.uncertain)
	t.Run("redirects", s.redirects)
	t.Run("questions", s.asks)
	t.Run("cancelled", s.cancelled)
	t.Run("refused before the network", s.local)
	t.Run("many at once", s.concurrent)
	t.Run("secrets", s.secrets)
}

type suite struct {
	d    Dialect
	open Open
}

// fake starts a provider that answers the questions before a send.
func (s suite) fake(t *testing.T) *Fake {
	f := NewFake(t, s.d.Spec)
	f.Prepare(s.d.Prepare)
	return f
}

func hello(ref string) core.Outgoing {
	return core.Outgoing{Ref: ref, To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: "Buongiorno!"}}
}

// Sends is one message of each kind that a gateway with these capabilities
// must be able to send, by name.
func (d *Dialect) Sends(c core.Capabilities) map[string]core.Outgoing {
	text := func(t string) core.Content { return core.Content{Type: core.TypeText, Text: t} }
	quote := text("sì")
	quote.ReplyTo = d.Quote
	tpl := func(t core.TemplateCall) core.Content { return core.Content{Type: core.TypeTemplate, Template: &t} }
	all := map[string]core.Content{
		"text":                text("Ciao Ana, la torta è pronta. 🎂"),
		"text of full length": text(strings.Repeat("è", d.Text)),
		"quote":               quote,
		"template": tpl(core.TemplateCall{Name: "order_ready", Language: "es-CO", Body: []string{"Ana", "1042"},
			Buttons: []core.TemplateButton{{Index: 0, SubType: "quick_reply", Value: "RECOGER_1042"}, {Index: 1, SubType: "url", Value: "1042"}}}),
		"template without values": tpl(core.TemplateCall{Name: "hello_world", Language: "en_US"}),
		"template, named": tpl(core.TemplateCall{Name: "order_ready", Language: "es_CO", Named: map[string]string{"nombre": "Ana", "pedido": "1042"},
			HeaderNamed: map[string]string{"pedido": "1042"}}),
		"template, picture": tpl(core.TemplateCall{Name: "promo", Language: "it", HeaderMedia: &core.Media{ID: d.FileID, MIME: "image/jpeg"},
			Buttons: []core.TemplateButton{{Index: 2, SubType: "copy_code", Value: "PAN10"}}}),
		"template, place": tpl(core.TemplateCall{Name: "shop", Language: "it", HeaderLocation: &core.Location{Lat: 45.07, Lon: 7.68, Name: "Bottega", Address: "Via Po 1"}}),
	}
	if !c.MediaUpload {
		all["template, picture"].Template.HeaderMedia = &core.Media{URL: "https://cdn.example.com/promo.jpg", MIME: "image/jpeg"}
	}
	kinds := map[core.MessageType]string{
		core.TypeImage: "image/jpeg", core.TypeVideo: "video/mp4", core.TypeAudio: "audio/ogg",
		core.TypeDocument: "application/pdf", core.TypeSticker: "image/webp",
	}
	for kind, mime := range kinds {
		m := core.Media{MIME: mime}
		if kind == core.TypeDocument {
			m.Filename, m.Caption = "fattura-1042.pdf", "La fattura"
		}
		if c.MediaByLink {
			link := m
			link.URL = "https://cdn.example.com/file?x=1"
			all[string(kind)+" by link"] = core.Content{Type: kind, Media: &link}
		}
		if c.MediaUpload {
			id := m
			id.ID = d.FileID
			all[string(kind)+" by id"] = core.Content{Type: kind, Media: &id}
		}
	}
	if c.Interactive {
		all["buttons"] = core.Content{Type: core.TypeInteractive, Text: "Passi oggi?", Buttons: []core.Button{{ID: "oggi", Title: "Sì, oggi"}, {ID: "domani", Title: "Domani"}}}
	}
	if c.Reactions {
		all["reaction"] = core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: "wamid.X", Emoji: "👍"}}
		all["reaction taken back"] = core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: "wamid.X"}}
	}
	out := map[string]core.Outgoing{}
	for name, content := range all {
		out[name] = core.Outgoing{Ref: "b1:" + name, To: "+393331234567", Content: content}
	}
	return out
}

// sends: every kind is accepted, carries our ref, and is one request.
func (s suite) sends(t *testing.T) {
	for name, m := range s.d.Sends(s.open(NewFake(t, nil)).Capabilities()) {
		if slices.Contains(s.d.Apart, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			f := s.fake(t)
			f.Answer(s.d.Created, s.d.Accepted("id-1"))
			a, err := s.open(f).Send(t.Context(), m)
			if code, refused := s.d.Cannot[name]; refused {
				if core.CodeOf(err) != code || len(f.Requests()) != 0 {
					t.Errorf("error %v after %d requests, want %s after none", err, len(f.Requests()), code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if a.ProviderID != "id-1" {
				t.Errorf("id %q, want id-1", a.ProviderID)
			}
			rs := f.Requests()
			if len(rs) != 1 {
				t.Fatalf("%d requests, want 1", len(rs))
			}
			if got := s.d.Ref(rs[0].Body); got != m.Ref {
				t.Errorf("ref %q, want %q", got, m.Ref)
			}
		})
	}
}

// failed sends one message and returns the provider's error, with the checks
// that hold for every failure.
func (s suite) failed(t *testing.T, f *Fake, want int) (*core.ProviderError, error) {
	t.Helper()
	_, err := s.open(f).Send(t.Context(), hello("b1:fail"))
	if got := len(f.Requests()); got != want {
		t.Errorf("%d requests, want %d: an adapter never repeats a send", got, want)
	}
	return s.check(t, f, err), err
}

// check finds the provider's error and looks for leaks.
func (s suite) check(t *testing.T, f *Fake, err error) *core.ProviderError {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), f.Logged()} {
		if strings.Contains(text, s.d.Token.Reveal()) {
			t.Errorf("the token is in an error or the log: %s", text)
		}
		if strings.Contains(text, "393331234567") {
			t.Errorf("the recipient's number is in an error or the log: %s", text)
		}
	}
	pe := core.ProviderErrorOf(err)
	if pe == nil {
		t.Fatalf("no ProviderError in %v", err)
	}
	if pe.Uncertain != (core.CodeOf(err) == core.OutcomeUnsure) {
		t.Errorf("code %s with Uncertain %v", core.CodeOf(err), pe.Uncertain)
	}
	return pe
}

func (s suite) refusals(t *testing.T) {
	for _, r := range s.d.Refusals {
		t.Run(r.Name, func(t *testing.T) {
			f := s.fake(t)
			f.Answer(r.Status, r.Body, r.Header...)
			pe, err := s.failed(t, f, 1)
			if pe.Class != r.Class || pe.Uncertain != r.Uncertain {
				t.Errorf("class %s, uncertain %v; want %s, %v (%v)", pe.Class, pe.Uncertain, r.Class, r.Uncertain, err)
			}
			if r.Code != "" && core.CodeOf(err) != r.Code {
				t.Errorf("code %s, want %s", core.CodeOf(err), r.Code)
			}
		})
	}
}

// local: what can be known to fail never reaches the network.
func (s suite) local(t *testing.T) {
	tests := []struct {
		name string
		m    core.Outgoing
		want core.Code
	}{
		{"empty", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: " \n"}}, core.EmptyMessage},
		{"too long", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: strings.Repeat("è", s.d.Text+1)}}, core.TextTooLong},
		{"nobody", core.Outgoing{Ref: "r", Content: core.Content{Type: core.TypeText, Text: "x"}}, core.NoRecipient},
		{"number without plus", core.Outgoing{Ref: "r", To: "393331234567", Content: core.Content{Type: core.TypeText, Text: "x"}}, core.InvalidInput},
		{"no file", core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeImage}}, core.EmptyMessage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := s.fake(t)
			f.Answer(s.d.Created, s.d.Accepted("id-1"))
			_, err := s.open(f).Send(t.Context(), tt.m)
			if core.CodeOf(err) != tt.want {
				t.Errorf("code %q, want %q", core.CodeOf(err), tt.want)
			}
			if n := len(f.Requests()); n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// concurrent: one gateway, fifty senders, fifty requests with their own refs.
func (s suite) concurrent(t *testing.T) {
	const n = 50
	f := s.fake(t)
	f.Answer(s.d.Created, s.d.Accepted("id-1"))
	gw := s.open(f)
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { _, errs[i] = gw.Send(t.Context(), hello(fmt.Sprintf("b1:%d", i))) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	for _, r := range f.Requests() {
		refs[s.d.Ref(r.Body)] = true
	}
	if len(refs) != n {
		t.Errorf("%d different refs, want %d", len(refs), n)
	}
}

// secrets: a provider that repeats the token in its answer does not spread it.
func (s suite) secrets(t *testing.T) {
	f := s.fake(t)
	f.Answer(http.StatusBadRequest, s.d.Echo("bad token "+s.d.Token.Reveal()+" given"))
	pe, _ := s.failed(t, f, 1)
	if !strings.Contains(pe.Message, "bad token") {
		t.Errorf("the provider's words are lost: %q", pe.Message)
	}
	f.Half("HTTP/1.1 " + s.d.Token.Reveal() + "\r\n\r\n")
	s.failed(t, f, 2)
}
