package campaign_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
)

var night = campaign.Quiet{From: 22 * 60, To: 8 * 60}

func TestQuietHoursAreTheRecipients(t *testing.T) {
	z := campaign.NewZones(zone(t, "Europe/Rome"), night)
	for name, c := range map[string]struct {
		zone  string
		phone core.Phone
		at    string
		open  bool
		next  string
	}{
		"Rome at noon":                   {"Europe/Rome", "", "2026-11-24T11:00:00Z", true, "2026-11-24T11:00:00Z"},
		"Rome a minute before ten":       {"Europe/Rome", "", "2026-11-24T20:59:59Z", true, "2026-11-24T20:59:59Z"},
		"Rome at ten":                    {"Europe/Rome", "", "2026-11-24T21:00:00Z", false, "2026-11-25T07:00:00Z"},
		"New York sleeps":                {"America/New_York", "", "2026-11-24T10:00:00Z", false, "2026-11-24T13:00:00Z"},
		"by its number":                  {"", "+12025550123", "2026-11-24T10:00:00Z", false, "2026-11-24T13:00:00Z"},
		"India's half hour":              {"", "+919876543210", "2026-11-24T16:31:00Z", false, "2026-11-25T02:30:00Z"},
		"unknown: the shop's own":        {"", "", "2026-11-24T21:30:00Z", false, "2026-11-25T07:00:00Z"},
		"a zone that is none":            {"Mars/Base", "", "2026-11-24T21:30:00Z", false, "2026-11-25T07:00:00Z"},
		"summer time ends in the night":  {"Europe/Rome", "", "2026-10-24T20:30:00Z", false, "2026-10-25T07:00:00Z"},
		"summer time begins in it":       {"Europe/Rome", "", "2026-03-28T21:30:00Z", false, "2026-03-29T06:00:00Z"},
		"with seconds":                   {"Europe/Rome", "", "2026-11-24T21:00:30.5Z", false, "2026-11-25T07:00:00Z"},
		"Australia across the date line": {"Australia/Sydney", "", "2026-11-24T12:00:00Z", false, "2026-11-24T21:00:00Z"},
	} {
		at, _ := time.Parse(time.RFC3339Nano, c.at)
		p := z.Place(c.zone, c.phone)
		if got := p.Open(at, night, nil); got != c.open {
			t.Errorf("%s: open is %v", name, got)
		}
		if got := p.Next(at, night, nil).UTC().Format(time.RFC3339Nano); got != c.next {
			t.Errorf("%s: next is %s, want %s", name, got, c.next)
		}
	}
}

func TestANumberOfManyZonesSleepsInEach(t *testing.T) {
	z := campaign.NewZones(time.UTC, night)
	p := z.Place("America/New_York", "")
	both := z.Place("", "+18005550123") // anywhere in North America
	if z.Place("America/New_York", "") != p {
		t.Error("a place is made once")
	}
	// 13:30 UTC: 8:30 in New York, 5:30 in Los Angeles and 3:30 in Honolulu.
	at := time.Date(2026, 11, 24, 13, 30, 0, 0, time.UTC)
	if !p.Open(at, night, nil) || both.Open(at, night, nil) {
		t.Error("it is night somewhere that the number may be")
	}
}

var someZones = []string{"Europe/Rome", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "UTC", "Pacific/Apia", "America/Sao_Paulo"}

// Next and Until are what going minute by minute finds, in any zone, across
// every change of the clock.
func TestNextAndUntilMatchTheNaiveWalk(t *testing.T) {
	z := campaign.NewZones(time.UTC, night)
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		p := z.Place(rapid.SampledFrom(someZones).Draw(t, "zone"), "")
		q := campaign.Quiet{From: rapid.IntRange(0, 1439).Draw(t, "from"), To: rapid.IntRange(0, 1439).Draw(t, "to")}
		at := start.Add(time.Duration(rapid.IntRange(0, 2*365*24*60).Draw(t, "at")) * time.Minute)
		var slots []core.Interval
		if rapid.Bool().Draw(t, "slots") {
			from := rapid.IntRange(0, 1400).Draw(t, "slot")
			slots = []core.Interval{{From: from, To: rapid.IntRange(from+1, 1440).Draw(t, "end")}}
		}
		next, until := at, time.Time{}
		for i := 0; i < 3*24*60 && !p.Open(next, q, slots); i++ {
			next = next.Add(time.Minute)
		}
		if p.Open(next, q, slots) {
			if got := p.Next(at, q, slots); !got.Equal(next) {
				t.Fatalf("next %v, want %v", got, next)
			}
		}
		for until = at.Add(time.Minute); until.Sub(at) < 3*24*time.Hour && p.Open(until, q, slots) == p.Open(at, q, slots); {
			until = until.Add(time.Minute)
		}
		if got := p.Until(at, q, slots); until.Sub(at) < 3*24*time.Hour && !got.Equal(until) {
			t.Fatalf("until %v, want %v", got, until)
		}
	})
}

func TestGoldenSlots(t *testing.T) {
	r := rules(t)
	if got := r.GoldenSlots(&campaign.Replies{}); !slices.Equal(got, r.Golden.Value) {
		t.Errorf("nothing known: %v, want the seeds' hours (S-054)", got)
	}
	lunch := campaign.Replies{13: 20, 14: 18}
	if got := r.GoldenSlots(&lunch); !slices.Contains(got, core.Interval{From: 13 * 60, To: 15 * 60}) {
		t.Errorf("somebody who answers at lunch: %v", got)
	}
	once := campaign.Replies{15: 1}
	if got := r.GoldenSlots(&once); !slices.Contains(got, core.Interval{From: 600, To: 720}) {
		t.Errorf("one answer outweighs the prior: %v", got)
	}
	owl := campaign.Replies{23: 50, 21: 30, 20: 30}
	for _, s := range r.GoldenSlots(&owl) {
		if s.To > 22*60-15 || s.From < 8*60 {
			t.Errorf("a slot touches the night: %v (S-214)", s)
		}
	}
}

func TestRepliesAreLearntOnThePersonsClock(t *testing.T) {
	r := rules(t)
	tokyo := campaign.NewZones(time.UTC, night).Place("Asia/Tokyo", "")
	var h campaign.Replies
	for range 30 {
		h.Add(time.Date(2026, 11, 24, 8, 40, 0, 0, time.UTC), tokyo) // 17:40 there
	}
	if h[17] != 30 || h.Total() != 30 {
		t.Fatalf("%v", h)
	}
	slots := r.GoldenSlots(&h)
	if !slices.ContainsFunc(slots, func(s core.Interval) bool { return s.From <= 17*60 && s.To >= 18*60 }) {
		t.Errorf("somebody who answers before six in the evening: %v", slots)
	}
	for range 70_000 {
		h.Add(time.Date(2026, 11, 24, 0, 30, 0, 0, time.UTC), tokyo)
	}
	if h[9] < 32_000 || h[17] != 15 {
		t.Errorf("a full count halves all: %d and %d", h[9], h[17])
	}
}

func TestGoldenSlotsNeverLieInTheNight(t *testing.T) {
	r := rules(t)
	rapid.Check(t, func(t *rapid.T) {
		var h campaign.Replies
		for i := range h {
			h[i] = uint16(rapid.IntRange(0, 20).Draw(t, "replies"))
		}
		slots := r.GoldenSlots(&h)
		if len(slots) == 0 {
			t.Fatal("no hour at all")
		}
		for i, s := range slots {
			if s.From >= s.To || s.From < 8*60 || s.To > 22*60-15 || i > 0 && s.From < slots[i-1].To {
				t.Fatalf("%v of %v", s, h)
			}
		}
	})
}

func TestBestHoursAndUtilityTime(t *testing.T) {
	r := rules(t)
	if _, _, ok := r.BestHours(&campaign.Replies{}); ok {
		t.Error("best hours of nothing")
	}
	h := campaign.Replies{9: 10, 10: 30, 11: 20, 12: 20, 20: 20}
	if slot, share, ok := r.BestHours(&h); !ok || slot != (core.Interval{From: 9 * 60, To: 13 * 60}) || share != 0.8 {
		t.Errorf("%v %v (S-231)", slot, share)
	}
	rome := zone(t, "Europe/Rome")
	for at, want := range map[string]string{
		"2026-11-24T10:00:00Z": "2026-11-24T14:00:00+01:00", // Tuesday morning
		"2026-11-24T14:30:00Z": "2026-11-24T15:30:00+01:00", // in it: now
		"2026-11-24T18:00:00Z": "2026-12-01T14:00:00+01:00", // over: a week on
		"2026-11-26T09:00:00Z": "2026-12-01T14:00:00+01:00",
	} {
		now, _ := time.Parse(time.RFC3339, at)
		if got := r.UtilityTime(now, rome).In(rome).Format(time.RFC3339); got != want {
			t.Errorf("from %s: %s, want %s (S-071)", at, got, want)
		}
	}
}

func TestDue(t *testing.T) {
	r := rules(t)
	rome := zone(t, "Europe/Rome")
	z := campaign.NewZones(rome, night)
	at := time.Date(2026, 11, 25, 8, 30, 0, 0, time.UTC) // 9:30 in Rome
	for name, c := range map[string]struct {
		change func(*campaign.Campaign)
		zone   string
		want   string
	}{
		"now by day":               {func(*campaign.Campaign) {}, "Europe/Rome", "2026-11-24T10:00:00Z"},
		"now by night":             {func(*campaign.Campaign) {}, "America/New_York", "2026-11-24T13:00:00Z"},
		"at a time":                {func(c *campaign.Campaign) { c.Schedule = campaign.Schedule{When: campaign.At, At: at} }, "Europe/Rome", "2026-11-25T08:30:00Z"},
		"at that hour of theirs":   {func(c *campaign.Campaign) { c.Schedule = campaign.Schedule{When: campaign.At, At: at, Local: true} }, "America/New_York", "2026-11-25T14:30:00Z"},
		"theirs is over: at once":  {func(c *campaign.Campaign) { c.Schedule = campaign.Schedule{When: campaign.At, At: t0, Local: true} }, "Asia/Tokyo", "2026-11-24T10:00:00Z"},
		"golden: from eight in":    {func(c *campaign.Campaign) { c.Schedule.When = campaign.Golden }, "Europe/Rome", "2026-11-24T10:00:00Z"},
		"golden: in the evening":   {func(c *campaign.Campaign) { c.Schedule.When = campaign.Golden }, "Asia/Tokyo", "2026-11-24T11:00:00Z"},
		"golden: in their morning": {func(c *campaign.Campaign) { c.Schedule.When = campaign.Golden }, "America/New_York", "2026-11-24T15:00:00Z"},
		"marketing is not urgent":  {func(c *campaign.Campaign) { c.Urgent = true }, "America/New_York", "2026-11-24T13:00:00Z"},
		"urgent utility is":        {func(c *campaign.Campaign) { *c = notice(); c.Urgent = true }, "America/New_York", "2026-11-24T10:00:00Z"},
	} {
		cm := draft()
		c.change(&cm)
		got := r.Due(&cm, z.Place(c.zone, ""), &campaign.Replies{}, t0, rome)
		if got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s: %v, want %s", name, got.UTC(), c.want)
		}
	}
}
