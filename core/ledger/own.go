package ledger

import (
	"encoding/json"
	"slices"
	"time"

	"bottega/core"
)

// Change rewrites the shop's own prices: fn changes what stands there, and
// what it leaves is checked as if somebody had typed it. Nothing is written
// when fn fails or the result cannot be used.
func (d *Desk) Change(fn func(b *Book, p *Prices) error) error {
	const op = "ledger.Change"
	b, p, err := d.Books()
	if err != nil {
		return err
	}
	if err := fn(b, &p); err != nil {
		return err
	}
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return core.Fail(core.Internal, op, err)
	}
	if _, err := b.ReadPrices(data); err != nil {
		return err
	}
	if err := d.Save(append(data, '\n')); err != nil {
		return core.Fail(core.CodeOf(err), op, err)
	}
	return nil
}

// SetCard puts a card in, in the place of the one of the same provider,
// currency and day.
func (p *Prices) SetCard(c Card) {
	p.Cards = slices.DeleteFunc(slices.Clone(p.Cards), func(o Card) bool {
		return o.Provider == c.Provider && o.Currency == c.Currency && o.From == c.From
	})
	p.Cards = append(p.Cards, c)
}

// SetAccount puts an account in, in the place of the provider's.
func (p *Prices) SetAccount(o Own) {
	p.Accounts = slices.DeleteFunc(slices.Clone(p.Accounts), func(x Own) bool { return x.Provider == o.Provider })
	p.Accounts = append(p.Accounts, o)
}

// OwnOf is what the shop has said of a provider's account, or would say by
// saying nothing.
func (p Prices) OwnOf(b *Book, provider core.ProviderName) Own {
	for _, o := range p.Accounts {
		if o.Provider == provider {
			return o
		}
	}
	return Own{Provider: provider, Currency: b.Currencies.Codes[0]}
}

// FreeService is how many delivered free-form messages of a number and month
// are free at a time; all says that they all are (P-74).
func (b *Book) FreeService(a Account, at time.Time) (n int, all bool, e Era) {
	e = b.eraAt(a, at)
	return e.FreeService, e.ServiceFree, e
}
