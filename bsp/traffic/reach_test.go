package traffic

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bottega/core"
	join "bottega/core/connect"
)

// TestReach: the address of the callbacks is looked at as a provider does, and
// whatever is there instead has a name.
func TestReach(t *testing.T) {
	s, tr := lines(t)
	ours := httptest.NewTLSServer(tr.Receiver(func(core.Code) (string, string) { return "", "" }, func(time.Duration, int) {}))
	defer ours.Close()
	connect(t, s, "http://127.0.0.1:1")
	pool := x509.NewCertPool()
	pool.AddCert(ours.Certificate())
	tr.o.Roots = pool
	answer := func(status int, body string) *httptest.Server {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if status/100 == 3 {
				w.Header().Set("Location", ours.URL+"/webhooks/shop")
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(srv.Close)
		return srv
	}
	old := httptest.NewUnstartedServer(http.NotFoundHandler())
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.StartTLS()
	defer old.Close()
	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0)
	stranger.TLS = &tls.Config{}
	stranger.StartTLS()
	defer stranger.Close()
	for name, tt := range map[string]struct {
		url    string
		verify core.Secret
		why    string
	}{
		"ours":             {ours.URL + "/webhooks/shop", "", ""},
		"ours, handshake":  {ours.URL + "/webhooks/shop", "key-verify_token", ""},
		"another token":    {ours.URL + "/webhooks/shop", "other", join.WhyElsewhere},
		"another channel":  {ours.URL + "/webhooks/none", "", join.WhyElsewhere},
		"somebody's 401":   {answer(401, "no").URL, "", join.WhyElsewhere},
		"a page":           {answer(200, "<html>").URL, "key-verify_token", join.WhyElsewhere},
		"a redirect":       {answer(302, "").URL, "", join.WhyRedirected},
		"an old TLS":       {old.URL, "", join.WhyTLS},
		"no TLS behind":    {strings.Replace(answer(200, "").URL, "http:", "https:", 1), "", join.WhyTLS},
		"nobody":           {"http://127.0.0.1:1/webhooks/shop", "", join.WhyUnreached},
		"a name of nobody": {"https://no-such-host.invalid/webhooks/shop", "", join.WhyName},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tr.Reach(t.Context(), join.Question{URL: tt.url, Verify: tt.verify})
			why, _ := errors.AsType[*join.Unreached](err)
			if tt.why == "" {
				if err != nil || got.TLS != "1.3" {
					t.Fatalf("%+v, %v", got, err)
				}
				return
			}
			if why == nil || why.Why != tt.why && !(name == "a name of nobody" && why.Why == join.WhyUnreached) { // without a resolver nobody knows
				t.Errorf("%v, want %s", err, tt.why)
			}
			if strings.Contains(err.Error(), "key-verify") || why != nil && why.Err != nil && strings.Contains(why.Err.Error(), "key-verify") {
				t.Error("the verify token stands in the error")
			}
		})
	}
	tr.o.Roots = x509.NewCertPool()
	_, err := tr.Reach(t.Context(), join.Question{URL: stranger.URL})
	if why, _ := errors.AsType[*join.Unreached](err); why == nil || why.Why != join.WhyTLS {
		t.Errorf("a certificate of nobody: %v", err)
	}
}
