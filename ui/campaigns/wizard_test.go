package campaigns

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/uitest"
)

// A campaign is made with five short steps and started.
func TestWizardMakesACampaign(t *testing.T) {
	for name, size := range map[string][2]int{"narrow": {80, 24}, "wide": {160, 45}} {
		t.Run(name, func(t *testing.T) {
			play(t, setting{w: size[0], h: size[1]}, func(s *uitest.Screen, st *scene) {
				s.Want("No campaigns yet.", "“n” makes one")
				s.Press("n")
				s.Sleep(time.Second)
				s.Want("● who", "○ check", "60 people")
				s.Type("Autumn offer")
				s.Press("enter")
				s.Type("tag:v")
				s.Want("⇥ vip")
				s.Press("tab")
				s.Sleep(time.Second)
				s.Want("tag:vip", "30 people")
				s.Press("enter")
				s.Type("tag:tort")
				s.Press("tab")
				s.Sleep(time.Second)
				s.Shot("wizard-who-" + name)
				s.Press("ctrl+n", "enter")
				s.Want("autumn en it", "Marketing", "order_ready it")
				s.Type("autumn")
				s.Press("enter")
				s.Sleep(time.Second)
				s.Want("autumn · Marketing", "{{1}}", "who has none is left out", "{{2}}", "nothing yet", "their own, English")
				s.Press("down", "down", "enter", "enter")
				s.Want("And who has no “name”?")
				s.Type("friend")
				s.Press("enter", "down", "enter", "enter")
				s.Want("the same for everybody")
				s.Type("10 %")
				s.Press("enter")
				s.Sleep(time.Second)
				s.Want("else “friend”", "“10 %”")
				if size[0] > 84 {
					s.Want("everything for autumn with 10 %", "╭")
				}
				s.Shot("wizard-what-" + name)
				s.Press("ctrl+n")
				s.Want("● At once", "Golden hours")
				s.Shot("wizard-when-" + name)
				s.Press("right")
				s.Want("30 a minute")
				if size[0] > 84 {
					s.Want("2,000 people in 24 hours at most")
				}
				s.Press("right")
				s.Sleep(time.Second)
				s.Want("▸ Start: send to 21 people", "21 people get it of 30 who match", "–       4  said stop", "has not agreed to marketing", "prices of")
				s.Shot("wizard-check-" + name)
				if size[0] > 84 {
					s.Want("Against the limits", "share of templates")
					s.Golden()
				}
				s.Press("down", "enter")
				s.Sleep(time.Second)
				s.Want("4 · said stop", "Anna 7", "+39 333 100 0007")
				s.Press("esc", "ctrl+s")
				s.Want("Start Autumn offer?", "21 people get it.", "At 12:00, within a minute.")
				s.Press("y")
				s.Sleep(time.Second)
				s.Want("Autumn offer is on its way.", "▸ running", "0% 0/21")
				cs := st.shop.all()
				if len(cs) != 1 || cs[0].State != campaign.Running || cs[0].Segment != "tag:vip" || cs[0].Exclude != "tag:torte" || cs[0].Agent != "ada" || len(cs[0].Values) != 2 {
					t.Errorf("%+v", cs)
				}
			})
		})
	}
}

// What the rules forbid is refused with the rule and its source; nothing is sent.
func TestWizardIsRefused(t *testing.T) {
	play(t, setting{w: 110, h: 40, fill: func(s *shop) {
		c := s.draft("Too fast")
		c.Pace.PerMinute = 4000
		s.make(c)
	}}, func(s *uitest.Screen, st *scene) {
		s.Press("s")
		s.Sleep(time.Second)
		s.Want("✗ It cannot start like this", "4,000 a minute is above the ceiling", "S-039")
		s.Press("ctrl+s")
		s.Want("The rules above forbid it.")
		s.Press("left", "enter")
		s.Want("More than 3,000 a minute is risky")
		s.Press("ctrl+u")
		s.Want("messages a minute", "30 is usual")
		s.Type("9000")
		s.Want("WhatsApp takes 4,800 a minute at most")
		s.Press("ctrl+u")
		s.Type("x")
		s.Want("A whole number from 1 on.")
		s.Press("ctrl+u")
		s.Type("3600")
		s.Press("enter")
		s.Want("Faster than is wise?", "I take the risk")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("above the ceiling: ada took the risk")
		s.Press("ctrl+n")
		s.Sleep(time.Second)
		s.Want("▸ Start: send to 21 people")
		st.shop.mu.Lock()
		st.shop.forms = nil
		st.shop.mu.Unlock()
		s.Press("enter", "y")
		s.Sleep(time.Second)
		s.Want("Something has changed meanwhile", "The template autumn may not be sent", "bottega’s own rule")
		if c := st.shop.all()[0]; c.State != campaign.Draft || c.Pace.Override != "ada" {
			t.Errorf("%+v", c)
		}
	})
}

// What one leaves is kept: without a template for the next time, with one as a
// draft in the list.
func TestWizardKeepsADraft(t *testing.T) {
	play(t, setting{w: 100, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("n")
		s.Sleep(time.Second)
		s.Type("Half a thought")
		s.Press("esc")
		s.Sleep(time.Second)
		s.Want("Kept. “n” goes on with it.", "No campaigns yet.")
		s.Press("n")
		s.Sleep(time.Second)
		s.Want("Half a thought", "Here is what you began last time.")
		s.Press("ctrl+n", "enter", "enter")
		s.Sleep(time.Second)
		s.Press("esc")
		s.Sleep(time.Second)
		s.Want("Half a thought is kept as a draft.", "○ draft")
		s.Press("n")
		s.Sleep(time.Second)
		s.WantNot("Half a thought · ", "Here is what you began")
		s.Press("esc")
		s.Sleep(time.Second)
		if cs := st.shop.all(); len(cs) != 1 || cs[0].Name != "Half a thought" {
			t.Fatalf("%+v", cs)
		}
		s.Press("e")
		s.Sleep(time.Second)
		s.Press("end")
		s.Type(" more")
		s.Press("ctrl+x")
		s.Want("Throw it away?")
		s.Press("y")
		s.Sleep(time.Second)
		if cs := st.shop.all(); cs[0].Name != "Half a thought" {
			t.Errorf("thrown away, but %q", cs[0].Name)
		}
		s.Press("e")
		s.Sleep(time.Second)
		s.Press("end")
		s.Type(" more")
		if err := st.pane.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if cs := st.shop.all(); cs[0].Name != "Half a thought more" {
			t.Errorf("quitting lost %q", cs[0].Name)
		}
		s.Press("esc") // somebody else has changed it meanwhile: that Close
		s.Sleep(time.Second)
		s.Want("Somebody else changed this", "Half a thought more")
		if st.pane.WouldLose() == "" {
			t.Error("quitting would lose it without a word")
		}
	})
}

// The steps' choices end up in the campaign.
func TestWizardChoices(t *testing.T) {
	play(t, setting{w: 120, h: 40, fill: func(s *shop) {
		s.make(s.draft("Autumn"))
		held := s.forms[0]
		held.Name, held.State, held.Status = "winter", core.TemplatePending, "PENDING"
		s.forms = append(s.forms, held)
	}}, func(s *uitest.Screen, st *scene) {
		choose := func(down int) {
			for range down {
				s.Press("down")
			}
			s.Press("enter")
			s.Sleep(100 * time.Millisecond)
		}
		s.Press("e")
		s.Sleep(time.Second)
		choose(4) // ready-made
		s.Want("Add a segment or a tag", "friends", "#torte")
		s.Type("torte")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("(tag:vip) or (tag:torte)", "60 people")
		s.Press("up")
		s.Type("it, zz")
		s.Want("“ZZ” is no country")
		s.Press("ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n")
		s.Want("A country is not understood.", "! who")
		s.Press("enter")
		s.Want("▌ Countries")
		for range 2 {
			s.Press("backspace")
		}
		s.Type("sm")
		s.Want("only people whose number is of these countries")
		choose(3) // long quiet too
		s.Want("✓ yes")
		s.Press("right")
		choose(1) // a version
		s.Type("order")
		s.Want("another category")
		s.Press("ctrl+u")
		s.Type("winter")
		s.Want("! It is not approved")
		s.Press("enter")
		s.Want("Version ─", "choose") // it stays
		s.Press("ctrl+u")
		s.Type("short")
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		s.Want("autumn_short", "+ another version")
		choose(4) // language
		s.Want("Who speaks none of them gets…")
		s.Type("eng")
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		s.Want("their own, Italian, English")
		choose(1) // held back
		s.Want("20%")
		s.Type("20")
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		s.Press("down")
		s.Type("AUTUMN26")
		s.Press("ctrl+n")
		choose(1) // at a time
		s.Type("yesterdayish")
		s.Want("could not be read as a time")
		s.Press("ctrl+u")
		s.Type("tomorrow 10")
		s.Want("at Tomorrow 10:00")
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		choose(2) // their clock
		s.Want("on each one’s own clock")
		s.Press("esc")
		s.Sleep(time.Second)
		c := st.shop.all()[0]
		if !c.IncludeCold || len(c.Templates) != 2 || strings.Join(c.Languages, " ") != "it en" || c.HoldBack != 0.2 || strings.Join(c.Countries, " ") != "IT SM" || c.Code != "AUTUMN26" || !c.Schedule.Local ||
			!c.Schedule.At.Equal(time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)) || c.Segment != "(tag:vip) or (tag:torte)" {
			t.Errorf("%+v", c)
		}
		s.Press("e")
		s.Sleep(time.Second)
		s.Press("ctrl+n")
		choose(1)
		s.Press("enter") // take the version away
		s.Sleep(100 * time.Millisecond)
		s.Press("up", "enter")
		s.Type("order")
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		s.Want("order_ready · Utility")
		s.Press("ctrl+n")
		choose(2) // golden hours
		s.Press("enter")
		s.Sleep(100 * time.Millisecond)
		choose(1)
		s.Want("✓ yes")
		s.Press("right")
		choose(1) // sms
		s.Want("✓ yes")
		s.Press("esc")
		s.Sleep(time.Second)
		if c := st.shop.all()[0]; c.Category != ledger.Utility || !c.Urgent || !c.SMS || c.Schedule.When != campaign.Golden || len(c.Values) != 0 || len(c.Templates) != 1 {
			t.Errorf("%+v", c)
		}
	})
}

// A file becomes an audience under a tag of its own.
func TestWizardReadsAFile(t *testing.T) {
	play(t, setting{w: 100, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("n")
		s.Sleep(time.Second)
		s.Press("down", "down", "down", "down", "down", "enter")
		s.Want("An audience from a file")
		s.Type("/nowhere/Clienti Autunno.csv")
		s.Want("gets the tag #clienti autunno")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("2 people read, 1 refused; tagged #clienti autunno.", `tag:"clienti autunno"`)
		if len(st.shop.brought) != 1 || st.shop.brought[0] != "Clienti Autunno.csv clienti autunno ada" {
			t.Errorf("%q", st.shop.brought)
		}
	})
}

// Steps that lack something say so; a plan that fails says why and is made again.
func TestWizardSaysWhatIsMissing(t *testing.T) {
	play(t, setting{w: 90, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("n")
		s.Sleep(time.Second)
		s.Press("down")
		s.Type("spnd>3 ")
		s.Sleep(time.Second)
		s.Want("spend")
		s.Press("ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n")
		s.Want("Who gets it cannot be understood.")
		s.Press("ctrl+s")
		s.Press("ctrl+p", "ctrl+p", "ctrl+p", "ctrl+p", "tab")
		s.Sleep(time.Second)
		s.Press("end", "ctrl+u", "ctrl+n", "ctrl+n", "ctrl+n", "ctrl+n")
		s.Want("No template is chosen yet.", "Enter goes to it.", "! what")
		s.Press("enter", "enter", "enter")
		s.Sleep(time.Second)
		s.Want("● what", "autumn · Marketing", "nothing yet")
		s.Press("ctrl+n", "ctrl+n", "ctrl+n")
		s.Want("A variable of the template is still empty.", "! what")
		s.Press("enter")
		s.Want("▌ {{2}}")
		s.Press("enter", "enter")
		s.Type("10 %")
		s.Press("enter")
		s.Sleep(time.Second)
		st.shop.mu.Lock()
		st.shop.err = core.Fail(core.Unreachable, "test", nil)
		st.shop.mu.Unlock()
		s.Press("ctrl+n", "ctrl+n", "ctrl+n")
		s.Sleep(time.Second)
		s.Want("No connection to the provider.")
		st.shop.mu.Lock()
		st.shop.err = nil
		st.shop.mu.Unlock()
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("✓ what", "● check", "people get it")
	})
}

// A slow plan blocks no key; who leaves meanwhile finds the draft once.
func TestWizardLeftWhilePlanning(t *testing.T) {
	play(t, setting{w: 90, h: 30, fill: func(s *shop) { s.slow = make(chan struct{}); s.make(s.draft("Slow")) }}, func(s *uitest.Screen, st *scene) {
		s.Press("s")
		s.Sleep(time.Second)
		s.Want("Checking everybody…")
		s.Press("ctrl+p", "ctrl+n", "esc")
		s.Sleep(time.Second)
		close(st.shop.slow)
		s.Sleep(2 * time.Second)
		s.Want("○ draft")
		s.WantNot("● check")
		if cs := st.shop.all(); len(cs) != 1 {
			t.Errorf("%d campaigns", len(cs))
		}
	})
}

// The wizard works with the mouse as well.
func TestWizardMouse(t *testing.T) {
	play(t, setting{w: 120, h: 36, fill: func(s *shop) { s.make(s.draft("Autumn")) }}, func(s *uitest.Screen, _ *scene) {
		s.Press("e")
		s.Sleep(time.Second)
		s.ClickOn("Long quiet")
		s.ClickOn("Long quiet")
		s.Want("✓ yes")
		s.ClickOn("how fast")
		s.Want("The provider’s cap")
		s.ClickOn("check")
		s.Sleep(time.Second)
		s.Want("● check")
		s.ClickOn("said stop")
		s.ClickOn("said stop")
		s.Sleep(time.Second)
		s.Want("4 · said stop")
		s.Press("esc")
		x, y, _ := s.Find("said stop")
		s.Wheel(x, y, 3)
		s.ClickOn("who")
		x, y, _ = s.Find("tag:vip")
		s.Click(x+3, y)
		if cx, cy := s.Cursor(); cx != x+3 || cy != y {
			t.Errorf("cursor at %d,%d, clicked %d,%d", cx, cy, x+3, y)
		}
		s.Send(tea.PasteMsg{Content: ""})
	})
}
