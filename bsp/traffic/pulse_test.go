package traffic

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/bsptest"
	"bottega/bsp/meta"
	"bottega/core"
	"bottega/core/health"
)

// address is where a test says that it listens.
var address = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}

// TestBeat: what was answered and who listens is on disk, counts of an hour add
// up, and a process without a port does not take the listener's place.
func TestBeat(t *testing.T) {
	s, tr := lines(t)
	connect(t, s, "http://127.0.0.1:1")
	rules, err := health.LoadReceive(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	tr.o.Now = func() time.Time { return clock }
	h := tr.Receiver(nil, nil)
	post := func(key core.Secret) {
		r := httptest.NewRequest(http.MethodPost, "/webhooks/shop", strings.NewReader(hello))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(meta.SignatureHeader, meta.Sign(key, []byte(hello)))
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	receiving := func() (r core.Receiving) {
		t.Helper()
		if _, err := s.Setting(t.Context(), core.ReceiverSetting, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	beat := func(tr *Traffic) {
		t.Helper()
		if err := tr.flush(t.Context(), rules); err != nil {
			t.Fatal(err)
		}
	}
	tr.Listens(address, true)
	begun := clock
	for range 3 {
		post("key-app_secret")
		beat(tr)
		clock = clock.Add(time.Minute)
	}
	post("wrong")
	beat(tr)
	as, err := s.Answers(t.Context(), begun)
	if sum := health.SumAnswers(as); err != nil || sum.N != 3 || sum.Refused != 1 || sum.Failed != 0 || sum.P99 == 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	if r := receiving(); !r.Since.Equal(begun) || !r.Seen.Equal(clock) || r.Address != "127.0.0.1:8080" || !r.TLS {
		t.Errorf("%+v", r)
	}
	if got := Own(receiving(), "shop"); got != "https://127.0.0.1:8080/webhooks/shop" {
		t.Errorf("own address %s", got)
	}

	deaf, err := New(tr.o)
	if err != nil {
		t.Fatal(err)
	}
	beat(deaf)
	if r := receiving(); r.Address == "" {
		t.Error("a process without a port hides the one that listens")
	}
	clock = clock.Add(time.Hour) // the computer slept: nobody listened meanwhile
	beat(tr)
	if r := receiving(); !r.Since.Equal(clock) {
		t.Errorf("listens since %v, want %v", r.Since, clock)
	}
	clock = clock.Add(time.Hour)
	beat(deaf)
	if r := receiving(); r.Address != "" || Own(r, "shop") != "" {
		t.Errorf("a dead listener is still named: %+v", r)
	}
}

// What could not be written comes with the next beat, nothing twice.
func TestBeatKeepsWhatItCannotWrite(t *testing.T) {
	s, tr := lines(t)
	rules, err := health.LoadReceive(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	tr.observe(time.Millisecond, 200)
	if err := tr.flush(gone, rules); err == nil {
		t.Fatal("written with a context that has ended")
	}
	tr.observe(time.Millisecond, 200)
	for range 2 {
		if err := tr.flush(t.Context(), rules); err != nil {
			t.Fatal(err)
		}
	}
	as, err := s.Answers(t.Context(), time.Now().Add(-time.Hour))
	if sum := health.SumAnswers(as); err != nil || sum.N != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// The public address of a channel is tried at its pace, by one process.
func TestAddressesAreTried(t *testing.T) {
	s, tr := lines(t)
	ch := connect(t, s, "http://127.0.0.1:1")
	srv := httptest.NewServer(tr.Receiver(nil, nil))
	ch.Account.PublicURL = srv.URL + "/webhooks/shop"
	if _, err := s.SaveChannel(t.Context(), ch); err != nil {
		t.Fatal(err)
	}
	rules, err := health.LoadReceive(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	clock, tried := time.Now(), map[int64]time.Time{}
	tr.o.Now = func() time.Time { return clock }
	tr.Providers.Now = tr.o.Now
	last := func() (p core.Pinged) {
		t.Helper()
		if err := tr.tryAll(t.Context(), rules, tried); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Setting(t.Context(), core.PingSetting(ch.ID), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := last(); p.Failed() || !p.At.Equal(clock) {
		t.Errorf("%+v", p)
	}
	srv.Close()
	first := clock
	clock = clock.Add(rules.Ping.Every.D() / 2)
	if p := last(); !p.At.Equal(first) {
		t.Errorf("tried again before its time: %+v", p)
	}
	clock = clock.Add(rules.Ping.Every.D())
	if p := last(); p.Code != core.Unreachable || !p.At.Equal(clock) {
		t.Errorf("%+v", p)
	}
	if es, err := s.PendingJournal(t.Context(), 1, 10, 1<<20); err != nil || len(es) != 0 {
		t.Errorf("%d pings were kept, %v", len(es), err)
	}
}

// A door with a certificate is a receiver that others find, and callbacks that
// a trusted proxy passes on are checked against the address it was asked for.
func TestDoor(t *testing.T) {
	s, tr := lines(t)
	connect(t, s, "http://127.0.0.1:1")
	cert, key := bsptest.Certify(t, t.TempDir(), 1)
	p, err := tr.Open(Door{Listen: "127.0.0.1:0", Cert: cert, Key: key, Proxies: []string{"127.0.0.0/8"}})
	if err != nil {
		t.Fatal(err)
	}
	var host string
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- p.Serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host = r.Host
			tr.Receiver(nil, nil).ServeHTTP(w, r)
		}))
	}()
	if !Answers(t.Context(), p.Addr().String()) {
		t.Error("nobody finds it")
	}
	r, err := http.NewRequest(http.MethodGet, "https://"+p.Addr().String()+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-Host", "shop.example")
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil || res.StatusCode != http.StatusOK || host != "shop.example" {
		t.Errorf("%v, %v, host %q", res, err, host)
	}
	rules, err := health.LoadReceive(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.flush(t.Context(), rules); err != nil {
		t.Fatal(err)
	}
	ch, err := s.ChannelByName(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	var is core.Receiving
	if _, err := s.Setting(t.Context(), core.ReceiverSetting, &is); err != nil {
		t.Fatal(err)
	}
	if got := tr.Providers.Ping(t.Context(), ch, Own(is, "shop"), 5*time.Second); got.Failed() {
		t.Errorf("its own ping: %+v", got)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		door Door
		want core.Code
	}{
		"no certificate": {Door{Listen: "127.0.0.1:0", Cert: cert + "x", Key: key}, core.NotFound},
		"no proxy":       {Door{Listen: "127.0.0.1:0", Proxies: []string{"proxy"}}, core.InvalidInput},
		"no address":     {Door{Listen: "nonsense"}, core.BadAddress},
	} {
		if _, err := tr.Open(c.door); core.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAttend: who comes second to an address waits without failing, and ends
// when told.
func TestAttend(t *testing.T) {
	_, tr := lines(t)
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := tr.Attend(ctx, at, http.NotFoundHandler()); err != nil {
		t.Errorf("an address in use: %v", err)
	}
	if err := tr.Attend(ctx, "nonsense", http.NotFoundHandler()); core.CodeOf(err) != core.BadAddress {
		t.Errorf("no address: %v", err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop = context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- tr.Attend(ctx, at, tr.Receiver(nil, nil)) }()
	for !Answers(t.Context(), at) {
		select {
		case err := <-done:
			t.Fatalf("ended early: %v", err)
		default:
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
