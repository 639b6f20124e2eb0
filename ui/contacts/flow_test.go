package contacts

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bottega/core"
	"bottega/core/consent"
	"bottega/ui/uitest"
)

// sizes that the screen is held to (screens.md, Frame).
var sizes = [][2]int{{40, 12}, {60, 20}, {80, 24}, {120, 40}, {160, 45}}

// Each state of the pane at each size, dark; the golden is the text.
func TestContactsGolden(t *testing.T) {
	states := []struct {
		name string
		keys []string
		text string
	}{
		{"list", []string{"j", "space", "j"}, ""},
		{"card", []string{"enter", "j"}, ""},
		{"wrong", []string{"/"}, "tag:vip and spnd>2"},
		{"offer", []string{"/"}, "not optout and tag:"},
		{"side", []string{"tab", "j", "j"}, ""},
	}
	for _, z := range sizes {
		for _, st := range states {
			t.Run(fmt.Sprintf("%s-%dx%d", st.name, z[0], z[1]), func(t *testing.T) {
				play(t, setting{w: z[0], h: z[1], n: 1204}, func(s *uitest.Screen, _ *scene) {
					s.Press(st.keys...)
					s.Type(st.text)
					s.Shot(fmt.Sprintf("dark-%d-%s", z[0], st.name))
					s.Golden()
				})
			})
		}
	}
}

// The same in light colours: for pictures, and that no state is told by colour
// alone there either.
func TestLight(t *testing.T) {
	play(t, setting{w: 160, h: 45, n: 1204, theme: "light"}, func(s *uitest.Screen, _ *scene) {
		s.Shot("light-160-list")
		s.Want("● 11:48", "✓ yes", "✗ stop", "· to ask", "★")
		s.Press("enter")
		s.Shot("light-160-card")
	})
}

func TestFilterCountsWhileTyping(t *testing.T) {
	play(t, setting{w: 120, h: 30, n: 1204}, func(s *uitest.Screen, st *scene) {
		s.Want("1,204 people")
		s.Press("/")
		for _, typed := range []string{"value:mid", " and not optout", " and orders>=3"} {
			s.Type(typed)
			expr := st.pane.filter.in.Value()
			ps, err := st.shop.match(expr)
			if err != nil {
				t.Fatal(err)
			}
			s.Want(fmt.Sprintf("%d people of 1,204", len(ps)), fmt.Sprintf("1/%d", len(ps)))
		}
		if x, y := s.Cursor(); y != 3 || x != 22+len("/ value:mid and not optout and orders>=3")-1 {
			t.Errorf("cursor at %d,%d", x, y)
		}
		s.Press("enter", "j")
		s.Want("value:mid and not optout and orders>=3", "2/")
		s.Press("esc")
		s.Want("1,204 people")
	})
}

func TestWrongWordGetsACaret(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, _ *scene) {
		s.Press("/")
		s.Type("città and spnd>20 and x")
		x, y, ok := s.Find("spnd")
		if !ok {
			t.Fatal("the words are not there")
		}
		for i, want := range []string{" ", "^", "^", "^", "^", " "} {
			if got := s.Cell(x-1+i, y+1).Text; got != want {
				t.Errorf("cell %d below the word is %q, want %q", i, got, want)
			}
		}
		s.Want("There is no field “spnd”.", "⇥ spend")
		s.Press("enter") // nothing to show yet: the box keeps the keyboard
		s.Want("There is no field")
		s.Press("tab")
		s.Want("città and spend>20 and x")
		s.WantNot("There is no field", "^^^^")
	})
}

// A word that may only be unfinished is no error yet.
func TestHalfAWordIsNoError(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, st *scene) {
		s.Press("/")
		for _, typed := range []string{"tag", ":", "to", "\x7f\x7f", `"`} {
			s.Type(typed)
			s.WantNot("^", "missing", "never closed")
		}
		s.Type("\x7f")
		s.Want("⇥ vip")
		s.Press("down", "tab")
		if got := st.pane.filter.in.Value(); got == "tag:" || !strings.HasPrefix(got, "tag:") {
			t.Errorf("completed to %q", got)
		}
		s.Press("home") // the cursor left the end: now it counts
		s.Type("tag: ")
		s.Want("^")
		s.Press("esc")
		s.WantNot("/ tag: ")
		s.Want("300 people")
	})
}

func TestSegmentsAndTags(t *testing.T) {
	play(t, setting{w: 120, h: 40}, func(s *uitest.Screen, st *scene) {
		s.ClickOn("#vip")
		s.Want("tag:vip", "● #vip")
		s.Press("w")
		s.Want("Save as segment", "tag:vip")
		s.Type("Best of all")
		s.Press("enter")
		s.Sleep(settle)
		s.Want("Segment “Best of all” saved.", "● Best of all")
		if len(st.shop.segments) != 1 || st.shop.segments[0] != (core.SavedSegment{Name: "Best of all", Expr: "tag:vip"}) {
			t.Fatalf("saved %v", st.shop.segments)
		}
		s.ClickOn("Opted out")
		s.Want("50 people of 300")
		s.Press("tab", "x") // ready-made ones stay
		s.Want("Only segments of your own")
		s.Press("j", "x")
		s.Want("Forget this segment?")
		s.Press("y")
		s.Sleep(settle)
		s.Want("forgotten")
		if len(st.shop.segments) != 0 {
			t.Errorf("kept %v", st.shop.segments)
		}
	})
}

func TestMarkedPeopleAreTagged(t *testing.T) {
	play(t, setting{w: 120, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("space", "space", "j", "space")
		s.Want("3 marked")
		s.Press("t")
		s.Want("Tag: 3 people")
		s.Type("Fair 2026")
		s.Press("enter")
		s.Sleep(settle)
		s.Want("#fair 2026 on 3 people.", "#fair 2026")
		s.WantNot("marked")
		tagged := func() (n int) {
			for _, p := range st.shop.people {
				if slices.Contains(p.Tags, "fair 2026") {
					n++
				}
			}
			return n
		}
		if tagged() != 3 {
			t.Fatalf("%d people have the tag", tagged())
		}
		s.Press("u")
		s.Sleep(settle)
		if tagged() != 0 {
			t.Fatalf("undo left %d", tagged())
		}
		s.Press("A")
		s.Want("300 marked")
		s.Press("esc")
		s.WantNot("marked")
	})
}

func TestConsentKeepsTheWords(t *testing.T) {
	play(t, setting{w: 160, h: 45}, func(s *uitest.Screen, st *scene) {
		s.Press("A", "c", "enter")
		s.Want("What did they say or sign?", "The words are the proof.")
		s.Press("enter") // not without words
		s.Want("The words are the proof.")
		s.Type("sì, mandatemi offerte")
		s.Press("enter")
		s.Sleep(settle)
		s.Want("Recorded for", "had it already", "said stop and are left out")
		for _, p := range st.shop.people {
			if p.OptOut && p.ledger[len(p.ledger)-1].Kind == consent.OptIn {
				t.Fatalf("%d was opted in over a stop", p.ID)
			}
		}
		s.Press("c", "down", "enter")
		s.Type("at the counter: basta")
		s.Press("enter")
		s.Sleep(settle)
		s.Want("said stop", "at the counter: basta")
	})
}

func TestFactsAreEditedInPlace(t *testing.T) {
	for _, w := range []int{80, 160} {
		t.Run(fmt.Sprint(w), func(t *testing.T) {
			play(t, setting{w: w, h: 45}, func(s *uitest.Screen, st *scene) {
				maria := st.shop.people[0]
				s.Want("Maria Bianchi")
				s.Press("enter", "j", "j", "enter")
				if x, y := s.Cursor(); s.Cell(x-2, y).Text+s.Cell(x-1, y).Text != "it" {
					t.Errorf("the cursor is not behind the value:\n%s", s.Text())
				}
				s.Type("aliano")
				s.Press("enter")
				s.Sleep(settle)
				s.Want("No such language.", "italiano")
				s.Press("ctrl+u")
				s.WantNot("No such language.")
				s.Type("es")
				s.Press("enter")
				s.Sleep(settle)
				s.Want("Changed.", "Spanish")
				s.Press("u")
				s.Sleep(settle)
				s.Want("Italian")
				s.Press("k", "k", "enter")
				s.Want("high value", "middle value")
				s.Press("down", "enter")
				s.Sleep(settle)
				if maria.Value != core.ValueMid {
					t.Errorf("value %q", maria.Value)
				}
				s.Press("j", "enter")
				s.Type(" Verdi")
				s.Press("esc")
				s.WantNot("Verdi")
				if maria.Name != "Maria Bianchi" {
					t.Errorf("a dropped edit changed the name to %q", maria.Name)
				}
				s.Press("esc")
				s.Want("Last wrote")
			})
		})
	}
}

func TestOpensTheConversation(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: func(s *shop) { s.people[1].talk = 0 }}, func(s *uitest.Screen, st *scene) {
		s.Press("s") // by name
		s.Want("Ordered by name.")
		s.Press("/")
		s.Type("Maria Bianchi vip")
		s.Press("enter", "o")
		if !slices.Equal(st.box.opened, []int64{1}) {
			t.Fatalf("opened %v", st.box.opened)
		}
		s.Press("2", "esc", "/")
		s.Type(string(st.shop.people[1].Phone))
		s.Press("enter", "o")
		s.Want("There is no conversation yet.")
		if len(st.box.opened) != 1 {
			t.Errorf("opened %v", st.box.opened)
		}
	})
}

// Whoever said stop is not opted in in passing: the box says what that does.
func TestLiftingAStopIsSaid(t *testing.T) {
	play(t, setting{w: 120, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("/")
		s.Type("optout")
		s.Press("enter")
		s.Sleep(settle)
		who := st.pane.list.sel
		s.Press("c", "enter")
		s.Want("said stop; this lifts it.")
		s.Press("enter") // not without words
		s.Want("said stop; this lifts it.")
		s.Type("asked for offers again, in writing")
		s.Press("enter")
		s.Sleep(settle)
		if p := st.shop.find(who); p.OptOut || p.ledger[len(p.ledger)-1].Words != "asked for offers again, in writing" {
			t.Errorf("%+v", p.ledger)
		}
	})
}

// News moves people about; the one under the cursor stays there.
func TestCursorStaysOnThePerson(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, st *scene) {
		for range 30 {
			s.Press("j")
		}
		sel := st.pane.list.sel
		_, y, _ := s.Find("▌")
		st.shop.mu.Lock()
		last := st.shop.people[250]
		last.LastIn, last.Name = noon, "Newest Of All"
		st.shop.tell(last.ID)
		st.shop.mu.Unlock()
		s.Sleep(rest + settle)
		if st.pane.list.sel != sel || st.pane.list.ids[0] != last.ID {
			t.Fatalf("cursor on %d, was %d; first is %d", st.pane.list.sel, sel, st.pane.list.ids[0])
		}
		if _, now, _ := s.Find("▌"); now != y {
			t.Errorf("the line moved from %d to %d", y, now)
		}
		asked := st.shop.reads()
		for range 50 {
			st.shop.mu.Lock()
			st.shop.tell(last.ID)
			st.shop.mu.Unlock()
			s.Sleep(rest / 50)
		}
		if n := st.shop.reads() - asked; n > 2 {
			t.Errorf("a stream of changes read the list %d times", n)
		}
	})
}

func TestMouse(t *testing.T) {
	play(t, setting{w: 160, h: 45, n: 5000}, func(s *uitest.Screen, st *scene) {
		s.ClickOn("Name")
		s.Want("Name ▴")
		s.ClickOn("Name ▴")
		s.Want("Name ▾")
		x, y, _ := s.Find("Name ▾")
		s.Click(x, y+5)
		if st.pane.list.cur != 4 {
			t.Errorf("cursor on %d", st.pane.list.cur)
		}
		s.Click(x-2, y+6)
		s.Want("1 marked")
		s.Wheel(x, y+5, 40)
		if st.pane.list.top != 120 {
			t.Errorf("the wheel went to %d", st.pane.list.top)
		}
		s.Click(st.pane.area.Bar.X, y+20)
		if c := st.pane.list.cur; c < 2000 || c > 3000 {
			t.Errorf("half of the scrollbar is place %d", c)
		}
		if r := st.pane.list.current(); r == nil || r.ID == 0 {
			t.Error("the row there was not read")
		}
		s.ClickOn("Details")
		s.Want("edit")
	})
}

func TestNobody(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: func(s *shop) { s.people = nil }}, func(s *uitest.Screen, _ *scene) {
		s.Want("Nobody here yet.", "contacts import")
		s.Press("t", "enter")
		s.Want("Nobody is chosen.")
		s.Press("/")
		s.Type("x")
		s.Want("Nobody fits.")
	})
}

func TestErrorsAreTold(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: func(s *shop) { s.err = core.Fail(core.Busy, "shop", nil) }}, func(s *uitest.Screen, st *scene) {
		why, _ := st.pane.env.Words.Error(st.shop.err)
		s.Want(why[:20])
	})
}
