package consent

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"bottega/core"
	"bottega/core/fold"
)

// Keywords are the words that opt out and in again, per language, as data with
// its source. All are compared folded and as whole messages (P-26).
type Keywords struct {
	Out map[string][]string `json:"out"`
	In  map[string][]string `json:"in"`
	// Yes words opt in only as the answer to our question.
	Yes map[string][]string `json:"yes"`
	// Ambiguous words of Out may mean an order or appointment: within
	// AskWithin of a utility message they are put to an agent.
	Ambiguous []string `json:"ambiguous"`
	// Weak words are too common to be looked for inside a longer text.
	Weak []string `json:"weak"`
	// All words stop everything, not only marketing.
	All       []string      `json:"all"`
	AskWithin core.Duration `json:"ask_within"`
	Confirm   Confirm       `json:"confirm"`
	Source    string        `json:"source"`
	Date      string        `json:"date"`
}

// Reading is what a message says about consent.
type Reading string

const (
	SaysNothing Reading = ""
	SaysOut     Reading = "opt_out" // apply at once, confirm once
	SaysIn      Reading = "opt_in"
	Ask         Reading = "ask"     // ambiguous: an agent decides
	Propose     Reading = "propose" // a keyword inside a longer text: review tray
)

// Said is a reading with the word that caused it.
type Said struct {
	Reading Reading
	Word    string
	Scope   Scope
}

// Context is what stands around the message.
type Context struct {
	OptedOut      bool      // the person is opted out now
	LastUtilityAt time.Time // our last utility message that could be cancelled; zero when none
	AskedToReturn bool      // our last message asked whether to subscribe again
	At            time.Time
}

// Read judges a whole message. "STOP" is an opt-out; "stop, oggi non vengo" is
// a sentence and only proposed for review; "cancel" after an appointment
// reminder is asked about. A second stop of an opted-out person covers
// everything (policy.md section 3).
func (k Keywords) Read(text string, c Context) Said {
	if len(text) > 4096 {
		return Said{}
	}
	whole := trim(fold.String(text))
	if whole == "" {
		return Said{}
	}
	if has(k.Out, whole) {
		return k.out(whole, c)
	}
	if has(k.In, whole) || c.AskedToReturn && c.OptedOut && has(k.Yes, whole) {
		return Said{Reading: SaysIn, Word: whole, Scope: Marketing}
	}
	if w := k.inside(whole); w != "" {
		return Said{Reading: Propose, Word: w, Scope: Marketing}
	}
	return Said{}
}

func (k Keywords) out(word string, c Context) Said {
	s := Said{Reading: SaysOut, Word: word, Scope: Marketing}
	recent := !c.LastUtilityAt.IsZero() && c.At.Sub(c.LastUtilityAt) < k.AskWithin.D()
	switch {
	case slices.Contains(k.Ambiguous, word) && recent:
		s.Reading = Ask
	case c.OptedOut || slices.Contains(k.All, word):
		s.Scope = Everything
	}
	return s
}

// minInside keeps one-letter keywords ("T") from being found in sentences.
const minInside = 3

// inside finds an unambiguous opt-out keyword as words of a longer text.
func (k Keywords) inside(text string) string {
	padded := " " + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '-' {
			return r
		}
		return ' '
	}, text) + " "
	best := ""
	for _, list := range k.Out {
		for _, w := range list {
			w = trim(fold.String(w))
			n := len([]rune(w))
			if slices.Contains(k.Ambiguous, w) || slices.Contains(k.Weak, w) || n <= len([]rune(best)) {
				continue
			}
			if han(w) && n >= 2 && strings.Contains(text, w) || n >= minInside && strings.Contains(padded, " "+w+" ") {
				best = w
			}
		}
	}
	return best
}

func han(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) < 0
}

func has(lists map[string][]string, whole string) bool {
	for _, l := range lists {
		if slices.ContainsFunc(l, func(w string) bool { return trim(fold.String(w)) == whole }) {
			return true
		}
	}
	return false
}

// trim drops what people type round a keyword: blanks, punctuation, quotes, emoji.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
