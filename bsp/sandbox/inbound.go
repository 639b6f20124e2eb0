package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bottega/core"
)

// Inbound is something a customer does: the body of POST /sandbox/inbound, and
// what stories and lives are made of.
type Inbound struct {
	From     core.Phone `json:"from,omitempty"`    // or UserID, or both
	UserID   string     `json:"user_id,omitempty"` // alone: a customer who hides the number
	Name     string     `json:"name,omitempty"`
	Username string     `json:"username,omitempty"`

	// Type is text (the default), image, video, audio, document, sticker,
	// location, contacts, button, interactive, order, reaction, edit, revoke,
	// system, unsupported or preference.
	Type    string         `json:"type,omitempty"`
	Text    string         `json:"text,omitempty"` // body, caption, emoji, new text, stop|resume
	ReplyTo string         `json:"reply_to,omitempty"`
	Target  string         `json:"target,omitempty"` // of a reaction, edit, revoke
	Media   string         `json:"media,omitempty"`  // name of a sample file, "photo-cake"; "" takes the first that fits
	Choice  *core.Choice   `json:"choice,omitempty"`
	Place   *core.Location `json:"place,omitempty"`
	Ad      *core.Referral `json:"ad,omitempty"`  // the ad that brought them
	New     core.Phone     `json:"new,omitempty"` // system: the new number
	At      time.Time      `json:"at,omitzero"`   // now
	ID      string         `json:"id,omitempty"`  // a new wamid
}

// counts reports whether this opens the service window.
func (in Inbound) counts() bool { return core.MessageType(in.Type).CountsAsContact() }

// change renders the callback of something that p did; At, ID and Type are set.
func (s sender) inbound(p *Person, in Inbound) (change, error) {
	v := s.value()
	if in.Type == "preference" {
		v.Contacts = []waContact{contactOf(p)}
		v.Preferences = []preference{{WaID: waID(p.Phone), UserID: p.UserID, Detail: "User requested to " + in.Text + " marketing messages",
			Category: "marketing_messages", Value: in.Text, Timestamp: in.At.Unix()}}
		return change{"user_preferences", v}, nil
	}
	m := inMessage{From: waID(p.Phone), FromUserID: p.UserID, ID: in.ID, Timestamp: stamp(in.At), Type: in.Type}
	if in.ReplyTo != "" {
		m.Context = &inContext{From: s.meta.Display, ID: in.ReplyTo}
	}
	if a := in.Ad; a != nil {
		m.Referral = &inReferral{SourceURL: "https://example.com/ad/" + a.ID, SourceID: a.ID, SourceType: a.Source, Headline: a.Headline, ClickID: "click-" + a.ID}
	}
	if err := m.fill(in); err != nil {
		return change{}, err
	}
	if in.Type != "system" { // often has no contacts (bsp/meta.md 6.3)
		v.Contacts = []waContact{contactOf(p)}
	}
	v.Messages = []inMessage{m}
	return change{"messages", v}, nil
}

// fill sets the part that the type names.
func (m *inMessage) fill(in Inbound) error {
	switch in.Type {
	case "text":
		m.Text = &textPart{Body: in.Text}
	case "image", "video", "audio", "document", "sticker":
		return m.fillMedia(in)
	case "location":
		if in.Place == nil {
			return fmt.Errorf("a location needs a place")
		}
		m.Location = &inLocation{in.Place.Lat, in.Place.Lon, in.Place.Name, in.Place.Address}
	case "contacts":
		card, err := json.Marshal(map[string]any{"name": map[string]string{"formatted_name": in.Text, "first_name": in.Text},
			"phones": []map[string]string{{"phone": string(in.New), "wa_id": waID(in.New), "type": "CELL"}}})
		if err != nil {
			return err
		}
		m.Contacts = []json.RawMessage{card}
	case "order":
		m.Order = &inOrder{CatalogID: "700000000000001", Text: in.Text, Items: []orderItem{{"pane-01", 2, 3.5, "EUR"}, {"vite-m6", 12, 0.1, "EUR"}}}
	case "unsupported":
		m.Errors = []statusError{{131051, "Message type unknown", "Message type unknown", errorData{Details: "Message type is currently not supported."}, ""}}
	default:
		return m.fillAnswer(in)
	}
	return nil
}

func (m *inMessage) fillMedia(in Inbound) error {
	kind := in.Type
	f := sample(kind, in.Media)
	if f == nil || kindOf(f.mime) != kind {
		return fmt.Errorf("no sample file %q for %s", in.Media, kind)
	}
	p := &inMedia{ID: f.id, MIME: f.mime, SHA256: base64SHA(f), Caption: in.Text}
	switch kind {
	case "image":
		m.Image = p
	case "video":
		m.Video = p
	case "document":
		p.Filename, m.Document = f.name, p
	case "audio":
		yes := true
		p.Voice, p.Caption, m.Audio = &yes, "", p
	case "sticker":
		no := false
		p.Animated, p.Caption, m.Sticker = &no, "", p
	}
	return nil
}

// fillAnswer sets the parts that point at another message.
func (m *inMessage) fillAnswer(in Inbound) error {
	switch in.Type {
	case "button", "interactive":
		if in.Choice == nil {
			return fmt.Errorf("%s needs a choice", in.Type)
		}
		if in.Type == "button" {
			m.Button = &inButton{Payload: cmp.Or(in.Choice.ID, in.Choice.Title), Text: in.Choice.Title}
		} else {
			m.Interactive = &inInteractive{Type: "button_reply", Button: &inChoice{in.Choice.ID, in.Choice.Title}}
		}
		return nil
	case "system":
		m.FromUserID = ""
		m.System = &inSystem{Type: "user_changed_number", Body: "User changed from " + m.From + " to " + waID(in.New), WaID: waID(in.New)}
		return nil
	}
	if in.Target == "" {
		return fmt.Errorf("%s needs a target", in.Type)
	}
	switch in.Type {
	case "reaction":
		m.Reaction = &inReaction{MessageID: in.Target, Emoji: in.Text}
	case "edit":
		m.Edit = &inEdit{Original: in.Target}
		m.Edit.Message.Type, m.Edit.Message.Text = "text", textPart{Body: in.Text}
	case "revoke":
		m.Revoke = &inRevoke{Original: in.Target}
	default:
		return fmt.Errorf("no type %q", in.Type)
	}
	return nil
}

// write makes a customer do something now: their state changes and a callback
// is queued. It returns the id of the message.
func (s *Server) write(p *person, in Inbound) (string, error) {
	if in.Type == "" {
		in.Type = "text"
	}
	if in.At.IsZero() {
		in.At = s.o.Now()
	}
	if in.ID == "" {
		in.ID = wamid(s.o.Seed, s.next(), in.At, p.address(), fromCustomer)
	}
	c, err := s.o.sender().inbound(&p.Person, in)
	if err != nil {
		return "", err
	}
	s.crowd.wrote(p, in.At, in.counts(), in.Ad != nil)
	if in.counts() {
		s.ledger.wrote(p.address(), in.At)
	}
	s.crowd.follow(p, in)
	on, at := onInbound, time.Time{}
	if in.Type == "preference" {
		at = in.At
	}
	s.courier.add(note{change: c, on: on, at: at})
	return in.ID, nil
}

// follow keeps what a person did apart from writing: a new number, a word on marketing.
func (c *crowd) follow(p *person, in Inbound) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case in.Type == "preference":
		p.stopped = in.Text == "stop"
	case in.Type == "system" && in.New != "":
		delete(c.by, string(p.Phone))
		p.Phone = in.New
		c.by[string(in.New)] = p
	case in.counts():
		p.talk.own = in.ID
	}
}

// inboundPerson finds or makes the customer an Inbound names.
func (s *Server) inboundPerson(in Inbound) (*person, *apiError) {
	if in.From == "" && in.UserID == "" {
		return nil, missing("from or user_id")
	}
	if in.From != "" && (!strings.HasPrefix(string(in.From), "+") || !digits(string(in.From[1:]))) {
		return nil, refuse(131009, "Param from must be a phone number with + and country code.")
	}
	return s.crowd.meet(Person{Phone: in.From, UserID: in.UserID, Name: in.Name, Username: in.Username}), nil
}
