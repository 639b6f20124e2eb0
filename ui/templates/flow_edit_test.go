package templates_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/templates"
	"bottega/ui/uitest"
)

// What is approved is not changed: an edit is the next version, and the one in
// force stays.
func TestEditOfApprovedIsAVersion(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "order_late")
		s.Press("e")
		s.Sleep(time.Second)
		s.Want("order_late it v2", "Version 2 is a draft now")
		s.Press("shift+tab", "shift+tab", "shift+tab", "shift+tab")
		s.Type("x")
		s.Want("WhatsApp knows it by this name")
		s.Press("tab", "tab", "tab", "tab", "end")
		s.Type(" Grazie della pazienza.")
		s.Sleep(time.Second)
		if v := st.only("order_late", 2); v.State != core.TemplateDraft || !strings.HasSuffix(v.Body, "Grazie della pazienza.") || v.Template.ID != "p3" {
			t.Fatalf("version 2 is %+v", v)
		}
		if v := st.only("order_late", 1); v.State != core.TemplateApproved {
			t.Fatalf("version 1 became %s", v.State)
		}
		s.Press("esc")
		s.Sleep(time.Second)
		s.Want("order_late it v2", "○ draft")
		s.Press("s")
		s.Want("force cannot be sent")
		s.WantNot("Use in 30 days")
		s.Press("y")
		s.Sleep(time.Second)
		if c := st.far.Shelf.Calls(); len(c) != 1 || c[0] != "edit order_late it" {
			t.Fatalf("asked the provider %q", c)
		}
	})
}

// The words are kept at each pause, when the terminal loses the focus, and
// when the program ends: a kill costs half a second of typing at most.
func TestDraftIsKept(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "christmas")
		s.Press("e", "end")
		s.Type(" uno")
		s.Want("… keeping")
		s.Sleep(time.Second)
		s.Want("✓ kept")
		body := func() string { return st.only("christmas_hours", 1).Body }
		if !strings.HasSuffix(body(), " uno") {
			t.Fatalf("kept %q", body())
		}
		s.Type(" due")
		s.Focus(false)
		if !strings.HasSuffix(body(), " uno due") {
			t.Fatalf("kept on leaving the window: %q", body())
		}
		s.Type(" tre")
		if err := st.pane.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(body(), " uno due tre") {
			t.Fatalf("kept at the end: %q", body())
		}
		s.Press("esc")
		s.Sleep(time.Second)
		s.Press("e")
		s.Want("uno due tre")
	})
}

// The program ends while a save is under way: the last words are kept, once.
func TestCloseDuringASave(t *testing.T) {
	slow := func(d *templates.Deps) {
		open := d.Open
		d.Open = func(ctx context.Context) (templates.Tools, error) {
			tools, err := open(ctx)
			tools.Work = late{tools.Work}
			return tools, err
		}
	}
	play(t, setting{w: 120, h: 40, tune: slow}, func(s *uitest.Screen, st *stage) {
		s.Press("n", "enter")
		s.Type("Hello there.")
		s.Sleep(time.Second)
		s.Want("… keeping")
		s.Type(" Bye.")
		if err := st.pane.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if all := st.all(); len(all) != 1 || all[0].Body != "Hello there. Bye." {
			t.Fatalf("kept %+v", all)
		}
		s.Sleep(time.Hour)
	})
}

// late is a library whose answers take their time.
type late struct{ templates.Work }

func (l late) SaveDraft(ctx context.Context, d library.Draft) (core.StoredTemplate, error) {
	t, err := l.Work.SaveDraft(ctx, d)
	select {
	case <-ctx.Done():
	case <-time.After(time.Minute):
	}
	return t, err
}

// A provider that refuses leaves a draft with its words beside it.
func TestProviderRefuses(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *stage) {
		st.far.Shelf.Refuse = func(string, core.Template) (bool, error) {
			return false, core.Fail(core.ProviderRefused, "test", &core.ProviderError{Code: "2388023", Class: core.ClassTemplate, Message: "Name is locked"})
		}
		s.Press("n")
		s.Type("confirmed en")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Press("ctrl+s", "y")
		s.Sleep(time.Second)
		if v := st.only("order_confirmed", 1); v.State != core.TemplateDraft {
			t.Fatalf("is %s", v.State)
		}
		s.Press("esc")
		s.Sleep(time.Second)
		s.Want("○ draft", "did not take it: 2388023 Name is locked")
	})
}

// Somebody else writes the same draft: nothing is written over without a question.
func TestTwoWriters(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "christmas")
		s.Press("e", "end")
		v := st.only("christmas_hours", 1)
		v.Body = "theirs"
		st.store(v)
		s.Type(" mine")
		s.Sleep(2 * time.Second)
		s.Want("Keep your words?", "another window")
		if b := st.only("christmas_hours", 1).Body; b != "theirs" {
			t.Fatalf("written over: %q", b)
		}
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("✓ kept")
		if b := st.only("christmas_hours", 1).Body; !strings.HasSuffix(b, " mine") {
			t.Fatalf("kept %q", b)
		}
	})
}

// A draft that cannot be kept says so, and is not dropped by leaving.
func TestDraftCannotBeKept(t *testing.T) {
	fails := func(d *templates.Deps) {
		open := d.Open
		d.Open = func(ctx context.Context) (templates.Tools, error) {
			tools, err := open(ctx)
			tools.Work = full{tools.Work}
			return tools, err
		}
	}
	play(t, setting{w: 120, h: 40, fill: counter, tune: fails}, func(s *uitest.Screen, st *stage) {
		to(s, "christmas")
		s.Press("e")
		s.Type("x")
		s.Sleep(time.Second)
		s.Want("✗ not kept")
		s.Press("esc")
		s.Want("Leave without them?")
		s.Press("n")
		s.Want("christmas_hours it", "On the customer’s phone")
		s.Press("esc", "y")
		s.Want("All 8")
	})
}

// full is a library on a disk that is full.
type full struct{ templates.Work }

func (full) SaveDraft(context.Context, library.Draft) (core.StoredTemplate, error) {
	return core.StoredTemplate{}, core.Fail(core.DiskFull, "test", nil)
}

func TestRewriteAndUndo(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *stage) {
		s.Press("n", "enter")
		s.Type("Your order {{ 1 }} is ready, thank you for waiting so long.")
		s.Press("ctrl+n")
		s.Want("ctrl+r writes instead")
		s.Press("ctrl+r")
		s.Want("Your order {{1}} is ready")
		s.Press("ctrl+z")
		s.Want("Your order {{ 1 }} is ready")
		s.Press("alt+z")
		s.Want("Your order {{1}} is ready")
		s.Press("alt+z")
		s.Want("There is nothing to redo.")
	})
}

func TestFieldsByKeys(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *stage) {
		s.Press("n", "enter")
		s.Type("Hello there, the shop opens at nine from Monday on.")
		s.Press("shift+tab", "right") // the header becomes a text
		s.Want("‹ Text ›")
		s.Press("tab")
		s.Type("Hours")
		s.Press("shift+tab", "shift+tab", "right") // the category
		s.Want("‹ Marketing ›")
		s.Press("shift+tab", "enter") // the language
		s.Type("zh_CN")
		s.Press("enter")
		s.Want("Chinese (China) · zh_CN")
		s.Press("alt+n")
		s.Type("Come by")
		s.Want("↩ Come by", "Button 1")
		s.Press("shift+tab", "right", "tab", "tab")
		s.Want("↗ Come by", "Link")
		s.Type("https://rossi.example/{{1}}")
		s.Press("ctrl+x")
		s.WantNot("Come by")
		s.Press("ctrl+z")
		s.Want("↗ Come by")
		s.Sleep(time.Second)
		d := st.only("new_template", 1)
		if d.Language != "zh_CN" || d.Category != template.Marketing || d.Header.Text != "Hours" || len(d.Buttons) != 1 || d.Buttons[0].URL != "https://rossi.example/{{1}}" {
			t.Fatalf("kept %+v", d.Template)
		}
	})
}

// A header that is a file is not handed in without a sample of it.
func TestFileHeaderNeedsASample(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *stage) {
		s.Press("n")
		s.Type("confirmed en")
		s.Press("enter", "shift+tab", "right", "right")
		s.Want("‹ ▣ Photo ›", "sample file")
		s.Press("ctrl+s")
		s.Want("needs a sample file")
		s.Type("4::aW")
		s.Sleep(time.Second)
		s.Press("ctrl+s", "y")
		s.Sleep(time.Second)
		if v := st.only("order_confirmed", 1); v.State != core.TemplatePending || len(v.Header.Samples) != 1 || v.Header.Samples[0] != "4::aW" {
			t.Fatalf("handed in %s %q", v.State, v.Header.Samples)
		}
	})
}

// A name that another draft has is not taken, and the words are kept all the same.
func TestNameIsTaken(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Press("n", "enter")
		s.Type("Ciao a tutti, il negozio apre alle nove da lunedì.")
		s.Press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "ctrl+u")
		s.Type("Christmas Hours")
		s.Want("christmas_hours", "name taken by another draft")
		s.Sleep(time.Second)
		if v := st.only("new_template", 1); !strings.HasPrefix(v.Body, "Ciao a tutti") {
			t.Fatalf("kept %q", v.Body)
		}
		s.Type("_2")
		s.Sleep(time.Second)
		s.Want("✓ kept")
		if v := st.only("christmas_hours_2", 1); !strings.HasPrefix(v.Body, "Ciao a tutti") {
			t.Fatalf("kept %q", v.Body)
		}
	})
}

// Where there is no room for both, a key shows the phone in place of the fields.
func TestPhoneOnSmallScreens(t *testing.T) {
	play(t, setting{w: 60, h: 20, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "christmas")
		s.Press("e")
		s.WantNot("On the customer’s phone")
		s.Press("ctrl+o")
		s.Want("On the customer’s phone", "ctrl+o back to the fields")
		s.Golden()
		s.Type("x") // typing goes on in the fields
		s.WantNot("On the customer’s phone")
		s.Resize(120, 40)
		s.Want("On the customer’s phone")
		s.Press("ctrl+o")
		s.Want("on the screen already")
	})
}

func TestNoEditor(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, st *stage) {
		to(s, "christmas")
		s.Press("e", "ctrl+e")
		s.Want("EDITOR")
	})
}
