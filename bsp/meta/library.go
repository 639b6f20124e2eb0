package meta

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
	forms "bottega/core/template"
)

// newTemplate is the body of creating or editing a template (bsp/meta.md 4.1, 4.2).
type newTemplate struct {
	Name       string    `json:"name,omitempty"`
	Language   string    `json:"language,omitempty"`
	Category   string    `json:"category,omitempty"`
	Format     string    `json:"parameter_format,omitempty"`
	Components []newPart `json:"components"`
}

type newPart struct {
	Type    string      `json:"type"`
	Format  string      `json:"format,omitempty"`
	Text    string      `json:"text,omitempty"`
	Example *examples   `json:"example,omitempty"`
	Buttons []newButton `json:"buttons,omitempty"`
}

type examples struct {
	HeaderText   []string  `json:"header_text,omitempty"`
	HeaderNamed  []example `json:"header_text_named_params,omitempty"`
	HeaderHandle []string  `json:"header_handle,omitempty"`
	// BodyText is a list in a list: one set of values.
	BodyText  [][]string `json:"body_text,omitempty"`
	BodyNamed []example  `json:"body_text_named_params,omitempty"`
}

type example struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

type newButton struct {
	Type    string `json:"type"`
	Text    string `json:"text,omitempty"`
	URL     string `json:"url,omitempty"`
	Phone   string `json:"phone_number,omitempty"`
	Example any    `json:"example,omitempty"` // a list for URL, a text for COPY_CODE
}

// CreateTemplate hands a new template in for review. The category in the
// answer may not be the one asked for: Meta decides (bsp/meta.md 4.1).
// InvalidInput for one that cannot be written as Meta wants it.
func (g *Gateway) CreateTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	const op = "meta.CreateTemplate"
	if err := numeric(op, "account id", g.account.BusinessID); err != nil {
		return core.TemplateAnswer{}, err
	}
	body, err := compose(op, t)
	if err != nil {
		return core.TemplateAnswer{}, err
	}
	return g.handIn(ctx, op, g.account.BusinessID+"/message_templates", body)
}

// EditTemplate replaces the text of the template t.ID. An approved one keeps
// its category: Meta takes no other (P-17).
func (g *Gateway) EditTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	const op = "meta.EditTemplate"
	if err := numeric(op, "template id", t.ID); err != nil {
		return core.TemplateAnswer{}, err
	}
	body, err := compose(op, t)
	if err != nil {
		return core.TemplateAnswer{}, err
	}
	body.Name, body.Language, body.Format = "", "", ""
	if t.Status == "APPROVED" {
		body.Category = ""
	}
	a, err := g.handIn(ctx, op, t.ID, body)
	a.ID = t.ID // the answer to an edit names nothing
	return a, err
}

func (g *Gateway) handIn(ctx context.Context, op, path string, body newTemplate) (core.TemplateAnswer, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return core.TemplateAnswer{}, core.Fail(core.Internal, op, err)
	}
	b, err := g.do(ctx, call{op: op, method: http.MethodPost, path: path, send: true, subcode: true,
		body: bytes.NewReader(raw), length: int64(len(raw)), mimeType: "application/json"})
	if err != nil {
		return core.TemplateAnswer{}, err
	}
	var a struct {
		ID       text `json:"id"`
		Status   text `json:"status"`
		Category text `json:"category"`
	}
	if err := wire.Lenient(b, &a); err != nil { // taken, as the status says; the listing will tell the rest
		return core.TemplateAnswer{}, core.Fail(core.OutcomeUnsure, op, &core.ProviderError{Code: "http_200", Class: core.ClassUnknown, Message: "answer is not JSON", Uncertain: true})
	}
	return core.TemplateAnswer{ID: string(a.ID), Status: string(a.Status), Category: string(a.Category)}, nil
}

// DeleteTemplate removes one language; without the id Meta would remove every
// language of the name (bsp/meta.md 4.2).
func (g *Gateway) DeleteTemplate(ctx context.Context, t core.Template) error {
	const op = "meta.DeleteTemplate"
	if err := numeric(op, "account id", g.account.BusinessID); err != nil {
		return err
	}
	if err := numeric(op, "template id", t.ID); err != nil {
		return err
	}
	if t.Name == "" {
		return refuse(core.InvalidInput, "template without a name")
	}
	_, err := g.do(ctx, call{op: op, method: http.MethodDelete, subcode: true, path: g.account.BusinessID + "/message_templates",
		query: url.Values{"name": {t.Name}, "hsm_id": {t.ID}}})
	return err
}

// compose writes a template as Meta wants it, with a sample for each variable.
func compose(op string, t core.Template) (newTemplate, error) {
	if t.Name == "" || t.Language == "" || t.Body == "" {
		return newTemplate{}, refuse(core.InvalidInput, "template without name, language or body")
	}
	out := newTemplate{Name: t.Name, Language: underscore(text(t.Language)), Category: t.Category, Format: forms.Positional}
	if t.NamedVars {
		out.Format = forms.Named
	}
	if t.Header.Format != "" {
		h, err := header(t)
		if err != nil {
			return newTemplate{}, core.Fail(core.CodeOf(err), op, err)
		}
		out.Components = append(out.Components, h)
	}
	body := newPart{Type: "BODY", Text: t.Body}
	names, values, err := sampled("body", t.Body, t.Samples)
	if err != nil {
		return newTemplate{}, core.Fail(core.CodeOf(err), op, err)
	}
	if len(names) > 0 {
		body.Example = &examples{}
		if t.NamedVars {
			body.Example.BodyNamed = named(names, values)
		} else {
			body.Example.BodyText = [][]string{values}
		}
	}
	out.Components = append(out.Components, body)
	if t.Footer != "" {
		out.Components = append(out.Components, newPart{Type: "FOOTER", Text: t.Footer})
	}
	if len(t.Buttons) > 0 {
		out.Components = append(out.Components, newPart{Type: "BUTTONS", Buttons: newButtons(t.Buttons)})
	}
	return out, nil
}

func header(t core.Template) (newPart, error) {
	p := newPart{Type: "HEADER", Format: t.Header.Format}
	switch t.Header.Format {
	case forms.HeaderText:
		p.Text = t.Header.Text
		names, values, err := sampled("header", t.Header.Text, t.Header.Samples)
		if err != nil || len(names) == 0 {
			return p, err
		}
		p.Example = &examples{HeaderText: values}
		if t.NamedVars {
			p.Example = &examples{HeaderNamed: named(names, values)}
		}
	case "LOCATION":
	default:
		if len(t.Header.Samples) == 0 || t.Header.Samples[0] == "" {
			return p, refuse(core.InvalidInput, "a header with a file needs a sample file")
		}
		p.Example = &examples{HeaderHandle: t.Header.Samples[:1]}
	}
	return p, nil
}

// sampled are the variables of a text in the order of their samples; each needs one.
func sampled(where, s string, samples []string) (names, values []string, err error) {
	names = forms.Placeholders(s)
	for i, n := range names {
		if i >= len(samples) || strings.TrimSpace(samples[i]) == "" {
			return nil, nil, refuse(core.InvalidInput, "template %s: no sample for {{%s}}", where, n)
		}
	}
	if len(names) == 0 {
		return nil, nil, nil
	}
	return names, samples[:len(names)], nil
}

func named(names, values []string) []example {
	out := make([]example, len(names))
	for i, n := range names {
		out[i] = example{n, values[i]}
	}
	return out
}

func newButtons(bs []core.TemplateButtonDef) []newButton {
	out := make([]newButton, len(bs))
	for i, b := range bs {
		out[i] = newButton{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone}
		switch {
		case b.Type == forms.CopyCode:
			out[i].Text, out[i].Example = "", b.Example // its label is Meta's own
		case b.Type == forms.URLButton && len(forms.Placeholders(b.URL)) > 0:
			out[i].Example = []string{fullLink(b)}
		}
	}
	return out
}

// fullLink is the whole address that Meta wants as the example of a link.
func fullLink(b core.TemplateButtonDef) string {
	if strings.Contains(b.Example, "://") {
		return b.Example
	}
	return forms.Hydrate(b.URL, []string{b.Example})
}
