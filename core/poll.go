package core

import (
	"context"
	"time"
)

// The ports of this file are optional: a gateway has them where its provider
// does. Ask with Port, which looks behind what decorates a gateway.

// Port finds an optional port of a gateway. A decorator shows what it decorates
// by a method Unwrap() Gateway.
func Port[T any](gw Gateway) (port T, ok bool) {
	for gw != nil {
		if port, ok = gw.(T); ok {
			return port, true
		}
		inner, decorated := gw.(interface{ Unwrap() Gateway })
		if !decorated {
			break
		}
		gw = inner.Unwrap()
	}
	return port, false
}

// Poller is an account whose news can be asked for, so that a shop without a
// public address receives too.
type Poller interface {
	// Poll returns what is new since a cursor that an earlier call gave; ""
	// begins now, with a little of the past. It may give again what it gave
	// before, and never leaves anything out.
	Poll(ctx context.Context, cursor string) (Polled, error)
}

// Polled is one answer of a Poller.
type Polled struct {
	// Bodies are read by the provider's Decoder like callbacks, in this order.
	Bodies [][]byte
	Cursor string // for the next call, once Bodies are durable
	More   bool   // there is more already: ask again at once
}

// Reconciler finds out what became of a send that the network left open.
type Reconciler interface {
	// Find looks for m, sent at about at, among what the provider has taken.
	// known reports ids that belong to other messages. NotFound when the
	// provider does not have it.
	Find(ctx context.Context, m Outgoing, at time.Time, known func(id string) bool) (Accept, error)
}

// Balancer tells what is left on a prepaid account.
type Balancer interface {
	Balance(ctx context.Context) (Money, error)
}

// SampleTaker wants the file of a template's header before the template is
// handed in, and calls it by a handle of its own.
type SampleTaker interface {
	// UploadSample hands over a sample file and returns its handle. Errors:
	// BadMedia and TooLarge before anything is sent.
	UploadSample(ctx context.Context, f MediaFile) (handle string, err error)
}
