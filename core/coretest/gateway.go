package coretest

import (
	"context"
	"io"
	"strconv"
	"sync"
	"time"

	"bottega/core"
)

// Gateway is a provider that answers what a test tells it and keeps a ledger
// of what its customers got. It serves every channel. Safe for concurrent use.
type Gateway struct {
	// Answer decides about the n-th request (from 1). With take the customer
	// gets the message, whatever err says: an error with take is an answer lost
	// on its way back. Nil takes everything.
	Answer func(n int, m core.Outgoing) (take bool, err error)
	// Hold, when set, is called inside each request before it is answered.
	Hold func(ctx context.Context, m core.Outgoing)
	// Refuse is what Gateway returns instead of a gateway; nil for none.
	Refuse func() error
	// UploadErr is what uploads answer.
	UploadErr func() error
	DownloadF func(id string, w io.Writer) (core.Media, error)
	Caps      core.Capabilities
	Now       func() time.Time
	Shelf     Shelf

	mu       sync.Mutex
	requests int
	ledger   []Sent
	reads    []string
	uploads  int
}

// Sent is one message that the customer got.
type Sent struct {
	Ref  string
	ID   string // the provider's
	To   core.Phone
	Text string
	At   time.Time
}

var _ core.Gateway = (*Gateway)(nil)

// Gateway implements core.Gateways.
func (g *Gateway) Gateway(context.Context, core.Channel) (core.Gateway, error) {
	if g.Refuse != nil {
		if err := g.Refuse(); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Send implements core.Sender.
func (g *Gateway) Send(ctx context.Context, m core.Outgoing) (core.Accept, error) {
	if g.Hold != nil {
		g.Hold(ctx, m)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests++
	take, err := true, error(nil)
	if g.Answer != nil {
		take, err = g.Answer(g.requests, m)
	}
	if !take {
		return core.Accept{}, err
	}
	s := Sent{Ref: m.Ref, ID: "wamid." + strconv.Itoa(len(g.ledger)+1), To: m.To, Text: m.Text, At: g.Now()}
	g.ledger = append(g.ledger, s)
	if err != nil {
		return core.Accept{}, err
	}
	return core.Accept{ProviderID: s.ID, At: s.At}, nil
}

// Ledger returns what customers got, in order.
func (g *Gateway) Ledger() []Sent {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Sent(nil), g.ledger...)
}

// Requests returns how many sends were asked for.
func (g *Gateway) Requests() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests
}

// MarkRead implements core.Reader.
func (g *Gateway) MarkRead(_ context.Context, id string, _ bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reads = append(g.reads, id)
	return nil
}

// Reads returns what was marked read.
func (g *Gateway) Reads() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.reads...)
}

// Upload implements core.MediaGateway.
func (g *Gateway) Upload(_ context.Context, f core.MediaFile) (string, error) {
	if g.UploadErr != nil {
		if err := g.UploadErr(); err != nil {
			return "", err
		}
	}
	if _, err := io.Copy(io.Discard, f.Body); err != nil {
		return "", err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.uploads++
	return "media-" + strconv.Itoa(g.uploads), nil
}

// Uploads returns how many files came.
func (g *Gateway) Uploads() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.uploads
}

// Download implements core.MediaGateway.
func (g *Gateway) Download(_ context.Context, id string, _ int64, w io.Writer) (core.Media, error) {
	if g.DownloadF == nil {
		return core.Media{}, core.Fail(core.NotFound, "coretest.Download", nil)
	}
	return g.DownloadF(id, w)
}

// Health implements core.Directory.
func (g *Gateway) Health(context.Context) (core.Health, error) { return core.Health{}, nil }

// Capabilities implements core.Gateway.
func (g *Gateway) Capabilities() core.Capabilities { return g.Caps }
