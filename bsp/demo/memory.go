package demo

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"bottega/bsp/sandbox"
	"bottega/core"
)

// remembered are the templates of the simulated account: those of the world,
// as the shop has come to know them, and those that it made itself. The
// simulator forgets with its process; the shop does not.
func remembered(ctx context.Context, store core.TemplateReader, channel int64, world []sandbox.TemplateSeed) ([]sandbox.TemplateSeed, error) {
	all, err := store.StoredTemplates(ctx, core.TemplateQuery{Channel: channel, All: true})
	if err != nil || channel == 0 {
		return world, err
	}
	known := map[string]core.StoredTemplate{}
	for _, t := range all { // newest version first: the older ones never stand again
		key := t.Name + " " + t.Language
		if _, have := known[key]; !have && t.State != core.TemplateDraft && t.State != core.TemplateReplaced && t.Template.ID != "" && t.Body != "" {
			known[key] = t
		}
	}
	var out []sandbox.TemplateSeed
	for _, s := range world {
		key := s.Name + " " + s.Language
		t, have := known[key]
		delete(known, key)
		switch {
		case !have:
			out = append(out, s)
		case t.State != core.TemplateGone:
			out = append(out, again(t, s))
		}
	}
	slices.SortFunc(all, func(a, b core.StoredTemplate) int { // as they were made: the simulator's pages go by id
		return cmp.Or(len(a.Template.ID)-len(b.Template.ID), strings.Compare(a.Template.ID, b.Template.ID))
	})
	for _, t := range all {
		if k, mine := known[t.Name+" "+t.Language]; mine && k.ID == t.ID && t.State != core.TemplateGone {
			out = append(out, sandbox.SeedOf(t))
		}
	}
	return out, nil
}

// again is a template of the world as the shop knows it. What the world alone
// knows, such as a one-time code's button, is kept while the text is the same.
func again(t core.StoredTemplate, s sandbox.TemplateSeed) sandbox.TemplateSeed {
	now := sandbox.SeedOf(t)
	if now.Body() == s.Body() {
		now.Components = s.Components
	}
	return now
}
