package traffic

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/provider"
	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/inbox"
)

// twilioList is a Twilio that has one message of a customer's, and lists what
// it was given to send.
type twilioList struct {
	mu   sync.Mutex
	sent []url.Values
}

func (l *twilioList) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	day := time.Now().UTC().Format(time.RFC1123Z)
	switch {
	case !strings.HasSuffix(r.URL.Path, "/Messages.json"):
		_, _ = io.WriteString(w, `{"status":"active","senders":[],"contents":[],"success":true}`)
	case r.Method == http.MethodPost:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return
		}
		l.sent = append(l.sent, form)
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, `{"sid":"SM%032d","status":"queued"}`, len(l.sent))
	case r.URL.Query().Has("To"):
		_, _ = io.WriteString(w, `{"messages":[{"sid":"SM0000000000000000000000000000000a","direction":"inbound","status":"received","from":"whatsapp:+573005550101","to":"whatsapp:+573005550100","body":"¿Hola?","num_media":"0","date_created":"`+day+`"}],"next_page_uri":null}`)
	default:
		var rows []string
		for i, f := range l.sent {
			rows = append(rows, fmt.Sprintf(`{"sid":"SM%032d","direction":"outbound-api","status":"delivered","from":%q,"to":%q,"body":%q,"num_media":"0","date_created":%q}`, i+1, f.Get("From"), f.Get("To"), f.Get("Body"), day))
		}
		_, _ = io.WriteString(w, `{"messages":[`+strings.Join(rows, ",")+`],"next_page_uri":null}`)
	}
}

// TestTwoProviders: without any callback a message comes in from Twilio by
// polling; the answer leaves by the channel it came in by, not by Meta's, and
// its delivery is learnt the same way.
func TestTwoProviders(t *testing.T) {
	s, tr := lines(t)
	var err error
	if tr.o.Policy, err = coretest.Hurried(assets.Rules()); err != nil {
		t.Fatal(err)
	}
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			t.Errorf("Meta was asked for %s", r.URL.Path)
		}
		w.WriteHeader(http.StatusUnauthorized) // a key that is gone there silences nobody here
	}))
	defer wrong.Close()
	connect(t, s, wrong.URL)
	far := &twilioList{}
	srv := httptest.NewServer(far)
	defer srv.Close()
	if err := s.Keys.Set(t.Context(), "second", provider.AuthToken, "key-auth"); err != nil {
		t.Fatal(err)
	}
	second, err := s.SaveChannel(t.Context(), core.Channel{Name: "second", Provider: core.Twilio, Number: "+573005550100", State: core.Active,
		Account: core.Account{SID: "AC00000000000000000000000000000001", PhoneNumberID: "+573005550100", BaseURL: srv.URL}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	sub := s.Feed.Subscribe(core.Messages)
	defer sub.Close()
	var done sync.WaitGroup
	for _, job := range tr.Jobs() {
		done.Go(func() {
			if err := job(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	defer done.Wait()
	defer stop()
	until := func(what string, ok func() bool) {
		t.Helper()
		for !ok() {
			if _, err := sub.Next(ctx, 0); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
	}
	var conv core.Conversation
	until("nothing came in", func() bool {
		page, err := s.Conversations(t.Context(), core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 5})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) > 0 {
			conv = page.Rows[0]
		}
		return len(page.Rows) == 1
	})
	if conv.ChannelID != second.ID || conv.Last.Text != "¿Hola?" {
		t.Fatalf("%+v", conv)
	}
	work := inbox.Service{Store: s, Rules: s.Book.Rules, Now: s.Now, NewRef: func() string { return "ref" }}
	m, err := work.SendTo(t.Context(), conv.ChannelID, "+573005550101", "ana", core.Content{Type: core.TypeText, Text: "¡Buenas!"})
	if err != nil {
		t.Fatal(err)
	}
	until("not delivered", func() bool {
		ms, err := s.Messages(t.Context(), conv.ID, 0, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range ms {
			if x.ID == m.ID && x.State == core.Delivered {
				return true
			}
		}
		return false
	})
	far.mu.Lock()
	defer far.mu.Unlock()
	if len(far.sent) != 1 || far.sent[0].Get("Body") != "¡Buenas!" || far.sent[0].Get("From") != "whatsapp:+573005550100" {
		t.Errorf("sent %v", far.sent)
	}
}
