package health_test

import (
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/health"
)

func receive(t testing.TB) health.Receive {
	t.Helper()
	r, err := health.LoadReceive(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var rome = time.FixedZone("CET", 3600)

// monday is the first of eight weeks of history.
var monday = time.Date(2026, 9, 28, 0, 0, 0, 0, rome)

// shopHours are weeks of a shop that hears something in each hour from 9 to 19,
// on Sundays nothing, up to a time.
func shopHours(weeks int, until time.Time) (as []core.Arrivals) {
	for h := monday; h.Before(monday.AddDate(0, 0, 7*weeks)) && h.Before(until); h = h.Add(time.Hour) {
		if h.Weekday() != time.Sunday && h.Hour() >= 9 && h.Hour() < 19 {
			as = append(as, core.Arrivals{Channel: 1, Hour: h.UTC(), N: 3})
		}
	}
	return as
}

// TestQuietShopOrBrokenPipe: the same hours of silence are nothing at night and
// on a Sunday, and an alarm on a busy morning.
func TestQuietShopOrBrokenPipe(t *testing.T) {
	s := receive(t).Silence
	week := monday.AddDate(0, 0, 7*7) // the eighth
	at := func(day, hour, minute int) time.Time {
		return week.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	long := monday.AddDate(0, 0, -1)
	for name, c := range map[string]struct {
		weeks     int
		last, now time.Time
		since     time.Time // of the receiver; long ago when zero
		want      health.Sign
	}{
		"just now":                      {8, at(1, 10, 0), at(1, 10, 20), time.Time{}, health.SignFine},
		"a night":                       {8, at(1, 18, 50), at(2, 8, 55), time.Time{}, health.SignFine},
		"a morning":                     {8, at(1, 18, 50), at(2, 11, 30), time.Time{}, health.SignSilent},
		"an hour of the day":            {8, at(1, 10, 0), at(1, 11, 0), time.Time{}, health.SignQuiet},
		"two hours of the day":          {8, at(1, 10, 0), at(1, 12, 0), time.Time{}, health.SignSilent},
		"Saturday night to Sunday":      {8, at(5, 18, 50), at(6, 12, 0), time.Time{}, health.SignFine},
		"to Monday morning":             {8, at(5, 18, 50), at(7, 11, 30), time.Time{}, health.SignSilent},
		"nobody listened at night":      {8, at(1, 18, 50), at(2, 9, 40), at(2, 9, 0), health.SignFine},
		"a new shop, half a day":        {0, at(1, 8, 0), at(1, 20, 0), time.Time{}, health.SignFine},
		"a new shop, more than a day":   {0, at(1, 8, 0), at(2, 9, 0), time.Time{}, health.SignSilent},
		"one week, its rhythm is young": {1, at(1, 10, 0).AddDate(0, 0, -42), at(1, 12, 0).AddDate(0, 0, -42), time.Time{}, health.SignFine},
		"never heard":                   {0, time.Time{}, at(2, 9, 0), time.Time{}, health.SignNew},
	} {
		since := c.since
		if since.IsZero() {
			since = long
		}
		in := health.Signals{Way: core.ByCallback, LastCall: c.last, Arrivals: shopHours(c.weeks, c.last),
			Receiving: core.Receiving{Since: since, Seen: c.now.Add(-30 * time.Second), Address: "127.0.0.1:8080"}}
		v := s.Judge(in, rome, c.now)
		if v.Sign != c.want {
			t.Errorf("%s: %+v, want %s", name, v, c.want)
		}
		if v.Sign.Alarm() && v.Since.IsZero() {
			t.Errorf("%s: an alarm that does not say since when", name)
		}
	}
}

func TestOtherSigns(t *testing.T) {
	s := receive(t).Silence
	noon := monday.AddDate(0, 0, 50).Add(12 * time.Hour)
	on := core.Receiving{Since: noon.AddDate(0, 0, -9), Seen: noon.Add(-time.Minute), Address: "127.0.0.1:8080"}
	deaf := on
	deaf.Address = ""
	gone := on
	gone.Seen = noon.Add(-10 * time.Minute)
	fresh := on
	fresh.Since = noon.Add(-5 * time.Minute)
	old := noon.AddDate(0, 0, -2)
	for name, c := range map[string]struct {
		in   health.Signals
		want health.Sign
	}{
		"nothing runs":                 {health.Signals{Way: core.ByCallback, LastCall: noon, Receiving: gone}, health.SignOff},
		"never ran":                    {health.Signals{Way: core.ByPolling}, health.SignOff},
		"no port, callbacks":           {health.Signals{Way: core.ByCallback, LastCall: noon, Receiving: deaf}, health.SignOff},
		"no port, polling":             {health.Signals{Way: core.ByPolling, LastPoll: noon.Add(-time.Minute), Receiving: deaf}, health.SignFine},
		"polling, long silence":        {health.Signals{Way: core.ByPolling, LastCall: old, LastPoll: noon.Add(-time.Minute), Receiving: on}, health.SignFine},
		"polling, no answer":           {health.Signals{Way: core.ByPolling, LastPoll: old, Receiving: on}, health.SignStale},
		"polling, begun just now":      {health.Signals{Way: core.ByPolling, LastPoll: old, Receiving: fresh}, health.SignFine},
		"both, calls stay away":        {health.Signals{Way: core.ByBoth, LastCall: old, LastPoll: noon, Receiving: on}, health.SignSilent},
		"both, no answer":              {health.Signals{Way: core.ByBoth, LastCall: noon, LastPoll: old, Receiving: on}, health.SignStale},
		"silent, own address works":    {health.Signals{Way: core.ByTunnel, LastCall: old, Receiving: on, Ping: core.Pinged{At: noon}}, health.SignSilent},
		"silent, own address is lost":  {health.Signals{Way: core.ByTunnel, LastCall: old, Receiving: on, Ping: core.Pinged{At: noon, Code: core.Unreachable}}, health.SignBlocked},
		"heard, own address is lost":   {health.Signals{Way: core.ByTunnel, LastCall: noon, Receiving: on, Ping: core.Pinged{At: noon, Code: core.Unreachable}}, health.SignFine},
		"silent, the try is older yet": {health.Signals{Way: core.ByTunnel, LastCall: old, Receiving: on, Ping: core.Pinged{At: old.Add(-time.Hour), Code: core.Unreachable}}, health.SignSilent},
	} {
		if v := s.Judge(c.in, time.UTC, noon); v.Sign != c.want {
			t.Errorf("%s: %+v, want %s", name, v, c.want)
		}
	}
}

// A silence that is an alarm is still one an hour later, whatever the rhythm.
func TestSilenceOnlyGetsWorse(t *testing.T) {
	s := receive(t).Silence
	rapid.Check(t, func(t *rapid.T) {
		last := monday.AddDate(0, 0, 42).Add(time.Duration(rapid.IntRange(0, 167*60).Draw(t, "last")) * time.Minute)
		var as []core.Arrivals
		every := rapid.IntRange(1, 60).Draw(t, "every")
		for h := monday; h.Before(last); h = h.Add(time.Hour) {
			if rapid.IntRange(0, every).Draw(t, "busy") == 0 {
				as = append(as, core.Arrivals{Hour: h.UTC(), N: 1, Polled: rapid.Bool().Draw(t, "polled")})
			}
		}
		alarm, chance := false, 1.0
		for m := range 200 {
			now := last.Add(time.Duration(m) * time.Hour)
			v := s.Judge(health.Signals{Way: core.ByCallback, LastCall: last, Arrivals: as, Receiving: core.Receiving{Since: monday, Seen: now, Address: "x"}}, rome, now)
			if alarm && !v.Sign.Alarm() {
				t.Fatalf("%d h after %s: %+v is no alarm any more", m, last, v)
			}
			if v.Chance < 0 || v.Chance > 1 || m > 0 && v.Known && v.Chance > chance*1.5+1e-9 {
				t.Fatalf("%d h: chance %v after %v", m, v.Chance, chance)
			}
			alarm, chance = v.Sign.Alarm(), v.Chance
		}
		if !alarm {
			t.Fatal("200 hours without a word and no alarm")
		}
	})
}

func TestAnswers(t *testing.T) {
	g := receive(t).Answers
	count := func(took time.Duration, class, n int) core.Answers {
		return core.Answers{Class: class, Bucket: health.Bucket(took), N: n}
	}
	a := health.SumAnswers([]core.Answers{count(3*time.Millisecond, 2, 980), count(40*time.Millisecond, 2, 20), count(time.Second, 4, 7), count(time.Second, 5, 4)})
	if a.N != 1000 || a.Failed != 4 || a.Refused != 7 || !g.Met(a) {
		t.Errorf("%+v", a)
	}
	if a.P50 < 3*time.Millisecond || a.P50 > 4*time.Millisecond || a.P99 < 40*time.Millisecond || a.P99 > 50*time.Millisecond {
		t.Errorf("percentiles %+v", a)
	}
	for name, as := range map[string][]core.Answers{
		"slow":        {count(3*time.Millisecond, 2, 90), count(2*time.Second, 2, 10)},
		"slow in all": {count(300*time.Millisecond, 2, 10)},
		"failing":     {count(3*time.Millisecond, 2, 100), count(time.Millisecond, 5, 1)},
	} {
		if g.Met(health.SumAnswers(as)) {
			t.Errorf("%s: goals are met", name)
		}
	}
	if none := health.SumAnswers(nil); !g.Met(none) || none.P99 != 0 {
		t.Errorf("%+v", none)
	}
}

func TestBuckets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(9*time.Second)).Draw(t, "took"))
		b := health.Bucket(d)
		if d >= health.Bound(b) || b > 0 && d < health.Bound(b-1) {
			t.Fatalf("%v lies in bucket %d, %v to %v", d, b, health.Bound(b-1), health.Bound(b))
		}
	})
	if b := health.Bucket(time.Hour); health.Bound(b) < 9*time.Second {
		t.Errorf("an hour lies below %v", health.Bound(b))
	}
}

func TestBadReceive(t *testing.T) {
	for _, s := range []string{`{`, `{}`, `{"silence":{"weeks":8,"chance":2}}`, `{"ping":{"every":"often"}}`} {
		if _, err := health.LoadReceive(fstest.MapFS{"receive.json": {Data: []byte(s)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := health.LoadReceive(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
}
