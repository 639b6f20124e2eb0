package ledger

import (
	"cmp"
	"context"
	"io/fs"
	"slices"
	"strings"
	"time"

	"bottega/core"
)

// Store is what a desk reads.
type Store interface {
	core.ChargeReader
	Channels(ctx context.Context) ([]core.Channel, error)
}

// Desk answers what a shop's messages cost. It keeps nothing between two
// questions, so that a price changed in a file holds from the next one on.
// Safe for concurrent use when its parts are.
type Desk struct {
	Rules fs.FS // assets.Rules()
	// File reads the shop's own prices.json, nil when there is none.
	File func() ([]byte, error)
	// Save writes that file.
	Save  func([]byte) error
	Store Store
	Shop  func() core.Rules
	Home  func() *time.Location // of the shop
	// Campaign reads a message's reference: whose campaign it is, 0 for none.
	Campaign func(ref string) int64
}

// Books reads all prices: those of the program with the shop's own in front,
// and those own ones alone. InvalidInput with MistakesOf for a file of the
// shop's that cannot be used.
func (d *Desk) Books() (*Book, Prices, error) {
	b, err := LoadBook(d.Rules)
	if err != nil {
		return nil, Prices{}, err
	}
	data, err := d.File()
	if err != nil {
		return nil, Prices{}, core.Fail(core.CodeOf(err), "ledger.Books", err)
	}
	p, err := b.ReadPrices(data)
	if err != nil {
		return nil, Prices{}, err
	}
	b = b.Own(p)
	return &b, p, nil
}

// Account is how a channel is billed, with the prices for it.
func (d *Desk) Account(ch core.Channel) (*Book, Account, error) {
	b, p, err := d.Books()
	if err != nil {
		return nil, Account{}, err
	}
	return b, b.Account(p, ch.Provider, d.Home()), nil
}

// Statement is a month of one account.
type Statement struct {
	Account  Account
	Channels []core.Channel // by name
	Month    *Month
	Card     *Card // that holds at the time asked for; nil when there is none
	Stale    bool
	Fee      Fee
	Forecast Forecast
	Budget   core.Money // zero without one
}

// Statements tells the month that holds at, an account after the other by
// provider, as it stands at now. Channels of one provider are one account:
// tiers and included messages are counted over all of them.
func (d *Desk) Statements(ctx context.Context, at, now time.Time) ([]Statement, error) {
	const op = "ledger.Statements"
	out, err := d.open(ctx, at, now)
	if len(out) == 0 || err != nil {
		return out, err
	}
	from, to := out[0].Month.Start, out[0].Month.End
	of := map[int64]*Statement{}
	for i := range out {
		s := &out[i]
		from, to = earlier(from, s.Month.Start), later(to, s.Month.End)
		for _, ch := range s.Channels {
			of[ch.ID] = s
		}
	}
	err = d.Store.Charges(ctx, from, to, func(c core.Charge) bool {
		if s := of[c.ChannelID]; s != nil { // a channel that was removed has no account
			s.Month.Add(d.use(c))
		}
		return ctx.Err() == nil
	})
	if err == nil {
		err = d.received(ctx, out)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, core.Fail(core.CodeOf(err), op, err)
	}
	for i := range out {
		out[i].Forecast = out[i].Month.Forecast(now, nil, out[i].Budget)
	}
	return out, nil
}

// Accounts tells by which prices is reckoned at now, as Statements does, but
// reads no message: months are empty.
func (d *Desk) Accounts(ctx context.Context, now time.Time) ([]Statement, error) {
	return d.open(ctx, now, now)
}

// open reads prices and channels.
func (d *Desk) open(ctx context.Context, at, now time.Time) ([]Statement, error) {
	b, p, err := d.Books()
	if err != nil {
		return nil, err
	}
	chs, err := d.Store.Channels(ctx)
	if err != nil {
		return nil, core.Fail(core.CodeOf(err), "ledger.open", err)
	}
	return d.accounts(b, p, chs, at, now), nil
}

// accounts opens a month for each provider of the shop.
func (d *Desk) accounts(b *Book, p Prices, chs []core.Channel, at, now time.Time) []Statement {
	var out []Statement
	for _, ch := range chs {
		i := slices.IndexFunc(out, func(s Statement) bool { return s.Account.Provider == ch.Provider })
		if i < 0 {
			a := b.Account(p, ch.Provider, d.Home())
			s := Statement{Account: a, Month: b.Month(a, at), Fee: b.feeAt(a, at)}
			day := earlier(now, s.Month.End.Add(-time.Second))
			if c, err := b.CardAt(a, day); err == nil {
				s.Card, s.Stale = c, b.Stale(c, day)
			}
			i, out = len(out), append(out, s)
		}
		out[i].Channels = append(out[i].Channels, ch)
	}
	for i := range out {
		if p.Budget != nil && p.Budget.Currency == out[i].Account.Currency {
			out[i].Budget = *p.Budget
		}
		slices.SortFunc(out[i].Channels, func(x, y core.Channel) int { return cmp.Compare(x.Name, y.Name) })
	}
	slices.SortFunc(out, func(x, y Statement) int { return cmp.Compare(x.Account.Provider, y.Account.Provider) })
	return out
}

// received adds what customers sent, where the provider charges that.
func (d *Desk) received(ctx context.Context, out []Statement) error {
	for i := range out {
		s := &out[i]
		if !s.Fee.BothWays {
			continue
		}
		got, err := d.Store.Received(ctx, s.Month.Start, s.Month.End)
		if err != nil {
			return err
		}
		for _, ch := range s.Channels {
			s.Month.AddReceived(got[ch.ID])
		}
	}
	return nil
}

// MonthOf is the month so far of a channel's account, for an estimate beside it.
func (d *Desk) MonthOf(ctx context.Context, ch core.Channel, now time.Time) (*Book, Account, *Month, error) {
	all, err := d.Statements(ctx, now, now)
	if err != nil {
		return nil, Account{}, nil, err
	}
	i := slices.IndexFunc(all, func(s Statement) bool { return s.Account.Provider == ch.Provider })
	if i < 0 {
		return nil, Account{}, nil, core.Fail(core.NoChannel, "ledger.MonthOf", nil)
	}
	return all[i].Month.book, all[i].Account, all[i].Month, nil
}

// use reads a charge by the policy of the shop.
func (d *Desk) use(c core.Charge) Use {
	p := d.Shop().Policy
	u := Use{At: c.At, Channel: c.ChannelID, Country: c.Country, Category: categoryOf(c), Template: c.Template, Campaign: d.Campaign(c.Ref),
		Delivered: c.Delivered, Typed: c.Typed, Pricing: c.Pricing, Cost: c.Cost, Texts: c.Texts, Failed: c.Failed}
	u.InWindow = c.Template == "" || !c.LastInAt.IsZero() && c.Made.Before(c.LastInAt.Add(p.Window.D()))
	if c.Pricing != nil && c.Pricing.Type == "free_entry_point" {
		u.EntryPoint = true
	} else if !c.FreeUntil.IsZero() {
		u.EntryPoint = c.Made.Before(c.FreeUntil) && !c.Made.Before(c.FreeUntil.Add(-p.EntryPoint.D()))
	}
	return u
}

// categoryOf is what a message is charged as before a receipt has said more:
// a template whose category is not known counts as the dearest (P-11).
func categoryOf(c core.Charge) Category {
	if c.Texts > 0 {
		return SMS
	}
	if c.Template == "" {
		return Service
	}
	if cat := strings.ToLower(c.Category); known(cat) {
		return Category(cat)
	}
	return Marketing
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
