package cli

import (
	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/text"
)

// smsPlanJSON is what falling back to SMS may cost. Without prices of SMS the
// amounts are absent.
type smsPlanJSON struct {
	Parts int         `json:"parts"` // SMS that the longest message goes out as
	Each  *core.Money `json:"each,omitempty"`
	Most  *core.Money `json:"most,omitempty"` // should every message fail
}

// planSMS is what the SMS in place of what fails may cost.
func (a *app) planSMS(s *campaign.SMSPlan) string {
	if !s.Known {
		return a.w.T(text.CmpSMSUnpriced, "Parts", a.w.N(text.CmpSMSParts, s.Parts))
	}
	return a.w.T(text.CmpSMSCost, "Each", a.w.Money(s.Each), "Most", a.w.Money(s.Most), "Parts", a.w.N(text.CmpSMSParts, s.Parts))
}
