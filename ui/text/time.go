package text

import (
	"fmt"
	"time"
)

// Clock writes the time of day, "15:04".
func (w *Words) Clock(t time.Time) string { return t.Format("15:04") }

// Short writes a length of time as people say it: "40 s", "5 min", "1 h 52 min",
// "3 d 4 h". Below a second it is "0 s"; the sign is dropped.
func (w *Words) Short(d time.Duration) string {
	d = d.Abs()
	h, m := int(d.Hours()), int(d.Minutes())
	switch {
	case d < time.Minute:
		return w.T(UnitSeconds, "N", int(d.Seconds()))
	case m < 60:
		return w.T(UnitMinutes, "N", m)
	case h < 24 && m%60 == 0:
		return w.T(UnitHours, "N", h)
	case h < 24:
		return w.T(UnitHours, "N", h) + " " + w.T(UnitMinutes, "N", m%60)
	case h%24 == 0:
		return w.T(UnitDays, "N", w.Num(h/24))
	}
	return w.T(UnitDays, "N", w.Num(h/24)) + " " + w.T(UnitHours, "N", h%24)
}

// Tiny writes a length of time for a chip: "4m", "2h03", "3d".
func (w *Words) Tiny(d time.Duration) string {
	d = d.Abs()
	h, m := int(d.Hours()), int(d.Minutes())
	switch {
	case m < 60:
		return w.T(TinyMinutes, "N", m)
	case h < 24:
		return w.T(TinyHours, "N", h, "M", fmt.Sprintf("%02d", m%60))
	}
	return w.T(TinyDays, "N", h/24)
}

// Day names a day beside now: "Today", "Yesterday", "Tomorrow", else "Mon 24 Nov",
// with the year when it is another one. It reads t in now's time zone.
func (w *Words) Day(t, now time.Time) string {
	t = t.In(now.Location())
	switch days(t) - days(now) {
	case 0:
		return w.T(Today)
	case -1:
		return w.T(Yesterday)
	case 1:
		return w.T(Tomorrow)
	}
	s := w.T(DateDay, "Weekday", w.T(weekdays[t.Weekday()]), "Day", t.Day(), "Month", w.T(months[t.Month()-1]))
	if t.Year() != now.Year() {
		return fmt.Sprintf("%s %d", s, t.Year())
	}
	return s
}

// When names a moment beside now: "15:04" today, else day and time.
func (w *Words) When(t, now time.Time) string {
	t = t.In(now.Location())
	if days(t) == days(now) {
		return w.Clock(t)
	}
	return w.Day(t, now) + " " + w.Clock(t)
}

// Stamp is the shortest form for lists: "15:04" today, "Yesterday", "24 Nov",
// "24 Nov 2025".
func (w *Words) Stamp(t, now time.Time) string {
	t = t.In(now.Location())
	switch {
	case days(t) == days(now):
		return w.Clock(t)
	case days(t) == days(now)-1:
		return w.T(Yesterday)
	}
	s := fmt.Sprintf("%d %s", t.Day(), w.T(months[t.Month()-1]))
	if t.Year() != now.Year() {
		return fmt.Sprintf("%s %d", s, t.Year())
	}
	return s
}

// days counts civil days, so that a day of 23 or 25 hours still is one.
func days(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

var weekdays = [7]K{Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday}

var months = [12]K{January, February, March, April, May, June, July, August, September, October, November, December}

// Month names a calendar month: "Nov 2026".
func (w *Words) Month(t time.Time) string {
	return fmt.Sprintf("%s %d", w.T(months[t.Month()-1]), t.Year())
}
