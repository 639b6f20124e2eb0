package cli

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/text"
)

// templateContent fills a template of the library, so that a wrong name,
// language or number of values, and a template that is stopped, are known
// before anything is queued. One that the library does not know may be new at
// the provider: then its list is read first.
func (a *app) templateContent(ctx context.Context, s *Shop, ch core.Channel, o sending) (core.Content, error) {
	vars := map[string]string{}
	for _, v := range o.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return core.Content{}, usage(text.UseVar, "Var", clip(v))
		}
		vars[name] = value
	}
	l, err := s.Library()
	if err != nil {
		return core.Content{}, err
	}
	t, err := l.Choose(ctx, ch.ID, o.template, o.language)
	if core.CodeOf(err) == core.NotFound {
		if _, err = l.Sync(ctx, ch.ID); err == nil {
			t, err = l.Choose(ctx, ch.ID, o.template, o.language)
		}
	}
	switch core.CodeOf(err) {
	case "":
		return a.instead(ctx, s, ch, &t, vars, o)
	case core.NotFound, core.Conflict:
		known, kerr := languagesOf(ctx, s, ch.ID, o.template)
		switch {
		case kerr != nil:
			return core.Content{}, kerr
		case core.CodeOf(err) == core.Conflict:
			return core.Content{}, usage(text.TemplateMany, "Name", clip(o.template), "Known", known)
		case known != "" && o.language != "":
			return core.Content{}, refuse(core.NotFound, text.TemplateLanguages, "Name", clip(o.template), "Language", clip(o.language), "Known", known)
		}
		return core.Content{}, refuse(core.NotFound, text.TemplateNone, "Name", clip(o.template))
	}
	return core.Content{}, err
}

// instead fills the template that is sent. Where another of the family is sent
// in place of the one named, values that it has no place for are left out: a
// stand-in that fails for a word too many stands in for nobody. People are
// told which one it is.
func (a *app) instead(ctx context.Context, s *Shop, ch core.Channel, t *library.Choice, vars map[string]string, o sending) (core.Content, error) {
	if t.Name != o.template {
		wants := template.Values(t.Template)
		maps.DeleteFunc(vars, func(name, _ string) bool { return !slices.Contains(wants, name) })
	}
	c, err := a.fill(ctx, s, ch, t, vars, o.header)
	if err != nil || t.Instead == nil || a.g.JSON {
		return c, err
	}
	return c, a.println(a.w.T(text.TemplateInstead, "Name", clip(o.template), "Why", a.w.Stopped(string(library.StopOf(t.Instead))), "Sent", clip(t.Name)))
}

// fill puts values into a template. The header's file may be one of this
// computer, which the provider is then given first.
func (a *app) fill(ctx context.Context, s *Shop, ch core.Channel, t *library.Choice, vars map[string]string, header string) (core.Content, error) {
	var file *core.Media
	if header != "" {
		vars[template.HeaderValue] = header
		want := template.HeaderKind(t.Header.Format)
		if _, err := os.Stat(header); want != "" && err == nil {
			kind, mime, err := judge(header)
			if err == nil && kind != want {
				err = core.Fail(core.BadMedia, "cli.fill", nil)
			}
			if err != nil {
				return core.Content{}, err
			}
			m, err := s.Upload(ctx, ch.ID, header, mime)
			if err != nil {
				return core.Content{}, err
			}
			file = &m
		}
	}
	c, err := t.Fill(vars)
	if err == nil && file != nil {
		c.Template.HeaderMedia = file
	}
	return c, misfit(&t.Template, vars, err)
}

// languagesOf lists the languages that a template was submitted in.
func languagesOf(ctx context.Context, s *Shop, channel int64, name string) (string, error) {
	all, err := s.Templates.StoredTemplates(ctx, core.TemplateQuery{Channel: channel, Name: name})
	return spokenBy(slices.DeleteFunc(all, func(t core.StoredTemplate) bool { return !t.State.Submitted() })), err
}

// spokenBy are the languages of some templates, each once, in words.
func spokenBy(all []core.StoredTemplate) string {
	var known []string
	for _, t := range all {
		if !slices.Contains(known, t.Language) {
			known = append(known, t.Language)
		}
	}
	return strings.Join(known, ", ")
}

// misfit says which values a template lacks, or which it has no place for.
func misfit(t *core.Template, given map[string]string, err error) error {
	if pe := core.ProviderErrorOf(err); pe == nil || pe.Class != core.ClassTemplate {
		return err
	}
	want, no := template.Values(*t), &refusal{code: core.ProviderRefused, err: err}
	var missing, extra []string
	for _, n := range want {
		if strings.TrimSpace(given[n]) == "" {
			missing = append(missing, n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(want, n) {
			extra = append(extra, clip(n))
		}
	}
	no.kv = []any{"Name", t.Name, "Missing", strings.Join(missing, ", "), "Extra", strings.Join(extra, ", "), "Known", strings.Join(want, ", ")}
	switch {
	case slices.Contains(missing, template.HeaderValue):
		no.key = text.TemplateAbove
	case len(missing) > 0:
		no.key = text.TemplateMissing
	case len(extra) > 0 && len(want) > 0:
		no.key = text.TemplateLeftOver
	case len(extra) > 0:
		no.key = text.TemplateNoValues
	default:
		return err // a place that is none, say
	}
	return no
}
