package traffic

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/bsp/meta"
	"bottega/bsp/provider"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/storage"
	"bottega/storage/secret"
	"bottega/storage/shop"
)

func lines(t *testing.T) (*shop.Shop, *Traffic) {
	t.Helper()
	s, err := shop.Open(t.Context(), shop.Options{Folder: t.TempDir(), Now: time.Now, Rules: assets.Rules(), Keys: secret.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	tr, err := New(Options{Store: s, Keys: s.Keys, Feed: s.Feed, Rules: s.Book.Rules, Policy: assets.Rules(), Now: s.Now, Log: s.Log, ID: s.ID, Campaigns: storage.Campaigns{DB: s.DB}, Host: s.Host})
	if err != nil {
		t.Fatal(err)
	}
	return s, tr
}

// connect saves a channel with keys, at a provider's address.
func connect(t *testing.T, s *shop.Shop, base string) core.Channel {
	t.Helper()
	for _, f := range []string{provider.Token, provider.AppSecret, provider.VerifyToken} {
		if err := s.Keys.Set(t.Context(), "shop", f, core.Secret("key-"+f)); err != nil {
			t.Fatal(err)
		}
	}
	ch, err := s.SaveChannel(t.Context(), core.Channel{Name: "shop", Provider: core.Meta, State: core.Active,
		Account: core.Account{PhoneNumberID: "100000000000101", BusinessID: "100000000000201", BaseURL: base}})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

const hello = `{"object":"whatsapp_business_account","entry":[{"id":"100000000000201","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
"metadata":{"display_phone_number":"390555550100","phone_number_id":"100000000000101"},"contacts":[{"profile":{"name":"Ana"},"wa_id":"573005550101"}],
"messages":[{"from":"573005550101","id":"wamid.A","timestamp":"1763000000","type":"text","text":{"body":"¿Hola?"}}]}}]}]}`

// A signed callback is in the inbox once it is drained; the words of refusals
// are ours and what was observed is true.
func TestReceiver(t *testing.T) {
	s, tr := lines(t)
	connect(t, s, "http://127.0.0.1:1")
	var statuses []int
	h := tr.Receiver(func(c core.Code) (string, string) { return "says " + string(c), "" }, func(_ time.Duration, status int) { statuses = append(statuses, status) })
	post := func(key core.Secret) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/webhooks/shop", strings.NewReader(hello))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(meta.SignatureHeader, meta.Sign(key, []byte(hello)))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := post("wrong"); w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), "says bad_signature") {
		t.Errorf("a wrong signature: %d %s", w.Code, w.Body)
	}
	if w := post("key-app_secret"); w.Code != http.StatusOK {
		t.Fatalf("a right one: %d %s", w.Code, w.Body)
	}
	if err := tr.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := s.Conversations(t.Context(), core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 10})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Last.Text != "¿Hola?" {
		t.Errorf("inbox %+v, %v", page.Rows, err)
	}
	if len(statuses) != 2 || statuses[0] != 401 || statuses[1] != 200 {
		t.Errorf("observed %v", statuses)
	}
	ready := httptest.NewRecorder()
	h.ServeHTTP(ready, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if ready.Code != http.StatusOK {
		t.Errorf("readyz %d", ready.Code)
	}
}

// What is queued leaves while Send runs, and only then.
func TestSend(t *testing.T) {
	s, tr := lines(t)
	got := make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.URL.Path
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"messaging_product":"whatsapp","contacts":[{"input":"+573005550101","wa_id":"573005550101"}],"messages":[{"id":"wamid.B"}]}`))
	}))
	defer srv.Close()
	ch := connect(t, s, srv.URL)
	work := inbox.Service{Store: s, Rules: s.Book.Rules, Now: s.Now, NewRef: func() string { return "ref" }}
	m, err := work.SendTo(t.Context(), ch.ID, "+573005550101", "ana", core.Content{Type: core.TypeTemplate, Text: "Hola", Template: &core.TemplateCall{Name: "hola", Language: "es"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sub := s.Feed.Subscribe(core.Messages)
	defer sub.Close()
	ended := make(chan error, 1)
	go func() { ended <- tr.Send(ctx) }()
	for state := core.Queued; state != core.Accepted; {
		if _, err := sub.Next(ctx, 0); err != nil {
			t.Fatalf("still %s", state)
		}
		ms, err := s.Messages(t.Context(), m.ConversationID, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		state = ms[0].State
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if len(got) != 1 || !strings.HasSuffix(<-got, "/100000000000101/messages") {
		t.Errorf("%d further requests", len(got))
	}
}

func TestUpload(t *testing.T) {
	s, tr := lines(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, h, err := r.FormFile("file")
		if err != nil || h.Filename != "menu.pdf" || r.FormValue("type") != "application/pdf" {
			t.Errorf("upload of %+v, %v", h, err)
		} else {
			_ = f.Close()
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"900000000000001"}`))
	}))
	defer srv.Close()
	ch := connect(t, s, srv.URL)
	file := filepath.Join(t.TempDir(), "menu.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.4"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := tr.Upload(t.Context(), ch.ID, file, "application/pdf")
	if err != nil || m.ID != "900000000000001" || m.Filename != "menu.pdf" || m.Size != 8 {
		t.Errorf("Upload = %+v, %v", m, err)
	}
	if _, err := tr.Upload(t.Context(), ch.ID, file+".none", "application/pdf"); core.CodeOf(err) != core.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := tr.Upload(t.Context(), 99, file, "application/pdf"); core.CodeOf(err) != core.NotFound {
		t.Errorf("a channel that is not there: %v", err)
	}
}

func TestListen(t *testing.T) {
	ln, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if _, err := Listen(ln.Addr().String()); core.CodeOf(err) != core.AddressInUse {
		t.Errorf("an address in use: %v", err)
	}
	if _, err := Listen("nonsense"); core.CodeOf(err) != core.BadAddress {
		t.Errorf("no address: %v", err)
	}
}

func TestPolicyIsNeeded(t *testing.T) {
	if _, err := New(Options{Policy: fstest.MapFS{}}); err == nil {
		t.Error("a sender without a policy")
	}
}

func TestAnswers(t *testing.T) {
	_, tr := lines(t)
	ours := httptest.NewServer(tr.Receiver(func(core.Code) (string, string) { return "", "" }, func(time.Duration, int) {}))
	defer ours.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer other.Close()
	for addr, want := range map[string]bool{ours.Listener.Addr().String(): true, other.Listener.Addr().String(): false, "127.0.0.1:1": false, "non sense": false} {
		if got := Answers(t.Context(), addr); got != want {
			t.Errorf("Answers(%s) = %t", addr, got)
		}
	}
}

// TestOpenSample: a file of this computer of a type that the review takes.
func TestOpenSample(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"cake.jpg", "cake.gif"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("cake"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, done, err := openSample("IMAGE", filepath.Join(dir, "cake.jpg"))
	if err != nil || f.MIME != "image/jpeg" || f.Size != 4 || f.Filename != "cake.jpg" {
		t.Fatalf("%+v, %v", f, err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]core.Code{"cake.gif": core.BadMedia, "gone.png": core.NotFound} {
		if _, _, err := openSample("IMAGE", filepath.Join(dir, name)); core.CodeOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
