package inbox_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/consent"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/inbox"
	"bottega/ui/uitest"
)

var linter = sync.OnceValue(func() *template.Linter {
	l, err := template.NewLinter(assets.Rules())
	if err != nil {
		panic(err)
	}
	return l
})

// forms fills the shop with templates of each kind and lets the pane send them.
func forms(ledger []consent.Entry) (fill func(*stage), tune func(*inbox.Deps)) {
	fill = func(st *stage) {
		counter(st)
		put := func(state core.TemplateState, t core.Template) {
			st.write(func(tx core.Tx) error {
				t.ID = "p-" + t.Name
				return tx.SaveTemplate(&core.StoredTemplate{ChannelID: 1, Version: 1, State: state, Template: t, ApprovedAt: start, CreatedAt: start})
			})
		}
		put(core.TemplateApproved, core.Template{Name: "order_ready", Language: "it", Category: template.Utility, Header: core.TemplateHeader{Format: "TEXT", Text: "Ordine {{1}}", Samples: []string{"A-1"}},
			Body: "Buongiorno {{1}}, il suo ordine *{{2}}* è pronto.", Samples: []string{"Anna", "A-1042"}, Footer: "Ferramenta Rossi"})
		put(core.TemplateApproved, core.Template{Name: "autumn", Language: "en", Category: template.Marketing, Body: "Hello {{1}}, the autumn paint is in.", Samples: []string{"Anna"}})
		put(core.TemplatePaused, core.Template{Name: "order_late", Language: "it", Category: template.Utility, Body: "Buongiorno, arriva domani."})
		put(core.TemplateApproved, core.Template{Name: "poster", Language: "it", Category: template.Marketing, Header: core.TemplateHeader{Format: "IMAGE"}, Body: "Venga a vedere."})
		put(core.TemplateApproved, core.Template{Name: "track", Language: "en", Category: template.Utility, Body: "Your parcel is on its way.",
			Buttons: []core.TemplateButtonDef{{Type: template.URLButton, Text: "Track", URL: "https://rossi.example/t/{{1}}", Example: "https://rossi.example/t/A-1"}}})
		put(core.TemplateDraft, core.Template{Name: "secret", Language: "it", Category: template.Utility, Body: "x"})
	}
	tune = func(d *inbox.Deps) {
		read := d.Read.(core.TemplateReader)
		lib := &library.Service{Read: read, Linter: linter(), Now: func() time.Time { return start }, Rules: d.Rules}
		d.Forms, d.CheckForm = read, lib.Check
		d.Consents = func(context.Context, int64) ([]consent.Entry, error) { return ledger, nil }
	}
	return fill, tune
}

// The window is shut: a template is chosen, filled, seen, and leaves.
func TestSendTemplate(t *testing.T) {
	fill, tune := forms(nil)
	play(t, setting{w: 120, h: 40, fill: fill, tune: tune}, func(s *uitest.Screen, st *stage) {
		s.Press("j", "j", "j", "j") // Hans wrote 30 h ago
		s.Want("t template")
		s.Press("t")
		s.Want("Template to Hans-Jürgen", "order_ready it", "Utility", "autumn en", "order_late it")
		s.WantNot("secret")
		s.Type("late")
		s.Press("enter")
		s.Want("take another of its family")
		for range "late" {
			s.Press("backspace")
		}
		s.Type("ready")
		s.Want("Ordine A-1")
		s.Press("enter")
		s.Want("order_ready · it", "charged by its category", "Buongiorno Hans-Jürgen")
		s.Shot("form-120x40")
		s.Golden()
		s.Press("enter") // on to the next empty blank
		s.Type("A-77")
		s.Press("enter")
		s.Want("{{1}} is still empty", "il suo ordine A-77")
		s.Type("A-77")
		s.Want("Ordine A-77")
		s.WantNot("is still empty")
		s.Press("enter")
		s.Sleep(time.Second)
		m := st.newest(5)
		if m.Type != core.TypeTemplate || m.Template == nil || m.Template.Name != "order_ready" || m.Author != "ada" ||
			m.Template.Header[0] != "A-77" || strings.Join(m.Template.Body, "|") != "Hans-Jürgen|A-77" {
			t.Fatalf("sent %+v %+v", m, m.Template)
		}
		s.Want("template order_ready", "Buongiorno Hans-Jürgen, il suo ordine")
		s.WantNot("charged by its category")
	})
}

// What forbids it is said in the form, and the words stay.
func TestTemplateRefused(t *testing.T) {
	stop := []consent.Entry{{ID: 1, Kind: consent.OptOut, Scope: consent.Marketing, At: start.Add(-time.Hour)}}
	for _, c := range []struct {
		name   string
		ledger []consent.Entry
		pick   string
		value  string
		change func(*stage)
		want   string
	}{
		{"never agreed", nil, "autumn", "Hans", nil, "has not agreed to marketing"},
		{"said stop", stop, "autumn", "Hans", nil, "said stop to marketing"},
		{"a value with a shortener", []consent.Entry{{ID: 1, Kind: consent.OptIn, Scope: consent.Marketing, At: start.Add(-time.Hour)}}, "autumn", "https://bit.ly/x", nil, "Value 1: bit.ly hides"},
		{"paused meanwhile", nil, "autumn", "Hans", func(st *stage) {
			st.write(func(tx core.Tx) error {
				ts, err := tx.TemplatesOf(1)
				for _, t := range ts {
					if t.Name == "autumn" {
						t.State = core.TemplatePaused
						err = tx.SaveTemplate(&t)
					}
				}
				return err
			})
		}, "The provider paused it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fill, tune := forms(c.ledger)
			play(t, setting{w: 80, h: 24, fill: fill, tune: tune}, func(s *uitest.Screen, st *stage) {
				s.Press("j", "j", "j", "j", "enter")
				before := st.newest(5).ID
				s.Press("t")
				s.Type(c.pick)
				s.Press("enter")
				if c.change != nil {
					c.change(st)
				}
				s.Press("ctrl+u")
				s.Type(c.value)
				s.Press("enter")
				s.Sleep(time.Second)
				s.Want(c.want, "autumn · en", c.value)
				if st.newest(5).ID != before {
					t.Fatal("it was sent all the same")
				}
				s.Press("esc")
				s.WantNot("autumn · en")
			})
		})
	}
}

// A button's link takes its value like any other blank.
func TestTemplateWithALink(t *testing.T) {
	fill, tune := forms(nil)
	play(t, setting{w: 80, h: 24, fill: fill, tune: tune}, func(s *uitest.Screen, st *stage) {
		s.Press("j", "j", "j", "j", "enter", "t")
		s.Type("track")
		s.Press("enter")
		s.Want("↗ Track", "A-1", "Your parcel is on its way.")
		s.Press("enter")
		s.Want("Track is still empty")
		s.Type("Z-9")
		s.Press("enter")
		s.Sleep(time.Second)
		m := st.newest(5)
		if m.Template == nil || len(m.Template.Buttons) != 1 || m.Template.Buttons[0].Value != "Z-9" {
			t.Fatalf("sent %+v", m.Template)
		}
	})
}

// Templates that cannot be filled here say so; the contact's facts are offered.
func TestTemplateOffers(t *testing.T) {
	fill, tune := forms(nil)
	play(t, setting{w: 80, h: 24, fill: fill, tune: tune}, func(s *uitest.Screen, _ *stage) {
		s.Press("enter", "t")
		s.Type("poster")
		s.Press("enter")
		s.Want("cannot be given here")
		s.Press("esc", "t")
		s.Type("order_ready")
		s.Press("enter", "tab", "ctrl+n")
		s.Want("Buongiorno Maria Bianchi")
		s.Press("ctrl+n")
		s.Want("Buongiorno Bianchi")
		s.Press("ctrl+n")
		s.Want("Buongiorno +393331234567")
	})
}
