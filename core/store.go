package core

import (
	"context"
	"io"
	"time"
)

// View selects which conversations a list shows.
type View string

const (
	ViewOpen       View = "open" // all open ones
	ViewMine       View = "mine"
	ViewUnassigned View = "unassigned"
	ViewWaiting    View = "waiting"
	ViewSnoozed    View = "snoozed"
	ViewDone       View = "done"
	ViewAll        View = "all"
)

// Order of a conversation list.
type Order string

const (
	OrderPriority Order = "priority" // SortKey ascending
	OrderWindow   Order = "window"   // window closing soonest first; shut ones last
	OrderNewest   Order = "newest"
	OrderUnread   Order = "unread" // unread first, then newest
)

// ListQuery asks for one page of conversations.
type ListQuery struct {
	View    View
	Order   Order
	Agent   string // for ViewMine
	Tag     string // "" for any
	Channel int64  // 0 for any
	// After and Before are cursors of a row already shown; with both nil the
	// page starts at the top, with FromEnd at the bottom.
	After, Before *Cursor
	FromEnd       bool
	Limit         int // at most 500
}

// Cursor is a place in an ordered list.
type Cursor struct {
	K1, K2, ID int64
}

// Page of conversations in the order asked for.
type Page struct {
	Rows  []Conversation
	More  bool // further rows beyond the end in the direction of travel
	First Cursor
	Last  Cursor
}

// Counts of the inbox tab and its filters. Cheap enough to ask after every change.
type Counts struct {
	Open, Mine, Unassigned, Waiting, Snoozed, Done int
	Unread                                         int // conversations with unread customer messages
	Unsure                                         int // messages whose outcome is open, reactions left out
	Failed                                         int // failed messages of the last 7 days that nobody repeated, reactions left out
}

// InboxReader is what the inbox reads. Reads never wait for a writer.
type InboxReader interface {
	// Conversations returns one page; contacts, last message, tags and draft filled in.
	Conversations(ctx context.Context, q ListQuery) (Page, error)
	// Conversation returns one, with its contact's identities. NotFound when there is none.
	Conversation(ctx context.Context, id int64) (Conversation, error)
	// Messages returns up to limit messages older than before (0 = the newest),
	// oldest first, quotes and reactions filled in.
	Messages(ctx context.Context, conversation, before int64, limit int) ([]Message, error)
	// Activities of a conversation since a time, oldest first.
	Activities(ctx context.Context, conversation int64, since time.Time) ([]Activity, error)
	Counts(ctx context.Context, agent string, now time.Time) (Counts, error)
}

// PeopleReader reads contacts.
type PeopleReader interface {
	Contact(ctx context.Context, id int64) (Contact, error)
	// FindContact looks an identity up on a channel (0 = any); NotFound when nobody has it.
	FindContact(ctx context.Context, channel int64, kind IdentityKind, value string) (Contact, error)
	ContactStats(ctx context.Context, id int64, now time.Time) (ContactStats, error)
	// Tags in use with the number of contacts, most used first.
	Tags(ctx context.Context) ([]TagCount, error)
}

// TagCount is a tag and how many contacts bear it.
type TagCount struct {
	Tag   string
	Count int
}

// SearchQuery is full-text search over messages and contacts: words and word
// beginnings without regard to case or accents, any run of Han, kana or hangul.
type SearchQuery struct {
	Words  string
	Limit  int   // at most 200
	Before int64 // message id of the last hit shown, 0 for the first page
}

// Hit is one search result, newest first.
type Hit struct {
	ContactID      int64
	ConversationID int64
	MessageID      int64 // 0 for a hit on the contact itself
	Name           string
	Phone          Phone
	Direction      Direction
	At             time.Time
	Snippet        string   // part of the text around the first match
	Marks          [][2]int // rune ranges of the matches in Snippet
}

// Searcher finds messages and contacts.
type Searcher interface {
	Search(ctx context.Context, q SearchQuery) ([]Hit, error)
}

// Delivery is what became of one outbound message.
type Delivery struct {
	Phone       Phone
	UserID      string // where there is no phone
	Template    bool   // a template, which counts towards the number's limit
	Type        MessageType
	State       State
	At          time.Time
	SentAt      time.Time
	DeliveredAt time.Time
}

// DeliveryReader reads what became of messages, for summaries.
type DeliveryReader interface {
	// Deliveries calls yield for each outbound message since a time, newest
	// first, until yield returns false.
	Deliveries(ctx context.Context, since time.Time, yield func(Delivery) bool) error
	// Reached is how many people a template of any channel got to since a time,
	// or is on its way to beyond recall.
	Reached(ctx context.Context, since time.Time) (int, error)
}

// ChannelStore keeps channels.
type ChannelStore interface {
	Channels(ctx context.Context) ([]Channel, error)
	Channel(ctx context.Context, id int64) (Channel, error)
	ChannelByName(ctx context.Context, name string) (Channel, error)
	// SaveChannel inserts (ID 0) or updates one and returns it; Conflict on a name in use.
	SaveChannel(ctx context.Context, ch Channel) (Channel, error)
	RemoveChannel(ctx context.Context, id int64) error
}

// Writer runs fn in the one write transaction. Concurrent callers share one
// commit (one fsync). fn may run again after a failed group, so it must not
// have effects beyond tx. Changes noted in tx are published after the commit.
type Writer interface {
	Write(ctx context.Context, fn func(tx Tx) error) error
}

// Tx is the write side of the store inside one transaction. Lookups return
// NotFound; every write of a row raises its Rev.
type Tx interface {
	ContactTx
	ConversationTx
	MessageTx
	OutboxTx
	JournalTx
	ChannelTx
	TemplateTx
	// Changed notes a change to publish after the commit.
	Changed(cs ...Change)
	// AddActivity appends to the event feed. It returns Conflict, and changes
	// nothing, when a.Key is not empty and an activity has it already: that is
	// how a callback that comes twice has its effects once.
	AddActivity(a Activity) error
}

// ChannelTx writes channels beside what made them change: a refused send and
// the pause it causes, a batch of callbacks and the time of the last of them.
type ChannelTx interface {
	Channel(id int64) (Channel, error)
	SaveChannel(c *Channel) error
}

// ContactTx writes people.
type ContactTx interface {
	Contact(id int64) (Contact, error)
	// FindIdentity returns the contact that owns any of the identities, the
	// first that matches; one with ChannelID 0 matches on any channel.
	FindIdentity(ids ...Identity) (Contact, error)
	// SaveContact inserts (ID 0) or updates the contact's own columns and tags.
	SaveContact(c *Contact) error
	// AddIdentity gives a contact an identity; a no-op when it already has it, Conflict when another has.
	AddIdentity(contact int64, id Identity) error
	RemoveIdentity(id Identity) error
}

// ConversationTx writes conversations.
type ConversationTx interface {
	Conversation(id int64) (Conversation, error)
	// ConversationOf finds the one of a contact on a channel.
	ConversationOf(channel, contact int64) (Conversation, error)
	SaveConversation(c *Conversation) error
	SaveDraft(conversation int64, agent, text string) error
	// Lock takes the send lock of a conversation for an agent; Locked when
	// another agent holds it. The same agent takes it again at will. It stands
	// once the transaction is committed and runs out by itself.
	Lock(conversation int64, agent string, now time.Time, ttl time.Duration) error
	// Woken returns snoozed conversations whose time has come.
	Woken(now time.Time, limit int) ([]Conversation, error)
	// WaitingConversations pages through all that wait, for a change of hours or targets.
	WaitingConversations(afterID int64, limit int) ([]Conversation, error)
}

// MessageTx writes messages.
type MessageTx interface {
	Message(id int64) (Message, error)
	MessageByProviderID(channel int64, providerID string) (Message, error)
	MessageByRef(ref string) (Message, error)
	// InsertMessage stores a new message and indexes its text. It reports
	// false, and changes nothing, when (channel, provider id) or ref exists.
	InsertMessage(m *Message) (inserted bool, err error)
	SaveMessage(m *Message) error
	DeleteMessage(id int64) error // undo of a queued one or of a note only
	// SetReaction keeps one reaction of each side, the later by its time; an
	// empty emoji takes it back and counts as one. SaveMessage leaves them alone.
	SetReaction(message int64, r Reaction) error
	// LastInbound returns the newest customer message of a conversation.
	LastInbound(conversation int64) (Message, error)
	// LastOutbound returns the newest message of the shop in a conversation,
	// its own and automatic ones alike, notes and reactions left out.
	LastOutbound(conversation int64) (Message, error)
	// Answers returns what people of the shop last sent in a conversation,
	// newest first, at most limit: notes, reactions and automatic messages left out.
	Answers(conversation int64, limit int) ([]Message, error)
	// KeepReceipt keeps an event whose message is not known (yet): a status, a
	// reaction, an edit or a revoke, under the provider id e.About() and e.Ref.
	// TakeReceipts returns and removes those kept for a provider id or a ref
	// ("" matches nothing), in the order they were kept.
	KeepReceipt(channel int64, e Event) error
	TakeReceipts(channel int64, providerID, ref string) ([]Event, error)
}

// Priority of outgoing work: replies pass before campaigns.
type Priority int

const (
	PriorityReply    Priority = 0
	PriorityAuto     Priority = 5
	PriorityCampaign Priority = 9
)

// Job is one message claimed for sending: its state is Sending, on disk,
// before the caller sees it.
type Job struct {
	Message Message
	Channel Channel
	To      Phone
	ToUser  string
	Claim   int64 // which claim of the message this is; see OutboxTx.Holds
}

// OutboxTx is the queue of messages to send: rows, never memory.
type OutboxTx interface {
	// Enqueue puts a Queued message in line; not before Message.NotBefore.
	Enqueue(m Message, p Priority) error
	// Dequeue takes a queued message out again; TooLate once it is Sending.
	Dequeue(message int64) error
	// Claim marks up to n due messages of a channel Sending under a lease and
	// returns them: replies first, then what has been due longest, then oldest;
	// never two of one conversation
	// at a time, nor one before an earlier of the same or higher rank that has
	// been claimed before and waits for its next try, so that order is kept.
	Claim(channel int64, owner string, now time.Time, lease time.Duration, n int) ([]Job, error)
	// Release ends a claim: the row leaves the outbox (done) or waits until notBefore.
	Release(message int64, done bool, notBefore time.Time) error
	// Hasten moves waiting messages of a channel that are due after a time, and
	// not after another, to so much earlier: when the clock was set back.
	Hasten(channel int64, after, until time.Time, by time.Duration) error
	// Holds reports whether a claim still stands: false once it was ended or
	// the message was claimed again. Who has lost a claim must touch nothing.
	Holds(message, claim int64) (bool, error)
	// Expired returns messages whose lease ran out: their outcome is not known.
	Expired(now time.Time, limit int) ([]Message, error)
}

// Outbox reads of the queue.
type OutboxReader interface {
	// NextDue is when the channel's next queued message may go; zero when none waits.
	NextDue(ctx context.Context, channel int64) (time.Time, error)
	// UnsureMessages whose outcome is open, oldest first; reactions are left out.
	UnsureMessages(ctx context.Context, limit int) ([]Message, error)
}

// JournalEntry is one callback exactly as it came.
type JournalEntry struct {
	ID         int64
	ChannelID  int64
	ReceivedAt time.Time
	Body       []byte
	State      JournalState
	Error      string // why it is not readable
	Version    int    // of the decoder that read it; 0 when not yet read
	Polled     bool   // asked for, not called
}

// JournalState of a callback.
type JournalState string

const (
	JournalNew        JournalState = "new"
	JournalDone       JournalState = "done"
	JournalUnreadable JournalState = "unreadable" // kept raw, shown as "not readable"
)

// JournalStore takes callbacks before the provider gets its 200.
type JournalStore interface {
	// AppendJournal returns after the body is durable.
	AppendJournal(ctx context.Context, channel int64, body []byte, at time.Time) (int64, error)
	// PendingJournal returns entries whose Version is less than this one, oldest
	// first; with version 1 those that nobody has read yet. It returns at most
	// limit of them, and no more than fit into size bytes of bodies together; a
	// first one that is larger comes alone.
	PendingJournal(ctx context.Context, version, limit int, size int64) ([]JournalEntry, error)
}

// PolledJournal takes what was asked for beside what came by itself.
type PolledJournal interface {
	// AppendPolled is AppendJournal for an answer of a Poller.
	AppendPolled(ctx context.Context, channel int64, body []byte, at time.Time) (int64, error)
}

// JournalTx ends an entry in the same transaction as what it caused.
type JournalTx interface {
	FinishJournal(id int64, state JournalState, errText string, version int) error
	// Arrived counts n entries that were received in the hour of at.
	Arrived(channel int64, at time.Time, n int, polled bool) error
}

// PresenceStore tells processes of each other.
type PresenceStore interface {
	// SetPresence says that an agent looks at or types in a conversation until p.Until.
	SetPresence(ctx context.Context, p Presence) error
	ClearPresence(ctx context.Context, process string) error
	// Present returns who else is there, without the given process.
	Present(ctx context.Context, conversation int64, exceptProcess string, now time.Time) ([]Presence, error)
}

// LeaseStore lets one of several processes do a job ("receiver", "outbox:3").
type LeaseStore interface {
	// Lease takes or renews a named lease; false when another owner holds it.
	Lease(ctx context.Context, name, owner string, now time.Time, ttl time.Duration) (bool, error)
	ReleaseLease(ctx context.Context, name, owner string) error
}

// LeaseReader tells who does such a job.
type LeaseReader interface {
	// Leased returns who took a lease last and until when, which may be past;
	// "" when nobody has, or when it was given back.
	Leased(ctx context.Context, name string) (owner string, until time.Time, err error)
}

// SettingsStore keeps small JSON values by key.
type SettingsStore interface {
	// Setting decodes the value into v and reports whether there was one.
	Setting(ctx context.Context, key string, v any) (bool, error)
	SetSetting(ctx context.Context, key string, v any) error
}

// MediaStore keeps downloaded files in the data folder.
type MediaStore interface {
	// CreateMedia opens a new file; its name is ours, the extension fits the MIME type.
	CreateMedia(messageID int64, mime string) (MediaWriter, error)
	// PendingMedia lists inbound messages whose file is not here yet and not
	// Lost, oldest first.
	PendingMedia(ctx context.Context, limit int) ([]Message, error)
	// OpenMedia reads a stored file.
	OpenMedia(path string) (io.ReadCloser, error)
}

// MediaWriter is a file that exists only once Commit has returned.
type MediaWriter interface {
	io.Writer
	Commit() (path string, err error)
	Abort()
}
