package webhook_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/bsp/webhook"
	"bottega/core"
)

// serial asks a server for its certificate's number.
func serial(t *testing.T, addr string, most uint16) (int64, error) {
	t.Helper()
	c, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: most})
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close() }() // only looked at
	return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}

// TestTLS: callbacks over TLS 1.2 and later, never older; a renewed certificate
// is served without a restart, and a broken renewal leaves the old one.
func TestTLS(t *testing.T) {
	dir, now, log := t.TempDir(), noon(), bytes.Buffer{}
	certFile, keyFile := bsptest.Certify(t, dir, 1)
	cfg, err := webhook.TLS(certFile, keyFile, func() time.Time { return now }, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	var j journal
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: receiver(&j, nil), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	go func() { _ = srv.Serve(tls.NewListener(ln, cfg)) }()
	t.Cleanup(func() { _ = srv.Close() })
	addr := ln.Addr().String()

	pool := x509.NewCertPool()
	pemCert, err := os.ReadFile(certFile)
	if err != nil || !pool.AppendCertsFromPEM(pemCert) {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	r := post("https://"+addr+"/webhooks/shop", callback)
	r.RequestURI = ""
	res, err := client.Do(r)
	if err != nil || res.StatusCode != http.StatusOK || j.count() != 1 || res.TLS.Version < tls.VersionTLS12 {
		t.Fatalf("%+v, %v", res, err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if _, err := serial(t, addr, tls.VersionTLS11); err == nil {
		t.Error("TLS 1.1 is taken")
	}
	if n, err := serial(t, addr, tls.VersionTLS12); err != nil || n != 1 {
		t.Errorf("TLS 1.2: %d, %v", n, err)
	}

	later := func(serialNumber int64) {
		bsptest.Certify(t, dir, serialNumber)
		at := time.Now().Add(time.Duration(serialNumber) * time.Minute) // files of one second have one time on some disks
		for _, f := range []string{certFile, keyFile} {
			if err := os.Chtimes(f, at, at); err != nil {
				t.Fatal(err)
			}
		}
		now = now.Add(time.Minute)
	}
	later(2)
	if n, err := serial(t, addr, 0); err != nil || n != 2 {
		t.Errorf("after the renewal: %d, %v", n, err)
	}
	later(3)
	if err := os.WriteFile(keyFile, []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := serial(t, addr, 0); err != nil || n != 2 {
		t.Errorf("after a broken renewal: %d, %v", n, err)
	}
	if !strings.Contains(log.String(), "the old one stays") || strings.Contains(log.String(), "half a key") {
		t.Errorf("log: %s", log.String())
	}
	now = now.Add(time.Minute)
	later(4)
	if n, err := serial(t, addr, 0); err != nil || n != 4 {
		t.Errorf("after it was mended: %d, %v", n, err)
	}
}

func TestTLSFiles(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	certFile, keyFile := bsptest.Certify(t, dir, 1)
	foreign, _ := bsptest.Certify(t, other, 2)
	for name, c := range map[string]struct {
		cert, key string
		want      core.Code
	}{
		"missing":   {filepath.Join(dir, "nothing"), keyFile, core.NotFound},
		"no pair":   {foreign, keyFile, core.InvalidInput},
		"exchanged": {keyFile, certFile, core.InvalidInput},
	} {
		if _, err := webhook.TLS(c.cert, c.key, noon, slog.New(slog.DiscardHandler)); core.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBehind: a trusted proxy may say what it was asked for; a stranger may not.
func TestBehind(t *testing.T) {
	trusted, err := webhook.ReadProxies([]string{"127.0.0.1", "10.0.0.0/8", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		remote, host, proto string
		wantHost, scheme    string
	}{
		"trusted":            {"127.0.0.1:4711", "shop.example", "https", "shop.example", "https"},
		"trusted, v4 in v6":  {"[::ffff:10.1.2.3]:9", "shop.example", "", "shop.example", "https"},
		"trusted, plain":     {"[::1]:9", "shop.example:8080", "http", "shop.example:8080", "http"},
		"a client's before":  {"10.9.9.9:1", "evil.example, shop.example", "https", "shop.example", "https"},
		"a stranger":         {"192.0.2.7:1", "evil.example", "https", "inner.local", ""},
		"no address":         {"@", "evil.example", "https", "inner.local", ""},
		"nonsense as a host": {"127.0.0.1:1", "a b/c?d", "https", "inner.local", ""},
		"silent":             {"127.0.0.1:1", "", "", "inner.local", ""},
	} {
		var got *http.Request
		h := webhook.Behind(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
		r := post("/webhooks/shop", callback)
		r.Host, r.RemoteAddr = "inner.local", c.remote
		r.Header.Set("X-Forwarded-Host", c.host)
		r.Header.Set("X-Forwarded-Proto", c.proto)
		r.Header.Set("Forwarded", "host="+c.host)
		answer(h, r)
		if got.Host != c.wantHost || got.URL.Scheme != c.scheme {
			t.Errorf("%s: %s %s, want %s %s", name, got.URL.Scheme, got.Host, c.scheme, c.wantHost)
		}
		if got.Header.Get("X-Forwarded-Host")+got.Header.Get("Forwarded") != "" {
			t.Errorf("%s: the headers go on", name)
		}
	}
	if _, err := webhook.ReadProxies([]string{"10.0.0.0/8", "proxy.local"}); core.CodeOf(err) != core.InvalidInput {
		t.Error(err)
	}
}
