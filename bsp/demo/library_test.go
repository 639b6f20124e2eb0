package demo_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

// live lets the world go on: the simulator works, callbacks are read.
func (w world) live(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, job := range append(w.lines.Jobs(), w.shop.Run, w.far.Live) {
		wg.Go(func() {
			if err := job(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	return sync.OnceFunc(func() { cancel(); wg.Wait() })
}

// until waits for the library to change to what is wanted.
func (w world) until(t *testing.T, what string, ok func([]core.StoredTemplate) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	sub := w.shop.Feed.Subscribe(core.Templates)
	defer sub.Close()
	for {
		all, err := w.shop.StoredTemplates(ctx, core.TemplateQuery{})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if ok(all) {
			return
		}
		if _, err := sub.Next(ctx, 0); err != nil {
			t.Fatalf("%s never came: %+v", what, all)
		}
	}
}

func is(name, language string, ok func(core.StoredTemplate) bool) func([]core.StoredTemplate) bool {
	return func(all []core.StoredTemplate) bool {
		return slices.ContainsFunc(all, func(t core.StoredTemplate) bool { return t.Name == name && t.Language == language && ok(t) })
	}
}

func in(state core.TemplateState) func(core.StoredTemplate) bool {
	return func(t core.StoredTemplate) bool { return t.State == state }
}

// TestTemplatesLive: what is submitted is reviewed, what drifts and what is
// paused is told, and all of it comes by signed callbacks through the journal.
func TestTemplatesLive(t *testing.T) {
	dir := t.TempDir()
	w, shut := openWorld(t, dir, 20)
	defer shut()
	stop := w.live(t)
	defer stop()
	lib, err := w.lines.Library()
	if err != nil {
		t.Fatal(err)
	}
	w.until(t, "the provider's list", is("order_ready", "it", in(core.TemplateApproved)))
	ch, err := w.shop.ChannelByName(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	submit := func(tpl template.Template) core.StoredTemplate {
		t.Helper()
		v, err := lib.SaveDraft(t.Context(), library.Draft{Channel: ch.ID, Template: tpl, Agent: "lucia"})
		if err == nil {
			v, _, err = lib.Submit(t.Context(), v.ID, "lucia")
		}
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	mine := submit(template.Template{Name: "bread_kept", Language: "it", Category: template.Utility, Samples: []string{"Marta"}, Sampled: true,
		Body: "Buongiorno {{1}}, il pane che ha ordinato è pronto e l'aspetta al banco fino a sera."})
	w.until(t, "an approval", is("bread_kept", "it", in(core.TemplateApproved)))

	// lint's strict profile lets pass what the platform's reviewers do not
	bad := template.Template{Name: "kitchen", Language: "it", Category: template.Marketing, Body: "Ciao! Vieni a vedere la cucina nuova, idiota chi non passa. Rispondi STOP per non ricevere altro."}
	submit(bad)
	w.until(t, "a rejection", is("kitchen", "it", func(t core.StoredTemplate) bool {
		return t.State == core.TemplateRejected && t.Reason == "ABUSIVE_CONTENT"
	}))

	w.until(t, "an announced drift", is("thank_you_gift", "it", func(t core.StoredTemplate) bool { return t.Correct == "MARKETING" || t.Drift != "" }))
	w.until(t, "the drift", is("thank_you_gift", "it", func(t core.StoredTemplate) bool {
		return t.Category == template.Marketing && t.Drift == template.Utility && library.StopOf(&t) == library.Drifted
	}))
	w.until(t, "a pause", is("oven_news", "it", func(t core.StoredTemplate) bool { return t.State == core.TemplatePaused && t.Quality == "red" }))
	stop()
	shut()

	// the simulated account remembers over a restart
	w, shut = openWorld(t, dir, 20)
	defer shut()
	stop = w.live(t)
	defer stop()
	if lib, err = w.lines.Library(); err != nil {
		t.Fatal(err)
	}
	if n, err := lib.Sync(t.Context(), ch.ID); err != nil || n.Gone != 0 || n.New != 0 {
		t.Errorf("after a restart: %+v, %v", n, err)
	}
	if v, err := w.shop.StoredTemplate(t.Context(), mine.ID); err != nil || v.State != core.TemplateApproved {
		t.Errorf("%+v, %v", v, err)
	}
}
