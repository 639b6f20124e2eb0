package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

func TestFrameGolden(t *testing.T) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"40x12", 40, 12}, {"60x20", 60, 20}, {"80x24", 80, 24}, {"120x40", 120, 40}, {"160x45", 160, 45}} {
		t.Run(size.name, func(t *testing.T) {
			play(t, size.w, size.h, nil, func(s *uitest.Screen, _ *world) { s.Shot("frame-" + size.name); s.Golden() })
		})
	}
}

func TestThemesGolden(t *testing.T) {
	for _, c := range []struct {
		name, mode string
		p          colorprofile.Profile
	}{
		{"dark", "dark", colorprofile.TrueColor}, {"light", "light", colorprofile.TrueColor},
		{"16", "dark", colorprofile.ANSI}, {"none", "dark", colorprofile.ASCII},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := uitest.Options{W: 80, H: 20, Profile: c.p}
			playOn(t, o, func(w *world) { w.deps.Theme = c.mode }, func(s *uitest.Screen, _ *world) {
				s.Press("j")
				s.Shot("theme-" + c.name)
				s.GoldenStyled()
			})
		})
	}
}

func TestDialogsGolden(t *testing.T) {
	t.Run("help", func(t *testing.T) {
		play(t, 100, 32, nil, func(s *uitest.Screen, _ *world) { s.Press("?"); s.Shot("help"); s.Golden() })
	})
	t.Run("palette", func(t *testing.T) {
		play(t, 100, 32, nil, func(s *uitest.Screen, _ *world) { s.Press("ctrl+k"); s.Type("se"); s.Shot("palette"); s.Golden() })
	})
	t.Run("not yet", func(t *testing.T) {
		play(t, 100, 32, nil, func(s *uitest.Screen, _ *world) { s.Press("4"); s.Shot("campaigns"); s.Golden() })
	})
	t.Run("quit", func(t *testing.T) {
		play(t, 100, 32, func(w *world) { w.pane.lose = "Two answers have not been sent yet." }, func(s *uitest.Screen, _ *world) {
			s.Press("q")
			s.Shot("quit")
			s.Golden()
		})
	})
}

// A burst of changes is one reload, and what it loaded is on the screen.
func TestChangesReachPixels(t *testing.T) {
	play(t, 80, 24, func(w *world) { w.pane.reload = func([]core.Change) bool { return true } }, func(s *uitest.Screen, w *world) {
		for i := range 500 {
			w.feed.Publish(core.Change{Kind: core.Conversations, ID: int64(i)})
		}
		s.Sleep(200 * time.Millisecond)
		s.Want("changes 500", "João")
		if w.pane.loads != 1 {
			t.Fatalf("500 changes made %d loads", w.pane.loads)
		}
		w.feed.Publish(core.Change{Kind: core.Conversations, ID: 1})
		s.Sleep(200 * time.Millisecond)
		s.Want("changes 1")
	})
}

// Nothing is drawn and nothing is written while nothing happens: the clock's
// minute is all that moves.
func TestNothingMovesWhenNothingHappens(t *testing.T) {
	play(t, 80, 24, nil, func(s *uitest.Screen, w *world) {
		s.Sleep(time.Second)
		bytes, frames := s.Bytes(), w.app.Drawn()
		s.Sleep(50 * time.Second)
		if s.Bytes() != bytes || w.app.Drawn() != frames {
			t.Fatalf("%d bytes and %d frames in an idle minute", s.Bytes()-bytes, w.app.Drawn()-frames)
		}
		for range 100 { // changes of what no pane shows
			w.feed.Publish(core.Change{Kind: core.Journal})
			s.Sleep(50 * time.Millisecond)
		}
		if n := w.app.Drawn() - frames; n > 1 {
			t.Fatalf("%d frames for changes nobody shows", n)
		}
		s.Sleep(10 * time.Minute)
		s.Want("14:15")
		if n := w.app.Drawn() - frames; n > 12 {
			t.Fatalf("%d frames in eleven minutes", n)
		}
		if !strings.Contains(w.pane.notes(), "frame.Minute") {
			t.Fatal("the pane was not told of the minute")
		}
	})
}

func TestTabs(t *testing.T) {
	play(t, 80, 24, nil, func(s *uitest.Screen, w *world) {
		s.Press("3")
		s.Want("Templates  ◌ not yet")
		if !strings.Contains(w.pane.notes(), "frame.Shown{false}") {
			t.Fatalf("told %s", w.pane.notes())
		}
		s.Press("tab")
		s.Want("Campaigns  ◌ not yet")
		s.Press("shift+tab", "shift+tab", "shift+tab")
		s.Want("Maria")
		s.Press("shift+tab")
		s.Want("Settings  ◌ not yet")
		s.ClickOn("5 Summary")
		s.Want("Summary  ◌ not yet")
		s.Press("1")
		s.Want("Maria")
		s.Press("r")
		s.Type("2q?") // text, while an input has the focus
		s.Want("2q?")
		s.Press("alt+2")
		s.Want("Contacts  ◌ not yet")
	})
}

func TestToastAndUndo(t *testing.T) {
	play(t, 100, 24, nil, func(s *uitest.Screen, w *world) {
		undone := 0
		undo := func(context.Context) error { undone++; return nil }
		s.Send(frame.Toast{Text: "Done: Maria\x1b[2J", Undo: undo})
		s.Want("✓ Done: Maria", "u undo")
		s.Press("u")
		s.Want("✓ Undone")
		s.Press("u")
		if undone != 1 {
			t.Fatalf("undone %d times", undone)
		}
		s.Sleep(10 * time.Second)
		s.WantNot("Undone")
		s.Send(frame.Toast{Text: "Sent", Undo: undo, For: 5 * time.Second})
		s.Press("r") // typing: u is a letter, alt+u undoes
		s.Want("alt+u undo")
		s.Type("u")
		s.Press("alt+u")
		if undone != 2 || w.pane.field.Value() != "u" {
			t.Fatalf("undone %d times, typed %q", undone, w.pane.field.Value())
		}
		s.Press("esc")
		s.Send(frame.Toast{Text: "first"})
		s.Sleep(3 * time.Second)
		s.Send(frame.Toast{Text: "second"})
		s.Sleep(2 * time.Second)
		s.Want("second") // the first one's time does not end the second
	})
}

// An offer ends with its time: by the shop's clock, which a demo lets run
// faster, and after a sleep in which no timer ran.
func TestOfferEndsWithItsTime(t *testing.T) {
	undone := 0
	offer := frame.Toast{Text: "Sending", Undo: func(context.Context) error { undone++; return nil }}
	play(t, 100, 24, func(w *world) {
		began, now := time.Now(), w.env.Now
		w.env.Now = func() time.Time { return now().Add(9 * time.Since(began)) }
		w.deps.Speed = 10
	}, func(s *uitest.Screen, w *world) {
		o := offer
		o.Until = w.env.Now().Add(20 * time.Second)
		s.Send(o)
		s.Want("✓ Sending")
		s.Sleep(1500 * time.Millisecond)
		s.Want("✓ Sending")
		s.Sleep(time.Second)
		s.WantNot("Sending")
		s.Send(frame.Toast{Text: "Kept"}) // words are read no faster
		s.Sleep(3 * time.Second)
		s.Want("Kept")
		s.Sleep(2 * time.Second)
		s.WantNot("Kept")
	})
	var slept time.Duration
	play(t, 100, 24, func(w *world) {
		now := w.env.Now
		w.env.Now = func() time.Time { return now().Add(slept) }
	}, func(s *uitest.Screen, w *world) {
		s.Send(offer)
		s.Want("✓ Sending")
		slept = time.Hour
		s.Press("u")
		s.WantNot("Sending", "Undone")
		if undone != 0 {
			t.Fatal("undone an hour later")
		}
		s.Send(offer)
		s.Want("✓ Sending")
		slept += time.Hour
		s.Press("down")
		s.WantNot("Sending")
	})
}

func TestErrorsInWords(t *testing.T) {
	play(t, 160, 24, nil, func(s *uitest.Screen, _ *world) {
		s.Send(frame.Failed{Err: core.Fail(core.DiskFull, "storage.Write", errors.New("write /home/ada/x: no space"))})
		s.Want("✗ The disk is full; nothing was written.")
		s.WantNot("/home/ada")
		s.Sleep(time.Minute)
		s.Send(frame.Failed{Err: context.Canceled})
		s.WantNot("✗")
		s.Send(frame.Toast{Text: "x", Undo: func(context.Context) error { return core.Fail(core.TooLate, "inbox.TakeBack", nil) }})
		s.Press("u")
		s.Want("✗ Too late: the message has already left.")
	})
}

func TestPalette(t *testing.T) {
	play(t, 100, 30, func(w *world) {
		w.pane.found = []frame.Entry{{Title: "Maria Bianchi", Detail: "waits 52 min", Msg: frame.ShowTab{Pane: "summary"}}, {Title: "Marco", Msg: frame.ShowTab{Pane: "contacts"}}}
	}, func(s *uitest.Screen, w *world) {
		s.Press("ctrl+k")
		s.Want("Commands", "choose · nothing to undo", "undo · nothing to undo")
		s.Type("contac")
		s.Want("▌ Contacts")
		s.Press("enter")
		s.Want("Contacts  ◌ not yet")
		s.Press("1", "ctrl+k")
		s.Type("mar")
		s.Want("Maria Bianchi", "waits 52 min", "Marco")
		if x, y := s.Cursor(); s.Cell(x-1, y).Text != "r" {
			t.Fatalf("the cursor is at %d,%d", x, y)
		}
		s.Press("down", "down", "enter") // the first is a command that fits as well
		s.Want("Contacts  ◌ not yet")
		s.Press("1", "ctrl+k")
		s.Type("zzzz")
		s.Want("Nothing fits")
		s.Press("enter", "esc")
		s.WantNot("Nothing fits")
		s.Press("ctrl+k")
		s.Type("down")
		s.Press("enter") // the pane's own action, by its key
		if got := strings.Join(w.pane.did, " "); got != "fake.down" {
			t.Fatalf("did %q", got)
		}
	})
}

func TestHelpScrolls(t *testing.T) {
	play(t, 60, 14, nil, func(s *uitest.Screen, _ *world) {
		s.Press("?")
		s.Want("Keys · Inbox", "j ↓")
		s.WantNot("6 alt+6")
		for range 30 {
			s.Press("j")
		}
		s.Want("6 alt+6")
		s.Wheel(30, 6, -40)
		s.Want("j ↓")
		s.Press("esc")
		s.WantNot("Keys · Inbox")
		s.Want("Maria")
	})
}

func TestQuit(t *testing.T) {
	ended := func(s *uitest.Screen) bool { ok, _ := s.Ended(); return ok }
	t.Run("at once", func(t *testing.T) {
		play(t, 80, 24, nil, func(s *uitest.Screen, _ *world) {
			s.Press("q")
			if ok, err := s.Ended(); !ok || err != nil {
				t.Fatalf("ended %v, %v", ok, err)
			}
		})
	})
	lossy := func(w *world) { w.pane.lose = "A draft is not saved." }
	t.Run("asks", func(t *testing.T) {
		play(t, 80, 24, lossy, func(s *uitest.Screen, _ *world) {
			s.Press("q")
			s.Want("Quit now?", "A draft is not saved.")
			s.Press("enter") // the harmless answer is the chosen one
			s.WantNot("Quit now?")
			s.Press("q", "tab", "enter")
			if !ended(s) {
				t.Fatal("still running")
			}
		})
	})
	t.Run("twice ctrl+c", func(t *testing.T) {
		play(t, 80, 24, lossy, func(s *uitest.Screen, _ *world) {
			s.Press("ctrl+c")
			if ended(s) {
				t.Fatal("did not ask")
			}
			s.Press("ctrl+c")
			if !ended(s) {
				t.Fatal("still running")
			}
		})
	})
	t.Run("by mouse", func(t *testing.T) {
		play(t, 80, 24, lossy, func(s *uitest.Screen, _ *world) {
			s.Press("q")
			s.ClickOn("No")
			s.WantNot("Quit now?")
			s.Press("q")
			s.ClickOn("Quit  ")
			if !ended(s) {
				t.Fatal("still running")
			}
		})
	})
}

func TestSuddenQuestionIgnoresHastyKeys(t *testing.T) {
	play(t, 80, 24, nil, func(s *uitest.Screen, _ *world) {
		said := false
		yes := func() tea.Msg { said = true; return nil }
		s.Send(frame.Confirm{Title: "Start?", Text: "To 1,103 people.", Yes: yes, Sudden: true})
		s.Type("y")
		s.Want("Start?")
		s.Sleep(time.Second)
		s.Type("y")
		if s.WantNot("Start?"); !said {
			t.Fatal("yes was not heard")
		}
	})
}

func TestMouse(t *testing.T) {
	play(t, 80, 24, nil, func(s *uitest.Screen, w *world) {
		s.Click(10, 7) // third body line but one: row 3 of the list
		s.Want("▌ 李小龙")
		s.Drag(5, 5, 70, 0) // a drag goes on outside the pane
		got := w.pane.notes()
		for _, want := range []string{"click 10,4", "click 5,2", "motion 70,-3", "release 70,-3"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in %s", want, got)
			}
		}
		s.Wheel(4, 6, 1)
		if !strings.Contains(w.pane.notes(), "wheel 4,3") {
			t.Errorf("told %s", w.pane.notes())
		}
		s.Press("?")
		before := w.pane.notes()
		s.Click(40, 10) // the dialog's, not the pane's
		if w.pane.notes() != before {
			t.Error("a click went through the dialog")
		}
	})
}

func TestPasteFocusTitle(t *testing.T) {
	play(t, 80, 24, func(w *world) { w.pane.unread = 7 }, func(s *uitest.Screen, w *world) {
		s.Paste("uno\ndue")
		s.Focus(false)
		s.Focus(true)
		for _, want := range []string{`paste "uno\ndue"`, "tea.BlurMsg", "tea.FocusMsg"} {
			if !strings.Contains(w.pane.notes(), want) {
				t.Errorf("no %s in %s", want, w.pane.notes())
			}
		}
		if got := s.Title(); got != "(7) bottega · Ferramenta Rossi" {
			t.Errorf("title %q", got)
		}
	})
}

// What to do next stands at the end of bad news: it is never cut off.
func TestLongToastsAreWhole(t *testing.T) {
	for _, w := range []int{40, 60, 80, 120} {
		play(t, w, 24, nil, func(s *uitest.Screen, _ *world) {
			s.Send(frame.Failed{Err: core.Fail(core.DiskFull, "test", nil)})
			s.Sleep(100 * time.Millisecond)
			shown := strings.Join(strings.Fields(s.Text()), " ")
			words, err := text.Load("en")
			if err != nil {
				t.Fatal(err)
			}
			what, hint := words.Error(core.Fail(core.DiskFull, "test", nil))
			if want := "✗ " + what + " " + hint; !strings.Contains(shown, want) {
				t.Fatalf("at %d: no %q in\n%s", w, want, s.Text())
			}
			s.Sleep(9 * time.Second)
			s.WantNot("✗")
		})
	}
}
