package traffic

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

// libraryTurn is how long another process waits before it reads the providers'
// lists in the place of one that died.
const libraryTurn = 5 * time.Minute

// newLibrary builds the service of templates. The rules of the review take
// some time and memory to read, so that only those who ask for it wait.
func (t *Traffic) newLibrary() (*library.Service, error) {
	linter, err := template.NewLinter(t.o.Policy)
	if err != nil {
		return nil, err
	}
	s, err := t.Shelf()
	if err != nil {
		return nil, err
	}
	whole := *s
	whole.Linter = linter
	return &whole, nil
}

// newShelf builds what of the service needs no rules of the review.
func (t *Traffic) newShelf() (*library.Service, error) {
	cycle, err := library.LoadCycle(t.o.Policy)
	if err != nil {
		return nil, err
	}
	return &library.Service{Store: t.o.Store, Read: t.o.Store, Channels: t.o.Store, Gateways: t.Providers, Cycle: cycle, Rules: t.o.Rules, Now: t.o.Now}, nil
}

// keepLibrary reads the providers' lists of templates until ctx ends.
func (t *Traffic) keepLibrary(ctx context.Context) error {
	s, err := t.Shelf()
	if err != nil {
		return err
	}
	hold := &core.Hold{Store: t.o.Store, Name: "templates", Owner: t.o.ID, TTL: libraryTurn, Now: t.o.Now}
	return s.Keep(ctx, t.o.Feed, hold, t.o.Log)
}
