package clitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// twilio is a Twilio on loopback with one number and one template. It keeps
// what it is given to send, delivers it at once, lists both directions for
// whoever polls, and takes one auth token at a time. A script steers it below
// /fake:
//
//	GET  /fake/sent                       what was sent: {"total":1,"twice":0,"sent":[{"to":…,"body":…}]}
//	POST /fake/say    {"from":…,"text":…} a customer writes
//	POST /fake/token  {"token":…,"after":3} another token is the right one, at once or after so many more sends
type twilio struct {
	ahead time.Duration // of this computer's clock, as the script's programs are

	mu    sync.Mutex
	token string
	next  string // the right one once left is 0
	left  int
	sent  []url.Values
	said  []url.Values
}

// twilioNumber is the number of the fake.
const twilioNumber = "+573005550100"

// fakeTwilio starts one: twilio tw TOKEN → its address in $tw_url, and in the
// file tw.json what connect wants to know.
func fakeTwilio(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: twilio NAME TOKEN")
	}
	ahead, err := time.ParseDuration(cmp.Or(ts.Getenv("BOTTEGA_TEST_SHIFT"), "0s"))
	ts.Check(err)
	srv := httptest.NewServer(&twilio{token: args[1], ahead: ahead})
	ts.Defer(srv.Close)
	ts.Setenv(args[0]+"_url", srv.URL)
	b, err := json.Marshal(map[string]string{"name": args[0], "account_sid": "AC00000000000000000000000000000001", "auth_token": args[1], "from": twilioNumber, "base_url": srv.URL})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".json"), b, 0o600))
}

func (f *twilio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", f.now().Format(http.TimeFormat))
	if path, ok := strings.CutPrefix(r.URL.Path, "/fake/"); ok {
		f.steer(w, r, path)
		return
	}
	if _, pass, _ := r.BasicAuth(); pass != f.token {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"code":20003,"message":"Authenticate","status":401}`)
		return
	}
	switch path := r.URL.Path; {
	case r.Method == http.MethodPost && strings.HasSuffix(path, "/Messages.json"):
		f.take(w, r)
	case strings.HasSuffix(path, "/Messages.json") && r.URL.Query().Has("To"):
		f.list(w, "inbound", "received", f.said)
	case strings.HasSuffix(path, "/Messages.json"):
		f.list(w, "outbound-api", "delivered", f.sent)
	case strings.HasSuffix(path, "/ContentAndApprovals"):
		_, _ = io.WriteString(w, `{"contents":[{"sid":"HX00000000000000000000000000000001","friendly_name":"order_ready","language":"it","variables":{"1":"Ana","2":"A7"},
			"types":{"twilio/text":{"body":"Buongiorno {{1}}, il suo ordine {{2}} è pronto."}},"approval_requests":{"name":"order_ready","category":"UTILITY","status":"approved"}}],"meta":{"next_page_url":null}}`)
	case strings.HasSuffix(path, "/Senders"):
		_, _ = fmt.Fprintf(w, `{"senders":[{"sid":"XE00000000000000000000000000000001","status":"ONLINE","sender_id":"whatsapp:%s","webhook":null,"properties":{"quality_rating":"HIGH"}}],"meta":{"next_page_url":null}}`, twilioNumber)
	default:
		_, _ = io.WriteString(w, `{"status":"active","type":"Full","balance":"12.35","currency":"USD"}`)
	}
}

// take takes a message, and changes the locks when it was the last before that.
func (f *twilio) take(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.keep(&f.sent, r.PostForm)
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"sid":%q,"status":"queued"}`, r.PostForm.Get("sid"))
	if f.left > 0 {
		if f.left--; f.left == 0 {
			f.token = f.next
		}
	}
}

// keep adds a message under a new id.
func (f *twilio) keep(to *[]url.Values, form url.Values) {
	form.Set("sid", fmt.Sprintf("SM%032x", len(f.sent)+len(f.said)+1))
	form.Set("at", f.now().Format(time.RFC1123Z))
	*to = append(*to, form)
}

func (f *twilio) now() time.Time { return time.Now().Add(f.ahead).UTC() }

// list writes messages as Twilio does, the newest first.
func (f *twilio) list(w io.Writer, direction, status string, forms []url.Values) {
	rows := []map[string]any{}
	for _, v := range slices.Backward(forms) {
		rows = append(rows, map[string]any{"sid": v.Get("sid"), "direction": direction, "status": status, "from": v.Get("From"), "to": v.Get("To"),
			"body": v.Get("Body"), "num_media": "0", "date_created": v.Get("at"), "date_sent": v.Get("at")})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"messages": rows, "next_page_uri": nil})
}

func (f *twilio) steer(w http.ResponseWriter, r *http.Request, path string) {
	var q struct {
		From  string `json:"from"`
		Text  string `json:"text"`
		Token string `json:"token"`
		After int    `json:"after"`
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	switch path {
	case "say":
		f.keep(&f.said, url.Values{"From": {"whatsapp:" + q.From}, "To": {"whatsapp:" + twilioNumber}, "Body": {q.Text}})
	case "token":
		f.next, f.left = q.Token, q.After
		if q.After == 0 {
			f.token = q.Token
		}
	case "sent":
		rows, twice, seen := []map[string]string{}, 0, map[string]bool{}
		for _, v := range f.sent {
			one := v.Get("To") + "\n" + v.Get("Body") + v.Get("ContentSid") + v.Get("ContentVariables")
			if seen[one] {
				twice++
			}
			seen[one] = true
			rows = append(rows, map[string]string{"to": strings.TrimPrefix(v.Get("To"), "whatsapp:"), "from": strings.TrimPrefix(v.Get("From"), "whatsapp:"),
				"body": v.Get("Body"), "content": v.Get("ContentSid"), "values": v.Get("ContentVariables")})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"total": len(rows), "twice": twice, "sent": rows})
		return
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, `{}`)
}
