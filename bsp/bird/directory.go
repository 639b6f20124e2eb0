package bird

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// maxPages bounds a listing.
const maxPages = 100

// form is a template with its languages (bsp/bird.md 7).
type form struct {
	ID        wire.Text `json:"id"`
	Slug      wire.Text `json:"slug"`
	Category  wire.Text `json:"category"`
	Live      wire.Text `json:"live_version_id"`
	Pending   wire.Text `json:"pending_version_id"`
	Draft     wire.Text `json:"draft_version_id"`
	Languages map[string]struct {
		Status    wire.Text `json:"status"`
		Rejection struct {
			Reason wire.Text `json:"reason"`
		} `json:"rejection"`
	} `json:"languages"`
}

// language is the content of one language of a version.
type language struct {
	Category   wire.Text `json:"category"`
	Components []struct {
		Type    wire.Text `json:"type"`
		Format  wire.Text `json:"format"`
		Text    wire.Text `json:"text"`
		Buttons []struct {
			Type  wire.Text `json:"type"`
			Text  wire.Text `json:"text"`
			URL   wire.Text `json:"url"`
			Phone wire.Text `json:"phone_number"`
		} `json:"buttons"`
		Examples []struct {
			Name wire.Text `json:"name"`
		} `json:"example_parameters"`
	} `json:"components"`
	Quality struct {
		Score wire.Text `json:"current_score"`
	} `json:"quality"`
}

// Templates reads all templates of the workspace with the text of each of their
// languages. An error loses all of it: half a list would look like deleted
// templates.
func (g *Gateway) Templates(ctx context.Context) ([]core.Template, error) {
	const op = "bird.Templates"
	var out []core.Template
	q := url.Values{"limit": {pageSize}}
	for range maxPages {
		var page struct {
			Data []form    `json:"data"`
			Next wire.Text `json:"next_cursor"`
		}
		if err := g.get(ctx, op, q, &page, "whatsapp", "templates"); err != nil {
			return nil, err
		}
		for i := range page.Data {
			ts, err := g.languages(ctx, op, &page.Data[i])
			if err != nil {
				return nil, err
			}
			out = append(out, ts...)
		}
		if page.Next == "" || len(page.Data) == 0 {
			return out, nil
		}
		q.Set("starting_after", string(page.Next))
	}
	return nil, core.Fail(core.ProviderRefused, op, &core.ProviderError{Class: core.ClassUnknown, Message: "the list of templates does not end"})
}

// languages reads the text of each language from the newest version that has
// it, the one in service first.
func (g *Gateway) languages(ctx context.Context, op string, f *form) ([]core.Template, error) {
	version := string(f.Live)
	for _, v := range []wire.Text{f.Pending, f.Draft} {
		if version == "" {
			version = string(v)
		}
	}
	var out []core.Template
	for _, tag := range slices.Sorted(maps.Keys(f.Languages)) {
		state := f.Languages[tag]
		t := core.Template{ID: string(f.ID) + "/" + tag, Name: string(f.Slug), Language: wire.Underscore(tag), Category: strings.ToUpper(string(f.Category)),
			Status: strings.ToUpper(string(state.Status)), Reason: wire.Scrub(string(state.Rejection.Reason))}
		if wire.ID(version) && wire.ID(string(f.ID)) && wire.ID(tag) {
			var l language
			err := g.get(ctx, op, nil, &l, "whatsapp", "templates", string(f.ID), "versions", version, "languages", tag)
			if core.CodeOf(err) == core.ProviderRefused && core.ProviderErrorOf(err).Class == core.ClassInvalid {
				out = append(out, t) // this version does not have the language: its state is all there is
				continue
			}
			if err != nil {
				return nil, err
			}
			l.fill(&t)
		}
		out = append(out, t)
	}
	return out, nil
}

func (l *language) fill(t *core.Template) {
	if l.Category != "" {
		t.Category = strings.ToUpper(string(l.Category)) // Meta's, which is what is charged
	}
	t.Quality = string(quality(string(l.Quality.Score)))
	for _, c := range l.Components {
		for _, x := range c.Examples {
			t.NamedVars = t.NamedVars || x.Name != ""
		}
		switch strings.ToLower(string(c.Type)) {
		case "header":
			t.Header = core.TemplateHeader{Format: strings.ToUpper(string(c.Format)), Text: string(c.Text)}
		case "body":
			t.Body = string(c.Text)
		case "footer":
			t.Footer = string(c.Text)
		}
		for _, b := range c.Buttons {
			t.Buttons = append(t.Buttons, core.TemplateButtonDef{Type: strings.ToUpper(string(b.Type)), Text: string(b.Text), URL: string(b.URL), Phone: string(b.Phone)})
		}
	}
}

func quality(w string) core.Quality {
	switch q := core.Quality(strings.ToLower(w)); q {
	case core.QualityGreen, core.QualityYellow, core.QualityRed:
		return q
	}
	return core.QualityUnknown
}

// Health asks for the number's standing.
func (g *Gateway) Health(ctx context.Context) (core.Health, error) {
	const op = "bird.Health"
	var page struct {
		Data []struct {
			Phone   wire.Text `json:"phone_number"`
			Name    wire.Text `json:"name"`
			Status  wire.Text `json:"status"`
			Quality wire.Text `json:"quality_rating"`
			Limit   wire.Text `json:"messaging_limit"`
			Next    []struct {
				Description wire.Text `json:"description"`
			} `json:"next"`
		} `json:"data"`
	}
	q := url.Values{"limit": {pageSize}}
	if g.number != "" {
		q.Set("phone_number", string(g.number))
	}
	if err := g.get(ctx, op, q, &page, "whatsapp", "numbers"); err != nil {
		return core.Health{}, err
	}
	for _, n := range page.Data {
		if g.number != "" && core.Phone(n.Phone) != g.number {
			continue
		}
		h := core.Health{Quality: quality(string(n.Quality)), Limit: limit(string(n.Limit)), Status: strings.ToUpper(string(n.Status)), VerifiedName: string(n.Name), CanSend: "AVAILABLE", At: g.line.Now()}
		h.Number, _ = wire.Address(string(n.Phone))
		switch n.Status {
		case "connected":
		case "flagged", "rate_limited", "restricted":
			h.CanSend = "LIMITED"
		default:
			h.CanSend = "BLOCKED"
		}
		for _, s := range n.Next {
			h.Notes = append(h.Notes, wire.Scrub(string(s.Description)))
		}
		return h, nil
	}
	return core.Health{}, core.Fail(core.ProviderRefused, op, &core.ProviderError{Code: "WhatsAppSenderNotFound", Class: core.ClassPolicy, Message: "the number is not among those of this workspace"})
}

// limit reads tier_1k, tier_unlimited; 0 for another word.
func limit(w string) int {
	w = strings.TrimPrefix(strings.ToLower(w), "tier_")
	if w == "unlimited" {
		return -1
	}
	factor := 1
	if head, ok := strings.CutSuffix(w, "k"); ok {
		w, factor = head, 1000
	}
	n, err := strconv.Atoi(w)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n * factor
}

// Templates are written in Bird's dashboard only (bsp/bird.md 7).

// CreateTemplate is not offered.
func (g *Gateway) CreateTemplate(context.Context, core.Template) (core.TemplateAnswer, error) {
	return core.TemplateAnswer{}, core.Fail(core.Unsupported, "bird.CreateTemplate", nil)
}

// EditTemplate is not offered.
func (g *Gateway) EditTemplate(context.Context, core.Template) (core.TemplateAnswer, error) {
	return core.TemplateAnswer{}, core.Fail(core.Unsupported, "bird.EditTemplate", nil)
}

// DeleteTemplate is not offered.
func (g *Gateway) DeleteTemplate(context.Context, core.Template) error {
	return core.Fail(core.Unsupported, "bird.DeleteTemplate", nil)
}
