package sandbox

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"bottega/core"
)

// fields are the changes that were told, in order, by their field names.
func fields(t *testing.T, b *bench) (names []string, values []map[string]any) {
	t.Helper()
	for _, n := range b.notes() {
		var v map[string]any
		if err := json.Unmarshal(jsonOf(t, n.change.Value), &v); err != nil {
			t.Fatal(err)
		}
		names, values = append(names, n.change.Field), append(values, v)
	}
	return names, values
}

// TestDriftIsAnnounced: first that it will come, with the category of now
// under new_category, then that it came (bsp/meta.md 6.6).
func TestDriftIsAnnounced(t *testing.T) {
	b := start(t, nil)
	b.announceDrift()
	names, values := fields(t, b)
	if len(names) != 1 || names[0] != "template_category_update" || values[0]["new_category"] != "UTILITY" || values[0]["correct_category"] != "MARKETING" ||
		values[0]["category_update_timestamp"] == nil || values[0]["previous_category"] != nil {
		t.Fatalf("%v %v", names, values)
	}
	b.drain(3 * time.Minute)
	names, values = fields(t, b)
	last := values[len(values)-1]
	if len(names) < 1 || last["new_category"] != "MARKETING" || last["previous_category"] != "UTILITY" || last["correct_category"] != nil {
		t.Errorf("%v %v", names, last)
	}
	id := b.library.named("thank_you_gift", "it")
	if _, v := b.call("GET", "/v23.0/"+id+"?fields=category,previous_category,correct_category", ""); v["category"] != "MARKETING" || v["previous_category"] != "UTILITY" {
		t.Errorf("%v", v)
	}
	before := len(b.notes())
	b.announceDrift()
	b.drain(3 * time.Minute)
	if n := len(b.notes()); n > before {
		t.Errorf("%d notes of a second drift", n-before)
	}
}

// TestTired: a template that people like less is rated down and paused, and
// comes back by itself after three hours (P-52).
func TestTired(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	b.tire()
	names, values := fields(t, b)
	if len(names) != 2 || names[0] != "message_template_quality_update" || values[0]["new_quality_score"] != "RED" || values[0]["previous_quality_score"] != "YELLOW" ||
		values[1]["event"] != "PAUSED" || values[1]["other_info"].(map[string]any)["title"] != "FIRST_PAUSE" {
		t.Fatalf("%v %v", names, values)
	}
	news := `{"to":"+393205550102","type":"template","template":{"name":"oven_news","language":{"code":"it"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}}`
	if _, v := b.send(news); code(v) != 132015 {
		t.Errorf("paused: %v", v)
	}
	b.drain(3*time.Hour + time.Minute)
	if _, v := b.send(news); code(v) != 0 {
		t.Errorf("three hours later: %v", v)
	}
}

// TestReviewerDecides: the words of the reviewer that Options name.
func TestReviewerDecides(t *testing.T) {
	answers := map[string]string{}
	var seen core.Template
	b := start(t, func(o *Options) {
		o.Review = func(t core.Template) string { seen = t; return answers[t.Name] }
	})
	answers["threat"], answers["other_kind"], answers["other_kind_too"] = "ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INCORRECT_CATEGORY"
	for _, tt := range []struct{ name, category, status, reason, become string }{
		{"fine", "UTILITY", "APPROVED", "NONE", "UTILITY"},
		{"threat", "UTILITY", "REJECTED", "ABUSIVE_CONTENT", "UTILITY"},
		{"other_kind", "UTILITY", "APPROVED", "NONE", "MARKETING"},
		{"other_kind_too", "MARKETING", "REJECTED", "INCORRECT_CATEGORY", "MARKETING"},
	} {
		s, r, c := b.reviewed(template(tt.name, tt.category, "Il suo {{1}} numero "+tt.name+" è pronto al banco.", `["pane"]`))
		if s != tt.status || r != tt.reason || c != tt.become {
			t.Errorf("%s: %s %s %s", tt.name, s, r, c)
		}
	}
	want := core.Template{ID: seen.ID, Name: "other_kind_too", Language: "it", Category: "MARKETING", Body: "Il suo {{1}} numero other_kind_too è pronto al banco."}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("the reviewer read %+v", seen)
	}
}

// TestTemplateControl changes category and quality from outside.
func TestTemplateControl(t *testing.T) {
	b := start(t, nil)
	if status, v := b.call("POST", "/sandbox/template", `{"name":"order_ready","language":"it","category":"MARKETING","quality":"YELLOW"}`); status != 200 {
		t.Fatal(status, v)
	}
	names, _ := fields(t, b)
	if want := []string{"template_category_update", "message_template_quality_update"}; !reflect.DeepEqual(names, want) {
		t.Errorf("%v", names)
	}
	if status, _ := b.call("POST", "/sandbox/template", `{"id":"7","quality":"RED"}`); status != 400 {
		t.Errorf("of nothing: %d", status)
	}
}

// TestSeedsKeepTheirIDs: a simulator that starts again knows its templates by
// the ids they had, and goes on counting above them.
func TestSeedsKeepTheirIDs(t *testing.T) {
	stored := core.StoredTemplate{Template: core.Template{ID: "800000000000042", Name: "mine", Language: "it", Category: "UTILITY", Status: "APPROVED", Quality: "green",
		NamedVars: true, Header: core.TemplateHeader{Format: "TEXT", Text: "Ciao"}, Body: "Ciao {{nome}}, ecco.", Footer: "F",
		Buttons: []core.TemplateButtonDef{{Type: "QUICK_REPLY", Text: "Ok"}}}}
	b := start(t, func(o *Options) { o.World.Templates = append([]TemplateSeed{SeedOf(stored)}, o.World.Templates...) })
	got, ok := b.library.byID("800000000000042")
	if !ok || got.Name != "mine" || got.Quality != "GREEN" || got.Body() != stored.Body || got.ParameterFormat != "NAMED" || len(got.Components) != 4 {
		t.Errorf("%+v", got)
	}
	ids := map[string]bool{}
	for _, x := range b.library.list {
		if ids[x.ID] {
			t.Errorf("%s twice", x.ID)
		}
		ids[x.ID] = true
	}
}
