package campaign_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/coretest"
)

func TestStartIsRefusedByRules(t *testing.T) {
	w := engine(t)
	c := draft()
	c.ChannelID, c.ID = w.channel.ID, 0
	c.Pace.PerMinute = 4000
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error { return tx.SaveCampaign(&c) }))
	rep := w.plan(c, w.people(2)...)
	_, err := w.desk.Start(w.ctx, c.ID, rep, "ada")
	rs := campaign.RefusalsOf(err)
	if core.CodeOf(err) != core.Refused || len(rs) != 1 || rs[0].Rule != campaign.RuleSpeed || rs[0].Source == "" {
		t.Fatalf("%v", err)
	}
	if got := w.campaign(c.ID); got.State != campaign.Draft || w.counts(c.ID).Total() != 0 {
		t.Errorf("%+v", got)
	}
	if campaign.RefusalsOf(nil) != nil {
		t.Error("refusals of nothing")
	}
}

func TestStartAfterACrashBeginsAnew(t *testing.T) {
	w := engine(t)
	ids := w.people(3)
	c := draft()
	c.ChannelID, c.ID = w.channel.ID, 0
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		if err := tx.SaveCampaign(&c); err != nil {
			return err
		}
		_, err := tx.AddRecipient(&campaign.Recipient{CampaignID: c.ID, ContactID: 99, Person: "+100", State: campaign.Pending})
		return err
	}))
	if _, err := w.desk.Start(w.ctx, c.ID, w.plan(c, ids...), "ada"); err != nil {
		t.Fatal(err)
	}
	if n := w.counts(c.ID); n.Total() != 3 {
		t.Fatalf("%v: rows of the start that broke off are left", n)
	}
	if _, err := w.desk.Start(w.ctx, c.ID, w.plan(c, ids...), "ada"); core.CodeOf(err) != core.Conflict {
		t.Errorf("a second start: %v", err)
	}
}

func TestScheduled(t *testing.T) {
	w := engine(t)
	c := draft()
	c.Schedule = campaign.Schedule{When: campaign.At, At: t0.Add(3 * time.Hour)}
	c = w.start(c, w.people(2)...)
	if c.State != campaign.Scheduled {
		t.Fatalf("%+v", c)
	}
	if at := w.step(); !at.Equal(c.Schedule.At) || w.claim() {
		t.Fatalf("it looks again at %v", at)
	}
	w.now = c.Schedule.At
	w.until(c.ID, campaign.Finished)
	if got := w.campaign(c.ID); len(w.ledger) != 2 || got.StartedAt.Before(c.Schedule.At) {
		t.Errorf("%d messages, %+v", len(w.ledger), got)
	}
}

func TestUnsureIsSettledByPeopleOrReceipts(t *testing.T) {
	w := engine(t)
	c := draft()
	c.Pace.PerMinute = 3000
	c = w.start(c, w.people(3)...)
	w.step()
	for w.now = w.now.Add(time.Second); len(w.jobs) < 3; w.now = w.now.Add(time.Second) {
		w.step()
		w.claim()
	}
	lost := &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}
	w.take(w.jobs[0])
	for _, j := range w.jobs {
		w.settle(j, "", core.UnsureSent, lost)
	}
	w.step()
	if n := w.counts(c.ID); n[campaign.Unsure] != 3 {
		t.Fatalf("%v", n)
	}
	w.receipt(w.ledger[0], core.Delivered)
	w.step()
	rows := w.rows(c.ID)
	first := w.rowOf(w.jobs[0].Message.ID)
	if first.State != campaign.Delivered {
		t.Fatalf("a receipt with our reference settles it: %+v", first)
	}
	var open []campaign.Recipient
	for _, x := range rows {
		if x.State == campaign.Unsure {
			open = append(open, x)
		}
	}
	w.must(w.desk.Settle(w.ctx, open[0].ID, true))
	w.must(w.desk.Settle(w.ctx, open[1].ID, false))
	if err := w.desk.Settle(w.ctx, open[0].ID, false); core.CodeOf(err) != core.Conflict {
		t.Errorf("settled twice: %v", err)
	}
	if n := w.counts(c.ID); n[campaign.Accepted] != 1 || n[campaign.Pending] != 1 {
		t.Errorf("%v", n)
	}
	w.until(c.ID, campaign.Finished)
	w.step()
	if n := w.counts(c.ID); n[campaign.Accepted] != 2 || n[campaign.Delivered] != 1 || len(w.ledger) != 2 {
		t.Errorf("%v: who did not get it gets it now, the same day", n)
	}
}

func TestRetryByHand(t *testing.T) {
	w := engine(t)
	c := draft()
	c.Pace.PerMinute = 3000
	c = w.start(c, w.people(2)...)
	w.step()
	w.now = w.now.Add(time.Second)
	for range 2 {
		w.step()
		w.claim()
	}
	w.settle(w.jobs[0], "", core.Failed, &core.ProviderError{Code: "131049", Class: core.ClassMarketingCapped})
	w.settle(w.jobs[1], "", core.Failed, &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable})
	w.until(c.ID, campaign.Finished)
	if n, err := w.desk.Retry(w.ctx, c.ID, core.ClassMarketingCapped); n != 0 || err != nil {
		t.Fatalf("before 24 h: %d, %v", n, err)
	}
	w.now = w.now.Add(25 * time.Hour)
	if n, err := w.desk.Retry(w.ctx, c.ID, core.ClassUndeliverable); n != 0 || err != nil {
		t.Fatalf("131026 never: %d, %v", n, err)
	}
	if n, err := w.desk.Retry(w.ctx, c.ID, core.ClassMarketingCapped); n != 1 || err != nil {
		t.Fatalf("after 24 h: %d, %v", n, err)
	}
	w.until(c.ID, campaign.Finished)
	w.step()
	if n := w.counts(c.ID); n[campaign.Accepted] != 1 || n[campaign.Failed] != 1 {
		t.Errorf("%v", n)
	}
}

func TestAnswersAndOrders(t *testing.T) {
	w := engine(t)
	ids := w.people(2)
	c := w.start(draft(), ids...)
	w.until(c.ID, campaign.Finished)
	w.step()
	note := func(fn func(campaign.Tx) error) { w.must(w.store.Update(w.ctx, fn)) }
	note(func(tx campaign.Tx) error { return w.rules.Answer(tx, ids[0], w.now.Add(-time.Hour)) }) // before it was sent
	note(func(tx campaign.Tx) error { return w.rules.Answer(tx, ids[0], w.now.Add(30*time.Hour)) })
	if n := w.counts(c.ID); n[campaign.Replied] != 0 {
		t.Fatalf("%v: neither before nor after 24 h (S-043)", n)
	}
	note(func(tx campaign.Tx) error { return w.rules.Answer(tx, ids[0], w.now.Add(time.Hour)) })
	note(func(tx campaign.Tx) error {
		return w.rules.Convert(tx, ids[1], w.now.Add(48*time.Hour), 7*24*time.Hour)
	})
	note(func(tx campaign.Tx) error { return w.rules.Answer(tx, ids[1], w.now.Add(time.Hour)) }) // an order counts for more
	n := w.counts(c.ID)
	if f := n.Funnel(); n[campaign.Replied] != 1 || n[campaign.Converted] != 1 || f.Read != 2 || f.Shares().Converted != 0.5 {
		t.Errorf("%v %+v", n, f)
	}
	for _, g := range w.ledger { // a late receipt takes nothing back
		w.receipt(g, core.Delivered)
	}
	w.step()
	if n := w.counts(c.ID); n[campaign.Replied] != 1 || n[campaign.Converted] != 1 {
		t.Errorf("%v", n)
	}
}

func TestASecondRunnerLeavesTheChannelAlone(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(3)...)
	w.step()
	other := *w
	other.restart()
	other.run.Owner = "another process"
	other.now = w.now.Add(5 * time.Second)
	before := w.counts(c.ID)
	other.step()
	if after := w.counts(c.ID); after[campaign.Pending] != before[campaign.Pending] {
		t.Errorf("%v, then %v", before, after)
	}
	other.now = w.now.Add(time.Minute) // the first has died
	other.step()
	if after := w.counts(c.ID); after[campaign.Pending] == before[campaign.Pending] {
		t.Error("nobody takes over")
	}
}

func TestContactThatIsGone(t *testing.T) {
	w := engine(t)
	c := draft()
	c.ChannelID, c.ID = w.channel.ID, 0
	c = w.start(c, w.people(1)...)
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		_, err := tx.(coretest.CampaignTx).AddRecipient(&campaign.Recipient{CampaignID: c.ID, ContactID: 999, Person: "+1", State: campaign.Pending})
		return err
	}))
	w.until(c.ID, campaign.Finished)
	if n := w.counts(c.ID); n[campaign.Skipped] != 1 {
		t.Errorf("%v", n)
	}
}

// What the provider took is never repeated by itself, whatever it says later;
// what it refused at once is, when its class allows.
func TestOnlyWhatWasRefusedAtOnceIsRepeated(t *testing.T) {
	w := engine(t)
	c := notice()
	c.Pace.PerMinute = 3000
	c = w.start(c, w.people(2)...)
	w.step()
	w.now = w.now.Add(time.Second)
	w.step()
	for w.claim() {
		w.now = w.now.Add(time.Millisecond)
	}
	w.settle(w.jobs[0], w.take(w.jobs[0]), core.Accepted, nil)
	w.report(w.ledger[0], core.Failed, core.ClassRetry)
	w.settle(w.jobs[1], "", core.Failed, &core.ProviderError{Code: "2", Class: core.ClassRetry})
	w.step()
	n := w.counts(c.ID)
	if n[campaign.Failed] != 1 || n[campaign.Pending] != 1 {
		t.Fatalf("%v", n)
	}
	if got := w.campaign(c.ID); got.State != campaign.Waiting || got.Wait.Reason != campaign.ForRetry {
		t.Errorf("%+v", got)
	}
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 2 {
		t.Errorf("%d messages", len(w.ledger))
	}
}

// Who is held back gets nothing, is no part of the counts, and is there to be
// compared with.
func TestHeldBackPeopleGetNothing(t *testing.T) {
	w := engine(t)
	c := draft()
	c.HoldBack, c.Pace.PerMinute = 0.3, 3000
	c = w.start(c, w.people(60)...)
	w.until(c.ID, campaign.Finished)
	w.step()
	held := 0
	for _, x := range w.rows(c.ID) {
		if x.HeldBack {
			held++
			if x.State != campaign.Skipped || x.Why != campaign.HeldBack {
				t.Errorf("%+v", x)
			}
		}
	}
	if n := w.counts(c.ID); held < 5 || held > 35 || n.Total() != 60-held || n[campaign.Accepted] != 60-held || len(w.ledger) != 60-held {
		t.Errorf("%d held back, %v, %d messages", held, n, len(w.ledger))
	}
}

// Only a paused campaign goes on: a draft is asked for its rules by Start, even
// one whose start broke off with rows written, and what is over stays so.
func TestOnlyAPausedCampaignIsResumed(t *testing.T) {
	w := engine(t)
	c := draft()
	c.ChannelID, c.ID = w.channel.ID, 0
	who := w.people(1)[0]
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
		if err := tx.SaveCampaign(&c); err != nil {
			return err
		}
		_, err := tx.AddRecipient(&campaign.Recipient{CampaignID: c.ID, ContactID: who, Person: "+393331000000", State: campaign.Pending})
		return err
	}))
	over := w.start(draft(), w.people(1)...)
	w.until(over.ID, campaign.Finished)
	before := len(w.ledger)
	for id, state := range map[int64]campaign.State{c.ID: campaign.Draft, over.ID: campaign.Finished} {
		if _, err := w.desk.Resume(w.ctx, id, "ada", true); core.CodeOf(err) != core.Conflict {
			t.Errorf("%s: %v", state, err)
		}
		w.step()
		w.sendAll()
		if got := w.campaign(id); got.State != state || len(w.ledger) != before {
			t.Errorf("%s became %s, %d messages", state, got.State, len(w.ledger)-before)
		}
	}
}
