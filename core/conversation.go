package core

import "time"

// ConversationState is where a conversation stands in the agents' work.
type ConversationState string

const (
	Open    ConversationState = "open"
	Snoozed ConversationState = "snoozed"
	Done    ConversationState = "done"
)

// Conversation is all the talk with one contact on one channel.
type Conversation struct {
	ID        int64
	ChannelID int64
	ContactID int64
	State     ConversationState
	Assignee  string // agent's name, "" when nobody
	Unread    int    // customer messages since somebody looked

	LastMessageID int64
	LastAt        time.Time // time of the last message either way
	LastInAt      time.Time // last message that opens the window; zero when none
	LastOutAt     time.Time

	// WaitingSince is the first unanswered customer message; zero when nobody
	// waits. DueAt is WaitingSince plus the first target in business time.
	WaitingSince time.Time
	DueAt        time.Time
	// CourtesySince keeps the waiting start that a closing courtesy did not
	// open, so that one key can undo that reading; zero otherwise.
	CourtesySince time.Time

	WindowCloses time.Time // end of the service window; zero when none was ever open
	FreeUntil    time.Time // end of a free entry point (P-03); zero when none
	Referral     time.Time // an ad brought the last customer message; pending answer opens FreeUntil
	// SnoozeUntil is when a snoozed conversation comes back. It stays when it
	// has, until the next message, so that a woken one stands on top.
	SnoozeUntil time.Time

	// SortKey orders the default list, smallest first: for a waiting
	// conversation the due time in unix ms minus the head start of the
	// customer's value; else a large constant minus LastAt. Kept by core/inbox.
	SortKey int64
	Rev     int64

	// Filled by reads, ignored by writes.
	Contact Contact // without identities in lists
	Last    Message // only ID, Direction, Type, Text, State, At, Author, Auto
	Draft   string  // the newest of Drafts, "" when there are none
	// LastOut is Failed or UnsureSent while the shop's newest message, notes and
	// reactions left out, is that and nobody sent it again; else "". The shop's
	// newest 50 of each kind are known so.
	LastOut State
	Drafts  []Draft // one of each agent who has typed and not sent, the newest first
}

// Draft is what an agent has typed and not sent.
type Draft struct {
	Agent string `json:"agent"`
	Text  string `json:"text"`
}

// DraftOf is an agent's own draft, "" when there is none.
func (c *Conversation) DraftOf(agent string) string {
	for _, d := range c.Drafts {
		if d.Agent == agent {
			return d.Text
		}
	}
	return ""
}

// WindowOpen reports whether free-form messages may be sent at now (S-032).
func (c *Conversation) WindowOpen(now time.Time) bool {
	return now.Before(c.WindowCloses) || now.Before(c.FreeUntil)
}

// WindowEnds is the later end of the service window and the free entry point.
func (c *Conversation) WindowEnds() time.Time {
	if c.FreeUntil.After(c.WindowCloses) {
		return c.FreeUntil
	}
	return c.WindowCloses
}

// ActivityKind is what happened in a conversation apart from messages.
type ActivityKind string

const (
	ActAssigned   ActivityKind = "assigned"
	ActSnoozed    ActivityKind = "snoozed"
	ActWoken      ActivityKind = "woken"
	ActDone       ActivityKind = "done"
	ActReopened   ActivityKind = "reopened"
	ActTagged     ActivityKind = "tagged"
	ActUntagged   ActivityKind = "untagged"
	ActCourtesy   ActivityKind = "courtesy"   // a courtesy was read as one
	ActNoCourtesy ActivityKind = "uncourtesy" // an agent undid that reading
	ActWaiting    ActivityKind = "waiting"
	ActAnswered   ActivityKind = "answered" // Detail: first-response time in ms of business time
	ActIdentity   ActivityKind = "identity" // the customer changed number or id
	ActPreference ActivityKind = "preference"
	ActBlocked    ActivityKind = "blocked"
	ActChannel    ActivityKind = "channel" // paused, resumed
	ActUnreadable ActivityKind = "unreadable"
)

// Activity is one entry of the event feed: who did what, when.
type Activity struct {
	ID             int64
	ConversationID int64 // 0 for events of the shop
	ContactID      int64
	ChannelID      int64
	Kind           ActivityKind
	Actor          string // agent, "" for the program
	Detail         string
	At             time.Time
	Key            string // unique where not empty; see Tx.AddActivity
}

// Presence tells other processes who looks at or types in a conversation.
type Presence struct {
	ConversationID int64
	Agent          string
	Process        string // unique per running bottega
	Typing         bool
	Until          time.Time // forgotten after that
}
