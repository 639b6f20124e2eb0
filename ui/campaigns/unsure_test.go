package campaigns_test

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/uitest"
)

// lost is a request whose answer did not come back.
func lost() error {
	return &core.Error{Code: core.Unreachable, Op: "test", Err: &core.ProviderError{Class: core.ClassRetry, Uncertain: true}}
}

// begun starts a campaign to everybody who may be written to, 18 people.
func begun(s *uitest.Screen) {
	checked(s)
	s.Press("ctrl+s", "y")
}

// checked brings such a campaign to the last step of the wizard.
func checked(s *uitest.Screen) {
	s.Press("n")
	s.Sleep(time.Second)
	s.Type("Autumn")
	s.Press("ctrl+n", "enter", "enter")
	s.Sleep(time.Second)
	s.Press("ctrl+n", "ctrl+n", "ctrl+n")
	s.Sleep(time.Second)
}

// What the network left open is settled with two keys, on the real store and
// engine: one person has it, to another it is sent again, and never by itself.
func TestUnsureIsSettled(t *testing.T) {
	open(t, 120, 40, func(s *uitest.Screen, c *counter) {
		c.far.Answer = func(n int, _ core.Outgoing) (bool, error) {
			switch n {
			case 3: // it arrived, only the answer did not
				return true, lost()
			case 5: // it did not arrive
				return false, lost()
			}
			return true, nil
		}
		begun(s)
		s.Sleep(2 * time.Minute)
		s.Want("Not sure whether it arrived", "“y”: they have it. “n”: send it again.", "? Anna")
		before := len(c.far.Ledger())
		if before != 17 {
			t.Errorf("%d messages arrived", before)
		}
		s.Sleep(10 * time.Minute)
		if n := len(c.far.Ledger()); n != before {
			t.Errorf("%d were sent again by themselves", n-before)
		}
		s.Press("enter")
		s.Want("▌ ? Anna")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("counts as reached")
		s.Press("n")
		s.Want("Send it again?")
		s.Press("y")
		s.Sleep(time.Minute)
		s.WantNot("Not sure whether it arrived")
		s.Want("● finished", "18/18")
		got := map[core.Phone]int{}
		for _, m := range c.far.Ledger() {
			got[m.To]++
		}
		if len(got) != 18 || len(c.far.Ledger()) != 18 {
			t.Errorf("%d messages to %d people", len(c.far.Ledger()), len(got))
		}
	})
}

// Paused and resumed, cancelled and written to a file by keys and by another
// process on the same data: the screen follows, and nobody gets it twice.
func TestAnotherProcessHasAHand(t *testing.T) {
	open(t, 120, 36, func(s *uitest.Screen, c *counter) {
		begun(s)
		s.Sleep(10 * time.Second)
		ctx := context.Background()
		cs, err := c.office.Store.Campaigns(ctx)
		c.must(err)
		id := cs[0].ID
		_, err = c.office.Pause(ctx, id) // the other one pauses
		c.must(err)
		s.Sleep(3 * time.Second)
		s.Want("‖ paused", "Paused by hand.", "4 Campaigns ‖")
		sent := len(c.far.Ledger())
		s.Sleep(time.Minute)
		if n := len(c.far.Ledger()); n != sent {
			t.Errorf("%d left a paused campaign", n-sent)
		}
		_, err = c.office.Resume(ctx, id, "bea", false)
		c.must(err)
		s.Sleep(5 * time.Second)
		s.Want("▸ running", "Started by    bea")
		_, err = c.office.Cancel(ctx, id)
		c.must(err)
		s.Sleep(3 * time.Second)
		s.Want("⊘ cancelled", "campaign cancelled")
		s.Press("p")
		s.Want("It does not run.")
		n, err := c.office.Store.Counts(ctx, id)
		c.must(err)
		if n[campaign.Pending] != 0 || n.Total() != 18 {
			t.Errorf("%v", n)
		}
		seen := map[core.Phone]bool{}
		for _, m := range c.far.Ledger() {
			if seen[m.To] {
				t.Errorf("%s got it twice", m.To)
			}
			seen[m.To] = true
		}
	})
}
