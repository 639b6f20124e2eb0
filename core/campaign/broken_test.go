package campaign_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
)

// Whatever write of an order fails: the order says so, nothing of it has
// happened, and given again it is carried out.
func TestOrdersHappenWholeOrNotAtAll(t *testing.T) {
	unsure := func(w *world, c campaign.Campaign) campaign.Recipient {
		for _, x := range w.rows(c.ID) {
			if x.State == campaign.Unsure {
				return x
			}
		}
		return campaign.Recipient{}
	}
	for name, order := range map[string]func(w *world, c campaign.Campaign) error{
		"pause":          func(w *world, c campaign.Campaign) error { _, err := w.desk.Pause(w.ctx, c.ID); return err },
		"cancel":         func(w *world, c campaign.Campaign) error { _, err := w.desk.Cancel(w.ctx, c.ID); return err },
		"restored":       func(w *world, _ campaign.Campaign) error { return w.desk.Restored(w.ctx) },
		"settled: there": func(w *world, c campaign.Campaign) error { return w.desk.Settle(w.ctx, unsure(w, c).ID, true) },
		"settled: not":   func(w *world, c campaign.Campaign) error { return w.desk.Settle(w.ctx, unsure(w, c).ID, false) },
		"retry": func(w *world, c campaign.Campaign) error {
			w.now = t0.Add(48 * time.Hour)
			_, err := w.desk.Retry(w.ctx, c.ID, core.ClassMarketingCapped)
			return err
		},
		"opt out": func(w *world, c campaign.Campaign) error {
			return w.store.Update(w.ctx, func(tx campaign.Tx) error { return campaign.Withdraw(tx, w.inLine(tx, c), false) })
		},
		"step": func(w *world, _ campaign.Campaign) error {
			w.now = t0.Add(time.Minute)
			_, err := w.run.Step(w.ctx, w.channel.ID)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for k := 1; ; k++ {
				w := engine(t)
				c := w.busy()
				before := w.picture(c.ID)
				n := k
				w.mem.FailTx = func(string, int64) error {
					if n--; n == 0 {
						return errors.New("the disk is full")
					}
					return nil
				}
				err := order(w, c)
				w.mem.FailTx = nil
				if err == nil {
					if n > 0 && k == 1 {
						t.Fatal("it wrote nothing")
					}
					break
				}
				if after := w.picture(c.ID); name != "step" && after != before {
					t.Fatalf("write %d failed and left\n%s\nof\n%s", k, after, before)
				}
				if err := order(w, c); err != nil {
					t.Fatalf("after write %d had failed: %v", k, err)
				}
			}
		})
	}
}

// busy is a campaign with people in every state.
func (w *world) busy() campaign.Campaign {
	c := draft()
	c.Pace.PerMinute = 240
	c = w.start(c, w.people(12)...)
	w.step()
	w.now = w.now.Add(time.Second)
	for range 3 {
		w.step()
		w.claim()
		w.now = w.now.Add(10 * time.Millisecond)
	}
	w.settle(w.jobs[0], "", core.UnsureSent, &core.ProviderError{Class: core.ClassUnknown})
	w.settle(w.jobs[1], "", core.Failed, &core.ProviderError{Code: "131049", Class: core.ClassMarketingCapped})
	w.settle(w.jobs[2], w.take(w.jobs[2]), core.Accepted, nil)
	w.step()
	return w.campaign(c.ID)
}

// inLine is a contact of a campaign whose message waits in line.
func (w *world) inLine(tx campaign.Tx, c campaign.Campaign) int64 {
	handed, err := tx.Handed(c.ID)
	w.must(err)
	return handed[len(handed)-1].ContactID
}

// picture is all that an order may change.
func (w *world) picture(id int64) string {
	waiting, claimed := w.mem.Outbox()
	c := w.campaign(id)
	out := fmt.Sprintln(c.State, c.Pause, c.Rev, waiting, claimed, len(w.mem.Messages()))
	for _, x := range w.rows(id) {
		out += fmt.Sprintln(x.ID, x.State, x.Why, x.MessageID, x.Attempts, x.Rev)
	}
	return out
}

func TestSmallThings(t *testing.T) {
	rome := zone(t, "Europe/Rome")
	p := campaign.NewZones(rome, night).Place("Asia/Tokyo", "")
	if got := p.Local(t0).Hour(); got != 19 {
		t.Errorf("%d o'clock in Tokyo", got)
	}
	never := []core.Interval{{From: 23 * 60, To: 24 * 60}} // a slot that lies in the night
	if got := p.Next(t0, night, never); !got.Equal(t0) {
		t.Errorf("no time fits, and it says %v", got)
	}
	for word, want := range map[string]string{"MARKETING": "marketing", "utility": "utility", "AUTHENTICATION": "authentication", "": "marketing", "NEW": "marketing"} {
		if got := campaign.CategoryOf(core.Template{Category: word}); string(got) != want {
			t.Errorf("%q is %s (P-11)", word, got)
		}
	}
	c := draft()
	c.Values = []campaign.Value{{Variable: "1", Field: "phone"}, {Variable: "2", Text: "of another version"}}
	f := campaign.NewForms(&c, forms())
	who := ana()
	if v, ok := f.Values(f.Pick(0, "it"), &who); !ok || len(v) != 1 || v["1"] != string(who.Phone) {
		t.Errorf("%v %v", v, ok)
	}
	th := throttle(t, rules(t), campaign.Limits{PerMinute: 30, PerDay: -1}, nil)
	if th.LeftToday(t0) != -1 {
		t.Error("no limit has no rest")
	}
}
