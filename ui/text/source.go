package text

import (
	"regexp"
	"strings"
	"time"
)

// Source says where a rule or a price comes from. Data names it in English,
// clause by clause: "S-214: fewer than 5 % at night; S-215". Names stay as they
// are; what a clause says comes from the words of the language, and is left
// out where there are none. A day, YYYY-MM-DD, is written as people do.
func (w *Words) Source(source, day string) string {
	var parts []string
	for clause := range strings.SplitSeq(source, "; ") {
		if s := w.clause(strings.TrimSpace(clause)); s != "" {
			parts = append(parts, s)
		}
	}
	s := strings.Join(parts, "; ")
	switch {
	case day == "":
		return s
	case s == "":
		return w.Date(day)
	}
	return s + " · " + w.Date(day)
}

// own begins the sources of what is this program's own choice; what follows is
// for those who change it.
var own = regexp.MustCompile(`^(own (rule|choice)|our own)`)

// named are the names in a source.
var named = regexp.MustCompile(`\b(S-\d+( to S-\d+)?|P-\d+( \(\d+\))?|policy\.md( \d+(\.\d+)?)?( \(id \d+\))?|seeds\.md|bsp/[a-z]+\.md( \d+(\.\d+)*)?)`)

func (w *Words) clause(s string) string {
	if own.MatchString(s) {
		_, more, _ := strings.Cut(s, ", ")
		return strings.TrimSuffix(w.T(OwnRule)+", "+strings.Join(named.FindAllString(more, -1), ", "), ", ")
	}
	if k := SourceKey(s); w.Has(k) {
		return w.T(k)
	}
	names, said, told := strings.Cut(s, ": ")
	known := named.FindAllString(names, -1)
	switch k := SourceKey(said); {
	case told && w.Has(k) && w.Has(SourceKey(names)):
		return w.T(SourceKey(names)) + ": " + w.T(k)
	case told && w.Has(k):
		return names + ": " + w.T(k)
	case w.lang == Fallback, known == nil: // a shop's own card names what it likes
		return s
	}
	return strings.Join(known, ", ")
}

// SourceKey is the key of the words for what a clause of a source says.
func SourceKey(said string) K {
	return K("source." + strings.Join(strings.FieldsFunc(strings.ToLower(said), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "_"))
}

// Date writes a day given as YYYY-MM-DD: "9 Oct 2026". Anything else comes back as it is.
func (w *Words) Date(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return w.T(DateFull, "Day", t.Day(), "Month", w.T(months[t.Month()-1]), "Year", t.Year())
}
