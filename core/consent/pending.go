package consent

import (
	"strings"
	"time"

	"bottega/core"
)

// Pending is a reading that a person is to look at.
type Pending struct {
	Reading   Reading // Ask, Propose; SaysOut when the stop stands and may be undone
	Word      string
	Scope     Scope
	At        time.Time
	ChannelID int64
	EntryID   int64 // in the ledger; 0 while nothing was recorded
}

// Tx keeps the ledger inside a transaction of the store (core.Tx).
type Tx interface {
	// Consents of a contact, oldest first.
	Consents(contact int64) ([]Entry, error)
	// AddConsent adds an entry and gives it its ID. A stop takes back, in the same
	// transaction, what campaigns have in line for the person.
	AddConsent(e *Entry) error
	// Promoted is when the person was last sent a template of promotion on any
	// channel, failed ones left out, if that was at since or later; else zero.
	Promoted(contact int64, since time.Time) (time.Time, error)
	// PendConsent puts a reading before a person to decide; a message is there once.
	PendConsent(contact, conversation, message int64, p Pending) error
}

// Out reports whether a person has said stop, to us or to the provider, as
// against never having been asked.
func (r Reason) Out() bool { return r == SaidStop || r == StoppedAll || r == StoppedInApp }

// Confirm are the words with which a shop confirms a stop, once.
type Confirm struct {
	Default    string            `json:"default"` // language
	Marketing  map[string]string `json:"marketing"`
	Everything map[string]string `json:"everything"`
	// Prefixes tell the language of a number where the person's own is not known.
	Prefixes map[string]string `json:"prefixes"`
	Source   string            `json:"source"`
}

// Text is the confirmation of a stop in the person's language, else in that of
// their number.
func (c Confirm) Text(scope Scope, to *core.Contact) string {
	texts := c.Marketing
	if scope == Everything {
		texts = c.Everything
	}
	lang, _, _ := strings.Cut(strings.ToLower(to.Language), "-")
	if t := texts[lang]; t != "" {
		return t
	}
	best := ""
	for p := range c.Prefixes {
		if strings.HasPrefix(string(to.Phone), p) && len(p) > len(best) {
			best = p
		}
	}
	if t := texts[c.Prefixes[best]]; t != "" {
		return t
	}
	return texts[c.Default]
}
