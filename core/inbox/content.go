package inbox

import (
	"strings"
	"unicode/utf8"

	"bottega/core"
)

// CheckContent returns what an agent may send, brought into form: white space
// at the end of texts cut, text with buttons made interactive. Errors:
// EmptyMessage; TextTooLong over the platform's limits (bsp/meta.md 2.2);
// InvalidInput for parts that do not fit the type, or a type that agents
// cannot send.
func CheckContent(c core.Content, l core.Limits) (core.Content, error) {
	c.Text = strings.TrimRight(c.Text, " \t\r\n")
	if c.Type == "" {
		c.Type = core.TypeText
	}
	if c.Type == core.TypeText && len(c.Buttons) > 0 {
		c.Type = core.TypeInteractive
	}
	check := map[core.MessageType]func(*core.Content, core.Limits) error{
		core.TypeText: checkText, core.TypeInteractive: checkButtons, core.TypeTemplate: checkTemplate,
		core.TypeLocation: checkLocation, core.TypeImage: checkMedia, core.TypeVideo: checkMedia,
		core.TypeAudio: checkMedia, core.TypeDocument: checkMedia, core.TypeSticker: checkMedia,
	}[c.Type]
	if check == nil {
		return c, badInput("inbox.CheckContent", "agents cannot send %s", c.Type)
	}
	return c, check(&c, l)
}

const checkOp = "inbox.CheckContent"

func checkText(c *core.Content, l core.Limits) error {
	if strings.TrimSpace(c.Text) == "" {
		return core.Fail(core.EmptyMessage, checkOp, nil)
	}
	return checkLength(c.Text, l.Text)
}

func checkLength(text string, limit int) error {
	if utf8.RuneCountInString(text) > limit {
		return core.Fail(core.TextTooLong, checkOp, nil)
	}
	return nil
}

func checkButtons(c *core.Content, l core.Limits) error {
	if strings.TrimSpace(c.Text) == "" {
		return core.Fail(core.EmptyMessage, checkOp, nil)
	}
	if len(c.Buttons) == 0 || len(c.Buttons) > l.Buttons {
		return badInput(checkOp, "want 1 to %d buttons", l.Buttons)
	}
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range c.Buttons {
		switch {
		case b.ID == "" || b.Title == "" || ids[b.ID] || titles[b.Title]:
			return badInput(checkOp, "buttons need an id and a title, each once")
		case utf8.RuneCountInString(b.Title) > l.ButtonTitle, utf8.RuneCountInString(b.ID) > l.ButtonID:
			return core.Fail(core.TextTooLong, checkOp, nil)
		}
		ids[b.ID], titles[b.Title] = true, true
	}
	return checkLength(c.Text, l.Interactive)
}

func checkTemplate(c *core.Content, _ core.Limits) error {
	t := c.Template
	if t == nil || t.Name == "" || t.Language == "" {
		return badInput(checkOp, "a template needs name and language")
	}
	if len(t.Body) > 0 && len(t.Named) > 0 {
		return badInput(checkOp, "values are either named or in order")
	}
	headers := 0
	for _, has := range []bool{len(t.Header) > 0, len(t.HeaderNamed) > 0, t.HeaderMedia != nil, t.HeaderLocation != nil} {
		if has {
			headers++
		}
	}
	if headers > 1 {
		return badInput(checkOp, "a template has one header")
	}
	return nil
}

func checkLocation(c *core.Content, _ core.Limits) error {
	at := c.Location
	if at == nil || !(at.Lat >= -90 && at.Lat <= 90) || !(at.Lon >= -180 && at.Lon <= 180) {
		return badInput(checkOp, "not a place on earth")
	}
	return nil
}

// checkMedia wants one file; size and kind were checked when it was read.
func checkMedia(c *core.Content, l core.Limits) error {
	m := c.Media
	if m == nil || (m.ID == "" && m.URL == "" && m.Path == "") {
		return core.Fail(core.EmptyMessage, checkOp, nil)
	}
	caption := c.Text
	if caption == "" {
		caption = strings.TrimRight(m.Caption, " \t\r\n")
	}
	if caption != "" && (c.Type == core.TypeAudio || c.Type == core.TypeSticker) {
		return badInput(checkOp, "%s has no caption", c.Type)
	}
	file := *m // the caller's stays as it is
	file.Caption = caption
	c.Text, c.Media = caption, &file
	return checkLength(caption, l.Caption)
}
