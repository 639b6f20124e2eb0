package storagetest

import (
	"testing"
	"time"

	"bottega/core"
)

// Opener makes an empty store with a clock.
type Opener func(testing.TB, *core.Feed, func() time.Time) Store

// Run holds a store to the promises of core's ports.
func Run(t *testing.T, open Opener) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, Opener)
	}{
		{"writer", writer}, {"channels", channels}, {"contacts", contacts}, {"conversations", conversations},
		{"lists", lists}, {"messages", messages}, {"receipts", receipts}, {"outbox", outbox}, {"journal", journal},
		{"presence", presence}, {"leases", leases}, {"settings", settings}, {"media", media}, {"search", search},
		{"deliveries", deliveries}, {"reached", reached}, {"many deliveries", manyDeliveries}, {"charges", charges},
		{"templates", templates}, {"template queries", selects}, {"template uses", uses},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open) })
	}
}
