package sandbox

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// The shapes of callbacks (bsp/meta.md section 6).

type envelope struct {
	Object string     `json:"object"`
	Entry  []envEntry `json:"entry"`
}

type envEntry struct {
	ID      string   `json:"id"`
	Time    int64    `json:"time,omitempty"` // for fields other than messages
	Changes []change `json:"changes"`
}

type change struct {
	Field string `json:"field"`
	Value any    `json:"value"`
}

type messagesValue struct {
	Product     string       `json:"messaging_product"`
	Metadata    metadata     `json:"metadata"`
	Contacts    []waContact  `json:"contacts,omitempty"`
	Messages    []inMessage  `json:"messages,omitempty"`
	Statuses    []status     `json:"statuses,omitempty"`
	Preferences []preference `json:"user_preferences,omitempty"`
}

type metadata struct {
	Display string `json:"display_phone_number"`
	ID      string `json:"phone_number_id"`
}

type waContact struct {
	Profile profile `json:"profile"`
	WaID    string  `json:"wa_id,omitempty"`
	UserID  string  `json:"user_id,omitempty"`
}

type profile struct {
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

type inMessage struct {
	From        string            `json:"from,omitempty"`
	FromUserID  string            `json:"from_user_id,omitempty"`
	ID          string            `json:"id"`
	Timestamp   string            `json:"timestamp"`
	Type        string            `json:"type"`
	Context     *inContext        `json:"context,omitempty"`
	Referral    *inReferral       `json:"referral,omitempty"`
	Text        *textPart         `json:"text,omitempty"`
	Image       *inMedia          `json:"image,omitempty"`
	Video       *inMedia          `json:"video,omitempty"`
	Audio       *inMedia          `json:"audio,omitempty"`
	Document    *inMedia          `json:"document,omitempty"`
	Sticker     *inMedia          `json:"sticker,omitempty"`
	Location    *inLocation       `json:"location,omitempty"`
	Contacts    []json.RawMessage `json:"contacts,omitempty"`
	Button      *inButton         `json:"button,omitempty"`
	Interactive *inInteractive    `json:"interactive,omitempty"`
	Reaction    *inReaction       `json:"reaction,omitempty"`
	Order       *inOrder          `json:"order,omitempty"`
	System      *inSystem         `json:"system,omitempty"`
	Edit        *inEdit           `json:"edit,omitempty"`
	Revoke      *inRevoke         `json:"revoke,omitempty"`
	Errors      []statusError     `json:"errors,omitempty"`
}

type inContext struct {
	From string `json:"from,omitempty"`
	ID   string `json:"id,omitempty"`
}

type inReferral struct {
	SourceURL  string `json:"source_url,omitempty"`
	SourceID   string `json:"source_id,omitempty"`
	SourceType string `json:"source_type,omitempty"`
	Headline   string `json:"headline,omitempty"`
	Body       string `json:"body,omitempty"`
	ClickID    string `json:"ctwa_clid,omitempty"`
}

type inMedia struct {
	ID       string `json:"id"`
	MIME     string `json:"mime_type"`
	SHA256   string `json:"sha256"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    *bool  `json:"voice,omitempty"`
	Animated *bool  `json:"animated,omitempty"`
}

type inLocation struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

type inButton struct {
	Payload string `json:"payload"`
	Text    string `json:"text"`
}

type inInteractive struct {
	Type   string    `json:"type"`
	Button *inChoice `json:"button_reply,omitempty"`
	List   *inChoice `json:"list_reply,omitempty"`
}

type inChoice struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type inReaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji,omitempty"`
}

type inOrder struct {
	CatalogID string      `json:"catalog_id"`
	Text      string      `json:"text,omitempty"`
	Items     []orderItem `json:"product_items"`
}

type orderItem struct {
	ID       string  `json:"product_retailer_id"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"item_price"`
	Currency string  `json:"currency"`
}

type inSystem struct {
	Type   string `json:"type"`
	Body   string `json:"body"`
	WaID   string `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

type inEdit struct {
	Original string `json:"original_message_id"`
	Message  struct {
		Type string   `json:"type"`
		Text textPart `json:"text"`
	} `json:"message"`
}

type inRevoke struct {
	Original string `json:"original_message_id"`
}

type status struct {
	ID            string        `json:"id"`
	Status        string        `json:"status"`
	Timestamp     string        `json:"timestamp"`
	RecipientID   string        `json:"recipient_id,omitempty"`
	RecipientUser string        `json:"recipient_user_id,omitempty"`
	Ref           string        `json:"biz_opaque_callback_data,omitempty"`
	Pricing       *pricing      `json:"pricing,omitempty"`
	Errors        []statusError `json:"errors,omitempty"`
}

type pricing struct {
	Billable bool   `json:"billable"`
	Model    string `json:"pricing_model"`
	Type     string `json:"type"`
	Category string `json:"category"`
}

type statusError struct {
	Code    int       `json:"code"`
	Title   string    `json:"title"`
	Message string    `json:"message"`
	Data    errorData `json:"error_data"`
	Href    string    `json:"href"`
}

type preference struct {
	WaID      string `json:"wa_id,omitempty"`
	UserID    string `json:"user_id,omitempty"`
	Detail    string `json:"detail"`
	Category  string `json:"category"`
	Value     string `json:"value"`
	Timestamp int64  `json:"timestamp"`
}

// sender is who signs callbacks: the number and its account.
type sender struct {
	business string
	meta     metadata
}

func (o Options) sender() sender {
	return sender{o.BusinessID, metadata{strings.TrimPrefix(string(o.Number), "+"), o.PhoneNumberID}}
}

// envelope renders changes as one callback body; at is zero for the field messages.
func (s sender) envelope(at time.Time, cs ...change) ([]byte, error) {
	e := envEntry{ID: s.business, Changes: cs}
	if !at.IsZero() {
		e.Time = at.Unix()
	}
	return json.Marshal(envelope{"whatsapp_business_account", []envEntry{e}})
}

func (s sender) value() messagesValue {
	return messagesValue{Product: "whatsapp", Metadata: s.meta}
}

func contactOf(p *Person) waContact {
	return waContact{Profile: profile{p.Name, p.Username}, WaID: waID(p.Phone), UserID: p.UserID}
}

// status renders one step of an accepted message.
func (s sender) status(p *Person, m *sent, st core.State, code int, at time.Time, withPrice bool) change {
	t := status{ID: m.id, Status: string(st), Timestamp: stamp(at), RecipientID: waID(p.Phone), Ref: m.ref}
	if m.toUser {
		t.RecipientUser = p.UserID
	}
	if withPrice {
		t.Pricing = m.pricing
	}
	v := s.value()
	if st == core.Failed {
		k, _ := knownError(code)
		t.Errors = []statusError{{code, k.title, k.title, errorData{Details: asyncDetails(code)}, "/documentation/business-messaging/whatsapp/support/error-codes"}}
	} else {
		v.Contacts = []waContact{contactOf(p)}
	}
	v.Statuses = []status{t}
	return change{"messages", v}
}

func stamp(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
