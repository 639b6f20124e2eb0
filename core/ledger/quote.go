package ledger

import (
	"time"

	"bottega/core"
)

// Quote is what one message about to be sent will cost: the platform's rate,
// with the provider's fee where both are in one currency.
type Quote struct {
	Price core.Money
	Free  bool   // the rules of the time give it away
	From  string // first day of the card, "" where there is none
	Known bool   // false where the card has no rate for the country
	Stale bool   // rates may have changed since
}

// Quote prices one message of a category to a country. open: its service window
// is open; entry: it lies in a free entry point.
func (b *Book) Quote(a Account, at time.Time, cat Category, country string, open, entry bool) Quote {
	bulk := Bulk{Country: country, N: 1}
	if entry {
		bulk.EntryPoint = 1
	} else if open {
		bulk.InWindow = 1
	}
	e := b.Estimate(a, at, cat, []Bulk{bulk}, nil)
	q := Quote{From: e.CardFrom, Stale: e.Stale, Known: e.Unpriced == 0 && e.CardFrom != "", Price: e.High}
	q.Free = len(e.Lines) > 0 && e.Lines[0].Free > 0 // given away whatever the rate would be
	if fee, ok := parse(e.FeeHigh.Amount); ok && e.FeeHigh.Currency == e.High.Currency && !fee.IsZero() {
		if rate, ok := parse(e.High.Amount); ok {
			q.Price = money(rate.Add(fee), e.High.Currency)
			q.Free = false
		}
	}
	return q
}
