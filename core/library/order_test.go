package library_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/library"
)

// TestAnyOrder lets people, callbacks and syncs come in any order: the library
// always agrees with itself, and after a sync with the provider.
func TestAnyOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := newDesk(t)
		ctx := t.Context()
		any := func() (core.StoredTemplate, bool) {
			all, err := d.mem.StoredTemplates(ctx, core.TemplateQuery{All: true})
			if err != nil {
				r.Fatal(err)
			}
			if len(all) == 0 {
				return core.StoredTemplate{}, false
			}
			return all[rapid.IntRange(0, len(all)-1).Draw(r, "which")], true
		}
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			d.clock = d.clock.Add(time.Duration(rapid.IntRange(0, 900).Draw(r, "seconds")) * time.Second)
			v, there := any()
			d.step(r, v, there)
			consistent(r, d)
		}
		d.clock = d.clock.Add(time.Hour)
		if _, err := d.Sync(ctx, d.ch.ID); err != nil {
			r.Fatal(err)
		}
		agrees(r, d)
	})
}

// step does one thing to the version v, or to what is not there yet. Refusals
// are part of the game, failures of ours are not.
func (d *desk) step(r *rapid.T, v core.StoredTemplate, there bool) {
	ctx := d.t.Context()
	drop := func(err error) {
		if c := core.CodeOf(err); err != nil && c == core.Internal {
			r.Fatal(err)
		}
	}
	switch step := rapid.SampledFrom([]string{"draft", "draft", "submit", "submit", "next", "delete", "sync", "hear", "hear", "provider", "lost"}).Draw(r, "step"); {
	case step == "draft":
		_, err := d.SaveDraft(ctx, library.Draft{Channel: d.ch.ID, Template: form(rapid.SampledFrom([]string{"a", "b"}).Draw(r, "name")), Agent: "ana"})
		drop(err)
	case !there:
	case step == "submit":
		_, _, err := d.Submit(ctx, v.ID, "ana")
		drop(err)
	case step == "lost":
		take := rapid.Bool().Draw(r, "take")
		d.gw.Shelf.Refuse = func(what string, _ core.Template) (bool, error) {
			if what == "list" {
				return true, nil
			}
			return take, errLost
		}
		_, _, err := d.Submit(ctx, v.ID, "ana")
		drop(err)
		d.gw.Shelf.Refuse = nil
	case step == "next":
		_, err := d.NewVersion(ctx, v.ID, "ana")
		drop(err)
	case step == "delete":
		drop(d.Delete(ctx, v.ID))
	case step == "sync":
		_, err := d.Sync(ctx, d.ch.ID)
		drop(err)
	default:
		status := rapid.SampledFrom([]string{"APPROVED", "REJECTED", "PAUSED", "PENDING", "DISABLED"}).Draw(r, "status")
		list, err := d.gw.Templates(ctx)
		if err != nil || len(list) == 0 {
			return
		}
		p := list[rapid.IntRange(0, len(list)-1).Draw(r, "provider's")]
		p.Status = status
		d.gw.Shelf.Put(p)
		if step == "hear" {
			at := d.clock.Add(-time.Duration(rapid.IntRange(0, 5).Draw(r, "late")) * time.Second)
			d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: p.ID, Name: p.Name, Language: p.Language, TemplateStatus: status, At: at})
		}
	}
}

// consistent: of one template at most one version is a draft, and at most one
// is what the provider holds or reviews, beside a submission that is open.
func consistent(r *rapid.T, d *desk) {
	all, err := d.mem.StoredTemplates(d.t.Context(), core.TemplateQuery{All: true})
	if err != nil {
		r.Fatal(err)
	}
	seen := map[string]int{}
	for _, t := range all {
		key := t.Name + " " + t.Language
		switch {
		case t.State == core.TemplateDraft:
			seen[key+" draft"]++
		case t.State == core.TemplateReplaced || t.State == core.TemplateGone:
		case t.State == core.TemplateSubmitted:
			seen[key+" open"]++
		default:
			seen[key+" there"]++
		}
		if k := fmt.Sprint(key, t.Version); seen[k] > 0 {
			r.Fatalf("version %s twice", k)
		} else {
			seen[k]++
		}
	}
	for k, n := range seen {
		if n > 1 {
			r.Fatalf("%d of %q: %+v", n, k, all)
		}
	}
}

// agrees: after a sync every template of the provider's has one version in the
// state that the provider tells, and no other version is thought to be there.
func agrees(r *rapid.T, d *desk) {
	list, err := d.gw.Templates(d.t.Context())
	if err != nil {
		r.Fatal(err)
	}
	all, err := d.mem.StoredTemplates(d.t.Context(), core.TemplateQuery{All: true})
	if err != nil {
		r.Fatal(err)
	}
	want := map[string]string{}
	for _, p := range list {
		want[p.ID] = p.Status
	}
	for _, t := range all {
		if t.State == core.TemplateDraft || t.State == core.TemplateReplaced || t.State == core.TemplateGone {
			continue
		}
		status, there := want[t.Template.ID]
		if t.State == core.TemplateSubmitted {
			continue // an edit whose answer was lost and whose text the list does not show
		}
		if !there || t.Status != status {
			r.Fatalf("%s version %d is %s, the provider says %q of %q", t.Name, t.Version, t.Status, status, t.Template.ID)
		}
		delete(want, t.Template.ID)
	}
}
