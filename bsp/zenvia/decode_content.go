package zenvia

import (
	"encoding/json"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// piece holds the keys of all kinds of content.
type piece struct {
	Type     wire.Text `json:"type"`
	Text     wire.Text `json:"text"`
	Payload  wire.Text `json:"payload"`
	Body     wire.Text `json:"body"`
	FileURL  wire.Text `json:"fileUrl"`
	MIME     wire.Text `json:"fileMimeType"`
	FileName wire.Text `json:"fileName"`
	Caption  wire.Text `json:"fileCaption"`
	Status   wire.Text `json:"status"`
	Reason   wire.Text `json:"reason"`
	Lat      wire.Text `json:"latitude"`
	Lon      wire.Text `json:"longitude"`
	Name     wire.Text `json:"name"`
	Address  wire.Text `json:"address"`
	Contacts wire.List `json:"contacts"`
	Items    wire.List `json:"productItems"`
}

// read fills in what a content says. What is not understood stays a message of
// type unsupported, with Zenvia's word for it.
func read(e *core.Event, raw json.RawMessage) {
	var p piece
	if !wire.Starts(raw, '{') || wire.Lenient(raw, &p) != nil {
		e.Type = core.TypeUnsupported
		return
	}
	switch {
	case p.Type == "text" && p.Payload != "": // a tap: there is no other sign of it
		e.Type, e.Text = core.TypeButton, string(p.Text)
		if e.Text == "" {
			e.Text = string(p.Payload)
		}
		e.Choice = &core.Choice{ID: string(p.Payload), Title: e.Text}
	case p.Type == "text" && p.Text != "":
		e.Type, e.Text = core.TypeText, string(p.Text)
	case p.Type == "file":
		readFile(e, &p)
	case p.Type == "location" && readPlace(e, &p):
	case p.Type == "contacts":
		e.Type, e.Text = core.TypeContacts, cards(p.Contacts)
	case p.Type == "flow_response":
		e.Type, e.Text = core.TypeFlow, string(p.Body)
	case p.Type == "product_list_order":
		e.Type, e.Text = core.TypeOrder, order(&p)
	default:
		e.Type, e.Field = core.TypeUnsupported, string(p.Type)
	}
}

// readFile reads a file. One that Zenvia did not take (too large, a virus) is a
// message without its file, and says why.
func readFile(e *core.Event, p *piece) {
	e.Type, e.Text = kindOf(string(p.MIME)), string(p.Caption)
	e.Media = &core.Media{URL: string(p.FileURL), MIME: string(p.MIME), Filename: string(p.FileName), Caption: string(p.Caption)}
	if p.Status == "REJECTED" {
		e.Media.URL, e.Field = "", "file."+string(p.Reason)
	}
}

func kindOf(mime string) core.MessageType {
	mime, _, _ = strings.Cut(strings.ToLower(mime), ";")
	family, _, _ := strings.Cut(mime, "/")
	switch {
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

func readPlace(e *core.Event, p *piece) bool {
	lat, ok1 := p.Lat.Float()
	lon, ok2 := p.Lon.Float()
	if !ok1 || !ok2 {
		return false
	}
	e.Type, e.Location = core.TypeLocation, &core.Location{Lat: lat, Lon: lon, Name: string(p.Name), Address: string(p.Address)}
	return true
}

// cards writes contact cards as lines of a name and its numbers.
func cards(list wire.List) string {
	var lines []string
	for _, raw := range list {
		var c struct {
			Name struct {
				Formatted wire.Text `json:"formattedName"`
				First     wire.Text `json:"firstName"`
				Last      wire.Text `json:"lastName"`
			} `json:"name"`
			Phones []struct {
				Phone wire.Text `json:"phone"`
			} `json:"phones"`
		}
		if wire.Lenient(raw, &c) != nil {
			continue // cannot be: the list around it was valid JSON
		}
		said := []string{string(c.Name.Formatted)}
		if said[0] == "" {
			said[0] = strings.TrimSpace(string(c.Name.First) + " " + string(c.Name.Last))
		}
		for _, n := range c.Phones {
			said = append(said, string(n.Phone))
		}
		if line := strings.TrimSpace(strings.Join(said, " ")); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// order writes an order as lines of "2 × product", after what the customer wrote.
func order(p *piece) string {
	var lines []string
	if p.Text != "" {
		lines = append(lines, string(p.Text))
	}
	for _, raw := range p.Items {
		var i struct {
			Product  wire.Text `json:"productId"`
			Quantity wire.Text `json:"quantity"`
		}
		if wire.Lenient(raw, &i) == nil && i.Product != "" {
			lines = append(lines, string(i.Quantity)+" × "+string(i.Product))
		}
	}
	return strings.Join(lines, "\n")
}
