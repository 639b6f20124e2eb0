package twilio

import (
	"bottega/bsp/wire"
	"bottega/core"
)

// decodeJSON reads a page of messages as Poll keeps it; other JSON (events of
// Twilio's event streams) is unknown.
func decodeJSON(body []byte) []core.Event {
	var page struct {
		Messages wire.List `json:"messages"`
		Type     wire.Text `json:"type"`
	}
	var out []core.Event
	if wire.Starts(body, '{') && wire.Lenient(body, &page) == nil {
		for _, raw := range page.Messages {
			var r resource
			if wire.Lenient(raw, &r) != nil || r.SID == "" {
				out = append(out, core.Event{Provider: core.Twilio, Kind: core.EvUnknown, Field: "messages.item"})
				continue
			}
			out = append(out, r.event())
		}
	}
	if len(out) == 0 {
		field := string(page.Type)
		if field == "" {
			field = "json"
		}
		out = append(out, core.Event{Provider: core.Twilio, Kind: core.EvUnknown, Field: field})
	}
	return out
}

// event reads a listed message. It lacks what only a callback has: the name, a
// tapped button's payload, a place (bsp/twilio.md 7). One without text and file
// may be a place: it stays unsupported, which the callback then betters.
func (r *resource) event() core.Event {
	e := core.Event{Provider: core.Twilio, ID: string(r.SID), At: stamp(r.Created)}
	other := func(s wire.Text, phone *core.Phone) {
		var rest string
		if *phone, rest = address(string(s)); wire.UserID(rest) {
			e.UserID = rest
		} else {
			e.Address = rest
		}
	}
	if r.Direction != "inbound" {
		e.Channel, _ = ours(string(r.From))
		other(r.To, &e.Recipient)
		state, ok := states[string(r.Status)]
		if !ok {
			e.Kind, e.Field = core.EvUnknown, "status."+string(r.Status)
			return e
		}
		e.Kind, e.Status = core.EvStatus, state
		if at := stamp(r.Updated); !at.IsZero() {
			e.At = at
		}
		if r.ErrorCode != "" && r.ErrorCode != "0" {
			e.Error = table().Failure(wire.Said{Codes: []string{string(r.ErrorCode)}, Words: string(r.ErrorMessage)})
		}
		return e
	}
	var overWhatsApp bool
	e.Channel, overWhatsApp = ours(string(r.To))
	other(r.From, &e.From)
	if !overWhatsApp {
		e.Kind, e.Field = core.EvUnknown, "sms"
		return e
	}
	e.Kind, e.Text = core.EvMessage, string(r.Body)
	r.files(&e)
	switch {
	case e.Media != nil:
	case e.Text != "":
		e.Type = core.TypeText
	default:
		e.Type, e.Field = core.TypeUnsupported, "listed without text"
	}
	return e
}

// files reads the list that Poll put beside the message.
func (r *resource) files(e *core.Event) {
	for _, raw := range r.Media {
		var m struct {
			SID  wire.Text `json:"sid"`
			MIME wire.Text `json:"content_type"`
		}
		if wire.Lenient(raw, &m) != nil || !sid(string(m.SID), "ME") || !sid(string(r.SID), "SM", "MM") {
			continue
		}
		e.Type = kindFromMIME(string(m.MIME), "")
		e.Media = &core.Media{ID: string(r.SID) + "/" + string(m.SID), MIME: string(m.MIME), Caption: e.Text}
		return
	}
}
