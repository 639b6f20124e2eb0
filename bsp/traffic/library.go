package traffic

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"bottega/core"
	"bottega/core/campaign"
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
	return &library.Service{Store: t.o.Store, Read: t.o.Store, Channels: t.o.Store, Gateways: t.Providers, Notes: t.o.Store, Cycle: cycle, Rules: t.o.Rules, Now: t.o.Now, Sample: openSample,
		Deeds: campaign.Guard{}}, nil
}

// openSample is library.OpenSample for files of this computer.
func openSample(format, name string) (core.MediaFile, func() error, error) {
	const op = "traffic.openSample"
	mime, ok := template.SampleMIME(format, name)
	if !ok {
		return core.MediaFile{}, nil, core.Fail(core.BadMedia, op, nil)
	}
	f, err := os.Open(name)
	if err != nil {
		return core.MediaFile{}, nil, core.Fail(core.NotFound, op, err)
	}
	st, err := f.Stat()
	if err != nil {
		return core.MediaFile{}, nil, errors.Join(core.Fail(core.NotFound, op, err), f.Close())
	}
	return core.MediaFile{Filename: filepath.Base(name), MIME: mime, Size: st.Size(), Body: f}, f.Close, nil
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
