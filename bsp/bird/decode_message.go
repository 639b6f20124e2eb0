package bird

import (
	"encoding/json"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// inboundParts are the kinds of content; exactly one is there.
type inboundParts struct {
	Text        json.RawMessage `json:"text"`
	Image       json.RawMessage `json:"image"`
	Video       json.RawMessage `json:"video"`
	Audio       json.RawMessage `json:"audio"`
	Sticker     json.RawMessage `json:"sticker"`
	Document    json.RawMessage `json:"document"`
	Location    json.RawMessage `json:"location"`
	Cards       json.RawMessage `json:"contact_cards"`
	Reply       json.RawMessage `json:"interactive_reply"`
	Unsupported json.RawMessage `json:"unsupported"`
}

// message reads a received message. One whose content is not understood stays
// a message, of type unsupported, with Bird's word for it.
func (r *resource) message(at time.Time, raw json.RawMessage) core.Event {
	e := core.Event{Kind: core.EvMessage, ID: r.id(), At: at, ReplyTo: string(r.ReplyTo), Channel: string(r.To.Phone)}
	r.From.sender(&e, &e.From)
	if e.ID == "" {
		return core.Event{Kind: core.EvUnknown, Field: "whatsapp.received", At: at}
	}
	var p inboundParts
	if wire.Lenient(raw, &p) != nil {
		p = inboundParts{} // cannot be: it is an object
	}
	files := []struct {
		kind core.MessageType
		part json.RawMessage
	}{{core.TypeImage, p.Image}, {core.TypeVideo, p.Video}, {core.TypeAudio, p.Audio}, {core.TypeSticker, p.Sticker}, {core.TypeDocument, p.Document}}
	for _, f := range files {
		if wire.Starts(f.part, '{') && readFile(&e, f.kind, f.part) {
			return e
		}
	}
	switch {
	case wire.Starts(p.Text, '{') && readText(&e, p.Text):
	case wire.Starts(p.Location, '{') && readPlace(&e, p.Location):
	case wire.Starts(p.Cards, '[') && readCards(&e, p.Cards):
	case wire.Starts(p.Reply, '{') && readReply(&e, p.Reply):
	default:
		e.Type = core.TypeUnsupported
		var u struct {
			Type wire.Text `json:"type"`
		}
		if len(p.Unsupported) > 0 && wire.Lenient(p.Unsupported, &u) == nil {
			e.Field = string(u.Type)
		}
	}
	return e
}

func readText(e *core.Event, part json.RawMessage) bool {
	var p struct {
		Body wire.Text `json:"body"`
	}
	if wire.Lenient(part, &p) != nil || p.Body == "" {
		return false
	}
	e.Type, e.Text = core.TypeText, string(p.Body)
	return true
}

// readFile reads a file. Without id and address Bird could not get it from
// WhatsApp: the message is there, its file is not.
func readFile(e *core.Event, kind core.MessageType, part json.RawMessage) bool {
	var p struct {
		ID       wire.Text `json:"id"`
		URL      wire.Text `json:"url"`
		MIME     wire.Text `json:"mime_type"`
		Caption  wire.Text `json:"caption"`
		Filename wire.Text `json:"filename"`
		Voice    wire.Flag `json:"voice"`
	}
	if wire.Lenient(part, &p) != nil {
		return false
	}
	e.Type, e.Text = kind, string(p.Caption)
	e.Media = &core.Media{MIME: string(p.MIME), Caption: string(p.Caption), Filename: string(p.Filename), Voice: p.Voice.Yes()}
	if wire.ID(string(p.ID)) && wire.ID(e.ID) && p.URL != "" {
		e.Media.ID = e.ID + "/" + string(p.ID)
	}
	return true
}

func readPlace(e *core.Event, part json.RawMessage) bool {
	var p struct {
		Lat     wire.Text `json:"latitude"`
		Lon     wire.Text `json:"longitude"`
		Name    wire.Text `json:"name"`
		Address wire.Text `json:"address"`
	}
	if wire.Lenient(part, &p) != nil {
		return false
	}
	lat, ok1 := p.Lat.Float()
	lon, ok2 := p.Lon.Float()
	if !ok1 || !ok2 {
		return false
	}
	e.Type, e.Location = core.TypeLocation, &core.Location{Lat: lat, Lon: lon, Name: string(p.Name), Address: string(p.Address)}
	return true
}

// readCards writes contact cards as lines of a name and its numbers.
func readCards(e *core.Event, part json.RawMessage) bool {
	var cards wire.List
	if wire.Lenient(part, &cards) != nil {
		return false
	}
	var lines []string
	for _, raw := range cards {
		var c struct {
			Name struct {
				Formatted wire.Text `json:"formatted_name"`
				First     wire.Text `json:"first_name"`
				Last      wire.Text `json:"last_name"`
			} `json:"name"`
			Phones []struct {
				Phone  wire.Text `json:"phone"`
				Number wire.Text `json:"phone_number"`
			} `json:"phone_numbers"`
		}
		if wire.Lenient(raw, &c) != nil {
			continue // cannot be: the list around it was valid JSON
		}
		said := []string{string(c.Name.Formatted)}
		if said[0] == "" {
			said[0] = strings.TrimSpace(string(c.Name.First) + " " + string(c.Name.Last))
		}
		for _, n := range c.Phones {
			if n.Phone == "" {
				n.Phone = n.Number
			}
			said = append(said, string(n.Phone))
		}
		if line := strings.TrimSpace(strings.Join(said, " ")); line != "" {
			lines = append(lines, line)
		}
	}
	e.Type, e.Text = core.TypeContacts, strings.Join(lines, "\n")
	return true
}

// readReply reads a tap. On a template's button the slug is the label itself.
func readReply(e *core.Event, part json.RawMessage) bool {
	type tapped struct {
		Slug wire.Text `json:"slug"`
		Text wire.Text `json:"text"`
	}
	var p struct {
		Button tapped `json:"button"`
		List   tapped `json:"list"`
	}
	if wire.Lenient(part, &p) != nil {
		return false
	}
	t := p.Button
	if t.Slug+t.Text == "" {
		t = p.List
	}
	if t.Slug+t.Text == "" {
		return false
	}
	if t.Text == "" {
		t.Text = t.Slug
	}
	e.Type, e.Text = core.TypeInteractive, string(t.Text)
	if t == p.Button && t.Slug == t.Text {
		e.Type = core.TypeButton
	}
	e.Choice = &core.Choice{ID: string(t.Slug), Title: string(t.Text)}
	return true
}
