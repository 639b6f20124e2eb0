package inbox_test

import (
	"testing"
	"time"

	"bottega/ui/uitest"
)

// A name that nobody bears here is asked about; a typed tag becomes one word.
func TestNewNamesAndTags(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: one}, func(s *uitest.Screen, st *stage) {
		s.Press("a")
		s.Type("Gigi")
		s.Press("enter")
		s.Want("Gigi has no conversation yet. Is the name right?")
		s.Press("esc")
		if c, err := st.db.Conversation(st.ctx, 1); err != nil || c.Assignee != "" {
			t.Fatalf("with %q, %v", c.Assignee, err)
		}
		s.Press("a")
		s.Type("Gigi")
		s.Press("enter", "y")
		s.Sleep(200 * time.Millisecond)
		s.Want("with Gigi")
		s.Press("T")
		s.Type("Muy Importante!")
		s.Press("enter")
		s.Sleep(200 * time.Millisecond)
		s.Want("#muy-importante added.")
	})
}
