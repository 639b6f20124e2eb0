package outbox

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

// TestRateHolds: whatever is asked and however the clock jumps forward, no more
// leaves in any stretch of time than the rate and what it saves up allow.
func TestRateHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rate{max: rapid.Float64Range(1, 500).Draw(t, "rate"), floor: 1, recover: time.Minute}
		start := time.Unix(1_700_000_000, 0)
		now, sent := start, 0
		for range rapid.IntRange(1, 200).Draw(t, "turns") {
			k, wait := r.free(rapid.IntRange(1, 64).Draw(t, "n"), now)
			r.spend(k)
			sent += k
			if (k == 0) != (wait > 0) {
				t.Fatalf("%d free, but a wait of %v", k, wait)
			}
			if rapid.Bool().Draw(t, "idle") {
				wait += time.Duration(rapid.IntRange(0, int(time.Second)).Draw(t, "gap"))
			}
			now = now.Add(wait)
			most := r.max*(now.Sub(start).Seconds()+saved.Seconds()) + 1
			if float64(sent) > most+1e-3 {
				t.Fatalf("%d sent in %v at %.1f per second", sent, now.Sub(start), r.max)
			}
		}
	})
}

// TestRateKeepsUp: who takes each place as it comes free gets the full rate.
func TestRateKeepsUp(t *testing.T) {
	r := rate{max: 80, floor: 1, recover: time.Minute}
	start := time.Unix(1_700_000_000, 0)
	now, sent := start, 0
	for now.Sub(start) < 10*time.Second {
		k, wait := r.free(64, now)
		r.spend(k)
		sent += k
		now = now.Add(wait)
	}
	if sent < 799 || sent > 803 {
		t.Errorf("%d sent in 10 s at 80 per second", sent)
	}
}

func TestRateSlowsAndRecovers(t *testing.T) {
	r := rate{max: 80, floor: 1, recover: time.Minute}
	now := time.Unix(1_700_000_000, 0)
	if !r.slow(now) || r.slow(now.Add(500*time.Millisecond)) {
		t.Error("a burst counts once")
	}
	if v := r.perSecond(now); v != 40 {
		t.Errorf("half of 80 is %v", v)
	}
	if v := r.perSecond(now.Add(15 * time.Second)); v != 60 {
		t.Errorf("after a quarter of the time: %v", v)
	}
	if v := r.perSecond(now.Add(time.Hour)); v != 80 {
		t.Errorf("after an hour: %v", v)
	}
	for i := range 20 {
		now = now.Add(time.Second)
		r.slow(now)
		if v := r.perSecond(now); v < 1 {
			t.Fatalf("below the floor after %d: %v", i, v)
		}
	}
	back := now.Add(-time.Hour) // the clock is set back
	if k, wait := r.free(1, back); k == 0 && wait > time.Second {
		t.Errorf("a clock set back stops the line for %v", wait)
	}
	if !r.slow(back) {
		t.Error("a clock set back hides a throttled answer")
	}
	slowed := rate{max: 80, floor: 1, recover: time.Minute}
	slowed.slow(now)
	for d := range 61 {
		slowed.perSecond(back.Add(time.Duration(d) * time.Second))
	}
	if v := slowed.perSecond(back.Add(61 * time.Second)); v != 80 {
		t.Errorf("a minute after the clock was set back an hour: %v per second", v)
	}
	free := rate{}
	if k, wait := free.free(64, now); k != 64 || wait != 0 {
		t.Errorf("no limit: %d, %v", k, wait)
	}
}

func TestBackoff(t *testing.T) {
	p := Policy{First: core.Duration(time.Second), Max: core.Duration(time.Minute), Jitter: 0.25, PairBase: 4, PairMax: core.Duration(17*time.Minute + 4*time.Second)}
	for n, want := range []time.Duration{time.Second, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, time.Minute, time.Minute} {
		if got := p.backoff(n, 0); got != want {
			t.Errorf("try %d: %v, want %v", n, got, want)
		}
		if got := p.backoff(n, 0.999); got < want*3/4 || got > want {
			t.Errorf("try %d with luck: %v of %v", n, got, want)
		}
	}
	for n, want := range []time.Duration{time.Second, 4 * time.Second, 16 * time.Second, 64 * time.Second, 256 * time.Second, 1024 * time.Second, 1024 * time.Second} {
		if got := p.pair(n + 1); got != want {
			t.Errorf("pair %d: %v, want %v", n, got, want)
		}
	}
	if p.backoff(1<<30, 0) != time.Minute || p.pair(1<<30) != p.PairMax.D() {
		t.Error("a long outage overflows the wait")
	}
}

func TestLoadPolicy(t *testing.T) {
	b, err := os.ReadFile("../../assets/rules/outbox.json")
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for name, change := range map[string][2]string{
		"no tries":                 {`"tries": 5`, `"tries": 0`},
		"claim ends with the send": {`"claim": "10m"`, `"claim": "45s"`},
		"floor above the rate":     {`"floor": 1`, `"floor": 100`},
		"jitter above one":         {`"jitter": 0.25`, `"jitter": 1.5`},
		"a time that is none":      {`"first": "1s"`, `"first": "soon"`},
	} {
		file := strings.Replace(good, change[0], change[1], 1)
		if file == good {
			t.Fatalf("%s: nothing changed", name)
		}
		if _, err := LoadPolicy(fstest.MapFS{"outbox.json": {Data: []byte(file)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadPolicy(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
}

// TestCertain: a failed upload never leaves the message open.
func TestCertain(t *testing.T) {
	for _, err := range []error{
		errors.New("?"), core.Fail(core.Unreachable, "x", nil), core.Fail(core.NotFound, "x", nil),
		core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}),
		core.Fail(core.ProviderRefused, "x", &core.ProviderError{Class: core.ClassMedia}),
		&core.PanicError{Where: "upload"},
	} {
		if o := judge(core.Accept{}, certain(err), false); o.verdict == unsure || o.verdict == taken {
			t.Errorf("%v: verdict %d", err, o.verdict)
		}
	}
}

// TestRestEndsWithTheClock: a rest is over when its time has passed, and when
// the clock was set back before it.
func TestRestEndsWithTheClock(t *testing.T) {
	p := Policy{First: core.Duration(time.Second), Max: core.Duration(time.Minute), Trip: 3}
	now := time.Unix(1_700_000_000, 0)
	var s stumble
	s.note(&outcome{verdict: later, trouble: true, down: true}, now, &p, 0)
	for _, c := range []struct {
		at   time.Duration
		want bool
	}{{0, true}, {999 * time.Millisecond, true}, {time.Second, false}, {-time.Hour, false}} {
		if got := s.resting(now.Add(c.at)); got != c.want {
			t.Errorf("resting %v after the trouble: %v", c.at, got)
		}
	}
	if !s.probing(&p) {
		t.Error("the next message is no trial")
	}
}
