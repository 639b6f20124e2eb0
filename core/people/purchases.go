package people

import (
	"context"
	"math"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/segment"
)

// Purchases are what a person bought in one currency. Amounts are in
// hundred-millionths.
type Purchases struct {
	Orders      int   // without refunds
	Spend       int64 // less what was refunded
	First, Last time.Time
}

// PurchaseTx writes receipts and what follows from them.
type PurchaseTx interface {
	// SavePurchase adds a receipt or changes it, and says which, and what it
	// was before. A receipt is known by Source and Ref and gets the ID of its row.
	SavePurchase(p *core.Purchase, amount int64) (was core.Purchase, what Fate, err error)
	// RemovePurchases returns whose they were.
	RemovePurchases(ids []int64) (contacts []int64, err error)
	// PurchasesOf sums receipts in a currency up to now, by contact.
	PurchasesOf(ids []int64, currency string, now time.Time) (map[int64]Purchases, error)
	// SavePurchaseFacts keeps what follows, and returns the value tier that
	// purchases gave the person: another one was set by hand.
	SavePurchaseFacts(contact int64, f *Facts) (computed core.ValueTier, err error)
	SetComputed(contact int64, tier core.ValueTier) error
	// Buyers pages through those who ever bought, by id.
	Buyers(after int64, limit int) ([]int64, error)
}

// Tiers part order values: below Mid is low, from High on high (S-060).
type Tiers struct {
	Mid  core.Money `json:"mid"`
	High core.Money `json:"high"`
}

// Gaps part frequencies: the longest time between two purchases, on average
// from the first one until now (S-059).
type Gaps struct {
	Monthly   core.Duration `json:"monthly"`
	Quarterly core.Duration `json:"quarterly"`
}

// year is how long a year is for the value of a customer.
const year = 365 * 24 * time.Hour

// judge works out what purchases say of a person.
func (d *Data) judge(p Purchases, now time.Time) (f Facts) {
	f.Orders, f.Spend, f.FirstOrder, f.LastOrder = p.Orders, p.Spend, p.First, p.Last
	f.Freq, f.AOVTier = "none", "none"
	if p.Orders == 0 {
		return f
	}
	f.AOV = p.Spend / int64(p.Orders)
	known := max(now.Sub(p.First), 0)
	f.LTV = p.Spend
	if known > year { // in the first year the whole spend is the year's
		f.LTV = int64(float64(p.Spend) * float64(year) / float64(known))
	}
	f.Freq = "rarer"
	if p.Orders > 1 { // one purchase has no rhythm
		switch gap := known / time.Duration(p.Orders); {
		case gap <= d.Freq.Monthly.D():
			f.Freq = "monthly"
		case gap <= d.Freq.Quarterly.D():
			f.Freq = "quarterly"
		}
	}
	f.AOVTier = "low"
	if f.AOV >= units(d.AOV.High) {
		f.AOVTier = "high"
	} else if f.AOV >= units(d.AOV.Mid) {
		f.AOVTier = "mid"
	}
	return f
}

func units(m core.Money) int64 {
	n, ok := unitsOf(m)
	if !ok {
		return math.MaxInt64 // New refuses such data
	}
	return n
}

// unitsOf reads an amount as Amount writes it.
func unitsOf(m core.Money) (int64, bool) {
	d, ok := segment.ParseDecimal(m.Amount)
	return d.Units, ok
}

// refresh brings what follows from purchases up to date: the facts, and the
// value tier of those whose tier nobody set by hand (S-075).
func (s *Service) refresh(tx Tx, ids []int64, currency string) error {
	now := s.Now()
	sums, err := tx.PurchasesOf(ids, currency, now)
	if err != nil {
		return err
	}
	for _, id := range ids {
		f := s.Data.judge(sums[id], now)
		tier := core.ValueTier(f.AOVTier)
		if f.Orders == 0 {
			tier = core.ValueNone
		}
		computed, err := tx.SavePurchaseFacts(id, &f)
		if core.CodeOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Contacts, ID: id})
		if computed == tier {
			continue
		}
		if err := s.retier(tx, id, computed, tier); err != nil {
			return err
		}
	}
	return nil
}

// retier sets a computed tier unless another one was set by hand.
func (s *Service) retier(tx Tx, id int64, before, tier core.ValueTier) error {
	c, err := tx.Contact(id)
	if err != nil || c.Value != before {
		return err
	}
	c.Value = tier
	if err := tx.SaveContact(&c); err != nil {
		return err
	}
	if err := tx.SetComputed(id, tier); err != nil {
		return err
	}
	return s.shown(tx, &c, true)
}

// Refresh brings the facts of all who ever bought up to date: with time people
// buy rarer. Once a day is enough; see Keep.
func (s *Service) Refresh(ctx context.Context) error {
	currency, err := s.Currency(ctx)
	if err != nil {
		return err
	}
	for after, more := int64(0), true; more; {
		err := s.write(ctx, func(tx Tx) error {
			ids, err := tx.Buyers(after, chunk)
			if err != nil {
				return err
			}
			if more = len(ids) == chunk; len(ids) > 0 {
				after = ids[len(ids)-1]
			}
			return s.refresh(tx, ids, currency)
		})
		if err != nil {
			return fail("people.Refresh", err)
		}
	}
	return nil
}

// keepEvery is how often Keep works.
const keepEvery = 6 * time.Hour

// Keep does what time asks for until ctx ends: facts grow old, and what a shop
// keeps no longer is forgotten. A failure of one round is the next one's.
func (s *Service) Keep(ctx context.Context, failed func(error)) error {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		err := s.Refresh(ctx)
		if err == nil {
			_, err = s.Purge(ctx)
		}
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func isCurrency(code string) bool {
	return len(code) == 3 && !slices.ContainsFunc([]byte(code), func(b byte) bool { return b < 'A' || b > 'Z' })
}

// SetCurrency says in which currency the shop counts; purchases in others are
// kept and not added up. InvalidInput for what is no code.
func (s *Service) SetCurrency(ctx context.Context, code string) error {
	if !isCurrency(code) {
		return core.Fail(core.InvalidInput, "people.SetCurrency", nil)
	}
	if err := s.Store.SetSetting(ctx, currencySetting, code); err != nil {
		return err
	}
	return s.Refresh(ctx)
}
