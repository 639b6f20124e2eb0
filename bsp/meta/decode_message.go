package meta

import (
	"encoding/json"

	"bottega/bsp/wire"
	"bottega/core"
)

// inbound holds the keys that every kind of message may have (bsp/meta.md 6.3).
type inbound struct {
	ID         text `json:"id"`
	Timestamp  text `json:"timestamp"`
	Type       text `json:"type"`
	From       text `json:"from"`
	FromUser   text `json:"from_user_id"`
	FromParent text `json:"from_parent_user_id"`
	To         text `json:"to"` // echoes
	ToUser     text `json:"to_user_id"`
	ToParent   text `json:"to_parent_user_id"`
	Context    struct {
		ID text `json:"id"`
	} `json:"context"`
	Referral struct {
		Source   text `json:"source_type"`
		ID       text `json:"source_id"`
		Headline text `json:"headline"`
	} `json:"referral"`
	Errors list `json:"errors"`
}

// message reads one of value.messages.
func (d *decoding) message(raw json.RawMessage) {
	m, ev, ok := d.common(raw)
	if !ok {
		return
	}
	p := d.find(m.From, m.FromUser)
	ev.Kind = core.EvMessage
	ev.From, ev.Address = address(or(m.From, p.WaID))
	ev.UserID, ev.ParentUserID = string(or(m.FromUser, p.User)), string(or(m.FromParent, p.Parent))
	ev.Name, ev.Username = string(p.Who.Name), string(p.Who.Username)
	fill(&ev, m, raw)
	d.add(ev)
}

// echo reads a message that the shop typed in the phone app: from us, to the
// customer. Our own reaction is neither a message nor the customer's reaction,
// and the contract has no third kind: it is told as not understood.
func (d *decoding) echo(raw json.RawMessage) {
	m, ev, ok := d.common(raw)
	if !ok {
		return
	}
	ev.Kind = core.EvEcho
	ev.From, _ = address(m.From)
	ev.To, ev.Address = address(m.To)
	ev.UserID, ev.ParentUserID = string(m.ToUser), string(m.ToParent)
	fill(&ev, m, raw)
	if ev.Kind == core.EvReaction {
		ev.Kind, ev.Field = core.EvUnknown, d.field+".reaction"
	}
	d.add(ev)
}

// common reads what messages and echoes share.
func (d *decoding) common(raw json.RawMessage) (inbound, core.Event, bool) {
	var m inbound
	if !wire.Starts(raw, '{') || wire.Lenient(raw, &m) != nil {
		d.unknown(d.field + ".item")
		return m, core.Event{}, false
	}
	ev := core.Event{ID: string(m.ID), At: m.Timestamp.Time(), ReplyTo: string(m.Context.ID), Error: firstError(m.Errors)}
	if r := m.Referral; r.Source != "" || r.ID != "" || r.Headline != "" {
		ev.Referral = &core.Referral{Source: string(r.Source), ID: string(r.ID), Headline: string(r.Headline)}
	}
	return m, ev, true
}

// part reads the part of a message that its type names. It returns false when
// the part says nothing: Meta leaves it out beside an error.
type part func(*core.Event, json.RawMessage) bool

// partOf finds the reader of a type; nil when the type is not known.
func partOf(kind string) part {
	switch kind {
	case "text":
		return readText
	case "image", "video", "audio", "document", "sticker":
		return readMedia(core.MessageType(kind))
	case "voice":
		return readMedia(core.TypeAudio)
	case "location":
		return readLocation
	case "contacts":
		return readContacts
	case "button":
		return readButton
	case "interactive":
		return readInteractive
	case "reaction":
		return readReaction
	case "order":
		return readOrder
	case "edit":
		return readEdit
	case "revoke":
		return readRevoke
	case "system":
		return readSystem
	}
	return nil
}

// fill reads the content by type. A missing type is inferred from the key that
// is there; what is not understood stays a message of type unsupported, with
// the provider's word for it in Field.
func fill(ev *core.Event, m inbound, raw json.RawMessage) {
	var keys map[string]json.RawMessage
	if wire.Lenient(raw, &keys) != nil {
		keys = nil // cannot be: it is an object, see common
	}
	kind := kindOf(m, raw)
	if read, part := partOf(kind), keys[kind]; read != nil && len(part) > 0 && read(ev, part) {
		return
	}
	ev.Type, ev.Field = core.TypeUnsupported, kind
	var u struct {
		Type text `json:"type"`
	}
	if part := keys["unsupported"]; len(part) > 0 && wire.Lenient(part, &u) == nil && u.Type != "" {
		ev.Field = string(u.Type)
	}
}

// kindOf is the message's type, or the first key that is one.
func kindOf(m inbound, raw json.RawMessage) string {
	if m.Type != "" {
		return string(m.Type)
	}
	for _, m := range wire.Members(raw) {
		if partOf(m.Key) != nil {
			return m.Key
		}
	}
	return ""
}

func readText(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Body text `json:"body"`
	}
	if wire.Lenient(part, &p) != nil || p.Body == "" {
		return false
	}
	ev.Type, ev.Text = core.TypeText, string(p.Body)
	return true
}

func readMedia(kind core.MessageType) part {
	return func(ev *core.Event, part json.RawMessage) bool {
		var p struct {
			ID       text `json:"id"`
			URL      text `json:"url"`
			Link     text `json:"link"` // echoes of media sent by link
			MIME     text `json:"mime_type"`
			Filename text `json:"filename"`
			Caption  text `json:"caption"`
			SHA256   text `json:"sha256"`
			Voice    flag `json:"voice"`
		}
		if wire.Lenient(part, &p) != nil || or(p.ID, p.URL, p.Link) == "" {
			return false
		}
		ev.Type, ev.Text = kind, string(p.Caption)
		ev.Media = &core.Media{
			ID: string(p.ID), URL: string(or(p.URL, p.Link)), MIME: string(p.MIME), Filename: string(p.Filename),
			Caption: string(p.Caption), SHA256: string(p.SHA256), Voice: p.Voice.Yes(),
		}
		return true
	}
}

func readLocation(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Lat     text `json:"latitude"`
		Lon     text `json:"longitude"`
		Name    text `json:"name"`
		Address text `json:"address"`
	}
	if wire.Lenient(part, &p) != nil {
		return false
	}
	lat, ok1 := p.Lat.Float()
	lon, ok2 := p.Lon.Float()
	if !ok1 || !ok2 {
		return false
	}
	ev.Type = core.TypeLocation
	ev.Location = &core.Location{Lat: lat, Lon: lon, Name: string(p.Name), Address: string(p.Address)}
	return true
}

func readButton(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Payload text `json:"payload"`
		Text    text `json:"text"`
	}
	if wire.Lenient(part, &p) != nil || or(p.Text, p.Payload) == "" {
		return false
	}
	ev.Type, ev.Text = core.TypeButton, string(or(p.Text, p.Payload))
	ev.Choice = &core.Choice{ID: string(p.Payload), Title: string(p.Text)}
	return true
}

func readReaction(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Target text `json:"message_id"`
		Emoji  text `json:"emoji"`
	}
	if wire.Lenient(part, &p) != nil || p.Target == "" {
		return false
	}
	removed := p.Emoji == ""
	ev.Kind, ev.Target, ev.Emoji, ev.Removed = core.EvReaction, string(p.Target), string(p.Emoji), &removed
	return true
}

func readEdit(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Target  text            `json:"original_message_id"`
		Message json.RawMessage `json:"message"`
	}
	if wire.Lenient(part, &p) != nil || p.Target == "" {
		return false
	}
	var now core.Event
	var m inbound
	// An edit of an edit is no shape of Meta's, and nesting them costs the square of their depth.
	if wire.Starts(p.Message, '{') && wire.Lenient(p.Message, &m) == nil && kindOf(m, p.Message) != "edit" {
		fill(&now, m, p.Message)
	}
	ev.Kind, ev.Target, ev.Text, ev.Type = core.EvEdit, string(p.Target), now.Text, now.Type
	return true
}

func readRevoke(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Target text `json:"original_message_id"`
	}
	if wire.Lenient(part, &p) != nil || p.Target == "" {
		return false
	}
	ev.Kind, ev.Target = core.EvRevoke, string(p.Target)
	return true
}
