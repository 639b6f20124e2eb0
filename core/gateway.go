package core

import (
	"context"
	"io"
	"time"
)

// Outgoing is one message on its way to a provider.
type Outgoing struct {
	Ref    string // ours, at most 512 characters, never personal data; echoed in receipts
	To     Phone  // E.164; wins over ToUser when both are set
	ToUser string // business-scoped user id or other provider address, where there is no phone
	// Made is when the message was written; no try of it is older. Zero means
	// just now. A provider that remembers a Ref for some hours only is asked
	// first whether it has an older one.
	Made time.Time
	Content
}

// Accept is what a provider answers to a send it took: no delivery, only acceptance.
type Accept struct {
	ProviderID string
	Held       bool   // held for quality assessment: still open, never resend
	WaID       string // the recipient's number as the provider writes it; may differ from To
	UserID     string
	At         time.Time
}

// Sender is one channel's way out. Send blocks until the provider answered or
// ctx ends. Its error wraps a *ProviderError; when Uncertain is set there the
// message may have been taken. Safe for concurrent use; never retries by itself.
type Sender interface {
	Send(ctx context.Context, m Outgoing) (Accept, error)
}

// Reader marks what the shop has seen.
type Reader interface {
	// MarkRead marks this message and the earlier ones; typing shows the
	// indicator until the answer or 25 s.
	MarkRead(ctx context.Context, providerMessageID string, typing bool) error
}

// MediaGateway moves files.
type MediaGateway interface {
	// Upload stores a file at the provider for 30 days and returns its id.
	Upload(ctx context.Context, f MediaFile) (id string, err error)
	// Download writes the file of a received media id to w, at most max bytes
	// (TooLarge beyond), and checks size and hash where the provider gives them.
	Download(ctx context.Context, id string, max int64, w io.Writer) (Media, error)
}

// MediaFile is a file to upload.
type MediaFile struct {
	Filename string
	MIME     string
	Size     int64
	Body     io.Reader
}

// Directory is what a provider tells of the account.
type Directory interface {
	Templates(ctx context.Context) ([]Template, error)
	Health(ctx context.Context) (Health, error)
}

// Capabilities says what a provider can do; the UI greys the rest with the reason.
type Capabilities struct {
	Reactions       bool
	Typing          bool
	Interactive     bool
	MediaByLink     bool
	MediaUpload     bool
	CreateTemplates bool
	EditTemplates   bool // the text of one that the provider has
	DeleteTemplates bool
	PollInbound     bool
	Idempotent      bool // a repeated Ref is not sent twice
	EchoesRef       bool // receipts carry Ref, so an unsure send resolves itself
	SMS             bool
	RealCost        bool
	Balance         bool // see Balancer
}

// Gateway is one account at one provider.
type Gateway interface {
	Sender
	Reader
	MediaGateway
	Directory
	TemplateGateway
	Capabilities() Capabilities
}

// Gateways finds the gateway of a channel; NoChannel or NoSecret when there is none.
type Gateways interface {
	Gateway(ctx context.Context, ch Channel) (Gateway, error)
}

// Decoder reads a provider's callback into events, in payload order. It never
// fails on a valid JSON body: what it does not know becomes EvUnknown. A body
// that is not JSON gives Invalid. Pure and safe for concurrent use.
type Decoder interface {
	Decode(body []byte) ([]Event, error)
}
