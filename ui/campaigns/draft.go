package campaigns

import (
	"context"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/core/library"
	"bottega/core/segment"
	"bottega/core/template"
)

// draft is what a wizard holds, ready to be kept: in the store once it has a
// template, before that as a note of the agent's, which the next wizard goes on
// with.
type draft struct {
	c     campaign.Campaign
	agent string
}

// note is the name of the setting that keeps an agent's beginning.
func note(agent string) string { return "campaigns.begun." + agent }

// store keeps it and returns it as it is kept.
func (d draft) store(ctx context.Context, deps Deps) (campaign.Campaign, error) {
	if len(d.c.Templates) == 0 {
		return d.c, deps.Notes.SetSetting(ctx, note(d.agent), d.c)
	}
	if d.c.ID != 0 {
		return deps.Desk.Revise(ctx, d.c)
	}
	c, err := deps.Desk.Create(ctx, d.c)
	if err != nil {
		return d.c, err
	}
	return c, deps.Notes.SetSetting(ctx, note(d.agent), campaign.Campaign{})
}

// begun is what an agent began and left without a template; false for nothing.
func begun(ctx context.Context, deps Deps, agent string) (c campaign.Campaign, ok bool, err error) {
	known, err := deps.Notes.Setting(ctx, note(agent), &c)
	return c, known && !blank(&c), err
}

// world is what a campaign can be made of.
type world struct {
	channels []core.Channel
	forms    []core.StoredTemplate // those that may be sent, of all channels
	barred   []barred              // those that may not
	offers   []audience
	tags     []string
	fields   []string // of contacts, for variables
	schema   segment.Schema
}

// barred is a template that may not be sent now in any language.
type barred struct {
	*core.StoredTemplate
	why library.Stop
}

// audience is a saved segment or a tag that can be chosen.
type audience struct {
	name, expr string
	n          int
	tag        bool
}

func readWorld(ctx context.Context, d Deps) (*world, error) {
	w := &world{}
	var err error
	if w.channels, err = d.Channels.Channels(ctx); err != nil {
		return nil, err
	}
	forms, err := d.Forms.StoredTemplates(ctx, core.TemplateQuery{})
	if err != nil {
		return nil, err
	}
	for i := range forms {
		if f := &forms[i]; library.StopOf(f) == library.NotStopped && campaign.Sendable(&f.Template) && campaign.CategoryOf(f.Template) != ledger.Authentication { // a code is for who asked for it
			w.forms = append(w.forms, forms[i])
		}
	}
	w.bar(forms)
	segments, err := d.People.Segments(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range segments {
		w.offers = append(w.offers, audience{name: s.Name, expr: s.Expr, n: s.Count})
	}
	tags, err := d.People.Tags(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		w.tags = append(w.tags, t.Tag)
		w.offers = append(w.offers, audience{name: t.Tag, expr: tagExpr(t.Tag), n: t.Count, tag: true})
	}
	w.schema, err = d.People.Schema(ctx)
	own := map[string]bool{}
	for _, f := range (segment.Schema{}).Fields() {
		own[f.Name] = true
	}
	w.fields = []string{"name", "phone"}
	for _, f := range w.schema.Fields() {
		if !own[f.Name] {
			w.fields = append(w.fields, f.Name)
		}
	}
	return w, err
}

// bar lists the templates that the provider has and that may not be sent, each
// name once.
func (w *world) bar(forms []core.StoredTemplate) {
	for i := range forms {
		t := &forms[i]
		if !t.State.Submitted() || t.State == core.TemplateReplaced || t.State == core.TemplateGone || w.find(t.ChannelID, t.Name) != nil || w.form(t.ChannelID, t.Name) != nil {
			continue
		}
		why := library.StopOf(t)
		if why == library.NotStopped {
			why = library.NotApproved
		}
		w.barred = append(w.barred, barred{t, why})
	}
}

// form is a template that may not be sent, nil for another.
func (w *world) form(channel int64, name string) *core.StoredTemplate {
	for _, b := range w.barred {
		if b.ChannelID == channel && b.Name == name {
			return b.StoredTemplate
		}
	}
	return nil
}

// members are the known members of a set field, for completion.
func (w *world) members(field string) []string {
	if w == nil || field != segment.FieldTag {
		return nil
	}
	return w.tags
}

// tagExpr is the expression that picks a tag, in normal form.
func tagExpr(tag string) string {
	f, _ := segment.Schema{}.Field(segment.FieldTag)
	return segment.Query{Root: segment.Term{Field: f, Op: segment.Has, Text: tag}}.String()
}

// chance is a template that can be chosen: one name in all its languages.
type chance struct {
	name      string
	category  string
	languages []string
	forms     []*core.StoredTemplate
}

// chances are the templates of a channel by name.
func (w *world) chances(channel int64) []chance {
	by := map[string]*chance{}
	var names []string
	for i := range w.forms {
		t := &w.forms[i]
		if t.ChannelID != channel {
			continue
		}
		c := by[t.Name]
		if c == nil {
			c = &chance{name: t.Name, category: t.Category}
			by[t.Name] = c
			names = append(names, t.Name)
		}
		c.languages = append(c.languages, t.Language)
		c.forms = append(c.forms, t)
	}
	slices.Sort(names)
	out := make([]chance, len(names))
	for i, n := range names {
		slices.Sort(by[n].languages)
		out[i] = *by[n]
	}
	return out
}

// find is the template of a name, nil when the channel has none.
func (w *world) find(channel int64, name string) *chance {
	if w == nil {
		return nil
	}
	for _, c := range w.chances(channel) {
		if c.name == name {
			return &c
		}
	}
	return nil
}

// variables are what a template wants filled, by the names that
// campaign.Value knows, in the order of the text.
func (c *chance) variables() []string {
	var out []string
	for _, t := range c.forms {
		for _, v := range template.Variables(t.Header.Text) {
			if !t.NamedVars {
				v = "header." + v
			}
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		for _, v := range template.Variables(t.Body) {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// fill puts what a campaign says into a template's samples, for a picture.
func fill(t core.Template, values []campaign.Value) template.Template {
	of := func(name, sample string) string {
		for _, v := range values {
			switch {
			case v.Variable != name:
			case v.Field == "" && v.Text != "":
				return v.Text
			case v.Field != "" && sample == "":
				return "‹" + v.Field + "›"
			}
		}
		return sample
	}
	sample := func(all []string, i int) string {
		if i < len(all) {
			return all[i]
		}
		return ""
	}
	out := t
	out.Samples, out.Header.Samples = nil, slices.Clone(t.Header.Samples)
	for i, v := range template.Names(t.Body) {
		out.Samples = append(out.Samples, of(v, sample(t.Samples, i)))
	}
	for i, v := range template.Names(t.Header.Text) {
		s := of("header."+v, sample(t.Header.Samples, i))
		if i < len(out.Header.Samples) {
			out.Header.Samples[i] = s
		} else {
			out.Header.Samples = append(out.Header.Samples, s)
		}
	}
	return template.Of(out)
}

// both puts who and who not together in one expression.
func both(who, not string) string {
	switch who, not = strings.TrimSpace(who), strings.TrimSpace(not); {
	case not == "":
		return who
	case who == "":
		return "not (" + not + ")"
	}
	return "(" + who + ") and not (" + not + ")"
}
