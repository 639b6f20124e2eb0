package ledger

import (
	"context"
	"time"

	"bottega/core"
)

// Spent is what a campaign has cost so far, by currency: the messages of all
// months from its start until now, fees per message included. A message counts
// once its outcome is known to the store; what has no price yet is not in it.
func (d *Desk) Spent(ctx context.Context, ch core.Channel, campaign int64, from, now time.Time) ([]core.Money, error) {
	const op = "ledger.Spent"
	var sum Amounts
	if from.IsZero() || from.After(now) {
		return nil, nil
	}
	for at := from; ; {
		_, _, m, err := d.MonthOf(ctx, ch, at)
		if err != nil {
			return nil, core.Fail(core.CodeOf(err), op, err)
		}
		for _, r := range m.Sums(ByCampaign) {
			if r.Key.Campaign != campaign {
				continue
			}
			for _, money := range r.Amounts.List() {
				if err := sum.Add(money); err != nil {
					return nil, core.Fail(core.CodeOf(err), op, err)
				}
			}
		}
		if at = m.End; at.After(now) {
			return sum.List(), nil
		}
	}
}
