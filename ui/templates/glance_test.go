package templates

import (
	"context"
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/library"
	"bottega/ui/frame"
	"bottega/ui/kit"
)

// hears hands a command's answer to the pane and returns what it says to it.
func (s *shop) hears(cmd tea.Cmd) tea.Msg {
	s.t.Helper()
	if cmd == nil {
		s.t.Fatal("nothing is asked")
	}
	_, cmd = s.Handle(cmd().(kit.To).Msg)
	if cmd == nil {
		return nil
	}
	return cmd()
}

// While another tab is in front the pane knows how templates stand and tells
// what the provider decides, and reads nothing else.
func TestGlance(t *testing.T) {
	s := newShop(t)
	work := s.Pane.t.Work.(*library.Service)
	opened := 0
	s.d.Glance = work.Glance
	s.d.Open = func(context.Context) (Tools, error) { opened++; return Tools{Work: work, Linter: work.Linter}, nil }
	s.Pane.t = Tools{}
	s.put("bread", "it", nil)
	wine := s.put("wine", "it", func(v *core.StoredTemplate) { v.State = core.TemplatePending })
	if said := s.hears(s.Init()); said != nil || s.Badge() != "" {
		t.Fatalf("at the start it says %v, badge %q", said, s.Badge())
	}
	wine.State = core.TemplateRejected
	if err := s.mem.Write(t.Context(), func(tx core.Tx) error { return tx.SaveTemplate(&wine) }); err != nil {
		t.Fatal(err)
	}
	said, ok := s.hears(s.Reload([]core.Change{{Kind: core.Templates}})).(frame.Toast)
	if !ok || !said.Bad || s.Badge() != "1" {
		t.Fatalf("a rejection says %+v, badge %q", said, s.Badge())
	}
	if opened != 0 || len(s.shelf.items) != 0 {
		t.Fatalf("read for nobody: %d tools, %d rows", opened, len(s.shelf.items))
	}
	s.hears(s.shown(true))
	if opened != 1 || s.names() != "wine bread" {
		t.Fatalf("in front: %d tools, %q", opened, s.names())
	}
	s.shown(false)
	if s.shown(true) != nil {
		t.Error("nothing changed and it is read again")
	}
	s.shown(false)
	s.hears(s.Reload([]core.Change{{Kind: core.Templates}}))
	if !s.stale || opened != 1 {
		t.Errorf("behind another tab: stale %v, tools %d", s.stale, opened)
	}
}

// What cannot be read is told, and the next glance goes on.
func TestGlanceFails(t *testing.T) {
	s := newShop(t)
	boom := core.Fail(core.Busy, "test", errors.New("locked"))
	s.d.Glance = func(context.Context) ([]library.Entry, error) { return nil, boom }
	if f, ok := s.hears(s.Init()).(frame.Failed); !ok || core.CodeOf(f.Err) != core.Busy {
		t.Fatalf("said %+v", f)
	}
	s.d.Glance = func(context.Context) ([]library.Entry, error) {
		return []library.Entry{{StoredTemplate: core.StoredTemplate{ID: 1, State: core.TemplatePaused}}}, nil
	}
	if said := s.hears(s.glance()); said != nil || s.Badge() != "1" {
		t.Fatalf("said %v, badge %q", said, s.Badge())
	}
}
