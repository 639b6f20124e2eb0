package core

import "time"

// Direction of a message, from the shop's side.
type Direction uint8

const (
	In Direction = iota
	Out
)

func (d Direction) String() string {
	if d == Out {
		return "out"
	}
	return "in"
}

// MessageType is the kind of content. The first group is the contract's list
// of inbound types; Template and Note exist on our side only.
type MessageType string

const (
	TypeText        MessageType = "text"
	TypeImage       MessageType = "image"
	TypeVideo       MessageType = "video"
	TypeAudio       MessageType = "audio"
	TypeDocument    MessageType = "document"
	TypeSticker     MessageType = "sticker"
	TypeLocation    MessageType = "location"
	TypeContacts    MessageType = "contacts"
	TypeButton      MessageType = "button"
	TypeInteractive MessageType = "interactive"
	TypeFlow        MessageType = "flow"
	TypeOrder       MessageType = "order"
	TypeSystem      MessageType = "system"
	TypeUnsupported MessageType = "unsupported"

	TypeTemplate MessageType = "template"
	TypeReaction MessageType = "reaction" // outbound work only; a received one is not a message
	TypeNote     MessageType = "note"     // private, never leaves the shop
	// TypeSMS is plain text to a phone beside WhatsApp, in place of a message
	// that could not be delivered (S-161). No window holds for it.
	TypeSMS MessageType = "sms"
)

// Media is a file of a message: at the provider, on our disk, or both.
type Media struct {
	ID       string `json:"id,omitempty"`  // the provider's
	URL      string `json:"url,omitempty"` // short-lived; never fetched with a token from another host
	MIME     string `json:"mime,omitempty"`
	Filename string `json:"filename,omitempty"`
	Caption  string `json:"caption,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // as the provider wrote it: base64 or hex
	Voice    bool   `json:"voice,omitempty"`
	Size     int64  `json:"-"` // bytes; 0 when unknown
	Path     string `json:"-"` // file in our data folder, "" until downloaded
	// Lost is why a received file will never come (NotFound: the provider no
	// longer has it, TooLarge, BadMedia, Unreachable); "" while it may.
	Lost Code `json:"-"`
}

// Choice is the button or list row a customer tapped.
type Choice struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title,omitempty"`
}

// Location is a place a customer sent.
type Location struct {
	Lat     float64 `json:"lat"`
	Lon     float64 `json:"lon"`
	Name    string  `json:"name,omitempty"`
	Address string  `json:"address,omitempty"`
}

// Referral tells which ad or post brought the customer (opens the free entry point, P-03).
type Referral struct {
	Source   string `json:"source,omitempty"` // "ad" or "post"
	ID       string `json:"id,omitempty"`
	Headline string `json:"headline,omitempty"`
}

// Button of an outbound interactive message: at most three, titles of at most 20 characters (bsp/meta.md 2.2).
type Button struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// TemplateCall names an approved template and fills it.
type TemplateCall struct {
	Name        string            `json:"name"`
	Language    string            `json:"language"`
	Category    string            `json:"category,omitempty"` // MARKETING, UTILITY, AUTHENTICATION at the time of sending
	Body        []string          `json:"body,omitempty"`     // positional values of the body
	Named       map[string]string `json:"named,omitempty"`    // named values of the body; then Body is empty
	Header      []string          `json:"header,omitempty"`
	HeaderMedia *Media            `json:"header_media,omitempty"`
	// HeaderNamed is Header of a template with named values; HeaderLocation
	// fills a header of format LOCATION. One kind of header at most.
	HeaderNamed    map[string]string `json:"header_named,omitempty"`
	HeaderLocation *Location         `json:"header_location,omitempty"`
	Buttons        []TemplateButton  `json:"buttons,omitempty"`
}

// TemplateButton fills one button of a template.
type TemplateButton struct {
	Index   int    `json:"index"`
	SubType string `json:"sub_type"` // quick_reply, url, copy_code
	Value   string `json:"value"`
}

// Content is what a message says, whatever its direction.
type Content struct {
	Type     MessageType
	Text     string // text, caption, template text as filled, or the summary of a type without text
	ReplyTo  string // provider id of the quoted message
	Media    *Media
	Choice   *Choice
	Location *Location
	Referral *Referral
	Buttons  []Button
	Template *TemplateCall
	Reaction *Reaction // outbound reactions: the target and the emoji
}

// Reaction to a message; an empty emoji takes it back.
type Reaction struct {
	Target string // provider id
	Emoji  string
	From   Direction
	At     time.Time
	Before string // an outbound one: the emoji it replaced, which stands again should it fail
}

// Message is one line of a conversation.
type Message struct {
	ID             int64
	ConversationID int64
	ChannelID      int64
	Direction      Direction
	Content
	ProviderID                  string // "wamid.…"; unique per channel; "" until accepted
	Ref                         string // our own reference, echoed in receipts; "" for inbound
	State                       State
	Error                       *ProviderError // set when State is Failed or Unsure
	Author                      string         // agent of an outbound message or note; "" for the customer
	Auto                        bool           // sent by a rule, not by a person
	Echo                        bool           // typed on the shop's phone app (coexistence)
	RetryOf                     int64          // the failed message this one repeats
	RetriedBy                   int64          // the message that repeated this one
	NotBefore                   time.Time      // held until then (undo grace, schedule, retry wait)
	Attempts                    int
	At                          time.Time // the provider's time for inbound, ours for outbound
	SentAt, DeliveredAt, ReadAt time.Time
	EditedAt                    time.Time
	Revoked                     bool
	Courtesy                    bool // a closing courtesy ("grazie!") that does not ask for an answer
	// Waited is the WaitingSince that this answer stopped, zero when nobody
	// waited: when the answer fails or is taken back, the clock goes on from there.
	Waited    time.Time
	Pricing   *Pricing // what the receipts said of the charge; nil until one did
	Cost      *Money   // where the provider names an amount
	Reactions []Reaction
	Quote     *Quote // what ReplyTo points at, filled by reads
	Rev       int64
}

// Quote is the beginning of a quoted message.
type Quote struct {
	ID        int64
	Direction Direction
	Author    string
	Type      MessageType
	Text      string
}

// CountsAsContact reports whether an inbound message of this type opens the
// service window and starts the SLA clock (bsp/meta.md 6.3): text, media,
// location, contacts, button, interactive, flow, order do; system notes and
// unsupported content do not. Reactions, edits and revokes are no messages.
func (t MessageType) CountsAsContact() bool {
	switch t {
	case TypeText, TypeImage, TypeVideo, TypeAudio, TypeDocument, TypeSticker, TypeLocation,
		TypeContacts, TypeButton, TypeInteractive, TypeFlow, TypeOrder:
		return true
	}
	return false
}
