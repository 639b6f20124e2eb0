package core

import "time"

// EventKind names what a provider's callback says.
type EventKind string

const (
	EvMessage          EventKind = "message"
	EvStatus           EventKind = "status"
	EvReaction         EventKind = "reaction"
	EvEdit             EventKind = "edit"
	EvRevoke           EventKind = "revoke"
	EvPreference       EventKind = "preference"
	EvIdentity         EventKind = "identity"
	EvTemplateStatus   EventKind = "template_status"
	EvTemplateCategory EventKind = "template_category"
	EvTemplateQuality  EventKind = "template_quality"
	EvAccount          EventKind = "account"
	EvNumberHealth     EventKind = "number_health"
	EvEcho             EventKind = "echo"
	EvError            EventKind = "error"
	EvUnknown          EventKind = "unknown"
)

// Event is one normalised event of a callback, in the JSON shape of
// `webhook decode --json`. A missing fact is absent, never "" or 0. Text is as
// the provider sent it: hostile, not yet cleaned for a screen.
type Event struct {
	Provider     ProviderName `json:"provider,omitempty"`
	Channel      string       `json:"channel,omitempty"` // the provider's id of our number
	Kind         EventKind    `json:"kind"`
	ID           string       `json:"id,omitempty"`
	At           time.Time    `json:"at,omitzero"`
	From         Phone        `json:"from,omitempty"`
	To           Phone        `json:"to,omitempty"` // echo: the customer
	UserID       string       `json:"user_id,omitempty"`
	ParentUserID string       `json:"parent_user_id,omitempty"`
	Address      string       `json:"address,omitempty"` // a sender that is no phone number
	Username     string       `json:"username,omitempty"`
	Name         string       `json:"name,omitempty"`

	Type     MessageType `json:"type,omitempty"`
	Text     string      `json:"text,omitempty"`
	ReplyTo  string      `json:"reply_to,omitempty"`
	Media    *Media      `json:"media,omitempty"`
	Choice   *Choice     `json:"choice,omitempty"`
	Location *Location   `json:"location,omitempty"`
	Referral *Referral   `json:"referral,omitempty"`

	Target  string `json:"target,omitempty"` // reaction, edit, revoke: the message meant
	Emoji   string `json:"emoji,omitempty"`
	Removed *bool  `json:"removed,omitempty"` // reactions only

	Status    State          `json:"status,omitempty"` // status events; template_* use TemplateStatus
	Recipient Phone          `json:"recipient,omitempty"`
	Ref       string         `json:"ref,omitempty"`
	Error     *ProviderError `json:"error,omitempty"`
	Pricing   *Pricing       `json:"pricing,omitempty"`
	Cost      *Money         `json:"cost,omitempty"`

	Category string `json:"category,omitempty"` // preference, template_category
	Value    string `json:"value,omitempty"`    // preference: stop, resume
	New      Phone  `json:"new,omitempty"`      // identity: the new number

	TemplateID     string  `json:"template_id,omitempty"`
	Language       string  `json:"language,omitempty"`
	TemplateStatus string  `json:"template_status,omitempty"` // marshalled as "status"
	Previous       string  `json:"previous,omitempty"`        // category, quality or user id before the change
	Correct        string  `json:"correct,omitempty"`         // template_category: announced, Category still holds
	Reason         string  `json:"reason,omitempty"`
	Quality        Quality `json:"quality,omitempty"`

	AccountEvent string `json:"event,omitempty"`
	Limit        string `json:"limit,omitempty"`
	Restriction  string `json:"restriction,omitempty"`

	Field string `json:"field,omitempty"` // unknown: what the provider called it
}

// Pricing is what a receipt says of the charge.
type Pricing struct {
	Category string `json:"category,omitempty"`
	Billable *bool  `json:"billable,omitempty"`
	Model    string `json:"model,omitempty"`
	Type     string `json:"type,omitempty"` // regular, free_customer_service, free_entry_point
}

// Money is a decimal amount with its currency; amounts of different currencies are never added.
type Money struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// About is the provider id of the message the event speaks of: the target of
// a reaction, edit or revoke, else the event's own id.
func (e *Event) About() string {
	switch e.Kind {
	case EvReaction, EvEdit, EvRevoke:
		return e.Target
	}
	return e.ID
}
