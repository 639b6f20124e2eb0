package campaigns

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/library"
	"bottega/ui/frame"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// What a campaign can be made of: templates that may be sent, by name, with all
// languages and all their variables.
func TestWorld(t *testing.T) {
	s := newShop(t, 10)
	other := s.forms[0]
	other.ChannelID, other.Name = 99, "elsewhere"
	paused := s.forms[0]
	paused.Name, paused.Status = "paused", "PAUSED"
	old := s.forms[0]
	old.Name, old.State = "old", core.TemplateReplaced
	headed := s.forms[0]
	headed.Name, headed.Header = "headed", core.TemplateHeader{Format: "TEXT", Text: "For {{1}}", Samples: []string{"you"}}
	named := s.forms[0]
	named.Name, named.NamedVars, named.Body, named.Samples = "named", true, "Order {{order}} at {{hour}}, {{order}}", []string{"1042", "9:00"}
	held, drifted := s.forms[0], s.forms[0]
	held.Name, held.State, held.Status = "held", core.TemplatePending, "PENDING"
	drifted.Name, drifted.Drift = "drifted", "UTILITY"
	s.forms = append(s.forms, other, paused, old, headed, named, held, drifted)
	w, err := readWorld(context.Background(), deps(s))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range w.chances(s.channel.ID) {
		names = append(names, c.name)
	}
	if want := []string{"autumn", "autumn_short", "headed", "named", "order_ready"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	why := map[string]library.Stop{}
	for _, b := range w.barred {
		why[b.Name] = b.why
	}
	if want := (map[string]library.Stop{"paused": library.NotApproved, "held": library.NotApproved, "drifted": library.Drifted}); !maps.Equal(why, want) {
		t.Errorf("barred %v, want %v", why, want)
	}
	for name, want := range map[string][]string{"autumn": {"1", "2"}, "headed": {"header.1", "1", "2"}, "named": {"order", "hour"}, "order_ready": nil} {
		c := w.find(s.channel.ID, name)
		if c == nil || !slices.Equal(c.variables(), want) {
			t.Errorf("%s wants %v, want %v", name, c.variables(), want)
		}
	}
	if c := w.find(s.channel.ID, "autumn"); !slices.Equal(c.languages, []string{"en", "it"}) {
		t.Errorf("%v", c.languages)
	}
	if w.find(s.channel.ID, "elsewhere") != nil || (*world)(nil).find(1, "autumn") != nil {
		t.Error("a template of another number")
	}
	if !slices.Equal(w.fields, []string{"name", "phone", "shoe_size"}) {
		t.Errorf("fields %v", w.fields)
	}
	if !slices.Equal(w.members("tag"), []string{"torte", "vip"}) || w.members("lang") != nil || (*world)(nil).members("tag") != nil {
		t.Error("wrong members")
	}
}

// The picture shows what people will read.
func TestFill(t *testing.T) {
	form := core.Template{Header: core.TemplateHeader{Format: "TEXT", Text: "For {{1}}"}, Body: "Hi {{1}}, {{2}} and {{3}}", Samples: []string{"Maria"}}
	got := fill(form, []campaign.Value{{Variable: "1", Field: "name", Text: "friend"}, {Variable: "2", Field: "shoe_size"}, {Variable: "3", Text: "cake"}, {Variable: "header.1", Text: "you"}})
	if want := []string{"Maria", "‹shoe_size›", "cake"}; !slices.Equal(got.Samples, want) {
		t.Errorf("%q, want %q", got.Samples, want)
	}
	if len(got.Header.Samples) != 1 || got.Header.Samples[0] != "you" {
		t.Errorf("header %q", got.Header.Samples)
	}
	if len(form.Header.Samples) != 0 {
		t.Error("the template itself was changed")
	}
}

// A draft is kept where it belongs, and once.
func TestDraftIsStored(t *testing.T) {
	s, ctx := newShop(t, 3), context.Background()
	d := deps(s)
	if _, ok, err := begun(ctx, d, "ada"); ok || err != nil {
		t.Fatalf("something was begun: %v", err)
	}
	half := campaign.Campaign{Name: "Half", Schedule: campaign.Schedule{When: campaign.Now}}
	if c, err := (draft{half, "ada"}).store(ctx, d); err != nil || c.ID != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, ok, err := begun(ctx, d, "ada"); !ok || err != nil || c.Name != "Half" {
		t.Errorf("%+v, %v, %v", c, ok, err)
	}
	if _, ok, err := begun(ctx, d, "bea"); ok || err != nil {
		t.Errorf("another agent's beginning: %v", err)
	}
	c, err := (draft{s.draft("Whole"), "ada"}).store(ctx, d)
	if err != nil || c.ID == 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, ok, err := begun(ctx, d, "ada"); ok || err != nil {
		t.Errorf("the note stays behind its draft: %v", err)
	}
	c.Name = "Whole and changed"
	if c, err = (draft{c, "ada"}).store(ctx, d); err != nil || len(s.all()) != 1 || s.all()[0].Name != "Whole and changed" {
		t.Errorf("%+v, %v", c, err)
	}
	bad := s.draft("")
	if _, err := (draft{bad, "ada"}).store(ctx, d); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("without a name: %v", err)
	}
}

// Another number has other templates.
func TestWizardChangesTheNumber(t *testing.T) {
	play(t, setting{w: 100, h: 36, fill: func(s *shop) {
		ch, err := s.SaveChannel(context.Background(), core.Channel{Name: "second", Provider: core.Meta, Number: "+390551234568", State: core.Active})
		if err != nil {
			t.Fatal(err)
		}
		form := s.forms[0]
		form.ID, form.ChannelID, form.Name = 99, ch.ID, "theirs"
		s.forms = append(s.forms, form)
		s.make(s.draft("Autumn"))
	}}, func(s *uitest.Screen, st *scene) {
		s.Press("e")
		s.Sleep(time.Second)
		s.Want("Number", "shop")
		for range 7 {
			s.Press("down")
		}
		s.Press("enter")
		s.Type("sec")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("second")
		s.Press("ctrl+n")
		s.Want("choose a template…")
		s.Press("enter")
		s.Want("theirs")
		s.WantNot("order_ready")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Press("esc")
		s.Sleep(time.Second)
		if c := st.shop.all()[0]; c.ChannelID == st.shop.channel.ID || !slices.Equal(c.Templates, []string{"theirs"}) {
			t.Errorf("%+v", c)
		}
	})
}

// What is drawn again is read again only where it has changed.
func TestOnlyChangesAreRead(t *testing.T) {
	s := newShop(t, 60)
	lively(s)
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	before := s.reads()
	if len(p.items) != 3 || before != 2 { // a draft has no figures
		t.Fatalf("%d campaigns, %d reads", len(p.items), before)
	}
	id := s.all()[0].ID
	p.resting = false
	uitest.Play(t, p, p.Reload([]core.Change{{Kind: core.Campaigns, ID: id}}))
	if n := s.reads() - before; n != 1 {
		t.Errorf("one has changed, %d were read", n)
	}
	before = s.reads()
	p.resting = false
	uitest.Play(t, p, p.Reload([]core.Change{{Kind: core.Messages, ID: 1}, {Kind: core.Contacts}}))
	if n := s.reads() - before; n != 0 {
		t.Errorf("nothing of ours has changed, %d were read", n)
	}
	p.resting = false
	uitest.Play(t, p, p.Reload([]core.Change{{Kind: core.Campaigns}}))
	if n := s.reads() - before; n != 2 {
		t.Errorf("all may have changed, %d were read", n)
	}
}

// Nobody asks what a campaign has cost that never began.
func TestNothingIsSpentBeforeTheStart(t *testing.T) {
	s := newShop(t, 10)
	c := s.make(s.draft("Autumn"))
	if _, err := s.Cancel(context.Background(), c.ID); err != nil {
		t.Fatal(err)
	}
	p := newPane(t, s, theme.Dark(), "en")
	asked := 0
	p.d.Spent = func(context.Context, campaign.Campaign) ([]core.Money, error) { asked++; return nil, nil }
	show := func() {
		p.resting, p.all = false, true
		uitest.Play(t, p, p.refresh())
		_, cmd := p.Handle(frame.Shown{Front: true})
		uitest.Play(t, p, cmd)
	}
	show()
	if asked != 0 {
		t.Errorf("asked %d times for one that never began", asked)
	}
	s.run(s.draft("Winter"))
	show()
	p.list.Home()
	uitest.Play(t, p, p.dig())
	if asked == 0 {
		t.Error("not asked for one that runs")
	}
}
