package sandbox

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The sizes of bsp/meta.md 2.1, 2.2, in characters.
const (
	maxRef         = 512
	maxText        = 4096
	maxCaption     = 1024
	maxBodyText    = 1024
	maxFooter      = 60
	maxHeader      = 60
	maxButtons     = 3
	maxButtonTitle = 20
	maxButtonID    = 256
	maxSections    = 10
	maxRows        = 10
	maxRowTitle    = 24
	maxRowText     = 72
	maxRowID       = 200
)

func missing(param string) *apiError { return refuse(131008, "The parameter %s is required.", param) }

func tooLong(param string, limit int) *apiError {
	return refuse(100, "Param %s must be at most %d characters long.", param, limit)
}

func over(s string, n int) bool { return utf8.RuneCountInString(s) > n }

func (q *sendRequest) validRead() *apiError {
	switch {
	case q.Status != "read":
		return refuse(100, "Param status must be one of {READ}.")
	case !strings.HasPrefix(q.MessageID, "wamid.") || len(q.MessageID) > 512:
		return refuse(131009, "Param message_id is no valid message id.")
	case q.Typing != nil && q.Typing.Type != "text":
		return refuse(100, "Param typing_indicator['type'] must be one of {TEXT}.")
	}
	if by, ok := wamidBy(q.MessageID); ok && by == fromShop {
		return refuse(131009, "Only messages of the other side can be marked as read.")
	}
	return nil
}

func (q *sendRequest) validEnvelope() *apiError {
	switch {
	case q.RecipientType != "" && q.RecipientType != "individual" && q.RecipientType != "group":
		return refuse(100, "Param recipient_type must be one of {individual, group}.")
	case q.RecipientType == "group":
		return refuse(131051, "This number takes part in no group.")
	case q.To == "" && q.Recipient == "":
		return missing("to")
	case over(q.Ref, maxRef):
		return tooLong("biz_opaque_callback_data", maxRef)
	case q.Context != nil && !strings.HasPrefix(q.Context.MessageID, "wamid."):
		return refuse(131009, "Param context['message_id'] is no valid message id.")
	}
	return nil
}

// validContent checks that the part named by type is there and in order.
func (q *sendRequest) validContent() *apiError {
	switch q.Type {
	case "text":
		return q.validText()
	case "image", "video", "audio", "document", "sticker":
		return q.media().valid(q.Type)
	case "location":
		return q.Location.valid()
	case "contacts":
		return validCards(q.Contacts)
	case "reaction":
		if q.Reaction == nil {
			return missing("reaction")
		}
		if !strings.HasPrefix(q.Reaction.MessageID, "wamid.") {
			return refuse(131009, "Param reaction['message_id'] is no valid message id.")
		}
		if over(q.Reaction.Emoji, 16) {
			return refuse(131009, "Param reaction['emoji'] must be one emoji.")
		}
		return nil
	case "interactive":
		if q.Interactive == nil {
			return missing("interactive")
		}
		return q.Interactive.valid()
	case "template":
		return q.Template.valid()
	}
	return refuse(100, "Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got %q.", clip(q.Type, 32))
}

func (q *sendRequest) validText() *apiError {
	switch {
	case q.Text == nil:
		return missing("text")
	case q.Text.Body == "":
		return missing("text['body']")
	case over(q.Text.Body, maxText):
		return tooLong("text['body']", maxText)
	}
	return nil
}

// media is the file part that type names, nil for other types.
func (q *sendRequest) media() *mediaPart {
	switch q.Type {
	case "image":
		return q.Image
	case "video":
		return q.Video
	case "audio":
		return q.Audio
	case "document":
		return q.Document
	case "sticker":
		return q.Sticker
	}
	return nil
}

func (m *mediaPart) valid(kind string) *apiError {
	if m == nil {
		return missing(kind)
	}
	switch {
	case m.ID == "" && m.Link == "":
		return missing(kind + "['id'] or " + kind + "['link']")
	case m.ID != "" && m.Link != "":
		return refuse(100, "Only one of %s['id'] and %s['link'] may be given.", kind, kind)
	case m.Caption != "" && (kind == "audio" || kind == "sticker"):
		return refuse(100, "Unexpected key \"caption\" on param %q.", kind)
	case m.Filename != "" && kind != "document":
		return refuse(100, "Unexpected key \"filename\" on param %q.", kind)
	case over(m.Caption, maxCaption):
		return tooLong(kind+"['caption']", maxCaption)
	}
	if m.Link != "" {
		u, err := url.Parse(m.Link)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return refuse(100, "Param %s['link'] is not a valid URI.", kind)
		}
	}
	return nil
}

func (l *locationPart) valid() *apiError {
	switch {
	case l == nil:
		return missing("location")
	case l.Latitude == "" || l.Longitude == "":
		return missing("location['latitude'] and location['longitude']")
	case l.Latitude.float() < -90 || l.Latitude.float() > 90 || l.Longitude.float() < -180 || l.Longitude.float() > 180:
		return refuse(131009, "Param location is not on this planet.")
	}
	return nil
}

func validCards(cards []contactCard) *apiError {
	if len(cards) == 0 {
		return missing("contacts")
	}
	for _, c := range cards {
		var name struct {
			Formatted string `json:"formatted_name"`
		}
		if json.Unmarshal(c["name"], &name) != nil || name.Formatted == "" {
			return missing("contacts['name']['formatted_name']")
		}
	}
	return nil
}

func (i *interactivePart) valid() *apiError {
	switch {
	case i.Action == nil:
		return missing("interactive['action']")
	case i.Body == nil || i.Body.Text == "":
		return missing("interactive['body']['text']")
	case over(i.Body.Text, maxBodyText) && i.Type == "button":
		return tooLong("interactive['body']['text']", maxBodyText)
	case over(i.Body.Text, maxText):
		return tooLong("interactive['body']['text']", maxText)
	case i.Footer != nil && over(i.Footer.Text, maxFooter):
		return tooLong("interactive['footer']['text']", maxFooter)
	case i.Header != nil && i.Header.Type == "text" && (i.Header.Text == "" || over(i.Header.Text, maxHeader)):
		return tooLong("interactive['header']['text']", maxHeader)
	}
	switch i.Type {
	case "button":
		return validButtons(i.Action.Buttons)
	case "list":
		return i.Action.validList()
	case "cta_url", "location_request_message", "request_contact_info":
		want := map[string]string{"cta_url": "cta_url", "location_request_message": "send_location", "request_contact_info": "request_contact_info"}[i.Type]
		if i.Action.Name != want {
			return refuse(131009, "Param interactive['action']['name'] must be %s.", want)
		}
		return nil
	}
	return refuse(131009, "Param interactive['type'] %q is not supported.", clip(i.Type, 32))
}

func validButtons(bs []replyButton) *apiError {
	if len(bs) == 0 || len(bs) > maxButtons {
		return refuse(131009, "Interactive buttons must be 1 to %d.", maxButtons)
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range bs {
		switch {
		case b.Type != "reply":
			return refuse(131009, "Button type must be reply.")
		case b.Reply.ID == "" || len(b.Reply.ID) > maxButtonID || ids[b.Reply.ID]:
			return refuse(131009, "Button ids must be unique and 1 to %d characters long.", maxButtonID)
		case b.Reply.Title == "" || over(b.Reply.Title, maxButtonTitle) || titles[b.Reply.Title]:
			return refuse(131009, "Button titles must be unique and 1 to %d characters long.", maxButtonTitle)
		}
		ids[b.Reply.ID], titles[b.Reply.Title] = true, true
	}
	return nil
}

func (a *actionPart) validList() *apiError {
	if a.Button == "" || over(a.Button, maxButtonTitle) {
		return refuse(131009, "The list's button must be 1 to %d characters long.", maxButtonTitle)
	}
	if len(a.Sections) == 0 || len(a.Sections) > maxSections {
		return refuse(131009, "A list has 1 to %d sections.", maxSections)
	}
	rows, ids := 0, map[string]bool{}
	for _, s := range a.Sections {
		if len(a.Sections) > 1 && s.Title == "" || over(s.Title, maxRowTitle) {
			return refuse(131009, "Several sections need titles of at most %d characters.", maxRowTitle)
		}
		for _, r := range s.Rows {
			if r.ID == "" || len(r.ID) > maxRowID || ids[r.ID] || r.Title == "" || over(r.Title, maxRowTitle) || over(r.Description, maxRowText) {
				return refuse(131009, "A row needs a unique id of at most %d, a title of at most %d and a description of at most %d characters.", maxRowID, maxRowTitle, maxRowText)
			}
			ids[r.ID] = true
			rows++
		}
	}
	if rows == 0 || rows > maxRows {
		return refuse(131009, "A list has 1 to %d rows.", maxRows)
	}
	return nil
}

func (t *templateCall) valid() *apiError {
	switch {
	case t == nil:
		return missing("template")
	case t.Name == "":
		return missing("template['name']")
	case t.Language.Code == "":
		return missing("template['language']['code']")
	}
	for _, c := range t.Components {
		switch c.Type {
		case "header", "body", "button":
		default:
			return refuse(100, "Param template['components']['type'] must be one of {HEADER, BODY, BUTTON}.")
		}
	}
	return nil
}
