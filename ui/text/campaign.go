package text

import (
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// What the codes of core/campaign mean, for screens and commands alike. The
// codes come as the plain strings that they are.

// CampaignState names a campaign's state: a core/campaign.State.
func (w *Words) CampaignState(s string) string { return w.T(K("campaigns.state." + s)) }

// Outcome names where n people of an audience stand: a core/campaign.RecipientState.
func (w *Words) Outcome(state string, n int) string { return w.N(K("campaigns.person."+state), n) }

// LeftOut says in a few words why somebody gets nothing: a core/campaign.Reason.
// One without words comes back as itself.
func (w *Words) LeftOut(reason string) string {
	if k := K("campaigns.why." + reason); w.Has(k) {
		return w.T(k)
	}
	return reason
}

// Holds says why nobody is written to just now, a core/campaign.WaitReason, and
// until when; a zero until is left out.
func (w *Words) Holds(reason string, until, now time.Time) string {
	k := K("campaigns.wait." + reason)
	if !w.Has(k) {
		k = CampWaits
	}
	switch s := w.T(k); {
	case until.IsZero():
		return s
	case until.Sub(now).Abs() < time.Minute: // the minute alone would tell nothing
		return s + " " + w.T(CampUntil, "When", until.In(now.Location()).Format(time.TimeOnly))
	default:
		return s + " " + w.T(CampUntil, "When", w.When(until, now))
	}
}

// Hitch says what keeps a campaign's messages beside its own wait, or who else
// sends them: a core/campaign.HitchReason with its code and since when; "" for
// none.
func (w *Words) Hitch(reason string, code core.Code, since, now time.Time) string {
	switch reason {
	case "":
		return ""
	case "away":
		return w.Away(code, since.In(now.Location()), now)
	}
	return w.T(K("campaigns.hitch." + reason))
}

// AtPace says what a set pace means: how far messages are apart, or how many
// leave in a second.
func (w *Words) AtPace(perMinute int) string {
	if perMinute > 60 {
		return w.T(CampAtPaceFast, "N", w.Dec(float64(perMinute)/60, 1))
	}
	return w.T(CampAtPace, "Time", w.T(UnitSeconds, "N", w.Dec(60/float64(max(1, perMinute)), 1)))
}

// Standstill says in a sentence why a campaign is paused: a core/campaign.PauseReason
// with its detail, which for a stopped number is a class.
func (w *Words) Standstill(why, detail string) string {
	if why == "channel" {
		detail, _ = w.Reason(&core.ProviderError{Class: core.Class(detail)})
	}
	return strings.TrimSpace(w.T(K("campaigns.pause."+why), "Detail", detail))
}

// Forbids says what a rule forbids: a core/campaign.Rule with its detail.
func (w *Words) Forbids(rule, detail string) string {
	if n, err := strconv.ParseUint(detail, 10, 31); err == nil { // a phone has a sign
		detail = w.Num(int(n))
	}
	if rule == "channel" {
		detail, _ = w.Reason(&core.ProviderError{Class: core.Class(detail)})
	}
	return strings.TrimSpace(w.T(K("campaigns.refused."+rule), "Detail", detail))
}

// Measured writes a value of a core/campaign.Mark, by its Rule: shares as
// percent, the rest as numbers.
func (w *Words) Measured(rule string, v float64) string {
	switch rule {
	case "hourly", "limit", "quota", "unpriced":
		return w.Num(int(v))
	}
	return w.Percent(v)
}

// Bound writes what a value of a mark should be: at least or below a limit; ""
// for none.
func (w *Words) Bound(rule string, limit float64, least bool) string {
	switch {
	case limit == 0:
		return ""
	case least:
		return w.T(CampAtLeast, "Limit", w.Measured(rule, limit))
	}
	return w.T(CampBelow, "Limit", w.Measured(rule, limit))
}

// TextsPlanned says what SMS in place of undeliverable messages may cost: parts
// SMS for each, should most of them go that way; without prices only how many.
func (w *Words) TextsPlanned(parts int, each, most core.Money, priced bool) string {
	n := w.N(CmpSMSParts, parts)
	if !priced {
		return w.T(CmpSMSUnpriced, "Parts", n)
	}
	return w.T(CmpSMSCost, "Each", w.Money(each), "Most", w.Money(most), "Parts", n)
}

// Brought is a core/campaign.Lift in plain numbers: shares of those written to
// and of the N held back that bought, and what comparing them found.
type Brought struct {
	Finding       string
	Written, Held float64
	N, Needed     int
	Low, High     float64 // of the difference, First minus Second, as shares
}

// Brought says what those who were written to bought beyond those held back.
func (w *Words) Brought(x Brought) string {
	if x.Finding == "second" {
		x.Low, x.High = -x.High, -x.Low
	}
	return w.T(K("cli.campaign.lift."+x.Finding), "One", w.Percent(x.Written), "Two", w.Percent(x.Held), "Held", w.N(PeopleCount, x.N),
		"Needed", w.Num(x.Needed), "Low", w.Dec(100*x.Low, 1), "High", w.Dec(100*x.High, 1))
}
