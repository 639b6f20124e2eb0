package twilio_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/bsp/bsptest"
	"bottega/bsp/twilio"
	"bottega/bsp/wire"
	"bottega/core"
)

// item is a message as the fake Twilio holds it.
type item struct {
	id, direction, status, body string
	at                          time.Time
	media                       bool
}

func (i *item) json() string {
	from, to := "whatsapp:+393331234567", "whatsapp:"+string(shop)
	if i.direction != "inbound" {
		from, to = to, from
	}
	n := "0"
	if i.media {
		n = "1"
	}
	return fmt.Sprintf(`{"sid":%q,"direction":%q,"status":%q,"from":%q,"to":%q,"body":%q,"num_media":%q,"date_created":%q}`,
		i.id, i.direction, i.status, from, to, i.body, n, i.at.Format(time.RFC1123Z))
}

// far is Twilio's list: newest first, page by page.
type far struct {
	items []item
	page  int // messages of one page
	fail  int // requests that still go wrong
}

// RoundTrip answers without a network.
func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w.Result(), nil
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if f.fail > 0 {
		f.fail--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if r.URL.Path != listPath {
		_, _ = io.WriteString(w, `{"media_list":[{"sid":"ME00000000000000000000000000000001","content_type":"image/jpeg"}]}`)
		return
	}
	q := r.URL.Query()
	day, err := time.Parse(time.DateOnly, q.Get("DateSent>"))
	if err != nil {
		panic(err)
	}
	var match []item
	for _, it := range f.items {
		if in := it.direction == "inbound"; in == !q.Has("From") && !it.at.Before(day) {
			match = append(match, it)
		}
	}
	slices.SortStableFunc(match, func(a, b item) int { return b.at.Compare(a.at) })
	start, _ := strconv.Atoi(q.Get("PageToken"))
	end := min(start+f.page, len(match))
	out := `{"messages":[`
	for i, it := range match[start:end] {
		if i > 0 {
			out += ","
		}
		out += it.json()
	}
	out += `],"next_page_uri":`
	if end < len(match) {
		q.Set("PageToken", strconv.Itoa(end))
		out += strconv.Quote(listPath + "?" + q.Encode())
	} else {
		out += "null"
	}
	_, _ = io.WriteString(w, out+"}")
}

// TestPollLosesNothing: whatever comes when, in whatever pages, with failures
// and restarts between, by a clock that is ten minutes off or right, every message is told, each state it rested in too.
func TestPollLosesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := noon()
		off := time.Duration(rapid.SampledFrom([]int{0, -10, 10}).Draw(rt, "our clock is off by minutes")) * time.Minute
		f := &far{page: rapid.IntRange(1, 5).Draw(rt, "page")}
		client := &http.Client{Transport: f}
		open := func() *twilio.Gateway {
			return twilio.New(twilio.Config{Account: core.Account{SID: ac, BaseURL: "https://twilio.example"}, Number: shop, Token: fixed,
				Wire: wire.Config{Client: client, Now: func() time.Time { return now.Add(off) }}})
		}
		gw, cursor, told := open(), "", map[string]string{}
		poll := func() {
			p, err := gw.Poll(t.Context(), cursor)
			if err != nil {
				return // the cursor stays
			}
			for _, b := range p.Bodies {
				evs, err := twilio.Decoder{}.Decode(b)
				if err != nil {
					rt.Fatal(err)
				}
				for _, e := range evs {
					told[e.ID] = string(e.Status)
				}
			}
			cursor = p.Cursor
		}
		for n := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 3600).Draw(rt, "seconds")) * time.Second)
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1:
				late := time.Duration(rapid.IntRange(0, 120).Draw(rt, "late")) * time.Second
				f.items = append(f.items, item{id: fmt.Sprintf("SM%032d", n), direction: "inbound", status: "received", body: "x", at: now.Add(-late), media: n%2 == 0})
			case 2:
				f.items = append(f.items, item{id: fmt.Sprintf("SM%032d", n), direction: "outbound-api", status: "queued", at: now})
			case 3:
				for i := range f.items {
					if f.items[i].direction != "inbound" && now.Sub(f.items[i].at) < 20*time.Hour {
						f.items[i].status = map[string]string{"queued": "sent", "sent": "delivered", "delivered": "read", "read": "read"}[f.items[i].status]
					}
				}
			case 4:
				f.fail = rapid.IntRange(1, 3).Draw(rt, "failures")
			case 5:
				gw = open()
			}
			poll()
		}
		f.fail = 0
		poll()
		for _, it := range f.items {
			state, ok := told[it.id]
			if !ok {
				rt.Fatalf("%s %s of %s was never told", it.direction, it.id, it.at)
			}
			want := map[string]string{"received": "", "queued": "accepted"}
			if w, ok := want[it.status]; !ok && state != it.status || ok && state != w {
				rt.Fatalf("%s stands at %q, told %q", it.id, it.status, state)
			}
		}
		before := len(told)
		p, err := gw.Poll(t.Context(), cursor)
		if err != nil || len(p.Bodies) != 0 || len(told) != before {
			rt.Fatalf("told again: %d bodies, %v", len(p.Bodies), err)
		}
	})
}

func TestPollRequests(t *testing.T) {
	f := bsptest.NewFake(t, spec(t))
	h := &far{page: 10, items: []item{{id: sm + "1", direction: "inbound", status: "received", body: "Ciao", at: noon().Add(-time.Minute), media: true}}}
	f.Serve(h.ServeHTTP)
	p, err := gateway(f).Poll(t.Context(), "not a cursor")
	if err != nil || len(p.Bodies) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	evs, err := twilio.Decoder{}.Decode(p.Bodies[0])
	if err != nil || len(evs) != 1 || evs[0].Type != core.TypeImage || evs[0].Media.ID != sm+"1/ME00000000000000000000000000000001" {
		t.Errorf("%+v, %v", evs, err)
	}
	if !json.Valid([]byte(p.Cursor)) {
		t.Errorf("cursor %q", p.Cursor)
	}
	f.Answer(401, refusedWith(20003, "no"))
	if _, err := gateway(f).Poll(t.Context(), p.Cursor); core.ProviderErrorOf(err).Class != core.ClassAuth {
		t.Errorf("%v", err)
	}
}

func TestFind(t *testing.T) {
	at := noon()
	out := func(n int, body string, after time.Duration) item {
		return item{id: sm + strconv.Itoa(n), direction: "outbound-api", status: "sent", body: body, at: at.Add(after)}
	}
	list := []item{out(1, "Buongiorno!", -time.Minute), out(2, "altro", 2*time.Second), out(3, "Buongiorno!", 3*time.Second), out(4, "Buongiorno!  ", time.Minute), out(5, "Buongiorno!", 5*time.Minute)}
	f := bsptest.NewFake(t, spec(t))
	f.Serve(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("To") != "whatsapp:+393331234567" || q.Get("From") != "whatsapp:"+string(shop) {
			t.Errorf("asked for %v", q)
		}
		(&far{items: list, page: 2}).ServeHTTP(w, r)
	})
	m := core.Outgoing{Ref: "r", To: "+393331234567", Content: core.Content{Type: core.TypeText, Text: "Buongiorno!"}}
	for name, tt := range map[string]struct {
		known string
		text  string
		want  string
	}{
		"the first that fits":  {"", "Buongiorno!", sm + "3"},
		"not another's":        {sm + "3", "Buongiorno!", sm + "4"},
		"nothing of that text": {"", "Buonasera", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m.Text = tt.text
			a, err := gateway(f).Find(t.Context(), m, at, func(id string) bool { return id == tt.known })
			if a.ProviderID != tt.want || (tt.want == "") != (core.CodeOf(err) == core.NotFound) {
				t.Errorf("%+v, %v; want %q", a, err, tt.want)
			}
		})
	}
}
