package ledger_test

import (
	"testing"
	"time"

	"bottega/core"
)

// TestTotalOverTwoMonths: a campaign that ran over a month's end costs what
// its messages cost in each, and nobody else's.
func TestTotalOverTwoMonths(t *testing.T) {
	first := core.Charge{At: nov, Made: nov, ChannelID: 1, Ref: "c7", Country: "IT", Template: "sale", Category: "MARKETING", Delivered: true}
	second, other := first, first
	second.At = nov.AddDate(0, 1, 0)
	other.Ref = "another's"
	s := &till{channels: []core.Channel{{ID: 1, Provider: core.Meta}}, charges: []core.Charge{first, other, second}}
	for name, c := range map[string]struct {
		from, now time.Time
		want      string
	}{
		"both months": {nov, nov.AddDate(0, 1, 0), "0.159"}, "the first only": {nov, nov.AddDate(0, 0, 3), "0.0795"},
	} {
		got, err := s.desk().CampaignTotal(t.Context(), s.channels[0], 7, c.from, c.now)
		if err != nil || got.Amounts.In("USD").Amount != c.want {
			t.Errorf("%s: %v, %v", name, got.Amounts.List(), err)
		}
	}
	if got, err := s.desk().CampaignTotal(t.Context(), core.Channel{Provider: core.Bird}, 7, nov, nov); err != nil || got.Messages != 0 {
		t.Errorf("a channel that is gone: %+v, %v", got, err)
	}
	s.err = core.Fail(core.Damaged, "test", nil)
	if _, err := s.desk().CampaignTotal(t.Context(), s.channels[0], 7, nov, nov); core.CodeOf(err) != core.Damaged {
		t.Errorf("a store that fails: %v", err)
	}
}
