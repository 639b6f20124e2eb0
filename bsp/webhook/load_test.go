package webhook_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bottega/bsp"
	"bottega/bsp/meta"
	"bottega/bsp/webhook"
	"bottega/core"
)

// listen serves h on loopback until the test ends and returns its URL.
func listen(tb testing.TB, h http.Handler) string {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- webhook.Serve(ctx, ln, h) }()
	tb.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			tb.Errorf("Serve: %v", err)
		}
	})
	return "http://" + ln.Addr().String()
}

func client(tb testing.TB, conns int) *http.Client {
	tr := &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns}
	tb.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// deliver posts a signed callback and returns the status.
func deliver(ctx context.Context, c *http.Client, url string, body []byte, signature string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(meta.SignatureHeader, signature)
	res, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, errors.Join(err, res.Body.Close())
}

// observe puts the times of answers into a window; 500 and above is a failure.
func observe(w *bsp.Window) func(time.Duration, int) {
	return func(took time.Duration, status int) { w.Add(took, status >= 500) }
}

// The same callback 50 times at once: 50 × 200 and 50 rows. That it is one
// message is ingest's to see (S-180).
func TestFiftyAtOnce(t *testing.T) {
	const n = 50
	var j journal
	var lat bsp.Window
	url := listen(t, receiver(&j, func(o *webhook.Options) { o.Now, o.Observe = time.Now, observe(&lat) })) + "/webhooks/shop"
	c := client(t, n)
	sig := meta.Sign(appSecret, []byte(callback))
	start := make(chan struct{})
	var wg sync.WaitGroup
	var ok atomic.Int64
	for range n {
		wg.Go(func() {
			<-start
			status, err := deliver(t.Context(), c, url, []byte(callback), sig)
			if err != nil || status != 200 {
				t.Errorf("%d, %v", status, err)
				return
			}
			ok.Add(1)
		})
	}
	close(start)
	wg.Wait()
	if ok.Load() != n || j.count() != n {
		t.Errorf("%d × 200, %d rows", ok.Load(), j.count())
	}
	for _, row := range j.rows {
		if string(row.Body) != callback {
			t.Fatalf("row %d holds another body", row.ID)
		}
	}
	if s := lat.Summary(); s.Count != n || s.Failed != 0 || s.P50 <= 0 || s.P99 < s.P50 {
		t.Errorf("%+v", s)
	}
}

// 20 MB, announced or in chunks, are turned away; the next callback is taken.
func TestTwentyMegabytes(t *testing.T) {
	var j journal
	url := listen(t, receiver(&j, nil)) + "/webhooks/shop"
	c := client(t, 1)
	big := []byte(`{"a":"` + strings.Repeat("x", 20<<20) + `"}`)
	for name, body := range map[string]io.Reader{"announced": bytes.NewReader(big), "in chunks": io.MultiReader(bytes.NewReader(big))} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(meta.SignatureHeader, meta.Sign(appSecret, big))
		res, err := c.Do(r)
		if err == nil {
			if res.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s: status %d", name, res.StatusCode)
			}
			err = res.Body.Close()
		} else if !strings.Contains(err.Error(), "reset") && !strings.Contains(err.Error(), "broken pipe") {
			t.Errorf("%s: %v", name, err) // the server may hang up while we still send
		}
		if err != nil {
			t.Logf("%s: %v", name, err)
		}
	}
	if status, err := deliver(t.Context(), c, url, []byte(callback), meta.Sign(appSecret, []byte(callback))); status != 200 || err != nil {
		t.Errorf("afterwards: %d, %v", status, err)
	}
	if j.count() != 1 {
		t.Errorf("%d rows, want 1", j.count())
	}
}

// A connection that breaks in the middle of a body leaves nothing.
func TestBrokenConnection(t *testing.T) {
	var j journal
	var mu sync.Mutex
	statuses := []int{}
	seen := make(chan struct{}, 2)
	addr := strings.TrimPrefix(listen(t, receiver(&j, func(o *webhook.Options) {
		o.Observe = func(_ time.Duration, status int) {
			mu.Lock()
			statuses = append(statuses, status)
			mu.Unlock()
			seen <- struct{}{}
		}
	})), "http://")
	chunk := fmt.Sprintf("POST /webhooks/shop HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n%s: %s\r\n\r\n%x\r\n%s",
		meta.SignatureHeader, meta.Sign(appSecret, []byte(callback)), len(callback), callback)
	// The second sends all bytes of the body, but not the end of the chunks.
	for _, text := range []string{head(len(callback), callback) + callback[:50], chunk} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		<-seen
	}
	mu.Lock()
	defer mu.Unlock()
	for _, s := range statuses {
		if s != http.StatusBadRequest {
			t.Errorf("status %d", s)
		}
	}
	if j.count() != 0 {
		t.Errorf("%d rows", j.count())
	}
}

// More at once than fits: 503 with Retry-After, at once, and no queue.
func TestOverload(t *testing.T) {
	const slots = 4
	j := journal{hold: make(chan struct{}), in: make(chan struct{}, slots)}
	h := receiver(&j, func(o *webhook.Options) { o.MaxConcurrent = slots })
	var wg sync.WaitGroup
	for range slots {
		wg.Go(func() {
			if res := answer(h, post("/webhooks/shop", callback)); res.StatusCode != 200 {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	for range slots {
		<-j.in
	}
	res := answer(h, post("/webhooks/shop", callback))
	if res.StatusCode != 503 || res.Header.Get("Retry-After") != "1" || failed(t, res) != core.RateLimited {
		t.Errorf("status %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	close(j.hold)
	wg.Wait()
	if res := answer(h, post("/webhooks/shop", callback)); res.StatusCode != 200 || j.count() != slots+1 {
		t.Errorf("afterwards: %d, %d rows", res.StatusCode, j.count())
	}
}

// The bytes of all bodies together are bounded, and given back.
func TestByteBudget(t *testing.T) {
	var j journal
	h := receiver(&j, func(o *webhook.Options) { o.MaxBody, o.MaxBytes = 100_000, 120_000 })
	in, out := io.Pipe()
	slow := httptest.NewRequest(http.MethodPost, "/webhooks/shop", in)
	slow.Header.Set("Content-Type", "application/json")
	body := `{"a":"` + strings.Repeat("x", 70_000) + `"}`
	slow.Header.Set(meta.SignatureHeader, meta.Sign(appSecret, []byte(body)))
	done := make(chan int, 1)
	go func() { done <- answer(h, slow).StatusCode }()
	if _, err := io.WriteString(out, body[:69_000]); err != nil { // returns when the handler holds it all
		t.Fatal(err)
	}
	res := answer(h, post("/webhooks/shop", `{"a":"`+strings.Repeat("y", 60_000)+`"}`))
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("second: %d", res.StatusCode)
	}
	if res := answer(h, post("/webhooks/shop", `{}`)); res.StatusCode != 200 {
		t.Errorf("a small one still fits: %d", res.StatusCode)
	}
	if _, err := io.WriteString(out, body[69_000:]); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if status := <-done; status != 200 {
		t.Errorf("slow: %d", status)
	}
	for range 10 { // nothing leaked from the budget
		if res := answer(h, post("/webhooks/shop", body)); res.StatusCode != 200 {
			t.Fatalf("afterwards: %d", res.StatusCode)
		}
	}
}

// nothing is a journal that keeps nothing: what the handler itself costs.
type nothing struct{ core.JournalStore }

func (nothing) AppendJournal(context.Context, int64, []byte, time.Time) (int64, error) { return 1, nil }

// BenchmarkCallbacks is the whole way of a callback over loopback TCP without a
// store: the denominator of "callbacks durable ÷ the same handler without a store".
func BenchmarkCallbacks(b *testing.B) {
	for _, conns := range []int{50, 200} {
		b.Run(fmt.Sprintf("%dconns", conns), func(b *testing.B) {
			var lat bsp.Window
			h := webhook.New(webhook.Options{Channel: shop, Journal: nothing{}, Now: time.Now, Observe: observe(&lat)})
			url := listen(b, h) + "/webhooks/shop"
			c := client(b, conns)
			sig := meta.Sign(appSecret, []byte(callback))
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var wg sync.WaitGroup
			for range conns {
				wg.Go(func() {
					for left.Add(-1) >= 0 {
						if status, err := deliver(context.Background(), c, url, []byte(callback), sig); status != 200 || err != nil {
							b.Errorf("%d, %v", status, err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
			s := lat.Summary()
			b.ReportMetric(float64(s.P99.Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkHandler is the handler alone, without a network.
func BenchmarkHandler(b *testing.B) {
	h := webhook.New(webhook.Options{Channel: shop, Journal: nothing{}})
	sig := meta.Sign(appSecret, []byte(callback))
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/webhooks/shop", strings.NewReader(callback))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(meta.SignatureHeader, sig)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
