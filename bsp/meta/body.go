package meta

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"bottega/bsp/wire"
	"bottega/core"
)

const (
	product   = "whatsapp"
	buildOp   = "meta.Send"
	maxUserID = 200 // two letters, "ENT.", at most 128 letters and digits; opaque, so with room
)

// payload is the body of POST /{PHONE_ID}/messages (bsp/meta.md 2).
type payload struct {
	Product       string       `json:"messaging_product"`
	RecipientType string       `json:"recipient_type"`
	To            string       `json:"to,omitempty"`
	Recipient     string       `json:"recipient,omitempty"`
	Type          string       `json:"type"`
	Context       *contextRef  `json:"context,omitempty"`
	Ref           string       `json:"biz_opaque_callback_data"`
	Text          *textBody    `json:"text,omitempty"`
	Image         *mediaBody   `json:"image,omitempty"`
	Video         *mediaBody   `json:"video,omitempty"`
	Audio         *mediaBody   `json:"audio,omitempty"`
	Document      *mediaBody   `json:"document,omitempty"`
	Sticker       *mediaBody   `json:"sticker,omitempty"`
	Location      *placeBody   `json:"location,omitempty"`
	Interactive   *interactive `json:"interactive,omitempty"`
	Reaction      *reaction    `json:"reaction,omitempty"`
	Template      *template    `json:"template,omitempty"`
}

type contextRef struct {
	MessageID string `json:"message_id"`
}

type textBody struct {
	Body       string `json:"body"`
	PreviewURL bool   `json:"preview_url"`
}

type mediaBody struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
}

type placeBody struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

type interactive struct {
	Type   string         `json:"type"`
	Body   buttonsText    `json:"body"`
	Action buttonsActions `json:"action"`
}

type buttonsText struct {
	Text string `json:"text"`
}

type buttonsActions struct {
	Buttons []replyButton `json:"buttons"`
}

type replyButton struct {
	Type  string      `json:"type"`
	Reply core.Button `json:"reply"`
}

type reaction struct {
	MessageID string `json:"message_id"`
	Emoji     string `json:"emoji"` // "" takes the reaction back
}

// refuse is a message that Meta would not take, found before the network.
func refuse(code core.Code, format string, args ...any) error {
	return core.Fail(code, buildOp, fmt.Errorf(format, args...))
}

// build checks m and turns it into the request's body.
func build(m core.Outgoing) (*payload, error) {
	p := &payload{Product: product, RecipientType: "individual", Ref: m.Ref}
	if m.Ref == "" || utf8.RuneCountInString(m.Ref) > limits().Ref {
		return nil, refuse(core.InvalidInput, "ref must have 1 to %d characters", limits().Ref)
	}
	if err := p.address(m); err != nil {
		return nil, err
	}
	if m.ReplyTo != "" && m.Type != core.TypeTemplate && m.Type != core.TypeReaction {
		p.Context = &contextRef{MessageID: m.ReplyTo} // not reliable for templates, meaningless for reactions
	}
	p.Type = string(m.Type)
	var err error
	switch m.Type {
	case core.TypeText, core.TypeInteractive, "":
		err = p.words(m.Content)
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker:
		err = p.file(m.Content)
	case core.TypeLocation:
		err = p.place(m.Location)
	case core.TypeReaction:
		if m.Reaction == nil || m.Reaction.Target == "" {
			return nil, refuse(core.InvalidInput, "reaction without a target")
		}
		p.Reaction = &reaction{MessageID: m.Reaction.Target, Emoji: m.Reaction.Emoji}
	case core.TypeTemplate:
		p.Template, err = buildTemplate(m.Template)
	default:
		err = refuse(core.InvalidInput, "messages of type %s cannot be sent", m.Type)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// address sets the recipient: the phone number, always with "+" (without it
// Meta would put our own country in front), else the business-scoped user id.
func (p *payload) address(m core.Outgoing) error {
	if m.To != "" {
		if !wire.E164(string(m.To)) {
			return refuse(core.InvalidInput, "recipient is not a number in E.164 form")
		}
		p.To = string(m.To)
		return nil
	}
	if strings.TrimSpace(m.ToUser) == "" {
		return refuse(core.NoRecipient, "neither phone nor user id")
	}
	if len(m.ToUser) > maxUserID || strings.ContainsFunc(m.ToUser, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return refuse(core.InvalidInput, "user id has a strange form")
	}
	p.Recipient = m.ToUser
	return nil
}

// words builds a text, or reply buttons where there are any.
func (p *payload) words(c core.Content) error {
	if strings.TrimSpace(c.Text) == "" {
		return refuse(core.EmptyMessage, "no text")
	}
	n, l := utf8.RuneCountInString(c.Text), limits()
	if len(c.Buttons) == 0 {
		if c.Type == core.TypeInteractive {
			return refuse(core.InvalidInput, "interactive message without buttons")
		}
		if n > l.Text {
			return refuse(core.TextTooLong, "text has %d characters, at most %d", n, l.Text)
		}
		p.Type, p.Text = string(core.TypeText), &textBody{Body: c.Text}
		return nil
	}
	if n > l.InteractiveBody {
		return refuse(core.TextTooLong, "text above buttons has %d characters, at most %d", n, l.InteractiveBody)
	}
	buttons, err := replyButtons(c.Buttons, l)
	if err != nil {
		return err
	}
	p.Type = string(core.TypeInteractive)
	p.Interactive = &interactive{Type: "button", Body: buttonsText{Text: c.Text}, Action: buttonsActions{Buttons: buttons}}
	return nil
}

func replyButtons(bs []core.Button, l Limits) ([]replyButton, error) {
	if len(bs) > l.Buttons {
		return nil, refuse(core.InvalidInput, "%d buttons, at most %d", len(bs), l.Buttons)
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	out := make([]replyButton, 0, len(bs))
	for i, b := range bs {
		id, title := utf8.RuneCountInString(b.ID), utf8.RuneCountInString(b.Title)
		switch {
		case id == 0 || id > l.ButtonID:
			return nil, refuse(core.InvalidInput, "button %d: id has %d characters, 1 to %d", i, id, l.ButtonID)
		case strings.TrimSpace(b.Title) == "" || title > l.ButtonTitle:
			return nil, refuse(core.InvalidInput, "button %d: title has %d characters, 1 to %d", i, title, l.ButtonTitle)
		case ids[b.ID] || titles[b.Title]:
			return nil, refuse(core.InvalidInput, "button %d: id and title must be unique", i)
		}
		ids[b.ID], titles[b.Title] = true, true
		out = append(out, replyButton{Type: "reply", Reply: b})
	}
	return out, nil
}

// file builds a media message: by id where there is one, else by link. The
// caption is the media's own or the text; audio and stickers have none.
func (p *payload) file(c core.Content) error {
	if c.Media == nil {
		return refuse(core.EmptyMessage, "no file")
	}
	body, err := mediaRef(c.Media)
	if err != nil {
		return err
	}
	if body.Caption = c.Media.Caption; body.Caption == "" {
		body.Caption = c.Text
	}
	if n := utf8.RuneCountInString(body.Caption); n > limits().Caption {
		return refuse(core.TextTooLong, "caption has %d characters, at most %d", n, limits().Caption)
	}
	switch c.Type {
	case core.TypeImage:
		p.Image = body
	case core.TypeVideo:
		p.Video = body
	case core.TypeDocument:
		body.Filename, p.Document = c.Media.Filename, body
	case core.TypeAudio:
		p.Audio = body
	case core.TypeSticker:
		p.Sticker = body
	}
	if (p.Audio != nil || p.Sticker != nil) && body.Caption != "" {
		return refuse(core.InvalidInput, "%s takes no caption", c.Type)
	}
	return nil
}

// mediaRef points at a file by exactly one of id and link.
func mediaRef(m *core.Media) (*mediaBody, error) {
	if m.ID != "" {
		return &mediaBody{ID: m.ID}, nil
	}
	u, err := url.Parse(m.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return nil, core.Fail(core.BadMedia, buildOp, errors.New("file has neither an id nor a web address"))
	}
	return &mediaBody{Link: m.URL}, nil
}

func (p *payload) place(l *core.Location) error {
	if l == nil || l.Lat < -90 || l.Lat > 90 || l.Lon < -180 || l.Lon > 180 {
		return refuse(core.InvalidInput, "no place on earth")
	}
	p.Location = &placeBody{Latitude: l.Lat, Longitude: l.Lon, Name: l.Name, Address: l.Address}
	return nil
}
