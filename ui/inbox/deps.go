package inbox

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/consent"
	queue "bottega/core/inbox"
	"bottega/core/ledger"
	"bottega/core/people"
)

// Name is the pane's address for kit.To and frame.ShowTab.
const Name = "inbox"

// Work is what the pane does to conversations; core/inbox.Service does it.
// Each call is one transaction. Undo is nil when there is nothing to undo.
type Work interface {
	Reply(ctx context.Context, conv int64, agent string, c core.Content) (core.Message, error)
	TakeBack(ctx context.Context, message int64) (core.Content, error)
	Note(ctx context.Context, conv int64, agent, text string) (core.Message, error)
	DropNote(ctx context.Context, message int64, agent string) (string, error)
	React(ctx context.Context, message int64, agent, emoji string) error
	Retry(ctx context.Context, message int64, agent string) (core.Message, error)
	Settle(ctx context.Context, message int64, agent string, arrived bool) (core.Message, error)
	Seen(ctx context.Context, conv int64, agent string) error
	SaveDraft(ctx context.Context, conv int64, agent, text string) error
	Done(ctx context.Context, conv int64, agent string) (queue.Undo, error)
	Reopen(ctx context.Context, conv int64, agent string) (queue.Undo, error)
	Snooze(ctx context.Context, conv int64, agent string, until time.Time) (queue.Undo, error)
	Assign(ctx context.Context, conv int64, agent, who string) (queue.Undo, error)
	Tag(ctx context.Context, contact int64, agent, tag string, on bool) (queue.Undo, error)
	SetValue(ctx context.Context, contact int64, agent string, tier core.ValueTier) (queue.Undo, error)
	MarkCourtesy(ctx context.Context, conv int64, agent string, is bool) (queue.Undo, error)
}

// People is what the contact card reads.
type People interface {
	Contact(ctx context.Context, id int64) (core.Contact, error)
	ContactStats(ctx context.Context, id int64, now time.Time) (core.ContactStats, error)
	Tags(ctx context.Context) ([]core.TagCount, error)
}

// Channels is what the pane needs to know of the shop's numbers.
type Channels interface {
	Channels(ctx context.Context) ([]core.Channel, error)
}

// Presence tells other processes what this one looks at, and the other way round.
type Presence interface {
	SetPresence(ctx context.Context, p core.Presence) error
	ClearPresence(ctx context.Context, process string) error
	Present(ctx context.Context, conversation int64, exceptProcess string, now time.Time) ([]core.Presence, error)
}

// Deps is what the pane works with. Upload, Open and Editor may be nil: then
// their keys are off and say why.
type Deps struct {
	Read     core.InboxReader
	People   People
	Find     core.Searcher
	Work     Work
	Presence Presence
	Channels Channels
	Process  string // unique per running bottega
	Rules    func() core.Rules
	Agents   func() []string // names that may be assigned, beside those typed
	Limits   Limits          // of files; ReadLimits decodes them
	// Forms are the templates to send; nil turns their key off.
	Forms Forms
	// CheckForm says whether one may be sent now with these values; see
	// library.Service.Check.
	CheckForm func(ctx context.Context, channel int64, name, language string, values []string) error
	// Consents returns what a contact has agreed to and stopped, in any order;
	// nil where the shop keeps no ledger.
	Consents func(ctx context.Context, contact int64) ([]consent.Entry, error)
	// Promoted is when a contact was last sent a promotion, if that was at since
	// or later, else zero; see consent.Tx. nil where nobody knows.
	Promoted func(ctx context.Context, contact int64, since time.Time) (time.Time, error)
	// Prices are those of a channel's account, the shop's own in front; see
	// ledger.Desk.Account. nil where none are known.
	Prices func(core.Channel) (*ledger.Book, ledger.Account, error)
	// When reads a time in words: "tomorrow 9". BadTime when it cannot,
	// PastTime when the time is past.
	When func(words string, now time.Time) (time.Time, error)
	// Upload hands a file to the channel's provider and returns it with its id.
	Upload func(ctx context.Context, channel int64, path, mime string) (core.Media, error)
	// Open shows a file or address with the desktop's program for it.
	Open func(target string) error
	// Detail reads what the shop knows of a customer beside the talk: purchases,
	// warmth, consent, note. nil leaves it out of the card.
	Detail func(ctx context.Context, contact int64) (people.Detail, error)
	// Editor is the user's editor with its arguments, "" for none.
	Editor string
}
