package twilio

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// DecoderVersion grows when Decode reads more than before; the journal is then
// read again.
const DecoderVersion = 1

const channelPrefix = "whatsapp:"

// Decoder reads callbacks of Twilio's, which are forms, and the pages of
// messages that Poll asks for, which are JSON (bsp/twilio.md 6, 7). Pure; safe
// for concurrent use.
type Decoder struct{}

var _ core.Decoder = Decoder{}

// Decode returns the events of a body: at least one for every form and JSON
// object. A body that is neither is InvalidInput.
func (Decoder) Decode(body []byte) ([]core.Event, error) {
	if json.Valid(body) {
		return decodeJSON(body), nil
	}
	form, err := url.ParseQuery(string(bytes.TrimSpace(body)))
	if err != nil || !bytes.Contains(body, []byte("=")) {
		return nil, core.Fail(core.InvalidInput, "twilio.Decode", errors.New("body is neither a form nor JSON"))
	}
	return []core.Event{decodeForm(form)}, nil
}

// first is the first of some keys that is there.
func first(f url.Values, keys ...string) string {
	for _, k := range keys {
		if v := f.Get(k); v != "" {
			return v
		}
	}
	return ""
}

// decodeForm tells a message from a receipt by the state: an inbound and a
// status address may be the same (bsp/twilio.md 6.3).
func decodeForm(f url.Values) core.Event {
	state := first(f, "MessageStatus", "SmsStatus")
	id := first(f, "MessageSid", "SmsSid", "SmsMessageSid")
	e := core.Event{Provider: core.Twilio, ID: id}
	switch {
	case id == "":
		e.Kind, e.Field = core.EvUnknown, first(f, "EventType", "Type")
		if e.Field == "" {
			e.Field = "form"
		}
	case state == "received" || state == "" && (f.Has("Body") || f.Has("NumMedia")):
		inbound(&e, f)
	default:
		receipt(&e, f, state)
	}
	return e
}

// address splits "whatsapp:+57…" or "whatsapp:CO.9…": a phone number, else what
// stands there.
func address(s string) (core.Phone, string) {
	return wire.Address(strings.TrimPrefix(s, channelPrefix))
}

// who fills in the customer: a phone, a user id, or both.
func who(e *core.Event, phone *core.Phone, f url.Values, from string) {
	var other string
	*phone, other = address(from)
	if *phone == "" && f.Get("WaId") != "" {
		*phone, _ = address(f.Get("WaId"))
	}
	if wire.UserID(other) {
		e.UserID = other
	} else if *phone == "" {
		e.Address = other
	}
	if id := f.Get("ExternalUserId"); id != "" {
		e.UserID = strings.TrimPrefix(id, channelPrefix)
	}
	e.ParentUserID = strings.TrimPrefix(f.Get("ParentExternalUserId"), channelPrefix)
	e.Username, e.Name = f.Get("ProfileUsername"), f.Get("ProfileName")
}

// states are Twilio's words; "failed" never left Twilio, "undelivered" was
// refused later.
var states = map[string]core.State{
	"accepted": core.Accepted, "scheduled": core.Accepted, "queued": core.Accepted, "sending": core.Accepted,
	"sent": core.Sent, "delivered": core.Delivered, "partially_delivered": core.Delivered, "read": core.Read,
	"failed": core.Failed, "undelivered": core.Failed, "canceled": core.Failed,
}

func receipt(e *core.Event, f url.Values, word string) {
	e.Ref = f.Get(recordedRef)
	e.Channel, _ = ours(f.Get("From"))
	who(e, &e.Recipient, f, f.Get("To"))
	state, ok := states[word]
	if !ok {
		e.Kind, e.Field = core.EvUnknown, "status."+word
		return
	}
	e.Kind, e.Status = core.EvStatus, state
	if code := f.Get("ErrorCode"); code != "" && code != "0" {
		e.Error = table().Failure(wire.Said{Codes: []string{code}, Words: first(f, "ChannelStatusMessage", "ErrorMessage")})
	}
}

// ours is our number as the id of the channel, and whether the message went
// over WhatsApp at all.
func ours(s string) (string, bool) {
	phone, other := address(s)
	if phone != "" {
		return string(phone), strings.HasPrefix(s, channelPrefix)
	}
	return other, strings.HasPrefix(s, channelPrefix)
}

// inbound reads a message (bsp/twilio.md 6.2).
func inbound(e *core.Event, f url.Values) {
	var overWhatsApp bool
	if e.Channel, overWhatsApp = ours(f.Get("To")); !overWhatsApp {
		// An SMS must not open WhatsApp's window, and is no unreadable message.
		e.Kind, e.Field = core.EvUnknown, "sms"
		e.From, e.Address = address(f.Get("From"))
		return
	}
	e.Kind = core.EvMessage
	who(e, &e.From, f, f.Get("From"))
	e.ReplyTo, e.Text = f.Get("OriginalRepliedMessageSid"), f.Get("Body")
	if id, headline, source := f.Get("ReferralSourceId"), f.Get("ReferralHeadline"), f.Get("ReferralSourceType"); id+headline+source != "" {
		e.Referral = &core.Referral{Source: source, ID: id, Headline: headline}
	}
	switch {
	case f.Has("Latitude") && f.Has("Longitude") && place(e, f):
	case f.Get("ListId") != "" || f.Get("ListTitle") != "":
		choose(e, core.TypeInteractive, first(f, "ListId", "ButtonPayload"), first(f, "ListTitle", "ButtonText"))
	case f.Get("InteractiveData") != "":
		e.Type = core.TypeFlow
		if e.Text == "" {
			e.Text = f.Get("InteractiveData")
		}
	case f.Get("ButtonPayload") != "" || f.Get("ButtonText") != "":
		kind := core.TypeButton
		if f.Get("MessageType") == "interactive" {
			kind = core.TypeInteractive
		}
		choose(e, kind, f.Get("ButtonPayload"), f.Get("ButtonText"))
	case f.Get("MediaUrl0") != "":
		file(e, f.Get("MediaUrl0"), f.Get("MediaContentType0"), f.Get("MessageType"))
	case e.Text != "":
		e.Type = core.TypeText
	default:
		e.Type, e.Field = core.TypeUnsupported, first(f, "MessageType")
	}
}

func place(e *core.Event, f url.Values) bool {
	lat, err1 := strconv.ParseFloat(f.Get("Latitude"), 64)
	lon, err2 := strconv.ParseFloat(f.Get("Longitude"), 64)
	if err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return false
	}
	e.Type, e.Location = core.TypeLocation, &core.Location{Lat: lat, Lon: lon, Name: f.Get("Label"), Address: f.Get("Address")}
	return true
}

func choose(e *core.Event, kind core.MessageType, id, title string) {
	if title == "" {
		title = e.Text
	}
	e.Type, e.Choice = kind, &core.Choice{ID: id, Title: title}
	if e.Text == "" {
		e.Text = title
	}
}

// file reads a received file; the caption stands in the body. Only the first is
// read: WhatsApp has one for each message.
func file(e *core.Event, link, mime, kind string) {
	e.Type = kindFromMIME(mime, kind)
	e.Media = &core.Media{ID: fileID(link), URL: link, MIME: mime, Caption: e.Text}
}

// kindFromMIME is the kind of a file: Twilio's word, else by its type.
func kindFromMIME(mime, word string) core.MessageType {
	switch t := core.MessageType(word); t {
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker, core.TypeContacts:
		return t
	}
	mime, _, _ = strings.Cut(strings.ToLower(mime), ";")
	family, _, _ := strings.Cut(mime, "/")
	switch {
	case mime == "text/vcard" || mime == "text/x-vcard":
		return core.TypeContacts
	case mime == "image/webp":
		return core.TypeSticker
	case family == "image":
		return core.TypeImage
	case family == "video":
		return core.TypeVideo
	case family == "audio":
		return core.TypeAudio
	}
	return core.TypeDocument
}
