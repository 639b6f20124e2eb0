package traffic

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/storage"
)

// page is a log that can be read while it is written.
type page struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

const picture = `{"object":"whatsapp_business_account","entry":[{"id":"100000000000201","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
"metadata":{"display_phone_number":"390555550100","phone_number_id":"100000000000101"},"contacts":[{"profile":{"name":"Ana Ruiz"},"wa_id":"573005550101"}],
"messages":[{"from":"573005550101","id":"wamid.P","timestamp":"%d","type":"image","image":{"id":"777","mime_type":"image/jpeg","caption":"la torta"}}]}}]}]}`

// TestLogsHoldNoWords: whatever a provider says, to every kind of question, the
// log of all that moves has its code and none of its words; neither has it any
// of a customer's.
func TestLogsHoldNoWords(t *testing.T) {
	s, _ := lines(t)
	var mu sync.Mutex
	asked := map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Method+" "+r.URL.Path[strings.LastIndex(r.URL.Path, "/"):]]++
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":{"message":"Loquacious words about Ana Ruiz","type":"OAuthException","code":131000,"error_data":{"details":"Loquacious, to 573005550101, of key-token"},"fbtrace_id":"A"}}`)
	}))
	defer srv.Close()
	ch := connect(t, s, srv.URL)
	var out page
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tr, err := New(Options{Store: s, Keys: s.Keys, Feed: s.Feed, Rules: s.Book.Rules, Policy: assets.Rules(), Now: s.Now, Log: log, ID: s.ID, Campaigns: storage.Campaigns{DB: s.DB}, Host: s.Host})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AppendJournal(t.Context(), ch.ID, fmt.Appendf(nil, picture, time.Now().Unix()), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AppendJournal(t.Context(), ch.ID, []byte(`{"Loquacious`), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := tr.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := s.Conversations(t.Context(), core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 10})
	if err != nil || len(list.Rows) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	conv := list.Rows[0].ID
	work := inbox.Service{Store: s, Rules: s.Book.Rules, Now: s.Now, NewRef: func() string { return "ref" }, Mark: tr.Marks.Mark}
	if _, err := work.SendTo(t.Context(), ch.ID, "+573005550101", "ana", core.Content{Type: core.TypeText, Text: "Hola Loquacious"}); err != nil {
		t.Fatal(err)
	}
	if err := work.Seen(t.Context(), conv, "ana"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var jobs sync.WaitGroup
	for _, job := range tr.Jobs() {
		jobs.Go(func() { _ = job(ctx) })
	}
	// messages (sends and marks), the file, the number's standing
	for _, want := range []string{"POST /messages", "GET /777", "GET /100000000000101"} {
		for n := 0; n == 0 && ctx.Err() == nil; time.Sleep(time.Millisecond) {
			mu.Lock()
			n = asked[want]
			mu.Unlock()
		}
		if ctx.Err() != nil {
			t.Fatalf("nobody asked %s: %v", want, asked)
		}
	}
	for !strings.Contains(out.String(), "Read mark") && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	for made, _ := tr.Calls(); made < 4 && ctx.Err() == nil; made, _ = tr.Calls() { // the last answers may still be on their way
		time.Sleep(time.Millisecond)
	}
	cancel()
	jobs.Wait()
	if made, failed := tr.Calls(); made < 4 || failed != made {
		t.Errorf("%d calls, %d failed: each of them was", made, failed)
	}
	logged := out.String()
	for _, w := range []string{"Loquacious", "Ana", "573005550101", "key-token", "torta"} {
		if strings.Contains(logged, w) {
			t.Errorf("%q stands in the log:\n%s", w, logged)
		}
	}
	for _, w := range []string{"131000", `"channel":`} {
		if !strings.Contains(logged, w) {
			t.Errorf("the log does not tell %s:\n%s", w, logged)
		}
	}
}
