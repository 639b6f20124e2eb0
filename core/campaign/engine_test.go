package campaign_test

import (
	"fmt"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/ledger"
)

func engine(t *testing.T) *world {
	t.Helper()
	book, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return newWorld(t, rules(t), book, zone(t, "Europe/Rome"))
}

// people adds n persons.
func (w *world) people(n int) (ids []int64) {
	for i := range n {
		ids = append(ids, w.person(core.Phone(fmt.Sprintf("+39333%07d", 1000000+i))))
	}
	return ids
}

// until steps and sends until the campaign is in the state.
func (w *world) until(id int64, want campaign.State) {
	w.t.Helper()
	for range 3000 {
		if w.campaign(id).State == want {
			return
		}
		at := w.step()
		w.sendAll()
		if !at.After(w.now) {
			at = w.now.Add(100 * time.Millisecond)
		}
		w.now = at
	}
	w.t.Fatalf("never %s: %+v %v", want, w.campaign(id), w.counts(id))
}

func TestACampaignFromStartToEnd(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(70)...)
	if c.State != campaign.Running || c.Host != "here" || c.Agent != "ada" {
		t.Fatalf("%+v", c)
	}
	begun := w.now
	w.until(c.ID, campaign.Finished)
	w.step() // what was accepted is seen in the end
	n := w.counts(c.ID)
	if n[campaign.Accepted] != 70 || n.Total() != 70 || len(w.ledger) != 70 {
		t.Fatalf("%v, %d messages", n, len(w.ledger))
	}
	// 30 a minute (S-028): the last of 70 leaves after 138 s.
	if took := w.now.Sub(begun); took < 135*time.Second || took > 160*time.Second {
		t.Errorf("70 at 30 a minute took %v", took)
	}
	for _, g := range w.ledger { // read before delivered, and again: it stays read
		for _, s := range []core.State{core.Read, core.Delivered, core.Read} {
			w.receipt(g, s)
		}
	}
	w.step()
	if n := w.counts(c.ID); n[campaign.Read] != 70 {
		t.Errorf("receipts after the end: %v", n)
	}
	convs := w.mem.Conversations()
	if len(convs) != 70 || convs[0].State != core.Done || convs[0].LastMessageID == 0 {
		t.Errorf("%d conversations, the first %+v: a campaign must not fill the inbox", len(convs), convs[0])
	}
	if m := w.mem.Messages()[0]; m.Text != "Ciao Ana, novità" || !m.Auto || m.Author != "ada" || m.Template.Category != "MARKETING" {
		t.Errorf("%+v", m)
	}
}

func TestPauseTakesBackWhatHasNotLeft(t *testing.T) {
	w := engine(t)
	c := draft()
	c.Pace.PerMinute = 3000
	c = w.start(c, w.people(20)...)
	w.step()
	w.now = w.now.Add(time.Second)
	w.step()
	if waiting, _ := w.mem.Outbox(); waiting < 5 {
		t.Fatalf("%d in line", waiting)
	}
	w.claim() // one is on its way
	if _, err := w.desk.Pause(w.ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if waiting, claimed := w.mem.Outbox(); waiting != 0 || claimed != 1 {
		t.Fatalf("%d wait and %d are claimed after a pause", waiting, claimed)
	}
	if n := w.counts(c.ID); n[campaign.Sending] != 1 || n[campaign.Pending] != 19 {
		t.Fatalf("%v", n)
	}
	if ms := w.mem.Messages(); len(ms) != 1 {
		t.Fatalf("%d messages are left; what came back was never said", len(ms))
	}
	if _, err := w.desk.Pause(w.ctx, c.ID); core.CodeOf(err) != core.Conflict {
		t.Errorf("a second pause: %v", err)
	}
	if w.step(); w.claim() {
		t.Error("a paused campaign goes on")
	}
	if _, err := w.desk.Resume(w.ctx, c.ID, "bob", false); err != nil {
		t.Fatal(err)
	}
	w.settle(w.jobs[0], w.take(w.jobs[0]), core.Accepted, nil)
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 20 || w.campaign(c.ID).Agent != "bob" || w.campaign(c.ID).Resumes != 2 {
		t.Errorf("%d messages, %+v", len(w.ledger), w.campaign(c.ID))
	}
}

func TestCancelSkipsTheRest(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(5)...)
	w.step()
	w.sendAll()
	if _, err := w.desk.Cancel(w.ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	w.step()
	if n := w.counts(c.ID); n[campaign.Accepted]+n[campaign.Skipped] != 5 || n[campaign.Skipped] < 3 {
		t.Fatalf("%v", n)
	}
	if _, err := w.desk.Resume(w.ctx, c.ID, "ada", false); core.CodeOf(err) != core.Conflict {
		t.Errorf("a cancelled campaign resumes: %v", err)
	}
}

func TestConsentIsAskedAgainAtTheMomentOfSending(t *testing.T) {
	w := engine(t)
	ids := w.people(6)
	c := w.start(draft(), ids...)
	w.change(ids[0], func(p *campaign.Person) { p.Marketing = consent.StoppedInApp })
	w.change(ids[1], func(p *campaign.Person) { p.Blocked = true })
	w.change(ids[2], func(p *campaign.Person) { p.ActiveAt = time.Time{} })
	w.change(ids[3], func(p *campaign.Person) { p.Name, p.Phone = "", "" })
	rec, err := w.desk.Recheck(w.ctx, c.ID, w.templates, campaign.Limits{PerMinute: 1, PerDay: -1}, -1)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Pending != 6 || rec.Included != 2 || len(rec.Excluded) != 4 {
		t.Errorf("what would happen: %+v", rec)
	}
	if rec.Outlook.Sent != 2 || !rec.Outlook.End.Equal(t0.Add(time.Minute)) {
		t.Errorf("and when: %+v", rec.Outlook)
	}
	w.until(c.ID, campaign.Finished)
	want := map[int64]campaign.Reason{ids[0]: campaign.OptedOut, ids[1]: campaign.Blocked, ids[2]: campaign.Cold, ids[3]: campaign.NoNumber}
	for _, x := range w.rows(c.ID) {
		if x.Why != want[x.ContactID] || (x.Why != "") != (x.State == campaign.Skipped) {
			t.Errorf("contact %d: %s %q", x.ContactID, x.State, x.Why)
		}
	}
	if len(w.ledger) != 2 {
		t.Errorf("%d messages", len(w.ledger))
	}
}

func TestANightIsWaitedOutInSight(t *testing.T) {
	w := engine(t)
	c := draft()
	ids := w.people(40)
	w.now = time.Date(2026, 11, 24, 20, 59, 0, 0, time.UTC) // a minute before ten in Rome
	c = w.start(c, ids...)
	for range 200 {
		at := w.step()
		w.sendAll()
		if w.campaign(c.ID).State == campaign.Waiting {
			break
		}
		w.now = at
	}
	morning := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	got := w.campaign(c.ID)
	if got.State != campaign.Waiting || got.Wait.Reason != campaign.QuietHours || !got.Wait.Until.Equal(morning) {
		t.Fatalf("%+v at %v", got, w.now)
	}
	evening := len(w.ledger)
	if evening < 28 || evening > 32 {
		t.Errorf("%d went in the last minute of the day", evening)
	}
	w.restart()
	if w.now = morning.Add(-time.Second); w.step().After(morning.Add(time.Second)) || len(w.ledger) != evening {
		t.Error("in the night")
	}
	w.now = morning
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 40 {
		t.Errorf("%d in all", len(w.ledger))
	}
}

func TestTierLimitIsWaitedOutInSight(t *testing.T) {
	w := engine(t)
	w.channel.Health.Limit = 3
	ch, err := w.mem.SaveChannel(w.ctx, w.channel)
	w.must(err)
	w.channel = ch
	c := w.start(draft(), w.people(5)...)
	w.until(c.ID, campaign.Waiting)
	got := w.campaign(c.ID)
	if got.Wait.Reason != campaign.TierLimit || len(w.ledger) != 3 || got.Wait.Until.Sub(w.ledger[0].claimed) < 24*time.Hour-10*time.Second {
		t.Fatalf("%+v after %d", got.Wait, len(w.ledger))
	}
	w.restart() // the store tells who was met today
	w.now = got.Wait.Until.Add(-time.Minute)
	if w.step(); w.claim() {
		t.Fatal("a restart forgets the limit")
	}
	w.now = got.Wait.Until
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 5 {
		t.Errorf("%d in all", len(w.ledger))
	}
}

func TestCampaignOfAnotherMachineAsksFirst(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(3)...)
	w.run.Host, w.desk.Host = "another", "another" // the same data on another machine
	if w.step(); w.claim() {
		t.Fatal("a restored backup sends by itself")
	}
	if got := w.campaign(c.ID); got.State != campaign.Paused || got.Pause != campaign.Moved || got.PauseDetail != "here" {
		t.Fatalf("%+v", got)
	}
	_, err := w.desk.Resume(w.ctx, c.ID, "ada", false)
	if rs := campaign.RefusalsOf(err); core.CodeOf(err) != core.Refused || len(rs) != 1 || rs[0].Rule != campaign.RuleHost {
		t.Fatalf("%v", err)
	}
	if _, err := w.desk.Resume(w.ctx, c.ID, "ada", true); err != nil {
		t.Fatal(err)
	}
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 3 {
		t.Errorf("%d messages", len(w.ledger))
	}
}

func TestItPausesItself(t *testing.T) {
	w := engine(t)
	c := draft()
	c.Pace.PerMinute = 3000
	c = w.start(c, w.people(200)...)
	for i := range 400 {
		w.step()
		for w.claim() {
			j := w.jobs[len(w.jobs)-1]
			w.jobs = w.jobs[:len(w.jobs)-1]
			if i++; i%3 == 0 {
				w.settle(j, "", core.Failed, &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable})
			} else {
				w.settle(j, w.take(j), core.Accepted, nil)
			}
		}
		w.now = w.now.Add(100 * time.Millisecond)
		if w.campaign(c.ID).State == campaign.Paused {
			break
		}
	}
	got := w.campaign(c.ID)
	if got.Pause != campaign.TooManyFailed {
		t.Fatalf("%+v %v", got, w.counts(c.ID))
	}
	if n := w.counts(c.ID); n[campaign.Pending] < 100 {
		t.Errorf("it noticed late: %v", n)
	}
	if _, err := w.desk.Resume(w.ctx, c.ID, "ada", false); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Second)
	w.until(c.ID, campaign.Finished) // what failed before does not stop it again
}

func TestTemplateTroublePausesBeforeAnythingElseLeaves(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(3)...)
	w.step()
	w.templates = nil
	w.step()
	if got := w.campaign(c.ID); got.Pause != campaign.TemplateGone || got.PauseDetail != "autumn" {
		t.Fatalf("%+v", got)
	}
	if waiting, _ := w.mem.Outbox(); waiting != 0 {
		t.Errorf("%d still in line", waiting)
	}
}

// Two numbers of one portfolio share its limit (P-40).
func TestTheLimitIsThePortfolios(t *testing.T) {
	w := engine(t)
	w.channel.Health.Limit = 4
	first, err := w.mem.SaveChannel(w.ctx, w.channel)
	w.must(err)
	second, err := w.mem.SaveChannel(w.ctx, core.Channel{Name: "two", Provider: core.Meta, State: core.Active, Health: core.Health{Limit: 4}})
	w.must(err)
	ids := w.people(8)
	for i, ch := range []core.Channel{first, second} {
		w.channel = ch
		c := notice()
		c.Pace.PerMinute = 3000
		w.start(c, ids[4*i:4*i+3]...)
	}
	for range 50 {
		for _, ch := range []core.Channel{first, second} {
			w.channel = ch
			w.step()
			w.sendAll()
		}
		w.now = w.now.Add(time.Second)
	}
	if len(w.ledger) != 4 {
		t.Errorf("%d people were met, allowed are 4", len(w.ledger))
	}
}

// When a language that somebody is to get is paused, the campaign waits for
// people to decide; a person whose own language changed is left out alone.
func TestALanguageThatGoesAway(t *testing.T) {
	w := engine(t)
	ids := w.people(3)
	w.change(ids[2], func(p *campaign.Person) { p.Language = "pt" })
	c := draft()
	c.Languages = nil
	c = w.start(c, ids...)
	w.change(ids[0], func(p *campaign.Person) { p.Language = "zh" })
	for i := range w.templates {
		if w.templates[i].Language == "pt_BR" {
			w.templates[i].Status = "PAUSED"
		}
	}
	w.until(c.ID, campaign.Paused)
	if got := w.campaign(c.ID); got.Pause != campaign.TemplateGone || got.PauseDetail != "autumn" {
		t.Fatalf("%+v", got)
	}
	if n := w.counts(c.ID); n[campaign.Skipped] != 1 || n[campaign.Pending]+n[campaign.Sending]+n[campaign.Accepted] != 2 {
		t.Errorf("%v", n)
	}
	w.templates = forms()
	if _, err := w.desk.Resume(w.ctx, c.ID, "ada", false); err != nil {
		t.Fatal(err)
	}
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 2 {
		t.Errorf("%d messages", len(w.ledger))
	}
}

// A campaign whose people are all done is over, also while the channel waits.
func TestItEndsWhileTheChannelRests(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(1)...)
	w.step()
	w.sendAll()
	w.run.Slow(w.channel.ID, time.Hour)
	w.now = w.now.Add(time.Second)
	w.step()
	if got := w.campaign(c.ID); got.State != campaign.Finished {
		t.Errorf("%+v", got)
	}
}
