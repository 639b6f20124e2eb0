package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestSignatureVectors are those of bsp/meta.md 6.1.
func TestSignatureVectors(t *testing.T) {
	for body, want := range map[string]string{
		`{"object":"whatsapp_business_account","entry":[]}`: "ed2f19bcc5f64f4afd4895093e64ba6721fb484bdcd5c297c5682dde8dc633ed",
		`{"text":"\u00bfTienen pan? ¡Sí!"}`:                 "facc94b1b86d45ce101eeb560a3cc08e1baf0c979e8ab1a5a9eae857d737694d",
	} {
		if got := sign("bottega-app-secret", []byte(body)); got != "sha256="+want {
			t.Errorf("%s: %s", body, got)
		}
	}
}

// roundTrip answers the simulator's callbacks without a network, so that a
// fake-clock bubble can hold it all.
type roundTrip func(body []byte) int

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	status := f(body)
	if status == 0 {
		return nil, fmt.Errorf("no connection")
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
}

// alive runs a simulator on the bubble's clock; its callbacks go to take.
func alive(t *testing.T, change func(*Options), take roundTrip) *bench {
	var one sync.Mutex // several workers post at once
	alone := func(body []byte) int {
		one.Lock()
		defer one.Unlock()
		return take(body)
	}
	o := Options{Seed: 7, Token: token, AppSecret: "app-secret", World: world(t), Callback: "http://shop.invalid/webhooks/x",
		Client: &http.Client{Transport: roundTrip(alone)}}
	if change != nil {
		change(&o)
	}
	b := &bench{Server: New(o), t: t}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return b
}

func TestDelaysAndSpeed(t *testing.T) {
	first := func(speed float64) (at time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			b := alive(t, func(o *Options) { o.Speed, o.Limits = speed, Unlimited() }, func(body []byte) int {
				if strings.Contains(string(body), `"sent"`) && at == 0 {
					at = time.Since(begun)
				}
				return 200
			})
			b.text("+393200000001", "x")
			time.Sleep(5 * time.Minute)
			synctest.Wait()
		})
		return at
	}
	slow, fast := first(1), first(10)
	if slow < 150*time.Millisecond || slow > 700*time.Millisecond {
		t.Errorf("sent after %s", slow)
	}
	if ratio := float64(slow) / float64(fast); ratio < 5 || ratio > 20 {
		t.Errorf("%s at speed 1, %s at speed 10", slow, fast)
	}
}

func TestRetriesWithFallingFrequency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var tries []time.Duration
		b := alive(t, nil, func([]byte) int {
			tries = append(tries, time.Since(begun))
			switch len(tries) {
			case 1:
				return 503
			case 2:
				return 0
			case 6:
				return 200
			}
			return 500
		})
		b.writes(Inbound{From: known1, Text: "ciao"})
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		if len(tries) != 6 {
			t.Fatalf("%d tries", len(tries))
		}
		for i := 2; i < len(tries); i++ {
			if tries[i]-tries[i-1] <= tries[i-1]-tries[i-2] {
				t.Errorf("gaps do not grow: %v", tries)
			}
		}
	})
}

func TestRetriesEndAfterDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		var last time.Duration
		begun := time.Now()
		b := alive(t, nil, func([]byte) int { n++; last = time.Since(begun); return 500 })
		b.writes(Inbound{From: known1, Text: "ciao"})
		time.Sleep(8 * 24 * time.Hour)
		synctest.Wait()
		if n != 12 || last < 24*time.Hour || last > 48*time.Hour {
			t.Errorf("%d tries, the last after %s", n, last)
		}
		if b.courier.lost.Load() != 1 {
			t.Errorf("lost %d", b.courier.lost.Load())
		}
	})
}

func TestCallbacksOverHTTPAreSigned(t *testing.T) {
	r := newReceiver(t, func(n int) int {
		if n == 1 {
			return 503
		}
		return 200
	})
	b := start(t, func(o *Options) {
		o.Now, o.Callback, o.Speed, o.Client = time.Now, r.URL, 1000, r.Client()
	})
	running(t, b.Server)
	b.writes(Inbound{From: known1, Text: "ciao"})
	r.wait(t, 2)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.bad) > 0 || len(r.bodies) != 1 || !strings.Contains(string(r.bodies[0]), `"body":"ciao"`) {
		t.Errorf("bad signatures %v, bodies %q", r.bad, r.bodies)
	}
}

func TestHandshake(t *testing.T) {
	r := newReceiver(t, nil)
	b := start(t, func(o *Options) { o.Client = r.Client() })
	path := "/v23.0/" + waba + "/subscribed_apps"
	if status, v := b.call("POST", path, `{"override_callback_uri":"`+r.URL+`","verify_token":"wrong"}`); status != 400 || code(v) != 2200 {
		t.Errorf("wrong token: %d %v", status, v)
	}
	if status, v := b.call("POST", path, `{"override_callback_uri":"http://127.0.0.1:1/x","verify_token":"verify"}`); status != 400 || code(v) != 2200 {
		t.Errorf("nobody there: %d %v", status, v)
	}
	if b.number.address() != "" {
		t.Error("an address that failed is used")
	}
	for _, body := range []string{`{"override_callback_uri":"` + r.URL + `","verify_token":"verify"}`, `{"override_callback_uri":"` + r.URL + `"}`} {
		if status, v := b.call("POST", path, body); status != 200 || b.number.address() != r.URL {
			t.Errorf("%s: %d %v", body, status, v)
		}
	}
	if _, v := b.call("GET", path, ""); v["data"].([]any)[0].(map[string]any)["override_callback_uri"] != r.URL {
		t.Errorf("told %v", v)
	}
	if status, _ := b.call("POST", path, ""); status != 200 || b.number.address() != "" {
		t.Error("an empty POST takes the other address away")
	}
	if status, v := b.call("POST", "/v23.0/"+phoneID, `{"webhook_configuration":{"override_callback_uri":"`+r.URL+`"}}`); status != 200 || b.number.address() != r.URL {
		t.Errorf("per number: %d %v", status, v)
	}
	if status, _ := b.call("DELETE", path, ""); status != 200 || b.number.address() != "" {
		t.Error("DELETE")
	}
}

func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		updates := 0
		b := alive(t, func(o *Options) { o.Limits = Unlimited() }, func(body []byte) int {
			var e envelope
			if err := json.Unmarshal(body, &e); err != nil || e.Object != "whatsapp_business_account" || len(e.Entry) != 1 || e.Entry[0].ID != waba {
				t.Errorf("envelope %s", body)
				return 200
			}
			sizes = append(sizes, len(e.Entry[0].Changes))
			updates += len(e.Entry[0].Changes)
			return 200
		})
		for i := range 330 {
			b.courier.mu.Lock() // all at once, as after a silence
			b.courier.queue = append(b.courier.queue, note{change: change{"messages", i}, on: onInbound})
			b.courier.mu.Unlock()
		}
		b.courier.nudge()
		time.Sleep(time.Minute)
		synctest.Wait()
		if updates != 330 || slices.Max(sizes) != batchMax || slices.Min(sizes) != 1 {
			t.Errorf("%d updates in batches of %v", updates, sizes)
		}
	})
}

func TestQueueIsBounded(t *testing.T) {
	b := start(t, nil)
	for range maxNotes + 5 {
		b.courier.push(note{})
	}
	if got := b.courier.len(); got != maxNotes || b.courier.lost.Load() != 5 {
		t.Errorf("%d queued, %d lost", got, b.courier.lost.Load())
	}
}

// TestTemplateEventsTravelAlone: entry.time is the event's own.
func TestTemplateEventsTravelAlone(t *testing.T) {
	b := start(t, nil)
	b.courier.push(note{change: change{"messages", 1}})
	b.courier.push(note{change: change{"message_template_status_update", 2}, at: b.clock.now()})
	for want := 1; want <= 2; want++ {
		if p := b.courier.take(); p == nil || len(p.notes) != 1 {
			t.Fatalf("parcel %d: %+v", want, p)
		}
	}
}

func TestSameSeedSameTown(t *testing.T) {
	day := func(seed uint64) (out []string) {
		synctest.Test(t, func(t *testing.T) {
			b := alive(t, func(o *Options) { o.Seed, o.Life, o.Limits = seed, true, Unlimited() }, func(body []byte) int {
				out = append(out, string(body))
				return 200
			})
			for i := range 5 {
				b.text(string(known1), fmt.Sprint(i))
				time.Sleep(time.Minute)
			}
			synctest.Wait()
		})
		slices.Sort(out) // workers post at once: the order is open by design
		return out
	}
	one, again, other := day(7), day(7), day(8)
	if !slices.Equal(one, again) {
		t.Error("the same seed gave another day")
	}
	if slices.Equal(one, other) {
		t.Error("another seed gave the same day")
	}
}
