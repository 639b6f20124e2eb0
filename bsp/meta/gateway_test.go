package meta_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
)

func text(s string) core.Content { return core.Content{Type: core.TypeText, Text: s} }

func to(c core.Content) core.Outgoing {
	return core.Outgoing{Ref: "b1:01JD9X", To: "+573005550101", Content: c}
}

// TestBodies compares whole bodies with the examples of bsp/meta.md 2.2.
func TestBodies(t *testing.T) {
	const head = `"messaging_product":"whatsapp","recipient_type":"individual","biz_opaque_callback_data":"b1:01JD9X",`
	quoted := text("Hola")
	quoted.ReplyTo = "wamid.Q"
	quotedTemplate := core.Content{Type: core.TypeTemplate, ReplyTo: "wamid.Q", Template: &core.TemplateCall{Name: "x", Language: "it"}}
	bsuid := to(text("Hola"))
	bsuid.To, bsuid.ToUser = "", "CO.9000000000000000001"
	both := to(text("Hola"))
	both.ToUser = "CO.9000000000000000001"
	tests := []struct {
		name string
		m    core.Outgoing
		want string
	}{
		{"quote", to(quoted), `"to":"+573005550101","type":"text","text":{"body":"Hola","preview_url":false},"context":{"message_id":"wamid.Q"}`},
		{"no quote on templates", to(quotedTemplate), `"to":"+573005550101","type":"template","template":{"name":"x","language":{"code":"it"}}`},
		{"user id", bsuid, `"recipient":"CO.9000000000000000001","type":"text","text":{"body":"Hola","preview_url":false}`},
		{"phone wins", both, `"to":"+573005550101","type":"text","text":{"body":"Hola","preview_url":false}`},
		{"document", to(core.Content{Type: core.TypeDocument, Text: "Tu factura", Media: &core.Media{ID: "9", URL: "https://x.example/9", Filename: "f.pdf"}}),
			`"to":"+573005550101","type":"document","document":{"id":"9","filename":"f.pdf","caption":"Tu factura"}`},
		{"image by link", to(core.Content{Type: core.TypeImage, Media: &core.Media{URL: "https://x.example/t.jpg", Caption: "Torta", Filename: "t.jpg"}}),
			`"to":"+573005550101","type":"image","image":{"link":"https://x.example/t.jpg","caption":"Torta"}`},
		{"buttons below a text", to(core.Content{Type: core.TypeText, Text: "¿Hoy?", Buttons: []core.Button{{ID: "h", Title: "Sí"}}}),
			`"to":"+573005550101","type":"interactive","interactive":{"type":"button","body":{"text":"¿Hoy?"},"action":{"buttons":[{"type":"reply","reply":{"id":"h","title":"Sí"}}]}}`},
		{"place", to(core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 4.65, Lon: -74.05, Name: "Sol"}}),
			`"to":"+573005550101","type":"location","location":{"latitude":4.65,"longitude":-74.05,"name":"Sol"}`},
		{"reaction taken back", to(core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: "w"}}),
			`"to":"+573005550101","type":"reaction","reaction":{"message_id":"w","emoji":""}`},
		{"template", to(core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "pedido_listo", Language: "es-CO",
			Named: map[string]string{"pedido": "1042", "nombre": "Ana"}, HeaderMedia: &core.Media{ID: "2", MIME: "image/png"},
			Buttons: []core.TemplateButton{{Index: 0, SubType: "quick_reply"}, {Index: 1, SubType: "url", Value: "1042"}, {Index: 2, SubType: "copy_code", Value: "PAN10"}}}}),
			`"to":"+573005550101","type":"template","template":{"name":"pedido_listo","language":{"code":"es_CO"},"components":[
			{"type":"header","parameters":[{"type":"image","image":{"id":"2"}}]},
			{"type":"body","parameters":[{"type":"text","parameter_name":"nombre","text":"Ana"},{"type":"text","parameter_name":"pedido","text":"1042"}]},
			{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"1042"}]},
			{"type":"button","sub_type":"copy_code","index":"2","parameters":[{"type":"coupon_code","coupon_code":"PAN10"}]}]}`},
		{"template, document and place", to(core.Content{Type: core.TypeTemplate, Template: &core.TemplateCall{Name: "x", Language: "it", Body: []string{"a", "b"},
			HeaderMedia: &core.Media{URL: "https://x.example/f.pdf", MIME: "application/pdf", Filename: "f.pdf"}}}),
			`"to":"+573005550101","type":"template","template":{"name":"x","language":{"code":"it"},"components":[
			{"type":"header","parameters":[{"type":"document","document":{"link":"https://x.example/f.pdf","filename":"f.pdf"}}]},
			{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, spec(t))
			f.Answer(200, accepted("wamid.1"))
			if _, err := gateway(f).Send(t.Context(), tt.m); err != nil {
				t.Fatal(err)
			}
			r := f.Requests()[0]
			if r.Path != "/"+meta.DefaultVersion+"/100000000000101/messages" || r.Header.Get("Authorization") != "Bearer "+token.Reveal() {
				t.Errorf("%s, authorization of %d characters", r.Path, len(r.Header.Get("Authorization")))
			}
			if got, want := canonical(t, string(r.Body)), canonical(t, "{"+head+tt.want+"}"); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

func canonical(t *testing.T, s string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return v
}

func TestRefusedBeforeTheNetwork(t *testing.T) {
	long := strings.Repeat("à", 4097)
	buttons := func(n int, change func([]core.Button)) core.Content {
		bs := make([]core.Button, n)
		for i := range bs {
			bs[i] = core.Button{ID: strings.Repeat("i", i+1), Title: strings.Repeat("t", i+1)}
		}
		if change != nil {
			change(bs)
		}
		return core.Content{Type: core.TypeInteractive, Text: "?", Buttons: bs}
	}
	media := func(k core.MessageType, text string, m core.Media) core.Content {
		return core.Content{Type: k, Text: text, Media: &m}
	}
	tpl := func(c core.TemplateCall) core.Content {
		c.Name, c.Language = "x", "it"
		return core.Content{Type: core.TypeTemplate, Template: &c}
	}
	button := func(index int, sub, value string) core.Content {
		return tpl(core.TemplateCall{Buttons: []core.TemplateButton{{Index: index, SubType: sub, Value: value}}})
	}
	noRef, longRef, spaced, longUser := to(text("x")), to(text("x")), to(text("x")), to(text("x"))
	noRef.Ref, longRef.Ref = "", strings.Repeat("r", 513)
	spaced.To, longUser.To, longUser.ToUser = "+39 333 1234567", "", strings.Repeat("U", 201)
	tests := []struct {
		name string
		m    core.Outgoing
		want core.Code
	}{
		{"no ref", noRef, core.InvalidInput},
		{"long ref", longRef, core.InvalidInput},
		{"number with spaces", spaced, core.InvalidInput},
		{"long user id", longUser, core.InvalidInput},
		{"caption", to(media(core.TypeImage, long[:2050], core.Media{ID: "1"})), core.TextTooLong},
		{"own caption", to(media(core.TypeVideo, "", core.Media{ID: "1", Caption: long})), core.TextTooLong},
		{"audio with caption", to(media(core.TypeAudio, "x", core.Media{ID: "1"})), core.InvalidInput},
		{"sticker with caption", to(media(core.TypeSticker, "", core.Media{ID: "1", Caption: "x"})), core.InvalidInput},
		{"neither id nor link", to(media(core.TypeImage, "", core.Media{})), core.BadMedia},
		{"file link", to(media(core.TypeImage, "", core.Media{URL: "file:///etc/passwd"})), core.BadMedia},
		{"link with password", to(media(core.TypeImage, "", core.Media{URL: "https://u:p@x.example/1"})), core.BadMedia},
		{"four buttons", to(buttons(4, nil)), core.InvalidInput},
		{"no buttons", to(buttons(0, nil)), core.InvalidInput},
		{"long title", to(buttons(1, func(b []core.Button) { b[0].Title = strings.Repeat("ù", 21) })), core.InvalidInput},
		{"empty title", to(buttons(1, func(b []core.Button) { b[0].Title = " " })), core.InvalidInput},
		{"long id", to(buttons(1, func(b []core.Button) { b[0].ID = strings.Repeat("i", 257) })), core.InvalidInput},
		{"empty id", to(buttons(1, func(b []core.Button) { b[0].ID = "" })), core.InvalidInput},
		{"same title", to(buttons(2, func(b []core.Button) { b[1].Title = b[0].Title })), core.InvalidInput},
		{"same id", to(buttons(2, func(b []core.Button) { b[1].ID = b[0].ID })), core.InvalidInput},
		{"long text above buttons", to(core.Content{Type: core.TypeInteractive, Text: long[:2050], Buttons: []core.Button{{ID: "a", Title: "a"}}}), core.TextTooLong},
		{"no template", to(core.Content{Type: core.TypeTemplate}), core.InvalidInput},
		{"positional and named", to(tpl(core.TemplateCall{Body: []string{"a"}, Named: map[string]string{"b": "c"}})), core.InvalidInput},
		{"empty value", to(tpl(core.TemplateCall{Body: []string{"a", " "}})), core.InvalidInput},
		{"value without name", to(tpl(core.TemplateCall{Named: map[string]string{"": "c"}})), core.InvalidInput},
		{"two headers", to(tpl(core.TemplateCall{Header: []string{"a"}, HeaderLocation: &core.Location{}})), core.InvalidInput},
		{"header of no kind", to(tpl(core.TemplateCall{HeaderMedia: &core.Media{ID: "1", MIME: "audio/ogg"}})), core.BadMedia},
		{"header without file", to(tpl(core.TemplateCall{HeaderMedia: &core.Media{MIME: "image/png"}})), core.BadMedia},
		{"button 10", to(button(10, "url", "x")), core.InvalidInput},
		{"button -1", to(button(-1, "url", "x")), core.InvalidInput},
		{"url without value", to(button(0, "url", "")), core.InvalidInput},
		{"long code", to(button(0, "copy_code", strings.Repeat("x", 16))), core.InvalidInput},
		{"long payload", to(button(0, "quick_reply", strings.Repeat("x", 257))), core.InvalidInput},
		{"unknown button", to(button(0, "flow", "x")), core.InvalidInput},
		{"reaction to nothing", to(core.Content{Type: core.TypeReaction}), core.InvalidInput},
		{"no place", to(core.Content{Type: core.TypeLocation}), core.InvalidInput},
		{"place off the earth", to(core.Content{Type: core.TypeLocation, Location: &core.Location{Lat: 91}}), core.InvalidInput},
		{"note", to(core.Content{Type: core.TypeNote, Text: "x"}), core.InvalidInput},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			_, err := gateway(f).Send(t.Context(), tt.m)
			if core.CodeOf(err) != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
			if n := len(f.Requests()); n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	tests := []struct {
		name, body string
		want       core.Accept
	}{
		{"phone", accepted("wamid.1"), core.Accept{ProviderID: "wamid.1", WaID: "393331234567"}},
		{"held", `{"messages":[{"id":"w","message_status":"held_for_quality_assessment"}]}`, core.Accept{ProviderID: "w", Held: true}},
		{"paused", `{"messages":[{"id":"w","message_status":"paused"}]}`, core.Accept{ProviderID: "w", Held: true}},
		{"accepted", `{"messages":[{"id":"w","message_status":"accepted"}]}`, core.Accept{ProviderID: "w"}},
		{"user id", `{"contacts":[{"input":"CO.1","wa_id":"","user_id":"CO.1"}],"messages":[{"id":"w"}]}`, core.Accept{ProviderID: "w", UserID: "CO.1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, spec(t))
			f.Answer(200, tt.body)
			got, err := gateway(f).Send(t.Context(), to(text("x")))
			tt.want.At = noon()
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name   string
		code   int
		header []string
		want   time.Duration
	}{
		{"none", 130429, nil, 0},
		{"the document's wait", 131057, nil, time.Minute},
		{"marketing cap", 131049, nil, 24 * time.Hour},
		{"seconds", 130429, []string{"Retry-After", "7"}, 7 * time.Second},
		{"seconds win over the document", 131057, []string{"Retry-After", "7"}, 7 * time.Second},
		{"date", 130429, []string{"Retry-After", noon().Add(90 * time.Second).Format(http.TimeFormat)}, 90 * time.Second},
		{"date gone by", 130429, []string{"Retry-After", noon().Add(-time.Hour).Format(http.TimeFormat)}, 0},
		{"nonsense", 130429, []string{"Retry-After", "soon"}, 0},
		{"too long", 130429, []string{"Retry-After", "99999999999"}, 24 * time.Hour},
		{"usage header", 80007, []string{"X-Business-Use-Case-Usage", `{"1":[{"type":"whatsapp","estimated_time_to_regain_access":19}]}`}, 19 * time.Minute},
		{"usage header without wait", 80007, []string{"X-Business-Use-Case-Usage", `{"1":[{"type":"whatsapp"}]}`}, time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, spec(t))
			f.Answer(400, graphError(tt.code, "x"), tt.header...)
			_, err := gateway(f).Send(t.Context(), to(text("x")))
			if pe := core.ProviderErrorOf(err); pe == nil || pe.RetryAfter != tt.want {
				t.Errorf("%+v, want %s", pe, tt.want)
			}
		})
	}
}

// The provider's words are kept, bounded and without control characters; an
// answer that no table knows is kept raw.
func TestWords(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"details first", graphError(131026, "not on WhatsApp"), "not on WhatsApp"},
		{"then the text for people", `{"error":{"code":100,"message":"m","error_user_msg":"u"}}`, "u"},
		{"then the message", `{"error":{"code":100,"message":"m"}}`, "m"},
		{"raw", `{"error":{"code":199999,"message":"m"},"x":1}`, `{"error":{"code":199999,"message":"m"},"x":1}`},
		{"control characters", `{"error":{"code":100,"message":"a\u001b[31mb\u0000"}}`, "a [31mb"},
		{"long", `{"error":{"code":100,"message":"` + strings.Repeat("è", 9000) + `"}}`, strings.Repeat("è", 499) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, spec(t))
			f.Answer(400, tt.body)
			_, err := gateway(f).Send(t.Context(), to(text("x")))
			if pe := core.ProviderErrorOf(err); pe == nil || pe.Message != tt.want {
				t.Errorf("%+v, want %q", pe, tt.want)
			}
		})
	}
}

func TestMarkRead(t *testing.T) {
	for typing, want := range map[bool]string{
		false: `{"messaging_product":"whatsapp","status":"read","message_id":"w"}`,
		true:  `{"messaging_product":"whatsapp","status":"read","message_id":"w","typing_indicator":{"type":"text"}}`,
	} {
		f := bsptest.NewFake(t, spec(t))
		f.Answer(200, `{"success":true}`)
		if err := gateway(f).MarkRead(t.Context(), "w", typing); err != nil {
			t.Fatal(err)
		}
		if got := canonical(t, string(f.Requests()[0].Body)); !reflect.DeepEqual(got, canonical(t, want)) {
			t.Errorf("got %v", got)
		}
	}
	f := bsptest.NewFake(t, nil)
	if err := gateway(f).MarkRead(t.Context(), "", false); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("no id: %v", err)
	}
	f.Answer(502, "<html>") // marking twice harms nobody: no open outcome here
	err := gateway(f).MarkRead(t.Context(), "w", false)
	if pe := core.ProviderErrorOf(err); pe == nil || pe.Uncertain || pe.Class != core.ClassRetry || core.CodeOf(err) != core.Unreachable {
		t.Errorf("%v", err)
	}
}
