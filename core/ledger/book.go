package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// Book is every price the program knows. Values only; safe to share once made.
type Book struct {
	Cards      []Card
	Markets    Markets
	Eras       []Era // oldest first
	Fees       []Fee
	Contract   Contract
	Currencies Currencies
	WarnAt     []decimal.Decimal // shares of a quota or budget, smallest first (S-003)
	Delivered  Shares
	Quarters   []string // "01-01": days on which rates change
}

// Era is what was free in a time, from its first day on (policy.md 8.1).
type Era struct {
	From                string `json:"from"`
	ServiceFree         bool   `json:"service_free"`
	UtilityInWindowFree bool   `json:"utility_in_window_free"`
	EntryPointFree      bool   `json:"entry_point_free"`
	FreeService         int    `json:"free_service"` // delivered service messages of a number and month
	Source              string `json:"source"`
	Date                string `json:"date"`
}

// Fee is what a provider takes beside the platform's rate.
type Fee struct {
	Provider   core.ProviderName `json:"provider"`
	Currency   string            `json:"currency"`
	From       string            `json:"from"`
	PerMessage decimal.Decimal   `json:"per_message"`
	Monthly    decimal.Decimal   `json:"monthly"`
	Included   int               `json:"included"`  // messages of a month without PerMessage
	BothWays   bool              `json:"both_ways"` // received messages are charged as well
	Source     string            `json:"source"`
	Date       string            `json:"date"`
}

// Contract takes Off from the provider's fee of every message of a month from
// the From-th on, for shops that signed one (S-229).
type Contract struct {
	From   int             `json:"from"`
	Off    decimal.Decimal `json:"off"`
	Source string          `json:"source"`
	Date   string          `json:"date"`
}

// Shares of sent messages that arrive, for an estimate.
type Shares struct {
	Low      decimal.Decimal `json:"low"`
	Expected decimal.Decimal `json:"expected"`
	High     decimal.Decimal `json:"high"`
}

// Currencies a rate card may be in, and other words for them.
type Currencies struct {
	Codes  []string          `json:"codes"`
	Words  map[string]string `json:"words"`
	Source string            `json:"source"`
	Date   string            `json:"date"`
}

// Account is whose prices are asked for.
type Account struct {
	Provider core.ProviderName
	Currency string
	Zone     *time.Location   // of the account: months and cards begin at its midnight (P-71); nil is UTC
	Contract bool             // the shop has signed Book.Contract
	SMS      *decimal.Decimal // what one SMS costs, in Currency; nil when the shop has not said
}

func (a Account) zone() *time.Location {
	if a.Zone == nil {
		return time.UTC
	}
	return a.Zone
}

// day is a time's date in the account's zone.
func (a Account) day(at time.Time) string { return at.In(a.zone()).Format(time.DateOnly) }

// cards is whose rate cards hold: every provider passes Meta's rates on
// (policy.md 8.3) and adds its fee.
func (a Account) cards() core.ProviderName { return core.Meta }

// LoadBook reads ledger/*.json below the tree of rules. A file that is
// missing, has an unknown field, or a price without source or date gives
// InvalidInput.
func LoadBook(rules fs.FS) (Book, error) {
	const op = "ledger.LoadBook"
	var b Book
	var rates struct {
		Cards []Card `json:"cards"`
	}
	var fees struct {
		Fees     []Fee    `json:"fees"`
		Contract Contract `json:"contract"`
	}
	var free struct {
		Eras      []Era                      `json:"eras"`
		WarnAt    sourced[[]decimal.Decimal] `json:"warn_at"`
		Delivered sourced[Shares]            `json:"delivered"`
		Quarters  sourced[[]string]          `json:"quarters"`
	}
	err := errors.Join(read(rules, "rates.json", &rates), read(rules, "markets.json", &b.Markets), read(rules, "free.json", &free),
		read(rules, "fees.json", &fees), read(rules, "currencies.json", &b.Currencies))
	if err != nil {
		return Book{}, core.Fail(core.InvalidInput, op, err)
	}
	b.Cards, b.Fees, b.Contract, b.Eras = rates.Cards, fees.Fees, fees.Contract, free.Eras
	b.WarnAt, b.Delivered, b.Quarters = free.WarnAt.Value, free.Delivered.Value, free.Quarters.Value
	err = errors.Join(free.WarnAt.check("warn_at"), free.Delivered.check("delivered"), free.Quarters.check("quarters"), b.check())
	if err != nil {
		return Book{}, core.Fail(core.InvalidInput, op, err)
	}
	b.Markets.index = b.Markets.lists()
	return b, nil
}

type sourced[T any] struct {
	Value  T      `json:"value"`
	Source string `json:"source"`
	Date   string `json:"date"`
}

func (s sourced[T]) check(name string) error { return origin(name, s.Source, s.Date) }

// origin refuses a number that does not say where it comes from and when it was read.
func origin(name, source, date string) error {
	if source == "" {
		return fmt.Errorf("%s: no source", name)
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return fmt.Errorf("%s: date: %w", name, err)
	}
	return nil
}

func read(rules fs.FS, name string, into any) error {
	b, err := fs.ReadFile(rules, "ledger/"+name)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (b *Book) check() error {
	errs := []error{origin("markets", b.Markets.Source, b.Markets.Date), origin("currencies", b.Currencies.Source, b.Currencies.Date),
		origin("contract", b.Contract.Source, b.Contract.Date)}
	for i := range b.Cards {
		errs = append(errs, b.Cards[i].check(b.Currencies))
	}
	for _, e := range b.Eras {
		errs = append(errs, origin("era "+e.From, e.Source, e.Date), dated("era", e.From))
	}
	if len(b.Eras) == 0 || !slices.IsSortedFunc(b.Eras, func(x, y Era) int { return bytes.Compare([]byte(x.From), []byte(y.From)) }) {
		errs = append(errs, errors.New("eras are missing or out of order"))
	}
	for _, f := range b.Fees {
		errs = append(errs, origin("fee "+string(f.Provider), f.Source, f.Date), dated("fee", f.From))
		if f.PerMessage.IsNegative() || f.Monthly.IsNegative() || f.Included < 0 {
			errs = append(errs, fmt.Errorf("fee of %s is below zero", f.Provider))
		}
	}
	d := b.Delivered
	if d.Low.GreaterThan(d.Expected) || d.Expected.GreaterThan(d.High) || d.Low.IsNegative() || d.High.GreaterThan(decimal.NewFromInt(1)) {
		errs = append(errs, errors.New("shares of delivered messages are out of order"))
	}
	return errors.Join(errs...)
}

func dated(what, from string) error {
	if _, err := time.Parse(time.DateOnly, from); err != nil {
		return fmt.Errorf("%s: from: %w", what, err)
	}
	return nil
}

// check holds a card to what the rest relies on: known currency, dates, no
// price below zero, tiers that do not overlap.
func (c *Card) check(cs Currencies) error {
	name := fmt.Sprintf("card %s %s %s", c.Provider, c.Currency, c.From)
	errs := []error{origin(name, c.Source, c.Date), dated(name, c.From)}
	if c.Confirmed != "" {
		errs = append(errs, dated(name, c.Confirmed))
	}
	if !slices.Contains(cs.Codes, c.Currency) {
		errs = append(errs, fmt.Errorf("%s: unknown currency", name))
	}
	for market, rates := range c.Markets {
		for cat, r := range rates {
			if r.IsNegative() {
				errs = append(errs, fmt.Errorf("%s: %s %s is below zero", name, market, cat))
			}
		}
	}
	last := map[string]int{}
	for _, t := range c.Tiers {
		key := t.Market + "|" + string(t.Category)
		end, begun := last[key]
		if t.From < 1 || t.To != 0 && t.To < t.From || begun && (end == 0 || t.From <= end) || t.Rate.IsNegative() {
			errs = append(errs, fmt.Errorf("%s: tier %s from %d", name, key, t.From))
		}
		last[key] = t.To
	}
	return errors.Join(errs...)
}

// eraAt is what is free at a time; the first era for what lies before it.
func (b *Book) eraAt(a Account, at time.Time) Era {
	today := a.day(at)
	e := b.Eras[0]
	for _, next := range b.Eras {
		if next.From <= today {
			e = next
		}
	}
	return e
}

// feeAt is the provider's own fee at a time, of nothing when it takes none we know of.
func (b *Book) feeAt(a Account, at time.Time) Fee {
	f := Fee{Currency: a.Currency}
	today := a.day(at)
	for _, next := range b.Fees {
		if next.Provider == a.Provider && next.From <= today && next.From >= f.From {
			f = next
		}
	}
	return f
}

// knows reports whether a provider is one that has a fee, were it of nothing.
func (b *Book) knows(p core.ProviderName) bool {
	return slices.ContainsFunc(b.Fees, func(f Fee) bool { return f.Provider == p })
}

func (c Currencies) has(code string) bool { return slices.Contains(c.Codes, code) }
