package inbox_test

import (
	"reflect"
	"testing"
	"time"

	"bottega/core"
	"bottega/ui/uitest"
)

// Opened read-only the pane shows everything, and each key that would change
// something says why it does not, before anything is typed.
func TestReadOnlyLooksOn(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: func(st *stage) { one(st); st.env.ReadOnly = true }}, func(s *uitest.Screen, st *stage) {
		before, sent := st.conversation(1), st.newest(1)
		s.Want("READ-ONLY — start without --read-only to answer", "DEMO    READ-ONLY", "⏎ open")
		s.WantNot("r reply", "d done", "Write a message")
		for _, key := range []string{"r", "d", "z", "a", "m", "T", "v", "N", "w", "t", "h", "ctrl+f", "tab"} {
			s.Press(key)
			s.Sleep(100 * time.Millisecond)
			s.Want("! Opened read-only.")
			s.Sleep(10 * time.Second)
			s.WantNot("! Opened read-only.")
		}
		s.Press("enter")
		for _, key := range []string{"enter", "r", "e", "R", "V"} {
			s.Press(key)
			s.Sleep(100 * time.Millisecond)
			s.Want("! Opened read-only.")
			s.Sleep(10 * time.Second)
		}
		s.Paste("Buongiorno")
		s.ClickOn("READ-ONLY —")
		s.Type("x")
		s.Sleep(2 * time.Second)
		s.WantNot("Buongiorno")
		s.Press("k", "y")
		s.Sleep(100 * time.Millisecond)
		s.Want("Copied") // looking on takes what is there
		if c := st.conversation(1); !reflect.DeepEqual(c, before) || st.newest(1).ID != sent.ID {
			t.Errorf("changed: %+v", c)
		}
	})
}

// A draft from before is not shown as if it could be sent.
func TestReadOnlyKeepsTheDraftShut(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: func(st *stage) {
		one(st)
		st.write(func(tx core.Tx) error { return tx.SaveDraft(1, "ada", "Domani") })
		st.env.ReadOnly = true
	}}, func(s *uitest.Screen, st *stage) {
		s.Want("✎ draft Domani")
		s.Press("enter", "enter")
		s.Want("READ-ONLY — start without")
		s.Press("q")
		s.Sleep(time.Second)
		if ended, err := s.Ended(); !ended || err != nil {
			t.Errorf("ended %t, %v", ended, err)
		}
		if c := st.conversation(1); c.Draft != "Domani" {
			t.Errorf("draft %q", c.Draft)
		}
	})
}
