package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// Bulk is how many messages are to go to a country.
type Bulk struct {
	Country string
	N       int
	// InWindow of them have an open service window, EntryPoint a free entry
	// point; what is in both counts as EntryPoint only.
	InWindow, EntryPoint int
}

// EstimateLine is one market of an estimate.
type EstimateLine struct {
	Market string // "" for those without a rate
	N      int    // messages to send
	Free   int    // of them
	Rate   core.Money
	High   core.Money // when all arrive
}

// Estimate is what a campaign may cost: when few, as many as expected, or all
// arrive. Amounts are the platform's; the provider's fee stands apart, for it
// may be in another currency.
type Estimate struct {
	Low, Expected, High core.Money
	FeeLow, FeeHigh     core.Money
	Lines               []EstimateLine // dearest first
	Unpriced            int            // messages whose price is not known
	CardFrom            string         // first day of the card
	CardSource          string
	Stale               bool // rates may have changed since
}

// Estimate prices messages of one category before they are sent. month gives
// the volume used so far and may be nil. With no card all are Unpriced.
func (b *Book) Estimate(a Account, at time.Time, cat Category, bulks []Bulk, month *Month) Estimate {
	e := Estimate{}
	card, err := b.CardAt(a, at)
	if err != nil {
		for _, x := range bulks {
			e.Unpriced += x.N
		}
		card = &Card{Currency: a.Currency}
	} else {
		e.CardFrom, e.CardSource, e.Stale = card.From, card.Source, b.Stale(card, at)
	}
	lines := map[string]*market{}
	total := 0
	for _, x := range bulks {
		total += x.N
		name, list, ok := card.rate(b.Markets, x.Country, cat)
		if err == nil && !ok {
			e.Unpriced += x.N
		}
		if lines[name] == nil {
			lines[name] = &market{name: name, list: list, priced: ok}
		}
		lines[name].n += x.N
		lines[name].free += b.freeOf(a, at, cat, x)
	}
	var sum [3]decimal.Decimal
	for _, l := range lines {
		e.Lines = append(e.Lines, b.spread(card, cat, l, month, &sum))
	}
	slices.SortFunc(e.Lines, func(x, y EstimateLine) int {
		dx, _ := parse(x.High.Amount)
		dy, _ := parse(y.High.Amount)
		return cmp.Or(dy.Cmp(dx), cmp.Compare(y.N, x.N), cmp.Compare(x.Market, y.Market))
	})
	e.Low, e.Expected, e.High = money(sum[0], card.Currency), money(sum[1], card.Currency), money(sum[2], card.Currency)
	e.FeeLow, e.FeeHigh = b.fees(a, at, total, month)
	return e
}

// market gathers the countries that one rate holds for.
type market struct {
	name    string
	list    decimal.Decimal
	priced  bool
	n, free int
}

// freeOf is how many of a bulk the rules of the time give away. The free
// service messages of a number are not counted: replies will want them.
func (b *Book) freeOf(a Account, at time.Time, cat Category, x Bulk) int {
	era := b.eraAt(a, at)
	switch {
	case cat == Service && era.ServiceFree:
		return x.N
	case cat == Utility && era.UtilityInWindowFree:
		return x.InWindow + entry(era, x)
	}
	return entry(era, x)
}

func entry(era Era, x Bulk) int {
	if era.EntryPointFree {
		return x.EntryPoint
	}
	return 0
}

// spread adds a market's cost at the three shares to sum.
func (b *Book) spread(c *Card, cat Category, l *market, month *Month, sum *[3]decimal.Decimal) EstimateLine {
	out := EstimateLine{Market: l.name, N: l.n, Free: l.free, Rate: money(l.list, c.Currency), High: money(decimal.Zero, c.Currency)}
	if !l.priced {
		return out
	}
	used := 0
	if month != nil {
		used = month.used[tierKey{l.name, cat}]
	}
	charged := decimal.NewFromInt(int64(l.n - l.free))
	for i, share := range []decimal.Decimal{b.Delivered.Low, b.Delivered.Expected, b.Delivered.High} {
		n := int(charged.Mul(share).Floor().IntPart())
		if i == 2 {
			n = l.n - l.free
		}
		d := c.cost(l.name, cat, l.list, used, n)
		sum[i] = sum[i].Add(d)
		if i == 2 {
			out.High = money(d, c.Currency)
		}
	}
	return out
}

// fees is the provider's own share of n messages, whether they arrive or not.
// Included messages that the month has left are taken off the low end only.
func (b *Book) fees(a Account, at time.Time, n int, month *Month) (low, high core.Money) {
	f := b.feeAt(a, at)
	sent := f.Included
	if month != nil {
		sent = month.sent
	}
	left := min(n, max(0, f.Included-sent))
	per := f.PerMessage
	lowPer := per
	if a.Contract && sent+n >= b.Contract.From {
		lowPer = per.Sub(per.Mul(b.Contract.Off))
	}
	return money(lowPer.Mul(decimal.NewFromInt(int64(n-left))), f.Currency), money(per.Mul(decimal.NewFromInt(int64(n))), f.Currency)
}

// Forecast is what the month may come to in one currency: nothing more is sent
// (Low), it goes on at the mean of the days so far (Expected), or each day is
// like the dearest (High). Planned campaigns come on top of each.
type Forecast struct {
	SoFar, Low, Expected, High core.Money
	Budget                     Level // of Expected against the budget; Fine without one
}

// Forecast looks at the month from now. planned are estimates of campaigns
// that are still to be sent; budget may be the zero Money.
func (m *Month) Forecast(now time.Time, planned []Estimate, budget core.Money) Forecast {
	cur := m.account.Currency
	total := m.Total()
	soFar := total.Amounts.by[cur]
	loc := m.account.zone()
	today := min(max(now.In(loc).Day(), 1), m.daysIn())
	if !now.Before(m.End) {
		today = m.daysIn()
	}
	left := decimal.NewFromInt(int64(m.daysIn() - today))
	var sent, dearest decimal.Decimal
	for _, day := range m.days {
		sent = sent.Add(day.by[cur])
		dearest = decimal.Max(dearest, day.by[cur])
	}
	f := [3]decimal.Decimal{soFar, soFar.Add(sent.Mul(left).DivRound(decimal.NewFromInt(int64(today)), 6)), soFar.Add(dearest.Mul(left))}
	for _, e := range planned {
		for i, part := range []core.Money{e.Low, e.Expected, e.High} {
			if d, ok := parse(part.Amount); ok && part.Currency == cur {
				f[i] = f[i].Add(d)
			}
		}
	}
	out := Forecast{SoFar: money(soFar, cur), Low: money(f[0], cur), Expected: money(f[1], cur), High: money(f[2], cur), Budget: Fine}
	if d, ok := parse(budget.Amount); ok && budget.Currency == cur {
		out.Budget = m.book.level(f[1], d)
	}
	return out
}

func (m *Month) daysIn() int { return m.End.AddDate(0, 0, -1).Day() }
