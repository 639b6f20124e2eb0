package storage

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/people"
	"bottega/core/segment"
)

// Purchases implements people.Store.
func (db *DB) Purchases(ctx context.Context, contact int64) ([]core.Purchase, error) {
	ps, err := all(reading{ctx, db}, scanPurchase, "SELECT "+purchaseColumns+" FROM orders WHERE contact_id = ? ORDER BY at, id", contact)
	return ps, db.fail("storage.Purchases", err)
}

// SavePurchase implements people.PurchaseTx.
func (t *tx) SavePurchase(p *core.Purchase, amount int64) (was core.Purchase, what people.Fate, err error) {
	was, err = one(t, scanPurchase, "SELECT "+purchaseColumns+" FROM orders WHERE source = ? AND ref = ?", p.Source, p.Ref)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		what = people.FateNew
		p.ID, err = t.insert("INSERT INTO orders (source, ref, contact_id, at, amount, currency, campaign) VALUES (?, ?, ?, ?, ?, ?, ?)",
			p.Source, p.Ref, p.ContactID, ms(p.At), amount, p.Amount.Currency, p.Campaign)
	case err == nil:
		what, p.ID = people.FateSame, was.ID
		if was.ContactID != p.ContactID || !was.At.Equal(p.At) || was.Amount != p.Amount || was.Campaign != p.Campaign {
			what = people.FateUpdated
			err = t.must1("UPDATE orders SET contact_id = ?, at = ?, amount = ?, currency = ?, campaign = ? WHERE id = ?",
				p.ContactID, ms(p.At), amount, p.Amount.Currency, p.Campaign, p.ID)
		}
	}
	return was, what, t.db.fail("storage.SavePurchase", err)
}

// RemovePurchases implements people.PurchaseTx.
func (t *tx) RemovePurchases(ids []int64) ([]int64, error) {
	in, err := list(ids)
	if err != nil {
		return nil, err
	}
	owners, err := all(t, scanInt, "DELETE FROM orders WHERE id IN (SELECT value FROM json_each(?)) RETURNING contact_id", in)
	return owners, t.db.fail("storage.RemovePurchases", err)
}

// PurchasesOf implements people.PurchaseTx. Whole and broken parts are added up
// apart, so that no sum overflows.
func (t *tx) PurchasesOf(ids []int64, currency string, now time.Time) (map[int64]people.Purchases, error) {
	out := map[int64]people.Purchases{}
	in, err := list(ids)
	if err == nil {
		err = t.query(func(rows *sql.Rows) error {
			var id, n, whole, rest, first, last int64
			if err := rows.Scan(&id, &n, &whole, &rest, &first, &last); err != nil {
				return err
			}
			out[id] = people.Purchases{Orders: int(n), Spend: total(whole, rest), First: at(first), Last: at(last)}
			return nil
		}, `SELECT contact_id, sum(amount >= 0), sum(amount / 100000000), sum(amount % 100000000),
				coalesce(min(CASE WHEN amount >= 0 THEN at END), 0), coalesce(max(CASE WHEN amount >= 0 THEN at END), 0) FROM orders
			WHERE contact_id IN (SELECT value FROM json_each(?)) AND currency = ? AND at <= ? GROUP BY contact_id`, in, currency, ms(now))
	}
	return out, t.db.fail("storage.PurchasesOf", err)
}

// total is a sum in hundred-millionths, at most what they can say.
func total(whole, rest int64) int64 {
	const most = math.MaxInt64 / 4 / segment.DecimalScale
	whole += rest / segment.DecimalScale
	return max(-most, min(most, whole))*segment.DecimalScale + rest%segment.DecimalScale
}

// SavePurchaseFacts implements people.PurchaseTx.
func (t *tx) SavePurchaseFacts(contact int64, f *people.Facts) (computed core.ValueTier, err error) {
	was, err := one(t, scanNull, "SELECT computed FROM facts WHERE contact_id = ?", contact)
	if err == nil {
		err = t.must1(`UPDATE facts SET orders = ?, spend = ?, aov = ?, ltv = ?, first_order = ?, last_order = ?, freq = ?, aov_tier = ? WHERE contact_id = ?`,
			f.Orders, f.Spend, f.AOV, f.LTV, ms(f.FirstOrder), ms(f.LastOrder), max(0, slices.Index(freqs, f.Freq)), max(0, slices.Index(tiers, f.AOVTier)), contact)
	}
	return core.ValueTier(was.String), t.db.fail("storage.SavePurchaseFacts", err)
}

// SetComputed implements people.PurchaseTx.
func (t *tx) SetComputed(contact int64, tier core.ValueTier) error {
	return t.db.fail("storage.SetComputed", t.must1("UPDATE facts SET computed = ? WHERE contact_id = ?", tier, contact))
}

// Buyers implements people.PurchaseTx.
func (t *tx) Buyers(after int64, limit int) ([]int64, error) {
	ids, err := all(t, scanInt, "SELECT DISTINCT contact_id FROM orders WHERE contact_id > ? ORDER BY contact_id LIMIT +?", after, limit)
	return ids, t.db.fail("storage.Buyers", err)
}
