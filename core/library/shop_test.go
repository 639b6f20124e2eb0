package library_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/library"
	"bottega/core/template"
)

// noon is when the tests' shop begins.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// linter is read once: the rules take longer than most tests.
var linter = sync.OnceValues(func() (*template.Linter, error) { return template.NewLinter(assets.Rules()) })

// desk is a library on a store in memory with a provider that does as told.
type desk struct {
	*library.Service
	t     *testing.T
	mem   *coretest.Mem
	gw    *coretest.Gateway
	feed  *core.Feed
	ch    core.Channel
	clock time.Time
	deeds stops
}

// stops remembers what was stopped.
type stops []string

func (s *stops) Stopped(_ core.Tx, t core.StoredTemplate, why library.Stop) error {
	*s = append(*s, t.Name+" "+string(why))
	return nil
}

var everything = core.Capabilities{CreateTemplates: true, EditTemplates: true, DeleteTemplates: true}

func newDesk(t *testing.T) *desk {
	t.Helper()
	linter, err := linter()
	if err != nil {
		t.Fatal(err)
	}
	cycle, err := library.LoadCycle(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, feed: core.NewFeed(), gw: &coretest.Gateway{Caps: everything}, clock: noon}
	d.mem = coretest.New(d.feed)
	d.ch = d.mem.AddChannel(t, "shop")
	d.Service = &library.Service{Store: d.mem, Read: d.mem, Channels: d.mem, Gateways: d.gw, Linter: linter, Cycle: cycle, Rules: coretest.Rules,
		Now: func() time.Time { return d.clock }, Deeds: &d.deeds}
	return d
}

// form is a clean template.
func form(name string) template.Template {
	return template.Template{Name: name, Language: "it", Category: template.Utility, Body: "Buongiorno {{1}}, il suo ordine " + name + " è pronto al banco della bottega.",
		Samples: []string{"Marta"}, Sampled: true}
}

func (d *desk) draft(t template.Template) core.StoredTemplate {
	d.t.Helper()
	v, err := d.SaveDraft(d.t.Context(), library.Draft{Channel: d.ch.ID, Template: t, Agent: "ana"})
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

func (d *desk) submit(id int64) core.StoredTemplate {
	d.t.Helper()
	v, found, err := d.Submit(d.t.Context(), id, "ana")
	if err != nil {
		d.t.Fatalf("%v: %+v", err, found)
	}
	return v
}

// approved is a template in force.
func (d *desk) approved(name string) core.StoredTemplate {
	d.t.Helper()
	v := d.submit(d.draft(form(name)).ID)
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, Name: name, Language: "it", TemplateStatus: "APPROVED", At: d.clock})
	return d.version(v.ID)
}

func (d *desk) version(id int64) core.StoredTemplate {
	d.t.Helper()
	v, err := d.mem.StoredTemplate(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}

// hear applies a callback.
func (d *desk) hear(e core.Event) {
	d.t.Helper()
	if err := d.mem.Write(d.t.Context(), func(tx core.Tx) error { return library.Apply(tx, d.ch, &e, coretest.Rules(), d.clock, &d.deeds) }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) code(err error, want core.Code) {
	d.t.Helper()
	if core.CodeOf(err) != want {
		d.t.Errorf("%v, want %s", err, want)
	}
}

// because wants a refusal to say in its own words what cannot be done.
func (d *desk) because(err error, want string) {
	d.t.Helper()
	if pe := core.ProviderErrorOf(err); pe == nil || pe.Code != want {
		d.t.Errorf("%v, want %s", err, want)
	}
}

func (d *desk) standing(id int64, state core.TemplateState) core.StoredTemplate {
	d.t.Helper()
	v := d.version(id)
	if v.State != state {
		d.t.Errorf("%s version %d is %s, want %s", v.Name, v.Version, v.State, state)
	}
	return v
}

// errLost is an answer that got lost on its way back.
var errLost = core.Fail(core.OutcomeUnsure, "test", &core.ProviderError{Class: core.ClassRetry, Uncertain: true})

// errNo is a refusal.
var errNo = core.Fail(core.ProviderRefused, "test", &core.ProviderError{Code: "100/2388023", Class: core.ClassInvalid, Message: "locked"})

func (d *desk) refuse(what string, take bool, err error) {
	d.gw.Shelf.Refuse = func(w string, _ core.Template) (bool, error) {
		if w == what {
			return take, err
		}
		return true, nil
	}
}

func calls(d *desk, want ...string) {
	d.t.Helper()
	if got := d.gw.Shelf.Calls(); !slices.Equal(got, want) {
		d.t.Errorf("the provider was asked %q, want %q", got, want)
	}
}

// errBoom is an error that is no provider's.
var errBoom = errors.New("boom")

// queue puts a message in line that a template would send.
func (d *desk) queue(conv core.Conversation, name string) int64 {
	d.t.Helper()
	return d.mem.QueueContent(d.t, conv, core.Content{Type: core.TypeTemplate, Text: name, Template: &core.TemplateCall{Name: name, Language: "it"}}, noon, core.PriorityAuto).ID
}

func (d *desk) message(id int64) core.Message {
	d.t.Helper()
	for _, m := range d.mem.Messages() {
		if m.ID == id {
			return m
		}
	}
	d.t.Fatalf("no message %d", id)
	return core.Message{}
}
