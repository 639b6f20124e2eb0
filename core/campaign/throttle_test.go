package campaign_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
)

func throttle(t interface{ Fatal(...any) }, r *campaign.Rules, l campaign.Limits, state []byte) *campaign.Throttle {
	th, err := campaign.NewThrottle(r, l, state)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// Over any minute never above the set rate, and at least 97 % of it, for a
// runner that wakes when it is told to and comes a little late each time.
func TestPace(t *testing.T) {
	r := rules(t)
	for _, perMinute := range []int{1, 7, 30, 600, 3000} {
		for _, late := range []time.Duration{0, 40 * time.Millisecond, 300 * time.Millisecond, 1500 * time.Millisecond} {
			t.Run(fmt.Sprint(perMinute, late), func(t *testing.T) {
				th := throttle(t, r, campaign.Limits{PerMinute: perMinute, PerDay: -1}, nil)
				var sent []time.Time
				end := t0.Add(20 * time.Minute)
				for now, who := t0, int64(0); now.Before(end); who++ {
					for {
						w := th.Room(now)
						if w.Reason == campaign.NoWait {
							break
						}
						now = w.Until.Add(late)
					}
					th.Count(now, who, false)
					sent = append(sent, now)
				}
				worst, lo := 0, 0
				for hi := range sent {
					for !sent[lo].After(sent[hi].Add(-time.Minute)) {
						lo++
					}
					worst = max(worst, hi-lo+1)
				}
				if worst > perMinute {
					t.Errorf("%d in one minute, allowed are %d", worst, perMinute)
				}
				if got, want := float64(len(sent)), 0.97*20*float64(perMinute); got < want {
					t.Errorf("%.0f in 20 minutes, at least %.0f were asked for", got, want)
				}
			})
		}
	}
}

// naive remembers everything.
type naive struct {
	limits campaign.Limits
	all    []event
}

type event struct {
	at      time.Time
	contact int64
	outside bool
}

// within counts what lies in (now-span, now].
func (n *naive) within(now time.Time, span time.Duration, each func(event) bool) (k int) {
	for _, e := range n.all {
		if e.at.After(now.Add(-span)) && !e.at.After(now) && each(e) {
			k++
		}
	}
	return k
}

func (n *naive) people(now time.Time, but int64) int {
	met := map[int64]bool{}
	n.within(now, 24*time.Hour, func(e event) bool {
		if e.outside && e.contact != but {
			met[e.contact] = true
		}
		return true
	})
	return len(met)
}

// over tells which limit one more message would break.
func (n *naive) over(now time.Time, contact int64, outside bool) campaign.WaitReason {
	any := func(event) bool { return true }
	switch {
	case n.within(now, time.Minute, any) >= n.limits.PerMinute:
		return campaign.AtPace
	case n.limits.PerHour > 0 && n.within(now, time.Hour, any) >= n.limits.PerHour:
		return campaign.HourLimit
	case n.limits.PerDayCap > 0 && n.within(now, 24*time.Hour, any) >= n.limits.PerDayCap:
		return campaign.WarmUp
	case outside && n.limits.PerDay >= 0 && n.people(now, contact) >= n.limits.PerDay:
		return campaign.TierLimit
	}
	return campaign.NoWait
}

// roomy reports that all limits have room even when what happened up to a
// step before the span still counted.
func (n *naive) roomy(now time.Time, contact int64, outside bool) bool {
	any := func(event) bool { return true }
	same := func(e event) bool { return e.contact == contact }
	return n.within(now, time.Minute+200*time.Millisecond, any) < n.limits.PerMinute &&
		(n.limits.PerHour == 0 || n.within(now, time.Hour+5*time.Second, any) < n.limits.PerHour) &&
		(n.limits.PerDayCap == 0 || n.within(now, 24*time.Hour+5*time.Minute, any) < n.limits.PerDayCap) &&
		(!outside || n.limits.PerDay < 0 || n.people(now, contact) < n.limits.PerDay) &&
		n.within(now, time.Hour, same) < 45 && // the pair limit: a burst of 45, or 6 s apart
		n.within(now, 4*time.Second, any) == 0 // the pace itself
}

// Against a model that remembers all: no limit is ever broken, nothing is held
// back without one, and what is told to wait may go when the wait is over.
// Restarts and clocks set back lie in between.
func TestThrottleAgainstTheNaiveModel(t *testing.T) {
	r := rules(t)
	rapid.Check(t, func(t *rapid.T) {
		limits := campaign.Limits{PerMinute: rapid.IntRange(15, 60).Draw(t, "minute"), PerHour: rapid.SampledFrom([]int{0, 20, 100}).Draw(t, "hour"),
			PerDay: rapid.SampledFrom([]int{-1, 3, 10}).Draw(t, "people"), PerDayCap: rapid.SampledFrom([]int{0, 30, 200}).Draw(t, "cap")}
		th := throttle(t, r, limits, nil)
		m := naive{limits: limits}
		now := t0
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0: // restart: state from disk, people from the store
				state, err := th.State()
				if err != nil {
					t.Fatal(err)
				}
				th = throttle(t, r, limits, state)
				for _, e := range m.all {
					if e.outside && e.at.After(now.Add(-24*time.Hour)) {
						th.Meet(e.contact, e.at)
					}
				}
			case 1: // the clock is set back: for the model all that was is as long ago as before
				back := time.Duration(rapid.IntRange(1, 200_000).Draw(t, "back")) * time.Second
				th.Room(now) // so that it knows the time from before
				for i := range m.all {
					m.all[i].at = m.all[i].at.Add(-back)
				}
				now = now.Add(-back)
			case 2:
				now = now.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(t, "long")) * time.Second)
			default:
				now = now.Add(time.Duration(rapid.IntRange(0, 5_000).Draw(t, "short")) * time.Millisecond)
			}
			contact := int64(rapid.IntRange(1, 12).Draw(t, "contact"))
			outside := rapid.Bool().Draw(t, "outside")
			w := th.Ask(now, contact, outside)
			if w.Reason == campaign.NoWait {
				if why := m.over(now, contact, outside); why != campaign.NoWait {
					t.Fatalf("one more breaks %s", why)
				}
				th.Count(now, contact, outside)
				m.all = append(m.all, event{now, contact, outside})
				continue
			}
			if m.roomy(now, contact, outside) {
				t.Fatalf("told to wait for %s although there is room", w.Reason)
			}
			if !w.Until.After(now) {
				t.Fatalf("wait for %s until %v, which is not later than %v", w.Reason, w.Until, now)
			}
			if rapid.Bool().Draw(t, "sit it out") {
				now = w.Until
				again := th.Ask(now, contact, outside)
				if again.Reason == w.Reason && w.Reason != campaign.AtPace {
					t.Fatalf("after the wait for %s it is to wait for %s until %v", w.Reason, again.Reason, again.Until)
				}
			}
		}
	})
}

func TestTierLimitTellsWhen(t *testing.T) {
	r := rules(t)
	th := throttle(t, r, campaign.Limits{PerMinute: 3000, PerDay: 2}, nil)
	th.Meet(2, t0.Add(-1*time.Hour))
	th.Meet(1, t0.Add(-20*time.Hour)) // out of order, as a store may tell it
	th.Meet(1, t0.Add(-2*time.Hour))  // and again: the later one counts
	th.Meet(1, t0.Add(-3*time.Hour))
	if left := th.LeftToday(t0); left != 0 {
		t.Fatalf("%d left", left)
	}
	w := th.Ask(t0, 3, true)
	if w.Reason != campaign.TierLimit || !w.Until.Equal(t0.Add(22*time.Hour)) {
		t.Fatalf("%+v, want until the first of them is 24 h ago", w)
	}
	if w := th.Ask(t0, 1, true); w.Reason != campaign.NoWait {
		t.Fatalf("somebody of today counts once: %+v", w)
	}
	if w := th.Ask(t0, 3, false); w.Reason != campaign.NoWait {
		t.Fatalf("inside a window nobody counts (P-40): %+v", w)
	}
	if w := th.Ask(w.Until, 3, true); w.Reason != campaign.NoWait {
		t.Fatalf("after the wait: %+v", w)
	}
}

func TestPairLimit(t *testing.T) {
	r := rules(t)
	th := throttle(t, r, campaign.Limits{PerMinute: 4800, PerDay: -1}, nil)
	now := t0
	for i := range 45 {
		now = now.Add(20 * time.Millisecond)
		if w := th.Ask(now, 7, false); w.Reason != campaign.NoWait {
			t.Fatalf("message %d of a burst of 45 waits: %+v", i+1, w)
		}
		th.Count(now, 7, false)
	}
	now = now.Add(20 * time.Millisecond)
	w := th.Ask(now, 7, false)
	if w.Reason != campaign.PairWait || w.Until.Sub(t0) > 7*time.Second {
		t.Fatalf("the 46th: %+v", w)
	}
	if w := th.Ask(now, 8, false); w.Reason != campaign.NoWait {
		t.Fatalf("another person must not wait: %+v", w)
	}
	state, err := th.State()
	if err != nil {
		t.Fatal(err)
	}
	if w := throttle(t, r, campaign.Limits{PerMinute: 4800, PerDay: -1}, state).Ask(now, 7, false); w.Reason != campaign.PairWait {
		t.Fatalf("a restart forgets the debt: %+v", w)
	}
	if w := th.Ask(now.Add(45*6*time.Second), 7, false); w.Reason != campaign.NoWait {
		t.Fatalf("all is paid back: %+v", w)
	}
}

func TestSlowdownAndRecovery(t *testing.T) {
	r := rules(t)
	rate := func(th *campaign.Throttle, from time.Time, span time.Duration) (n int) {
		for now := from; now.Before(from.Add(span)); {
			if w := th.Room(now); w.Reason != campaign.NoWait {
				now = w.Until
				continue
			}
			th.Count(now, int64(n), false)
			n++
		}
		return n
	}
	th := throttle(t, r, campaign.Limits{PerMinute: 600, PerDay: -1}, nil)
	full := rate(th, t0, time.Minute)
	now := t0.Add(time.Minute)
	th.Slow(now, 0)
	now = now.Add(10 * time.Millisecond)
	th.Slow(now, 0) // the same burst: halved once
	w := th.Room(now)
	if w.Reason != campaign.Throttled || w.Until.Before(now.Add(r.SlowRest.Value.D()-10*time.Millisecond)) {
		t.Fatalf("%+v", w)
	}
	half := rate(th, w.Until, 10*time.Second) * 6
	if half < full*40/100 || half > full*60/100 {
		t.Errorf("right after a 130429 it goes at %d a minute, before at %d", half, full)
	}
	state, err := th.State()
	if err != nil {
		t.Fatal(err)
	}
	restarted := throttle(t, r, campaign.Limits{PerMinute: 600, PerDay: -1}, state)
	if again := rate(restarted, w.Until.Add(10*time.Second), 10*time.Second) * 6; again > full*70/100 {
		t.Errorf("a restart forgets the slowdown: %d a minute", again)
	}
	if back := rate(th, w.Until.Add(r.Recover.Value.D()), time.Minute); back < full*97/100 {
		t.Errorf("it found its way back to %d of %d", back, full)
	}
	for range 50 { // hit again and again it does not stop for good
		now = now.Add(time.Hour)
		th.Slow(now, 0)
		now = now.Add(2 * time.Second)
		th.Slow(now, 0)
	}
	if left := rate(th, now.Add(10*time.Second), time.Minute); left < 1 {
		t.Error("it stands still")
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	r := rules(t)
	th := throttle(t, r, campaign.Limits{PerMinute: 600, PerDay: -1}, nil)
	th.Slow(t0, 0)
	th.Slow(t0.Add(500*time.Millisecond), 90*time.Second) // of the same burst, but it says how long
	if w := th.Room(t0.Add(time.Second)); w.Reason != campaign.Throttled || !w.Until.Equal(t0.Add(90*time.Second+500*time.Millisecond)) {
		t.Fatalf("%+v", w)
	}
}

func TestRepliesAreCountedAndPassFirst(t *testing.T) {
	r := rules(t)
	th := throttle(t, r, campaign.Limits{PerMinute: 30, PerDay: -1}, nil)
	for i := range 30 {
		th.Count(t0, int64(i), false) // thirty answers at once: nobody asks before an answer
	}
	if w := th.Room(t0.Add(time.Second)); w.Reason == campaign.NoWait {
		t.Fatal("the campaign goes on top of the answers")
	}
	if w := th.Room(t0.Add(time.Second)); w.Until.Sub(t0) > 2*time.Minute {
		t.Fatalf("and it is held up for too long: %+v", w)
	}
	minute, hour, day := th.SentIn(t0.Add(time.Second))
	if minute != 30 || hour != 30 || day != 30 {
		t.Errorf("%d %d %d", minute, hour, day)
	}
}

func TestLimitsOf(t *testing.T) {
	r := rules(t)
	week := t0.Add(-7 * 24 * time.Hour)
	for name, c := range map[string]struct {
		pace   campaign.Pace
		health core.Health
		begun  time.Time
		want   campaign.Limits
	}{
		"the seeds' pace":          {campaign.Pace{}, core.Health{Limit: 2000}, time.Time{}, campaign.Limits{PerMinute: 30, PerDay: 2000}},
		"unknown: the lowest step": {campaign.Pace{}, core.Health{}, time.Time{}, campaign.Limits{PerMinute: 30, PerDay: 250}},
		"unlimited":                {campaign.Pace{PerMinute: 100}, core.Health{Limit: -1}, time.Time{}, campaign.Limits{PerMinute: 100, PerDay: -1}},
		"never above 50 a second":  {campaign.Pace{PerMinute: 4000}, core.Health{Limit: -1}, time.Time{}, campaign.Limits{PerMinute: 3000, PerDay: -1}},
		"but for who takes it on":  {campaign.Pace{PerMinute: 4000, Override: "ada"}, core.Health{Limit: -1}, time.Time{}, campaign.Limits{PerMinute: 4000, PerDay: -1}},
		"to the platform's end":    {campaign.Pace{PerMinute: 9000, Override: "ada"}, core.Health{Limit: -1}, time.Time{}, campaign.Limits{PerMinute: 4800, PerDay: -1}},
		"a new number":             {campaign.Pace{}, core.Health{Limit: 2000}, week, campaign.Limits{PerMinute: 30, PerHour: 5000, PerDay: 2000, PerDayCap: 375}},
		"after thirty days":        {campaign.Pace{}, core.Health{Limit: 2000}, t0.Add(-30 * 24 * time.Hour), campaign.Limits{PerMinute: 30, PerDay: 2000}},
	} {
		if got := r.LimitsOf(c.pace, c.health, c.begun, t0, 375); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestThrottleRefusesABrokenState(t *testing.T) {
	for _, s := range []string{"{", `{"minute":{"span":0,"step":0}}`, `{"minute":[]}`, `{"tokens":1e300}`, `{"ahead":-1}`, `{"slow":{"from":7}}`,
		`{"minute":{"span":60000000000,"step":200000000,"first":9000000000000000000,"count":[1]}}`,
		`{"minute":{"span":60000000000,"step":200000000,"first":1,"count":[-1]},"last":"2026-11-24T10:00:00Z"}`} {
		if _, err := campaign.NewThrottle(rules(t), campaign.Limits{PerMinute: 1}, []byte(s)); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// Whatever lies on the disk: it is refused, or works.
func FuzzThrottleState(f *testing.F) {
	r := rules(f)
	th := throttle(f, r, campaign.Limits{PerMinute: 30, PerHour: 100, PerDay: 5, PerDayCap: 50}, nil)
	for i := range 10 {
		th.Count(t0.Add(time.Duration(i)*time.Second), int64(i), true)
	}
	th.Slow(t0.Add(time.Minute), time.Second)
	state, err := th.State()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(state)
	f.Add([]byte(`{"pairs":{"1":"2300-01-01T00:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, state []byte) {
		th, err := campaign.NewThrottle(r, campaign.Limits{PerMinute: 30, PerHour: 100, PerDay: 5, PerDayCap: 50}, state)
		if err != nil {
			return
		}
		now := t0
		for i := range int64(40) {
			if w := th.Ask(now, i%3, true); w.Reason == campaign.NoWait {
				th.Count(now, i%3, true)
			} else if !w.Until.After(now) {
				t.Fatalf("wait for %s until %v at %v", w.Reason, w.Until, now)
			}
			now = now.Add(time.Second)
		}
		if _, err := th.State(); err != nil {
			t.Fatal(err)
		}
	})
}
