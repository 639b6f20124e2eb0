package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/uitest"
)

func TestSnoozeInWords(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Want("▌ Maria Bianchi")
		s.Press("z")
		s.Type("tomorrow 9")
		s.Want("→ Wed 25 Nov 09:00")
		s.Shot("snooze-100x24")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("Maria Bianchi: until Tomorrow 09:00", "▌ João Araújo")
		s.WantNot("▌ Maria")
		s.Press("u")
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ Maria Bianchi #tools", "◑ 1h52")
		s.Press("z")
		s.Type("yesterday")
		s.Want("That has passed already.")
		s.WantNot("Not understood")
		s.Press("enter", "ctrl+u") // nothing is done with it
		s.Type("gibberish")
		s.Want("Not understood yet.")
		s.Press("enter")
		s.Want("Until when?")
		s.Press("esc")
		s.WantNot("Until when?")
		_ = st
	})
}

// A farewell closes a talk as thanks do, and is not called thanks.
func TestFarewellIsClosingWords(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: func(st *stage) {
		one(st)
		st.answered(1, 2*time.Minute, core.Read, core.Message{Content: said("Sí, mañana a las 9.")})
		st.says(1, time.Minute, said("Hasta mañana."))
	}}, func(s *uitest.Screen, _ *stage) {
		s.Want("▌ Hasta mañana.", "closing words")
		s.WantNot("said thanks")
	})
}

func TestDoneGoesToTheNextWhoWaits(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Press("d")
		s.Sleep(200 * time.Millisecond)
		s.Want("Maria Bianchi: done.", "▌ João Araújo", "‹open 4›")
		s.Press("u")
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ Maria Bianchi", "‹open 5›", "Maria Bianchi  +393331234567")
		s.Press("d")
		s.Sleep(200 * time.Millisecond)
		s.Press("r", "alt+u") // who writes to another stays with them
		s.Sleep(200 * time.Millisecond)
		s.Want("▌ João Araújo", "‹open 5›", "⏎ send")
		s.Press("esc", "esc", "g", "d")
		s.Sleep(200 * time.Millisecond)
		s.Press("left")
		s.Want("‹done 1›", "▌ Maria Bianchi", "✓ done")
		s.Press("d")
		s.Sleep(200 * time.Millisecond)
		s.Want("Maria Bianchi: open again.")
		s.Press("right")
		s.Want("‹open 5›")
		_ = st
	})
}

func TestFilterIsCleared(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: func(st *stage) {
		one(st)
		st.says(st.customer(core.Contact{Name: "Luca Neri", Phone: "+393331234560", Tags: []string{"vip"}}), time.Minute, said("Ciao"))
	}}, func(s *uitest.Screen, st *stage) {
		s.WantNot("esc clear filter")
		s.Press("f")
		s.Sleep(100 * time.Millisecond)
		s.Type("vip")
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		s.Want("‹open #vip›", "Luca Neri", "esc clear filter")
		s.WantNot("Maria Bianchi")
		s.Press("esc")
		s.Sleep(100 * time.Millisecond)
		s.Want("‹open 2›", "Luca Neri", "Maria Bianchi")
		s.Press("]")
		s.Sleep(100 * time.Millisecond)
		s.Want("‹waiting 2›", "esc clear filter")
		s.Press("esc", "esc")
		s.Sleep(100 * time.Millisecond)
		s.Want("‹open 2›")
		s.WantNot("All open conversations are shown.") // once too often is no mistake
	})
}

func TestNoteStaysInTheShop(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("N")
		s.Want("private note", "A note that stays in the shop")
		s.Type("Paga sempre")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("▪ private note · ada", "Paga sempre", "Note kept.", "○ 3m")
		s.WantNot("⏎ send") // the next words are not for the customer
		s.Press("enter", "N")
		s.Type("Chiama lei")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("Chiama lei", "⏎ write") // back among the messages, whence it came
		s.Press("N", "esc")
		s.Want("⏎ write")
		s.Press("enter", "ctrl+n")
		s.Type("Anche il sabato")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("Anche il sabato", "⏎ write")
		if m := st.newest(1); m.Type != core.TypeNote || m.Direction != core.Out && m.State != core.Received {
			t.Fatalf("%+v", m)
		}
	})
}

func TestNoteIsTakenBack(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("enter", "enter")
		s.Type("Buongiorno")
		s.Press("ctrl+n")
		s.Type("Paga sempre")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("Paga sempre", "Note kept.", "undo", "› Buongiorno")
		s.Press("alt+u")
		s.Sleep(200 * time.Millisecond)
		s.Want("› Paga sempre", "━ private note ━") // its words are there to be mended
		s.WantNot("▪ private note · ada")
		if m := st.newest(1); m.Type == core.TypeNote {
			t.Fatalf("the note is still there: %+v", m)
		}
		s.Press("ctrl+n")
		s.Want("› Buongiorno")
	})
}

func TestShutWindowHoldsAnAnswer(t *testing.T) {
	play(t, setting{w: 120, h: 24, fill: func(st *stage) {
		st.channel()
		c := st.customer(core.Contact{Name: "Maria", Phone: "+393331234567"})
		st.says(c, 24*time.Hour+40*time.Minute, said("Quando arriva?"))
	}}, func(s *uitest.Screen, st *stage) {
		s.Want("Window shut 40 min ago — t template · h hold until they write", "window shut 40 min ago")
		s.Shot("shut-120x24")
		s.Press("r")
		s.Want("! The 24-hour window is shut: your words are held", "window shut · held for Maria", "Write a message")
		s.Press("esc", "t")
		s.WantNot("Write a message")
		s.Want("Templates cannot be sent from here")
		s.Press("h")
		s.Type("Domani mattina")
		s.Sleep(time.Second)
		s.Want("✎ draft Domani mattina", "⏎ hold") // not confirmed yet
		s.Press("enter")                           // nothing may leave
		s.Sleep(time.Second)
		s.Want("› Domani mattina", "✓ Held until Maria writes;", "⏸ held Domani mattina")
		if m := st.newest(1); m.Direction != core.In {
			t.Fatalf("left: %+v", m)
		}
		s.Press("esc")
		s.Want("⏸ held Domani mattina")
		s.Focus(false)
		st.says(1, 0, said("Allora?"))
		s.Sleep(200 * time.Millisecond)
		s.Focus(true)
		s.Want("✎ draft Domani mattina", "window 1 d")
		if len(st.notices()) == 0 || st.notices()[len(st.notices())-1].Body != "wrote: your held answer is ready to send" {
			t.Fatalf("notices %+v", st.notices())
		}
		s.Press("r", "enter")
		s.Want("leaves in")
	})
}

// Whatever is typed after r while the window is shut is words, even a second
// line after enter: d would be done, n the next customer, q the way out.
func TestWordsIntoAShutWindowAreNoCommands(t *testing.T) {
	play(t, setting{w: 120, h: 24, fill: func(st *stage) {
		st.channel()
		st.says(st.customer(core.Contact{Name: "Maria", Phone: "+393331234567"}), 25*time.Hour, said("Quando arriva?"))
		st.says(st.customer(core.Contact{Name: "Luca", Phone: "+393331234568"}), 26*time.Hour, said("Ci siete?"))
	}}, func(s *uitest.Screen, st *stage) {
		for _, open := range [][]string{{"r"}, {"enter", "enter"}, {"tab"}, {"enter", "r"}} {
			s.Press(open...)
			s.Type("dnzq")
			s.Press("enter")
			s.Type(" dnq")
			s.Sleep(time.Second)
			s.Want("› dnzq dnq")
			for id := range int64(2) {
				c := st.conversation(id + 1)
				if c.State != core.Open || c.LastOutAt != (time.Time{}) {
					t.Fatalf("after %v: conversation %d is %s, answered %v", open, c.ID, c.State, c.LastOutAt)
				}
			}
			s.Press("enter", "enter") // held, and left
			s.Sleep(200 * time.Millisecond)
			s.Want("⏸ held dnzq dnq")
			s.WantNot("⏎ hold")
			s.Press("r", "ctrl+u", "esc", "esc")
			s.Sleep(time.Second)
			s.WantNot("dnzq")
		}
		s.Paste("dna")
		s.Want("› dna")
	})
}

func TestOtherAgentsAreSeen(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: one}, func(s *uitest.Screen, st *stage) {
		if err := st.db.SetPresence(st.ctx, core.Presence{ConversationID: 1, Agent: "Luca", Process: "p2", Typing: true, Until: st.now().Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		s.Sleep(200 * time.Millisecond)
		s.Want("✎ Luca types…", "Maria Bianchi ✎ Luca")
		mine, err := st.db.Present(st.ctx, 1, "p2", st.now())
		if err != nil || len(mine) != 1 || mine[0].Agent != "ada" {
			t.Fatalf("we are %+v, %v", mine, err)
		}
		if err := st.db.Write(st.ctx, func(tx core.Tx) error { return tx.Lock(1, "Luca", st.now(), 10*time.Second) }); err != nil {
			t.Fatal(err)
		}
		s.Press("r")
		s.Type("Ciao")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("› Ciao", "! Luca is writing here: enter again to send.")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("› Ciao") // refused, nothing is lost
		s.WantNot("leaves in")
	})
}

func TestResizeKeepsEverything(t *testing.T) {
	play(t, setting{w: 160, h: 45, fill: everything}, func(s *uitest.Screen, _ *stage) {
		s.ClickOn("李小龙")
		s.Press("r")
		s.Want("▌ 李小龙")
		s.Type("六点半")
		for _, size := range [][2]int{{80, 24}, {40, 12}, {1, 1}, {120, 40}, {160, 45}} {
			s.Resize(size[0], size[1])
		}
		s.Want("▌ 李小龙", "› 六点半")
		x, y := s.Cursor()
		if c := s.Cell(x-2, y); c.Text != "半" {
			t.Fatalf("cursor at %d,%d behind %q", x, y, c.Text)
		}
	})
}

func TestMouse(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, _ *stage) {
		s.ClickOn("João")
		s.Want("▌ João Araújo")
		s.ClickOn("É esta")
		s.ClickOn("waiting 3")
		s.Want("‹waiting 3›")
		x, _, _ := s.Find("│")
		s.Drag(x, 20, x+12, 20)
		if nx, _, _ := s.Find("│"); nx != x+12 {
			t.Fatalf("divider at %d, want %d", nx, x+12)
		}
		s.Wheel(5, 10, 2)
		s.ClickOn("Write a message")
		s.Type("olá")
		s.Want("› olá")
	})
}

func TestNothingMovesWhenNothingHappens(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: counter}, func(s *uitest.Screen, _ *stage) {
		s.Sleep(60 * time.Second) // past the full minute
		n := s.Bytes()
		s.Sleep(50 * time.Second)
		if d := s.Bytes() - n; d > 0 {
			t.Fatalf("%d bytes were drawn within a minute", d)
		}
		s.Want("◑ 1h53", "◔ 13m")
	})
}

func TestBellAndNotices(t *testing.T) {
	play(t, setting{w: 100, h: 24, fill: counter}, func(s *uitest.Screen, st *stage) {
		s.Focus(false)
		st.says(3, 0, said("在吗？"))
		s.Sleep(time.Second)
		if len(st.notices()) != 1 || st.notices()[0].Conversation != 3 || st.notices()[0].Title != "李小龙" {
			t.Fatalf("notices %+v", st.notices())
		}
		s.Sleep(9 * time.Minute) // Maria reaches two hours
		last := st.notices()[len(st.notices())-1]
		if last.Conversation != 1 || !last.Urgent {
			t.Fatalf("notices %+v", st.notices())
		}
		if s.Bells() == 0 {
			t.Fatal("no bell")
		}
	})
}

func TestEmptyPlaces(t *testing.T) {
	play(t, setting{w: 80, h: 24}, func(s *uitest.Screen, _ *stage) {
		s.Want("No number is connected yet.", "bottega connect")
		s.Press("d", "z", "enter", "r", "j", "G", "g", "n", "i", "esc") // no conversation: each says so, none breaks
		s.Want("No number is connected yet.")
	})
	play(t, setting{w: 80, h: 24, fill: (*stage).channel}, func(s *uitest.Screen, _ *stage) {
		s.Want("No conversations yet.")
	})
	play(t, setting{w: 80, h: 24, fill: func(st *stage) { one(st) }}, func(s *uitest.Screen, _ *stage) {
		s.Press("d")
		s.Sleep(200 * time.Millisecond)
		s.Want("All done.")
	})
}

func TestItalian(t *testing.T) {
	play(t, setting{w: 80, h: 24, lang: "it", fill: counter}, func(s *uitest.Screen, _ *stage) {
		s.Want("‹aperte 5›", "priorità", "✗ fallito")
		s.Press("z")
		s.Type("domani 9")
		s.Want("→ mer 25 nov 09:00")
	})
}
