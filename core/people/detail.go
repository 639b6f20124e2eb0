package people

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// Detail is all that the card of a person shows.
type Detail struct {
	Contact  core.Contact // with identities
	Profile  core.Profile
	Facts    Facts
	Stats    core.ContactStats
	Heat     string
	LowFreq  bool
	Currency string // of the amounts
	Standing consent.Standing
	Ledger   []consent.Entry // oldest first
	Fields   []core.CustomField
}

// Detail reads the card of a person; NotFound when there is no such contact.
// Whether the window is open is of one conversation: Standing.Service speaks of
// the one that answers longest.
func (s *Service) Detail(ctx context.Context, id int64) (d Detail, err error) {
	if d.Contact, err = s.Store.Contact(ctx, id); err != nil {
		return d, err
	}
	rows, err := s.Store.PeopleRows(ctx, []int64{id})
	if err != nil || len(rows) == 0 {
		return d, orGone(err)
	}
	d.Facts = rows[0].Facts
	d.Heat, d.LowFreq = s.Heat(&d.Facts)
	if d.Profile, err = s.Store.Profile(ctx, id); err != nil {
		return d, err
	}
	if d.Stats, err = s.Store.ContactStats(ctx, id, s.Now()); err != nil {
		return d, err
	}
	if d.Ledger, err = s.Store.Consents(ctx, id); err != nil {
		return d, err
	}
	if d.Currency, err = s.Currency(ctx); err != nil {
		return d, err
	}
	if d.Fields, err = s.Store.CustomFields(ctx); err != nil {
		return d, err
	}
	closes, err := s.Store.WindowOf(ctx, id)
	d.Standing = consent.Of(d.Ledger, s.Now().Before(closes))
	return d, err
}

func orGone(err error) error {
	if err == nil {
		err = core.Fail(core.NotFound, "people.Detail", nil)
	}
	return err
}

// Event is one thing in a person's timeline. Exactly one of the pointers is set.
type Event struct {
	At       time.Time
	Message  *core.Message
	Activity *core.Activity
	Purchase *core.Purchase
	Consent  *consent.Entry
}

// Timeline returns up to limit things that happened with a person before a
// time (zero: the newest), newest first: messages on every channel, what agents
// did, purchases, consents.
func (s *Service) Timeline(ctx context.Context, id int64, before time.Time, limit int) ([]Event, error) {
	if before.IsZero() {
		before = s.Now().AddDate(100, 0, 0)
	}
	return s.Store.Timeline(ctx, id, before, limit)
}

// Currency of the shop's amounts: what a setting says, else the data file.
func (s *Service) Currency(ctx context.Context) (string, error) {
	var c string
	ok, err := s.Store.Setting(ctx, currencySetting, &c)
	if err == nil && !ok {
		c = s.Data.Currency
	}
	return c, err
}

// currencySetting is where a shop's currency is kept.
const currencySetting = "people.currency"
