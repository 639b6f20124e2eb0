package contacts

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// Whoever is marked and not shown is told of, and touched only when that is
// said.
func TestMarksOutsideTheFilter(t *testing.T) {
	erase := func(t *testing.T, answer []string, want int) {
		play(t, setting{w: 100, h: 24, n: 40}, func(s *uitest.Screen, st *scene) {
			s.Press("A")
			s.Want("✓ 40 marked")
			s.WantNot("not shown")
			s.Press("/")
			s.Type("maria bianchi and tag:vip")
			s.Press("enter")
			s.Sleep(settle)
			s.Want("✓ 40 marked", "39 of them not shown")
			s.Press("D")
			s.Want("40 marked · 39 of them not shown", "Only who is shown: Maria Bianchi", "All 40 marked")
			s.WantNot("This cannot be undone")
			s.Press(answer...)
			s.Sleep(settle)
			s.Want("This cannot be undone")
			if want == 1 {
				s.Want("Erase Maria Bianchi for good?")
			} else {
				s.Want("Erase 40 people for good?", "Maria Bianchi, ", " and 37 more.")
			}
			s.Press("y")
			s.Sleep(settle)
			if n := 40 - len(st.shop.people); n != want {
				t.Fatalf("%d people are gone, want %d", n, want)
			}
			if n := len(st.pane.list.marked); n != 40-want || st.pane.list.hidden != 40-want {
				t.Errorf("%d marked, %d hidden", n, st.pane.list.hidden)
			}
		})
	}
	t.Run("shown", func(t *testing.T) { erase(t, []string{"enter"}, 1) })
	t.Run("all", func(t *testing.T) { erase(t, []string{"down", "enter"}, 40) })
}

// With nobody of the marked on the screen the cautious answer is who is under
// the cursor.
func TestMarksAllOutsideTheFilter(t *testing.T) {
	play(t, setting{w: 100, h: 24, n: 40}, func(s *uitest.Screen, st *scene) {
		s.Press("space") // Maria
		s.Press("/")
		s.Type("not maria")
		s.Press("enter")
		s.Sleep(settle)
		s.Press("x")
		s.Want("This works on the shop's own computer only.") // the export is asked as well where it can be done
		s.Press("t")
		s.Want("1 marked · 1 of them not shown", ", under the cursor", "The one marked")
		s.Press("down", "enter")
		s.Type("fair")
		s.Press("enter")
		s.Sleep(settle)
		if p := st.shop.people[0]; !slices.Contains(p.Tags, "fair") {
			t.Errorf("tags %v", p.Tags)
		}
		if len(st.pane.list.marked) != 0 || st.pane.list.hidden != 0 {
			t.Errorf("still marked: %v", st.pane.list.marked)
		}
	})
}

// Marking all under a filter leaves the marks of the others alone, and so does
// taking them off again.
func TestMarkAllOfAFilter(t *testing.T) {
	play(t, setting{w: 100, h: 24, n: 40}, func(s *uitest.Screen, st *scene) {
		s.Press("space", "space")
		s.Press("/")
		s.Type("optout")
		s.Press("enter")
		s.Sleep(settle)
		n := len(st.pane.list.ids)
		before := len(st.pane.list.markedHere())
		s.Press("A")
		if got := len(st.pane.list.marked); got != n+2-before {
			t.Errorf("%d marked of %d and 2", got, n)
		}
		s.Press("A")
		if got := len(st.pane.list.marked); got != 2-before {
			t.Errorf("%d marked after taking them off", got)
		}
	})
}

// However marks and lists change, hidden counts the marked that are not shown.
func TestHiddenMarks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newShop(12)
		p := newPane(t, s, theme.Plain(), "en")
		show(t, p)
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "do") {
			case 0:
				p.toggleMark()
			case 1:
				p.markAll()
			case 2:
				uitest.Play(t, p, p.setExpr(rapid.SampledFrom([]string{"", "optout", "not optout", "value:high", "nobody here"}).Draw(rt, "filter")))
			case 3:
				p.list.unmark([]int64{int64(rapid.IntRange(1, 12).Draw(rt, "id"))})
			case 4:
				p.list.unmark(nil)
			case 5:
				p.moveList(rapid.IntRange(-3, 3).Draw(rt, "step"))
			}
			here := 0
			for id := range p.list.marked {
				if slices.Contains(p.list.ids, id) {
					here++
				}
			}
			if p.list.hidden != len(p.list.marked)-here {
				rt.Fatalf("%d hidden of %d marked, %d shown", p.list.hidden, len(p.list.marked), here)
			}
		}
	})
}
