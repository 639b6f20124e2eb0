package storage_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/people"
	"bottega/storage"
)

// TestBuyers: who bought in a time, of those written to and of those held back.
func TestBuyers(t *testing.T) {
	db, ctx := open(t, t.TempDir(), storage.Options{}), t.Context()
	at := time.UnixMilli(1_700_000_000_000).UTC()
	rows := []campaign.Recipient{
		{Person: "+1", State: campaign.Read, Attempts: 1}, // bought on the first moment
		{Person: "+2", State: campaign.Failed, Attempts: 1},
		{Person: "+3", State: campaign.Skipped, Why: campaign.OptedOut}, // got nothing, though bought
		{Person: "+4", State: campaign.Pending},
		{Person: "+5", State: campaign.Skipped, Why: campaign.HeldBack, HeldBack: true}, // brought back what was bought
		{Person: "+6", State: campaign.Skipped, Why: campaign.HeldBack, HeldBack: true}, // bought twice
		{Person: "+7", State: campaign.Skipped, Why: campaign.HeldBack, HeldBack: true}, // bought too late
	}
	orders := []struct {
		who    int
		after  time.Duration
		amount int64
	}{{0, 0, 5}, {1, -time.Millisecond, 5}, {2, time.Hour, 5}, {3, time.Hour, 5}, {4, time.Hour, -5}, {5, time.Hour, 5}, {5, 2 * time.Hour, 5}, {6, 24 * time.Hour, 5}}
	c := campaign.Campaign{Name: "x", State: campaign.Running, ChannelID: 1, Templates: []string{"a"}}
	err := db.Update(ctx, func(tx campaign.Tx) error {
		if err := tx.SaveCampaign(&c); err != nil {
			return err
		}
		for i := range rows {
			k := core.Contact{Name: "x", Phone: core.Phone("+39333000000" + rows[i].Person[1:]), CreatedAt: at}
			if err := tx.SaveContact(&k); err != nil {
				return err
			}
			x := rows[i]
			x.CampaignID, x.ContactID = c.ID, k.ID
			if _, err := tx.AddRecipient(&x); err != nil {
				return err
			}
			rows[i].ContactID = k.ID
		}
		for i, o := range orders {
			p := core.Purchase{Source: "till", Ref: string(rune('a' + i)), ContactID: rows[o.who].ContactID, At: at.Add(o.after), Amount: core.Money{Amount: "1", Currency: "EUR"}}
			if _, _, err := tx.(people.PurchaseTx).SavePurchase(&p, o.amount); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	written, held, err := db.Buyers(ctx, c.ID, at, at.Add(24*time.Hour))
	if err != nil || written != (campaign.Arm{N: 2, Hits: 1}) || held != (campaign.Arm{N: 3, Hits: 1}) {
		t.Errorf("written to %+v, held back %+v, %v", written, held, err)
	}
	if written, held, err := db.Buyers(ctx, c.ID+1, at, at.Add(time.Hour)); err != nil || written.N+held.N != 0 {
		t.Errorf("of no campaign: %+v %+v, %v", written, held, err)
	}
}
