package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// Category is what a message is charged as.
type Category string

const (
	Marketing      Category = "marketing"
	Utility        Category = "utility"
	Authentication Category = "authentication"
	Service        Category = "service" // free-form, inside the window
	// SMS is what goes by SMS: no category of the platform's, and on no card.
	SMS Category = "sms"
)

// Card is the rates of one provider in one currency from one day on.
type Card struct {
	Provider core.ProviderName                       `json:"provider"`
	Currency string                                  `json:"currency"`
	From     string                                  `json:"from"` // first day, YYYY-MM-DD in the account's time zone (P-71)
	Markets  map[string]map[Category]decimal.Decimal `json:"markets"`
	Tiers    []Tier                                  `json:"tiers,omitempty"`
	// Confirmed is the day on which the owner last said that this card still
	// holds; "" for never.
	Confirmed string `json:"confirmed,omitempty"`
	Source    string `json:"source"`
	Date      string `json:"date"`
}

// Tier is the rate of the messages From to To of a month in one market and
// category, counted from 1; To 0 has no end. Marginal, like income tax (P-72).
type Tier struct {
	Market   string          `json:"market"`
	Category Category        `json:"category"`
	From     int             `json:"from"`
	To       int             `json:"to,omitempty"`
	Rate     decimal.Decimal `json:"rate"`
}

// Markets says which market a country belongs to; LoadBook makes it.
type Markets struct {
	Own     map[string]string   `json:"own"`     // ISO 3166 → market of its own
	Regions map[string][]string `json:"regions"` // market → countries
	Other   string              `json:"other"`
	Source  string              `json:"source"`
	Date    string              `json:"date"`

	index map[string][]string // see lists
}

// Of lists the markets a country may be priced by, the closest first: a card
// of before its own market began has the region only (P-77).
func (m Markets) Of(country string) []string {
	if list, ok := m.index[country]; ok {
		return list
	}
	return []string{m.Other}
}

// lists works out Of for every country that is named.
func (m Markets) lists() map[string][]string {
	out := map[string][]string{}
	for country, own := range m.Own {
		out[country] = []string{own}
	}
	for name, countries := range m.Regions {
		for _, c := range countries {
			out[c] = append(out[c], name)
		}
	}
	for c := range out {
		out[c] = append(out[c], m.Other)
	}
	return out
}

// rate finds the list price of a message to a country. ok is false when the
// card has none: a rate card names each market it prices.
func (c *Card) rate(m Markets, country string, cat Category) (market string, r decimal.Decimal, ok bool) {
	for _, name := range m.Of(country) {
		if r, ok := c.Markets[name][cat]; ok {
			return name, r, true
		}
	}
	return "", decimal.Decimal{}, false
}

// cost is the price of n more messages in a market and category of which the
// month already has used: list price where no tier says otherwise.
func (c *Card) cost(market string, cat Category, list decimal.Decimal, used, n int) decimal.Decimal {
	sum, listed := decimal.Zero, n
	if cat == Utility || cat == Authentication {
		for _, t := range c.Tiers {
			if t.Market != market || t.Category != cat {
				continue
			}
			last := used + n
			if t.To > 0 {
				last = min(last, t.To)
			}
			if k := last - max(used, t.From-1); k > 0 {
				sum = sum.Add(t.Rate.Mul(decimal.NewFromInt(int64(k))))
				listed -= k
			}
		}
	}
	return sum.Add(list.Mul(decimal.NewFromInt(int64(listed))))
}

// CardAt is the card in force for an account at a time: the youngest that has
// begun. NotFound when there is none.
func (b *Book) CardAt(a Account, at time.Time) (*Card, error) {
	var best *Card
	today := at.In(a.zone()).Format(time.DateOnly)
	for i := range b.Cards {
		c := &b.Cards[i]
		if c.Provider == a.cards() && c.Currency == a.Currency && c.From <= today && (best == nil || c.From >= best.From) {
			best = c
		}
	}
	if best == nil {
		return nil, core.Fail(core.NotFound, "ledger.CardAt", nil)
	}
	return best, nil
}

// Stale reports whether rates may have changed since the card began or was
// last confirmed: a day of change has passed (P-71, policy.md 8.4 item 7).
func (b *Book) Stale(c *Card, at time.Time) bool {
	known, today := max(c.From, c.Confirmed), at.Format(time.DateOnly)
	for y := at.Year() - 1; y <= at.Year(); y++ {
		for _, q := range b.Quarters {
			change := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006-") + q
			if change > known && change <= today {
				return true
			}
		}
	}
	return false
}

// With returns the book with a card that the shop imported or changed: it
// replaces the one of the same provider, currency and day.
func (b Book) With(c Card) Book {
	b.Cards = slices.Clone(b.Cards)
	same := func(o Card) bool { return o.Provider == c.Provider && o.Currency == c.Currency && o.From == c.From }
	b.Cards = append(slices.DeleteFunc(b.Cards, same), c)
	slices.SortFunc(b.Cards, func(x, y Card) int {
		return cmp.Or(cmp.Compare(x.Provider, y.Provider), cmp.Compare(x.Currency, y.Currency), cmp.Compare(x.From, y.From))
	})
	return b
}
