package campaign

import (
	"fmt"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/ledger"
	"bottega/core/template"
)

// Campaign is one template to many people.
type Campaign struct {
	ID        int64
	Name      string
	State     State
	ChannelID int64

	Segment string // expression of core/segment: who
	Exclude string // who not, "" for nobody
	Code    string // of orders that it brings, "" for none

	Templates []string // name of the template; several are versions used in turn (S-210)
	Languages []string // languages to fall back to, best first; "" when only the contact's own counts
	Category  ledger.Category
	Values    []Value

	Pace     Pace
	Schedule Schedule

	IncludeCold bool     // write to people without interaction for 90 days too
	Urgent      bool     // utility that may be sent at night (S-216)
	SMS         bool     // undeliverable utility messages go by SMS (S-161)
	Countries   []string // only these; empty for all
	HoldBack    float64  // share that gets nothing, to compare with

	Wait        Wait        // while Waiting
	Pause       PauseReason // while Paused
	PauseDetail string      // template, provider code or other detail of it
	Agent       string      // who started it
	Host        string      // the installation that may send it; see Moved
	// Resumes counts starts and resumes: Failures before the last one do not
	// pause the campaign again.
	Resumes   int
	ResumedAt time.Time

	Foreseen *Foreseen // of the report it was started with; nil before

	CreatedAt, StartedAt, EndedAt time.Time
	Rev                           int64
}

// Value fills one variable of the template: a field of the contact, or Text
// where that is empty or no field is named.
type Value struct {
	Variable string // "1", "name", "header.1"
	Field    string // "name", "phone", or a field of the shop's own; "" for fixed text
	Text     string // fixed text, or the fallback
}

// Pace is how fast a campaign goes.
type Pace struct {
	PerMinute int // 0 for the rules' own
	// Override lets a campaign go faster than Rules.PerSecondMax. It is the
	// name of the person who took the risk (S-039), "" for nobody.
	Override string
}

// When a campaign goes.
type When string

const (
	Now    When = "now"
	At     When = "at"
	Golden When = "golden" // each person in the hours in which they answer (S-054)
)

// Schedule says when a campaign goes.
type Schedule struct {
	When When
	At   time.Time // of When At: the start; of Golden: not before, may be zero
	// Local means that At's clock time is meant in each recipient's zone.
	Local bool
}

// PauseReason is why a campaign stands still, for words in ui/text.
type PauseReason string

const (
	ByHand         PauseReason = "by_hand"
	TooManyFailed  PauseReason = "failed"           // Rules.PauseFailed
	TooManyBlocked PauseReason = "blocked"          // Rules.PauseBlocked
	TemplateGone   PauseReason = "template"         // paused, disabled, not there
	TemplateRed    PauseReason = "template_quality" // its quality is red
	TemplateMoved  PauseReason = "category"         // Meta moved it to another category (P-13)
	ChannelStopped PauseReason = "channel"          // token, policy or payment
	Moved          PauseReason = "moved"            // the data came from another machine: ask first
)

// Recipient is one person of a frozen audience.
type Recipient struct {
	ID         int64
	CampaignID int64
	ContactID  int64
	Person     string // who it is, whatever contact row: unique in a campaign; see PersonKey
	State      RecipientState
	Why        Reason // of Skipped
	Template   string
	Language   string
	Variant    int  // which of Campaign.Templates, also of an A/B test
	HeldBack   bool // gets nothing; Skipped with reason HeldBackReason
	NotBefore  time.Time
	Hold       WaitReason // why not before
	Attempts   int        // messages made for this row
	MessageID  int64      // the latest, 0 before the first
	Class      core.Class
	Code       string // the provider's, of Failed and Unsure
	FailedAt   time.Time
	SentAt     time.Time // when it was handed over
	Rev        int64
}

// Ref is the reference of the recipient's next message: the same after a
// crash, another for another try, so that the store takes it once.
func (r *Recipient) Ref() string {
	return fmt.Sprintf("c%d:%d:%d", r.CampaignID, r.ID, r.Attempts+1)
}

// Again puts a failed or unsure recipient back in line; the caller has checked
// that it may (Rules.MayRetry, or a person who decided about Unsure).
func (r *Recipient) Again(notBefore time.Time) {
	r.State, r.NotBefore, r.Hold, r.MessageID = Pending, notBefore, ForRetry, 0
	r.Class, r.Code, r.FailedAt = "", "", time.Time{}
}

// userKey begins the keys that are a user id.
const userKey = "u:"

// PersonKey names a person by number, or where there is none by user id. All
// forms in which WhatsApp writes a number give one key. "" when there is neither.
func PersonKey(phone core.Phone, userID string) string {
	if phone == "" {
		if userID == "" {
			return ""
		}
		return userKey + userID
	}
	best := phone
	for _, f := range phone.Forms() {
		best = min(best, f)
	}
	return string(best)
}

// Marketing reports whether consent to marketing is needed.
func (c *Campaign) Marketing() bool { return c.Category == ledger.Marketing }

// PerMinute is the pace in force.
func (c *Campaign) PerMinute(r *Rules) int {
	if c.Pace.PerMinute > 0 {
		return c.Pace.PerMinute
	}
	return r.PerMinute.Value
}

// CategoryOf reads the platform's word for a template's category.
func CategoryOf(t core.Template) ledger.Category {
	switch strings.ToUpper(t.Category) {
	case template.Marketing:
		return ledger.Marketing
	case template.Utility:
		return ledger.Utility
	case template.Authentication:
		return ledger.Authentication
	}
	return ledger.Marketing // P-11: what is unclear counts as marketing
}
