package campaign_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/campaign"
)

// Run wakes for what is announced and for what is due, and sleeps else.
func TestRunWorksUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := engine(t)
		began := time.Now()
		clock := func() time.Time { return t0.Add(time.Since(began)) }
		w.run.Now, w.desk.Now = clock, clock
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.run.Run(ctx) }()
		c := w.start(draft(), w.people(10)...)
		for range 600 {
			time.Sleep(100 * time.Millisecond)
			w.now = clock()
			w.sendAll()
			w.feed.Publish(core.Change{Kind: core.Messages})
		}
		synctest.Wait()
		if got := w.campaign(c.ID); got.State != campaign.Finished || len(w.ledger) != 10 {
			t.Errorf("%+v, %d messages", got, len(w.ledger))
		}
		before := w.mem.Changes()
		time.Sleep(10 * time.Minute)
		if n := w.mem.Changes() - before; n > 0 {
			t.Errorf("%d writes in ten minutes without work", n)
		}
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

// A process that ends, such as a command that waited for its campaign, holds up
// none that is there: the channel is free at once.
func TestRunGivesItsChannelsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := engine(t)
		w.start(draft(), w.people(2)...)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.run.Run(ctx) }()
		synctest.Wait()
		free := func() bool {
			ours, err := w.store.Lease(t.Context(), "campaigns:"+strconv.FormatInt(w.channel.ID, 10), "another", w.now, time.Second)
			w.must(err)
			return ours
		}
		if free() {
			t.Fatal("the channel is free while its campaign runs")
		}
		stop()
		<-done
		if !free() {
			t.Error("the channel is held by a process that is gone")
		}
	})
}

func TestRunSurvivesAFailingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := engine(t)
		began := time.Now()
		w.run.Now = func() time.Time { return t0.Add(time.Since(began)) }
		c := w.start(draft(), w.people(2)...)
		w.mem.Fail = func(string) error {
			if time.Since(began) < time.Minute {
				return errors.New("the disk is full")
			}
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = w.run.Run(ctx) }() // ends with the bubble
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := w.counts(c.ID); n[campaign.Sending] != 2 {
			t.Errorf("%v", n)
		}
		stop()
		synctest.Wait()
	})
}

// Replies and throttled answers of the channel hold the campaign up.
func TestRunnerHearsOfReplies(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(40)...)
	w.run.Count(w.channel.ID, 1, false) // nothing has run yet: the store will tell
	w.step()
	w.sendAll()
	for i := range 29 {
		w.run.Count(w.channel.ID, int64(1000+i), false)
	}
	if n := w.run.Sent(w.channel.ID); n != 30 {
		t.Errorf("%d in this minute", n)
	}
	w.now = w.now.Add(10 * time.Second)
	if w.step(); w.claim() {
		t.Error("on top of thirty answers of this minute")
	}
	w.now = w.now.Add(2 * time.Minute)
	w.step()
	w.sendAll()
	w.run.Slow(w.channel.ID, 90*time.Second)
	w.now = w.now.Add(10 * time.Second)
	w.step()
	if got := w.campaign(c.ID); got.State != campaign.Waiting || got.Wait.Reason != campaign.Throttled {
		t.Errorf("%+v", got)
	}
	w.now = w.now.Add(90 * time.Second)
	if w.step(); !w.claim() {
		t.Error("it does not go on")
	}
}

// A new number starts low: S-199.
func TestANewNumberWarmsUp(t *testing.T) {
	w := engine(t)
	w.rules.WarmStart.Value = 3
	w.run.Activated = func(core.Channel) time.Time { return t0.Add(-time.Hour) }
	w.run.Gauge = func(context.Context, int64) (campaign.Gauge, error) { return campaign.Green, nil }
	c := draft()
	c.Pace.PerMinute = 3000
	c = w.start(c, w.people(10)...)
	sent := func(until time.Time) int {
		for w.now.Before(until) {
			w.step()
			w.sendAll()
			w.now = w.now.Add(time.Minute)
		}
		return len(w.ledger)
	}
	if n := sent(t0.Add(time.Hour)); n != 3 {
		t.Fatalf("%d on the first day", n)
	}
	if got := w.campaign(c.ID); got.Wait.Reason != campaign.WarmUp {
		t.Errorf("%+v", got.Wait)
	}
	// The next day's cap is 5 in 24 hours: two more in the morning.
	if n := sent(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)); n != 5 {
		t.Errorf("%d by the second morning", n)
	}
	w.run.Gauge = func(context.Context, int64) (campaign.Gauge, error) { return campaign.Red, nil }
	if n := sent(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)); n != 8 {
		t.Errorf("%d by the third day, which began red", n)
	}
}

func TestStepTellsWhatFailed(t *testing.T) {
	w := engine(t)
	w.start(draft(), w.people(1)...)
	bad := core.Fail(core.Unreachable, "test", nil)
	w.run.Templates = func(context.Context, int64) ([]core.Template, error) { return nil, bad }
	if _, err := w.run.Step(w.ctx, w.channel.ID); core.CodeOf(err) != core.Unreachable {
		t.Errorf("%v", err)
	}
	w.restart()
	w.run.Gauge = func(context.Context, int64) (campaign.Gauge, error) { return "", bad }
	if _, err := w.run.Step(w.ctx, w.channel.ID); core.CodeOf(err) != core.Unreachable {
		t.Errorf("%v", err)
	}
}

// A pace that cannot be read any more begins anew instead of stopping all.
func TestABrokenPaceBeginsAnew(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(2)...)
	w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error { return tx.SavePace(w.channel.ID, []byte("{")) }))
	w.until(c.ID, campaign.Finished)
	if len(w.ledger) != 2 {
		t.Errorf("%d messages", len(w.ledger))
	}
}
