package contacts

import (
	"testing"
	"time"

	"bottega/ui/uitest"
)

// What is half typed or wrong is never taken for a search: the part that is
// right is shown, and it is said which; enter
// puts the caret under the word, and so does going on without it.
func TestWrongFilters(t *testing.T) {
	for _, c := range []struct{ typed, word, says string }{
		{"tag:vip not", "", "Something is missing here."},
		{"tag:vip and", "", "Something is missing here."},
		{"tag:vip last_order<90", "90", "“90” is no date; write 2026-11-01, 90d or never."},
		{"tag:vip and lang:", "", "A value is missing here."},
		{"tag:vip spend", "spend", "“spend” needs a comparison"},
		{"tag:vip (optin", "(", "This bracket is never closed."},
	} {
		t.Run(c.typed, func(t *testing.T) {
			play(t, setting{w: 110, h: 24}, func(s *uitest.Screen, st *scene) {
				s.Press("/")
				s.Type("tag:vip")
				s.Sleep(settle)
				rows := len(st.pane.list.ids)
				s.Type(c.typed[len("tag:vip"):])
				s.Sleep(settle)
				s.Want("Shown so far: tag:vip")
				if n := len(st.pane.list.ids); n != rows || st.pane.want.expr != "tag:vip" {
					t.Fatalf("%d rows of %d, by %q", n, rows, st.pane.want.expr)
				}
				s.Press("enter")
				s.Want(c.says, "Shown so far: tag:vip", "^")
				if st.pane.focus != onFilter {
					t.Fatalf("the keyboard went to %d", st.pane.focus)
				}
				if c.word != "" {
					x, y, ok := s.Find(c.word)
					if got := s.Cell(x, y+1).Text; !ok || got != "^" {
						t.Errorf("%q stands under the word", got)
					}
				}
				x, y := st.pane.area.List.X+4, st.pane.area.List.Y+3
				s.Click(x, y+2) // goes on in the list
				s.Want(c.says, "^")
				if st.pane.focus != onList {
					t.Errorf("the keyboard is in %d", st.pane.focus)
				}
				s.Press("/")
				s.Press("ctrl+u")
				s.Sleep(settle)
				s.WantNot("^", "Shown so far")
				s.Want("300 people")
			})
		})
	}
}

// A colon makes a filter: what is in front of it must be a field.
func TestUnknownFieldIsNoSearch(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, st *scene) {
		s.Press("/")
		s.Type("wrong:word")
		s.Sleep(settle)
		s.Want("There is no field “wrong”.", "^^^^^", "Shown so far: everybody.")
		if len(st.pane.list.ids) != 300 {
			t.Errorf("%d rows", len(st.pane.list.ids))
		}
		s.Press("esc")
		s.WantNot("There is no field", "Shown so far: everybody.")
	})
}

// Esc with nothing left to clear says so, and no longer than that takes to read.
func TestNothingToClear(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, _ *scene) {
		s.Press("esc")
		s.Want("Everybody is shown.")
		s.Sleep(2 * time.Second)
		s.WantNot("Everybody is shown.")
	})
}
