package inbox

import "time"

// result turns what was read into an instant.
func (p *parser) result() (time.Time, error) {
	dated := p.hasDay || p.weekday >= 0 || p.d > 0 || p.nextWeek
	if p.span > 0 || p.spanDays > 0 {
		return p.later(dated)
	}
	if p.next && p.weekday < 0 || (p.am || p.pm) && !p.hasClock || p.in {
		return time.Time{}, errNotATime
	}
	minute, err := p.timeOfDay()
	if err != nil {
		return time.Time{}, err
	}
	switch {
	case p.d > 0:
		return p.onDate(minute)
	case p.weekday >= 0 || p.nextWeek:
		return p.onWeekday(minute)
	case p.hasDay:
		return p.onDay(p.plus, minute), nil
	case p.hasClock || p.part != noPart:
		if t := p.onDay(0, minute); t.After(p.now) {
			return t, nil
		}
		return p.onDay(1, minute), nil
	}
	return time.Time{}, errNotATime
}

// later adds a span; days keep the time of day unless one is named.
func (p *parser) later(dated bool) (time.Time, error) {
	timed := p.hasClock || p.part != noPart
	if dated || p.next || (timed && (p.span > 0 || p.spanDays == 0)) {
		return time.Time{}, errNotATime
	}
	if timed {
		minute, err := p.timeOfDay()
		return p.onDay(p.spanDays, minute), err
	}
	return p.now.AddDate(0, 0, p.spanDays).Add(p.span), nil
}

// timeOfDay is the minute of the day: as named, moved by "pm" or "afternoon",
// else the hour that the part of the day stands for. Today alone is the evening.
func (p *parser) timeOfDay() (int, error) {
	if !p.hasClock {
		if p.part == noPart && p.hasDay && p.plus == 0 {
			return p.v.clock.of(evening), nil
		}
		return p.v.clock.of(p.part), nil
	}
	hour := p.minute / 60
	late := p.pm || p.part == afternoon || p.part == evening || (p.part == noon && hour < 4)
	switch {
	case p.am && p.pm, (p.am || p.pm) && (hour == 0 || hour > 12):
		return 0, errNotATime
	case p.am && hour == 12:
		return p.minute - 12*60, nil
	case late && hour < 12:
		return p.minute + 12*60, nil
	}
	return p.minute, nil
}

// onDay is a minute of the day some days from today.
func (p *parser) onDay(plus, minute int) time.Time {
	y, m, d := p.now.Date()
	return time.Date(y, m, d+plus, minute/60, minute%60, 0, 0, p.now.Location())
}

// onWeekday is the next such day: today's when its time is still to come,
// unless "next" was said. Weeks begin on Monday.
func (p *parser) onWeekday(minute int) (time.Time, error) {
	if p.hasDay {
		return time.Time{}, errNotATime
	}
	today := int(p.now.Weekday()+6) % 7 // Monday is 0
	if p.nextWeek {
		day := 0
		if p.weekday >= 0 {
			day = (p.weekday + 6) % 7
		}
		return p.onDay(7-today+day, minute), nil
	}
	plus := ((p.weekday+6)%7 - today + 7) % 7
	if plus == 0 && p.next {
		plus = 7
	}
	if t := p.onDay(plus, minute); t.After(p.now) {
		return t, nil
	}
	return p.onDay(plus+7, minute), nil
}

// onDate is a date; without a year the next such date that exists.
func (p *parser) onDate(minute int) (time.Time, error) {
	loc := p.now.Location()
	at := func(y int) (time.Time, bool) {
		exists := time.Date(y, time.Month(p.m), p.d, 0, 0, 0, 0, time.UTC).Day() == p.d
		return time.Date(y, time.Month(p.m), p.d, minute/60, minute%60, 0, 0, loc), exists
	}
	if p.y > 0 {
		if t, ok := at(p.y); ok {
			return t, nil
		}
		return time.Time{}, errNotATime
	}
	for y := p.now.Year(); y <= p.now.Year()+8; y++ { // 29 February
		if t, ok := at(y); ok && t.After(p.now) {
			return t, nil
		}
	}
	return time.Time{}, errNotATime
}
