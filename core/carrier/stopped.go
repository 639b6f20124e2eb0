package carrier

import (
	"errors"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// Ledger is the consent side of a transaction. A store without one is a bug.
func Ledger(tx core.Tx) (consent.Tx, error) {
	l, ok := tx.(consent.Tx)
	if !ok {
		return nil, core.Fail(core.Internal, "carrier.Ledger", errors.New("the store keeps no consents"))
	}
	return l, nil
}

// Prefers enters in a person's ledger what the provider says they want: no
// promotion from this shop any more, or again (P-23, P-24). place is where it
// said so: its field or error code. What stands there already is not entered
// again.
func Prefers(tx core.Tx, contact, channel int64, kind consent.Kind, place string, at time.Time) error {
	l, err := Ledger(tx)
	if err != nil {
		return err
	}
	es, err := l.Consents(contact)
	if err != nil {
		return err
	}
	stopped := false // by the provider, whatever was said to us
	for _, e := range es {
		switch e.Kind {
		case consent.ProviderStop:
			stopped = true
		case consent.ProviderResume:
			stopped = false
		}
	}
	if stopped == (kind == consent.ProviderStop) {
		return nil
	}
	tx.Changed(core.Change{Kind: core.Contacts, ID: contact})
	return l.AddConsent(&consent.Entry{ContactID: contact, Kind: kind, Scope: consent.Marketing, At: at, Source: consent.ByProvider, Place: place, ChannelID: channel})
}
