package sandbox

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"bottega/core"
)

// TestSampleUpload: our own adapter hands over the picture above a template's
// text, and the template with its handle is taken; a picture that nobody
// handed over is not.
func TestSampleUpload(t *testing.T) {
	b := start(t, nil)
	srv := httptest.NewServer(b.Handler())
	defer srv.Close()
	g := gateway(b, srv.URL, srv.Client())
	cake := sample("image", "photo-cake").body
	handle, err := g.UploadSample(t.Context(), core.MediaFile{Filename: "cake.jpg", MIME: "image/jpeg", Size: int64(len(cake)), Body: bytes.NewReader(cake)})
	if err != nil || !strings.HasPrefix(handle, "4::") {
		t.Fatalf("%q, %v", handle, err)
	}
	form := core.Template{Name: "cakes", Language: "it", Category: "MARKETING", Body: "Venite a vedere le torte di oggi al banco.",
		Header: core.TemplateHeader{Format: "IMAGE", Samples: []string{handle}}}
	if a, err := g.CreateTemplate(t.Context(), form); err != nil || a.Status != "PENDING" {
		t.Errorf("%+v, %v", a, err)
	}
	form.Name, form.Header.Samples = "pies", []string{"4::bm9ib2R5"}
	if _, err := g.CreateTemplate(t.Context(), form); core.ProviderErrorOf(err) == nil || !strings.Contains(core.ProviderErrorOf(err).Code, "2388273") {
		t.Errorf("a handle that is none: %v", err)
	}
}

// TestSampleSessions: what the two steps refuse.
func TestSampleSessions(t *testing.T) {
	b := start(t, nil)
	status, v := b.call("GET", "/v25.0/app?fields=id", "")
	if status != 200 || v["id"] != appID {
		t.Fatal(status, v)
	}
	begin := func(query string) (int, string) {
		status, v := b.call("POST", "/v25.0/"+appID+"/uploads?"+query, "")
		id, _ := v["id"].(string)
		return status, id
	}
	for _, q := range []string{"", "file_length=0&file_type=image/png", "file_length=x&file_type=image/png", "file_length=9&file_type=image/webp", "file_length=999999999&file_type=image/png"} {
		if status, _ := begin(q); status != 400 {
			t.Errorf("%s: %d", q, status)
		}
	}
	if status, _ := b.call("POST", "/v25.0/1/uploads?file_length=1&file_type=image/png", ""); status == 200 {
		t.Error("an app of somebody else")
	}
	_, id := begin("file_length=3&file_type=application/pdf")
	if !strings.HasPrefix(id, uploadPrefix) || !strings.Contains(id, "?sig=") {
		t.Fatal(id)
	}
	post := func(path, offset, body string) int {
		r := httptest.NewRequest("POST", "/v25.0/"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "OAuth "+token)
		if offset != "" {
			r.Header.Set("file_offset", offset)
		}
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		return w.Code
	}
	bare, _, _ := strings.Cut(id, "?")
	for name, c := range map[string]struct {
		path, offset, body string
		ok                 bool
	}{
		"no signature": {bare, "0", "pdf", false}, "no offset": {id, "", "pdf", false}, "half a file": {id, "0", "p", false},
		"no session": {"upload:x?sig=a", "0", "pdf", false},
	} {
		if got := post(c.path, c.offset, c.body); (got == 200) != c.ok {
			t.Errorf("%s: %d", name, got)
		}
	}
	if got := post(id, "0", "pdf"); got != 200 {
		t.Errorf("the whole file: %d", got)
	}
	if got := post(id, "0", "pdf"); got == 200 {
		t.Error("a session that is over took a file")
	}
}
