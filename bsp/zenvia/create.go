package zenvia

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
	forms "bottega/core/template"
)

// newForm is the body of POST and PATCH /templates (bsp/zenvia.md 4).
type newForm struct {
	Name       string            `json:"name,omitempty"`
	Locale     string            `json:"locale"`
	Channel    string            `json:"channel,omitempty"`
	Sender     string            `json:"senderId,omitempty"`
	Category   string            `json:"category"`
	Components newParts          `json:"components"`
	Examples   map[string]string `json:"examples"`
}

type newParts struct {
	Header  *newPart    `json:"header,omitempty"`
	Body    newPart     `json:"body"`
	Footer  *newPart    `json:"footer,omitempty"`
	Buttons *newButtons `json:"buttons,omitempty"`
}

type newPart struct {
	Type string `json:"type"`
	Text string `json:"text,omitempty"`
}

type newButtons struct {
	Type  string              `json:"type"`
	Items []map[string]string `json:"items"`
}

// CreateTemplate makes a template and hands it in for review at once: there
// are no drafts. InvalidInput for one without samples, or with parts that
// Zenvia does not know.
func (g *Gateway) CreateTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	const op = "zenvia.CreateTemplate"
	body, err := compose(t)
	if err != nil {
		return core.TemplateAnswer{}, core.Fail(core.InvalidInput, op, err)
	}
	body.Name, body.Channel, body.Sender = t.Name, "WHATSAPP", digits(g.number)
	// A template that was made twice is refused the second time: nothing is open.
	return g.handIn(ctx, request{op: op, method: http.MethodPost, path: []string{"templates"}, body: body})
}

// EditTemplate replaces the text of the template t.ID and hands it in again.
func (g *Gateway) EditTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	const op = "zenvia.EditTemplate"
	body, err := compose(t)
	if err == nil && !wire.ID(t.ID) {
		err = errors.New("no template id")
	}
	if err != nil {
		return core.TemplateAnswer{}, core.Fail(core.InvalidInput, op, err)
	}
	return g.handIn(ctx, request{op: op, method: http.MethodPatch, path: []string{"templates", t.ID}, body: body})
}

func (g *Gateway) handIn(ctx context.Context, r request) (core.TemplateAnswer, error) {
	a, err := g.do(ctx, r)
	if err != nil {
		return core.TemplateAnswer{}, err
	}
	var f form
	if wire.Lenient(a.Body, &f) != nil || f.ID == "" {
		return core.TemplateAnswer{}, core.Fail(core.Unreachable, r.op, &core.ProviderError{Code: "http_200", Class: core.ClassRetry, Message: "template answered without an id"})
	}
	return core.TemplateAnswer{ID: string(f.ID), Status: status(string(f.Status)), Category: string(f.Category)}, nil
}

// composer writes variables as names: Zenvia has no numbered ones.
type composer struct{ examples map[string]string }

func compose(t core.Template) (newForm, error) {
	if t.Name == "" || t.Language == "" || t.Body == "" {
		return newForm{}, errors.New("template without name, language or body")
	}
	w := composer{examples: map[string]string{}}
	out := newForm{Locale: wire.Underscore(t.Language), Category: t.Category, Examples: w.examples}
	header, err := w.header(t)
	if err != nil {
		return newForm{}, err
	}
	out.Components.Header = header
	if out.Components.Body, err = w.text("v", t.Body, t.Samples); err != nil {
		return newForm{}, err
	}
	if t.Footer != "" {
		out.Components.Footer = &newPart{"TEXT_FIXED", t.Footer}
	}
	out.Components.Buttons, err = w.buttons(t.Buttons)
	return out, err
}

func (w *composer) header(t core.Template) (*newPart, error) {
	switch t.Header.Format {
	case "":
		return nil, nil
	case forms.HeaderText:
		p, err := w.text("h", t.Header.Text, t.Header.Samples)
		return &p, err
	case "IMAGE", "VIDEO", "DOCUMENT":
		if len(t.Header.Samples) == 0 || !wire.Link(t.Header.Samples[0]) {
			return nil, wire.Unfit("zenvia.compose", wire.SampleLink)
		}
		w.examples[strings.ToLower(t.Header.Format)+"Url"] = t.Header.Samples[0]
		return &newPart{Type: "MEDIA_" + t.Header.Format}, nil
	}
	return nil, wire.Unfit("zenvia.compose", wire.HeaderKind)
}

// text names a part's numbered variables by a letter, and keeps the samples.
func (w *composer) text(letter, s string, samples []string) (newPart, error) {
	names := forms.Placeholders(s)
	if len(names) == 0 {
		return newPart{"TEXT_FIXED", s}, nil
	}
	var pairs []string
	for i, n := range names {
		if i >= len(samples) || strings.TrimSpace(samples[i]) == "" {
			return newPart{}, errors.New("no sample for variable " + n)
		}
		name := n
		if strings.Trim(n, "0123456789") == "" {
			name = letter + n
		}
		w.examples[name] = samples[i]
		pairs = append(pairs, "{{"+n+"}}", "{{"+name+"}}")
	}
	return newPart{"TEXT_TEMPLATE", strings.NewReplacer(pairs...).Replace(s)}, nil
}

func (w *composer) buttons(bs []core.TemplateButtonDef) (*newButtons, error) {
	if len(bs) == 0 {
		return nil, nil
	}
	out := &newButtons{Type: "ACTIONS"}
	if bs[0].Type == forms.QuickReply {
		out.Type = "QUICK_REPLIES"
	}
	for i, b := range bs {
		if quick := b.Type == forms.QuickReply; quick != (out.Type == "QUICK_REPLIES") {
			return nil, wire.Unfit("zenvia.compose", wire.MixedButtons)
		}
		item := map[string]string{"type": b.Type, "text": b.Text}
		switch b.Type {
		case forms.QuickReply:
			item["payload"] = "b" + strconv.Itoa(i)
		case forms.URLButton:
			p, err := w.text("u"+strconv.Itoa(i)+"_", b.URL, []string{strings.TrimPrefix(b.Example, strings.SplitN(b.URL, "{{", 2)[0])})
			if err != nil {
				return nil, err
			}
			item["url"] = p.Text
		case forms.CopyCode:
			delete(item, "text")
			w.examples["code"] = b.Example
		default:
			item["phoneNumber"] = b.Phone
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}
