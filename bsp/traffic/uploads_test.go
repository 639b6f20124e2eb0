package traffic

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bottega/core"
)

// TestUploadsAreTimed: a file that a provider takes is timed and kept over
// restarts, one that it refuses is not, and what could not be written comes with
// the next beat (S-041).
func TestUploadsAreTimed(t *testing.T) {
	s, tr := lines(t)
	refuse := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what is left of it is the client's matter
		w.Header().Set("Content-Type", "application/json")
		if refuse {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"code":131053,"message":"x"}}`)
			return
		}
		_, _ = io.WriteString(w, `{"id":"900000000000001"}`)
	}))
	defer srv.Close()
	connect(t, s, srv.URL)
	ch, err := s.ChannelByName(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	gw, err := tr.Providers.Gateway(t.Context(), ch)
	if err != nil {
		t.Fatal(err)
	}
	upload := func(ok bool) {
		t.Helper()
		refuse = !ok
		_, err := gw.Upload(t.Context(), core.MediaFile{Filename: "torta.jpg", MIME: "image/jpeg", Size: 4, Body: strings.NewReader("jpeg")})
		if (err == nil) != ok {
			t.Fatal(err)
		}
	}
	kept := func() (us core.Uploads) {
		t.Helper()
		if _, err := s.Setting(t.Context(), core.UploadsSetting, &us); err != nil {
			t.Fatal(err)
		}
		return us
	}
	for round := range 2 {
		upload(true)
		upload(false)
		if err := tr.keepUploads(t.Context()); err != nil {
			t.Fatal(err)
		}
		if us := kept(); len(us) != round+1 || us[round].Took <= 0 || us[round].At.IsZero() {
			t.Fatalf("%+v", us)
		}
	}
	upload(true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tr.keepUploads(ctx); err == nil {
		t.Fatal("written with a context that has ended")
	}
	if err := tr.keepUploads(t.Context()); err != nil || len(kept()) != 3 {
		t.Errorf("%d kept, %v", len(kept()), err)
	}
}
