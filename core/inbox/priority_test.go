package inbox_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/inbox"
)

func waiting(r core.Rules, since time.Time, tier core.ValueTier) *core.Conversation {
	c := &core.Conversation{State: core.Open, WaitingSince: since, LastAt: since, Contact: core.Contact{Value: tier}}
	inbox.Refresh(c, r)
	return c
}

func TestLevels(t *testing.T) {
	r, now := dayRules(t), at(t, "Europe/Rome", "2026-11-24 10:00")
	for after, want := range map[time.Duration]inbox.Level{
		0: inbox.LevelOK, 5*time.Minute - 1: inbox.LevelOK, 5 * time.Minute: inbox.LevelSoon, 30*time.Minute - 1: inbox.LevelSoon,
		30 * time.Minute: inbox.LevelLate, 2*time.Hour - 1: inbox.LevelLate, 2 * time.Hour: inbox.LevelRed, 3 * time.Hour: inbox.LevelRed,
		-time.Hour: inbox.LevelOK,
	} {
		s := inbox.SLAOf(waiting(r, now, core.ValueNone), r, now.Add(after))
		if s.Level != want || s.Elapsed != max(after, 0) || !s.Due.Equal(now.Add(5*time.Minute)) || !s.WaitingSince.Equal(now) {
			t.Errorf("after %v: %+v, want %s", after, s, want)
		}
	}
}

func TestLevelWhileClosed(t *testing.T) {
	r := dayRules(t)
	c := waiting(r, at(t, "Europe/Rome", "2026-11-24 12:50"), core.ValueNone)
	s := inbox.SLAOf(c, r, at(t, "Europe/Rome", "2026-11-24 14:30"))
	if s.Level != inbox.LevelSoon || s.Elapsed != 10*time.Minute || !s.ClosedUntil.Equal(at(t, "Europe/Rome", "2026-11-24 15:00")) {
		t.Errorf("%+v", s)
	}
	if s := inbox.SLAOf(c, r, at(t, "Europe/Rome", "2026-11-24 15:00")); !s.ClosedUntil.IsZero() {
		t.Errorf("open again: %+v", s)
	}
}

func TestNobodyWaits(t *testing.T) {
	r, now := dayRules(t), noon(t)
	for name, c := range map[string]*core.Conversation{
		"answered": {State: core.Open},
		"done":     {State: core.Done, WaitingSince: now},
		"snoozed":  {State: core.Snoozed, WaitingSince: now},
		"courtesy": {State: core.Open, CourtesySince: now},
	} {
		s := inbox.SLAOf(c, r, now)
		p := inbox.PriorityOf(c, r, now)
		if s.Level != inbox.LevelNone || s.Elapsed != 0 || p.Score != 0 || s.Courtesy != (name == "courtesy") {
			t.Errorf("%s: %+v %+v", name, s, p)
		}
	}
}

func TestPriorityReasons(t *testing.T) {
	r, now := dayRules(t), at(t, "Europe/Rome", "2026-11-24 11:52")
	c := waiting(r, now.Add(-112*time.Minute), core.ValueHigh)
	c.WindowCloses = now.Add(2 * time.Hour)
	p := inbox.PriorityOf(c, r, now)
	want := []inbox.Reason{{Code: inbox.WhyValue, Tier: core.ValueHigh}, {Code: inbox.WhyWaiting, For: 112 * time.Minute}, {Code: inbox.WhyWindow, For: 2 * time.Hour}}
	if !slices.Equal(p.Why, want) || p.Score < 85 || p.Score > 100 {
		t.Errorf("%+v", p)
	}
	closed := at(t, "Europe/Rome", "2026-11-24 14:00")
	if p := inbox.PriorityOf(waiting(r, now, core.ValueLow), r, closed); !slices.Equal(p.Why,
		[]inbox.Reason{{Code: inbox.WhyWaiting, For: 68 * time.Minute}, {Code: inbox.WhyClosed, For: time.Hour}}) {
		t.Errorf("%+v", p)
	}
	thanks := &core.Conversation{State: core.Open, CourtesySince: now, WindowCloses: now.Add(20 * time.Hour)}
	if p := inbox.PriorityOf(thanks, r, now); !slices.Equal(p.Why, []inbox.Reason{{Code: inbox.WhyCourtesy}}) {
		t.Errorf("%+v", p)
	}
	shut := &core.Conversation{State: core.Open, WindowCloses: now}
	if p := inbox.PriorityOf(shut, r, now); len(p.Why) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestScoreMarks(t *testing.T) {
	r := shopRules(t) // always open
	since := noon(t)
	last := -1
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 45}, {5 * time.Minute, 60}, {30 * time.Minute, 75}, {2 * time.Hour, 90}, {25 * time.Hour, 100}, {1000 * time.Hour, 100}} {
		got := inbox.PriorityOf(waiting(r, since, core.ValueNone), r, since.Add(c.after)).Score
		if got != c.want || got < last {
			t.Errorf("after %v: %d, want %d", c.after, got, c.want)
		}
		last = got
	}
	r.Hours = core.Hours{} // never opens
	if got := inbox.PriorityOf(waiting(r, since, core.ValueHigh), r, since).Score; got != 10 {
		t.Errorf("in a shop that never opens: %d", got)
	}
}

// TestOrderIsTheSameAtAnyTime holds SortKey to the score: what the index says
// once is right whenever the list is drawn.
func TestOrderIsTheSameAtAnyTime(t *testing.T) {
	base := shopRules(t)
	tiers := []core.ValueTier{core.ValueNone, core.ValueLow, core.ValueMid, core.ValueHigh}
	rapid.Check(t, func(t *rapid.T) {
		r := base
		if rapid.Bool().Draw(t, "hours") {
			r.Hours = drawHours(t)
		}
		var cs []*core.Conversation
		for range rapid.IntRange(2, 8).Draw(t, "n") {
			cs = append(cs, waiting(r, drawInstant(t, "since"), rapid.SampledFrom(tiers).Draw(t, "tier")))
		}
		slices.SortFunc(cs, func(a, b *core.Conversation) int { return cmp.Compare(a.SortKey, b.SortKey) })
		now := drawInstant(t, "now")
		for i := 1; i < len(cs); i++ {
			a, b := inbox.PriorityOf(cs[i-1], r, now), inbox.PriorityOf(cs[i], r, now)
			if a.Score < b.Score {
				t.Fatalf("%v stands before %v with %d against %d", cs[i-1].WaitingSince, cs[i].WaitingSince, a.Score, b.Score)
			}
			if a.Score < 10 || a.Score > 100 {
				t.Fatalf("score %d", a.Score)
			}
			if x, y := cs[i-1], cs[i]; x.Contact.Value == y.Contact.Value && x.WaitingSince.After(y.WaitingSince) && !x.DueAt.Equal(y.DueAt) {
				t.Fatal("of equals the one who waits longer comes first")
			}
		}
	})
}

func TestSortKeyBands(t *testing.T) {
	r, now := dayRules(t), noon(t)
	never := r
	never.Hours = core.Hours{}
	order := []*core.Conversation{
		waiting(r, now.Add(-time.Minute), core.ValueHigh),
		waiting(r, now.Add(-20*time.Minute), core.ValueNone),
		waiting(r, now, core.ValueMid),
		waiting(r, now, core.ValueNone),
		waiting(r, now.AddDate(5, 0, 0), core.ValueNone),
		waiting(never, now, core.ValueNone),
		waiting(never, now.AddDate(5, 0, 0), core.ValueNone),
		{State: core.Open, LastAt: now.AddDate(0, 0, -9), SnoozeUntil: now.Add(time.Hour)}, // woken
		{State: core.Open, LastAt: now},
		{State: core.Snoozed, LastAt: now.Add(-time.Minute), SnoozeUntil: now.AddDate(0, 0, 1)},
		{State: core.Done, LastAt: now.Add(-time.Hour), WaitingSince: now},
	}
	for i, c := range order {
		rules := r
		if i == 5 || i == 6 {
			rules = never
		}
		if i > 6 {
			inbox.Refresh(c, rules)
		}
		if i > 0 && order[i-1].SortKey >= c.SortKey {
			t.Errorf("%d does not stand after %d: %d, %d", i, i-1, order[i-1].SortKey, c.SortKey)
		}
	}
}

func BenchmarkPriorityOf(b *testing.B) {
	r := dayRules(b)
	now := noon(b)
	c := waiting(r, now.Add(-26*time.Hour), core.ValueHigh)
	for b.Loop() {
		inbox.PriorityOf(c, r, now)
	}
}
