package templates_test

import (
	"context"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	"bottega/core/coretest"
	queue "bottega/core/inbox"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/storage"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/templates"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

// start is a Tuesday afternoon in the shop.
var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

var linter = sync.OnceValue(func() *template.Linter {
	l, err := template.NewLinter(assets.Rules())
	if err != nil {
		panic(err)
	}
	return l
})

// stage is the real app with the real pane, service and store, on a fake
// clock and a fake provider.
type stage struct {
	t    testing.TB
	db   *storage.DB
	feed *core.Feed
	work *library.Service
	far  *coretest.Gateway
	pane *templates.Pane
	env  *frame.Env
	deps templates.Deps
	now  func() time.Time
}

// setting of a play; zero values are usual.
type setting struct {
	w, h  int
	lang  string
	theme string
	tune  func(*templates.Deps)
	fill  func(*stage)
}

func play(t *testing.T, o setting, script func(*uitest.Screen, *stage)) {
	t.Helper()
	dir := t.TempDir()
	st := &stage{t: t}
	uitest.Run(t, o.w, o.h, func(ctx context.Context) tea.Model { return st.build(ctx, dir, o) }, func(s *uitest.Screen) {
		defer func() {
			if err := st.db.Close(); err != nil {
				t.Error(err)
			}
		}()
		s.Sleep(time.Second)
		s.Press("3")
		script(s, st)
		s.Sleep(time.Second)
	})
}

func (st *stage) build(ctx context.Context, dir string, o setting) tea.Model {
	st.t.Helper()
	began := time.Now()
	st.now = func() time.Time { return start.Add(time.Since(began)) }
	st.feed = core.NewFeed()
	var err error
	if st.db, err = storage.Open(dir, st.feed, storage.Options{Now: st.now, Process: "p1"}); err != nil {
		st.t.Fatal(err)
	}
	rules, err := queue.LoadRules(assets.Rules())
	if err != nil {
		st.t.Fatal(err)
	}
	cycle, err := library.LoadCycle(assets.Rules())
	if err != nil {
		st.t.Fatal(err)
	}
	starter, err := template.Starter(assets.Templates())
	if err != nil {
		st.t.Fatal(err)
	}
	samples, err := templates.ReadSamples(assets.Templates())
	if err != nil {
		st.t.Fatal(err)
	}
	words, err := text.Load(o.lang)
	if err != nil {
		st.t.Fatal(err)
	}
	st.far = &coretest.Gateway{Now: st.now, Caps: core.Capabilities{CreateTemplates: true, EditTemplates: true, DeleteTemplates: true}}
	st.work = &library.Service{Store: st.db, Read: used{st.db}, Channels: st.db, Gateways: st.far, Linter: linter(), Cycle: cycle,
		Rules: func() core.Rules { return rules }, Now: st.now}
	st.env = &frame.Env{Ctx: ctx, Words: words, Now: st.now, Agent: "ada"}
	st.deps = templates.Deps{Read: st.db, Channels: st.db, Glance: st.work.Glance, Open: func(context.Context) (templates.Tools, error) {
		return templates.Tools{Work: st.work, Linter: linter(), Cycle: cycle, Starter: starter, Samples: samples}, nil
	}}
	if o.tune != nil {
		o.tune(&st.deps)
	}
	if _, err := st.db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, Number: "+390551234567", State: core.Active, CreatedAt: start}); err != nil {
		st.t.Fatal(err)
	}
	if o.fill != nil {
		o.fill(st)
	}
	st.pane = templates.New(st.env, st.deps)
	return ui.New(st.env, ui.Deps{Feed: st.feed, Theme: o.theme, Panes: map[string]frame.Pane{templates.Name: st.pane},
		Status: func(context.Context) ui.Status {
			return ui.Status{Shop: "Ferramenta Rossi", Receiver: ui.ReceiverLive, Demo: true}
		}})
}

// used is the store with figures of use that a test would have to send
// thousands of messages for.
type used struct{ *storage.DB }

func (u used) TemplateUses(context.Context, core.UseQuery) ([]core.TemplateUse, int, error) {
	return []core.TemplateUse{
		{ChannelID: 1, Name: "order_ready", Language: "it", Sent: 412, Delivered: 405, Read: 366, Replied: 93, Failed: 7},
		{ChannelID: 1, Name: "order_late", Language: "it", Sent: 12, Delivered: 12, Read: 11},
		{ChannelID: 1, Name: "order_shipped", Language: "ar", Sent: 38, Delivered: 37, Read: 20, Replied: 2, Failed: 1},
	}, 1480, nil
}

// write runs one transaction of the shop's life; a failure ends the test.
func (st *stage) write(fn func(core.Tx) error) {
	st.t.Helper()
	if err := st.db.Write(context.Background(), fn); err != nil {
		st.t.Fatal(err)
	}
}

// store puts a version into the library as it is.
func (st *stage) store(t core.StoredTemplate) core.StoredTemplate {
	st.t.Helper()
	if t.ChannelID == 0 {
		t.ChannelID = 1
	}
	if t.Version == 0 {
		t.Version = 1
	}
	if t.CreatedAt.IsZero() {
		t.CreatedAt = st.now().AddDate(0, 0, -100)
	}
	st.write(func(tx core.Tx) error {
		tx.Changed(core.Change{Kind: core.Templates, ID: t.ChannelID})
		return tx.SaveTemplate(&t)
	})
	return t
}

// all are the versions in the library.
func (st *stage) all() []core.StoredTemplate {
	st.t.Helper()
	ts, err := st.db.StoredTemplates(context.Background(), core.TemplateQuery{All: true})
	if err != nil {
		st.t.Fatal(err)
	}
	return ts
}

// only is the version with a name and number; the test fails without it.
func (st *stage) only(name string, version int) core.StoredTemplate {
	st.t.Helper()
	for _, t := range st.all() {
		if t.Name == name && t.Version == version {
			return t
		}
	}
	st.t.Fatalf("no version %d of %s", version, name)
	return core.StoredTemplate{}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// form is a template with the usual parts.
func form(name, language, category, body string, samples ...string) core.Template {
	return core.Template{Name: name, Language: language, Category: category, Body: body, Samples: samples}
}
