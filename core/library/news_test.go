package library_test

import (
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

// TestCallbacks: late, double, strange and unknown ones.
func TestCallbacks(t *testing.T) {
	d := newDesk(t)
	v := d.approved("ready")
	rev := v.Rev
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: "PENDING", At: noon.Add(-time.Hour)})
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: "APPROVED", At: noon})
	d.hear(core.Event{Kind: core.EvMessage, ID: "w1"})
	if v = d.standing(v.ID, core.TemplateApproved); v.Rev != rev {
		t.Error("old and double callbacks changed something")
	}
	d.hear(core.Event{Kind: core.EvTemplateQuality, Name: "ready", Language: "IT", Quality: core.QualityRed, At: noon})
	if v = d.version(v.ID); v.Quality != "red" {
		t.Errorf("quality %q", v.Quality)
	}
	d.hear(core.Event{Kind: core.EvTemplateQuality, TemplateID: v.Template.ID, Quality: core.QualityUnknown, At: noon})
	if v = d.version(v.ID); v.Quality != "" {
		t.Errorf("quality %q", v.Quality)
	}
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: "900", Name: "made_elsewhere", Language: "es-CO", TemplateStatus: "APPROVED", At: noon})
	d.hear(core.Event{Kind: core.EvTemplateQuality, TemplateID: "901", Name: "unheard", Language: "it", Quality: core.QualityRed, At: noon})
	all, err := d.mem.StoredTemplates(t.Context(), core.TemplateQuery{Words: "made_elsewhere"})
	if err != nil || len(all) != 1 || all[0].State != core.TemplateApproved || all[0].Language != "es_CO" || all[0].Body != "" {
		t.Errorf("%+v, %v", all, err)
	}
	if all, _ := d.mem.StoredTemplates(t.Context(), core.TemplateQuery{Words: "unheard"}); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	d.gw.Shelf.Put(core.Template{ID: "900", Name: "made_elsewhere", Language: "es_CO", Category: "UTILITY", Status: "APPROVED", Body: "Hola"})
	d.gw.Shelf.Put(core.Template{ID: v.Template.ID, Name: "ready", Language: "it", Category: "UTILITY", Status: "APPROVED", Body: v.Body})
	if _, err := d.Sync(t.Context(), d.ch.ID); err != nil {
		t.Fatal(err)
	}
	if got := d.version(all[0].ID); got.Body != "Hola" || got.Category != "UTILITY" {
		t.Errorf("%+v", got)
	}
}

func TestSync(t *testing.T) {
	d := newDesk(t)
	known := d.approved("ready")
	d.clock = noon.Add(time.Hour)
	changed := core.Template{ID: known.Template.ID, Name: "ready", Language: "it", Category: "UTILITY", Status: "PAUSED", Quality: "red", Body: "Changed at the provider, {{1}}, by hand."}
	d.gw.Shelf.Put(changed)
	d.gw.Shelf.Put(core.Template{ID: "50", Name: "theirs", Language: "pt-BR", Category: "MARKETING", Status: "REJECTED", Reason: "PROMOTIONAL", Body: "Olá"})
	d.gw.Shelf.Put(core.Template{ID: "51"}) // what nobody could name
	n, err := d.Sync(t.Context(), 0)
	if err != nil || n.Total != 3 || n.New != 1 || n.Changed == 0 || n.Gone != 0 {
		t.Errorf("%+v, %v", n, err)
	}
	v := d.standing(known.ID, core.TemplatePaused)
	if v.Body != changed.Body || v.Quality != "red" || len(v.Samples) != 1 {
		t.Errorf("%+v", v)
	}
	all, _ := d.mem.StoredTemplates(t.Context(), core.TemplateQuery{Name: "theirs"})
	if len(all) != 1 || all[0].State != core.TemplateRejected || all[0].Language != "pt_BR" || all[0].Reason != "PROMOTIONAL" || all[0].Author != "" {
		t.Errorf("%+v", all)
	}
	if n, err = d.Sync(t.Context(), 0); err != nil || n.New+n.Changed+n.Gone != 0 {
		t.Errorf("a second time: %+v, %v", n, err)
	}
	d.refuse("list", false, errNo)
	_, err = d.Sync(t.Context(), 0)
	d.code(err, core.ProviderRefused)
	d.standing(known.ID, core.TemplatePaused) // a list that failed deletes nothing

	d.gw.Shelf.Refuse = nil
	if err := d.gw.DeleteTemplate(t.Context(), core.Template{ID: "50"}); err != nil {
		t.Fatal(err)
	}
	if n, err = d.Sync(t.Context(), 0); err != nil || n.Gone != 1 {
		t.Errorf("%+v, %v", n, err)
	}
	d.standing(all[0].ID, core.TemplateGone)
}

// TestSyncTakesSamples: a template that was written elsewhere brings its samples,
// also to a library that took it before samples were told; ours stay.
func TestSyncTakesSamples(t *testing.T) {
	d := newDesk(t)
	theirs := core.Template{ID: "60", Name: "theirs", Language: "it", Category: "UTILITY", Status: "APPROVED", Body: "Buongiorno {{1}}, il pane è pronto.",
		Header: core.TemplateHeader{Format: "TEXT", Text: "No {{1}}"}, Buttons: []core.TemplateButtonDef{{Type: "URL", Text: "Vai", URL: "https://x.example/{{1}}"}}}
	d.gw.Shelf.Put(theirs)
	sync := func() core.StoredTemplate {
		t.Helper()
		if _, err := d.Sync(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		all, err := d.mem.StoredTemplates(t.Context(), core.TemplateQuery{Name: "theirs"})
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		return all[0]
	}
	if v := sync(); len(v.Samples) != 0 {
		t.Fatalf("%+v", v)
	}
	theirs.Samples, theirs.Header.Samples, theirs.Buttons = []string{"Anna"}, []string{"77"}, []core.TemplateButtonDef{{Type: "URL", Text: "Vai", URL: "https://x.example/{{1}}", Example: "5"}}
	d.gw.Shelf.Put(theirs)
	v := sync()
	if !slices.Equal(v.Samples, []string{"Anna"}) || !slices.Equal(v.Header.Samples, []string{"77"}) || v.Buttons[0].Example != "5" {
		t.Errorf("%+v", v.Template)
	}
	theirs.Samples = []string{"Berta"}
	d.gw.Shelf.Put(theirs)
	if v = sync(); !slices.Equal(v.Samples, []string{"Anna"}) {
		t.Errorf("ours were lost: %q", v.Samples)
	}
	theirs.Body, theirs.Samples = "Buongiorno {{1}}, le torte sono pronte.", nil
	d.gw.Shelf.Put(theirs)
	if v = sync(); v.Body != theirs.Body || !slices.Equal(v.Samples, []string{"Anna"}) {
		t.Errorf("other words: %+v", v.Template)
	}
}

// TestTwins: of two entries of one name the living one counts, wherever it stands.
func TestTwins(t *testing.T) {
	d := newDesk(t)
	dead := core.Template{ID: "1", Name: "ready", Language: "it", Status: "PENDING_DELETION", Body: "old"}
	d.gw.Shelf.Put(dead)
	d.gw.Shelf.Put(core.Template{ID: "2", Name: "ready", Language: "it", Status: "APPROVED", Body: "new"})
	for range 2 {
		if _, err := d.Sync(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		all, err := d.mem.StoredTemplates(t.Context(), core.TemplateQuery{All: true})
		if err != nil || len(all) != 1 || all[0].Body != "new" || all[0].State != core.TemplateApproved {
			t.Errorf("%+v, %v", all, err)
		}
	}
}

func TestDelete(t *testing.T) {
	d := newDesk(t)
	v := d.approved("ready")
	next, err := d.NewVersion(t.Context(), v.ID, "ana")
	if err != nil {
		t.Fatal(err)
	}
	d.refuse("delete", false, errNo)
	d.code(d.Delete(t.Context(), v.ID), core.ProviderRefused)
	d.standing(v.ID, core.TemplateApproved)
	d.gw.Shelf.Refuse = nil
	d.gw.Caps.DeleteTemplates = false
	err = d.Delete(t.Context(), v.ID)
	d.code(err, core.Unsupported)
	d.because(err, library.NoDelete)
	d.gw.Caps = everything
	if err := d.Delete(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	d.standing(v.ID, core.TemplateGone)
	d.standing(next.ID, core.TemplateDraft) // what is written is kept

	// its name is locked at the provider: a new one under it is warned of
	again := form("ready")
	again.Language = "de"
	again.Body = "Guten Tag {{1}}, Ihre Bestellung liegt am Tresen bereit und wartet auf Sie."
	found, err := d.Lint(t.Context(), d.draft(again))
	if err != nil || !has(found, "name-reuse-lock") {
		t.Errorf("%+v, %v", found, err)
	}
	d.code(d.Delete(t.Context(), 99), core.NotFound)
}

func has(found []template.Finding, rule template.Rule) bool {
	for _, f := range found {
		if f.Rule == rule {
			return true
		}
	}
	return false
}
