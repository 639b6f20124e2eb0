package core

import (
	"context"
	"time"
)

// Charge is an outbound message as a bill sees it.
type Charge struct {
	At        time.Time // of delivery; of sending, or else of writing, for one that has not arrived
	Made      time.Time // when it was written
	ChannelID int64
	Ref       string
	Country   string // ISO 3166 of the recipient, "" when unknown
	Template  string // name of the template, "" for free-form
	Category  string // of the template when it was used, as the platform writes it; "" for free-form
	Delivered bool
	Texts     int  // SMS that the text went out as, each of which costs; 0 for WhatsApp
	Failed    bool // an SMS that was refused, or did not arrive
	Typed     bool // on the shop's phone app
	// LastInAt is the customer's last message before a template that no receipt
	// has priced, zero when there was none; FreeUntil the end of the
	// conversation's latest free entry point.
	LastInAt, FreeUntil time.Time
	Pricing             *Pricing
	Cost                *Money
}

// ChargeReader reads what messages cost.
type ChargeReader interface {
	// Charges calls yield for each message of ours whose Charge.At lies in
	// [from, to), in the order in which they were written, until yield returns false.
	Charges(ctx context.Context, from, to time.Time, yield func(Charge) bool) error
	// Received counts the messages of customers in [from, to) by channel.
	Received(ctx context.Context, from, to time.Time) (map[int64]int, error)
}
