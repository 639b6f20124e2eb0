package twilio

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
	forms "bottega/core/template"
)

// content is one of Twilio's contents, read as a template: parts and approval.
type content struct {
	sid      string
	name     string // as approved by WhatsApp, else the friendly name
	friendly string
	language string
	status   string
	category string
	reason   string
	header   string
	media    string // address of the header's file, perhaps with a variable in it
	body     string
	footer   string
	buttons  []action
}

// action is a button of a content.
type action struct {
	Type  wire.Text `json:"type"`
	Title wire.Text `json:"title"`
	URL   wire.Text `json:"url"`
	Phone wire.Text `json:"phone"`
	Code  wire.Text `json:"code"`
	ID    wire.Text `json:"id"`
}

// approval is what WhatsApp says of a content.
type approval struct {
	Name     wire.Text `json:"name"`
	Category wire.Text `json:"category"`
	Status   wire.Text `json:"status"`
	Reason   wire.Text `json:"rejection_reason"`
}

// readContent reads one of ContentAndApprovals (bsp/twilio.md 4).
func readContent(raw json.RawMessage) (content, bool) {
	var n struct {
		SID       wire.Text       `json:"sid"`
		Friendly  wire.Text       `json:"friendly_name"`
		Language  wire.Text       `json:"language"`
		Types     json.RawMessage `json:"types"`
		Approvals json.RawMessage `json:"approval_requests"`
	}
	if wire.Lenient(raw, &n) != nil || n.SID == "" {
		return content{}, false
	}
	c := content{sid: string(n.SID), friendly: string(n.Friendly), language: wire.Underscore(string(n.Language))}
	a := readApproval(n.Approvals)
	c.name, c.category, c.reason = string(a.Name), string(a.Category), string(a.Reason)
	c.status = status(string(a.Status))
	if c.name == "" {
		c.name = c.friendly
	}
	for _, m := range wire.Members(n.Types) {
		c.parts(m.Value)
		break // a content has one type; further ones are for other channels
	}
	return c, true
}

// readApproval takes the three shapes in which approvals are seen: flat, keyed
// by channel, and empty before submission.
func readApproval(raw json.RawMessage) approval {
	var keyed struct {
		WhatsApp *approval `json:"whatsapp"`
	}
	if wire.Lenient(raw, &keyed) == nil && keyed.WhatsApp != nil {
		return *keyed.WhatsApp
	}
	var flat approval
	if wire.Lenient(raw, &flat) != nil {
		return approval{}
	}
	return flat
}

// status is WhatsApp's word as Meta itself writes it; one that was never handed
// in is DRAFT.
func status(s string) string {
	switch s {
	case "", "unsubmitted":
		return "DRAFT"
	case "received":
		return "PENDING"
	}
	return strings.ToUpper(s)
}

func (c *content) parts(raw json.RawMessage) {
	var p struct {
		Body     wire.Text `json:"body"`
		Header   wire.Text `json:"header_text"`
		Title    wire.Text `json:"title"` // of a card, which has no body
		Subtitle wire.Text `json:"subtitle"`
		Footer   wire.Text `json:"footer"`
		Media    wire.List `json:"media"`
		Actions  wire.List `json:"actions"`
	}
	if wire.Lenient(raw, &p) != nil {
		return
	}
	c.body, c.header, c.footer = string(p.Body), string(p.Header), string(p.Footer)
	if c.body == "" {
		c.body = string(p.Title)
	}
	if c.footer == "" {
		c.footer = string(p.Subtitle)
	}
	if len(p.Media) > 0 {
		var url wire.Text
		if wire.Lenient(p.Media[0], &url) == nil {
			c.media = string(url)
		}
	}
	for _, r := range p.Actions {
		var b action
		if wire.Lenient(r, &b) == nil {
			c.buttons = append(c.buttons, b)
		}
	}
}

func (c *content) template() core.Template {
	t := core.Template{ID: c.sid, Name: c.name, Language: c.language, Category: c.category, Status: c.status, Reason: c.reason,
		Body: c.body, Footer: c.footer}
	switch {
	case c.media != "":
		t.Header.Format = headerFormat(c.media)
	case c.header != "":
		t.Header = core.TemplateHeader{Format: forms.HeaderText, Text: c.header}
	}
	for _, b := range c.buttons {
		d := core.TemplateButtonDef{Type: string(b.Type), Text: string(b.Title), URL: string(b.URL), Phone: string(b.Phone)}
		t.Buttons = append(t.Buttons, d)
	}
	return t
}

// headerFormat judges a header's file by the end of its address, which is all
// that Twilio tells of it.
func headerFormat(link string) string {
	link, _, _ = strings.Cut(strings.ToLower(link), "?")
	switch {
	case strings.HasSuffix(link, ".mp4"), strings.HasSuffix(link, ".3gp"):
		return "VIDEO"
	case strings.HasSuffix(link, ".pdf"):
		return "DOCUMENT"
	}
	return "IMAGE"
}

// fill gives every variable its value. Twilio numbers header, body and links
// through; a call counts them in each part (bsp/twilio.md 13, trap 3).
func (c *content) fill(t *core.TemplateCall) (map[string]string, error) {
	vars := map[string]string{}
	for _, named := range []map[string]string{t.HeaderNamed, t.Named} {
		for k, v := range named {
			vars[k] = v
		}
	}
	ok := c.put(vars, c.header, t.Header) && (len(t.Named) > 0 || c.put(vars, c.body, t.Body))
	if t.HeaderLocation != nil {
		ok = false
	}
	if m := t.HeaderMedia; m != nil {
		ok = ok && putLink(vars, c.media, m.URL)
	}
	for _, b := range t.Buttons {
		ok = ok && c.putButton(vars, b)
	}
	for _, part := range []string{c.header, c.body, c.media} {
		for _, name := range forms.Placeholders(part) {
			_, given := vars[name]
			ok = ok && given
		}
	}
	if !ok {
		return nil, misfit("63028", "the values do not fit the template")
	}
	for k, v := range vars {
		vars[k] = strings.Join(strings.Fields(v), " ") // no line breaks, tabs or runs of spaces
	}
	return vars, nil
}

// misfit is a template that Twilio would refuse, found before the network.
func misfit(code, words string) error {
	return core.Fail(core.ProviderRefused, sendOp, &core.ProviderError{Code: code, Class: core.ClassTemplate, Message: words})
}

// put gives a part's variables the values in order of their numbers.
func (c *content) put(vars map[string]string, part string, values []string) bool {
	names := numbered(part)
	if len(names) != len(values) {
		return len(values) == 0 // named, or left to the check of all
	}
	for i, n := range names {
		vars[n] = values[i]
	}
	return true
}

// numbered are a part's variables, lowest number first.
func numbered(part string) []string {
	names := forms.Placeholders(part)
	slices.SortStableFunc(names, func(a, b string) int {
		x, err1 := strconv.Atoi(a)
		y, err2 := strconv.Atoi(b)
		if err1 != nil || err2 != nil {
			return 0 // names keep the order they stand in
		}
		return x - y
	})
	return names
}

// putLink gives the variable in an address what makes it the address wanted:
// WhatsApp takes one at its end only.
func putLink(vars map[string]string, link, want string) bool {
	names := forms.Placeholders(link)
	if len(names) != 1 {
		return link == want && link != ""
	}
	head, _, _ := strings.Cut(link, "{{")
	rest, ok := strings.CutPrefix(want, head)
	if ok {
		vars[names[0]] = rest
	}
	return ok && rest != ""
}

func (c *content) putButton(vars map[string]string, b core.TemplateButton) bool {
	if b.Index < 0 || b.Index >= len(c.buttons) {
		return false
	}
	def := c.buttons[b.Index]
	part := string(def.URL)
	switch b.SubType {
	case "copy_code":
		part = string(def.Code)
	case "quick_reply":
		part = string(def.ID)
	}
	names := forms.Placeholders(part)
	if len(names) == 0 {
		return b.SubType == "quick_reply" // its id is fixed; the tap comes back with it
	}
	vars[names[0]] = b.Value
	return true
}
