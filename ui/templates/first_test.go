package templates_test

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/templates"
	"bottega/ui/uitest"
)

// The list alone says under its rows why the one with the cursor may not be
// sent; of one that may it shows the usual line.
func TestListSaysWhyNot(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: counter}, func(s *uitest.Screen, _ *stage) {
		for name, why := range map[string]string{
			"autumn_paint":     "✗ Refused: the text belongs to another category.",
			"order_ready_warm": "‖ The provider paused it",
			"thank_you":        "⇄ The provider made it marketing",
			"order_late":       "4 of 15 ready",
			"appointment":      "good below 40%",
		} {
			s.Press("/")
			s.Type(name)
			s.Press("enter")
			s.Want(name, why)
			s.Press("esc")
		}
	})
	play(t, setting{w: 160, h: 45, fill: counter}, func(s *uitest.Screen, _ *stage) {
		s.Want("good below 40%") // the card beside it says why
	})
}

// Starters are called as people call them, and found by that as well as by the
// name that the provider will know.
func TestStartersAreFoundByBothNames(t *testing.T) {
	play(t, setting{w: 100, h: 30, lang: "it"}, func(s *uitest.Screen, st *stage) {
		s.Press("n")
		s.Want("Ordine confermato · it", "order_confirmed · Utility")
		for _, typed := range []string{"riparaz", "repair ready it", "repair_ready"} {
			s.Type(typed)
			s.Want("▌ Riparazione pronta · it")
			s.Press("ctrl+u")
		}
		s.Type("riparazione")
		s.Press("enter")
		s.Sleep(time.Second)
		st.only("repair_ready", 1)
	})
}

// Help that is opened before the library is read is about the keys, not about
// the reading; the keys themselves still say what they wait for.
func TestHelpWhileReading(t *testing.T) {
	slow := func(d *templates.Deps) {
		open := d.Open
		d.Open = func(ctx context.Context) (templates.Tools, error) {
			select {
			case <-ctx.Done():
			case <-time.After(time.Minute):
			}
			return open(ctx)
		}
	}
	play(t, setting{w: 100, h: 40, fill: counter, tune: slow}, func(s *uitest.Screen, st *stage) {
		s.Press("?")
		s.Want("Keys · Templates", "copy as new", "next version")
		s.WantNot("still being read", "There is no template here")
		s.Press("esc", "n")
		s.Want("still being read")
		s.Sleep(2 * time.Minute)
		s.Press("?")
		s.Want("Only drafts are submitted")
	})
}

// A provider whose interface takes no templates: the draft stays, and the way
// round is said with the key for it.
func TestProviderTakesNone(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *stage) {
		st.far.Caps = core.Capabilities{}
		s.Press("n")
		s.Type("order confirmed en")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Press("ctrl+s", "y")
		s.Sleep(100 * time.Millisecond)
		s.Want("This provider takes no templates through its interface", "c in Templates copies it")
		if v := st.only("order_confirmed", 1); v.State != core.TemplateDraft || v.Detail != "" {
			t.Fatalf("%+v", v)
		}
		s.Press("esc")
		s.Sleep(time.Second)
		s.Press("c")
		s.Want("is in the clipboard")
	})
}
