package storage_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/storage"
)

// TestPromotion: when a person last had a promotion on any channel, and whom of
// those a template went to the ledger keeps from getting one.
func TestPromotion(t *testing.T) {
	db, ctx := open(t, t.TempDir(), storage.Options{}), t.Context()
	at := time.UnixMilli(1_700_000_000_000).UTC()
	ch, err := db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Meta, State: core.Active, CreatedAt: at})
	if err != nil {
		t.Fatal(err)
	}
	var people [2]core.Contact
	err = db.Write(ctx, func(tx core.Tx) error {
		for i := range people {
			people[i] = core.Contact{Name: "x", CreatedAt: at}
			if err := tx.SaveContact(&people[i]); err != nil {
				return err
			}
			c := core.Conversation{ChannelID: ch.ID, ContactID: people[i].ID, State: core.Open}
			if err := tx.SaveConversation(&c); err != nil {
				return err
			}
			for n, state := range []core.State{core.Sent, core.Failed} {
				m := core.Message{ConversationID: c.ID, ChannelID: ch.ID, Direction: core.Out, State: state, At: at.Add(time.Duration(n) * time.Hour), Ref: string(rune('a' + 2*i + n)),
					Content: core.Content{Type: core.TypeTemplate, Text: "x", Template: &core.TemplateCall{Name: "news", Language: "it", Category: "marketing"}}}
				if _, err := tx.InsertMessage(&m); err != nil {
					return err
				}
			}
		}
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: people[0].ID, Kind: consent.OptIn, Scope: consent.Marketing, At: at, Source: consent.BySelf, ChannelID: ch.ID})
	})
	if err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time]time.Time{at.Add(-time.Hour): at, at: at, at.Add(time.Millisecond): {}} {
		if got, err := db.Promoted(ctx, people[0].ID, since); err != nil || !got.Equal(want) {
			t.Errorf("since %s: %s, %v", since, got, err)
		}
	}
	if n, without, err := db.TemplatePeople(ctx, ch.ID, "news", "IT", at); err != nil || n != 2 || without != 1 {
		t.Errorf("%d people, %d without consent, %v", n, without, err)
	}
}
