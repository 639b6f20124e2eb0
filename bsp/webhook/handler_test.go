package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/bsp/meta"
	"bottega/bsp/webhook"
	"bottega/core"
)

const appSecret core.Secret = "bottega-app-secret"

const callback = `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"wamid.1","type":"text","text":{"body":"Buongiorno"}}]}}]}]}`

// journal keeps callbacks in memory and fails on demand.
type journal struct {
	mu   sync.Mutex
	rows []core.JournalEntry
	fail error
	hold chan struct{} // when set, appends wait for it
	in   chan struct{} // told of every append that began
}

func (j *journal) AppendJournal(_ context.Context, channel int64, body []byte, at time.Time) (int64, error) {
	if j.in != nil {
		j.in <- struct{}{}
	}
	if j.hold != nil {
		<-j.hold
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fail != nil {
		return 0, j.fail
	}
	j.rows = append(j.rows, core.JournalEntry{ID: int64(len(j.rows) + 1), ChannelID: channel, Body: bytes.Clone(body), ReceivedAt: at})
	return int64(len(j.rows)), nil
}

func (j *journal) PendingJournal(context.Context, int, int, int64) ([]core.JournalEntry, error) {
	return nil, errors.New("the receiver does not read")
}

func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.rows)
}

func noon() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// shop knows one channel, "shop", with Meta's checks.
func shop(_ context.Context, name string) (webhook.Channel, error) {
	switch name {
	case "shop":
		check, shake := meta.Callback(appSecret, "verify-me")
		return webhook.Channel{ID: 7, Verify: check, Handshake: shake}, nil
	case "form":
		return webhook.Channel{ID: 8, Verify: func(http.Header, []byte) error { return nil }, MediaTypes: []string{"application/x-www-form-urlencoded"}}, nil
	case "broken":
		return webhook.Channel{}, core.Fail(core.Busy, "test", nil)
	case "panics":
		return webhook.Channel{ID: 9, Verify: func(http.Header, []byte) error { panic("boom") }}, nil
	}
	return webhook.Channel{}, core.Fail(core.NotFound, "test", nil)
}

func receiver(j *journal, change func(*webhook.Options)) http.Handler {
	o := webhook.Options{Channel: shop, Journal: j, Now: noon}
	if change != nil {
		change(&o)
	}
	return webhook.New(o)
}

// post builds a signed callback.
func post(target, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(meta.SignatureHeader, meta.Sign(appSecret, []byte(body)))
	return r
}

func answer(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// failed checks that an answer is the contract's error and returns its code.
func failed(t *testing.T, res *http.Response) core.Code {
	t.Helper()
	var f struct {
		Error struct{ Code, Message string }
	}
	if ct := res.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("Content-Type %q", ct)
	}
	if err := json.NewDecoder(res.Body).Decode(&f); err != nil || f.Error.Code == "" || f.Error.Message == "" {
		t.Errorf("error body %+v, %v", f, err)
	}
	return core.Code(f.Error.Code)
}

func TestAccepted(t *testing.T) {
	var j journal
	res := answer(receiver(&j, nil), post("/webhooks/shop", callback))
	if res.StatusCode != 200 || j.count() != 1 {
		t.Fatalf("status %d, %d rows", res.StatusCode, j.count())
	}
	row := j.rows[0]
	if row.ChannelID != 7 || string(row.Body) != callback || !row.ReceivedAt.Equal(noon()) {
		t.Errorf("%+v", row)
	}
}

// The bytes count, not their meaning: spaces, escapes and odd UTF-8 are kept.
func TestRawBytes(t *testing.T) {
	for _, body := range []string{` {"text":"\u00bfTienen pan? ¡Sí!"}` + "\r\n", `[]`, `"x"`, `{"a":"` + strings.Repeat("è", 100_000) + `"}`} {
		var j journal
		if res := answer(receiver(&j, nil), post("/webhooks/shop", body)); res.StatusCode != 200 || string(j.rows[0].Body) != body {
			t.Errorf("%.40q: status %d", body, res.StatusCode)
		}
	}
}

func TestRefused(t *testing.T) {
	sign := func(r *http.Request, body string) *http.Request {
		r.Header.Set(meta.SignatureHeader, meta.Sign(appSecret, []byte(body)))
		return r
	}
	with := func(r *http.Request, k, v string) *http.Request {
		r.Header.Set(k, v)
		return r
	}
	plain := httptest.NewRequest(http.MethodPost, "/webhooks/shop", strings.NewReader(callback))
	plain.Header.Set("Content-Type", "application/json")
	tests := []struct {
		name   string
		r      *http.Request
		status int
		code   core.Code
	}{
		{"no signature", plain, 401, core.BadSignature},
		{"wrong signature", with(post("/webhooks/shop", callback), meta.SignatureHeader, "sha256="+strings.Repeat("0", 64)), 401, core.BadSignature},
		{"signature of another body", sign(post("/webhooks/shop", callback), callback+" "), 401, core.BadSignature},
		{"unsigned junk", httptest.NewRequest(http.MethodPost, "/webhooks/shop", strings.NewReader("junk")), 401, core.BadSignature},
		{"unknown channel", post("/webhooks/shopp", callback), 404, core.NotFound},
		{"truncated JSON", post("/webhooks/shop", callback[:60]), 400, core.InvalidInput},
		{"no JSON", post("/webhooks/shop", "hello"), 400, core.InvalidInput},
		{"nothing", post("/webhooks/shop", ""), 400, core.InvalidInput},
		{"two documents", post("/webhooks/shop", callback+callback), 400, core.InvalidInput},
		{"form", with(post("/webhooks/shop", callback), "Content-Type", "application/x-www-form-urlencoded"), 415, core.InvalidInput},
		{"no type", with(post("/webhooks/shop", callback), "Content-Type", ""), 415, core.InvalidInput},
		{"PUT", httptest.NewRequest(http.MethodPut, "/webhooks/shop", nil), 405, core.BadMethod},
		{"DELETE", httptest.NewRequest(http.MethodDelete, "/webhooks/shop", nil), 405, core.BadMethod},
		{"elsewhere", post("/", callback), 404, core.NotFound},
		{"deeper", post("/webhooks/shop/x", callback), 404, core.NotFound},
		{"channel not readable", post("/webhooks/broken", callback), 503, core.Busy},
		{"panic", post("/webhooks/panics", callback), 500, core.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var j journal
			res := answer(receiver(&j, nil), tt.r)
			if res.StatusCode != tt.status {
				t.Errorf("status %d, want %d", res.StatusCode, tt.status)
			}
			if code := failed(t, res); code != tt.code {
				t.Errorf("code %s, want %s", code, tt.code)
			}
			if j.count() != 0 {
				t.Error("it was journalled")
			}
			if (tt.status == 503) != (res.Header.Get("Retry-After") != "") {
				t.Errorf("Retry-After %q", res.Header.Get("Retry-After"))
			}
		})
	}
}

func TestContentTypes(t *testing.T) {
	for _, ct := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON"} {
		var j journal
		r := post("/webhooks/shop", callback)
		r.Header.Set("Content-Type", ct)
		if res := answer(receiver(&j, nil), r); res.StatusCode != 200 {
			t.Errorf("%s: %d", ct, res.StatusCode)
		}
	}
	var j journal // a provider that posts forms is not asked for JSON
	r := httptest.NewRequest(http.MethodPost, "/webhooks/form", strings.NewReader("Body=ciao"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res := answer(receiver(&j, nil), r); res.StatusCode != 200 || string(j.rows[0].Body) != "Body=ciao" {
		t.Errorf("form: %d", res.StatusCode)
	}
}

// Disk full, database locked: 503, nothing kept, and it recovers by itself.
func TestStoreFails(t *testing.T) {
	var logged bytes.Buffer
	for _, code := range []core.Code{core.DiskFull, core.Busy, core.ReadOnly} {
		j := journal{fail: core.Fail(code, "storage.AppendJournal", nil)}
		h := receiver(&j, func(o *webhook.Options) { o.Log = slog.New(slog.NewTextHandler(&logged, nil)) })
		res := answer(h, post("/webhooks/shop", callback))
		if after, err := strconv.Atoi(res.Header.Get("Retry-After")); res.StatusCode != 503 || err != nil || after < 1 {
			t.Errorf("%s: status %d, Retry-After %q", code, res.StatusCode, res.Header.Get("Retry-After"))
		}
		if got := failed(t, res); got != code {
			t.Errorf("code %s, want %s", got, code)
		}
		if j.count() != 0 {
			t.Error("half written")
		}
		j.fail = nil
		if res := answer(h, post("/webhooks/shop", callback)); res.StatusCode != 200 || j.count() != 1 {
			t.Errorf("%s: no recovery: %d", code, res.StatusCode)
		}
	}
	if s := logged.String(); !strings.Contains(s, "disk_full") || strings.Contains(s, "Buongiorno") || strings.Contains(s, appSecret.Reveal()) {
		t.Errorf("log: %s", s)
	}
}

func TestTooLarge(t *testing.T) {
	limit := func(o *webhook.Options) { o.MaxBody = 1000 }
	fit := `{"a":"` + strings.Repeat("x", 992) + `"}`
	for _, tt := range []struct {
		name   string
		body   string
		length int64
		status int
	}{
		{"just fits", fit, 1000, 200}, {"just fits, in chunks", fit, -1, 200},
		{"one more", fit + " ", 1001, 413}, {"one more, in chunks", fit + " ", -1, 413},
		{"announced only", "", 20 << 20, 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var j journal
			r := post("/webhooks/shop", tt.body)
			r.ContentLength = tt.length
			res := answer(receiver(&j, limit), r)
			if res.StatusCode != tt.status {
				t.Fatalf("status %d, want %d", res.StatusCode, tt.status)
			}
			if tt.status == 413 && (failed(t, res) != core.TooLarge || j.count() != 0) {
				t.Error("wrong answer, or journalled")
			}
		})
	}
}

func TestHandshake(t *testing.T) {
	ask := func(path, mode, token string) *http.Request {
		q := url.Values{"hub.mode": {mode}, "hub.verify_token": {token}, "hub.challenge": {"1158201444"}}
		return httptest.NewRequest(http.MethodGet, path+"?"+q.Encode(), nil)
	}
	var j journal
	h := receiver(&j, nil)
	res := answer(h, ask("/webhooks/shop", "subscribe", "verify-me"))
	body, err := io.ReadAll(res.Body)
	if res.StatusCode != 200 || string(body) != "1158201444" || err != nil || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("%d %q %v", res.StatusCode, body, res.Header)
	}
	for path, status := range map[string]int{"/webhooks/shop": 403, "/webhooks/nobody": 404, "/webhooks/form": 403} {
		if res := answer(h, ask(path, "subscribe", "guess")); res.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
		} else {
			failed(t, res)
		}
	}
}

func TestHealth(t *testing.T) {
	var down error
	h := receiver(&journal{}, func(o *webhook.Options) { o.Ready = func(context.Context) error { return down } })
	get := func(path string) *http.Response { return answer(h, httptest.NewRequest(http.MethodGet, path, nil)) }
	for _, path := range []string{"/healthz", "/readyz"} {
		if res := get(path); res.StatusCode != 200 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		if res := answer(h, httptest.NewRequest(http.MethodPost, path, nil)); res.StatusCode != 405 {
			t.Errorf("POST %s: %d", path, res.StatusCode)
		}
	}
	down = core.Fail(core.DiskFull, "test", nil)
	if res := get("/healthz"); res.StatusCode != 200 {
		t.Errorf("alive: %d", res.StatusCode)
	}
	if res := get("/readyz"); res.StatusCode != 503 || failed(t, res) != core.DiskFull {
		t.Errorf("not ready: %d", res.StatusCode)
	}
}

func TestWords(t *testing.T) {
	h := receiver(&journal{}, func(o *webhook.Options) {
		o.Words = func(c core.Code) (string, string) { return "Sentence for " + string(c), "Hint" }
	})
	body, err := io.ReadAll(answer(h, post("/webhooks/nobody", callback)).Body)
	if want := `{"error":{"code":"not_found","message":"Sentence for not_found","hint":"Hint"}}` + "\n"; err != nil || string(body) != want {
		t.Errorf("%s", body)
	}
}

// A burst asks the store and the keyring once; a failure is not remembered.
func TestCached(t *testing.T) {
	now, asked := noon(), 0
	var fail error
	find := webhook.Cached(func(context.Context, string) (webhook.Channel, error) {
		asked++
		return webhook.Channel{ID: int64(asked)}, fail
	}, time.Minute, func() time.Time { return now })
	get := func(want int64) {
		t.Helper()
		if ch, err := find(t.Context(), "shop"); ch.ID != want && err == nil {
			t.Errorf("channel %d, want %d", ch.ID, want)
		}
	}
	get(1)
	get(1)
	now = now.Add(time.Minute)
	get(2)
	now, fail = now.Add(time.Minute), core.Fail(core.NotFound, "test", nil)
	if _, err := find(t.Context(), "shop"); core.CodeOf(err) != core.NotFound {
		t.Errorf("%v", err)
	}
	fail = nil
	get(4)
	now = now.Add(-time.Hour) // the clock is set back
	get(5)
	get(5)
	if asked != 5 {
		t.Errorf("asked %d times", asked)
	}
}

// TestStray: a callback for a path that no channel has is told with its path,
// cut to a length; who merely looks around is not.
func TestStray(t *testing.T) {
	var paths []string
	var j journal
	h := receiver(&j, func(o *webhook.Options) {
		o.Stray = func(_ context.Context, path string) { paths = append(paths, path) }
	})
	for _, r := range []*http.Request{
		post("/webhooks/shopp", callback), post("/elsewhere", callback), post("/"+strings.Repeat("x", 500), callback),
		httptest.NewRequest(http.MethodGet, "/robots.txt", nil), httptest.NewRequest(http.MethodGet, "/webhooks/olds?hub.mode=subscribe", nil),
		post("/webhooks/shop", callback),
	} {
		_ = answer(h, r)
	}
	want := []string{"/webhooks/shopp", "/elsewhere", "/" + strings.Repeat("x", 79), "/webhooks/olds"}
	if !slices.Equal(paths, want) {
		t.Errorf("told of %q, want %q", paths, want)
	}
}
