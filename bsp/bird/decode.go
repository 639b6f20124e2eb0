package bird

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// DecoderVersion grows when Decode reads more than before; the journal is then
// read again.
const DecoderVersion = 2

// Decoder reads callbacks of Bird's platform, and the pages of messages that
// Poll asks for (bsp/bird.md 4, 5). Pure; safe for concurrent use.
type Decoder struct{}

var _ core.Decoder = Decoder{}

// Decode returns at least one event for every JSON body; what is not understood
// becomes EvUnknown. A body that is no JSON is InvalidInput.
func (Decoder) Decode(body []byte) ([]core.Event, error) {
	if !json.Valid(body) {
		return nil, core.Fail(core.InvalidInput, "bird.Decode", errors.New("body is not JSON"))
	}
	var d struct {
		Type    wire.Text       `json:"type"`
		At      wire.Text       `json:"timestamp"`
		Data    json.RawMessage `json:"data"`
		Service wire.Text       `json:"service"` // of the CRM's callbacks, another API
		Event   wire.Text       `json:"event"`
	}
	if wire.Lenient(body, &d) != nil {
		return nil, core.Fail(core.InvalidInput, "bird.Decode", nil)
	}
	var out []core.Event
	switch {
	case d.Type == "" && wire.Starts(d.Data, '['):
		out = listed(d.Data)
	case wire.Starts(d.Data, '{'):
		out = []core.Event{event(string(d.Type), d.At.Time(), d.Data)}
	}
	if len(out) == 0 {
		field := string(d.Type)
		if d.Service != "" || d.Event != "" {
			field = "crm." + string(d.Service) + "." + string(d.Event)
		}
		if field == "" {
			field = "json"
		}
		out = []core.Event{{Kind: core.EvUnknown, Field: field, At: d.At.Time()}}
	}
	for i := range out {
		out[i].Provider = core.Bird
	}
	return out, nil
}

// person is one side of a message; a customer may have no number.
type person struct {
	Phone    wire.Text `json:"phone_number"`
	User     wire.Text `json:"bsuid"`
	Username wire.Text `json:"username"`
	Name     wire.Text `json:"display_name"`
}

// cost is what Bird charged, once it is known.
type cost struct {
	Amount   wire.Text `json:"amount"`
	Currency wire.Text `json:"currency_code"`
}

// resource is a message, listed or in a callback, which names its id otherwise.
type resource struct {
	ID          wire.Text `json:"id"`
	WhatsAppID  wire.Text `json:"whatsapp_id"`
	SMSID       wire.Text `json:"sms_id"`
	Direction   wire.Text `json:"direction"`
	From        person    `json:"from"`
	To          person    `json:"to"`
	Status      wire.Text `json:"status"`
	CreatedAt   wire.Text `json:"created_at"`
	SentAt      wire.Text `json:"sent_at"`
	DeliveredAt wire.Text `json:"delivered_at"`
	ReadAt      wire.Text `json:"read_at"`
	LastError   *failure  `json:"last_error"`
	Error       *failure  `json:"error"`
	Cost        *cost     `json:"cost"`
	ReplyTo     wire.Text `json:"in_reply_to_message_id"`
	Metadata    struct {
		Ref wire.Text `json:"local_id"`
	} `json:"metadata"`
	Emoji wire.Text `json:"emoji"`

	// of suppressions and preferences
	Address  wire.Text `json:"address"`
	Channel  wire.Text `json:"channel"`
	Handle   wire.Text `json:"handle"`
	Reason   wire.Text `json:"reason"`
	Coverage wire.Text `json:"coverage"`
}

func (r *resource) id() string {
	if r.WhatsAppID != "" {
		return string(r.WhatsAppID)
	}
	return string(r.ID)
}

// words are the states in types of callbacks and in the field status.
var words = map[string]core.State{
	"accepted": core.Accepted, "scheduled": core.Accepted, "sent": core.Sent, "delivered": core.Delivered, "read": core.Read,
	"failed": core.Failed, "rejected": core.Failed, "canceled": core.Failed,
}

// smsWords are the same of SMS (bsp/bird.md 10). undelivered may clear later,
// as a failure of WhatsApp's may.
var smsWords = map[string]core.State{
	"accepted": core.Accepted, "sent": core.Sent, "delivered": core.Delivered,
	"undelivered": core.Failed, "failed": core.Failed, "rejected": core.Failed, "expired": core.Failed,
}

// text is the receipt of an SMS. Its sides are plain strings, the sender's may
// be a name: neither is an address on WhatsApp, so both stay out.
func (r *resource) text(s core.State, at time.Time) core.Event {
	r.From, r.To = person{}, person{}
	e := r.receipt(s, at)
	e.ID = string(r.SMSID)
	return e
}

// event reads one callback.
func event(kind string, at time.Time, data json.RawMessage) core.Event {
	var r resource
	if wire.Lenient(data, &r) != nil {
		return core.Event{Kind: core.EvUnknown, Field: kind, At: at}
	}
	channel, what, _ := strings.Cut(kind, ".")
	switch {
	case channel == "sms" && smsWords[what] != "" && r.SMSID != "":
		return r.text(smsWords[what], at)
	case kind == "whatsapp.received":
		return r.message(at, data)
	case kind == "whatsapp.reacted" && r.id() != "":
		removed := r.Emoji == ""
		e := core.Event{Kind: core.EvReaction, At: at, Target: r.id(), Emoji: string(r.Emoji), Removed: &removed, Channel: string(r.To.Phone)}
		r.From.sender(&e, &e.From)
		return e
	case channel == "whatsapp" && words[what] != "" && r.id() != "":
		return r.receipt(words[what], at)
	case kind == "whatsapp_suppression.created" && r.Address != "":
		e := core.Event{Kind: core.EvPreference, At: at, Category: marketing, Value: "stop", Reason: string(r.Reason)}
		address(&e, string(r.Address))
		return e
	case channel == "preference" && r.Channel == "whatsapp" && r.Handle != "":
		return r.preference(what, at)
	}
	return core.Event{Kind: core.EvUnknown, Field: kind, At: at, ID: r.id()}
}

// marketing is the category of a choice about advertising, in Meta's word.
const marketing = "marketing_messages"

func (r *resource) preference(what string, at time.Time) core.Event {
	e := core.Event{Kind: core.EvPreference, At: at, Category: marketing, Reason: string(r.Coverage)}
	address(&e, string(r.Handle))
	switch what {
	case "revoked":
		e.Value = "stop"
	case "granted":
		e.Value = "resume"
	default: // a statement that was deleted is no consent
		e.Kind, e.Field = core.EvUnknown, "preference."+what
	}
	return e
}

func address(e *core.Event, s string) {
	phone, other := wire.Address(s)
	switch {
	case phone != "":
		e.From = phone
	case wire.UserID(other):
		e.UserID = other
	default:
		e.Address = other
	}
}

// sender fills in the customer's side.
func (p *person) sender(e *core.Event, phone *core.Phone) {
	*phone, e.Address = wire.Address(string(p.Phone))
	e.UserID, e.Username, e.Name = string(p.User), string(p.Username), string(p.Name)
}

func (r *resource) receipt(s core.State, at time.Time) core.Event {
	e := core.Event{Kind: core.EvStatus, ID: r.id(), At: at, Status: s, Ref: string(r.Metadata.Ref), Channel: string(r.From.Phone)}
	r.To.sender(&e, &e.Recipient)
	e.Name = "" // what we called them is no news
	if r.Error == nil {
		r.Error = r.LastError
	}
	e.Error = r.Error.provider()
	if c := r.Cost; c != nil && c.Currency != "" {
		if _, ok := c.Amount.Float(); ok {
			e.Cost = &core.Money{Amount: string(c.Amount), Currency: string(c.Currency)}
		}
	}
	return e
}

// listed reads a page: messages that came in, and how those stand that went out.
func listed(data json.RawMessage) []core.Event {
	var items wire.List
	if wire.Lenient(data, &items) != nil {
		return nil
	}
	var out []core.Event
	for _, raw := range items {
		var r resource
		if wire.Lenient(raw, &r) != nil || r.id() == "" {
			out = append(out, core.Event{Kind: core.EvUnknown, Field: "messages.item"})
			continue
		}
		if r.Direction == "inbound" {
			out = append(out, r.message(r.CreatedAt.Time(), raw))
			continue
		}
		state, at := r.stands()
		if state == "" {
			out = append(out, core.Event{Kind: core.EvUnknown, Field: "status." + string(r.Status), ID: r.id(), At: at})
			continue
		}
		out = append(out, r.receipt(state, at))
	}
	return out
}

// stands is the state of a listed message and since when; read is no status
// there but a time of its own.
func (r *resource) stands() (core.State, time.Time) {
	if at := r.ReadAt.Time(); !at.IsZero() {
		return core.Read, at
	}
	state := words[string(r.Status)]
	at := r.CreatedAt.Time()
	for _, t := range []wire.Text{r.SentAt, r.DeliveredAt} {
		if later := t.Time(); later.After(at) {
			at = later
		}
	}
	return state, at
}
