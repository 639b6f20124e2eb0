package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/coretest"
)

// mailbox is a store with settings that can be made to fail.
type mailbox struct {
	*coretest.Mem
	mu       sync.Mutex
	settings map[string][]byte
	full     bool // nothing can be written
	dark     bool // settings cannot
}

func (d *mailbox) Setting(_ context.Context, key string, v any) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, ok := d.settings[key]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, v)
}

func (d *mailbox) SetSetting(_ context.Context, key string, v any) (err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full || d.dark {
		return core.Fail(core.DiskFull, "test", nil)
	}
	d.settings[key], err = json.Marshal(v)
	return err
}

func (d *mailbox) AppendPolled(ctx context.Context, channel int64, body []byte, at time.Time) (int64, error) {
	d.mu.Lock()
	full := d.full
	d.mu.Unlock()
	if full {
		return 0, core.Fail(core.DiskFull, "test", nil)
	}
	return d.Mem.AppendPolled(ctx, channel, body, at)
}

// line is a provider that is asked for news; its cursor is a place in the list.
type line struct {
	coretest.Gateway
	mu    sync.Mutex
	items []string
	page  int
	err   error
	asked []time.Time
	hang  bool
}

func (l *line) Poll(ctx context.Context, cursor string) (core.Polled, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, time.Now())
	if l.hang {
		l.mu.Unlock()
		<-ctx.Done()
		l.mu.Lock()
		return core.Polled{}, ctx.Err()
	}
	if l.err != nil {
		return core.Polled{}, l.err
	}
	from, err := strconv.Atoi("0" + cursor)
	if err != nil {
		return core.Polled{}, err
	}
	to := min(from+l.page, len(l.items))
	p := core.Polled{Cursor: strconv.Itoa(to), More: to < len(l.items)}
	for _, s := range l.items[from:to] {
		p.Bodies = append(p.Bodies, []byte(s))
	}
	return p, nil
}

// lines are gateways by the channel's name.
type lines map[string]core.Gateway

func (l lines) Gateway(_ context.Context, ch core.Channel) (core.Gateway, error) {
	if gw, ok := l[ch.Name]; ok {
		return gw, nil
	}
	return nil, core.Fail(core.NoSecret, "test", nil)
}

func pollable(items ...string) *line {
	return &line{Gateway: coretest.Gateway{Caps: core.Capabilities{PollInbound: true}}, items: items, page: 2}
}

func pollPolicy(tb testing.TB) PollPolicy {
	tb.Helper()
	p, err := LoadPollPolicy(os.DirFS("../../assets/rules"))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func newMailbox(names ...string) (*mailbox, func(testing.TB, lines, string) *Poller) {
	d := &mailbox{Mem: coretest.New(core.NewFeed()), settings: map[string][]byte{}}
	return d, func(tb testing.TB, ls lines, owner string) *Poller {
		for _, n := range names {
			if _, err := d.ChannelByName(context.Background(), n); err != nil {
				d.AddChannel(tb, n)
			}
		}
		return &Poller{Store: d, Gateways: ls, Policy: pollPolicy(tb), Now: time.Now, Log: slog.New(slog.DiscardHandler), Owner: owner}
	}
}

// kept is what the journal holds, how often.
func (d *mailbox) kept() map[string]int {
	n := map[string]int{}
	for _, e := range d.Journal() {
		n[string(e.Body)]++
	}
	return n
}

// running runs a poller for a while of fake time.
func running(t *testing.T, p *Poller, during time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	time.Sleep(during)
	synctest.Wait()
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

// TestPollPace: soon after news, later while there are none, seldom beside a
// callback, and much later with a key that is wrong.
func TestPollPace(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		public string
		within time.Duration
		times  int
		way    core.Way
	}{
		"quiet":         {nil, "", 5 * time.Minute, 12, ""}, // 0 5 15 35, then each 30 s
		"callbacks too": {nil, "https://relay.example.com", 16 * time.Minute, 4, ""},
		"chosen":        {nil, "https://relay.example.com", 5 * time.Minute, 12, core.ByPolling},
		"never":         {nil, "", 50 * time.Minute, 0, core.ByTunnel},
		"wrong key":     {core.Fail(core.ProviderRefused, "t", &core.ProviderError{Class: core.ClassAuth}), "", 21 * time.Minute, 3, ""},
		"asked to wait": {core.Fail(core.RateLimited, "t", &core.ProviderError{Class: core.ClassThrottle, RetryAfter: 3 * time.Minute}), "", 8 * time.Minute, 2, ""},
		"out of reach":  {core.Fail(core.Unreachable, "t", nil), "", 70 * time.Second, 4, ""}, // 0 5 15 35 75
		"stays at most": {core.Fail(core.Unreachable, "t", nil), "", 50 * time.Minute, 11, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, poller := newMailbox("shop")
				l := pollable()
				l.err = tt.err
				p := poller(t, lines{"shop": l}, "one")
				ch, err := d.ChannelByName(t.Context(), "shop")
				if err != nil {
					t.Fatal(err)
				}
				ch.Account.PublicURL, ch.Account.Receive = tt.public, tt.way
				if _, err := d.SaveChannel(t.Context(), ch); err != nil {
					t.Fatal(err)
				}
				running(t, p, tt.within)
				if len(l.asked) != tt.times {
					t.Errorf("asked %d times, want %d", len(l.asked), tt.times)
				}
			})
		})
	}
}

// TestPollWithANewKey: a key that was renewed is asked with at once, not when
// the long wait for one that is wrong is over.
func TestPollWithANewKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, poller := newMailbox("shop")
		l := pollable("one")
		l.err = core.Fail(core.ProviderRefused, "t", &core.ProviderError{Class: core.ClassAuth})
		p := poller(t, lines{"shop": l}, "one")
		go func() {
			time.Sleep(2 * time.Minute)
			l.mu.Lock()
			l.err = nil
			l.mu.Unlock()
			ch, err := d.ChannelByName(t.Context(), "shop")
			if err == nil {
				_, err = d.SaveChannel(t.Context(), ch) // as a rotation does
			}
			if err != nil {
				t.Error(err)
			}
		}()
		running(t, p, 2*time.Minute+2*p.Policy.Look.D())
		if d.kept()["one"] != 1 {
			t.Errorf("%d came in, asked at %v", d.kept()["one"], l.asked)
		}
	})
}

// TestPollApart: a channel that hangs, one whose key is gone and one that cannot
// be asked keep no other waiting.
func TestPollApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs, works, never := pollable("a"), pollable("b", "c", "d"), pollable("e")
		hangs.hang, never.Caps.PollInbound = true, false
		d, poller := newMailbox("hangs", "keyless", "never", "works")
		running(t, poller(t, lines{"hangs": hangs, "works": works, "never": never}, "one"), time.Minute)
		if got := d.kept(); !maps.Equal(got, map[string]int{"b": 1, "c": 1, "d": 1}) {
			t.Errorf("kept %v", got)
		}
		if len(never.asked) != 0 {
			t.Error("asked one that cannot be asked")
		}
	})
}

// TestPollOneProcess: two processes on the same data ask once between them, and
// the second takes over when the first leaves.
func TestPollOneProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, poller := newMailbox("shop")
		l := pollable("a", "b", "c")
		first, second := poller(t, lines{"shop": l}, "one"), poller(t, lines{"shop": l}, "two")
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 2)
		go func() { done <- first.Run(ctx) }()
		time.Sleep(time.Second)
		ctx2, stop2 := context.WithCancel(t.Context())
		go func() { done <- second.Run(ctx2) }()
		time.Sleep(3 * time.Minute)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		l.mu.Lock()
		l.items = append(l.items, "d")
		l.mu.Unlock()
		time.Sleep(3 * time.Minute)
		stop2()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := d.kept(); !maps.Equal(got, map[string]int{"a": 1, "b": 1, "c": 1, "d": 1}) {
			t.Errorf("kept %v", got)
		}
	})
}

// TestPollLosesNothing: whatever fails when, everything is kept, and twice only
// where the cursor could not be.
func TestPollLosesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d, poller := newMailbox("shop")
		l := pollable()
		l.page = rapid.IntRange(1, 4).Draw(rt, "page")
		p := poller(t, lines{"shop": l}, "one")
		ch, err := d.ChannelByName(t.Context(), "shop")
		if err != nil {
			rt.Fatal(err)
		}
		hold := &core.Hold{Store: d, Name: "poll:1", Owner: "one", TTL: time.Hour, Now: time.Now}
		dark := false
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			d.full, d.dark, l.err = false, false, nil
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1:
				for range rapid.IntRange(1, 5).Draw(rt, "new") {
					l.items = append(l.items, fmt.Sprint(len(l.items)))
				}
			case 2:
				d.full = true
			case 3:
				d.dark, dark = true, true
			case 4:
				l.err = errors.New("out of reach")
			case 5:
				p = poller(t, lines{"shop": l}, "one") // started again
			}
			_, _ = p.ask(t.Context(), hold, ch) // failures are the point
		}
		d.full, d.dark, l.err = false, false, nil
		if _, err := p.ask(t.Context(), hold, ch); err != nil {
			rt.Fatal(err)
		}
		got := d.kept()
		if len(got) != len(l.items) {
			rt.Fatalf("kept %d of %d", len(got), len(l.items))
		}
		if most := slices.Max(append(slices.Collect(maps.Values(got)), 0)); most > 1 && !dark {
			rt.Fatalf("kept %d times", most)
		}
	})
}

func TestLoadPollPolicy(t *testing.T) {
	if p := pollPolicy(t); p.Source == "" || p.Date == "" {
		t.Errorf("%+v", p)
	}
	for _, file := range []string{"", "{}", `{"news":{"first":"1s","idle":"0s"}}`, `{"news":7}`} {
		if _, err := LoadPollPolicy(fstest.MapFS{"fetch.json": {Data: []byte(file)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%q: %v", file, err)
		}
	}
	if _, err := LoadPollPolicy(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
}
