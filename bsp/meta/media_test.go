package meta_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
)

func TestUpload(t *testing.T) {
	const content = "%PDF-1.7 not really"
	f := bsptest.NewFake(t, spec(t))
	f.Answer(200, `{"id":900000000000001}`)
	name := "fattura \"1042\"\r\nX-Evil: 1; è.pdf"
	id, err := gateway(f).Upload(t.Context(), core.MediaFile{Filename: name, MIME: "application/pdf", Size: int64(len(content)), Body: strings.NewReader(content)})
	if err != nil || id != "900000000000001" {
		t.Fatal(id, err)
	}
	r := f.Requests()[0]
	if r.Path != "/v25.0/100000000000101/media" || r.Header.Get("Content-Length") == "" {
		t.Errorf("%s, length %q", r.Path, r.Header.Get("Content-Length"))
	}
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	form, err := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if form.Value["messaging_product"][0] != "whatsapp" || form.Value["type"][0] != "application/pdf" || len(form.File["file"]) != 1 {
		t.Fatalf("%+v", form)
	}
	part := form.File["file"][0]
	if part.Header.Get("Content-Type") != "application/pdf" || part.Header.Get("X-Evil") != "" {
		t.Errorf("%v", part.Header)
	}
	file, err := part.Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(file); err != nil || string(got) != content {
		t.Errorf("%q, %v", got, err)
	}
}

func TestUploadRefuses(t *testing.T) {
	tests := []struct {
		name string
		file core.MediaFile
		want core.Code
	}{
		{"type", core.MediaFile{MIME: "image/gif", Size: 1, Body: strings.NewReader("x")}, core.BadMedia},
		{"empty", core.MediaFile{MIME: "image/png", Body: strings.NewReader("")}, core.BadMedia},
		{"no body", core.MediaFile{MIME: "image/png", Size: 1}, core.BadMedia},
		{"large image", core.MediaFile{MIME: "image/png", Size: 5<<20 + 1, Body: strings.NewReader("x")}, core.TooLarge},
		{"large audio", core.MediaFile{MIME: "audio/ogg; codecs=opus", Size: 16<<20 + 1, Body: strings.NewReader("x")}, core.TooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			if _, err := gateway(f).Upload(t.Context(), tt.file); core.CodeOf(err) != tt.want || len(f.Requests()) != 0 {
				t.Errorf("%v, %d requests", err, len(f.Requests()))
			}
		})
	}
}

// A file that shrank while it was read never becomes a shorter upload.
func TestUploadShortFile(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	f.Answer(200, `{"id":"1"}`)
	_, err := gateway(f).Upload(t.Context(), core.MediaFile{MIME: "image/png", Size: 1000, Body: strings.NewReader("x")})
	if err == nil {
		t.Error("accepted")
	}
	f.Answer(200, `{}`)
	_, err = gateway(f).Upload(t.Context(), core.MediaFile{MIME: "image/png", Size: 1, Body: strings.NewReader("x")})
	if core.CodeOf(err) != core.Unreachable {
		t.Errorf("no id: %v", err)
	}
}

// shelf serves one file the way Meta does: the node names an address, the
// address gives the bytes to whoever has the token.
func shelf(f *bsptest.Fake, node string, file http.HandlerFunc) {
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v25.0/") {
			_, _ = io.WriteString(w, node)
			return
		}
		file(w, r)
	})
}

func give(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token.Reveal() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, content)
	}
}

const photo = "a photo of a cake"

func node(url, hash string, size any) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","url":%q,"mime_type":"image/jpeg","sha256":%q,"file_size":%v,"id":"9001"}`, url, hash, size)
}

func TestDownload(t *testing.T) {
	sum := sha256.Sum256([]byte(photo))
	std := base64.StdEncoding.EncodeToString(sum[:])
	for name, hash := range map[string]string{
		"hex": hex.EncodeToString(sum[:]), "HEX": strings.ToUpper(hex.EncodeToString(sum[:])), "base64": std,
		"base64 for URLs": base64.RawURLEncoding.EncodeToString(sum[:]), "none": "", "of another form": "md5:1",
	} {
		for _, size := range []any{len(photo), fmt.Sprintf("%q", fmt.Sprint(len(photo))), "null"} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				s := spec(t)
				if s != nil {
					s.Allow("^/file$")
				}
				f := bsptest.NewFake(t, s)
				shelf(f, node(f.URL+"/file", hash, size), give(photo))
				var got bytes.Buffer
				m, err := gateway(f).Download(t.Context(), "9001", 100, &got)
				if err != nil || got.String() != photo {
					t.Fatalf("%q, %v", got.String(), err)
				}
				if m.ID != "9001" || m.MIME != "image/jpeg" || m.Size != int64(len(photo)) || m.SHA256 != hash {
					t.Errorf("%+v", m)
				}
				if q := f.Requests()[0].Query.Get("phone_number_id"); q != account.PhoneNumberID {
					t.Errorf("phone_number_id %q", q)
				}
			})
		}
	}
}

func TestDownloadRefuses(t *testing.T) {
	wrong := sha256.Sum256([]byte("another"))
	tests := []struct {
		name string
		node func(url string) string
		file http.HandlerFunc
		want core.Code
	}{
		{"announced size", func(u string) string { return node(u, "", 101) }, give(photo), core.TooLarge},
		{"true size", func(u string) string { return node(u, "", "null") }, give(strings.Repeat("x", 101)), core.TooLarge},
		{"shorter than announced", func(u string) string { return node(u, "", 99) }, give(photo), core.Unreachable},
		{"other content", func(u string) string { return node(u, hex.EncodeToString(wrong[:]), len(photo)) }, give(photo), core.BadMedia},
		{"foreign host by http", func(string) string { return node("http://127.0.0.1:1/file", "", 1) }, give(photo), core.BadMedia},
		{"other scheme", func(string) string { return node("file:///etc/passwd", "", 1) }, give(photo), core.BadMedia},
		{"password in the address", func(u string) string { return node(strings.Replace(u, "://", "://u:p@", 1), "", 1) }, give(photo), core.BadMedia},
		{"no address", func(string) string { return `{"id":"9001"}` }, give(photo), core.BadMedia},
		{"gone", func(u string) string { return node(u, "", 1) }, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, core.NotFound},
		{"trouble", func(u string) string { return node(u, "", 1) }, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, core.Unreachable},
		{"token refused", func(u string) string { return node(u, "", 1) }, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, core.ProviderRefused},
		{"redirect", func(u string) string { return node(u, "", 1) }, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, core.ProviderRefused},
		{"breaks off", func(u string) string { return node(u, "", "null") }, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "50")
			_, _ = io.WriteString(w, "half")
		}, core.Unreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := bsptest.NewFake(t, nil)
			shelf(f, tt.node(f.URL+"/file"), tt.file)
			_, err := gateway(f).Download(t.Context(), "9001", 100, io.Discard)
			if core.CodeOf(err) != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
			if strings.Contains(err.Error(), token.Reveal()) {
				t.Error("the token is in the error")
			}
			for _, r := range f.Requests() {
				if r.Path == "/elsewhere" {
					t.Error("the redirect was followed")
				}
			}
		})
	}
}

// An address that ran out is asked for once more (bsp/meta.md 7).
func TestDownloadAsksAgain(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	old := true
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/v25.0/") && old:
			_, _ = io.WriteString(w, node(f.URL+"/old", "", len(photo)))
		case strings.HasPrefix(r.URL.Path, "/v25.0/"):
			_, _ = io.WriteString(w, node(f.URL+"/new", "", len(photo)))
		case r.URL.Path == "/new":
			give(photo)(w, r)
		default:
			old = false
			w.WriteHeader(http.StatusNotFound)
		}
	})
	var got bytes.Buffer
	if _, err := gateway(f).Download(t.Context(), "9001", 100, &got); err != nil || got.String() != photo {
		t.Errorf("%q, %v", got.String(), err)
	}
}

// An id of a callback that Meta no longer has.
func TestDownloadUnknownID(t *testing.T) {
	f := bsptest.NewFake(t, nil)
	f.Answer(400, graphError(100, "Object does not exist"))
	if _, err := gateway(f).Download(t.Context(), "9001", 100, io.Discard); core.CodeOf(err) != core.NotFound {
		t.Errorf("%v", err)
	}
	f.Answer(401, graphError(190, "expired"))
	if _, err := gateway(f).Download(t.Context(), "9001", 100, io.Discard); core.ProviderErrorOf(err).Class != core.ClassAuth {
		t.Errorf("%v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, core.Fail(core.DiskFull, "media", nil) }

type odd struct{}

func (odd) Write([]byte) (int, error) { return 0, errors.New("quota") }

// Our own disk is not the line: the error comes up as it is.
func TestDownloadDiskFull(t *testing.T) {
	for _, w := range []io.Writer{full{}, odd{}} {
		f := bsptest.NewFake(t, nil)
		shelf(f, node(f.URL+"/file", "", len(photo)), give(photo))
		_, err := gateway(f).Download(t.Context(), "9001", 100, w)
		if err == nil || core.CodeOf(err) == core.Unreachable || core.ProviderErrorOf(err) != nil {
			t.Errorf("%T: %v", w, err)
		}
	}
}

// The token goes to a host over https that the API named, and to no other.
func TestDownloadHTTPS(t *testing.T) {
	var asked []string
	rt := roundTripper(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.Host+" "+r.Header.Get("Authorization"))
		body := photo
		if r.URL.Host == "graph.facebook.com" {
			body = node("https://lookaside.fbsbx.com/whatsapp/1", "", len(photo))
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
	gw := meta.New(meta.Config{Account: account, Client: &http.Client{Transport: rt}, Token: func(context.Context) (core.Secret, error) { return token, nil }})
	if _, err := gw.Download(t.Context(), "9001", 100, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := "graph.facebook.com Bearer " + token.Reveal() + ",lookaside.fbsbx.com Bearer " + token.Reveal()
	if got := strings.Join(asked, ","); got != want {
		t.Errorf("asked %d times", len(asked))
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
