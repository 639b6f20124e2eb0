package meta_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// inTurn answers one request after the other.
func inTurn(f *bsptest.Fake, answers ...string) {
	var mu sync.Mutex
	f.Serve(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answers[0])
		answers = answers[min(1, len(answers)-1):]
	})
}

// TestUploadSample: the app of the token, a session, the file in one piece; and
// the handle (bsp/meta.md 4.1). The official description does not have these calls.
func TestUploadSample(t *testing.T) {
	file := func() core.MediaFile {
		return core.MediaFile{Filename: "torta di mele.jpg", MIME: "image/jpeg", Size: 4, Body: strings.NewReader("cake and more")}
	}
	f := bsptest.NewFake(t, nil)
	inTurn(f, `{"id":100000000000501}`, `{"id":"upload:MTph?sig=ARa%2Bb"}`, `{"h":"4::aW1n"}`)
	got, err := gateway(f).UploadSample(t.Context(), file())
	if err != nil || got != "4::aW1n" {
		t.Fatalf("%q, %v", got, err)
	}
	want := []string{"GET /v25.0/app?fields=id", "POST /v25.0/100000000000501/uploads?file_length=4&file_name=torta+di+mele.jpg&file_type=image%2Fjpeg", "POST /v25.0/upload:MTph?sig=ARa%2Bb"}
	rs := f.Requests()
	for i, r := range rs {
		if line := r.Method + " " + r.Path + "?" + r.Query.Encode(); i >= len(want) || line != want[i] {
			t.Errorf("request %d: %s", i, line)
		}
	}
	last := rs[len(rs)-1]
	if string(last.Body) != "cake" || last.Header.Get("file_offset") != "0" || !strings.HasPrefix(last.Header.Get("Authorization"), "OAuth ") {
		t.Errorf("%q, %v", last.Body, last.Header.Get("file_offset"))
	}
}

// TestUploadSampleFails: each step that answers something else ends it, and
// nothing is open: no template was handed in.
func TestUploadSampleFails(t *testing.T) {
	app, session := `{"id":"100000000000501"}`, `{"id":"upload:x"}`
	for name, c := range map[string]struct {
		answers []string
		want    core.Code
	}{
		"no app":           {[]string{`{"id":"app"}`}, core.InvalidInput},
		"no session":       {[]string{app, `{"id":"7"}`}, core.Unreachable},
		"a broken address": {[]string{app, `{"id":"upload:x?sig=%zz"}`}, core.Unreachable},
		"no handle":        {[]string{app, session, `{}`}, core.Unreachable},
		"no JSON":          {[]string{app, session, `<html>`}, core.Unreachable},
	} {
		f := bsptest.NewFake(t, nil)
		inTurn(f, c.answers...)
		_, err := gateway(f).UploadSample(t.Context(), core.MediaFile{Filename: "a.jpg", MIME: "image/jpeg", Size: 1, Body: strings.NewReader("x")})
		if pe := core.ProviderErrorOf(err); core.CodeOf(err) != c.want || pe != nil && pe.Uncertain {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := bsptest.NewFake(t, nil)
	if _, err := gateway(f).UploadSample(t.Context(), core.MediaFile{Filename: "a.exe", MIME: "application/x-msdownload", Size: 1, Body: strings.NewReader("x")}); core.CodeOf(err) != core.BadMedia || len(f.Requests()) > 0 {
		t.Errorf("a program: %v", err)
	}
}
