package campaign_test

import (
	"testing"

	"pgregory.net/rapid"

	"bottega/core/campaign"
)

// A recipient's reference names its campaign; no other reference does.
func TestByRef(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := campaign.Recipient{CampaignID: rapid.Int64Range(1, 1<<62).Draw(rt, "campaign"), ID: rapid.Int64Range(1, 1<<62).Draw(rt, "row"), Attempts: rapid.IntRange(0, 9).Draw(rt, "tries")}
		if got := campaign.ByRef(r.Ref()); got != r.CampaignID {
			rt.Fatalf("%s is of %d", r.Ref(), got)
		}
	})
	for _, ref := range []string{"", "c", "c1", "c1:2", "c1:2:3:4", "cx:1:1", "c-4:1:1", "c0:1:1", "d1:2:3", "MFRGGZDFMZTWQ2LK"} {
		if got := campaign.ByRef(ref); got != 0 {
			t.Errorf("%q is of campaign %d", ref, got)
		}
	}
}
