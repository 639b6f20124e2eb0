package inbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"

	"bottega/core"
	"bottega/core/fold"
)

// When knows the words for times of one or more languages. The zero value
// knows figures only ("14:30", "15/12 10:00"). Safe for concurrent use.
type When struct {
	words   map[string][]word // by first token, longest first
	clock   clockTimes
	dotDate bool // "15.12" is a date rather than a time
}

// meaning of a word.
type meaning uint8

const (
	mToday   meaning = iota + 1
	mDays            // of a unit: days
	mDayPlus         // arg days from today: tomorrow
	mIn
	mAt
	mNext
	mNextWeek
	mNextWeekday
	mMinutes
	mHours
	mWeeks
	mClock // o'clock
	mHalf
	mPart // arg is a part
	mAM
	mPM
	mMonth // arg 1…12
	mMonthMark
	mDayMark
	mIgnore
	mSpan // arg in seconds
	mWeekday
)

// Parts of a day, as arguments of mPart.
const (
	noPart = iota
	morning
	noon
	afternoon
	evening
)

type word struct {
	tokens []string
	means  meaning
	arg    int
}

// clockTimes are minutes since midnight.
type clockTimes struct{ day, morning, noon, afternoon, evening int }

func (c clockTimes) of(part int) int {
	return [...]int{c.day, c.morning, c.noon, c.afternoon, c.evening}[part]
}

// vocabulary is the shape of when/LANG.json.
type vocabulary struct {
	Language     string            `json:"language"`
	Source       string            `json:"source"`
	Date         string            `json:"date"`
	DotDate      bool              `json:"dot_date"`
	Today        []string          `json:"today"`
	Yesterday    []string          `json:"yesterday"` // only to say that it is past
	Tomorrow     []string          `json:"tomorrow"`
	Overmorrow   []string          `json:"overmorrow"`
	In           []string          `json:"in"`
	At           []string          `json:"at"`
	Next         []string          `json:"next"`
	NextWeek     []string          `json:"next_week"`
	Minutes      []string          `json:"minutes"`
	Hours        []string          `json:"hours"`
	Days         []string          `json:"days"`
	Weeks        []string          `json:"weeks"`
	OClock       []string          `json:"oclock"`
	HalfPast     []string          `json:"half_past"`
	Morning      []string          `json:"morning"`
	Noon         []string          `json:"noon"`
	Afternoon    []string          `json:"afternoon"`
	Evening      []string          `json:"evening"`
	AM           []string          `json:"am"`
	PM           []string          `json:"pm"`
	Month        []string          `json:"month"`    // the word month after a figure
	DayMark      []string          `json:"day_mark"` // what follows the day after that
	Ignore       []string          `json:"ignore"`
	Spans        map[string]string `json:"spans"`         // "half an hour" → "30m"
	Weekdays     [][]string        `json:"weekdays"`      // from Sunday
	NextWeekdays [][]string        `json:"next_weekdays"` // of next week, from Sunday
	Months       [][]string        `json:"months"`
}

// LoadWhen reads the words of the languages (BCP 47 tags; only the first part
// counts) from when/LANG.json below fsys and when/clock.json; English is always
// understood as well. Languages without a file are passed over: people write
// "tomorrow 9" in any of them. The first language decides what "15.12" means.
func LoadWhen(fsys fs.FS, languages ...string) (When, error) {
	const op = "inbox.LoadWhen"
	w := When{words: map[string][]word{}}
	var err error
	if w.clock, err = loadClock(fsys); err != nil {
		return When{}, core.Fail(core.InvalidInput, op, err)
	}
	seen := map[string]bool{}
	for _, tag := range append(slices.Clone(languages), "en") {
		lang, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
		name := "when/" + strings.ToLower(lang) + ".json"
		if lang == "" || lang == "clock" || seen[name] || !fs.ValidPath(name) {
			continue
		}
		var v vocabulary
		b, err := fs.ReadFile(fsys, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return When{}, core.Fail(core.InvalidInput, op, err)
		}
		if err := json.Unmarshal(b, &v); err != nil {
			return When{}, core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", name, err))
		}
		if err := w.add(v); err != nil {
			return When{}, core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", name, err))
		}
		w.dotDate = w.dotDate || (len(seen) == 0 && v.DotDate)
		seen[name] = true
	}
	for _, list := range w.words {
		slices.SortStableFunc(list, func(a, b word) int { return cmp.Compare(len(b.tokens), len(a.tokens)) })
	}
	return w, nil
}

func loadClock(fsys fs.FS) (clockTimes, error) {
	var f struct{ Day, Morning, Noon, Afternoon, Evening string }
	var c clockTimes
	b, err := fs.ReadFile(fsys, "when/clock.json")
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(b, &f); err != nil {
		return c, fmt.Errorf("when/clock.json: %w", err)
	}
	for _, x := range []struct {
		text string
		into *int
	}{{f.Day, &c.day}, {f.Morning, &c.morning}, {f.Noon, &c.noon}, {f.Afternoon, &c.afternoon}, {f.Evening, &c.evening}} {
		t, err := time.Parse("15:04", x.text)
		if err != nil {
			return c, fmt.Errorf("when/clock.json: %w", err)
		}
		*x.into = t.Hour()*60 + t.Minute()
	}
	return c, nil
}

func (w *When) add(v vocabulary) error {
	if len(v.Weekdays) != 7 || len(v.Months) != 12 {
		return fmt.Errorf("%d weekdays and %d months", len(v.Weekdays), len(v.Months))
	}
	for _, x := range []struct {
		list  []string
		means meaning
		arg   int
	}{
		{v.Today, mToday, 0}, {v.Yesterday, mDayPlus, -1}, {v.Tomorrow, mDayPlus, 1}, {v.Overmorrow, mDayPlus, 2}, {v.In, mIn, 0}, {v.At, mAt, 0},
		{v.Next, mNext, 0}, {v.NextWeek, mNextWeek, 0}, {v.Minutes, mMinutes, 0}, {v.Hours, mHours, 0}, {v.Days, mDays, 0},
		{v.Weeks, mWeeks, 0}, {v.OClock, mClock, 0}, {v.HalfPast, mHalf, 0}, {v.Morning, mPart, morning}, {v.Noon, mPart, noon},
		{v.Afternoon, mPart, afternoon}, {v.Evening, mPart, evening}, {v.AM, mAM, 0}, {v.PM, mPM, 0},
		{v.Month, mMonthMark, 0}, {v.DayMark, mDayMark, 0}, {v.Ignore, mIgnore, 0},
	} {
		w.learn(x.list, x.means, x.arg)
	}
	for phrase, text := range v.Spans {
		d, err := time.ParseDuration(text)
		if err != nil {
			return err
		}
		w.learn([]string{phrase}, mSpan, int(d.Seconds()))
	}
	for i, names := range v.Weekdays {
		w.learn(names, mWeekday, i)
	}
	for i, names := range v.NextWeekdays {
		w.learn(names, mNextWeekday, i)
	}
	for i, names := range v.Months {
		w.learn(names, mMonth, i+1)
	}
	return nil
}

func (w *When) learn(phrases []string, means meaning, arg int) {
	for _, p := range phrases {
		var tokens []string
		for _, t := range tokenize(p) {
			tokens = append(tokens, t.text)
		}
		if len(tokens) > 0 {
			w.words[tokens[0]] = append(w.words[tokens[0]], word{tokens, means, arg})
		}
	}
}

// token of a time in words: a run of letters, one Han character, a number, or
// a sign between two numbers.
type token struct {
	text string
	num  int // value of a number, -1 for anything else
	len  int // digits of a number
}

// maxWhen is the longest text, in runes, that is read as a time.
const maxWhen = 60

// tokenize splits a text; of signs only : . , / - directly between digits are kept.
func tokenize(text string) []token {
	var out []token
	runes := []rune(fold.String(text))
	for i := 0; i < len(runes); {
		r, j := runes[i], i+1
		switch {
		case digit(r):
			n := 0
			for j = i; j < len(runes) && digit(runes[j]); j++ {
				n = min(n*10+int(runes[j]-'0'), 1e8)
			}
			out = append(out, token{string(runes[i:j]), n, j - i})
		case unicode.Is(unicode.Han, r):
			out = append(out, token{string(r), -1, 0})
		case unicode.IsLetter(r):
			for j < len(runes) && unicode.IsLetter(runes[j]) && !unicode.Is(unicode.Han, runes[j]) {
				j++
			}
			out = append(out, token{string(runes[i:j]), -1, 0})
		case strings.ContainsRune(":.,/-", r) && i > 0 && j < len(runes) && digit(runes[i-1]) && digit(runes[j]):
			out = append(out, token{string(r), -1, 0})
		}
		i = j
	}
	return out
}

func digit(r rune) bool { return '0' <= r && r <= '9' }
