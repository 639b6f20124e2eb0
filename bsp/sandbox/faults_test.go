package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

// exampleFaults is the file in the package comment.
func exampleFaults(t testing.TB) string {
	b, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "//\t{\"rules\"")
	body, _, ok := strings.Cut(rest, "//\n")
	if !ok {
		t.Fatal("no example in the package comment")
	}
	return `{"rules"` + strings.ReplaceAll(body, "//\t", "")
}

func TestDecodeFaults(t *testing.T) {
	f, err := DecodeFaults(strings.NewReader(exampleFaults(t)))
	if err != nil || len(f.Rules) != 12 {
		t.Fatalf("the example of the package comment: %v, %d rules", err, len(f.Rules))
	}
	if f.Rules[0].Delay.D() != 2*time.Second || f.Rules[11].For.D() != time.Hour {
		t.Errorf("rules %+v", f.Rules)
	}
	for name, c := range map[string]struct {
		text string
		want FaultsError
	}{
		"no JSON":                    {`{`, FaultsError{0, "file", "unexpected EOF", "syntax"}},
		"two objects":                {`{} {}`, FaultsError{0, "file", "something after the object", "syntax"}},
		"unknown field":              {`{"rules":[{"on":"messages","kind":"delay","dely":"1s"}]}`, FaultsError{0, "dely", "", "unknown_field"}},
		"wrong type":                 {`{"rules":1}`, FaultsError{0, "rules", "number", "syntax"}},
		"unknown place":              {`{"rules":[{"on":"moon","kind":"reset"}]}`, FaultsError{1, "on", "moon", "unknown"}},
		"unknown kind":               {`{"rules":[{"on":"*","kind":"reset"},{"on":"*","kind":"flood"}]}`, FaultsError{2, "kind", "flood", "unknown"}},
		"answer fault on callbacks":  {`{"rules":[{"on":"statuses","kind":"reset"}]}`, FaultsError{1, "on", "statuses", "misplaced"}},
		"callback fault on messages": {`{"rules":[{"on":"messages","kind":"lost"}]}`, FaultsError{1, "on", "messages", "misplaced"}},
		"delay without length":       {`{"rules":[{"on":"messages","kind":"delay"}]}`, FaultsError{1, "delay", "0s", "range"}},
		"probability of two":         {`{"rules":[{"on":"messages","kind":"reset","probability":2}]}`, FaultsError{1, "probability", "2", "range"}},
		"both every and probability": {`{"rules":[{"on":"messages","kind":"reset","probability":0.5,"every":2}]}`, FaultsError{1, "every", "2", "exclusive"}},
		"status 200":                 {`{"rules":[{"on":"messages","kind":"error","status":200}]}`, FaultsError{1, "status", "200", "range"}},
		"body xml":                   {`{"rules":[{"on":"messages","kind":"error","body":"xml"}]}`, FaultsError{1, "body", "xml", "unknown"}},
	} {
		_, err := DecodeFaults(strings.NewReader(c.text))
		got, ok := errors.AsType[*FaultsError](err)
		if !ok || *got != c.want || core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func faults(t testing.TB, rules string) Faults {
	t.Helper()
	f, err := DecodeFaults(strings.NewReader(`{"rules":[` + rules + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// served is a simulator behind a real server, for faults that break connections.
func served(t *testing.T, rules string, change func(*Options)) (*bench, func(context.Context) (*http.Response, string, error)) {
	b := start(t, func(o *Options) {
		o.Limits, o.Faults = Unlimited(), faults(t, rules)
		if change != nil {
			change(o)
		}
	})
	srv := httptest.NewServer(b.Handler())
	t.Cleanup(srv.Close)
	return b, func(ctx context.Context) (*http.Response, string, error) {
		body := `{"messaging_product":"whatsapp","to":"+393205550102","type":"text","text":{"body":"x"},"biz_opaque_callback_data":"r"}`
		r, err := http.NewRequestWithContext(ctx, "POST", srv.URL+"/v23.0/"+phoneID+"/messages", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		res, err := srv.Client().Do(r)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = res.Body.Close() }()
		text, err := io.ReadAll(res.Body)
		return res, string(text), err
	}
}

// TestAnswerFaults tells for each kind what the client sees and whether the
// customer got it all the same: the ledger knows.
func TestAnswerFaults(t *testing.T) {
	for name, c := range map[string]struct {
		rules  string
		status int    // 0 for a broken connection
		text   string // part of the body
		taken  int
	}{
		"none":            {``, 200, "wamid.", 1},
		"error json":      {`{"on":"messages","kind":"error","body":"json"}`, 500, `"code":131000`, 0},
		"error html":      {`{"on":"messages","kind":"error","status":502,"body":"html"}`, 502, "<h1>", 0},
		"error, accepted": {`{"on":"messages","kind":"error","body":"html","accepted":true}`, 500, "<h1>", 1},
		"reset":           {`{"on":"messages","kind":"reset"}`, 0, "", 1},
		"throttle":        {`{"on":"messages","kind":"throttle","retry_after":"3s"}`, 429, `"code":130429`, 0},
		"expired":         {`{"on":"*","kind":"expired"}`, 401, `"code":190`, 0},
		"down":            {`{"on":"*","kind":"down"}`, 0, "", 0},
		"down, 503":       {`{"on":"*","kind":"down","status":503}`, 503, "error", 0},
		"elsewhere":       {`{"on":"media","kind":"down"}`, 200, "wamid.", 1},
		"a short delay":   {`{"on":"messages","kind":"delay","delay":"1ms"}`, 200, "wamid.", 1},
	} {
		b, send := served(t, c.rules, nil)
		res, text, err := send(t.Context())
		if c.status == 0 {
			if err == nil {
				t.Errorf("%s: answered %d", name, res.StatusCode)
			}
		} else if err != nil || res.StatusCode != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%s: %v %q %v", name, res, text, err)
		}
		if got := len(b.Ledger()); got != c.taken {
			t.Errorf("%s: %d in the ledger, want %d", name, got, c.taken)
		}
		if c.status == 429 && res.Header.Get("Retry-After") != "3" {
			t.Errorf("%s: Retry-After %q", name, res.Header.Get("Retry-After"))
		}
	}
}

func TestTimeoutAfterAccept(t *testing.T) {
	b, send := served(t, `{"on":"messages","kind":"timeout","delay":"1h"}`, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for len(b.Ledger()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel() // the client's patience ends once the message is taken
	}()
	if _, _, err := send(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if e := b.Ledger(); len(e) != 1 || e[0].Ref != "r" {
		t.Errorf("ledger %+v", e)
	}
}

func TestRefusedIsNotInDoubt(t *testing.T) {
	_, send := served(t, `{"on":"messages","kind":"reset"}`, func(o *Options) { o.Limits.PerSecond = 1 })
	if _, _, err := send(t.Context()); err == nil {
		t.Fatal("the first should have been cut")
	}
	if res, text, err := send(t.Context()); err != nil || res.StatusCode != 400 || !strings.Contains(text, "130429") {
		t.Errorf("a refused message: %v %v", text, err)
	}
}

// fired tells on which of n chances a rule fires.
func fired(t *testing.T, c *clock, rule string, n int) (hits []int) {
	s := newFaultSet(faults(t, rule), 7, c.now)
	for i := range n {
		if len(s.strike(onMessages)) > 0 {
			hits = append(hits, i+1)
		}
		c.add(time.Second)
	}
	return hits
}

func TestWhenFaultsFire(t *testing.T) {
	always := `"on":"messages","kind":"reset"`
	if got := fired(t, newClock(), `{`+always+`,"every":3}`, 10); len(got) != 3 || got[0] != 3 || got[2] != 9 {
		t.Errorf("every third: %v", got)
	}
	if got := fired(t, newClock(), `{`+always+`,"limit":2}`, 10); len(got) != 2 {
		t.Errorf("twice: %v", got)
	}
	if got := fired(t, newClock(), `{`+always+`,"after":"4s","for":"3s"}`, 10); len(got) != 3 || got[0] != 5 {
		t.Errorf("from 4 s for 3 s: %v", got)
	}
	half := fired(t, newClock(), `{`+always+`,"probability":0.5}`, 1000)
	if len(half) < 400 || len(half) > 600 {
		t.Errorf("half of 1000: %d", len(half))
	}
	again := fired(t, newClock(), `{`+always+`,"probability":0.5}`, 1000)
	if len(again) != len(half) || again[7] != half[7] {
		t.Error("the dice are not on the seed")
	}
}

func TestCallbackFaults(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		want  []string
		after time.Duration
	}{
		"duplicate": {`{"on":"inbound","kind":"duplicate","times":3,"limit":1}`, []string{"1", "1", "1", "2", "3"}, 0},
		"lost":      {`{"on":"callbacks","kind":"lost","every":2}`, []string{"1", "3"}, 0},
		"reorder":   {`{"on":"*","kind":"reorder","limit":1}`, []string{"2", "1", "3"}, 0},
		"late":      {`{"on":"inbound","kind":"late","delay":"10m","limit":1}`, []string{"2", "3", "1"}, 10 * time.Minute},
		"elsewhere": {`{"on":"statuses","kind":"lost"}`, []string{"1", "2", "3"}, 0},
	} {
		b := start(t, func(o *Options) { o.Faults = faults(t, c.rules) })
		for _, text := range []string{"1", "2", "3"} {
			b.writes(Inbound{From: known1, Text: text})
		}
		b.drain(c.after + time.Minute)
		var got []string
		for _, n := range b.notes() {
			got = append(got, n.change.Value.(messagesValue).Messages[0].Text.Body)
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestReorderedAloneStillComes: the note that waits to be overtaken comes
// after three seconds when nobody overtakes it.
func TestReorderedAloneStillComes(t *testing.T) {
	b := start(t, func(o *Options) { o.Faults = faults(t, `{"on":"inbound","kind":"reorder"}`) })
	b.writes(Inbound{From: known1, Text: "1"})
	if b.courier.len() != 1 || len(b.notes()) != 0 {
		t.Fatal("it should be held")
	}
	b.drain(time.Minute)
	if len(b.notes()) != 1 {
		t.Error("it never came")
	}
}

func TestCallbacksWaitWhileTheProviderIsDown(t *testing.T) {
	c := newClock()
	s := newFaultSet(faults(t, `{"on":"*","kind":"down","after":"1m","for":"1h"}`), 1, c.now)
	for at, want := range map[time.Duration]bool{0: false, 61 * time.Second: true, 60 * time.Minute: true, 62 * time.Minute: false} {
		c.t = newClock().t.Add(at)
		if s.down() != want {
			t.Errorf("after %s: %v", at, s.down())
		}
	}
}

func TestFaultsEndpoint(t *testing.T) {
	b := start(t, nil)
	if status, v := b.call("POST", "/sandbox/faults", `{"rules":[{"on":"messages","kind":"expired"}]}`); status != 200 {
		t.Fatal(status, v)
	}
	if status, v := b.send(`{"to":"+393205550102","type":"text","text":{"body":"x"}}`); status != 401 {
		t.Error(status, v)
	}
	if _, v := b.call("GET", "/sandbox/faults", ""); len(v["rules"].([]any)) != 1 {
		t.Errorf("told %v", v)
	}
	if status, v := b.call("POST", "/sandbox/faults", `{"rules":[{"on":"x","kind":"expired"}]}`); status != 400 || code(v) != 100 {
		t.Error(status, v)
	}
	if status, _ := b.call("POST", "/sandbox/faults", `{}`); status != 200 || len(b.faults.get().Rules) != 0 {
		t.Error("an empty object clears them")
	}
}

func FuzzDecodeFaults(f *testing.F) {
	f.Add(exampleFaults(f))
	f.Add(`{}`)
	f.Add(`{"rules":[{"on":"*","kind":"down","after":"-1h"}]}`)
	f.Add(`{"rules":[{"on":"messages","kind":"delay","delay":"9999999h"}]} x`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := DecodeFaults(strings.NewReader(text))
		if err != nil {
			if _, ok := errors.AsType[*FaultsError](err); !ok {
				t.Fatalf("an error without a sentence: %v", err)
			}
			return
		}
		again, err := DecodeFaults(strings.NewReader(string(mustJSON(t, got))))
		if err != nil || len(again.Rules) != len(got.Rules) {
			t.Fatalf("what was read does not read again: %v", err)
		}
		s := newFaultSet(got, 1, newClock().now)
		for _, on := range []string{onMessages, onStatuses, onInbound, onAccount} {
			s.strike(on)
		}
	})
}
