package ledger

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// plain is the only spelling of an amount that is read: no exponent, which a
// hostile file could use to fill the memory, and few enough digits.
var plain = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,10})?$`)

// parse reads an amount; false when it is not written plainly.
func parse(s string) (decimal.Decimal, bool) {
	if !plain.MatchString(s) {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

// money writes an amount with at least two decimals and no digit lost.
func money(d decimal.Decimal, currency string) core.Money {
	d = d.Normalize()
	if d.Exponent() > -2 {
		return core.Money{Amount: d.StringFixed(2), Currency: currency}
	}
	return core.Money{Amount: d.String(), Currency: currency}
}

// Amounts are sums by currency. The zero value is empty and ready to use.
type Amounts struct{ by map[string]decimal.Decimal }

func (a *Amounts) add(d decimal.Decimal, currency string) {
	if a.by == nil {
		a.by = map[string]decimal.Decimal{}
	}
	a.by[currency] = a.by[currency].Add(d)
}

// Add adds money. InvalidInput when its amount is not a plain decimal or it
// names no currency; then nothing is added.
func (a *Amounts) Add(m core.Money) error {
	d, ok := parse(m.Amount)
	if !ok || m.Currency == "" {
		return core.Fail(core.InvalidInput, "ledger.Amounts.Add", nil)
	}
	a.add(d, m.Currency)
	return nil
}

func (a *Amounts) merge(o Amounts) {
	for c, d := range o.by {
		a.add(d, c)
	}
}

// In is the sum in one currency, zero when there is none.
func (a Amounts) In(currency string) core.Money { return money(a.by[currency], currency) }

// List is all sums, by currency code.
func (a Amounts) List() []core.Money {
	out := []core.Money{}
	for _, c := range slices.Sorted(maps.Keys(a.by)) {
		out = append(out, money(a.by[c], c))
	}
	return out
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Price writes an amount with at least two decimals.
func Price(d decimal.Decimal, currency string) core.Money { return money(d, currency) }

// Sum is the sum in one currency as a number.
func (a Amounts) Sum(currency string) decimal.Decimal { return a.by[currency] }

// Times multiplies each sum.
func (a Amounts) Times(by decimal.Decimal) Amounts {
	var out Amounts
	for c, d := range a.by {
		out.add(d.Mul(by), c)
	}
	return out
}

// Plus is a with money added; what is not written plainly is left out.
func (a Amounts) Plus(m core.Money) Amounts {
	var out Amounts
	out.merge(a)
	if d, ok := parse(m.Amount); ok && m.Currency != "" && !d.IsZero() {
		out.add(d, m.Currency)
	}
	return out
}

// Merge is the sums of both.
func (a Amounts) Merge(o Amounts) Amounts {
	var out Amounts
	out.merge(a)
	out.merge(o)
	return out
}
