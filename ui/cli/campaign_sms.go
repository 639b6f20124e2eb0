package cli

import (
	"bottega/core"
	"bottega/core/campaign"
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
	return a.w.TextsPlanned(s.Parts, s.Each, s.Most, s.Known)
}
