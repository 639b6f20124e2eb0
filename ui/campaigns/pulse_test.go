package campaigns

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core/campaign"
	"bottega/ui/theme"
)

func TestPulse(t *testing.T) {
	var p pulse
	if _, ok := p.perMinute(noon); ok || p.at(noon) != 0 {
		t.Error("an empty pulse beats")
	}
	for i := range 121 { // two minutes at one a second
		p.note(noon.Add(time.Duration(i)*time.Second), i)
	}
	now := noon.Add(2 * time.Minute)
	if r, ok := p.perMinute(now); !ok || math.Abs(r-60) > 0.01 {
		t.Errorf("%v a minute", r)
	}
	if r, ok := p.perMinute(now.Add(30 * time.Second)); !ok || math.Abs(r-30) > 0.01 {
		t.Errorf("half a minute after the last one: %v", r)
	}
	bars := p.bars(now, 12)
	if len(bars) != 12 || bars[0] != 0 || math.Abs(bars[8]-15) > 0.01 {
		t.Errorf("%v", bars)
	}
	if s := spark([]float64{0, 1, 4, 8}, 2); s != "·▂▅█" {
		t.Errorf("%q", s)
	}
	if s := spark(nil, 0); s != "" {
		t.Errorf("%q", s)
	}
	p.note(now.Add(time.Minute), 3) // given another try
	if r, ok := p.perMinute(now.Add(time.Minute)); ok {
		t.Errorf("begins anew at %v", r)
	}
}

// A pulse never reports more than what was noted, and keeps little.
func TestPulseIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pulse
		at, n := noon, 0
		for range rapid.IntRange(1, 300).Draw(t, "beats") {
			at = at.Add(time.Duration(rapid.IntRange(250, 60_000).Draw(t, "ms")) * time.Millisecond)
			n += rapid.IntRange(0, 50).Draw(t, "more")
			p.note(at, n)
		}
		sum := 0.0
		for _, v := range p.bars(at, 40) {
			sum += v
		}
		if r, _ := p.perMinute(at); sum > float64(n)+0.001 || r < 0 {
			t.Fatalf("bars hold %v of %d", sum, n)
		}
		if first := p.beats[0].at; len(p.beats) > 2 && at.Sub(p.beats[1].at) > span {
			t.Fatalf("keeps from %v on", first)
		}
	})
}

func TestFinish(t *testing.T) {
	q := campaign.Quiet{From: 22 * 60, To: 8 * 60}
	for name, c := range map[string]struct {
		at     time.Time
		work   time.Duration
		nights bool
		want   time.Time
	}{
		"today":     {noon, 2 * time.Hour, false, noon.Add(2 * time.Hour)},
		"overnight": {noon, 12 * time.Hour, false, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)},
		"at night":  {time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC), time.Hour, false, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)},
		"urgent":    {noon, 12 * time.Hour, true, noon.Add(12 * time.Hour)},
		"for ever":  {noon, 10_000 * time.Hour, false, time.Time{}},
	} {
		if got := finish(c.at, c.work, q, c.nights); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// What waits goes on when the wait is over; where that is in the shop's night,
// people live elsewhere and its nights do not count.
func TestFinishAfterAWait(t *testing.T) {
	p := newPane(t, newShop(t, 1), theme.Dark(), "en")
	for until, want := range map[time.Time]time.Time{
		noon.Add(time.Hour):                             noon.Add(time.Hour + 2*time.Minute),
		time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC):   time.Date(2026, 11, 25, 0, 2, 0, 0, time.UTC),
		time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC):   time.Date(2026, 11, 25, 8, 2, 0, 0, time.UTC),
		time.Date(2026, 11, 24, 21, 59, 0, 0, time.UTC): time.Date(2026, 11, 25, 8, 1, 0, 0, time.UTC),
	} {
		it := &item{Campaign: campaign.Campaign{State: campaign.Waiting, Wait: campaign.Wait{Until: until}, Pace: campaign.Pace{PerMinute: 30}}, counts: campaign.Counts{campaign.Pending: 60}}
		if got := p.finish(it, 0); !got.Equal(want) {
			t.Errorf("after %v: %v, want %v", until, got, want)
		}
	}
	far := noon.Add(12 * time.Hour) // somebody lives where it is night till then
	it := &item{Campaign: campaign.Campaign{State: campaign.Running, Foreseen: &campaign.Foreseen{End: far}}, counts: campaign.Counts{campaign.Pending: 1}}
	if got := p.finish(it, 0); !got.Equal(far) {
		t.Errorf("%v, want what was foreseen, %v", got, far)
	}
	if got := p.finish(&item{counts: campaign.Counts{campaign.Read: 3}}, 0); !got.IsZero() {
		t.Errorf("nobody is left, but it ends %v", got)
	}
}

func TestCompareInWords(t *testing.T) {
	s := newShop(t, 1)
	p := newPane(t, s, theme.Dark(), "en")
	b, a, o := p.brush(), campaign.Arm{Name: "a", N: 4000, Hits: 800}, campaign.Arm{Name: "b", N: 4000, Hits: 400}
	for want, r := range map[string][2]campaign.Arm{
		"a brings more replies: 20% against 10%.":        {a, o},
		"Enough people, and no difference that matters.": {{Name: "a", N: 90000, Hits: 9000}, {Name: "b", N: 90000, Hits: 9010}},
		"Too few to tell: ":                              {{Name: "a", N: 10, Hits: 1}, {Name: "b", N: 10, Hits: 2}},
	} {
		best, next := rankArms(r[:])
		if got := b.compare(best, next, s.Rules.Compare(best, next)); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := b.compare(r[1], r[0], s.Rules.Compare(r[1], r[0])); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("the other way round: %q, want %q", got, want)
		}
	}
	best, next := rankArms([]campaign.Arm{o, a, {Name: "c", N: 10, Hits: 3}})
	if best.Name != "c" || next.Name != "a" {
		t.Errorf("%v before %v", best, next)
	}
}

func TestExpressions(t *testing.T) {
	for _, c := range [][3]string{{"", "", ""}, {"tag:vip", "", "tag:vip"}, {"", "optout", "not (optout)"}, {"a or b", "c", "(a or b) and not (c)"}} {
		if got := both(c[0], c[1]); got != c[2] {
			t.Errorf("%q without %q is %q", c[0], c[1], got)
		}
	}
	if tag, ok := fileTag("/a/ Clienti.Vip.xlsx"); !ok || tag != "clienti.vip" {
		t.Errorf("%q, %v", tag, ok)
	}
	if _, ok := fileTag(""); ok {
		t.Error("no file has a tag")
	}
}
