package campaign

import (
	"context"
	"time"

	"bottega/core"
)

// RecipientQuery asks for a page of an audience.
type RecipientQuery struct {
	Campaign int64
	States   []RecipientState // all when empty
	After    int64            // id of the last one seen
	Limit    int              // at most 1000
}

// Store keeps campaigns and audiences. Reads never wait for a writer.
type Store interface {
	// Campaign returns one; NotFound when there is none.
	Campaign(ctx context.Context, id int64) (Campaign, error)
	// Campaigns in any of the states, all without, newest first.
	Campaigns(ctx context.Context, states ...State) ([]Campaign, error)
	// Counts of an audience; they add up to Report.Included at every moment.
	// Rows that are held back to compare with are in none.
	Counts(ctx context.Context, campaign int64) (Counts, error)
	// Texts counts the SMS that went in place of a campaign's messages.
	Texts(ctx context.Context, campaign int64) (Texts, error)
	// Recipients by id.
	Recipients(ctx context.Context, q RecipientQuery) ([]Recipient, error)
	// Persons returns what decisions need of contacts, as PersonTx.Person would
	// each, in their order; of one that is gone the zero Person.
	Persons(ctx context.Context, channel int64, contacts []int64) ([]Person, error)
	// Met calls yield for each template sent on any channel of the portfolio
	// since a time to somebody whose window was shut, in any order.
	Met(ctx context.Context, since time.Time, yield func(contact int64, at time.Time) bool) error
	// Behind returns rows of any campaign of a channel whose message has moved
	// on further than they have: State.Merge(Of(message.State)) is another.
	Behind(ctx context.Context, channel int64, n int) ([]Recipient, error)
	// Update runs fn in the one write transaction, as core.Writer does: fn may
	// run again after a failed group.
	Update(ctx context.Context, fn func(tx Tx) error) error
}

// Tx is a store inside one transaction, messages and outbox included: a row
// and its message change together or not at all.
type Tx interface {
	core.Tx
	CampaignTx
	AudienceTx
	LineTx
	PersonTx
}

// CampaignTx writes campaigns.
type CampaignTx interface {
	Campaign(id int64) (Campaign, error)
	// CampaignsOf a channel that are in any of the states, oldest first.
	CampaignsOf(channel int64, states ...State) ([]Campaign, error)
	// SaveCampaign inserts (ID 0) or updates; Conflict when Rev is not the stored one.
	SaveCampaign(c *Campaign) error
	// Pace is the saved state of a channel's pace, nil before the first.
	Pace(channel int64) ([]byte, error)
	SavePace(channel int64, state []byte) error
	// Vitals counts a campaign's outcomes since a time: Settled, Failed (by
	// Telling classes only) and Blocked; the caller fills in the rest.
	Vitals(campaign int64, since time.Time) (Vitals, error)
}

// AudienceTx writes the rows of audiences.
type AudienceTx interface {
	// AddRecipient reports false, and changes nothing, when the campaign has
	// the person already.
	AddRecipient(x *Recipient) (added bool, err error)
	// ClearAudience removes the rows of a campaign that has not begun.
	ClearAudience(campaign int64) error
	// NextRecipients returns up to n pending rows that are due, the longest due
	// first. When none is, it tells why and until when the next of the others
	// waits; no wait: no other is pending.
	NextRecipients(campaign int64, now time.Time, n int) (rows []Recipient, next Wait, err error)
	SaveRecipient(x *Recipient) error
	// SkipPending leaves out everybody of a campaign who is still Pending.
	SkipPending(campaign int64, why Reason) error
	// Recipient returns one; NotFound when there is none.
	Recipient(id int64) (Recipient, error)
}

// LineTx reads the rows whose messages are handed over.
type LineTx interface {
	// Handed returns the rows of a campaign that are Sending.
	Handed(campaign int64) ([]Recipient, error)
	// AnyHanded reports whether Handed would return one.
	AnyHanded(campaign int64) (bool, error)
	// InLine counts the campaign messages of a channel that wait in the outbox
	// or are on their way.
	InLine(channel int64) (int, error)
	// TextsInLine returns the SMS of a campaign that wait in the outbox.
	TextsInLine(campaign int64) ([]core.Message, error)
	// RowsOf returns the rows of the person that a contact is, under whatever
	// contact (see PersonKey) and over all campaigns, whose message was handed
	// over since a time, the latest first.
	RowsOf(contact int64, since time.Time) ([]Recipient, error)
}

// PersonTx reads people as of the transaction.
type PersonTx interface {
	// Person returns what a decision needs; NotFound when the contact is gone.
	// An opt-out, a block and a promotion count that any contact of the same
	// person (see PersonKey) has.
	Person(channel, contact int64) (Person, error)
	// PersonsIn is Store.Persons as of the transaction.
	PersonsIn(channel int64, contacts []int64) ([]Person, error)
}

// Telling reports whether a failure says something about a campaign and so
// counts in Vitals.Failed: not that the platform spared the person, nor that
// the provider was busy.
func Telling(class core.Class) bool { return counts(class) }
