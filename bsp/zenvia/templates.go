package zenvia

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
	forms "bottega/core/template"
)

// Book remembers an account's templates between Gateways: Zenvia sends them by
// id only. Safe for concurrent use; the zero value is empty.
type Book struct {
	turn  sync.Mutex // one asks the provider at a time; what is known waits for nobody
	mu    sync.Mutex
	forms map[string]form // by name and language
	read  time.Time
}

// freshFor is how long the list is believed when it lacks something.
const freshFor = time.Minute

const (
	pageSize = 500 // Zenvia's own default
	maxPages = 20
)

func key(name, language string) string { return name + "\x00" + core.LanguageCode(language) }

// form is a template as Zenvia holds it (bsp/zenvia.md 4).
type form struct {
	ID         wire.Text `json:"id"`
	Name       wire.Text `json:"name"`
	Locale     wire.Text `json:"locale"`
	Category   wire.Text `json:"category"`
	Status     wire.Text `json:"status"`
	Quality    wire.Text `json:"qualityScore"`
	Sender     wire.Text `json:"senderId"`
	Components struct {
		Header  part `json:"header"`
		Body    part `json:"body"`
		Footer  part `json:"footer"`
		Buttons struct {
			Items []struct {
				Type  wire.Text `json:"type"`
				Text  wire.Text `json:"text"`
				URL   wire.Text `json:"url"`
				Phone wire.Text `json:"phoneNumber"`
			} `json:"items"`
		} `json:"buttons"`
	} `json:"components"`
}

type part struct {
	Type wire.Text `json:"type"`
	Text wire.Text `json:"text"`
}

// find returns a template from the book or the list.
func (g *Gateway) find(ctx context.Context, name, language string) (form, error) {
	k := key(name, language)
	if f, ok, _ := g.book.form(k, g.line.Now()); ok {
		return f, nil
	}
	g.book.turn.Lock()
	defer g.book.turn.Unlock()
	f, ok, fresh := g.book.form(k, g.line.Now()) // whoever had the turn before may have found it
	if !ok && !fresh {
		all, err := g.list(ctx, sendOp)
		if err != nil {
			return form{}, err
		}
		g.book.fill(all, g.line.Now())
		f, ok, _ = g.book.form(k, g.line.Now())
	}
	if !ok {
		return form{}, misfit("no template of this name in this language")
	}
	return f, nil
}

// form looks a template up, and says whether the list was read just now.
func (b *Book) form(k string, now time.Time) (f form, ok, fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f, ok = b.forms[k]
	age := now.Sub(b.read)
	return f, ok, b.forms != nil && age >= 0 && age < freshFor
}

func (b *Book) fill(all []form, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forms, b.read = map[string]form{}, now
	for _, f := range all {
		k := key(string(f.Name), string(f.Locale))
		if old, ok := b.forms[k]; !ok || old.Status != "APPROVED" {
			b.forms[k] = f
		}
	}
}

// misfit is a template that Zenvia would refuse, found before the network.
func misfit(words string) error {
	return core.Fail(core.ProviderRefused, sendOp, &core.ProviderError{Code: "VALIDATION_ERROR templateId", Class: core.ClassTemplate, Message: words})
}

// list reads all templates of the sender. Whether pages count from 0 or 1 the
// documents disagree, so a page is read until nothing new comes.
func (g *Gateway) list(ctx context.Context, op string) ([]form, error) {
	var all []form
	seen := map[wire.Text]bool{}
	q := url.Values{"channel": {"WHATSAPP"}, "size": {strconv.Itoa(pageSize)}}
	if g.number != "" {
		q.Set("senderId", digits(g.number))
	}
	for page := range maxPages {
		q.Set("page", strconv.Itoa(page))
		var got []form
		a, err := g.get(ctx, op, q, &got, "templates")
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, f := range got {
			if f.ID != "" && !seen[f.ID] {
				seen[f.ID] = true
				all = append(all, f)
				fresh++
			}
		}
		total, err := strconv.Atoi(a.Header.Get("X-Total"))
		if err == nil && len(all) >= total || len(got) < pageSize || fresh == 0 && page > 1 { // 0 and 1 may be the same page
			return all, nil
		}
	}
	return nil, core.Fail(core.ProviderRefused, op, &core.ProviderError{Class: core.ClassUnknown, Message: "the list of templates does not end"})
}

// fill gives each variable its value by its name; values without names go by
// the order in which the variables stand.
func (f *form) fill(t *core.TemplateCall) (templateContent, error) {
	out := templateContent{Type: "template", ID: string(f.ID), Fields: map[string]string{}}
	for _, values := range []map[string]string{t.HeaderNamed, t.Named} {
		for k, v := range values {
			out.Fields[k] = flat(v)
		}
	}
	header, body := forms.Placeholders(string(f.Components.Header.Text)), forms.Placeholders(string(f.Components.Body.Text))
	ok := put(out.Fields, header, t.Header) && put(out.Fields, body, t.Body) && t.HeaderLocation == nil
	if m := t.HeaderMedia; m != nil {
		name := map[wire.Text]string{"MEDIA_IMAGE": "imageUrl", "MEDIA_VIDEO": "videoUrl", "MEDIA_DOCUMENT": "documentUrl"}[f.Components.Header.Type]
		link := fileLink(m)
		ok = ok && name != "" && link != ""
		out.Fields[name] = link
	}
	for _, b := range t.Buttons {
		ok = f.button(out.Fields, b) && ok
	}
	for _, n := range append(header, body...) {
		_, given := out.Fields[n]
		ok = ok && given
	}
	if !ok {
		return templateContent{}, misfit("the values do not fit the template")
	}
	return out, nil
}

func put(fields map[string]string, names, values []string) bool {
	if len(values) == 0 {
		return true // named, or left to the check of all
	}
	if len(values) != len(names) {
		return false
	}
	for i, n := range names {
		fields[n] = flat(values[i])
	}
	return true
}

func (f *form) button(fields map[string]string, b core.TemplateButton) bool {
	switch b.SubType {
	case "copy_code":
		fields["code"] = b.Value
		return true
	case "quick_reply":
		return true // its payload is fixed
	}
	items := f.Components.Buttons.Items
	if b.Index < 0 || b.Index >= len(items) {
		return false
	}
	names := forms.Placeholders(string(items[b.Index].URL))
	return len(names) == 1 && put(fields, names, []string{b.Value})
}

// flat takes out the line breaks that WhatsApp refuses in a value.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// Templates reads all templates of the sender. Of one that was refused the
// reason is read as well. An error loses all of it: half a list would look
// like deleted templates.
func (g *Gateway) Templates(ctx context.Context) ([]core.Template, error) {
	const op = "zenvia.Templates"
	all, err := g.list(ctx, op)
	if err != nil {
		return nil, err
	}
	g.book.fill(all, g.line.Now())
	out := make([]core.Template, len(all))
	for i := range all {
		out[i] = all[i].template()
		if all[i].Status == "REJECTED" {
			if out[i].Reason, err = g.reason(ctx, op, string(all[i].ID)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// reason is what the reviewers said last.
func (g *Gateway) reason(ctx context.Context, op, id string) (string, error) {
	if !wire.ID(id) {
		return "", nil
	}
	var comments []struct {
		Role wire.Text `json:"role"`
		Text wire.Text `json:"text"`
	}
	_, err := g.get(ctx, op, nil, &comments, "templates", id, "comments")
	said := ""
	for _, c := range comments {
		if (c.Role == "REVIEWER" || c.Role == "WHATSAPP") && c.Text != "" {
			said = wire.Scrub(string(c.Text))
		}
	}
	return said, err
}

func (f *form) template() core.Template {
	c := &f.Components
	t := core.Template{ID: string(f.ID), Name: string(f.Name), Language: wire.Underscore(string(f.Locale)), Category: string(f.Category),
		Status: status(string(f.Status)), Quality: string(quality(string(f.Quality))), NamedVars: true, Body: string(c.Body.Text), Footer: string(c.Footer.Text)}
	switch {
	case strings.HasPrefix(string(c.Header.Type), "TEXT"):
		t.Header = core.TemplateHeader{Format: forms.HeaderText, Text: string(c.Header.Text)}
	case c.Header.Type != "":
		t.Header.Format = strings.TrimPrefix(string(c.Header.Type), "MEDIA_")
	}
	for _, b := range c.Buttons.Items {
		t.Buttons = append(t.Buttons, core.TemplateButtonDef{Type: string(b.Type), Text: string(b.Text), URL: string(b.URL), Phone: string(b.Phone)})
	}
	return t
}

// status is Zenvia's word as Meta itself writes it: both kinds of waiting are pending.
func status(s string) string {
	if strings.HasPrefix(s, "WAITING_") {
		return "PENDING"
	}
	return s
}

func quality(w string) core.Quality {
	switch q := core.Quality(strings.ToLower(w)); q {
	case core.QualityGreen, core.QualityYellow, core.QualityRed:
		return q
	}
	return core.QualityUnknown
}

// Health asks whether the token is good, and how Zenvia's own parts stand: of
// the number itself Zenvia tells nothing.
func (g *Gateway) Health(ctx context.Context) (core.Health, error) {
	const op = "zenvia.Health"
	var one []form
	if _, err := g.get(ctx, op, url.Values{"size": {"1"}}, &one, "templates"); err != nil {
		return core.Health{}, err
	}
	h := core.Health{Status: "CONNECTED", CanSend: "AVAILABLE", At: g.line.Now()}
	var groups []struct {
		Name   wire.Text `json:"name"`
		Status wire.Text `json:"status"`
	}
	if _, err := g.get(ctx, op, nil, &groups, "status-groups"); err != nil {
		g.line.Log.Info("How the provider's parts stand was not told", "code", core.CodeOf(err))
		return h, nil // the token is good, which is what was asked
	}
	for _, s := range groups {
		if !strings.Contains(strings.ToLower(string(s.Name)), "whatsapp") && s.Status != "DOWN" {
			continue
		}
		if s.Status == "DOWN" || s.Status == "WARNING" {
			h.CanSend = "LIMITED"
			h.Notes = append(h.Notes, wire.Scrub(string(s.Name)+": "+string(s.Status)))
		}
	}
	return h, nil
}

// DeleteTemplate removes one language of a template.
func (g *Gateway) DeleteTemplate(ctx context.Context, t core.Template) error {
	const op = "zenvia.DeleteTemplate"
	if !wire.ID(t.ID) {
		return core.Fail(core.InvalidInput, op, errors.New("no template id"))
	}
	_, err := g.do(ctx, request{op: op, method: http.MethodDelete, path: []string{"templates", t.ID}})
	return err
}
