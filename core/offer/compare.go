package offer

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"bottega/core"
	"bottega/core/ledger"
)

// Volume is what a shop moves in a month.
type Volume struct {
	Sent     int // handed to the provider
	Failed   int // of them, not arrived
	Received int
	Numbers  int
	Reviews  int // of templates that should have gone faster
	Edits    int // of templates that were changed
	// Platform is what the platform takes for it, whoever the provider is: every
	// one passes it on.
	Platform ledger.Amounts
}

// Row is an offer with what it takes for a volume.
type Row struct {
	Offer
	Known    bool           // whether its price is published; without it no sum
	Fee      core.Money     // the provider's part
	Platform ledger.Amounts // the platform's part, mark-up included
	Total    ledger.Amounts
	// Extras are what contracts of the acceptance table's kind may add; zero for
	// an offer of today, which names them or has none.
	ExtraLow, ExtraHigh core.Money
}

// count is a number of things as a decimal.
func count(n int) decimal.Decimal { return decimal.NewFromInt(int64(n)) }

// or is what a price is where it is not told.
func or(d *decimal.Decimal) decimal.Decimal {
	if d == nil {
		return decimal.Zero
	}
	return *d
}

// known reports whether the price of an offer is published.
func (o *Offer) known() bool { return o.Monthly != nil || o.PerNumber != nil || o.PerMessage != nil }

// billed is how many messages of a volume the fee counts, and how many of them
// lie beyond the included ones.
func (o *Offer) billed(v Volume) (all, beyond int) {
	all = v.Sent
	if o.Failed != nil {
		all -= v.Failed
	}
	if o.BothWays {
		all += v.Received
	}
	return all, max(0, all-o.Included)
}

// fee is the provider's part of a month.
func (o *Offer) fee(v Volume) decimal.Decimal {
	_, beyond := o.billed(v)
	sum := or(o.Monthly).Add(or(o.PerNumber).Mul(count(v.Numbers))).Add(or(o.PerMessage).Mul(count(beyond)))
	if o.Failed != nil {
		sum = sum.Add(o.Failed.Mul(count(v.Failed)))
	}
	return sum
}

// extras are what the hidden costs of an offer may come to.
func (m *Market) extras(o *Offer, v Volume) (low, high decimal.Decimal, currency string) {
	if !o.Seed {
		return low, high, o.Currency
	}
	currency = o.Currency
	for _, x := range m.Extras {
		times := decimal.Zero
		switch x.Per {
		case PerReview:
			times = count(v.Reviews)
		case PerNumber:
			times = count(v.Numbers)
		case PerEdit:
			times = count(v.Edits)
		case PerThousand:
			if _, beyond := o.billed(v); o.Overage {
				times = count(beyond).Div(count(1000))
			}
		}
		// Optional ones cost nothing where nobody asks for them: only what the
		// quota's end takes is sure.
		if x.Per == PerThousand {
			low = low.Add(x.Low.Mul(times))
		}
		high = high.Add(x.High.Mul(times))
		currency = x.Currency
	}
	return low, high, currency
}

// Compare reckons a volume on each offer: today's first, each group cheapest
// first as far as one currency can tell, those without a published price last.
func (m *Market) Compare(v Volume) []Row {
	rows := make([]Row, len(m.Offers))
	for i := range m.Offers {
		o := m.Offers[i]
		r := Row{Offer: o, Known: o.known()}
		if r.Known {
			fee := o.fee(v)
			r.Fee = ledger.Price(fee, o.Currency)
			r.Platform = v.Platform.Times(decimal.NewFromInt(1).Add(or(o.Markup)))
			r.Total = r.Platform.Plus(r.Fee)
			low, high, cur := m.extras(&o, v)
			r.ExtraLow, r.ExtraHigh = ledger.Price(low, cur), ledger.Price(high, cur)
		}
		rows[i] = r
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		return cmp.Or(order(a.Seed, b.Seed), order(!a.Known, !b.Known), a.less(b, v))
	})
	return rows
}

// less compares rows by what they add to the platform's part.
func (r Row) less(o Row, v Volume) int {
	if r.Currency != o.Currency || !r.Known || !o.Known {
		return cmp.Compare(o.Currency, r.Currency) // dollars before euros: most are in dollars
	}
	own := func(r *Row) decimal.Decimal {
		return r.fee(v).Add(or(r.Markup).Mul(v.Platform.Sum(r.Currency)))
	}
	return own(&r).Cmp(own(&o))
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Range is from how many sent messages of a month on an offer takes least,
// until the next begins.
type Range struct {
	From int
	ID   string
}

// mostMessages bounds the search: a small shop sends far less.
const mostMessages = 1_000_000

// BreakEven tells which offer of a group takes least for how many messages sent
// in a month (S-023): of those of today, or of the acceptance table. Only
// offers in one currency whose price is known and whose part does not hang on
// the platform's are compared, for so many numbers and as many received for
// each sent as the volume has.
func (m *Market) BreakEven(seed bool, currency string, of Volume) []Range {
	received := decimal.NewFromInt(1)
	if of.Sent > 0 {
		received = count(of.Received).DivRound(count(of.Sent), 4)
	}
	var set []*Offer
	for i := range m.Offers {
		if o := &m.Offers[i]; o.Seed == seed && o.Currency == currency && o.known() && o.Markup == nil {
			set = append(set, o)
		}
	}
	if len(set) == 0 {
		return nil
	}
	least := func(n int) *Offer {
		v := Volume{Sent: n, Numbers: of.Numbers, Received: int(count(n).Mul(received).Floor().IntPart())}
		return slices.MinFunc(set, func(a, b *Offer) int { return a.fee(v).Cmp(b.fee(v)) })
	}
	// Each fee is a line with one bend, where its included messages end. Between
	// two bends the lowest of several lines changes hands only where it must: one
	// that is lowest at both ends is so all the way.
	marks := []int{0, mostMessages}
	for _, o := range set {
		ways := decimal.NewFromInt(1)
		if o.BothWays {
			ways = ways.Add(received)
		}
		bend := int(count(o.Included).Div(ways).Floor().IntPart())
		marks = append(marks, min(bend, mostMessages), min(bend+1, mostMessages))
	}
	slices.Sort(marks)
	out := []Range{{0, least(0).ID}}
	var between func(lo, hi int)
	between = func(lo, hi int) {
		switch at := least(hi).ID; {
		case hi <= lo || least(lo).ID == at:
		case hi == lo+1:
			out = append(out, Range{hi, at})
		default:
			between(lo, (lo+hi)/2)
			between((lo+hi)/2, hi)
		}
	}
	for i := 1; i < len(marks); i++ {
		between(marks[i-1], marks[i])
	}
	return out
}
