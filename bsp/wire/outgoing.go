package wire

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"bottega/core"
)

// Limits of one message; lengths in characters. Each adapter has its own in a
// file with source and date.
type Limits struct {
	Source      string `json:"source"`
	Date        string `json:"date"`
	Ref         int    `json:"ref"`
	Text        int    `json:"text"`
	Caption     int    `json:"caption"`
	Interactive int    `json:"interactive"`
	Buttons     int    `json:"buttons"`
	ButtonTitle int    `json:"button_title"`
	ButtonID    int    `json:"button_id"`
	SMS         int    `json:"sms,omitempty"` // of a plain text message; 0 where none can be sent
}

// CheckSMS finds what no provider would take as SMS: InvalidInput,
// EmptyMessage, TextTooLong, Unsupported.
func (l *Limits) CheckSMS(op string, m core.SMS) error {
	n := utf8.RuneCountInString(m.Text)
	switch {
	case l.SMS == 0:
		return core.Fail(core.Unsupported, op, errors.New("no SMS"))
	case m.Ref == "" || utf8.RuneCountInString(m.Ref) > l.Ref:
		return core.Fail(core.InvalidInput, op, fmt.Errorf("ref must have 1 to %d characters", l.Ref))
	case m.To == "":
		return core.Fail(core.NoRecipient, op, errors.New("no phone"))
	case !E164(string(m.To)):
		return core.Fail(core.InvalidInput, op, errors.New("recipient is not a number in E.164 form"))
	case strings.TrimSpace(m.Text) == "":
		return core.Fail(core.EmptyMessage, op, errors.New("no text"))
	case n > l.SMS:
		return core.Fail(core.TextTooLong, op, fmt.Errorf("text has %d characters, at most %d", n, l.SMS))
	}
	return nil
}

// Check finds what no provider would take before the network is touched:
// NoRecipient, EmptyMessage, TextTooLong, BadMedia, InvalidInput.
func (l *Limits) Check(op string, m core.Outgoing) error {
	bad := func(code core.Code, format string, args ...any) error {
		return core.Fail(code, op, fmt.Errorf(format, args...))
	}
	switch {
	case m.Ref == "" || utf8.RuneCountInString(m.Ref) > l.Ref:
		return bad(core.InvalidInput, "ref must have 1 to %d characters", l.Ref)
	case m.To != "" && !E164(string(m.To)):
		return bad(core.InvalidInput, "recipient is not a number in E.164 form")
	case m.To == "" && strings.TrimSpace(m.ToUser) == "":
		return bad(core.NoRecipient, "neither phone nor user id")
	case m.To == "" && !UserID(m.ToUser):
		return bad(core.InvalidInput, "user id has a strange form")
	}
	switch m.Type {
	case core.TypeText, core.TypeInteractive, "":
		return l.words(op, m.Content)
	case core.TypeImage, core.TypeVideo, core.TypeAudio, core.TypeDocument, core.TypeSticker:
		return l.file(op, m.Content)
	case core.TypeLocation:
		if p := m.Location; p == nil || !onEarth(p.Lat, p.Lon) {
			return bad(core.InvalidInput, "no place on earth")
		}
	case core.TypeReaction:
		if m.Reaction == nil || !ID(m.Reaction.Target) {
			return bad(core.InvalidInput, "reaction without a target")
		}
	case core.TypeTemplate:
		if m.Template == nil || m.Template.Name == "" || m.Template.Language == "" {
			return bad(core.InvalidInput, "template without name or language")
		}
	default:
		return bad(core.InvalidInput, "messages of type %s cannot be sent", m.Type)
	}
	return nil
}

// onEarth is false for no number at all, too.
func onEarth(lat, lon float64) bool { return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 }

func (l *Limits) words(op string, c core.Content) error {
	n := utf8.RuneCountInString(c.Text)
	switch {
	case strings.TrimSpace(c.Text) == "":
		return core.Fail(core.EmptyMessage, op, errors.New("no text"))
	case len(c.Buttons) == 0 && c.Type == core.TypeInteractive:
		return core.Fail(core.InvalidInput, op, errors.New("interactive message without buttons"))
	case len(c.Buttons) == 0 && n > l.Text:
		return core.Fail(core.TextTooLong, op, fmt.Errorf("text has %d characters, at most %d", n, l.Text))
	case len(c.Buttons) == 0:
		return nil
	case n > l.Interactive:
		return core.Fail(core.TextTooLong, op, fmt.Errorf("text above buttons has %d characters, at most %d", n, l.Interactive))
	case len(c.Buttons) > l.Buttons:
		return core.Fail(core.InvalidInput, op, fmt.Errorf("%d buttons, at most %d", len(c.Buttons), l.Buttons))
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for i, b := range c.Buttons {
		id, title := utf8.RuneCountInString(b.ID), utf8.RuneCountInString(b.Title)
		if id == 0 || id > l.ButtonID || strings.TrimSpace(b.Title) == "" || title > l.ButtonTitle || ids[b.ID] || titles[b.Title] {
			return core.Fail(core.InvalidInput, op, fmt.Errorf("button %d: id of 1 to %d and title of 1 to %d characters, each once", i, l.ButtonID, l.ButtonTitle))
		}
		ids[b.ID], titles[b.Title] = true, true
	}
	return nil
}

func (l *Limits) file(op string, c core.Content) error {
	if c.Media == nil || c.Media.ID == "" && c.Media.URL == "" {
		return core.Fail(core.EmptyMessage, op, errors.New("no file"))
	}
	n := utf8.RuneCountInString(Caption(c))
	if n > l.Caption {
		return core.Fail(core.TextTooLong, op, fmt.Errorf("caption has %d characters, at most %d", n, l.Caption))
	}
	if n > 0 && (c.Type == core.TypeAudio || c.Type == core.TypeSticker) {
		return core.Fail(core.InvalidInput, op, fmt.Errorf("%s takes no caption", c.Type))
	}
	return nil
}

// Caption of a file: its own, else the message's text.
func Caption(c core.Content) string {
	if c.Media != nil && c.Media.Caption != "" {
		return c.Media.Caption
	}
	return c.Text
}
