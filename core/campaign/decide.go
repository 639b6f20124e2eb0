package campaign

import (
	"slices"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// Person is what a decision needs to know about a contact, as the store reads
// it in one go.
type Person struct {
	Contact  int64
	Name     string
	Phone    core.Phone
	UserID   string // where there is no phone
	Country  string // ISO 3166
	Language string // BCP 47, "" when unknown
	Zone     string // IANA, "" when unknown

	Marketing consent.Reason // what consent says of marketing: consent.Agreed or why not
	Utility   consent.Reason // and of utility: consent.NotObjected or why not
	Blocked   bool
	Shared    bool // other contacts are the same person: what becomes of them counts here
	// ActiveAt is the last sign of interest: a message of theirs, a read one
	// of ours, an order, or the opt-in. Zero when there was none.
	ActiveAt time.Time
	// PromoAt is the last marketing message to them over all campaigns and
	// auto-replies, those in line included; not one that the provider refused
	// at once. One that failed later counts: its failure may be overtaken.
	PromoAt  time.Time
	CappedAt time.Time         // last 131049; zero when none
	WindowTo time.Time         // end of the service window
	FreeTo   time.Time         // end of a free entry point
	Replies  Replies           // by hour of their own clock
	Hours    Replies           // the same by hour of UTC, as a store counts them
	Fields   map[string]string // values for variables, by field name
}

// Reason is why a contact is left out, as the contract writes it in
// "excluded", or at the moment of sending in a skipped row.
type Reason string

const (
	Included  Reason = ""
	OptedOut  Reason = "opted_out"
	NoConsent Reason = "no_consent"
	Cold      Reason = "inactive_90d"
	Promo     Reason = "promo_24h"
	Capped    Reason = "capped_24h" // 131049 in the last 24 h
	NoNumber  Reason = "no_number"
	Blocked   Reason = "blocked"
	Country   Reason = "country"
	NoForm    Reason = "no_template" // none approved in a language of theirs
	NoValue   Reason = "no_value"    // a variable without a value
	Duplicate Reason = "duplicate"   // the same person under another contact
	HeldBack  Reason = "held_back"   // the part of the audience that is compared with
	Gone      Reason = "gone"        // the contact is no longer there
	WrongHost Reason = "moved"
	Stopped   Reason = "cancelled" // the campaign was cancelled
)

// Reasons is the order in which Decide asks, which is the order of a report:
// the first that holds is the one. What a person said comes first, then what
// the shop's own rules say, then what cannot be done; a duplicate is only one
// whom nothing else leaves out.
var Reasons = []Reason{OptedOut, NoConsent, Cold, Promo, Capped, NoNumber, Blocked, Country, NoForm, NoValue, Duplicate, HeldBack}

// Choice is how an included person is written to.
type Choice struct {
	Form   *core.Template // template and language
	Values map[string]string
}

// Decide says whether a campaign may write to a person now, and how. It is a
// pure function of its arguments; who is there twice is found by Plan. The
// window does not matter: a template may be sent outside it.
func (r *Rules) Decide(c *Campaign, f *Forms, variant int, p *Person, now time.Time) (Choice, Reason) {
	if why := r.may(c, p, now); why != Included {
		return Choice{}, why
	}
	t := f.Pick(variant, p.Language)
	if t == nil {
		return Choice{}, NoForm
	}
	values, ok := f.Values(t, p)
	if !ok {
		return Choice{}, NoValue
	}
	return Choice{Form: t, Values: values}, Included
}

// may is the part of the decision that the template has no say in.
func (r *Rules) may(c *Campaign, p *Person, now time.Time) Reason {
	switch why := p.consent(c.Marketing()); {
	case why != Included:
		return why
	case c.Marketing() && !c.IncludeCold && (p.ActiveAt.IsZero() || now.Sub(p.ActiveAt) >= r.ColdAfter.Value.D()):
		return Cold
	case c.Marketing() && since(p.PromoAt, now, r.PromoRest.Value.D()):
		return Promo
	case c.Marketing() && since(p.CappedAt, now, r.CappedRest.Value.D()):
		return Capped
	case p.Phone == "" && p.UserID == "":
		return NoNumber
	case p.Blocked:
		return Blocked
	case len(c.Countries) > 0 && !slices.Contains(c.Countries, p.Country),
		c.Marketing() && slices.Contains(r.NoMarketing.Value, p.Country):
		return Country
	}
	return Included
}

// consent is what the person said. An unknown word allows nothing.
func (p *Person) consent(marketing bool) Reason {
	say, want := p.Utility, consent.NotObjected
	if marketing {
		say, want = p.Marketing, consent.Agreed
	}
	switch say {
	case want:
		return Included
	case consent.SaidStop, consent.StoppedInApp, consent.StoppedAll:
		return OptedOut
	}
	return NoConsent
}

// since reports whether t lies less than d before now. A time in the future,
// left by a clock that was set back, counts as just now.
func since(t, now time.Time, d time.Duration) bool {
	return !t.IsZero() && now.Sub(t) < d
}
