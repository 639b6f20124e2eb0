package inbox_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/inbox"
	"bottega/ui/uitest"
)

// What is pasted goes where it can be seen and mended, and is sent by nobody.
func TestPasteGoesToTheComposer(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Want("▌ Maria Bianchi")
		s.Paste("Buongiorno\nl'ordine è pronto")
		s.Want("› Buongiorno", "  l'ordine è pronto", "⏎ send") // from the list, on a screen that shows one at a time
		s.Paste(" \x1b[31mdomani")
		s.Want("l'ordine è pronto domani") // without the colour it came with
		s.Sleep(2 * time.Second)
		if m := st.newest(1); m.Direction != core.In {
			t.Fatalf("sent by itself: %+v", m)
		}
		if c := st.conversation(1); c.Draft == "" {
			t.Error("the paste is not kept as a draft")
		}
	})
	play(t, setting{w: 120, h: 24, fill: func(st *stage) {
		st.channel()
		c := st.customer(core.Contact{Name: "Maria", Phone: "+393331234567"})
		st.says(c, 25*time.Hour, said("Quando arriva?"))
	}}, func(s *uitest.Screen, _ *stage) {
		s.Want("Window shut")
		s.Paste("Domani")
		s.Want("The 24-hour window is shut", "› Domani") // held, not lost
	})
	play(t, setting{w: 120, h: 24}, func(s *uitest.Screen, _ *stage) {
		s.Paste("Domani")
		s.WantNot("Domani")
	})
}

// Backspace and esc in an empty field take away what goes with the words: the
// file first, then the quote.
func TestFileAndQuoteAreTakenAway(t *testing.T) {
	file := filepath.Join(t.TempDir(), "listino.pdf")
	if err := os.WriteFile(file, make([]byte, 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	upload := func(context.Context, int64, string, string) (core.Media, error) { return core.Media{ID: "up1"}, nil }
	play(t, setting{w: 120, h: 30, fill: one, tune: func(d *inbox.Deps) { d.Upload = upload }}, func(s *uitest.Screen, st *stage) {
		attach := func() {
			s.Press("ctrl+f")
			s.Paste(file)
			s.Sleep(100 * time.Millisecond)
			s.Press("enter")
			s.Want("📎 listino.pdf")
		}
		s.Press("enter", "k", "r")
		s.Want("quoting", "┃ Maria Bianchi: Avete")
		attach()
		s.Type("x")
		s.Press("backspace") // takes the letter
		s.Want("📎 listino.pdf", "quoting")
		s.Press("backspace")
		s.WantNot("📎")
		s.Want("quoting")
		s.Press("backspace")
		s.WantNot("quoting")
		s.Press("backspace")
		s.Want("⏎ send")
		attach()
		s.Press("esc")
		s.WantNot("📎")
		s.Want("⏎ send")
		s.Press("esc")
		s.Want("⏎ write")
		s.Press("enter", "ctrl+n", "ctrl+f")
		s.Sleep(100 * time.Millisecond)
		s.Want("A private note takes no file.")
		s.Press("esc") // an empty note is left the same way
		s.Want("⏎ send", "reply to Maria Bianchi")
	})
}

// up from an empty field chooses the newest message; with words in it the
// cursor stays in them.
func TestUpFromAnEmptyField(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, _ *stage) {
		s.Press("r", "up")
		s.Want("▌ Avete la vernice bianca?", "e react")
		s.Press("enter")
		s.Type("Sì")
		s.Press("up")
		s.Want("› Sì", "⏎ send")
	})
}

func TestSearchByKeysAndMouse(t *testing.T) {
	names := []string{"Anna", "Bruno", "Carla", "Dario", "Elsa", "Fabio", "Gino", "Ida"}
	play(t, setting{w: 100, h: 24, fill: func(st *stage) {
		st.channel()
		for i := len(names) - 1; i >= 0; i-- {
			c := st.customer(core.Contact{Name: names[i] + " Prova", Phone: core.Phone(fmt.Sprint("+39333000000", i))})
			st.says(c, time.Duration(i+1)*time.Hour, said("vorrei del pistacchio"))
		}
	}}, func(s *uitest.Screen, _ *stage) {
		find := func() {
			s.Press("/")
			s.Type("pistacchio")
			s.Sleep(200 * time.Millisecond)
			s.Want("▌ Anna Prova") // newest first
		}
		find()
		s.Press("down", "ctrl+n")
		s.Want("▌ Carla Prova")
		s.Press("up")
		s.Want("▌ Bruno Prova")
		s.Press("pgdown")
		s.WantNot("▌ Bruno Prova", "▌ Anna Prova")
		s.Press("pgdown", "pgdown")
		s.Want("▌ Ida Prova")
		s.Wheel(50, 10, -1)
		s.Want("▌ Gino Prova")
		s.Wheel(50, 10, 1)
		s.Want("▌ Ida Prova")
		s.Press("pgup", "pgup", "pgup")
		s.Want("▌ Anna Prova")
		s.ClickOn("Dario Prova  ")
		s.Sleep(300 * time.Millisecond)
		s.WantNot("Search all messages")
		s.Want("reply to Dario Prova")
		find()
		s.Click(50, 3) // on the field: nothing is chosen
		s.Want("/ pistacchio")
		s.Press("ctrl+u")
		s.Type("nulla")
		s.Sleep(200 * time.Millisecond)
		s.Press("enter") // there is nowhere to go
		s.Want("/ nulla")
		s.Press("esc")
		s.Want("reply to Dario Prova")
	})
}

func TestCardScrolls(t *testing.T) {
	play(t, setting{w: 80, h: 14, fill: func(st *stage) {
		one(st)
		if _, err := st.work.Assign(st.ctx, 1, "ada", "luca"); err != nil {
			st.t.Fatal(err)
		}
	}}, func(s *uitest.Screen, _ *stage) {
		s.Press("enter", "i")
		s.Sleep(100 * time.Millisecond)
		s.Want("─ Contact ─", "Maria Bianchi", "↑↓ move")
		s.WantNot("WhatsApp id", "Lately")
		s.Press("pgdown", "pgdown")
		s.Want("Lately", "you gave it to luca")
		s.Press("k", "up")
		s.WantNot("you gave it to luca")
		s.Press("j", "down")
		s.Want("you gave it to luca")
		s.Press("pgup", "pgup")
		s.Want("Value")
		s.Wheel(40, 7, 20)
		s.Want("you gave it to luca")
		s.Wheel(40, 7, -20)
		s.Want("Value")
		s.Press("i")
		s.WantNot("─ Contact ─")
	})
}

// The wheel scrolls what is under the pointer: the talk, and back to its end.
func TestWheelScrollsTheTalk(t *testing.T) {
	play(t, setting{w: 120, h: 24, fill: func(st *stage) {
		st.channel()
		c := st.customer(core.Contact{Name: "Zoë O'Neil", Phone: "+353861234567"})
		st.chatter(c, 150, time.Minute, func(i int) string { return fmt.Sprint("riga numero ", i) })
	}}, func(s *uitest.Screen, st *stage) {
		s.Want("riga numero 149  14:04")
		s.Wheel(80, 12, -5)
		s.WantNot("riga numero 149  14:04")
		s.Want("▌ Zoë O'Neil")
		s.Wheel(80, 12, -200)
		s.Sleep(200 * time.Millisecond)
		s.Wheel(80, 12, -200)
		s.Sleep(200 * time.Millisecond)
		s.Want("riga numero 0") // older messages came when they were needed
		st.says(1, 0, said("una nuova"))
		s.Sleep(300 * time.Millisecond)
		s.Want("▾ 1 new", "riga numero 0") // what is read does not move
		s.ClickOn("▾ 1 new")
		s.Want("una nuova")
		s.WantNot("▾ 1 new")
	})
}

// The heading of a chat opens the card, the divider can be dragged, and a drag
// beyond the edges stops where both sides can still be read.
func TestDividerAndHeading(t *testing.T) {
	play(t, setting{w: 120, h: 24, fill: one}, func(s *uitest.Screen, _ *stage) {
		at := func() int { x, _, _ := s.Find("│"); return x }
		was := at()
		s.Drag(was, 10, was+12, 10)
		if got := at(); got != was+12 {
			t.Fatalf("the divider went from %d to %d", was, got)
		}
		s.Drag(at(), 10, 1, 10)
		if got := at(); got != 24 {
			t.Errorf("the list became %d cells wide", got)
		}
		s.Drag(at(), 10, 119, 10)
		if got := 120 - at() - 1; got != 40 {
			t.Errorf("the chat became %d cells wide", got)
		}
		s.ClickOn("+393331234567")
		s.Sleep(100 * time.Millisecond)
		s.Want("─ Contact ─")
		s.Press("esc")
		s.WantNot("─ Contact ─")
	})
}

// One key takes a conversation and lets go of it again; undo follows either.
func TestTakeAndLetGo(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		for _, step := range []struct{ key, says, who string }{
			{"m", "It is yours now.", "ada"}, {"m", "With nobody now.", ""}, {"u", "Undone", "ada"}, {"m", "With nobody now.", ""},
		} {
			s.Press(step.key)
			s.Sleep(200 * time.Millisecond)
			s.Want(step.says)
			if c := st.conversation(1); c.Assignee != step.who {
				t.Fatalf("after %s it is with %q, want %q", step.key, c.Assignee, step.who)
			}
		}
	})
}

// A name nobody has yet is asked about: a slip of the finger must not hand a
// customer to nobody.
func TestNewNameIsAskedAbout(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		ask := func() {
			s.Press("a")
			s.Type("Giulia")
			s.Press("enter")
			s.Sleep(100 * time.Millisecond)
			s.Want("Giulia has no conversation yet", "Assign")
		}
		ask()
		s.Press("esc")
		s.Sleep(100 * time.Millisecond)
		if c := st.conversation(1); c.Assignee != "" {
			t.Fatalf("went to %q without an answer", c.Assignee)
		}
		ask()
		s.Press("y")
		s.Sleep(200 * time.Millisecond)
		s.Want("Now with Giulia.", "with Giulia")
		if c := st.conversation(1); c.Assignee != "Giulia" {
			t.Fatalf("with %q", c.Assignee)
		}
	})
}

func TestReactionIsTakenBack(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		react := func(keys ...string) []core.Reaction {
			s.Press("e")
			s.Sleep(100 * time.Millisecond)
			s.Press(keys...)
			s.Sleep(200 * time.Millisecond)
			return st.newest(1).Reactions
		}
		s.Press("enter", "k")
		if r := react("enter"); len(r) != 1 || r[0].Emoji != "👍" {
			t.Fatalf("%+v", r)
		}
		if r := react("down", "enter"); len(r) != 1 || r[0].Emoji != "❤️" { // one each
			t.Fatalf("%+v", r)
		}
		s.Press("e")
		s.Sleep(100 * time.Millisecond)
		s.Want("✓ ❤", "▌   👍")
		s.Press("pgdown", "enter")
		s.Sleep(200 * time.Millisecond)
		if r := st.newest(1).Reactions; len(r) != 0 {
			t.Fatalf("not taken back: %+v", r)
		}
	})
}

// What is copied are the words there are: a caption is words too, a sticker has none.
func TestCopyWhatThereIs(t *testing.T) {
	play(t, setting{w: 100, h: 30, fill: func(st *stage) {
		one(st)
		st.says(1, 2*time.Minute, core.Content{Type: core.TypeImage, Media: &core.Media{MIME: "image/jpeg", Caption: "la vernice"}})
		st.says(1, time.Minute, core.Content{Type: core.TypeSticker, Media: &core.Media{MIME: "image/webp"}})
	}}, func(s *uitest.Screen, _ *stage) {
		s.Press("enter", "y") // the newest
		s.Sleep(100 * time.Millisecond)
		s.Want("! There is no text to copy.")
		s.Press("k", "k", "y")
		s.Sleep(100 * time.Millisecond)
		s.Want("✓ Copied.")
		s.WantNot("There is no text")
	})
}
