package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"bottega/core"
)

// Prices is what a shop says of prices itself: prices.json in its data folder.
// It stands above what comes with the program.
type Prices struct {
	Accounts []Own       `json:"accounts,omitempty"`
	Budget   *core.Money `json:"budget,omitempty"` // of a calendar month
	Cards    []Card      `json:"cards,omitempty"`
	Fees     []Fee       `json:"fees,omitempty"`
}

// Own is what an account is billed in.
type Own struct {
	Provider core.ProviderName `json:"provider"`
	Currency string            `json:"currency"`
	Zone     string            `json:"time_zone,omitempty"` // IANA; "" is the shop's
	Contract bool              `json:"contract,omitempty"`  // see Book.Contract
	SMS      *decimal.Decimal  `json:"sms,omitempty"`       // what one SMS costs: a long text is several
}

// Flaw names what is wrong with a part of Prices, for words in ui/text.
type Flaw string

const (
	FlawJSON     Flaw = "json"     // not JSON at all; Mistake.Line says where
	FlawField    Flaw = "field"    // a field that is not known
	FlawCurrency Flaw = "currency" // none of Currencies
	FlawProvider Flaw = "provider"
	FlawDay      Flaw = "day" // not YYYY-MM-DD
	FlawAmount   Flaw = "amount"
	FlawSource   Flaw = "source" // a price that does not say where it comes from
	FlawZone     Flaw = "zone"
	FlawEmpty    Flaw = "empty"    // a card without a market, a market without a rate
	FlawCategory Flaw = "category" // none that is charged
	FlawTier     Flaw = "tier"     // steps that overlap, or end before they begin
	FlawTwice    Flaw = "twice"    // two accounts of one provider
)

// Mistake is one thing that is wrong with Prices.
type Mistake struct {
	Flaw  Flaw
	Where string // "cards.0.markets.Italy.marketing"
	Value string // what stands there
	Line  int    // of FlawJSON, counted from 1
}

// MistakesError lists all that is wrong with Prices.
type MistakesError struct{ Mistakes []Mistake }

func (e *MistakesError) Error() string {
	var parts []string
	for _, m := range e.Mistakes {
		parts = append(parts, m.Where+": "+string(m.Flaw))
	}
	return "prices: " + strings.Join(parts, ", ")
}

// MistakesOf returns the mistakes inside err, nil when it is about something else.
func MistakesOf(err error) []Mistake {
	var e *MistakesError
	if errors.As(err, &e) {
		return e.Mistakes
	}
	return nil
}

// ReadPrices reads a shop's own prices; nil data are none. InvalidInput, with
// everything that is wrong in MistakesOf, for what cannot be used.
func (b *Book) ReadPrices(data []byte) (Prices, error) {
	var p Prices
	if len(bytes.TrimSpace(data)) == 0 {
		return p, nil
	}
	var found []Mistake
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(&p)
	if err == nil {
		if _, rest := dec.Token(); rest != io.EOF {
			found = append(found, Mistake{Flaw: FlawJSON, Line: lineOf(data, dec.InputOffset())})
		}
		found = append(found, b.mistakes(&p)...)
	} else {
		found = append(found, unread(err, data, dec.InputOffset()))
	}
	if len(found) > 0 {
		return Prices{}, core.Fail(core.InvalidInput, "ledger.ReadPrices", &MistakesError{found})
	}
	return p, nil
}

// unread says why JSON could not be taken over.
func unread(err error, data []byte, read int64) Mistake {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return Mistake{Flaw: FlawJSON, Line: lineOf(data, syntax.Offset)}
	case errors.As(err, &kind):
		return Mistake{Flaw: FlawJSON, Where: kind.Field, Value: kind.Value, Line: lineOf(data, kind.Offset)}
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok { // encoding/json has no type for it
		return Mistake{Flaw: FlawField, Value: strings.Trim(name, `"`)}
	}
	if _, rest, ok := strings.Cut(err.Error(), "can't convert "); ok { // nor the library for amounts
		value, _, _ := strings.Cut(rest, " to decimal")
		return Mistake{Flaw: FlawAmount, Where: "prices.json", Value: value}
	}
	return Mistake{Flaw: FlawJSON, Line: lineOf(data, read)}
}

func lineOf(data []byte, offset int64) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n"))
}

// maker collects mistakes under a path.
type maker struct{ found []Mistake }

func (k *maker) note(wrong bool, f Flaw, value string, path ...string) {
	if wrong {
		k.found = append(k.found, Mistake{Flaw: f, Where: strings.Join(path, "."), Value: value})
	}
}

func (k *maker) origin(source, date string, path ...string) {
	k.note(source == "", FlawSource, "", append(path, "source")...)
	k.day(date, append(path, "date")...)
}

func (k *maker) day(s string, path ...string) {
	_, err := time.Parse(time.DateOnly, s)
	k.note(err != nil, FlawDay, s, path...)
}

// amount wants a price as it is printed: not below zero, and written plainly,
// since an exponent in a file could fill the memory.
func (k *maker) amount(d decimal.Decimal, path ...string) {
	wild := d.IsNegative() || d.Exponent() < -10 || d.Exponent() > 0 || d.NumDigits() > 20
	value := ""
	if !wild || d.Exponent() >= -20 && d.Exponent() <= 20 {
		value = d.String()
	}
	k.note(wild, FlawAmount, value, path...)
}

func (b *Book) mistakes(p *Prices) []Mistake {
	k := &maker{}
	seen := map[core.ProviderName]bool{}
	for i, a := range p.Accounts {
		at := "accounts." + strconv.Itoa(i)
		k.note(!b.knows(a.Provider), FlawProvider, string(a.Provider), at, "provider")
		k.note(seen[a.Provider], FlawTwice, string(a.Provider), at)
		k.note(!b.Currencies.has(a.Currency), FlawCurrency, a.Currency, at, "currency")
		_, err := time.LoadLocation(a.Zone)
		k.note(err != nil, FlawZone, a.Zone, at, "time_zone")
		if a.SMS != nil {
			k.amount(*a.SMS, at, "sms")
		}
		seen[a.Provider] = true
	}
	if p.Budget != nil {
		_, ok := parse(p.Budget.Amount)
		k.note(!ok || strings.HasPrefix(p.Budget.Amount, "-"), FlawAmount, p.Budget.Amount, "budget.amount")
		k.note(!b.Currencies.has(p.Budget.Currency), FlawCurrency, p.Budget.Currency, "budget.currency")
	}
	for i := range p.Cards {
		k.card(b, &p.Cards[i], "cards."+strconv.Itoa(i))
	}
	for i := range p.Fees {
		k.fee(b, &p.Fees[i], "fees."+strconv.Itoa(i))
	}
	return k.found
}

func (k *maker) card(b *Book, c *Card, at string) {
	k.origin(c.Source, c.Date, at)
	k.day(c.From, at, "from")
	if c.Confirmed != "" {
		k.day(c.Confirmed, at, "confirmed")
	}
	k.note(c.Provider != core.Meta, FlawProvider, string(c.Provider), at, "provider") // all pass its rates on
	k.note(!b.Currencies.has(c.Currency), FlawCurrency, c.Currency, at, "currency")
	k.note(len(c.Markets) == 0, FlawEmpty, "", at, "markets")
	for _, market := range sortedKeys(c.Markets) {
		k.note(len(c.Markets[market]) == 0, FlawEmpty, "", at, "markets", market)
		for _, cat := range sortedKeys(c.Markets[market]) {
			k.note(!known(string(cat)), FlawCategory, string(cat), at, "markets", market)
			k.amount(c.Markets[market][cat], at, "markets", market, string(cat))
		}
	}
	last := map[tierKey]int{}
	for i, t := range c.Tiers {
		path := at + ".tiers." + strconv.Itoa(i)
		key := tierKey{t.Market, t.Category}
		end, begun := last[key]
		k.note(t.From < 1 || t.To != 0 && t.To < t.From || begun && (end == 0 || t.From <= end), FlawTier, strconv.Itoa(t.From), path)
		k.note(t.Category != Utility && t.Category != Authentication, FlawCategory, string(t.Category), path)
		k.amount(t.Rate, path, "rate")
		last[key] = t.To
	}
}

func (k *maker) fee(b *Book, f *Fee, at string) {
	k.origin(f.Source, f.Date, at)
	k.day(f.From, at, "from")
	k.note(!b.knows(f.Provider), FlawProvider, string(f.Provider), at, "provider")
	k.note(!b.Currencies.has(f.Currency), FlawCurrency, f.Currency, at, "currency")
	k.amount(f.PerMessage, at, "per_message")
	k.amount(f.Monthly, at, "monthly")
	k.note(f.Included < 0, FlawAmount, strconv.Itoa(f.Included), at, "included")
}

// Own returns the book with a shop's own cards and fees in front.
func (b Book) Own(p Prices) Book {
	for _, c := range p.Cards {
		b = b.With(c)
	}
	b.Fees = append(b.Fees[:len(b.Fees):len(b.Fees)], p.Fees...) // of one day the later stands
	return b
}

// Account is how a channel of a provider is billed: as the shop says, else in
// the first of Currencies, on the clock of the shop.
func (b *Book) Account(p Prices, provider core.ProviderName, home *time.Location) Account {
	a := Account{Provider: provider, Currency: b.Currencies.Codes[0], Zone: home}
	for _, own := range p.Accounts {
		if own.Provider != provider {
			continue
		}
		a.Currency, a.Contract, a.SMS = own.Currency, own.Contract, own.SMS
		if loc, err := time.LoadLocation(own.Zone); err == nil && own.Zone != "" { // ReadPrices has looked it up
			a.Zone = loc
		}
	}
	return a
}
