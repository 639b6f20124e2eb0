package inbox_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
)

var languages = []string{"en", "it", "ru", "zh", "de", "es", "pt", "fr"}

func vocab(t testing.TB, langs ...string) inbox.When {
	t.Helper()
	w, err := inbox.LoadWhen(assets.Rules(), langs...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Tuesday 24 November 2026, ten past ten.
const nowText = "2026-11-24 10:10"

func TestParseWhen(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"en", "2h", "2026-11-24 12:10"},
		{"en", "30m", "2026-11-24 10:40"},
		{"en", "in 45 minutes", "2026-11-24 10:55"},
		{"en", "1h30", "2026-11-24 11:40"},
		{"en", "1h 30m", "2026-11-24 11:40"},
		{"en", "1.5h", "2026-11-24 11:40"},
		{"en", "half an hour", "2026-11-24 10:40"},
		{"en", "in an hour", "2026-11-24 11:10"},
		{"en", "3 days", "2026-11-27 10:10"},
		{"en", "in 2 days 9:00", "2026-11-26 09:00"},
		{"en", "1 week", "2026-12-01 10:10"},
		{"en", "tomorrow", "2026-11-25 09:00"},
		{"en", "tomorrow 9", "2026-11-25 09:00"},
		{"en", "Tomorrow at 9:30", "2026-11-25 09:30"},
		{"en", "9 tomorrow", "2026-11-25 09:00"},
		{"en", "tomorrow 5pm", "2026-11-25 17:00"},
		{"en", "tomorrow at 5 p.m.", "2026-11-25 17:00"},
		{"en", "tomorrow afternoon", "2026-11-25 15:00"},
		{"en", "tomorrow evening at 8", "2026-11-25 20:00"},
		{"en", "day after tomorrow 14:00", "2026-11-26 14:00"},
		{"en", "today 18:00", "2026-11-24 18:00"},
		{"en", "today", "2026-11-24 18:00"},
		{"en", "tonight", "2026-11-24 18:00"},
		{"en", "18:00", "2026-11-24 18:00"},
		{"en", "9:00", "2026-11-25 09:00"},
		{"en", "9", "2026-11-25 09:00"},
		{"en", "1430", "2026-11-24 14:30"},
		{"en", "12am", "2026-11-25 00:00"},
		{"en", "noon", "2026-11-24 12:00"},
		{"en", "mon 14:30", "2026-11-30 14:30"},
		{"en", "tue 14:30", "2026-11-24 14:30"},
		{"en", "tue 9", "2026-12-01 09:00"},
		{"en", "next tuesday 14:30", "2026-12-01 14:30"},
		{"en", "friday", "2026-11-27 09:00"},
		{"en", "next week", "2026-11-30 09:00"},
		{"en", "next week fri 10", "2026-12-04 10:00"},
		{"en", "15/12 10:00", "2026-12-15 10:00"},
		{"en", "12/15", "2026-12-15 09:00"},
		{"en", "1/2", "2027-02-01 09:00"},
		{"en", "2026-12-15 16:45", "2026-12-15 16:45"},
		{"en", "15.12.2026", "2026-12-15 09:00"},
		{"en", "15.12. 10:00", "2026-12-15 10:00"},
		{"en", "14.30", "2026-11-24 14:30"},
		{"en", "December 15", "2026-12-15 09:00"},
		{"en", "15th of december 2027, 8:00", "2027-12-15 08:00"},
		{"en", "on the 3 march at 11", "2027-03-03 11:00"},
		{"en", "29/2", "2028-02-29 09:00"},
		{"it", "domani 9", "2026-11-25 09:00"},
		{"it", "domani alle 9 e mezza", "2026-11-25 09:30"},
		{"it", "domani pomeriggio alle 3", "2026-11-25 15:00"},
		{"it", "dopodomani", "2026-11-26 09:00"},
		{"it", "lunedì 9", "2026-11-30 09:00"},
		{"it", "LUNEDI 9", "2026-11-30 09:00"},
		{"it", "mar 14:30", "2026-11-24 14:30"},
		{"it", "15 mar", "2027-03-15 09:00"},
		{"it", "15 dicembre ore 10", "2026-12-15 10:00"},
		{"it", "tra due ore", ""},
		{"it", "tra 2 ore", "2026-11-24 12:10"},
		{"it", "fra mezz'ora", "2026-11-24 10:40"},
		{"it", "tra un’ora", "2026-11-24 11:10"},
		{"it", "settimana prossima", "2026-11-30 09:00"},
		{"it", "venerdì prossimo alle 16", "2026-11-27 16:00"},
		{"it", "stasera", "2026-11-24 18:00"},
		{"it", "alle 18.30", "2026-11-24 18:30"},
		{"it", "tomorrow 9", "2026-11-25 09:00"},
		{"ru", "завтра 9", "2026-11-25 09:00"},
		{"ru", "завтра в 9:30", "2026-11-25 09:30"},
		{"ru", "послезавтра", "2026-11-26 09:00"},
		{"ru", "через 2 часа", "2026-11-24 12:10"},
		{"ru", "через час", "2026-11-24 11:10"},
		{"ru", "через полчаса", "2026-11-24 10:40"},
		{"ru", "в понедельник в 10", "2026-11-30 10:00"},
		{"ru", "пн 14:30", "2026-11-30 14:30"},
		{"ru", "15.12", "2026-12-15 09:00"},
		{"ru", "15 декабря в 11:00", "2026-12-15 11:00"},
		{"ru", "завтра вечером", "2026-11-25 18:00"},
		{"ru", "в 9 часов", "2026-11-25 09:00"},
		{"ru", "на следующей неделе", "2026-11-30 09:00"},
		{"zh", "明天9点", "2026-11-25 09:00"},
		{"zh", "明天上午9点半", "2026-11-25 09:30"},
		{"zh", "明天下午3点", "2026-11-25 15:00"},
		{"zh", "后天", "2026-11-26 09:00"},
		{"zh", "2小时", "2026-11-24 12:10"},
		{"zh", "2个小时后", "2026-11-24 12:10"},
		{"zh", "半小时后", "2026-11-24 10:40"},
		{"zh", "30分钟", "2026-11-24 10:40"},
		{"zh", "周一 14:30", "2026-11-30 14:30"},
		{"zh", "下周五10点", "2026-12-04 10:00"},
		{"zh", "下周", "2026-11-30 09:00"},
		{"zh", "12月15日 10：00", "2026-12-15 10:00"},
		{"zh", "今晚8点", "2026-11-24 20:00"},
		{"zh", "3天后", "2026-11-27 10:10"},
		{"de", "morgen 9", "2026-11-25 09:00"},
		{"de", "morgen um 9 Uhr 30", "2026-11-25 09:30"},
		{"de", "übermorgen", "2026-11-26 09:00"},
		{"de", "morgen früh", "2026-11-25 09:00"},
		{"de", "in 2 Stunden", "2026-11-24 12:10"},
		{"de", "in einer halben Stunde", "2026-11-24 10:40"},
		{"de", "Mo 14:30", "2026-11-30 14:30"},
		{"de", "nächste Woche", "2026-11-30 09:00"},
		{"de", "nächsten Freitag um 10 Uhr", "2026-11-27 10:00"},
		{"de", "15.12. 10 Uhr", "2026-12-15 10:00"},
		{"de", "am 15. Dezember", "2026-12-15 09:00"},
		{"de", "heute abend", "2026-11-24 18:00"},
		{"es", "mañana a las 9", "2026-11-25 09:00"},
		{"es", "mañana por la mañana", "2026-11-25 09:00"},
		{"es", "pasado mañana", "2026-11-26 09:00"},
		{"es", "en 2 horas", "2026-11-24 12:10"},
		{"es", "media hora", "2026-11-24 10:40"},
		{"es", "el lunes a las 14:30", "2026-11-30 14:30"},
		{"es", "la próxima semana", "2026-11-30 09:00"},
		{"es", "15 de diciembre a las 5 de la tarde", "2026-12-15 17:00"},
		{"pt", "amanhã às 9", "2026-11-25 09:00"},
		{"pt", "amanhã à tarde", "2026-11-25 15:00"},
		{"pt", "depois de amanhã", "2026-11-26 09:00"},
		{"pt", "daqui a 2 horas", "2026-11-24 12:10"},
		{"pt", "segunda-feira 14h30", "2026-11-30 14:30"},
		{"pt", "semana que vem", "2026-11-30 09:00"},
		{"pt", "15 de dezembro", "2026-12-15 09:00"},
		{"fr", "demain 9h", "2026-11-25 09:00"},
		{"fr", "demain à 14h30", "2026-11-25 14:30"},
		{"fr", "14h30", "2026-11-24 14:30"},
		{"fr", "dans 2 heures", "2026-11-24 12:10"},
		{"fr", "une demi-heure", "2026-11-24 10:40"},
		{"fr", "après-demain", "2026-11-26 09:00"},
		{"fr", "lundi 9h", "2026-11-30 09:00"},
		{"fr", "la semaine prochaine", "2026-11-30 09:00"},
		{"fr", "demain après-midi", "2026-11-25 15:00"},
		{"fr", "le 15 décembre à 10h", "2026-12-15 10:00"},
	} {
		now := at(t, "Europe/Rome", nowText)
		got, err := inbox.ParseWhen(c.text, vocab(t, c.lang), now)
		if c.want == "" {
			if core.CodeOf(err) != core.BadTime {
				t.Errorf("%s: %q: %v, %v", c.lang, c.text, got, err)
			}
			continue
		}
		if want := at(t, "Europe/Rome", c.want); err != nil || !got.Equal(want) {
			t.Errorf("%s: %q is %v, want %s (%v)", c.lang, c.text, got.Format("2006-01-02 15:04"), c.want, err)
		}
	}
}

func TestParseWhenRefuses(t *testing.T) {
	now := at(t, "Europe/Rome", nowText)
	v := vocab(t, languages...)
	for _, text := range []string{
		"", " ", "?", "soon", "never", "25:00", "9:75", "9:5", "24", "tomorrow tomorrow", "mon tue",
		"31/2", "30/02/2027", "0/5", "15/13", "99999999999h", "0m", "2h tomorrow", "tomorrow 9 10", "13pm", "0am", "pm", "next",
		"at", "in", "15/12/2099", "3000 days", "12345", "2 2", "1,5", "1,5 m", "2026-12", "tomorrow half past", strings.Repeat("9 ", 200),
		"9am pm", "morning evening", "dom.ni lun",
	} {
		if got, err := inbox.ParseWhen(text, v, now); core.CodeOf(err) != core.BadTime {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
}

// What is past was understood: it is not said to be unreadable.
func TestParseWhenKnowsThePast(t *testing.T) {
	now := at(t, "Europe/Rome", nowText)
	v := vocab(t, languages...)
	for _, text := range []string{"today 9:00", "2025-01-01", "yesterday", "yesterday 18:00", "gestern", "ayer", "hier", "ieri alle 9", "ontem", "вчера", "昨天", "昨日"} {
		if got, err := inbox.ParseWhen(text, v, now); core.CodeOf(err) != core.PastTime || !got.IsZero() {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
	if _, err := inbox.ParseWhen("domani alle 9", vocab(t, "en"), now); core.CodeOf(err) != core.BadTime {
		t.Errorf("Italian where English is spoken: %v", err)
	}
}

// TestParseWhenInTheShopsZone reads the same words in two places, and on the
// night on which the clock moves.
func TestParseWhenInTheShopsZone(t *testing.T) {
	v := vocab(t, "en")
	instant := time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[string]string{"Europe/Rome": "2026-11-26 09:00", "America/New_York": "2026-11-25 09:00"} {
		loc, _ := time.LoadLocation(zone)
		if got, err := inbox.ParseWhen("tomorrow 9", v, instant.In(loc)); err != nil || !got.Equal(at(t, zone, want)) {
			t.Errorf("%s: %v %v", zone, got, err)
		}
	}
	night := at(t, "Europe/Rome", "2026-10-24 22:00")
	if got, err := inbox.ParseWhen("tomorrow 9", v, night); err != nil || got.Sub(night) != 12*time.Hour {
		t.Errorf("over the long night: %v %v", got.Sub(night), err)
	}
	if got, err := inbox.ParseWhen("12h", v, night); err != nil || got.Sub(night) != 12*time.Hour {
		t.Errorf("twelve hours are %v %v", got.Sub(night), err)
	}
}

func TestWhenWithoutWords(t *testing.T) {
	now := at(t, "Europe/Rome", nowText)
	for text, want := range map[string]string{"14:30": "2026-11-24 14:30", "15/12 10:00": "2026-12-15 10:00", "11": "2026-11-24 11:00"} {
		if got, err := inbox.ParseWhen(text, inbox.When{}, now); err != nil || !got.Equal(at(t, "Europe/Rome", want)) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	if _, err := inbox.ParseWhen("tomorrow", inbox.When{}, now); core.CodeOf(err) != core.BadTime {
		t.Error("tomorrow without a vocabulary")
	}
}

func TestLoadWhen(t *testing.T) {
	now := at(t, "Europe/Rome", nowText)
	if got, err := inbox.ParseWhen("domani", vocab(t, "it_IT", "xx", ""), now); err != nil || got.Hour() != 9 {
		t.Errorf("by a tag with a region: %v %v", got, err)
	}
	for name, files := range map[string]fstest.MapFS{
		"no clock":   {},
		"bad clock":  {"when/clock.json": {Data: []byte(`{"day":"9 am"}`)}},
		"clock form": {"when/clock.json": {Data: []byte(`[`)}},
		"bad words":  {"when/clock.json": {Data: []byte(goodClock)}, "when/en.json": {Data: []byte(`{`)}},
		"days":       {"when/clock.json": {Data: []byte(goodClock)}, "when/en.json": {Data: []byte(`{"weekdays":[["mon"]]}`)}},
		"span": {"when/clock.json": {Data: []byte(goodClock)},
			"when/en.json": {Data: []byte(`{"spans":{"a bit":"soon"},"weekdays":[[],[],[],[],[],[],[]],"months":[[],[],[],[],[],[],[],[],[],[],[],[]]}`)}},
	} {
		if _, err := inbox.LoadWhen(files, "en"); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const goodClock = `{"day":"09:00","morning":"09:00","noon":"12:00","afternoon":"15:00","evening":"18:00"}`

// TestEveryWordIsKnown reads each language's weekdays and months as listed.
func TestEveryLanguageHasItsWords(t *testing.T) {
	now := at(t, "Europe/Rome", nowText)
	days := map[string]string{"en": "sunday", "it": "domenica", "ru": "воскресенье", "zh": "周日", "de": "sonntag", "es": "domingo", "pt": "domingo", "fr": "dimanche"}
	months := map[string]string{"en": "may", "it": "maggio", "ru": "мая", "zh": "五月", "de": "mai", "es": "mayo", "pt": "maio", "fr": "mai"}
	for _, lang := range languages {
		v := vocab(t, lang)
		if got, err := inbox.ParseWhen(days[lang]+" 10:00", v, now); err != nil || got.Weekday() != time.Sunday {
			t.Errorf("%s: %s is %v %v", lang, days[lang], got, err)
		}
		if got, err := inbox.ParseWhen("3 "+months[lang], v, now); err != nil || got.Month() != time.May || got.Day() != 3 {
			t.Errorf("%s: 3 %s is %v %v", lang, months[lang], got, err)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"tomorrow 9", "domani alle 9 e mezza", "15/12 10:00", "2h", "1,5 h", "明天下午3点", "15.12.2026", "mon 14:30",
		"через 2 часа", "next week fri 10", "9am", "14h30", "2026-12-15", "29/2", "12月15日", ":", "1/", "1.2.3.4", "9999 9999"} {
		f.Add(s)
	}
	v := vocab(f, languages...)
	now := at(f, "Europe/Rome", nowText)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := inbox.ParseWhen(text, v, now)
		if err != nil {
			if (core.CodeOf(err) != core.BadTime && core.CodeOf(err) != core.PastTime) || !got.IsZero() {
				t.Errorf("%q: %v %v", text, got, err)
			}
			return
		}
		if !got.After(now) || got.Sub(now) > 5*366*24*time.Hour {
			t.Errorf("%q is %v", text, got)
		}
	})
}
