package campaign_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/coretest"
	"bottega/core/outbox"
)

// sending is a world whose runner and real sender work in a bubble, until stop.
// The provider gets the clock before they begin.
func sending(t *testing.T, gws core.Gateways, begin func(clock func() time.Time)) (w *world, clock func() time.Time, stop func()) {
	w = engine(t)
	began := time.Now()
	clock = func() time.Time { return t0.Add(time.Since(began)) }
	w.run.Now, w.desk.Now = clock, clock
	w.run.Texts = campaign.Sends(gws, func(context.Context, int64) (core.Channel, error) { return w.channel, nil })
	begin(clock)
	policy, err := outbox.LoadPolicy(assets.Rules())
	w.must(err)
	sender := &outbox.Runner{Store: w.mem, Gateways: campaign.Watched{Gateways: gws, Runner: w.run}, Feed: w.feed, Rules: coretest.Rules, Policy: policy,
		Now: clock, Log: slog.New(slog.DiscardHandler), Owner: "sender", Files: w.mem, Workers: 8, Chance: func() float64 { return 0 }}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { done <- w.run.Run(ctx) }()
	go func() { done <- sender.Run(ctx) }()
	return w, clock, func() { end(); <-done; <-done }
}

// together runs a campaign through the real sender to a provider in a bubble.
func together(t *testing.T, people, perMinute int, minutes int, gw *coretest.Gateway, during func(w *world, conv core.Conversation)) (*world, campaign.Campaign) {
	w, clock, stop := sending(t, gw, func(clock func() time.Time) { gw.Now = clock })
	conv := w.mem.AddPerson(t, w.channel, "+4915112345678", t0.Add(24*time.Hour)) // somebody who writes with the shop
	c := draft()
	c.Pace.PerMinute = perMinute
	c = w.start(c, w.people(people)...)
	for range minutes * 60 {
		time.Sleep(time.Second)
		if during != nil {
			w.now = clock()
			during(w, conv)
		}
	}
	synctest.Wait()
	w.now = clock()
	stop()
	return w, c
}

// busiest is the most messages of any minute.
func busiest(sent []coretest.Sent) (most int) {
	lo := 0
	for hi := range sent {
		for !sent[lo].At.After(sent[hi].At.Add(-time.Minute)) {
			lo++
		}
		most = max(most, hi-lo+1)
	}
	return most
}

// Through the real sender: the set rate is kept to 97 % and in no minute
// exceeded, and everybody gets it once.
func TestRateThroughTheSender(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gw := &coretest.Gateway{Hold: func(context.Context, core.Outgoing) { time.Sleep(120 * time.Millisecond) }}
		w, c := together(t, 300, 120, 3, gw, nil)
		sent := gw.Ledger()
		if n := w.counts(c.ID); len(sent) != 300 || n[campaign.Accepted] != 300 || w.campaign(c.ID).State != campaign.Finished {
			t.Fatalf("%d sent, %v", len(sent), n)
		}
		if most := busiest(sent); most > 120 {
			t.Errorf("%d in one minute, allowed are 120", most)
		}
		took := sent[len(sent)-1].At.Sub(sent[0].At).Minutes()
		if rate := 299 / took; rate < 0.97*120 {
			t.Errorf("%.1f a minute of 120", rate)
		}
		who := map[core.Phone]int{}
		for _, s := range sent {
			if who[s.To]++; who[s.To] > 1 {
				t.Fatalf("%s got it twice", s.To)
			}
		}
	})
}

// Answers go at once, and campaign and answers together keep the rate.
func TestAnswersPassTheCampaign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gw := &coretest.Gateway{}
		second := 0
		w, _ := together(t, 100, 60, 3, gw, func(w *world, conv core.Conversation) {
			if second++; second > 30 && second <= 60 && second%2 == 0 {
				w.mem.Queue(t, conv, fmt.Sprint("answer ", second), w.now, core.PriorityReply)
			}
		})
		answers := 0
		for _, s := range gw.Ledger() {
			if s.To == "+4915112345678" {
				answers++
			}
		}
		if answers != 15 {
			t.Errorf("%d of 15 answers", answers)
		}
		if most := busiest(gw.Ledger()); most > 60+2 { // an answer never asks; the campaign makes room a moment later
			t.Errorf("%d in one minute, campaign and answers together", most)
		}
		if n := len(gw.Ledger()); n < 110 {
			t.Errorf("%d in three minutes", n)
		}
		_ = w
	})
}

// A provider that answers 130429 is given rest: the runner hears of it although
// the sender repeats the message by itself, and nobody is lost or gets it twice.
func TestThrottledByTheProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gw := &coretest.Gateway{Answer: func(n int, _ core.Outgoing) (bool, error) {
			if n%25 == 0 {
				return false, core.Fail(core.RateLimited, "test", &core.ProviderError{Code: "130429", Class: core.ClassThrottle, RetryAfter: 2 * time.Second})
			}
			return true, nil
		}}
		w, c := together(t, 100, 300, 8, gw, nil)
		sent := gw.Ledger()
		if n := w.counts(c.ID); len(sent) != 100 || n[campaign.Accepted] != 100 {
			t.Fatalf("%d sent, %v", len(sent), n)
		}
		if took := sent[99].At.Sub(sent[0].At); took < 25*time.Second {
			t.Errorf("it took %v; at full speed it is 20 s", took)
		}
	})
}

// Two campaigns on one channel share its pace: the younger one does not wait
// until the older is through.
func TestCampaignsTakeTurns(t *testing.T) {
	for _, k := range []struct {
		name                     string
		older, younger           int // a minute
		leastOlder, leastYounger int // of two minutes
		most                     int // a minute, both together
	}{
		{"equal", 60, 60, 50, 50, 60},
		{"the older is slower", 10, 60, 18, 90, 60},
		{"the younger is slower", 60, 10, 90, 18, 60},
	} {
		t.Run(k.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gw := &coretest.Gateway{}
				var second campaign.Campaign
				w, first := together(t, 200, k.older, 2, gw, func(w *world, _ core.Conversation) {
					if second.ID == 0 {
						var more []int64
						for i := range 200 {
							more = append(more, w.person(core.Phone(fmt.Sprintf("+39320%07d", i))))
						}
						second = draft()
						second.Pace.PerMinute = k.younger
						second = w.start(second, more...)
					}
				})
				a, b := w.counts(first.ID)[campaign.Accepted], w.counts(second.ID)[campaign.Accepted]
				if a < k.leastOlder || b < k.leastYounger || k.older < 60 && a > 2*k.older+2 || k.younger < 60 && b > 2*k.younger+2 {
					t.Errorf("the older sent %d, the younger %d", a, b)
				}
				if most := busiest(gw.Ledger()); most > k.most {
					t.Errorf("%d in one minute, allowed are %d", most, k.most)
				}
			})
		})
	}
}

// late is a provider that takes every message, cannot deliver some of them, and
// sends SMS.
type late struct {
	*coretest.Gateway
	clock func() time.Time
	texts chan time.Time
}

func (l *late) SendSMS(context.Context, core.SMS) (core.Accept, error) {
	l.texts <- l.clock()
	return core.Accept{ProviderID: "sms.1", At: l.clock()}, nil
}

// An undeliverable notice goes by SMS within 5 s of the news (S-161), in the
// middle of a campaign that has much in line.
func TestSMSWithinFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gw := &late{Gateway: &coretest.Gateway{Caps: core.Capabilities{SMS: true}}, texts: make(chan time.Time, 10)}
		w, clock, stop := sending(t, one{gw}, func(clock func() time.Time) { gw.Now, gw.clock = clock, clock })
		defer stop()
		c := notice()
		c.SMS, c.Pace.PerMinute = true, 30
		c = w.start(c, w.people(200)...)
		time.Sleep(time.Minute)
		synctest.Wait()
		sent := gw.Ledger()
		if len(sent) < 20 || len(gw.texts) != 0 {
			t.Fatalf("%d messages and %d SMS in the first minute", len(sent), len(gw.texts))
		}
		w.now = clock()
		failed := w.now
		w.must(w.store.Update(w.ctx, func(tx campaign.Tx) error {
			m, err := tx.MessageByRef(sent[0].Ref)
			if err != nil {
				return err
			}
			m.Receive(&core.Event{Kind: core.EvStatus, ID: m.ProviderID, Ref: m.Ref, Status: core.Failed, At: w.now, Error: &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable}})
			tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
			return tx.SaveMessage(&m)
		}))
		select {
		case at := <-gw.texts:
			if took := at.Sub(failed); took > w.rules.SMSWithin.Value.D() {
				t.Errorf("after %v", took)
			}
		case <-time.After(time.Minute):
			t.Fatal("no SMS within a minute")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := w.texts(c.ID); n != (campaign.Texts{Sent: 1}) || len(gw.texts) != 0 {
			t.Errorf("%+v, and %d more", n, len(gw.texts))
		}
	})
}
