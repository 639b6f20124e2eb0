package demo_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/demo"
	"bottega/bsp/sandbox"
	"bottega/bsp/traffic"
	"bottega/core"
	"bottega/core/people"
	"bottega/storage"
	"bottega/storage/shop"
)

// world is a demo shop on the real store.
type world struct {
	shop  *shop.Shop
	lines *traffic.Traffic
	far   *demo.Shop
}

// openWorld opens the demo in dir and takes callbacks until the test ends or
// shut is called.
func openWorld(t *testing.T, dir string, speed float64) (w world, shut func()) {
	t.Helper()
	return openWorldAt(t, dir, speed, time.Now)
}

// openWorldAt is openWorld by another clock.
func openWorldAt(t *testing.T, dir string, speed float64, now func() time.Time) (w world, shut func()) {
	t.Helper()
	s, err := shop.Open(t.Context(), shop.Options{Folder: dir, Now: demo.Clock(now, speed), Rules: assets.Rules(),
		KeysOf: func(_ context.Context, s core.SettingsStore) (core.Keyring, error) { return demo.Keys(s), nil }})
	if err != nil {
		t.Fatal(err)
	}
	keys := s.Keys
	lines, err := traffic.New(traffic.Options{Store: s, Keys: keys, Feed: s.Feed, Rules: s.Book.Rules, Policy: assets.Rules(), Now: s.Now, Log: s.Log, ID: s.ID, Campaigns: storage.Campaigns{DB: s.DB}, Host: s.Host})
	if err != nil {
		t.Fatal(err)
	}
	words := func(core.Code) (string, string) { return "", "" }
	far, err := demo.Open(t.Context(), demo.Options{World: assets.Demo(), Policy: assets.Rules(), Seed: 1, Speed: speed, Now: s.Now, Log: s.Log, Ledger: filepath.Join(dir, "ledger.jsonl"),
		Store: s, ID: s.ID, Keys: keys, Receiver: lines.Receiver(words, func(time.Duration, int) {}), Drain: lines.Drain, Rules: s.Book.Rules})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for _, job := range []func(context.Context) error{far.Receive, far.Answer} {
		wg.Go(func() {
			if err := job(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	return world{s, lines, far}, sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		if err := far.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func counts(t *testing.T, w world) core.Counts {
	t.Helper()
	n, err := w.shop.Counts(t.Context(), "", w.shop.Now())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The demo is what the shop window promises: an angry VIP first, who has
// waited 1 h 52 min; a shut window; a failed message with its reason; and all
// of it once, however often it starts.
func TestFurnish(t *testing.T) {
	dir := t.TempDir()
	w, shut := openWorld(t, dir, 1)
	if err := w.far.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := w.shop.Conversations(t.Context(), core.ListQuery{View: core.ViewAll, Order: core.OrderPriority, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Rows) < 25 {
		t.Errorf("%d conversations", len(page.Rows))
	}
	first := page.Rows[0]
	if waited := w.shop.Now().Sub(first.WaitingSince); first.Contact.Value != core.ValueHigh || waited < 110*time.Minute || waited > 115*time.Minute {
		t.Errorf("first is %s, waiting %v", first.Contact.Name, waited)
	}
	shutWindows := 0
	for i := range page.Rows {
		if !page.Rows[i].WindowOpen(w.shop.Now()) {
			shutWindows++
		}
	}
	n := counts(t, w)
	if shutWindows == 0 || n.Failed == 0 || n.Snoozed == 0 || n.Done == 0 {
		t.Errorf("%d shut windows, counts %+v", shutWindows, n)
	}

	if err := w.far.Furnish(t.Context()); err != nil { // furnished already
		t.Fatal(err)
	}
	shut()
	w, shut = openWorld(t, dir, 1) // another day
	defer shut()
	if err := w.far.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := counts(t, w); again != n {
		t.Errorf("the second start changed it: %+v, was %+v", again, n)
	}
	if err := w.shop.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Time goes on: customers write by themselves, and what the shop answers
// reaches the simulator's ledger over HTTP.
func TestLife(t *testing.T) {
	w, shut := openWorld(t, t.TempDir(), 200)
	defer shut()
	if err := w.far.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sub := w.shop.Feed.Subscribe(core.Messages)
	defer sub.Close()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	for _, job := range append(w.lines.Jobs(), w.far.Live) {
		wg.Go(func() {
			if err := job(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	if _, err := sub.Next(ctx, 0); err != nil {
		t.Fatal("nobody wrote within a minute of two hundred times the speed")
	}
}

func TestClock(t *testing.T) {
	at := time.Unix(1000, 0)
	now := func() time.Time { return at }
	fast := demo.Clock(now, 10)
	at = at.Add(time.Second)
	if got := fast().Sub(time.Unix(1000, 0)); got != 10*time.Second {
		t.Errorf("after a second: %v", got)
	}
	if got := demo.Clock(now, 1)(); !got.Equal(at) {
		t.Errorf("at speed 1: %v", got)
	}
}

func TestAlone(t *testing.T) {
	faults := filepath.Join(t.TempDir(), "faults.json")
	if err := os.WriteFile(faults, []byte(`{"rules":[{"on":"account","kind":"error","status":500,"limit":1}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	sim, err := demo.Alone(assets.Demo(), assets.Rules(), sandbox.Options{Seed: 7, Now: time.Now}, faults)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ln, err := traffic.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- sim.Serve(ctx, ln) }()
	get := func() (int, map[string]any) {
		req, err := http.NewRequest(http.MethodGet, "http://"+ln.Addr().String()+"/v25.0/"+sim.Options.PhoneNumberID, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+sim.Options.Token.Reveal())
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		_ = json.Unmarshal(b, &v) // the fault's body need not be JSON
		return resp.StatusCode, v
	}
	if status, _ := get(); status != 500 {
		t.Errorf("the fault did not strike: %d", status)
	}
	if status, v := get(); status != 200 || v["display_phone_number"] == nil {
		t.Errorf("after it: %d %v", status, v)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}

	for file, want := range map[string]core.Code{filepath.Join(t.TempDir(), "none.json"): core.NotFound, "demo_test.go": core.InvalidInput} {
		if _, err := demo.Alone(assets.Demo(), assets.Rules(), sandbox.Options{Now: time.Now}, file); core.CodeOf(err) != want {
			t.Errorf("faults from %s: %v", file, err)
		}
	}
}

// The people of the demo have bought and agreed, once however often it opens.
func TestSell(t *testing.T) {
	w, shut := openWorld(t, t.TempDir(), 1)
	defer shut()
	if err := w.far.Furnish(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := people.New(w.shop.DB, assets.Rules(), w.shop.Now)
	if err != nil {
		t.Fatal(err)
	}
	var first [3]int
	for round := range 2 {
		if err := demo.Sell(t.Context(), assets.Demo(), s); err != nil {
			t.Fatal(err)
		}
		for i, expr := range []string{"orders>0", "optin", "aov_tier:high and freq:monthly"} {
			n, err := s.Count(t.Context(), expr)
			if err != nil || n == 0 || round > 0 && n != first[i] {
				t.Errorf("%s: %d people, %d before, %v", expr, n, first[i], err)
			}
			first[i] = n
		}
	}
}
