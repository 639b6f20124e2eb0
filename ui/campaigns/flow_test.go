package campaigns

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/frame"
	"bottega/ui/uitest"
)

// The tab tells how far it is, wherever one is; what happens by itself is told.
func TestProgressIsLive(t *testing.T) {
	play(t, setting{w: 120, h: 30}, func(s *uitest.Screen, st *scene) {
		c := st.shop.draft("Autumn")
		c.Segment = ""
		live := st.shop.run(c)
		s.Sleep(time.Second)
		s.Want("4 Campaigns ▸0%", "0% 0/40")
		s.Press("1")
		st.shop.settle(live.ID, 21, campaign.Accepted, nil)
		s.Sleep(3 * time.Second)
		s.Want("4 Campaigns ▸52%")
		s.Press("4")
		s.Sleep(time.Second)
		s.Want("52% 21/40", "done about 12:0")
		s.Sleep(40 * time.Second)
		st.shop.settle(live.ID, 10, campaign.Accepted, nil)
		s.Sleep(time.Second)
		s.Want("a minute of 30", "▁")
		st.shop.change(live.ID, func(c *campaign.Campaign) {
			c.State, c.Wait = campaign.Waiting, campaign.Wait{Reason: campaign.QuietHours, Until: noon.Add(20 * time.Hour)}
		})
		s.Sleep(time.Second)
		s.Want("◔ waiting", "quiet hours until Tomorrow 08:00")
		st.shop.change(live.ID, func(c *campaign.Campaign) {
			c.State, c.Wait, c.Pause, c.PauseDetail = campaign.Paused, campaign.Wait{}, campaign.TemplateGone, "autumn"
		})
		s.Sleep(time.Second)
		s.Want("Autumn has stopped by itself.", "The template autumn may not be sent now.", "4 Campaigns ‖", "‖ paused")
		st.shop.change(live.ID, func(c *campaign.Campaign) { c.State, c.Pause, c.EndedAt = campaign.Finished, "", st.shop.now() })
		s.Sleep(time.Second)
		s.Want("Autumn is finished: 31 messages sent.", "● finished")
	})
}

// Under a stream of changes figures are read at most four times a second;
// without changes neither figures nor screen are touched.
func TestQuietIsFree(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: lively}, func(s *uitest.Screen, st *scene) {
		id := st.shop.all()[0].ID
		s.Sleep(10 * time.Second)
		before := st.shop.reads()
		for range 200 {
			st.shop.feed.Publish(core.Change{Kind: core.Campaigns, ID: id})
			s.Sleep(10 * time.Millisecond)
		}
		if n := st.shop.reads() - before; n < 4 || n > 10 {
			t.Errorf("%d reads in two seconds of changes", n)
		}
		s.Sleep(50 * time.Second) // to the full minute and past it
		before, bytes := st.shop.reads(), s.Bytes()
		s.Sleep(30 * time.Second)
		if n := st.shop.reads() - before; n != 0 || s.Bytes() != bytes {
			t.Errorf("nothing happened, but %d reads and %d bytes", n, s.Bytes()-bytes)
		}
	})
}

func TestPauseResumeCancel(t *testing.T) {
	play(t, setting{w: 120, h: 34, fill: lively}, func(s *uitest.Screen, st *scene) {
		id := st.shop.all()[0].ID
		s.Press("r")
		s.Want("It does not stand still.")
		s.Press("p")
		s.Sleep(time.Second)
		s.Want("Autumn is paused. “r” goes on.", "‖ paused", "Paused by hand.")
		if c := st.shop.only(id); c.State != campaign.Paused || c.Pause != campaign.ByHand {
			t.Fatalf("%+v", c)
		}
		s.Press("u")
		s.Sleep(time.Second)
		s.Want("▸ running")
		s.Press("p")
		s.Sleep(time.Second)
		s.Press("r")
		s.Sleep(time.Second)
		s.Want("Go on with Autumn?", "13 people would still get it.", "– 3 said stop", "done about 14:0")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("Autumn goes on.", "▸ running")
		if c := st.shop.only(id); c.State != campaign.Running || c.Resumes != 3 || c.Agent != "ada" {
			t.Errorf("%+v", c)
		}
		s.Press("x")
		s.Want("Cancel Autumn for good?", "16 people have not got it yet and will not.")
		s.Press("esc")
		s.Press("x", "y")
		s.Sleep(time.Second)
		s.Want("Autumn is cancelled.", "⊘ cancelled")
		if n := st.shop.pending(id); n != 0 {
			t.Errorf("%d still wait", n)
		}
		s.Press("p")
		s.Want("It does not run.")
	})
}

// What came from another computer asks, and goes on here only after a yes.
func TestMovedAsks(t *testing.T) {
	play(t, setting{w: 110, h: 30, fill: func(s *shop) {
		c := s.run(s.draft("Autumn"))
		s.change(c.ID, func(c *campaign.Campaign) { c.State, c.Pause, c.Host = campaign.Paused, campaign.Moved, "there" })
	}}, func(s *uitest.Screen, st *scene) {
		s.Want("from another computer: it asks")
		s.Press("r")
		s.Sleep(time.Second)
		s.Want("This data comes from another computer.")
		s.Press("y")
		s.Sleep(time.Second)
		if c := st.shop.all()[0]; c.State != campaign.Running || c.Host != "here" {
			t.Errorf("%+v", c)
		}
	})
}

// The card's lines do what can be done: names, another try, two keys for what
// is unsure.
func TestCardActs(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: lively}, func(s *uitest.Screen, st *scene) {
		id := st.shop.all()[0].ID
		s.Press("enter")
		s.Sleep(time.Second)
		s.Press("y")
		s.Want("Choose somebody whose message is unsure first.")
		s.Press("R")
		s.Want("Trying again cannot help.")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("4 · WhatsApp cannot reach this number.", "+39 333 100")
		s.Press("j", "k", "G", "g", "pgdown", "pgup", "esc", "j")
		s.Press("R")
		s.Sleep(time.Second)
		s.Want("2 get another try.")
		s.Press("j")
		s.Want("Not sure whether it arrived", "Ольга")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("counts as reached.")
		s.Press("n")
		s.Want("Send it again?", "they get it")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("gets it again.")
		n, err := st.shop.store.Counts(context.Background(), id)
		if err != nil || n[campaign.Unsure] != 0 || n[campaign.Failed] != 4 {
			t.Errorf("%v, %v", n, err)
		}
		s.Sleep(3 * time.Second)
		s.Press("j", "enter")
		s.Sleep(time.Second)
		s.Want("1 · said stop")
		s.Press("esc", "pgdown", "pgup", "J")
		s.Sleep(time.Second)
		s.Want("Summer sale")
		s.Press("K", "esc")
		s.Want("All 3")
	})
}

// The contacts hand their filter over; a campaign that is open stays.
func TestCampaignForAFilter(t *testing.T) {
	play(t, setting{w: 100, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("1")
		s.Send(frame.ShowTab{Pane: Name, Msg: frame.NewCampaign{Segment: "tag:vip"}})
		s.Sleep(time.Second)
		s.Want("● who", "tag:vip", "30 people")
		s.Send(frame.ShowTab{Pane: Name, Msg: frame.NewCampaign{Segment: "tag:torte"}})
		s.Sleep(time.Second)
		s.Want("Close the campaign that is open here first.", "tag:vip")
		s.Press("ctrl+x", "y")
		s.Sleep(time.Second)
		s.Want("No campaigns yet.")
	})
}

func TestTestSend(t *testing.T) {
	play(t, setting{w: 80, h: 24, fill: lively}, func(s *uitest.Screen, st *scene) {
		s.Press("t")
		s.Want("Test Autumn", "Your own number")
		s.Type("12")
		s.Press("enter")
		s.Press("ctrl+u")
		s.Type("333 123 4567")
		s.Want("one message to +39 333 123 4567")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("A test goes to +39 333 123 4567.")
		if len(st.shop.tests) != 1 || st.shop.tests[0] != "+393331234567" {
			t.Errorf("%q", st.shop.tests)
		}
	})
}

// A file has a row for each person, and one that is there is asked about.
func TestExport(t *testing.T) {
	var rows [][]string
	path := filepath.Join(t.TempDir(), "autumn.csv")
	fail := error(nil)
	play(t, setting{w: 100, h: 24, fill: lively, tune: func(d *Deps, _ *frame.Env) {
		d.SaveTable = func(_ string, header []string, fill func(func([]string) error) error) error {
			if fail != nil {
				return fail
			}
			rows = [][]string{header}
			return fill(func(cells []string) error { rows = append(rows, cells); return nil })
		}
	}}, func(s *uitest.Screen, _ *scene) {
		s.Press("w")
		s.Want("Write Autumn to a file")
		s.Press("ctrl+u")
		s.Want("ends in .csv or .xlsx")
		s.Type(path)
		s.Want("→ CSV · 40 people")
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("40 people written to autumn.csv.")
		all := ""
		for _, r := range rows {
			all += strings.Join(r, "|") + "\n"
		}
		if len(rows) != 41 || !strings.Contains(all, "|failed|WhatsApp cannot reach this number (131026)") && !strings.Contains(all, "|failed|WhatsApp cannot reach this number.|") || !strings.Contains(all, "|left out|said stop|") || !strings.Contains(all, "|in line||") {
			t.Errorf("%d rows:\n%s", len(rows), all)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		fail = core.Fail(core.NotFound, "test", errors.New("no such folder"))
		s.Press("w", "ctrl+u")
		s.Type(path)
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("autumn.csv")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("That input cannot be right.")
	})
}

// Views, the palette, a copy, and the keys that move.
func TestListMoves(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: lively}, func(s *uitest.Screen, st *scene) {
		s.Press("]")
		s.WantNot("Winter plans")
		s.Press("]")
		s.Want("Winter plans", "A draft. “s” checks it")
		s.Press("]")
		s.Want("Summer sale", "finished", "21 sent")
		s.Press("]", "G")
		s.Want("A draft.")
		s.Press("g", "pgdown", "pgup", "down", "up", "[")
		s.WantNot("Winter plans")
		s.Press("ctrl+k")
		s.Type("winter")
		s.Sleep(time.Second)
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("A draft.")
		s.Press("d")
		s.Sleep(time.Second)
		s.Want("● who", "Winter plans")
		s.Press("esc")
		s.Sleep(time.Second)
		if cs := st.shop.all(); len(cs) != 4 || cs[0].Name != "Winter plans" || cs[0].State != campaign.Draft || cs[0].ID == cs[3].ID {
			t.Errorf("%d campaigns, %+v", len(cs), cs[0])
		}
		s.Press("x")
		s.Want("Throw it away?")
		s.Press("y")
		s.Sleep(time.Second)
		s.Want("Winter plans is thrown away.")
	})
}

func TestMouse(t *testing.T) {
	play(t, setting{w: 120, h: 24, fill: lively}, func(s *uitest.Screen, _ *scene) {
		s.ClickOn("Summer sale")
		s.Sleep(time.Second)
		s.Want("€1.25 so far")
		s.ClickOn("Drafts")
		s.WantNot("Summer sale")
		s.ClickOn("All")
		s.Sleep(time.Second)
		s.ClickOn("Autumn")
		s.Sleep(time.Second)
		s.ClickOn("Autumn")
		s.Sleep(time.Second)
		s.ClickOn("cannot reach this number")
		s.Press("R")
		s.Want("Trying again cannot help.")
		x, y, _ := s.Find("How far people came")
		s.Wheel(x, y, 4)
		s.WantNot("How far people came")
		s.Wheel(5, 6, 1)
	})
}

// A shop opened read-only shows everything and changes nothing.
func TestReadOnly(t *testing.T) {
	play(t, setting{w: 120, h: 30, fill: lively, tune: func(_ *Deps, e *frame.Env) { e.ReadOnly = true }}, func(s *uitest.Screen, st *scene) {
		for _, key := range []string{"n", "p", "x", "t", "d"} {
			s.Press(key)
			s.Want("bottega runs read-only.")
			s.Sleep(time.Minute)
		}
		s.Press("enter")
		s.Sleep(time.Second)
		s.Want("How far people came")
		if err := st.pane.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// A store that fails says so, and is asked again when something changes.
func TestReadFails(t *testing.T) {
	broken := true
	play(t, setting{w: 80, h: 24, fill: lively, tune: func(d *Deps, _ *frame.Env) { d.Read = &breaks{Read: d.Read, on: &broken} }}, func(s *uitest.Screen, st *scene) {
		s.Want("The disk is full")
		broken = false
		st.shop.feed.Publish(core.Change{Kind: core.Everything})
		s.Sleep(time.Second)
		s.Want("Autumn")
		broken = true
		st.shop.feed.Publish(core.Change{Kind: core.Everything})
		s.Sleep(time.Second)
		s.Want("Autumn", "The disk is full")
	})
}

// breaks is a store that can fail.
type breaks struct {
	Read
	on *bool
}

func (b *breaks) Campaigns(ctx context.Context, states ...campaign.State) ([]campaign.Campaign, error) {
	if *b.on {
		return nil, core.Fail(core.DiskFull, "test", nil)
	}
	return b.Read.Campaigns(ctx, states...)
}

// A part held back is compared with those written to, in words.
func TestHeldBackIsCompared(t *testing.T) {
	play(t, setting{w: 120, h: 40, n: 120}, func(s *uitest.Screen, st *scene) {
		c := st.shop.draft("Autumn")
		c.HoldBack = 0.2
		st.shop.run(c)
		s.Sleep(2 * time.Second)
		s.Want("Did it bring buyers?", "Bought: 10% of those written to, 1% of 500 people held back", "campaign brought buyers, 6.5 to 11 points more.")
	})
}
