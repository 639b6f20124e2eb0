package storage_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/people"
	"bottega/storage"
)

// A check does not take for damage what was written since the one before, and
// people who are removed leave nothing behind.
func TestCheckAgain(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	ctx := context.Background()
	check := func(when string) {
		t.Helper()
		if err := db.Check(ctx); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	check("empty")
	ps := make([]people.Person, 100)
	for i := range ps {
		ps[i].Contact = core.Contact{Name: fmt.Sprint("Maria ", i), Phone: core.Phone(fmt.Sprintf("+39333%07d", i)), Tags: []string{"vip"}, CreatedAt: time.UnixMilli(1)}
		ps[i].Identities = []core.Identity{{Kind: core.IdentityPhone, Value: string(ps[i].Contact.Phone)}}
	}
	write := func(fn func(people.Tx) error) {
		t.Helper()
		if err := db.Write(ctx, func(tx core.Tx) error { return fn(tx.(people.Tx)) }); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx people.Tx) error { return tx.AddPeople(ps) })
	check("full")
	if hits, err := db.Search(ctx, core.SearchQuery{Words: "maria 42", Limit: 9}); err != nil || len(hits) != 1 || hits[0].ContactID != ps[42].Contact.ID {
		t.Errorf("hits %+v, %v", hits, err)
	}
	write(func(tx people.Tx) error {
		for i := range ps {
			if err := tx.RemoveContact(ps[i].Contact.ID); err != nil {
				return err
			}
		}
		return nil
	})
	check("empty again")
	if hits, err := db.Search(ctx, core.SearchQuery{Words: "maria", Limit: 9}); err != nil || len(hits) != 0 {
		t.Errorf("hits %+v, %v", hits, err)
	}
	if tags, err := db.Tags(ctx); err != nil || len(tags) != 0 {
		t.Errorf("tags %+v, %v", tags, err)
	}
	if ids, err := db.Book(ctx).Owners(core.IdentityPhone, []string{"+393330000001"}); err != nil || len(ids) != 0 {
		t.Errorf("owners %v, %v", ids, err)
	}
}
