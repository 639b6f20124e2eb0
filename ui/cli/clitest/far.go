package clitest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// far stands in for all providers at once: it takes messages, has one message
// of a customer for whoever asks, and is as careless with what it is told as a
// server can be. Every second answer is a failure that repeats the request's
// credentials, in its words and in a header.
type far struct {
	*httptest.Server

	mu    sync.Mutex
	asked int
	echo  bool
}

func newFar(t *testing.T) *far {
	f := &far{}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

// careless switches the failures on or off.
func (f *far) careless(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.echo = on
}

func (f *far) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked++
	fail := f.echo && f.asked%2 == 0
	n := f.asked
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if fail {
		told := r.Header.Get("Authorization") + r.Header.Get("X-API-TOKEN")
		user, pass, _ := r.BasicAuth()
		w.Header().Set("X-You-Said", told)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"code":21619,"message":"bad %[1]s %[2]s %[3]s","error":{"code":100,"type":"x","name":"y","message":"bad %[1]s %[2]s %[3]s","error_data":{"details":"%[1]s"}}}`, told, user, pass)
		return
	}
	now := time.Now().UTC()
	switch post := r.Method == http.MethodPost; {
	case post && strings.HasSuffix(r.URL.Path, "/Messages.json"):
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, `{"sid":"SM%032x","status":"queued"}`, n)
	case strings.HasSuffix(r.URL.Path, "/Messages.json"):
		_, _ = fmt.Fprintf(w, `{"messages":[{"sid":"SM0000000000000000000000000000beef","direction":"inbound","status":"received","from":"whatsapp:+393331230001","to":"whatsapp:+573005550100","body":"ciao","num_media":"0","date_created":%q}]}`, now.Format(time.RFC1123Z))
	case post && strings.HasSuffix(r.URL.Path, "/whatsapp/messages") && strings.HasPrefix(r.URL.Path, "/v1"):
		w.WriteHeader(http.StatusAccepted)
		_, _ = fmt.Fprintf(w, `{"id":"wam_%d","status":"accepted"}`, n)
	case r.URL.Path == "/v1/whatsapp/messages" && r.URL.Query().Get("direction") == "inbound":
		_, _ = fmt.Fprintf(w, `{"data":[{"id":"wam_in","direction":"inbound","status":"received","from":{"phone_number":"+393331230002"},"to":{"phone_number":"+390212345678"},"text":{"body":"ciao"},"created_at":%q}],"refresh_cursor":"1"}`, now.Format(time.RFC3339))
	case post && strings.HasSuffix(r.URL.Path, "/channels/whatsapp/messages"):
		_, _ = fmt.Fprintf(w, `{"id":"z%d"}`, n)
	case post && strings.HasSuffix(r.URL.Path, "/messages"):
		_, _ = fmt.Fprintf(w, `{"messages":[{"id":"wamid.%d"}]}`, n)
	default:
		_, _ = io.WriteString(w, `{"status":"active","data":[],"messages":[],"contents":[],"senders":[],"meta":{}}`)
	}
}
