package bird

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// payload is the body of POST /v1/whatsapp/messages (bsp/bird.md 3). The server
// refuses keys that it does not know.
type payload struct {
	To          string       `json:"to"`
	From        string       `json:"from,omitempty"`
	Text        *textBody    `json:"text,omitempty"`
	Image       *mediaBody   `json:"image,omitempty"`
	Video       *mediaBody   `json:"video,omitempty"`
	Audio       *mediaBody   `json:"audio,omitempty"`
	Sticker     *mediaBody   `json:"sticker,omitempty"`
	Document    *mediaBody   `json:"document,omitempty"`
	Location    *placeBody   `json:"location,omitempty"`
	Interactive *interactive `json:"interactive,omitempty"`
	Template    *template    `json:"template,omitempty"`
	ReplyTo     string       `json:"in_reply_to_message_id,omitempty"`
	Tags        []tag        `json:"tags"`
	Metadata    metadata     `json:"metadata"`
}

type tag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// metadata comes back in every callback.
type metadata struct {
	Ref string `json:"local_id"`
}

type textBody struct {
	Body    string `json:"body"`
	Preview bool   `json:"preview_url"`
}

type mediaBody struct {
	URL      string `json:"url"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
}

type placeBody struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

type interactive struct {
	Type    string   `json:"type"`
	Body    string   `json:"body_text"`
	Buttons []button `json:"buttons"`
}

type button struct {
	Type  string `json:"type"`
	Reply reply  `json:"quick_reply"`
}

type reply struct {
	Slug string `json:"slug"`
	Text string `json:"text"`
}

type template struct {
	Slug       string      `json:"slug"`
	Language   string      `json:"language,omitempty"`
	Components []component `json:"components,omitempty"`
}

type component struct {
	Type       string      `json:"type"`
	Parameters []parameter `json:"parameters"`
}

type parameter struct {
	Type     string     `json:"type"`
	Name     string     `json:"name,omitempty"`
	Text     string     `json:"text,omitempty"`
	URL      string     `json:"url,omitempty"`
	Location *placeBody `json:"location,omitempty"`
}

// managed begins the slugs of Bird's own templates, which choose their sender.
const managed = "bird_"

// body turns a checked message into the request's body.
func (g *Gateway) body(m core.Outgoing) (*payload, error) {
	p := &payload{To: string(m.To), From: string(g.number), Tags: []tag{{refTag, tagValue(m.Ref)}}, Metadata: metadata{m.Ref}}
	if m.To == "" {
		p.To = m.ToUser
	}
	if m.Type != core.TypeTemplate && wire.ID(m.ReplyTo) {
		p.ReplyTo = m.ReplyTo
	}
	switch m.Type {
	case core.TypeTemplate:
		t, err := fill(m.Template)
		if err != nil {
			return nil, err
		}
		if p.Template = t; strings.HasPrefix(t.Slug, managed) {
			p.From = ""
			return p, nil
		}
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker:
		if err := p.file(m.Content); err != nil {
			return nil, err
		}
	case core.TypeLocation:
		l := m.Location
		p.Location = &placeBody{l.Lat, l.Lon, l.Name, l.Address}
	default:
		p.words(m.Content)
	}
	if !wire.E164(p.From) {
		return nil, core.Fail(core.InvalidInput, sendOp, errors.New("no number to send from"))
	}
	return p, nil
}

func (p *payload) words(c core.Content) {
	if len(c.Buttons) == 0 {
		p.Text = &textBody{Body: c.Text}
		return
	}
	p.Interactive = &interactive{Type: "button", Body: c.Text}
	for _, b := range c.Buttons {
		p.Interactive.Buttons = append(p.Interactive.Buttons, button{"quick_reply", reply{b.ID, b.Title}})
	}
}

func (p *payload) file(c core.Content) error {
	if !wire.Link(c.Media.URL) {
		return core.Fail(core.BadMedia, sendOp, errors.New("only a file with a public web address can be sent"))
	}
	b := &mediaBody{URL: c.Media.URL, Caption: wire.Caption(c)}
	switch c.Type {
	case core.TypeImage:
		p.Image = b
	case core.TypeVideo:
		p.Video = b
	case core.TypeAudio:
		b.Voice, p.Audio = c.Media.Voice, b
	case core.TypeSticker:
		p.Sticker = b
	case core.TypeDocument:
		b.Filename, p.Document = c.Media.Filename, b
	}
	return nil
}

// fill writes a template's values. Buttons that take none are left out: the
// server refuses a part that the template has no slot for.
func fill(t *core.TemplateCall) (*template, error) {
	out := &template{Slug: t.Name, Language: strings.ReplaceAll(t.Language, "_", "-")}
	header, err := headerValues(t)
	if err != nil {
		return nil, err
	}
	if len(header) > 0 {
		out.Components = append(out.Components, component{"header", header})
	}
	body := texts(t.Body)
	if len(t.Named) > 0 {
		body = named(t.Named)
	}
	if len(body) > 0 {
		out.Components = append(out.Components, component{"body", body})
	}
	for _, b := range t.Buttons {
		if b.SubType != "quick_reply" {
			out.Components = append(out.Components, component{"button", texts([]string{b.Value})})
		}
	}
	return out, nil
}

func headerValues(t *core.TemplateCall) ([]parameter, error) {
	switch {
	case t.HeaderLocation != nil:
		l := t.HeaderLocation
		return []parameter{{Type: "location", Location: &placeBody{l.Lat, l.Lon, l.Name, l.Address}}}, nil
	case t.HeaderMedia != nil:
		if !wire.Link(t.HeaderMedia.URL) {
			return nil, core.Fail(core.BadMedia, sendOp, errors.New("only a file with a public web address can be sent"))
		}
		family, _, _ := strings.Cut(t.HeaderMedia.MIME, "/")
		if family != "image" && family != "video" {
			family = "document"
		}
		return []parameter{{Type: family, URL: t.HeaderMedia.URL}}, nil
	case len(t.HeaderNamed) > 0:
		return named(t.HeaderNamed), nil
	}
	return texts(t.Header), nil
}

func texts(values []string) []parameter {
	var out []parameter
	for _, v := range values {
		out = append(out, parameter{Type: "text", Text: flat(v)})
	}
	return out
}

func named(values map[string]string) []parameter {
	var out []parameter
	for _, k := range slices.Sorted(maps.Keys(values)) {
		out = append(out, parameter{Type: "text", Name: k, Text: flat(values[k])})
	}
	return out
}

// flat takes out the line breaks that Meta refuses in a value.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }
