package core

import (
	"log/slog"
	"time"
)

// Phone is a number in E.164 form, "+393331234567". Logs see its last two digits only.
type Phone string

// LogValue keeps customers' numbers out of logs.
func (p Phone) LogValue() slog.Value {
	if len(p) < 3 {
		return slog.StringValue("…")
	}
	return slog.StringValue("…" + string(p[len(p)-2:]))
}

// IdentityKind says what an address is.
type IdentityKind string

const (
	IdentityPhone   IdentityKind = "phone"   // E.164
	IdentityUser    IdentityKind = "user_id" // Meta's business-scoped user id: opaque, case-sensitive
	IdentityParent  IdentityKind = "parent_user_id"
	IdentityAddress IdentityKind = "address" // any other opaque address of a provider
)

// Identity is one address of a contact on one channel. (channel, kind, value)
// belongs to one contact at most; the phone may be absent, since people can
// hide it (bsp/meta.md section 10).
type Identity struct {
	ChannelID int64
	Kind      IdentityKind
	Value     string
}

// Value tier of a customer, set by hand or computed from orders (S-060, S-075).
type ValueTier string

const (
	ValueNone ValueTier = ""
	ValueLow  ValueTier = "low"
	ValueMid  ValueTier = "mid"
	ValueHigh ValueTier = "high"
)

// Contact is a person the shop talks to.
type Contact struct {
	ID         int64
	Name       string
	Username   string // shown, never a key: people change it
	Phone      Phone  // may be empty
	Language   string // BCP 47, "" when unknown
	TimeZone   string // IANA, "" when unknown
	Value      ValueTier
	Tags       []string // sorted, lower case
	Identities []Identity
	CreatedAt  time.Time
	LastInAt   time.Time // last interaction of theirs; zero when they never wrote (S-051)
	Rev        int64     // grows with every change
}

// ContactStats are the interaction figures of the contact card (S-051). Meta
// gives no last-online time: the last inbound message stands for it.
type ContactStats struct {
	In, Out      int // messages of the last 30 days
	Sent, Read   int // outbound messages of the last 30 days and those read
	FirstAt      time.Time
	LastInAt     time.Time
	Conversation int64
}
