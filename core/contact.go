package core

import (
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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

// ValueTiers lists the tiers, the lowest first.
var ValueTiers = []ValueTier{ValueNone, ValueLow, ValueMid, ValueHigh}

// MaxTag is the longest tag in runes: a tag is a word on a chip, not a note.
const MaxTag = 40

// CleanTag brings a tag into the one form in which tags are kept: lower case,
// single blanks, without the marks of hashtags and lists round it. It reports
// false when nothing is left, it is too long, or holds a comma or control
// characters.
func CleanTag(tag string) (string, bool) {
	t := strings.Join(strings.Fields(strings.ToLower(tag)), " ")
	t = strings.Trim(t, "*#:;, ") // "* myContacts" of an address book export
	bad := func(r rune) bool { return r == ',' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	return t, utf8.ValidString(tag) && t != "" && utf8.RuneCountInString(t) <= MaxTag && !strings.ContainsFunc(t, bad)
}

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
