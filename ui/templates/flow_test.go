package templates_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/uitest"
)

// counter is a library with a bit of everything.
func counter(st *stage) {
	ready := form("order_ready", "it", template.Utility, "Buongiorno {{1}}, il suo ordine *{{2}}* è pronto da ritirare in negozio. Siamo aperti fino alle 19.", "Anna", "A-1042")
	ready.ID, ready.Status, ready.Quality = "p1", "APPROVED", "GREEN"
	ready.Buttons = []core.TemplateButtonDef{{Type: template.QuickReply, Text: "Passo oggi"}, {Type: template.URLButton, Text: "Dove siamo", URL: "https://rossi.example/dove"}}
	ready.Footer = "Ferramenta Rossi"
	st.store(core.StoredTemplate{Template: ready, State: core.TemplateApproved, Wanted: template.Utility, Family: "pickup", Role: core.RoleStandard, ApprovedAt: start.Add(-days(78)), DecidedAt: start.Add(-days(78)), SubmittedAt: start.Add(-days(79))})
	warm := form("order_ready_warm", "it", template.Utility, "Buongiorno {{1}}, buone notizie: il suo ordine {{2}} la aspetta da noi. A presto in negozio!", "Anna", "A-1042")
	warm.ID, warm.Status, warm.Quality, warm.Reason = "p2", "PAUSED", "RED", ""
	st.store(core.StoredTemplate{Template: warm, State: core.TemplatePaused, Wanted: template.Utility, Family: "pickup", Role: core.RoleAdvanced, ApprovedAt: start.Add(-days(40)), DecidedAt: start.Add(-days(1)), SubmittedAt: start.Add(-days(41))})
	late := form("order_late", "it", template.Utility, "Buongiorno {{1}}, ci scusiamo: il suo ordine {{2}} arriva con un giorno di ritardo. Le scriviamo appena è qui.", "Anna", "A-1042")
	late.ID, late.Status = "p3", "APPROVED"
	st.store(core.StoredTemplate{Template: late, State: core.TemplateApproved, Wanted: template.Utility, Family: "pickup", Role: core.RoleEmergency, ApprovedAt: start.Add(-days(20)), DecidedAt: start.Add(-days(20)), SubmittedAt: start.Add(-days(21))})
	sale := form("autumn_paint", "it", template.Utility, "Ciao {{1}}, questa settimana le vernici costano il 20% in meno, solo fino a sabato!", "Anna")
	sale.ID, sale.Status, sale.Reason = "p4", "REJECTED", "INCORRECT_CATEGORY"
	st.store(core.StoredTemplate{Template: sale, State: core.TemplateRejected, Wanted: template.Utility, DecidedAt: start.Add(-2 * time.Hour), SubmittedAt: start.Add(-days(1))})
	moved := form("thank_you", "en", template.Marketing, "Hello {{1}}, thank you for coming by. Tell us how the new drill works for you!", "Anna")
	moved.ID, moved.Status = "p5", "APPROVED"
	st.store(core.StoredTemplate{Template: moved, State: core.TemplateApproved, Wanted: template.Utility, Drift: template.Utility, ApprovedAt: start.Add(-days(3)), DecidedAt: start.Add(-days(1)), SubmittedAt: start.Add(-days(4))})
	wait := form("appointment", "zh_CN", template.Utility, "您好 {{1}}，您 {{2}} 的预约已经确认，如需更改请直接回复这条消息。", "王女士", "3月12日")
	wait.ID, wait.Status = "p6", "PENDING"
	st.store(core.StoredTemplate{Template: wait, State: core.TemplatePending, Wanted: template.Utility, SubmittedAt: start.Add(-5 * time.Hour)})
	arabic := form("order_shipped", "ar", template.Utility, "مرحبا {{1}}، طلبك {{2}} في الطريق إليك وسيصل غدا.", "يوسف", "A-1042")
	arabic.ID, arabic.Status, arabic.Quality = "p7", "APPROVED", "YELLOW"
	st.store(core.StoredTemplate{Template: arabic, State: core.TemplateApproved, Wanted: template.Utility, ApprovedAt: start.Add(-days(10)), DecidedAt: start.Add(-days(10)), SubmittedAt: start.Add(-days(11))})
	draft := form("christmas_hours", "it", template.Marketing, "{{1}}, a Natale siamo aperti: vieni a trovarci su https://bit.ly/rossi")
	st.store(core.StoredTemplate{Template: draft, State: core.TemplateDraft, Author: "ada", UpdatedAt: start.Add(-30 * time.Minute)})
}

var sizes = []struct {
	name string
	w, h int
}{{"60x20", 60, 20}, {"80x24", 80, 24}, {"120x40", 120, 40}, {"160x45", 160, 45}}

func TestGoldens(t *testing.T) {
	for _, size := range sizes {
		t.Run("library "+size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: counter}, func(s *uitest.Screen, _ *stage) {
				s.Shot("library-" + size.name)
				s.Golden()
			})
		})
		t.Run("card "+size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: counter}, func(s *uitest.Screen, _ *stage) {
				s.Press("enter")
				s.Shot("card-" + size.name)
				s.Golden()
			})
		})
		t.Run("editor "+size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: counter}, func(s *uitest.Screen, _ *stage) {
				s.Press("/")
				s.Type("christmas")
				s.Press("enter", "e", "ctrl+n", "ctrl+n")
				s.Shot("editor-" + size.name)
				s.Golden()
			})
		})
		t.Run("family "+size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: counter}, func(s *uitest.Screen, _ *stage) {
				s.Press("/")
				s.Type("warm")
				s.Press("enter", "v")
				s.Shot("family-" + size.name)
				s.Golden()
			})
		})
		t.Run("new "+size.name, func(t *testing.T) {
			play(t, setting{w: size.w, h: size.h, fill: counter}, func(s *uitest.Screen, _ *stage) {
				s.Press("n", "down")
				s.Shot("new-" + size.name)
				s.Golden()
			})
		})
	}
}

// A template is written from nothing, mended with the linter's help, handed in.
func TestWriteAndSubmit(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *stage) {
		s.Want("No templates yet.")
		s.Press("n")
		s.Want("New template", "from scratch")
		s.Press("enter")
		s.Want("new_template", "On the customer’s phone")
		s.Type("Hello ")
		s.Press("ctrl+t")
		s.Want("customer’s first name")
		s.Press("enter")
		s.Type(", your order is ready, see https://bit.ly/abc")
		s.Want("{{1}}", "✗")
		s.Press("ctrl+s")
		s.Want("Not submitted.")
		if n := len(st.far.Shelf.Calls()); n != 0 {
			t.Fatalf("handed in %d times", n)
		}
		s.Sleep(time.Second)
		s.Want("✓ kept")
		if d := st.only("new_template", 1); d.Body != "Hello {{1}}, your order is ready, see https://bit.ly/abc" || d.Samples[0] != "Anna" || d.State != core.TemplateDraft {
			t.Fatalf("kept %q %q %s", d.Body, d.Samples, d.State)
		}
		s.Press("end")
		for range len(" see https://bit.ly/abc") {
			s.Press("backspace")
		}
		s.Press("backspace")
		s.Type(". Reply here if nobody can come by this week.")
		s.Sleep(time.Second)
		s.Press("ctrl+s")
		s.Want("Submit new_template (en)?")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("in review")
		if d := st.only("new_template", 1); d.State != core.TemplatePending || d.Agent != "ada" {
			t.Fatalf("state %s by %q", d.State, d.Agent)
		}
		if c := st.far.Shelf.Calls(); len(c) != 1 || c[0] != "create new_template en" {
			t.Fatalf("asked the provider %q", c)
		}
	})
}
