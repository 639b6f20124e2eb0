package ledger

import (
	"context"
	"slices"
	"time"

	"bottega/core"
)

// Spending is what a campaign cost, SMS included, and its SMS alone.
type Spending struct {
	Total
	SMS Total
}

// Spent is what one campaign cost on a channel's account from a time until
// now. Each month is told by its own card and tiers, which all messages of the
// account fill. A campaign that has not begun, whose from is zero or lies in
// the future, cost nothing.
func (d *Desk) Spent(ctx context.Context, ch core.Channel, campaign int64, from, now time.Time) (Spending, error) {
	var out Spending
	if from.IsZero() || from.After(now) {
		return out, nil
	}
	for at := from; ; {
		all, err := d.Statements(ctx, at, now)
		if err != nil {
			return Spending{}, err
		}
		i := slices.IndexFunc(all, func(s Statement) bool { return s.Account.Provider == ch.Provider })
		if i < 0 {
			return out, nil // the channel is gone, and its messages with it
		}
		m := all[i].Month
		for _, r := range m.Sums(func(k Key) Key { return Key{Campaign: k.Campaign, Category: k.Category} }) {
			if r.Key.Campaign != campaign {
				continue
			}
			out.join(r.Total)
			if r.Key.Category == SMS {
				out.SMS.join(r.Total)
			}
		}
		if m.End.After(now) {
			return out, nil
		}
		at = m.End
	}
}
