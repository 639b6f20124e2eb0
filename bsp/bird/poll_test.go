package bird_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/bsp/bird"
	"bottega/bsp/wire"
	"bottega/core"
)

// far is Bird's list of messages, oldest first in memory. A cursor is a place
// in it.
type far struct {
	t     *testing.T
	items []far1
	page  int
	fail  int
}

type far1 struct {
	id, direction, status string
	at                    time.Time
}

func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w.Result(), nil
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.fail > 0 {
		f.fail--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	q := r.URL.Query()
	var after time.Time
	if s := q.Get("created_after"); s != "" {
		var err error
		if after, err = time.Parse(time.RFC3339, s); err != nil {
			f.t.Error(err)
		}
	}
	from, to := 0, len(f.items) // places that may be shown
	if s := q.Get("ending_before"); s != "" {
		from, _ = strconv.Atoi(s)
	}
	if s := q.Get("starting_after"); s != "" {
		to, _ = strconv.Atoi(s)
	}
	var at []int // matching places
	for i := from; i < to; i++ {
		if f.items[i].direction == q.Get("direction") && !f.items[i].at.Before(after) {
			at = append(at, i)
		}
	}
	next, prev, refresh := "null", "null", "null"
	if len(at) > f.page {
		if q.Has("ending_before") { // the oldest of what is newer
			prev = strconv.Quote(strconv.Itoa(at[f.page-1] + 1))
			at = at[:f.page]
		} else {
			at = at[len(at)-f.page:]
			next = strconv.Quote(strconv.Itoa(at[0]))
		}
	}
	var rows []string
	for i := len(at) - 1; i >= 0; i-- {
		it := f.items[at[i]]
		rows = append(rows, fmt.Sprintf(`{"id":%q,"direction":%q,"status":%q,"from":{"phone_number":"+393331234567"},"to":{"phone_number":"+390212345678"},"text":{"body":"x"},"created_at":%q}`,
			it.id, it.direction, it.status, it.at.Format(time.RFC3339)))
	}
	if len(at) > 0 {
		refresh = strconv.Quote(strconv.Itoa(at[len(at)-1] + 1))
	}
	_, _ = io.WriteString(w, `{"data":[`+strings.Join(rows, ",")+`],"next_cursor":`+next+`,"prev_cursor":`+prev+`,"refresh_cursor":`+refresh+`}`)
}

// TestPollLosesNothing: whatever comes when, in whatever pages, with failures
// and restarts between, by a clock that is ten minutes off or right, every message is told once and every state it rested in.
func TestPollLosesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := noon()
		off := time.Duration(rapid.SampledFrom([]int{0, -10, 10}).Draw(rt, "our clock is off by minutes")) * time.Minute
		f := &far{t: t, page: rapid.IntRange(1, 4).Draw(rt, "page")}
		open := func() *bird.Gateway {
			return bird.New(bird.Config{Number: shop, Key: fixed, Wire: wire.Config{Client: &http.Client{Transport: f}, Now: func() time.Time { return now.Add(off) }}})
		}
		gw, cursor, told, times := open(), "", map[string]core.State{}, map[string]int{}
		poll := func() {
			p, err := gw.Poll(t.Context(), cursor)
			if err != nil {
				return // the cursor stays
			}
			for _, b := range p.Bodies {
				evs, err := bird.Decoder{}.Decode(b)
				if err != nil {
					rt.Fatal(err)
				}
				for _, e := range evs {
					if e.Kind == core.EvMessage {
						times[e.ID]++
					}
					told[e.ID] = e.Status
				}
			}
			cursor = p.Cursor
		}
		for n := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(1, 1800).Draw(rt, "seconds")) * time.Second)
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1:
				f.items = append(f.items, far1{fmt.Sprintf("wam_%d", n), "inbound", "received", now})
			case 2:
				f.items = append(f.items, far1{fmt.Sprintf("wam_%d", n), "outbound", "accepted", now})
			case 3:
				for i := range f.items {
					if s, ok := map[string]string{"accepted": "sent", "sent": "delivered"}[f.items[i].status]; ok {
						f.items[i].status = s
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
			switch {
			case !ok:
				rt.Fatalf("%s %s was never told", it.direction, it.id)
			case it.direction == "inbound" && times[it.id] != 1:
				rt.Fatalf("%s was told %d times", it.id, times[it.id])
			case it.direction == "outbound" && string(state) != it.status:
				rt.Fatalf("%s stands at %s, told %s", it.id, it.status, state)
			}
		}
		if p, err := gw.Poll(t.Context(), cursor); err != nil || len(p.Bodies) != 0 {
			rt.Fatalf("told again: %d bodies, %v", len(p.Bodies), err)
		}
	})
}

func TestPollOfAForeignCursor(t *testing.T) {
	f := &far{t: t, page: 4, items: []far1{{"wam_1", "inbound", "received", noon().Add(-time.Hour)}}}
	gw := bird.New(bird.Config{Number: shop, Key: fixed, Wire: wire.Config{Client: &http.Client{Transport: f}, Now: noon}})
	if p, err := gw.Poll(t.Context(), "c_old"); err != nil || len(p.Bodies) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}
