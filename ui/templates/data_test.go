package templates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bottega/assets"
	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/theme"
)

// shop is a pane on a library in memory.
type shop struct {
	*Pane
	t   *testing.T
	mem *coretest.Mem
	ch  core.Channel
}

func newShop(t *testing.T) *shop {
	t.Helper()
	cycle, err := library.LoadCycle(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{Pane: newPane(t, theme.Plain(), "en"), t: t, mem: coretest.New(core.NewFeed())}
	s.ch = s.mem.AddChannel(t, "shop")
	now := func() time.Time { return noon }
	s.Pane.t.Work = &library.Service{Store: s.mem, Read: s.mem, Channels: s.mem, Linter: theLinter(), Cycle: cycle, Rules: coretest.Rules, Now: now}
	s.Pane.t.Cycle = cycle
	s.d.Read, s.d.Channels = s.mem, s.mem
	return s
}

func (s *shop) put(name, language string, change func(*core.StoredTemplate)) core.StoredTemplate {
	s.t.Helper()
	v := core.StoredTemplate{ChannelID: s.ch.ID, Version: 1, State: core.TemplateApproved, ApprovedAt: noon.AddDate(0, 0, -1),
		Template: core.Template{ID: "p-" + name, Name: name, Language: language, Category: template.Utility, Body: "Buongiorno {{1}}, ecco " + name + " per lei in negozio.", Samples: []string{"Anna"}}}
	if change != nil {
		change(&v)
	}
	if err := s.mem.Write(s.t.Context(), func(tx core.Tx) error { return tx.SaveTemplate(&v) }); err != nil {
		s.t.Fatal(err)
	}
	return v
}

// loads runs the load that a command would, and takes its answer.
func (s *shop) loads() {
	s.t.Helper()
	cmd := s.load()
	if cmd == nil {
		s.t.Fatal("a load is under way")
	}
	s.Handle(cmd().(kit.To).Msg)
}

func (s *shop) names() string {
	var out []string
	for _, r := range s.list.Rows() {
		out = append(out, r.(row).it.Name)
	}
	return strings.Join(out, " ")
}

// The list is ordered by what asks for a hand, by name or by use, and keeps its
// cursor when it is loaded again.
func TestOrder(t *testing.T) {
	s := newShop(t)
	s.put("bread", "it", nil)
	s.put("apple", "it", nil)
	s.put("wine", "it", func(v *core.StoredTemplate) { v.State = core.TemplateRejected })
	s.put("oil", "it", func(v *core.StoredTemplate) { v.State, v.Template.ID = core.TemplateDraft, "" })
	s.put("salt", "it", func(v *core.StoredTemplate) { v.ApprovedAt = noon.AddDate(0, 0, -80) })
	s.loads()
	if got := s.names(); got != "wine salt oil apple bread" {
		t.Fatalf("by what is to do: %s", got)
	}
	s.list.Select(s.shelf.items[0].ID)
	at := s.chosen().Name
	s.stepOrder()
	if got := s.names(); got != "apple bread oil salt wine" || s.chosen().Name != at {
		t.Fatalf("by name: %s, cursor on %s", got, s.chosen().Name)
	}
	s.shelf.find(s.shelf.items[1].ID).Use.Sent = 9
	most := s.shelf.items[1].Name
	s.stepOrder()
	if got := s.names(); !strings.HasPrefix(got, most) {
		t.Fatalf("by use: %s, most sent %s", got, most)
	}
	s.put("aaa", "it", nil)
	s.stepOrder()
	s.loads()
	if s.chosen().Name != at {
		t.Fatalf("the cursor went from %s to %s", at, s.chosen().Name)
	}
}

// Names that are in use, or were until lately, are not taken again.
func TestFreeName(t *testing.T) {
	s := newShop(t)
	s.put("bread", "it", nil)
	s.put("bread_2", "it", nil)
	s.put("cake", "it", func(v *core.StoredTemplate) { v.State, v.DecidedAt = core.TemplateGone, noon.AddDate(0, 0, -3) })
	s.loads()
	for _, c := range []struct{ name, language, want string }{{"wine", "it", "wine"}, {"bread", "it", "bread_3"}, {"bread", "en", "bread"}, {"cake", "it", "cake_2"}} {
		if got := s.free(c.name, c.language); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.name, c.language, got, c.want)
		}
	}
}

// A new template is in the language that most of the shop's are in.
func TestLanguageOfNew(t *testing.T) {
	s := newShop(t)
	s.loads()
	if got := s.language(); got != "en" {
		t.Errorf("an empty library: %s", got)
	}
	s.put("a", "de", nil)
	s.put("b", "it", nil)
	s.put("c", "it", nil)
	s.loads()
	if got := s.language(); got != "it" {
		t.Errorf("most are in %s", got)
	}
}

// A load that fails is told, keeps what is there, and the next one goes on.
func TestLoadFails(t *testing.T) {
	s := newShop(t)
	s.put("bread", "it", nil)
	s.loads()
	boom := core.Fail(core.Busy, "test", errors.New("locked"))
	read := s.d.Read
	s.d.Read = broken{boom}
	_, cmd := s.Handle(s.load()().(kit.To).Msg)
	if f, ok := cmd().(frame.Failed); !ok || core.CodeOf(f.Err) != core.Busy {
		t.Fatalf("said %+v", f)
	}
	if s.names() != "bread" || s.err == nil {
		t.Fatalf("shows %q, %v", s.names(), s.err)
	}
	s.d.Read = read
	s.loads()
	if s.err != nil {
		t.Fatal(s.err)
	}
	empty := New(s.env, Deps{Open: func(context.Context) (Tools, error) { return Tools{}, boom }})
	empty.Handle(empty.shown(true)().(kit.To).Msg)
	if got := ansi.Strip(strings.Join(empty.Lines(80, 20), "\n")); !strings.Contains(got, "busy") && !strings.Contains(got, "program") {
		t.Errorf("an empty screen says\n%s", got)
	}
	if why := needWrite(empty); why == "" {
		t.Error("without its tools nothing can be changed")
	}
}

// broken is a store that cannot be read.
type broken struct{ err error }

func (b broken) StoredTemplates(context.Context, core.TemplateQuery) ([]core.StoredTemplate, error) {
	return nil, b.err
}
func (b broken) StoredTemplate(context.Context, int64) (core.StoredTemplate, error) {
	return core.StoredTemplate{}, b.err
}
func (b broken) TemplatePeople(context.Context, int64, string, string, time.Time) (int, int, error) {
	return 0, 0, b.err
}
func (b broken) TemplateUses(context.Context, core.UseQuery) ([]core.TemplateUse, int, error) {
	return nil, 0, b.err
}

// Only changes of templates are worth a load.
func TestReload(t *testing.T) {
	s := newShop(t)
	s.loads()
	if s.Reload([]core.Change{{Kind: core.Messages}, {Kind: core.Contacts}}) != nil {
		t.Error("a message is no template")
	}
	if s.Reload([]core.Change{{Kind: core.Messages}, {Kind: core.Templates}}) == nil {
		t.Error("a template changed")
	}
}

// A template's own versions are no duplicates of each other; another's text is.
func TestOwnVersionsAreNoDuplicates(t *testing.T) {
	s := newShop(t)
	one := s.put("bread", "it", nil)
	s.put("bread", "it", func(v *core.StoredTemplate) {
		v.Version, v.State, v.Template.ID = 2, core.TemplateDraft, one.Template.ID
	})
	s.loads()
	s.begin(s.shelf.items[slices.IndexFunc(s.shelf.items, func(it *item) bool { return it.Version == 2 })].StoredTemplate)
	has := func() bool {
		return slices.ContainsFunc(s.edit.e.Findings(), func(f template.Finding) bool { return f.Rule == "duplicate-template" })
	}
	if has() {
		t.Error("the next version is called a duplicate of the one in force")
	}
	s.edit, s.focus = nil, onList
	s.fresh(template.Of(one.Template), s.ch.ID)
	s.edit.stored.Name, s.edit.key = "other", ""
	s.edit.e.Set(template.Place{Part: template.PartName}, "other")
	if !has() {
		t.Error("a copy with the same text is no duplicate")
	}
}

// The shop's several numbers: a draft that has none asks for one when it is
// handed in.
func TestWhichNumber(t *testing.T) {
	s := newShop(t)
	second := s.mem.AddChannel(t, "second")
	s.loads()
	s.fresh(template.Template{Name: "new", Language: "it", Category: template.Utility, Body: "Il negozio apre alle nove da lunedì in poi."}, 0)
	if s.edit.stored.ChannelID != 0 {
		t.Fatal("with two numbers nobody knows which")
	}
	cmd := s.keep()
	s.Handle(cmd().(kit.To).Msg)
	dialog := s.confirmSubmit(s.edit.stored)().(frame.OpenDialog).Dialog
	if got := ansi.Strip(strings.Join(dialog.Lines(80, 20), "\n")); !strings.Contains(got, "second") || !strings.Contains(got, "Which number") {
		t.Fatalf("asks\n%s", got)
	}
	down, _ := keys.Press("down")
	dialog.Handle(down)
	enter, _ := keys.Press("enter")
	done, cmd := dialog.Handle(enter)
	if !done {
		t.Fatal("not chosen")
	}
	_, cmd = s.Handle(cmd().(kit.To).Msg)
	if s.edit.stored.ChannelID != second.ID {
		t.Fatalf("it is for %d, want %d", s.edit.stored.ChannelID, second.ID)
	}
	asked := false
	for _, c := range cmd().(tea.BatchMsg) {
		if m, ok := c().(frame.Confirm); ok {
			asked = strings.Contains(m.Title, "Submit new (it)?")
		}
	}
	if !asked {
		t.Error("then it asks whether to hand it in")
	}
}

// A family is drawn in the order of its roles, and the form puts into one.
func TestFamily(t *testing.T) {
	s := newShop(t)
	for i, role := range []core.TemplateRole{core.RoleEmergency, core.RoleStandard, core.RoleNone, core.RoleAdvanced} {
		s.put(fmt.Sprint("bread_", i), "it", func(v *core.StoredTemplate) { v.Family, v.Role = "bread", role })
	}
	s.put("bread_de", "de", func(v *core.StoredTemplate) { v.Family = "bread" })
	s.loads()
	var got []string
	for _, it := range inOrder(s.shelf.items[0]) {
		got = append(got, string(it.Role))
	}
	if want := []string{"standard", "advanced", "emergency", ""}; !slices.Equal(got, want) {
		t.Fatalf("roles %q, want %q", got, want)
	}
	d := s.kinDialog(s.shelf.items[0])
	for _, k := range []string{"ctrl+u", "b", "tab"} {
		m, _ := keys.Press(k)
		d.Handle(m)
	}
	if d.in.Value() != "bread" {
		t.Errorf("completed to %q", d.in.Value())
	}
	tab, _ := keys.Press("tab")
	if d.Handle(tab); d.in.Value() != "bread" {
		t.Errorf("the only family is followed by %q", d.in.Value())
	}
	up, _ := keys.Press("up")
	was := d.role
	for range roles {
		d.Handle(up)
	}
	if d.role != was {
		t.Errorf("round the roles: %s", d.role)
	}
	cut, _ := keys.Press("ctrl+u")
	d.Handle(cut)
	enter, _ := keys.Press("enter")
	_, cmd := d.Handle(enter)
	cmd()
	if v, err := s.mem.StoredTemplate(t.Context(), s.shelf.items[0].ID); err != nil || v.Family != "" || v.Role != core.RoleNone {
		t.Errorf("left %q %q, %v", v.Family, v.Role, err)
	}
}
