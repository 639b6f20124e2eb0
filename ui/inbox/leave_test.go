package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/uitest"
)

// Quitting while an answer can still be taken back asks, waits, and ends.
func TestQuittingWaitsForWhatHasNotLeft(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("r")
		s.Type("Sì, da 5 litri")
		s.Press("enter", "esc", "q")
		s.Want("1 message has not left yet.", "Send and quit", "[ Stay ]")
		s.Press("enter")
		if over, _ := s.Ended(); over {
			t.Fatal("the harmless answer quits")
		}
		s.Press("q", "y")
		s.Sleep(6 * time.Second)
		if over, _ := s.Ended(); over {
			t.Fatal("it ended although nothing left")
		}
		s.Want("Sending, then quitting…")
		st.becomes(st.newest(1).ID, core.Sending, nil)
		st.becomes(st.newest(1).ID, core.Accepted, nil)
		s.Sleep(time.Second)
		if over, err := s.Ended(); !over || err != nil {
			t.Fatalf("still there: %v, %v", over, err)
		}
	})
}

// What cannot leave keeps nobody for ever, and says where it stays.
func TestQuittingSaysWhenNothingLeaves(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: one}, func(s *uitest.Screen, _ *stage) {
		s.Press("r")
		s.Type("Sì")
		s.Press("enter", "esc", "q", "y")
		s.Sleep(21 * time.Second)
		s.Want("✗ It could not leave yet.", "next time bottega runs.")
		s.Press("ctrl+c", "ctrl+c")
		s.Sleep(time.Second)
		if over, _ := s.Ended(); !over {
			t.Fatal("ctrl+c twice does not quit")
		}
	})
}

func TestOneselfIsNobodyElse(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: one}, func(s *uitest.Screen, st *stage) {
		if err := st.db.SetPresence(st.ctx, core.Presence{ConversationID: 1, Agent: "ada", Process: "dead", Typing: true, Until: st.now().Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		s.Sleep(200 * time.Millisecond)
		s.WantNot("types…", "✎ ada")
	})
}

// A refusal is no success, and goes with the chat it speaks of.
func TestRefusalsAreNoSuccess(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: counter}, func(s *uitest.Screen, _ *stage) {
		s.Press("G", "r")
		s.Want("! The 24-hour window is shut: your words are held until they write;")
		s.WantNot("✓ The 24-hour")
		s.Press("esc", "esc", "k")
		s.WantNot("your words are held")
	})
}
