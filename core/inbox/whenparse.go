package inbox

import (
	"fmt"
	"slices"
	"time"

	"bottega/core"
)

// farthest is how far ahead a time may lie: beyond it a slip is likelier.
const farthest = 5 * 366 * 24 * time.Hour

// ParseWhen reads a time in words, in the location of now (the shop's; see
// Zone): "2h", "30m", "tomorrow 9", "mon 14:30", "next week", "15/12 10:00",
// "18:00" (tomorrow when it is past). A day without a time means the morning.
// The result lies after now. BadTime when it cannot be read, PastTime when it
// can and is past ("yesterday").
func ParseWhen(text string, vocab When, now time.Time) (time.Time, error) {
	const op = "inbox.ParseWhen"
	if len(text) > 4*maxWhen {
		return time.Time{}, core.Fail(core.BadTime, op, nil)
	}
	p := parser{toks: tokenize(text), v: vocab, now: now, weekday: -1}
	if len(p.toks) == 0 || len(p.toks) > maxWhen {
		return time.Time{}, core.Fail(core.BadTime, op, nil)
	}
	for p.i < len(p.toks) {
		if err := p.step(); err != nil {
			return time.Time{}, core.Fail(core.BadTime, op, err)
		}
	}
	t, err := p.result()
	switch {
	case err != nil:
	case !t.After(now):
		return time.Time{}, core.Fail(core.PastTime, op, nil)
	case t.Sub(now) > farthest:
		err = fmt.Errorf("the time is more than five years ahead")
	}
	if err != nil {
		return time.Time{}, core.Fail(core.BadTime, op, err)
	}
	return t, nil
}

// parser gathers what a text says about day and time.
type parser struct {
	toks []token
	i    int
	v    When
	now  time.Time

	span     time.Duration // "2h"
	spanDays int           // "3 days", at the same time of day
	in, at   bool

	plus           int // days from today, with hasDay
	hasDay         bool
	y, m, d        int // a date; y 0 means the next such date
	weekday        int // -1 when none
	next, nextWeek bool
	hasClock       bool
	minute, part   int
	am, pm         bool
}

var errNotATime = fmt.Errorf("not a time")

func (p *parser) step() error {
	if p.toks[p.i].num >= 0 {
		return p.number()
	}
	w, n, ok := p.match(func(w word) bool { return !isUnit(w) }) // units need a figure
	if !ok {
		return errNotATime
	}
	if w.means == mMonth && p.peekNum(n) { // "December 15"
		p.i += n
		day := p.toks[p.i]
		p.i++
		return p.date(p.year(), w.arg, day.num)
	}
	if alt, m, ok := p.match(func(w word) bool { return w.means == mWeekday }); ok && w.means == mMonth {
		w, n = alt, m // "mar 14:30" is Tuesday in Italian; the month needs a day
	}
	p.i += n
	return p.word(w)
}

func (p *parser) word(w word) error {
	switch w.means {
	case mToday:
		return p.setDay(0)
	case mDayPlus:
		return p.setDay(w.arg)
	case mWeekday:
		if p.weekday >= 0 || p.hasDay || p.d > 0 {
			return errNotATime
		}
		p.weekday = w.arg
	case mNextWeekday:
		p.weekday, p.nextWeek = w.arg, true
	case mIn:
		p.in = true
	case mAt:
		p.at = true
	case mNext:
		p.next = true
	case mNextWeek:
		p.nextWeek = true
	case mPart:
		if p.part != noPart {
			return errNotATime
		}
		p.part = w.arg
	case mAM:
		p.am = true
	case mPM:
		p.pm = true
	case mHalf:
		if !p.hasClock || p.minute%60 != 0 {
			return errNotATime
		}
		p.minute += 30
	case mSpan:
		p.span += time.Duration(w.arg) * time.Second
	case mClock, mDayMark, mIgnore:
	default:
		return errNotATime
	}
	return nil
}

func (p *parser) setDay(plus int) error {
	if p.hasDay || p.weekday >= 0 || p.d > 0 {
		return errNotATime
	}
	p.hasDay, p.plus = true, plus
	return nil
}

// match finds the longest phrase at the cursor whose meaning ok accepts.
func (p *parser) match(ok func(word) bool) (word, int, bool) {
	return p.matchAt(p.i, ok)
}

func (p *parser) matchAt(i int, ok func(word) bool) (word, int, bool) {
	if i >= len(p.toks) {
		return word{}, 0, false
	}
	for _, w := range p.v.words[p.toks[i].text] {
		n := len(w.tokens)
		if i+n <= len(p.toks) && ok(w) && slices.EqualFunc(w.tokens, p.toks[i:i+n], func(a string, b token) bool { return a == b.text }) {
			return w, n, true
		}
	}
	return word{}, 0, false
}

// peekNum reports whether a day of a month stands n tokens ahead, and no time does.
func (p *parser) peekNum(n int) bool {
	i := p.i + n
	return i < len(p.toks) && p.toks[i].num >= 1 && p.toks[i].num <= 31 && !p.sign(i+1, ":")
}

func (p *parser) sign(i int, signs ...string) bool {
	return i+1 < len(p.toks) && p.toks[i+1].num >= 0 && slices.Contains(signs, p.toks[i].text)
}

// number reads what begins with a figure: a date, a time, or a count of units.
func (p *parser) number() error {
	n := p.toks[p.i]
	switch {
	case p.sign(p.i+1, "/", "-"), p.sign(p.i+1, ".") && p.dotIsDate():
		return p.figureDate()
	case p.sign(p.i+1, ":", "."):
		if w, _, ok := p.matchAt(p.i+3, isUnit); ok && p.toks[p.i+1].text == "." {
			return p.fraction(w)
		}
		minute := p.toks[p.i+2]
		p.i += 3
		if minute.len != 2 {
			return errNotATime
		}
		return p.clock(n.num, minute.num)
	case p.sign(p.i+1, ","):
		if w, _, ok := p.matchAt(p.i+3, isUnit); ok {
			return p.fraction(w)
		}
		return errNotATime
	}
	p.i++
	if done, err := p.month(n); done {
		return err
	}
	if _, k, ok := p.match(func(w word) bool { return w.means == mClock }); ok {
		p.i += k
		return p.clock(n.num, p.minutesAfter())
	}
	if w, k, ok := p.match(isUnit); ok {
		return p.unit(n.num, w, k)
	}
	return p.bare(n)
}

// month reads the month after a day ("15 dicembre", "15th of May"), or the day
// after a month in figures ("12月15日").
func (p *parser) month(n token) (done bool, err error) {
	i := p.i
	for {
		_, k, ok := p.matchAt(i, func(w word) bool { return w.means == mIgnore })
		if !ok {
			break
		}
		i += k
	}
	if w, k, ok := p.matchAt(i, func(w word) bool { return w.means == mMonth }); ok {
		p.i = i + k
		return true, p.date(p.year(), w.arg, n.num)
	}
	if _, k, ok := p.match(func(w word) bool { return w.means == mMonthMark }); ok && p.peekNum(k) {
		p.i += k
		day := p.toks[p.i].num
		p.i++
		if _, k, ok := p.match(func(w word) bool { return w.means == mDayMark }); ok {
			p.i += k
		}
		return true, p.date(0, n.num, day)
	}
	return false, nil
}

func isUnit(w word) bool {
	return w.means == mMinutes || w.means == mHours || w.means == mDays || w.means == mWeeks
}

// minutesAfter reads the minutes of "9点30分", "9 Uhr 30" or "14h30"; 0 when there are none.
func (p *parser) minutesAfter() int {
	if p.i >= len(p.toks) || p.toks[p.i].num < 0 || p.toks[p.i].len != 2 || p.sign(p.i+1, ":", "/", "-", ".") {
		return 0
	}
	m := p.toks[p.i].num
	p.i++
	if _, k, ok := p.match(func(w word) bool { return w.means == mMinutes }); ok {
		p.i += k
	}
	return m
}

// unit reads a count and its unit. Hours are a time of day once a day or "at"
// came before, and in "14h30"; else they are a span, as in "2h" and "1h30".
func (p *parser) unit(n int, w word, k int) error {
	p.i += k
	if n > 1e5 {
		return errNotATime
	}
	switch w.means {
	case mHours:
		dated := p.hasDay || p.weekday >= 0 || p.d > 0 || p.nextWeek || p.at
		minutes := p.minutesAfter()
		if !p.in && (dated || (minutes > 0 && n > 4)) {
			return p.clock(n, minutes)
		}
		p.span += time.Duration(n)*time.Hour + time.Duration(minutes)*time.Minute
	case mMinutes:
		p.span += time.Duration(n) * time.Minute
	case mDays:
		p.spanDays += n
	case mWeeks:
		p.spanDays += 7 * n
	}
	return nil
}

// fraction reads "1.5h" and "1,5 h".
func (p *parser) fraction(w word) error {
	whole, part := p.toks[p.i], p.toks[p.i+2]
	_, k, _ := p.matchAt(p.i+3, isUnit)
	p.i += 3 + k
	if whole.num > 1e5 || part.len != 1 || (w.means != mHours && w.means != mDays) {
		return errNotATime
	}
	one := time.Hour
	if w.means == mDays {
		one *= 24
	}
	p.span += time.Duration(whole.num)*one + time.Duration(part.num)*one/10
	return nil
}

// bare reads a figure alone: an hour, or hour and minute as in "1430".
func (p *parser) bare(n token) error {
	if n.len >= 3 && n.len <= 4 {
		return p.clock(n.num/100, n.num%100)
	}
	if n.len > 2 {
		return errNotATime
	}
	return p.clock(n.num, 0)
}

func (p *parser) clock(h, m int) error {
	if p.hasClock || h > 23 || m > 59 {
		return errNotATime
	}
	p.hasClock, p.minute = true, h*60+m
	return nil
}

// dotIsDate judges "15.12": with a second dot, where the language writes dates
// so, or when a time follows, it is a date unless it cannot be one.
func (p *parser) dotIsDate() bool {
	if p.sign(p.i+3, ".") {
		return true
	}
	if _, _, ok := p.matchAt(p.i+3, isUnit); ok || p.hasDay || p.weekday >= 0 || p.d > 0 || p.at {
		return false
	}
	later := slices.ContainsFunc(p.toks[p.i+3:], func(t token) bool { return t.num >= 0 })
	month := p.toks[p.i+2].num
	return (p.v.dotDate || later) && month >= 1 && month <= 12 && p.toks[p.i].num >= 1
}

// figureDate reads 15/12, 15/12/26, 15.12.2026 and 2026-12-15.
func (p *parser) figureDate() error {
	a, b := p.toks[p.i].num, p.toks[p.i+2].num
	first := p.toks[p.i].len
	p.i += 3
	y, has := 0, p.sign(p.i, "/", "-", ".")
	if has {
		y = p.toks[p.i+1].num
		p.i += 2
	}
	if first == 4 {
		if !has {
			return errNotATime
		}
		return p.date(a, b, y)
	}
	if has && y < 100 {
		y += 2000
	}
	if b > 12 && a <= 12 {
		a, b = b, a // 12/15
	}
	return p.date(y, b, a)
}

// year takes a four-figure year at the cursor, 0 when there is none.
func (p *parser) year() int {
	if p.i >= len(p.toks) || p.sign(p.i+1, ":", ".") {
		return 0
	}
	t := p.toks[p.i]
	if t.len != 4 || t.num < 2000 || t.num >= 2100 {
		return 0
	}
	p.i++
	return t.num
}

func (p *parser) date(y, m, d int) error {
	if p.hasDay || p.d > 0 || p.weekday >= 0 || m < 1 || m > 12 || d < 1 || d > 31 {
		return errNotATime
	}
	p.y, p.m, p.d = y, m, d
	return nil
}
