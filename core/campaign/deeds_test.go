package campaign_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
)

// TestAnOrderIsTakenBack undoes what an order brought: the person stands where
// the message stands by then, unless another order holds.
func TestAnOrderIsTakenBack(t *testing.T) {
	w := engine(t)
	ids := w.people(3)
	c := draft()
	c.Code = "AUTUMN"
	c = w.start(c, ids...)
	w.until(c.ID, campaign.Finished)
	w.step()
	bought := func(contact int64, after time.Duration, code string) (back campaign.Back) {
		t.Helper()
		w.must(w.store.Update(w.ctx, func(tx campaign.Tx) (err error) {
			back, err = w.rules.Bought(tx, contact, w.now.Add(after), code)
			return err
		}))
		return back
	}
	first, second := bought(ids[0], time.Hour, ""), bought(ids[1], 300*24*time.Hour, "AUTUMN") // the code holds after the days that count
	if n := w.counts(c.ID); n[campaign.Converted] != 2 || first == nil || second == nil {
		t.Fatalf("%v", n)
	}
	if again := bought(ids[0], 2*time.Hour, "AUTUMN"); again != nil {
		t.Error("a second order of the same person takes nothing back: the first one holds")
	}
	if none := bought(ids[2], -time.Hour, ""); none != nil {
		t.Error("an order from before the message came of it")
	}
	if far := bought(ids[2], 300*24*time.Hour, "OTHER"); far != nil {
		t.Error("an order long after it came of it")
	}
	for _, g := range w.ledger {
		w.receipt(g, core.Delivered)
	}
	w.step()
	for range 2 { // twice does no harm
		w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error { return first(tx) }))
		w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error { return second(tx) }))
	}
	if n := w.counts(c.ID); n[campaign.Converted] != 0 || n[campaign.Delivered] != 3 {
		t.Errorf("taken back: %v", n)
	}
	if third := bought(ids[0], time.Hour, ""); third == nil || w.counts(c.ID)[campaign.Converted] != 1 {
		t.Errorf("bought again: %v", w.counts(c.ID))
	}
}
