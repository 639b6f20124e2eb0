package ledger

import (
	"context"
	"time"

	"bottega/core"
)

// CampaignTotal is what one campaign cost on a channel's account from a time
// until now, SMS included; see Spent.
func (d *Desk) CampaignTotal(ctx context.Context, ch core.Channel, campaign int64, from, now time.Time) (Total, error) {
	s, err := d.Spent(ctx, ch, campaign, from, now)
	return s.Total, err
}
