package templates_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/templates"
	"bottega/ui/uitest"
)

// to puts the cursor on a template by its name.
func to(s *uitest.Screen, name string) {
	s.Press("/")
	s.Type(name)
	s.Press("enter")
}

func TestFilterAndViews(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Press("/")
		s.Type("warm")
		s.Want("order_ready_warm")
		s.WantNot("autumn_paint")
		s.Press("esc")
		s.Want("autumn_paint")
		s.Press("/")
		s.Type("review zh")
		s.Want("appointment")
		s.WantNot("autumn_paint")
		for range "review zh" {
			s.Press("backspace")
		}
		s.Type("nothing like it")
		s.Want("Nothing here.")
		s.Press("enter", "esc", "]")
		s.Want("autumn_paint", "order_ready_warm", "thank_you")
		s.WantNot("christmas_hours")
		s.Press("]")
		s.Want("christmas_hours")
		s.WantNot("autumn_paint")
		s.Press("[", "[", "o")
		s.Want("↕ by name")
		s.Press("o")
		s.Want("↕ by use")
		s.ClickOn("In review 1")
		s.Want("appointment")
		s.WantNot("christmas_hours")
	})
}

// Everything that does not work says why.
func TestReasons(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "appointment")
		for key, why := range map[string]string{"e": "It is in review", "s": "It is in review", "r": "Only what was approved", "v": "It is in no family", "a": "has not moved it"} {
			s.Press(key)
			s.Want(why)
		}
		s.Press("esc")
		to(s, "order_late")
		s.Press("s")
		s.Want("Only drafts are submitted")
		s.Press("esc")
		to(s, "christmas")
		s.Press("s")
		s.Want("Not submitted. Body: The body may not begin with a placeholder.")
	})
	play(t, setting{w: 120, h: 40, fill: counter, tune: func(d *templates.Deps) { d.ReadOnly = true }}, func(s *uitest.Screen, st *stage) {
		for _, key := range []string{"n", "e", "d", "x", "R", "F"} {
			s.Press(key)
			s.Want("Opened to look only")
			s.Sleep(10 * time.Second)
		}
		s.Want("autumn_paint")
	})
}

func TestDelete(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "christmas")
		s.Press("x")
		s.Want("Delete christmas_hours (it)?", "The draft is gone for good")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("christmas_hours was deleted.", "Nothing here.")
		s.Press("esc")
		to(s, "order_shipped")
		s.Press("x")
		s.Want("locked for 30 days")
		s.Press("n", "x", "y")
		s.Sleep(time.Second)
		if c := st.far.Shelf.Calls(); len(c) != 1 || c[0] != "delete order_shipped ar" {
			t.Fatalf("asked the provider %q", c)
		}
		if v := st.only("order_shipped", 1); v.State != core.TemplateGone {
			t.Fatalf("is %s", v.State)
		}
		s.Press("esc", "n") // the name is locked now
		s.Type("shipped ar")
		s.Press("esc")
	})
}

func TestSyncDriftFamilyCopy(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		for _, v := range st.all() {
			if v.Template.ID != "" {
				st.far.Shelf.Put(v.Template)
			}
		}
		s.Press("R")
		s.Sleep(time.Second)
		s.Want("Nothing has changed at the provider.")
		moved := st.only("appointment", 1).Template
		moved.Quality = "YELLOW"
		st.far.Shelf.Put(moved)
		s.Press("R")
		s.Sleep(time.Second)
		s.Want("1 template has changed.")
		if v := st.only("appointment", 1); v.Quality != "YELLOW" {
			t.Fatalf("quality %q", v.Quality)
		}
		st.far.Shelf.Refuse = func(string, core.Template) (bool, error) {
			return false, core.Fail(core.Unreachable, "test", nil)
		}
		s.Press("R")
		s.Sleep(time.Second)
		s.WantNot("have changed")

		to(s, "thank_you")
		s.Want("WhatsApp moved it from Utility to Marketing")
		s.Press("a")
		s.Sleep(time.Second)
		s.Want("Send thank_you as promotion?", "went to 0 people", "consent to promotion: 0")
		if v := st.only("thank_you", 1); v.Drift == "" {
			t.Fatal("accepted before anybody said yes")
		}
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("thank_you may be sent again")
		if v := st.only("thank_you", 1); v.Drift != "" {
			t.Fatalf("drift %q", v.Drift)
		}
		s.Press("F")
		s.Want("Family", "pickup; empty for none")
		s.Type("thanks")
		s.Press("down", "enter")
		s.Sleep(time.Second)
		if v := st.only("thank_you", 1); v.Family != "thanks" || v.Role != core.RoleAdvanced {
			t.Fatalf("family %q %q", v.Family, v.Role)
		}
		s.Press("F", "ctrl+u", "tab")
		s.Want("pickup")
		s.Press("esc", "d")
		s.Want("thank_you_2 en")
		s.Sleep(time.Second)
		if v := st.only("thank_you_2", 1); v.State != core.TemplateDraft || v.Body != st.only("thank_you", 1).Body {
			t.Fatalf("copied %+v", v)
		}
	})
}

func TestMouse(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.ClickOn("order_late")
		s.Want("ci scusiamo")
		s.ClickOn("christmas_hours")
		s.Press("e")
		s.ClickOn("optional")
		s.Type("Rossi")
		s.Want("│ Rossi")
		x, y, _ := s.Find("70/1024")
		s.Click(x+10, y) // the third letter of the body
		s.Type("X")
		s.Want("{{X1}}")
		s.ClickOn("+ add a button")
		s.Want("Button 1")
		s.Wheel(5, 20, 1)
		s.ClickOn("Italian")
		s.Want("Language of the template")
	})
}

// The palette finds templates and shows the one chosen.
func TestPalette(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Press("1", "ctrl+k")
		s.Type("order_late")
		s.Sleep(time.Second)
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("ci scusiamo", "Family pickup")
	})
}

// The tab's badge counts what asks for a hand; a change elsewhere shows by itself.
func TestLive(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Want("3 Templates 4")
		v := st.only("appointment", 1)
		v.State, v.Reason, v.DecidedAt = core.TemplateRejected, "SCAM", st.now()
		st.store(v)
		s.Sleep(time.Second)
		s.Want("3 Templates 5", "appointment (zh_CN) was refused by the review.")
		ready := st.only("order_ready", 1)
		ready.Drift, ready.Category = template.Utility, template.Marketing
		st.store(ready)
		v.State, v.Reason = core.TemplateApproved, ""
		st.store(v)
		s.Sleep(time.Second)
		s.Want("order_ready (it) is in another category now")
		v.State = core.TemplatePending
		st.store(v)
		s.Sleep(10 * time.Second)
		v.State = core.TemplateApproved
		st.store(v)
		s.Sleep(time.Second)
		s.Want("appointment (zh_CN) was approved.")
		v.State = core.TemplateRejected
		st.store(v)
		s.Sleep(time.Second)
		st.feed.Publish(core.Change{Kind: core.Everything})
		s.Send(frame.Redraw{})
		s.Sleep(time.Second)
		s.Want("3 Templates 5")
	})
}
