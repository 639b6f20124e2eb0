package zenvia

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"bottega/bsp/meta"
	"bottega/bsp/wire"
	"bottega/core"
)

// DecoderVersion grows when Decode reads more than before; the journal is then
// read again.
const DecoderVersion = 2

// Decoder reads callbacks of Zenvia's (bsp/zenvia.md 5). Pure; safe for
// concurrent use.
type Decoder struct{}

var _ core.Decoder = Decoder{}

// Decode returns at least one event for every JSON body, one for each content
// of a message; what is not understood becomes EvUnknown. A body that is no
// JSON is InvalidInput.
func (Decoder) Decode(body []byte) ([]core.Event, error) {
	if !json.Valid(body) {
		return nil, core.Fail(core.InvalidInput, "zenvia.Decode", errors.New("body is not JSON"))
	}
	var c callback
	if wire.Lenient(body, &c) != nil {
		return nil, core.Fail(core.InvalidInput, "zenvia.Decode", nil)
	}
	out := c.events()
	for i := range out {
		out[i].Provider = core.Zenvia
	}
	return out, nil
}

// callback is what all kinds share.
type callback struct {
	ID        wire.Text `json:"id"`
	Type      wire.Text `json:"type"`
	At        wire.Text `json:"timestamp"`
	Channel   wire.Text `json:"channel"`
	Direction wire.Text `json:"direction"`
	OldID     wire.Text `json:"messageId"` // deprecated
	OldIndex  wire.Text `json:"contentIndex"`
	Message   struct {
		ID       wire.Text `json:"id"`
		Ref      wire.Text `json:"externalId"`
		Index    wire.Text `json:"contentIndex"`
		From     wire.Text `json:"from"`
		To       wire.Text `json:"to"`
		At       wire.Text `json:"timestamp"`
		ReplyTo  wire.Text `json:"idRef"`
		Contents wire.List `json:"contents"`
		Visitor  struct {
			Name  wire.Text `json:"name"`
			First wire.Text `json:"firstName"`
			Last  wire.Text `json:"lastName"`
		} `json:"visitor"`
		Referral struct {
			Headline wire.Text `json:"headline"`
			Source   struct {
				ID   wire.Text `json:"id"`
				Type wire.Text `json:"type"`
			} `json:"source"`
		} `json:"referral"`
	} `json:"message"`
	Status struct {
		Code        wire.Text `json:"code"`
		At          wire.Text `json:"timestamp"`
		Description wire.Text `json:"description"`
		Causes      wire.List `json:"causes"`
	} `json:"messageStatus"`
}

func (c *callback) unknown(field string) []core.Event {
	return []core.Event{{Kind: core.EvUnknown, Field: field, At: c.At.Time()}}
}

func (c *callback) events() []core.Event {
	kind := string(c.Type)
	switch {
	case kind == "":
		return c.unknown("json")
	case kind != "MESSAGE" && kind != "MESSAGE_STATUS":
		return c.unknown(kind)
	case kind == "MESSAGE_STATUS" && c.Channel == "sms":
		e := c.receipt()
		e.Channel, e.Recipient, e.Address = "", "", "" // an alias is no number of ours, and a phone no address on WhatsApp
		return []core.Event{e}
	case c.Channel != "" && c.Channel != "whatsapp":
		return c.unknown(kind + "." + string(c.Channel)) // an SMS must not open WhatsApp's window
	case kind == "MESSAGE_STATUS":
		return []core.Event{c.receipt()}
	case c.Direction == "OUT":
		return c.unknown("MESSAGE.OUT") // our own sends come back only where somebody subscribed to them
	case len(c.Message.Contents) == 0 || c.Message.ID == "":
		return c.unknown(kind)
	}
	var out []core.Event
	for i, raw := range c.Message.Contents {
		out = append(out, c.content(i, raw))
	}
	return out
}

// states are Zenvia's words. What is not here changes nothing: DELETED is the
// customer's own matter, and the list may grow.
var states = map[wire.Text]core.State{
	"ACCEPTED": core.Sent, "SENT": core.Sent, "DELIVERED": core.Delivered, "VERIFIED": core.Delivered,
	"READ": core.Read, "CLICKED": core.Read, "REJECTED": core.Failed, "NOT_DELIVERED": core.Failed,
}

func (c *callback) receipt() core.Event {
	e := core.Event{Kind: core.EvStatus, ID: string(c.Message.ID), At: c.Status.At.Time(), Ref: string(c.Message.Ref), Channel: channel(c.Message.From)}
	if e.ID == "" {
		e.ID = string(c.OldID)
	}
	if e.At.IsZero() {
		e.At = c.At.Time()
	}
	side(&e, &e.Recipient, c.Message.To)
	state, ok := states[c.Status.Code]
	if !ok || e.ID == "" {
		e.Kind, e.Field = core.EvUnknown, "MESSAGE_STATUS."+string(c.Status.Code)
		return e
	}
	e.Status = state
	if state == core.Failed {
		e.Error = c.failure()
	}
	return e
}

// failure is why a message failed, by WhatsApp's own code where there is one.
func (c *callback) failure() *core.ProviderError {
	words := string(c.Status.Description)
	for _, raw := range c.Status.Causes {
		var x struct {
			Code    wire.Text `json:"channelErrorCode"` // a number in older events
			Reason  wire.Text `json:"reason"`
			Details wire.Text `json:"details"`
		}
		if wire.Lenient(raw, &x) != nil {
			continue // cannot be: the list around it was valid JSON
		}
		for _, s := range []wire.Text{x.Reason, x.Details} {
			if s != "" {
				words = string(s)
			}
		}
		if x.Code != "" {
			class, wait, known := meta.ClassOf(string(x.Code))
			if !known {
				class = core.ClassUnknown
			}
			return &core.ProviderError{Code: string(x.Code), Class: class, RetryAfter: wait, Message: wire.Scrub(words)}
		}
	}
	return &core.ProviderError{Code: string(c.Status.Code), Class: core.ClassUnknown, Message: wire.Scrub(words)}
}

// channel is our number as the id of the channel.
func channel(s wire.Text) string {
	phone, other := wire.Address(string(s))
	if phone != "" {
		return string(phone)
	}
	return other
}

// side fills in the customer: a number, a user id, or what stands there.
func side(e *core.Event, phone *core.Phone, s wire.Text) {
	var other string
	if *phone, other = wire.Address(string(s)); wire.UserID(other) {
		e.UserID = other
	} else {
		e.Address = other
	}
}

// content reads one content of a message. Each is a message of its own; the
// second and later ones get a number behind the id.
func (c *callback) content(i int, raw json.RawMessage) core.Event {
	m := &c.Message
	e := core.Event{Kind: core.EvMessage, ID: string(m.ID), At: m.At.Time(), ReplyTo: string(m.ReplyTo), Channel: channel(m.To), Name: string(m.Visitor.Name)}
	if i > 0 {
		e.ID += "#" + strconv.Itoa(i)
	}
	if e.At.IsZero() {
		e.At = c.At.Time().Truncate(time.Second)
	}
	if e.Name == "" {
		e.Name = strings.TrimSpace(string(m.Visitor.First) + " " + string(m.Visitor.Last))
	}
	if r := m.Referral; r.Headline+r.Source.ID+r.Source.Type != "" {
		e.Referral = &core.Referral{Source: string(r.Source.Type), ID: string(r.Source.ID), Headline: string(r.Headline)}
	}
	side(&e, &e.From, m.From)
	read(&e, raw)
	return e
}
