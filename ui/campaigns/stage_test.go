package campaigns

import (
	"context"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/inbox"
	"bottega/core/people"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

// setting of a play; zero values are usual.
type setting struct {
	w, h  int
	lang  string
	theme string
	n     int // people
	fill  func(*shop)
	tune  func(*Deps, *frame.Env)
}

// scene is the real app with the real pane on a shop in memory.
type scene struct {
	shop *shop
	pane *Pane
	app  *ui.App
}

// play opens the campaigns and runs a script on them.
func play(t *testing.T, o setting, script func(*uitest.Screen, *scene)) {
	t.Helper()
	words, err := text.Load(o.lang)
	if err != nil {
		t.Fatal(err)
	}
	if o.n == 0 {
		o.n = 60
	}
	st := &scene{}
	uitest.Run(t, o.w, o.h, func(ctx context.Context) tea.Model {
		st.shop = newShop(t, o.n)
		began := time.Now()
		st.shop.now = func() time.Time { return noon.Add(time.Since(began)) }
		if o.fill != nil {
			o.fill(st.shop)
		}
		env := &frame.Env{Ctx: ctx, Words: words, Agent: "ada", Now: st.shop.now}
		d := deps(st.shop)
		if o.tune != nil {
			o.tune(&d, env)
		}
		st.pane = New(env, d)
		st.app = ui.New(env, ui.Deps{Feed: st.shop.feed, Theme: o.theme, Panes: map[string]frame.Pane{Name: st.pane},
			Status: func(context.Context) ui.Status { return ui.Status{Shop: "Ferramenta Rossi", Receiver: ui.ReceiverLive} }})
		return st.app
	}, func(s *uitest.Screen) {
		s.Sleep(time.Second)
		s.Press("4")
		s.Sleep(time.Second)
		script(s, st)
	})
}

var whens = sync.OnceValues(func() (inbox.When, error) { return inbox.LoadWhen(assets.Rules(), "en") })

// deps are the pane's on a shop in memory.
func deps(s *shop) Deps {
	return Deps{Read: s, Desk: s, Office: s, People: s, Forms: s, Channels: s, Notes: s, Rules: s.Rules, Region: "IT",
		OpenTable: func(string, string) (people.Table, func() error, error) {
			return people.Table{}, func() error { return nil }, nil
		},
		When: func(words string, now time.Time) (time.Time, error) {
			w, err := whens()
			if err != nil {
				return time.Time{}, err
			}
			return inbox.ParseWhen(words, w, now)
		},
		Spent: func(context.Context, campaign.Campaign) ([]core.Money, error) {
			return []core.Money{{Amount: "1.25", Currency: "EUR"}}, nil
		},
		SaveTable: saveNothing}
}

func saveNothing(_ string, _ []string, fill func(func([]string) error) error) error {
	return fill(func([]string) error { return nil })
}

// lively fills a shop with one campaign of each kind.
func lively(s *shop) {
	s.make(s.draft("Winter plans"))
	done := s.run(s.draft("Summer sale"))
	s.settle(done.ID, 3, campaign.Converted, nil)
	s.settle(done.ID, 4, campaign.Replied, nil)
	s.settle(done.ID, 10, campaign.Read, nil)
	rows := s.pending(done.ID)
	s.settle(done.ID, rows, campaign.Delivered, nil)
	s.change(done.ID, func(c *campaign.Campaign) { c.State, c.EndedAt = campaign.Finished, s.now().Add(-time.Hour) })
	now := s.draft("Autumn")
	now.Segment, now.Templates = "", []string{"autumn", "autumn_short"}
	live := s.run(now)
	s.settle(live.ID, 12, campaign.Read, nil)
	s.settle(live.ID, 3, campaign.Replied, nil)
	s.settle(live.ID, 4, campaign.Failed, func(x *campaign.Recipient) { x.Class, x.Code, x.FailedAt = core.ClassUndeliverable, "131026", s.now() })
	s.settle(live.ID, 2, campaign.Failed, func(x *campaign.Recipient) {
		x.Class, x.Code, x.FailedAt = core.ClassMarketingCapped, "131049", s.now().Add(-25*time.Hour)
	})
	s.settle(live.ID, 2, campaign.Unsure, nil)
	s.settle(live.ID, 1, campaign.Skipped, func(x *campaign.Recipient) { x.Why = campaign.OptedOut })
}

// pending is how many of a campaign wait for their turn.
func (s *shop) pending(id int64) int {
	n, err := s.store.Counts(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return n[campaign.Pending]
}
