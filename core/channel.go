package core

import (
	"slices"
	"time"
)

// ProviderName is one of the services that carry WhatsApp messages for us.
type ProviderName string

const (
	Meta    ProviderName = "meta"
	Twilio  ProviderName = "twilio"
	Bird    ProviderName = "bird"
	Zenvia  ProviderName = "zenvia"
	Sandbox ProviderName = "sandbox" // the simulator; speaks Meta's Cloud API
)

// ChannelState says whether a channel may send.
type ChannelState string

const (
	Active ChannelState = "active"
	Paused ChannelState = "paused" // keeps receiving
)

// Account holds what a provider needs to know beside the secrets, which lie
// in the keyring under the channel's name.
type Account struct {
	PhoneNumberID string `json:"phone_number_id,omitempty"`
	BusinessID    string `json:"waba_id,omitempty"`
	BaseURL       string `json:"base_url,omitempty"` // "" means the provider's own
	Version       string `json:"version,omitempty"`  // of the API; "" means the adapter's default
	SID           string `json:"account_sid,omitempty"`
	Service       string `json:"messaging_service_sid,omitempty"` // instead of the number, where a pool of numbers sends
	// PublicURL is the address of the channel's callbacks as the provider was
	// told it, path and query included: behind a proxy or tunnel it is not the
	// one that we see, and Twilio signs it. "" where there is no callback.
	PublicURL string `json:"public_url,omitempty"`
	// SMSFrom is what SMS come from: a number or name of the account. "" means
	// the channel's own number, where the provider can send from it.
	SMSFrom string `json:"sms_from,omitempty"`
	// Receive is the way in that the shop chose; "" leaves it to the rest of
	// the account, see Channel.Way.
	Receive Way `json:"receive,omitempty"`
}

// Way is how what customers write reaches us.
type Way string

// The ways in.
const (
	ByCallback Way = "callback" // the provider calls an address of ours
	ByTunnel   Way = "tunnel"   // the same, through a tunnel from a computer without an address
	ByPolling  Way = "polling"  // we ask
	ByBoth     Way = "both"     // it calls, and now and then we ask for what that missed
)

// Ways lists them.
func Ways() []Way { return []Way{ByCallback, ByTunnel, ByPolling, ByBoth} }

// Known reports whether w is one of Ways.
func (w Way) Known() bool { return slices.Contains(Ways(), w) }

// Calls reports whether callbacks are expected on this way.
func (w Way) Calls() bool { return w != ByPolling }

// Polls reports whether we ask on this way.
func (w Way) Polls() bool { return w == ByPolling || w == ByBoth }

// Way is how the channel receives; can says whether its provider can be asked.
// What was chosen holds where it is possible. Else a provider that can be asked
// is asked, and only beside its callbacks where it knows a public address.
func (c *Channel) Way(can bool) Way {
	switch chosen := c.Account.Receive; {
	case !can && chosen.Polls(), !can && chosen == "":
		return ByCallback
	case chosen != "":
		return chosen
	case c.Account.PublicURL == "":
		return ByPolling
	}
	return ByBoth
}

// Channel is one number at one provider. A shop may have several.
type Channel struct {
	ID         int64
	Name       string // unique; also the path of its callbacks, /webhooks/NAME
	Provider   ProviderName
	Number     Phone
	Account    Account
	State      ChannelState
	PauseClass Class  // why, when State is Paused
	Detail     string // the provider's words for it
	Health     Health
	// LastCallbackAt is when the provider last reached us; the silence alarm reads it.
	LastCallbackAt time.Time
	CreatedAt      time.Time
	Rev            int64
}

// Quality of a number as the provider rates it.
type Quality string

const (
	QualityUnknown Quality = ""
	QualityGreen   Quality = "green"
	QualityYellow  Quality = "yellow"
	QualityRed     Quality = "red"
)

// Health is a number's standing, as last asked (hourly at most) and as callbacks
// told since. Each of quality, limit and notes has a time of its own, so that
// neither of the two ways overwrites what the other has told later.
type Health struct {
	Quality      Quality   `json:"quality,omitempty"`
	Limit        int       `json:"limit,omitempty"` // unique people per moving 24 h; 0 unknown, -1 unlimited (P-41)
	Status       string    `json:"status,omitempty"`
	VerifiedName string    `json:"verified_name,omitempty"`
	CanSend      string    `json:"can_send,omitempty"` // AVAILABLE, LIMITED, BLOCKED
	Notes        []string  `json:"notes,omitempty"`    // the provider's own hints
	At           time.Time `json:"at,omitzero"`        // when it was asked

	QualityAt time.Time `json:"quality_at,omitzero"`
	LimitAt   time.Time `json:"limit_at,omitzero"`
	NotesAt   time.Time `json:"notes_at,omitzero"`

	// AwaySince is when the sender began to get nowhere, zero while it does;
	// AwayWhy says why: Unreachable, NoSecret, NoKeyring,
	// WrongPassphrase, Busy or DiskFull. The first answer of the provider ends it.
	AwaySince time.Time `json:"away_since,omitzero"`
	AwayWhy   Code      `json:"away_why,omitempty"`

	Number Phone `json:"number,omitempty"` // as the provider writes it, where it tells
	Key    Key   `json:"key,omitzero"`     // what was told of the channel's key, daily at most
}

// Away returns h with the sender's luck taken over: why is "" when the
// provider has answered. It reports whether anything changed; the time of the
// first failure stays.
func (h Health) Away(why Code, at time.Time) (Health, bool) {
	was := h
	switch {
	case why == "":
		h.AwaySince, h.AwayWhy = time.Time{}, ""
	case h.AwaySince.IsZero():
		h.AwaySince, h.AwayWhy = at, why
	default:
		h.AwayWhy = why
	}
	return h, h.AwayWhy != was.AwayWhy || !h.AwaySince.Equal(was.AwaySince)
}

// CanSendAll is the word with which a provider says that nothing keeps a number from sending.
const CanSendAll = "AVAILABLE"

// Asked returns h with a provider's answer taken over: what the answer says,
// where nothing newer is known; a.At is when it was asked. An answer that
// leaves a field out takes nothing back, except that a number which may send
// has no hints against it.
func (h Health) Asked(a Health) Health {
	if a.Quality != QualityUnknown && newer(a.At, h.QualityAt) {
		h.Quality, h.QualityAt = a.Quality, a.At
	}
	if a.Limit != 0 && newer(a.At, h.LimitAt) {
		h.Limit, h.LimitAt = a.Limit, a.At
	}
	if (len(a.Notes) > 0 || a.CanSend == CanSendAll) && newer(a.At, h.NotesAt) {
		h.Notes, h.NotesAt = a.Notes, a.At
	}
	if a.Status != "" {
		h.Status = a.Status
	}
	if a.VerifiedName != "" {
		h.VerifiedName = a.VerifiedName
	}
	if a.CanSend != "" {
		h.CanSend = a.CanSend
	}
	if a.Number != "" {
		h.Number = a.Number
	}
	if !a.Key.At.IsZero() {
		h.Key = a.Key
	}
	h.At = a.At
	h, _ = h.Away("", a.At) // it has answered
	return h
}

// newer reports whether an answer asked at one time replaces what was told at
// another. Something told more than an hour after it was told under a clock
// that has been set back since: answers do not take as long.
func newer(asked, told time.Time) bool {
	return !asked.Before(told) || told.Sub(asked) > time.Hour
}

// Told returns h with what a callback says at a time taken over, where nothing
// newer is known: "" for a quality, 0 for a limit, "" for a note that it does
// not speak of. It reports whether anything changed.
func (h Health) Told(q Quality, limit int, note string, at time.Time) (Health, bool) {
	changed := false
	if q != QualityUnknown && !at.Before(h.QualityAt) {
		h.Quality, h.QualityAt, changed = q, at, true
	}
	if limit != 0 && !at.Before(h.LimitAt) {
		h.Limit, h.LimitAt, changed = limit, at, true
	}
	if note != "" && !at.Before(h.NotesAt) {
		h.Notes, h.NotesAt, changed = []string{note}, at, true
	}
	return h, changed
}

// Template is an approved (or not yet approved) message form at the provider.
type Template struct {
	ID        string
	Name      string
	Language  string // "es_CO"; compare with '-' = '_'
	Category  string
	Status    string
	Quality   string
	Reason    string // of a rejection
	NamedVars bool
	Header    TemplateHeader
	Body      string
	Samples   []string // of the body's variables: by number, or for names by first appearance; not every provider tells them
	Footer    string
	Buttons   []TemplateButtonDef
	Correct   string // category Meta will move it to, "" when none
}

// TemplateHeader is the part above the body.
type TemplateHeader struct {
	Format  string // "", TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION
	Text    string
	Samples []string // of its variable, or the handle of a sample file
}

// TemplateButtonDef is one button as defined.
type TemplateButtonDef struct {
	Type    string // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE
	Text    string
	URL     string
	Phone   string
	Example string // of the URL's variable, or the code to copy
}
