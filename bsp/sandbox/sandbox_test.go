package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/core"
)

const (
	phoneID = "100000000000101"
	waba    = "100000000000201"
	token   = "a-token"
)

// clock is a time that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// theWorld is read once; tests change copies of it.
var theWorld = sync.OnceValues(func() (World, error) { return LoadWorld(os.DirFS("../../assets/demo")) })

func world(tb testing.TB) World {
	tb.Helper()
	w, err := theWorld()
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// bench is a simulator under test with a clock and a memory of its callbacks.
type bench struct {
	*Server
	t     testing.TB
	clock *clock
}

func start(tb testing.TB, change func(*Options)) *bench {
	tb.Helper()
	c := newClock()
	o := Options{Seed: 7, Now: c.now, Token: token, AppSecret: "app-secret", VerifyToken: "verify", World: world(tb)}
	if change != nil {
		change(&o)
	}
	return &bench{New(o), tb, c}
}

// call sends one request and returns status and decoded answer.
func (b *bench) call(method, path, body string) (int, map[string]any) {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	return b.do(r)
}

func (b *bench) do(r *http.Request) (int, map[string]any) {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	var v map[string]any
	if w.Body.Len() > 0 && strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			b.t.Fatalf("%s %s answered no JSON: %s", r.Method, r.URL, w.Body)
		}
	}
	return w.Code, v
}

// send posts a message body with messaging_product filled in.
func (b *bench) send(body string) (int, map[string]any) {
	b.t.Helper()
	return b.call("POST", "/v23.0/"+phoneID+"/messages", `{"messaging_product":"whatsapp",`+strings.TrimPrefix(body, "{"))
}

// text sends a text and returns its wamid.
func (b *bench) text(to, body string) string {
	b.t.Helper()
	q, err := json.Marshal(map[string]any{"to": to, "type": "text", "text": map[string]string{"body": body}, "biz_opaque_callback_data": "ref-" + body})
	if err != nil {
		b.t.Fatal(err)
	}
	status, v := b.send(string(q))
	if status != 200 {
		b.t.Fatalf("send: %d %v", status, v)
	}
	return v["messages"].([]any)[0].(map[string]any)["id"].(string)
}

// code is the error code of an answer, 0 for none.
func code(v map[string]any) int {
	e, ok := v["error"].(map[string]any)
	if !ok {
		return 0
	}
	return int(e["code"].(float64))
}

// drain runs everything that is planned until nothing is left or the horizon
// is reached, and moves the clock there; no goroutine is needed.
func (b *bench) drain(horizon time.Duration) {
	end := b.clock.now().Add(horizon)
	for {
		do, wait := b.agenda.due()
		if do != nil {
			do()
			continue
		}
		if b.agenda.len() == 0 || b.clock.now().Add(wait).After(end) {
			b.clock.add(end.Sub(b.clock.now()))
			return
		}
		b.clock.add(wait)
	}
}

// notes takes what waits for delivery.
func (b *bench) notes() []note {
	b.courier.mu.Lock()
	defer b.courier.mu.Unlock()
	q := b.courier.queue
	b.courier.queue = nil
	return q
}

// statuses are the states told for a message, in order, with their error codes.
func statuses(ns []note, id string) (states []string, codes []int) {
	for _, n := range ns {
		v, ok := n.change.Value.(messagesValue)
		if !ok {
			continue
		}
		for _, s := range v.Statuses {
			if s.ID == id {
				states = append(states, s.Status)
				for _, e := range s.Errors {
					codes = append(codes, e.Code)
				}
			}
		}
	}
	return states, codes
}

func (b *bench) writes(in Inbound) string {
	b.t.Helper()
	id, err := b.Write(in)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

const known1 = core.Phone("+393205550102") // a person of the world

func TestTokenAndPath(t *testing.T) {
	b := start(t, nil)
	get := func(path, auth string) (int, int) {
		r := httptest.NewRequest("GET", path, nil)
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		status, v := b.do(r)
		return status, code(v)
	}
	for _, c := range []struct {
		path, auth   string
		status, code int
	}{
		{"/v23.0/" + phoneID, "Bearer " + token, 200, 0},
		{"/v26.0/" + phoneID, "OAuth " + token, 200, 0},
		{"/v23.0/" + phoneID, "", 401, 104},
		{"/v23.0/" + phoneID, "Bearer wrong", 401, 190},
		{"/v23.0/" + phoneID, "Basic " + token, 401, 190},
		{"/v3.0/" + phoneID, "Bearer " + token, 400, 2500},
		{"/23.0/" + phoneID, "Bearer " + token, 400, 2500},
		{"/v23.0/999", "Bearer " + token, 400, 100},
		{"/nowhere", "Bearer " + token, 400, 2500},
	} {
		if status, got := get(c.path, c.auth); status != c.status || got != c.code {
			t.Errorf("GET %s as %q: %d code %d, want %d code %d", c.path, c.auth, status, got, c.status, c.code)
		}
	}
}

func TestErrorShape(t *testing.T) {
	b := start(t, nil)
	r := httptest.NewRequest("GET", "/v23.0/"+phoneID, nil)
	r.Header.Set("Authorization", "Bearer wrong")
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	var v errorBody
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if v.Error.Type != "OAuthException" || v.Error.Trace == "" || v.Error.Data == nil || v.Error.Data.Details == "" || !strings.HasPrefix(v.Error.Message, "(#190) ") {
		t.Errorf("error body %+v", v.Error)
	}
	if w.Header().Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

func TestAcceptAnswersLikeMeta(t *testing.T) {
	b := start(t, nil)
	b.writes(Inbound{From: known1, Text: "ciao"})
	status, v := b.send(`{"to":"+39 320 555-0102","type":"text","text":{"body":"buongiorno"},"biz_opaque_callback_data":"r1"}`)
	if status != 200 {
		t.Fatal(status, v)
	}
	contact := v["contacts"].([]any)[0].(map[string]any)
	if contact["input"] != "+39 320 555-0102" || contact["wa_id"] != "393205550102" {
		t.Errorf("contacts %v", contact)
	}
	id := v["messages"].([]any)[0].(map[string]any)["id"].(string)
	if by, ok := wamidBy(id); !ok || by != fromShop {
		t.Errorf("id %q", id)
	}
	entries := b.Ledger()
	if len(entries) != 1 || entries[0].ID != id || entries[0].Ref != "r1" || entries[0].To != known1 || entries[0].Hash == "" || entries[0].State != core.Accepted {
		t.Errorf("ledger %+v", entries)
	}
}

func TestBusinessCodeGoesInFrontOfNumbersWithoutPlus(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	b.text("3205550102", "x")
	b.text("573005550104", "y") // goes to a stranger: the trap of bsp/meta.md 12.2
	got := b.Ledger()
	if got[0].To != "+393205550102" || got[1].To != "+39573005550104" {
		t.Errorf("went to %s and %s", got[0].To, got[1].To)
	}
}

func TestRecipientByUserID(t *testing.T) {
	b := start(t, nil)
	b.writes(Inbound{UserID: "US.9000000000000001", Name: "Sparrow", Text: "hi"})
	status, v := b.send(`{"recipient":"US.9000000000000001","type":"text","text":{"body":"hello"}}`)
	if status != 200 {
		t.Fatal(status, v)
	}
	contact := v["contacts"].([]any)[0].(map[string]any)
	if _, has := contact["wa_id"]; has || contact["user_id"] != "US.9000000000000001" {
		t.Errorf("contacts %v", contact)
	}
	b.drain(time.Minute)
	for _, n := range b.notes() {
		v := n.change.Value.(messagesValue)
		for _, s := range v.Statuses {
			if s.RecipientID != "" || s.RecipientUser != "US.9000000000000001" {
				t.Errorf("status %+v", s)
			}
		}
		for _, m := range v.Messages {
			if m.From != "" || m.FromUserID == "" {
				t.Errorf("message %+v", m)
			}
		}
	}
}

func TestCallingCode(t *testing.T) {
	for n, want := range map[core.Phone]string{"+12025550104": "1", "+79005550101": "7", "+393205550101": "39", "+351910555101": "351", "+8613055550101": "86", "": ""} {
		if got := callingCode(n); got != want {
			t.Errorf("%s: %q, want %q", n, got, want)
		}
	}
}

func TestWaIDDropsTheNinthDigitWhereWhatsAppDoes(t *testing.T) {
	for n, want := range map[core.Phone]string{"+5511955550102": "5511955550102", "+5585955550102": "558555550102", "+393205550101": "393205550101"} {
		if got := waID(n); got != want {
			t.Errorf("%s: %s, want %s", n, got, want)
		}
	}
}

// receiver takes callbacks over HTTP and checks their signature.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	bodies [][]byte
	answer func(n int) int // status for the n-th request
	n      int
	bad    []string
	some   chan struct{}
}

func newReceiver(t *testing.T, answer func(int) int) *receiver {
	r := &receiver{answer: answer, some: make(chan struct{}, 10000)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodGet {
			if q.URL.Query().Get("hub.verify_token") != "verify" {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			_, _ = io.WriteString(w, q.URL.Query().Get("hub.challenge"))
			return
		}
		body, err := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.n++
		if err != nil || q.Header.Get("X-Hub-Signature-256") != sign("app-secret", body) {
			r.bad = append(r.bad, q.Header.Get("X-Hub-Signature-256"))
		}
		status := 200
		if r.answer != nil {
			status = r.answer(r.n)
		}
		if status == 200 {
			r.bodies = append(r.bodies, body)
		}
		w.WriteHeader(status)
		r.some <- struct{}{}
	}))
	t.Cleanup(r.Close)
	return r
}

// running runs the simulator on real time until the test ends.
func running(t *testing.T, s *Server) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err == nil || !strings.Contains(err.Error(), "canceled") {
			t.Errorf("Run: %v", err)
		}
	})
}

func (r *receiver) wait(t *testing.T, n int) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for range n {
		select {
		case <-r.some:
		case <-limit:
			t.Fatalf("only %d callbacks came", r.n)
		}
	}
}

func jsonOf(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b)
}
