package inbox_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/inbox"
)

// splitDay is a shop that closes at noon, and on Sunday.
func splitDay(zone string) core.Hours {
	day := []core.Interval{{From: 9 * 60, To: 13 * 60}, {From: 15 * 60, To: 19 * 60}}
	return core.Hours{TimeZone: zone, Week: map[time.Weekday][]core.Interval{
		time.Monday: day, time.Tuesday: day, time.Wednesday: day, time.Thursday: day, time.Friday: day,
		time.Saturday: {{From: 9 * 60, To: 13 * 60}},
	}, Holidays: map[string][]core.Interval{
		"2026-12-25": {}, "2026-12-24": {{From: 9 * 60, To: 11 * 60}}, "2026-12-20": {{From: 10 * 60, To: 12 * 60}},
	}}
}

// roundClock is open every minute of the week by its intervals, not by Always.
func roundClock(zone string) core.Hours {
	h := core.Hours{TimeZone: zone, Week: map[time.Weekday][]core.Interval{}}
	for d := time.Sunday; d <= time.Saturday; d++ {
		h.Week[d] = []core.Interval{{From: 0, To: 24 * 60}}
	}
	return h
}

func at(t testing.TB, zone, text string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestElapsed(t *testing.T) {
	const rome = "Europe/Rome"
	for _, c := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"within a morning", "2026-11-23 10:00", "2026-11-23 10:30", 30 * time.Minute},
		{"over the lunch break", "2026-11-23 12:50", "2026-11-23 15:10", 20 * time.Minute},
		{"asked in the break", "2026-11-23 14:00", "2026-11-23 15:05", 5 * time.Minute},
		{"over night", "2026-11-23 18:50", "2026-11-24 09:05", 15 * time.Minute},
		{"over the weekend", "2026-11-28 12:30", "2026-11-30 09:30", time.Hour},
		{"a whole week", "2026-11-23 00:00", "2026-11-30 00:00", 44 * time.Hour},
		{"a holiday does not count", "2026-12-24 08:00", "2026-12-26 10:00", 3 * time.Hour},
		{"a Sunday with hours of its own", "2026-12-20 00:00", "2026-12-21 00:00", 2 * time.Hour},
		{"no time", "2026-11-23 10:00", "2026-11-23 10:00", 0},
		{"the clock was set back", "2026-11-23 11:00", "2026-11-23 10:00", 0},
	} {
		if got := inbox.Elapsed(splitDay(rome), at(t, rome, c.from), at(t, rome, c.to)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAdd(t *testing.T) {
	const rome = "Europe/Rome"
	for _, c := range []struct {
		name, from string
		add        time.Duration
		want       string
	}{
		{"within a morning", "2026-11-23 10:00", 5 * time.Minute, "2026-11-23 10:05"},
		{"over the break", "2026-11-23 12:58", 5 * time.Minute, "2026-11-23 15:03"},
		{"exactly until closing", "2026-11-23 12:55", 5 * time.Minute, "2026-11-23 13:00"},
		{"before opening", "2026-11-23 03:00", 5 * time.Minute, "2026-11-23 09:05"},
		{"Saturday evening", "2026-11-28 20:00", 5 * time.Minute, "2026-11-30 09:05"},
		{"over Christmas", "2026-12-24 10:30", 2 * time.Hour, "2026-12-26 10:30"},
		{"nothing", "2026-11-28 20:00", 0, "2026-11-28 20:00"},
		{"less than nothing", "2026-11-28 20:00", -time.Hour, "2026-11-28 20:00"},
	} {
		if got, want := inbox.Add(splitDay(rome), at(t, rome, c.from), c.add), at(t, rome, c.want); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
}

func TestOpenAtAndNextOpen(t *testing.T) {
	const rome = "Europe/Rome"
	h := splitDay(rome)
	for _, c := range []struct {
		at   string
		open bool
		next string
	}{
		{"2026-11-23 08:59", false, "2026-11-23 09:00"},
		{"2026-11-23 09:00", true, "2026-11-23 09:00"},
		{"2026-11-23 12:59", true, "2026-11-23 12:59"},
		{"2026-11-23 13:00", false, "2026-11-23 15:00"},
		{"2026-11-28 13:00", false, "2026-11-30 09:00"},
		{"2026-12-24 11:00", false, "2026-12-26 09:00"},
	} {
		now := at(t, rome, c.at)
		if got := inbox.OpenAt(h, now); got != c.open {
			t.Errorf("open at %s: %v", c.at, got)
		}
		if got := inbox.NextOpen(h, now); !got.Equal(at(t, rome, c.next)) {
			t.Errorf("next open from %s: %v, want %s", c.at, got, c.next)
		}
	}
}

// TestDaylightSaving holds the days on which the clock is moved, in places
// that do it in the night, at midnight and by half an hour.
func TestDaylightSaving(t *testing.T) {
	for _, c := range []struct {
		zone, day, next string
		whole           time.Duration
	}{
		{"Europe/Rome", "2026-03-29 00:00", "2026-03-30 00:00", 23 * time.Hour},
		{"Europe/Rome", "2026-10-25 00:00", "2026-10-26 00:00", 25 * time.Hour},
		{"America/New_York", "2026-03-08 00:00", "2026-03-09 00:00", 23 * time.Hour},
		{"America/New_York", "2026-11-01 00:00", "2026-11-02 00:00", 25 * time.Hour},
		{"Australia/Lord_Howe", "2026-10-04 00:00", "2026-10-05 00:00", 23*time.Hour + 30*time.Minute},
		{"America/Santiago", "2026-09-06 01:00", "2026-09-07 00:00", 23 * time.Hour},
		{"America/Santiago", "2026-04-04 00:00", "2026-04-05 00:00", 25 * time.Hour},
	} {
		from, to := at(t, c.zone, c.day), at(t, c.zone, c.next)
		if got := inbox.Elapsed(roundClock(c.zone), from, to); got != c.whole || got != to.Sub(from) {
			t.Errorf("%s %s: %v, want %v", c.zone, c.day, got, c.whole)
		}
	}
	shop := core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{
		time.Sunday: {{From: 60, To: 4 * 60}, {From: 9 * 60, To: 13 * 60}}}}
	day := func(text string) time.Time { return at(t, "Europe/Rome", text) }
	if got := inbox.Elapsed(shop, day("2026-03-29 00:00"), day("2026-03-29 23:00")); got != 6*time.Hour {
		t.Errorf("a night with a lost hour: %v", got)
	}
	if got := inbox.Elapsed(shop, day("2026-10-25 00:00"), day("2026-10-25 23:00")); got != 8*time.Hour {
		t.Errorf("a night with an hour twice: %v", got)
	}
	if got := inbox.Add(shop, day("2026-03-29 00:00"), 2*time.Hour); !got.Equal(day("2026-03-29 04:00")) {
		t.Errorf("two hours into the short night end at %v", got)
	}
}

// TestHourThatDoesNotExist opens inside the hour that the clock skips.
func TestHourThatDoesNotExist(t *testing.T) {
	h := core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{
		time.Sunday: {{From: 2*60 + 10, To: 2*60 + 50}, {From: 2*60 + 55, To: 5 * 60}}}}
	from, to := at(t, "Europe/Rome", "2026-03-29 00:00"), at(t, "Europe/Rome", "2026-03-29 12:00")
	if got := inbox.Elapsed(h, from, to); got != 2*time.Hour {
		t.Errorf("open for %v, want the two hours after the jump", got)
	}
	if got, want := inbox.NextOpen(h, from), at(t, "Europe/Rome", "2026-03-29 03:00"); !got.Equal(want) {
		t.Errorf("opens at %v, want %v", got, want)
	}
}

func TestNoHoursAtAll(t *testing.T) {
	now := at(t, "Europe/Rome", "2026-11-23 10:00")
	for name, h := range map[string]core.Hours{
		"nothing":           {TimeZone: "Europe/Rome"},
		"empty days":        {Week: map[time.Weekday][]core.Interval{time.Monday: {}}},
		"past holiday":      {Holidays: map[string][]core.Interval{"2020-01-01": {{From: 60, To: 120}}}},
		"closed on purpose": {Holidays: map[string][]core.Interval{"2026-11-23": {}}},
	} {
		if got := inbox.Add(h, now, time.Minute); !got.IsZero() {
			t.Errorf("%s: a minute of work ends at %v", name, got)
		}
		if got := inbox.NextOpen(h, now); !got.IsZero() || inbox.OpenAt(h, now) {
			t.Errorf("%s: opens at %v", name, got)
		}
		if got := inbox.Elapsed(h, now, now.AddDate(1, 0, 0)); got != 0 {
			t.Errorf("%s: %v passed", name, got)
		}
	}
	one := core.Hours{Holidays: map[string][]core.Interval{"2026-12-31": {{From: 60, To: 120}}}}
	if got := inbox.Add(one, now, time.Hour); !got.Equal(time.Date(2026, 12, 31, 2, 0, 0, 0, time.UTC)) {
		t.Errorf("the only hour ends at %v", got)
	}
}

func TestAlways(t *testing.T) {
	h := core.Hours{Always: true}
	now := at(t, "Europe/Rome", "2026-11-28 23:00")
	if !inbox.OpenAt(h, now) || !inbox.NextOpen(h, now).Equal(now) || !inbox.Add(h, now, time.Hour).Equal(now.Add(time.Hour)) ||
		inbox.Elapsed(h, now, now.Add(time.Hour)) != time.Hour {
		t.Error("round the clock is not plain time")
	}
}

func TestZone(t *testing.T) {
	for name, want := range map[string]string{"": "UTC", "UTC": "UTC", "Europe/Rome": "Europe/Rome", "Mars/Base": "UTC", "Local": time.Local.String()} {
		if got := inbox.Zone(core.Hours{TimeZone: name}).String(); got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

func TestCheckHours(t *testing.T) {
	ok := splitDay("Europe/Rome")
	if err := inbox.CheckHours(ok); err != nil {
		t.Error(err)
	}
	for name, h := range map[string]core.Hours{
		"zone":     {TimeZone: "Mars/Base"},
		"weekday":  {Week: map[time.Weekday][]core.Interval{9: {}}},
		"backward": {Week: map[time.Weekday][]core.Interval{1: {{From: 100, To: 100}}}},
		"too late": {Week: map[time.Weekday][]core.Interval{1: {{From: 100, To: 1441}}}},
		"negative": {Week: map[time.Weekday][]core.Interval{1: {{From: -1, To: 10}}}},
		"overlap":  {Week: map[time.Weekday][]core.Interval{1: {{From: 0, To: 100}, {From: 90, To: 120}}}},
		"date":     {Holidays: map[string][]core.Interval{"25 December": {}}},
		"holiday":  {Holidays: map[string][]core.Interval{"2026-12-25": {{From: 5, To: 1}}}},
	} {
		if err := inbox.CheckHours(h); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var someZones = []string{"UTC", "Europe/Rome", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"}

// drawHours makes any valid hours that open at least once a week.
func drawHours(t *rapid.T) core.Hours {
	h := core.Hours{TimeZone: rapid.SampledFrom(someZones).Draw(t, "zone"), Week: map[time.Weekday][]core.Interval{}, Holidays: map[string][]core.Interval{}}
	day := func(name string) []core.Interval {
		cuts := rapid.SliceOfNDistinct(rapid.IntRange(0, 1440), 0, 6, rapid.ID[int]).Draw(t, name)
		sortInts(cuts)
		var list []core.Interval
		for i := 0; i+1 < len(cuts); i += 2 {
			list = append(list, core.Interval{From: cuts[i], To: cuts[i+1]})
		}
		return list
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		h.Week[d] = day(d.String())
	}
	h.Week[time.Wednesday] = []core.Interval{{From: 600, To: 1200}}
	for range rapid.IntRange(0, 3).Draw(t, "holidays") {
		date := time.Date(2026, 1, 1+rapid.IntRange(0, 364).Draw(t, "date"), 0, 0, 0, 0, time.UTC)
		h.Holidays[date.Format(time.DateOnly)] = day("holiday")
	}
	if err := inbox.CheckHours(h); err != nil {
		t.Fatal(err)
	}
	return h
}

func sortInts(a []int) {
	for i := range a {
		for j := i; j > 0 && a[j] < a[j-1]; j-- {
			a[j], a[j-1] = a[j-1], a[j]
		}
	}
}

// turns are days on which some zone of someZones moves its clock, and the
// ends of the year. Numbers drawn from a range lie near its start; so the start varies.
var turns = []string{"2026-01-01", "2026-02-15", "2026-03-08", "2026-03-22", "2026-03-29", "2026-04-04", "2026-04-05", "2026-06-30", "2026-09-06",
	"2026-10-04", "2026-10-25", "2026-11-01", "2026-12-24", "2026-12-31"}

func drawInstant(t *rapid.T, name string) time.Time {
	day, err := time.Parse(time.DateOnly, rapid.SampledFrom(turns).Draw(t, name+" day"))
	if err != nil {
		t.Fatal(err)
	}
	spread := rapid.Int64Range(0, 97).Draw(t, name+" hour") * 1790 // seconds, over two days in steps near half an hour
	return day.Add(time.Duration(spread+rapid.Int64Range(-86400, 86400).Draw(t, name)) * time.Second)
}

func TestHoursLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		a, b, c := drawInstant(t, "a"), drawInstant(t, "b"), drawInstant(t, "c")
		if b.Before(a) {
			a, b = b, a
		}
		d := time.Duration(rapid.Int64Range(0, int64(100*time.Hour)).Draw(t, "d"))
		d += time.Duration(rapid.SampledFrom([]int{0, 7, 50}).Draw(t, "hours")) * time.Hour
		due := inbox.Add(h, a, d)
		if due.IsZero() || due.Before(a) {
			t.Fatalf("%v after %v is %v", d, a, due)
		}
		if got := inbox.Elapsed(h, a, due); got != d {
			t.Fatalf("%v was added, %v elapsed", d, got)
		}
		if d > 0 && inbox.Elapsed(h, a, due.Add(-1)) >= d {
			t.Fatalf("%v is not the first instant", due)
		}
		ab := inbox.Elapsed(h, a, b)
		if ab < 0 || ab > b.Sub(a) {
			t.Fatalf("%v business time in %v", ab, b.Sub(a))
		}
		if !c.Before(b) {
			if sum := ab + inbox.Elapsed(h, b, c); sum != inbox.Elapsed(h, a, c) {
				t.Fatalf("the parts make %v, the whole %v", sum, inbox.Elapsed(h, a, c))
			}
		}
		if later := inbox.Add(h, b, d); later.Before(due) {
			t.Fatalf("who wrote later is due earlier")
		}
	})
}

func TestOpenLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, now := drawHours(t), drawInstant(t, "now")
		next := inbox.NextOpen(h, now)
		if next.Before(now) || !inbox.OpenAt(h, next) {
			t.Fatalf("opens at %v, from %v", next, now)
		}
		if inbox.OpenAt(h, now) != next.Equal(now) {
			t.Fatalf("open now and next at %v", next)
		}
		if got := inbox.Elapsed(h, now, next); got != 0 {
			t.Fatalf("%v passed before opening", got)
		}
		if inbox.Elapsed(h, next, next.Add(time.Millisecond)) == 0 {
			t.Fatal("no time passes after opening")
		}
	})
}

func BenchmarkElapsedAWeek(b *testing.B) {
	h := splitDay("Europe/Rome")
	from := at(b, "Europe/Rome", "2026-11-16 10:00")
	for b.Loop() {
		inbox.Elapsed(h, from, from.AddDate(0, 0, 7))
	}
}

// FuzzHours feeds settings as a person may have written them: what passes the
// check can be reckoned with, and ends.
func FuzzHours(f *testing.F) {
	for _, s := range []string{
		`{"time_zone":"Europe/Rome","week":{"1":[{"from":540,"to":780},{"from":900,"to":1140}]}}`,
		`{"time_zone":"Local","always":true}`, `{"week":{"0":[]}}`, `{"holidays":{"2026-12-25":[],"2026-12-24":[{"from":0,"to":1440}]}}`,
		`{"time_zone":"Mars/Base"}`, `{"week":{"9":[{"from":-1,"to":9999}]}}`, `{"time_zone":"Australia/Lord_Howe","week":{"0":[{"from":110,"to":150}]}}`,
	} {
		f.Add([]byte(s), int64(1_790_000_000), int64(3600))
	}
	f.Fuzz(func(t *testing.T, b []byte, at, add int64) {
		var h core.Hours
		if json.Unmarshal(b, &h) != nil || inbox.CheckHours(h) != nil {
			return
		}
		from := time.Unix(at%4e9, 0)
		d := time.Duration(add%(1000*3600)) * time.Second
		due := inbox.Add(h, from, d)
		if due.IsZero() {
			return
		}
		if got := inbox.Elapsed(h, from, due); got != max(d, 0) {
			t.Errorf("%v was added, %v elapsed", d, got)
		}
		if next := inbox.NextOpen(h, from); !next.IsZero() && !inbox.OpenAt(h, next) {
			t.Errorf("closed at %v, when it opens", next)
		}
	})
}

// TestElapsedAgainstCounting counts open minutes one by one, in zones whose
// clock is never moved, and holds Elapsed, OpenAt and NextOpen to the count.
func TestElapsedAgainstCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		h.TimeZone = rapid.SampledFrom([]string{"UTC", "Asia/Kathmandu", "Asia/Shanghai", "America/Bogota"}).Draw(t, "steady zone")
		loc := inbox.Zone(h)
		open := func(at time.Time) bool {
			local := at.In(loc)
			minute := local.Hour()*60 + local.Minute()
			list, own := h.Holidays[local.Format(time.DateOnly)]
			if !own {
				list = h.Week[local.Weekday()]
			}
			for _, iv := range list {
				if iv.From <= minute && minute < iv.To {
					return true
				}
			}
			return false
		}
		from := drawInstant(t, "from").Truncate(time.Minute)
		minutes := rapid.IntRange(0, 24*60).Draw(t, "minutes") + 1440*rapid.SampledFrom([]int{0, 1, 7}).Draw(t, "days")
		count, first := 0, -1
		for i := range minutes {
			if open(from.Add(time.Duration(i) * time.Minute)) {
				count++
				if first < 0 {
					first = i
				}
			}
		}
		to := from.Add(time.Duration(minutes) * time.Minute)
		if got := inbox.Elapsed(h, from, to); got != time.Duration(count)*time.Minute {
			t.Fatalf("%v elapsed, %d minutes counted", got, count)
		}
		if got := inbox.OpenAt(h, to); got != open(to) {
			t.Fatalf("open at %v: %v", to.In(loc), got)
		}
		if next := inbox.NextOpen(h, from); first >= 0 && !next.Equal(from.Add(time.Duration(first)*time.Minute)) {
			t.Fatalf("opens at %v, counted %d minutes from %v", next, first, from)
		}
	})
}
