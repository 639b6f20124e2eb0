package inbox_test

import (
	"context"
	"os"
	"path/filepath"
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
	agreed := []consent.Entry{{ID: 1, Kind: consent.OptIn, Scope: consent.Marketing, At: start.Add(-time.Hour)}}
	for _, c := range []struct {
		name   string
		ledger []consent.Entry
		pick   string
		value  string
		change func(*stage)
		want   string
	}{
		{"a value with a shortener", agreed, "autumn", "https://bit.ly/x", nil, "Value 1: bit.ly hides"},
		{"paused meanwhile", agreed, "autumn", "Hans", func(st *stage) {
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

// What a person's consent or the day's brake forbids is off in the list, with
// the reason, and cannot be chosen; what concerns their own order can.
func TestTemplatesForbidden(t *testing.T) {
	agreed := consent.Entry{ID: 1, Kind: consent.OptIn, Scope: consent.Marketing, At: start.Add(-time.Hour)}
	stop := consent.Entry{ID: 2, Kind: consent.OptOut, Scope: consent.Marketing, At: start.Add(-time.Hour)}
	for _, c := range []struct {
		name   string
		ledger []consent.Entry
		at     time.Time // of the last promotion
		want   string
	}{
		{"never agreed", nil, time.Time{}, "has not agreed to marketing"},
		{"said stop", []consent.Entry{stop}, time.Time{}, "said stop to marketing"},
		{"promoted today", []consent.Entry{agreed}, start.Add(-23 * time.Hour), "Had a promotion less than 24 hours ago"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fill, lines := forms(c.ledger)
			tune := func(d *inbox.Deps) {
				lines(d)
				d.Promoted = func(_ context.Context, _ int64, since time.Time) (time.Time, error) {
					if c.at.Before(since) {
						return time.Time{}, nil
					}
					return c.at, nil
				}
			}
			play(t, setting{w: 80, h: 24, fill: fill, tune: tune}, func(s *uitest.Screen, _ *stage) {
				s.Press("j", "j", "j", "j", "enter", "t")
				s.Type("autumn")
				s.Press("enter")
				s.Want(c.want, "Template to")
				s.WantNot("autumn · en")
				for range "autumn" {
					s.Press("backspace")
				}
				s.Type("order_ready")
				s.Press("enter")
				s.Want("order_ready · it")
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

// A picture above the text is a file of this computer, which goes to the
// provider first; what is no such file is refused, and the words stay.
func TestTemplateWithAPicture(t *testing.T) {
	agreed := []consent.Entry{{ID: 1, Kind: consent.OptIn, Scope: consent.Marketing, At: start.Add(-time.Hour)}}
	fill, lines := forms(agreed)
	dir := t.TempDir()
	for _, name := range []string{"cake.jpg", "menu.pdf"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var sent []string
	tune := func(d *inbox.Deps) {
		lines(d)
		d.Upload = func(_ context.Context, _ int64, path, mime string) (core.Media, error) {
			sent = append(sent, filepath.Base(path)+" "+mime)
			return core.Media{ID: "900000000000007"}, nil
		}
	}
	play(t, setting{w: 80, h: 24, fill: fill, tune: tune}, func(s *uitest.Screen, st *stage) {
		s.Press("j", "j", "j", "j", "enter", "t")
		s.Type("poster")
		s.Press("enter")
		s.Want("Photo", "file, link or id")
		s.Press("enter")
		s.Want("Photo is still empty")
		s.Type(filepath.Join(dir, "menu.pdf"))
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("does not take this kind of file")
		s.Press("ctrl+u")
		s.Type(filepath.Join(dir, "nothing.jpg"))
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("no such thing here")
		st.write(func(tx core.Tx) error {
			c, err := tx.Conversation(st.newest(5).ConversationID)
			if err != nil {
				return err
			}
			return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: c.ContactID, Kind: consent.OptIn, Scope: consent.Marketing, At: start.Add(-time.Hour), Source: consent.BySelf, ChannelID: 1})
		})
		s.Press("ctrl+u")
		s.Type(filepath.Join(dir, "cake.jpg"))
		s.Press("enter")
		s.Sleep(time.Second)
		m := st.newest(5)
		if m.Template == nil || m.Template.HeaderMedia == nil || m.Template.HeaderMedia.ID != "900000000000007" || m.Template.HeaderMedia.MIME != "image/jpeg" {
			t.Fatalf("sent %+v\n%s", m.Template, s.Text())
		}
		if len(sent) != 1 || sent[0] != "cake.jpg image/jpeg" {
			t.Errorf("uploaded %q", sent)
		}
	})
}

// The contact's facts are offered.
func TestTemplateOffers(t *testing.T) {
	fill, tune := forms(nil)
	play(t, setting{w: 80, h: 24, fill: fill, tune: tune}, func(s *uitest.Screen, _ *stage) {
		s.Press("enter", "t")
		s.Type("order_ready")
		s.Press("enter", "tab", "ctrl+n")
		s.Want("Buongiorno Maria Bianchi")
		s.Press("ctrl+n")
		s.Want("Buongiorno Bianchi")
		s.Press("ctrl+n")
		s.Want("Buongiorno +393331234567")
	})
}
