package ledger

import (
	"context"
	"slices"
	"time"

	"bottega/core"
)

// CampaignTotal is what one campaign cost on a channel's account from a time until
// now. Each month is told by its own card and tiers, which all messages of the
// account fill.
func (d *Desk) CampaignTotal(ctx context.Context, ch core.Channel, campaign int64, from, now time.Time) (Total, error) {
	var out Total
	for at := from; ; {
		all, err := d.Statements(ctx, at, now)
		if err != nil {
			return Total{}, err
		}
		i := slices.IndexFunc(all, func(s Statement) bool { return s.Account.Provider == ch.Provider })
		if i < 0 {
			return out, nil // the channel is gone, and its messages with it
		}
		m := all[i].Month
		for _, r := range m.Sums(ByCampaign) {
			if r.Key.Campaign == campaign {
				out.join(r.Total)
			}
		}
		if m.End.After(now) {
			return out, nil
		}
		at = m.End
	}
}
