package twilio

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

// CreateTemplate makes a content and hands it in for review. A content that
// cannot be handed in is removed again. InvalidInput for one with named
// variables, which WhatsApp does not approve here, or without samples.
func (g *Gateway) CreateTemplate(ctx context.Context, t core.Template) (core.TemplateAnswer, error) {
	const op = "twilio.CreateTemplate"
	body, err := compose(t)
	if err != nil {
		return core.TemplateAnswer{}, core.Fail(core.InvalidInput, op, err)
	}
	a, err := g.postJSON(ctx, op, at(g.content, "v1", "Content"), body)
	if err != nil {
		return core.TemplateAnswer{}, err
	}
	var made struct {
		SID wire.Text `json:"sid"`
	}
	if wire.Lenient(a.Body, &made) != nil || !sid(string(made.SID), "HX") {
		return core.TemplateAnswer{}, core.Fail(core.Unreachable, op, &core.ProviderError{Code: "http_201", Class: core.ClassRetry, Message: "content made without an id"})
	}
	id := string(made.SID)
	a, err = g.postJSON(ctx, op, at(g.content, "v1", "Content", id, "ApprovalRequests", "whatsapp"), map[string]string{"name": t.Name, "category": t.Category})
	if err != nil {
		drop := wire.Call{Op: op, Method: http.MethodDelete, URL: at(g.content, "v1", "Content", id)}
		if _, derr := g.do(ctx, drop); derr != nil {
			g.line.Log.Warn("A content that was not handed in stays at the provider", "content", id, "code", core.CodeOf(derr))
		}
		return core.TemplateAnswer{}, err
	}
	var said approval
	if wire.Lenient(a.Body, &said) != nil {
		said = approval{Status: "received"} // taken, as the status says; the listing will tell the rest
	}
	return core.TemplateAnswer{ID: id, Status: status(string(said.Status)), Category: string(said.Category)}, nil
}

// EditTemplate is not offered: a content that was handed in cannot be changed,
// only replaced (bsp/twilio.md 4).
func (g *Gateway) EditTemplate(context.Context, core.Template) (core.TemplateAnswer, error) {
	return core.TemplateAnswer{}, core.Fail(core.Unsupported, "twilio.EditTemplate", nil)
}

// composer writes a template as one content: Twilio numbers the variables of
// all parts through, templates count them in each part.
type composer struct {
	samples map[string]string
}

func compose(t core.Template) (newContent, error) {
	switch {
	case t.Name == "" || t.Language == "" || t.Body == "":
		return newContent{}, errors.New("template without name, language or body")
	case t.NamedVars:
		return newContent{}, wire.Unfit("twilio.compose", wire.NamedVariables)
	}
	w := composer{samples: map[string]string{}}
	header, err1 := w.part(t.Header.Text, t.Header.Samples)
	body, err2 := w.part(t.Body, t.Samples)
	actions, err3 := w.actions(t.Buttons)
	if err := errors.Join(err1, err2, err3); err != nil {
		return newContent{}, err
	}
	p := map[string]any{"body": body}
	if len(actions) > 0 {
		p["actions"] = actions
	}
	kind := kindOf(t)
	if kind == "whatsapp/card" {
		if header != "" {
			p["header_text"] = header
		}
		if t.Footer != "" {
			p["footer"] = t.Footer
		}
		if t.Header.Format != "" && t.Header.Format != forms.HeaderText {
			if len(t.Header.Samples) == 0 || !wire.Link(t.Header.Samples[0]) {
				return newContent{}, wire.Unfit("twilio.compose", wire.SampleLink)
			}
			p["media"] = t.Header.Samples[:1]
		}
	}
	return newContent{Name: t.Name, Language: wire.Underscore(t.Language), Variables: w.samples, Types: map[string]any{kind: p}}, nil
}

// kindOf chooses the simplest of Twilio's types that holds all parts.
func kindOf(t core.Template) string {
	quick, call := 0, 0
	for _, b := range t.Buttons {
		if b.Type == forms.QuickReply {
			quick++
		} else {
			call++
		}
	}
	switch {
	case t.Header.Format != "" || t.Footer != "" || quick > 0 && call > 0:
		return "whatsapp/card"
	case quick > 0:
		return "twilio/quick-reply"
	case call > 0:
		return "twilio/call-to-action"
	}
	return "twilio/text"
}

// part numbers a part's variables on, and keeps their samples.
func (w *composer) part(s string, samples []string) (string, error) {
	names := forms.Placeholders(s)
	next := len(w.samples)
	var pairs []string
	for i, n := range names {
		if i >= len(samples) || strings.TrimSpace(samples[i]) == "" {
			return "", errors.New("no sample for variable " + n)
		}
		number := strconv.Itoa(next + i + 1)
		w.samples[number] = samples[i]
		pairs = append(pairs, "{{"+n+"}}", "{{"+number+"}}")
	}
	return strings.NewReplacer(pairs...).Replace(s), nil
}

func (w *composer) actions(bs []core.TemplateButtonDef) ([]map[string]any, error) {
	var out []map[string]any
	for i, b := range bs {
		a := map[string]any{"type": b.Type, "title": b.Text}
		switch b.Type {
		case forms.QuickReply:
			a["id"] = "b" + strconv.Itoa(i)
		case forms.URLButton:
			link, err := w.part(b.URL, []string{strings.TrimPrefix(b.Example, strings.SplitN(b.URL, "{{", 2)[0])})
			if err != nil {
				return nil, err
			}
			a["url"] = link
		case forms.CopyCode:
			a["title"], a["code"] = "", b.Example
		default:
			a["phone"] = b.Phone
		}
		if a["title"] == "" {
			delete(a, "title")
		}
		out = append(out, a)
	}
	return out, nil
}
