package library_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/library"
)

// TestFamily: rotation, and who stands in when one is paused (S-210).
func TestFamily(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	std, adv, emg := d.approved("shipped"), d.approved("shipped_soon"), d.approved("shipped_late")
	for id, role := range map[int64]core.TemplateRole{std.ID: core.RoleStandard, adv.ID: core.RoleAdvanced, emg.ID: core.RoleEmergency} {
		if err := d.SetFamily(ctx, id, "shipping", role); err != nil {
			t.Fatal(err)
		}
	}
	d.code(d.SetFamily(ctx, std.ID, "shipping", "captain"), core.InvalidInput)
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon)
	choose := func(name string) library.Choice {
		t.Helper()
		c, err := d.Choose(ctx, d.ch.ID, name, "it")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	counts := map[string]int{}
	for i := range 10 {
		c := choose("shipping")
		counts[c.Name]++
		d.clock = noon.Add(time.Duration(i) * time.Minute)
		d.sent(conv, c.Name, core.Sent, d.clock)
	}
	if counts["shipped"] != 5 || counts["shipped_soon"] != 5 || counts["shipped_late"] != 0 {
		t.Errorf("turns %v", counts)
	}
	if c := choose("shipped_late"); c.Name != "shipped_late" || c.Instead != nil {
		t.Errorf("by its own name: %+v", c)
	}
	pause := func(v core.StoredTemplate) {
		d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: "PAUSED", At: d.clock})
	}
	pause(std)
	if c := choose("shipped"); c.Name != "shipped_soon" || c.Instead == nil || c.Instead.ID != std.ID {
		t.Errorf("another of the family: %+v", c)
	}
	pause(adv)
	if c := choose("shipping"); c.Name != "shipped_late" {
		t.Errorf("the emergency: %s", c.Name)
	}
	pause(emg)
	_, err := d.Choose(ctx, d.ch.ID, "shipping", "it")
	if s := library.StoppedOf(err); core.CodeOf(err) != core.TemplateStopped || s == nil || s.Why != library.PausedThere {
		t.Errorf("%v", err)
	}
	if err := d.SetFamily(ctx, std.ID, "", core.RoleNone); err != nil {
		t.Fatal(err)
	}
	if v := d.version(std.ID); v.Family != "" || v.Role != core.RoleNone {
		t.Errorf("%+v", v)
	}
}

func TestChoose(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	v := d.approved("ready")
	german := form("ready")
	german.Language, german.Body = "de", "Guten Tag {{1}}, Ihre Bestellung liegt am Tresen bereit und wartet auf Sie."
	w := d.submit(d.draft(german).ID)
	d.draft(form("only_a_draft"))
	for name, tt := range map[string]struct {
		name, language string
		want           core.Code
	}{
		"nothing":           {"nothing", "", core.NotFound},
		"two languages":     {"ready", "", core.Conflict},
		"one of them":       {"ready", "it", ""},
		"other spelling":    {"ready", "IT", ""},
		"under review":      {"ready", "de", core.TemplateStopped},
		"a draft is no one": {"only_a_draft", "it", core.NotFound},
	} {
		c, err := d.Choose(ctx, d.ch.ID, tt.name, tt.language)
		if core.CodeOf(err) != tt.want || tt.want == "" && c.ID != v.ID {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		if _, err := d.Ready(ctx, d.ch.ID, tt.name, tt.language); tt.want != core.Conflict && core.CodeOf(err) != tt.want {
			t.Errorf("Ready, %s: %v", name, err)
		}
	}
	c, err := d.Choose(ctx, d.ch.ID, "ready", "it")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Fill(map[string]string{"1": "Marta"}); err != nil || got.Template.Name != "ready" || got.Text == "" {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = c.Fill(nil)
	d.code(err, core.ProviderRefused)
	if _, err := d.NewVersion(ctx, v.ID, "ana"); err != nil {
		t.Fatal(err)
	}
	if c, err := d.Choose(ctx, d.ch.ID, "ready", "it"); err != nil || c.ID != v.ID {
		t.Errorf("a draft of it took its place: %+v, %v", c, err)
	}
	_ = w
}
