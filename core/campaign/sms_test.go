package campaign_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/coretest"
	"bottega/core/ledger"
)

func able(context.Context, int64) bool { return true }

// lostOne is a shop with a notice to one person whose message has just come
// back as undeliverable; nobody has looked yet.
func lostOne(t fataler, w *world, change func(*campaign.Campaign)) (campaign.Campaign, int64) {
	id := w.person("+393331234567")
	w.run.Texts = able
	c := notice()
	c.SMS = true
	if change != nil {
		change(&c)
	}
	c = w.start(c, id)
	for i := 0; len(w.ledger) == 0; i++ {
		if i > 100 {
			t.Fatalf("nothing leaves: %+v", w.campaign(c.ID))
		}
		w.step()
		w.sendAll()
		w.now = w.now.Add(time.Second)
	}
	w.report(w.ledger[0], core.Failed, core.ClassUndeliverable)
	return c, id
}

func (w *world) texts(id int64) campaign.Texts {
	w.t.Helper()
	n, err := w.store.Texts(w.ctx, id)
	w.must(err)
	return n
}

// TestAnUndeliverableNoticeGoesBySMS: one SMS, at once, with the words of the
// message; the row stays failed, for WhatsApp did not reach them.
func TestAnUndeliverableNoticeGoesBySMS(t *testing.T) {
	w := engine(t)
	c, _ := lostOne(t, w, nil)
	w.step()
	w.step()
	if !w.claim() {
		t.Fatal("no SMS is in line")
	}
	m := w.jobs[0].Message
	if m.Type != core.TypeSMS || m.Text != "Your order is ready" || m.NotBefore.After(w.now) || campaign.ByRef(m.Ref) != c.ID {
		t.Errorf("%+v", m)
	}
	w.settle(w.jobs[0], "sms.1", core.Accepted, nil)
	w.step()
	if w.claim() || w.texts(c.ID) != (campaign.Texts{Sent: 1}) || w.counts(c.ID)[campaign.Failed] != 1 {
		t.Errorf("%+v, %v", w.texts(c.ID), w.counts(c.ID))
	}
}

// TestNoSMS: never for marketing, never unasked, never after a stop, never
// where nothing can be sent, at night, from another machine, or on pause.
func TestNoSMS(t *testing.T) {
	for name, do := range map[string]func(w *world, c campaign.Campaign, id int64){
		"said stop to promotions": func(w *world, _ campaign.Campaign, id int64) { w.optOut(id) },
		"said stop to all": func(w *world, _ campaign.Campaign, id int64) {
			w.change(id, func(p *campaign.Person) { p.Utility = consent.StoppedAll })
		},
		"blocked": func(w *world, _ campaign.Campaign, id int64) {
			w.change(id, func(p *campaign.Person) { p.Blocked = true })
		},
		"no way":          func(w *world, _ campaign.Campaign, _ int64) { w.run.Texts = nil },
		"night":           func(w *world, _ campaign.Campaign, _ int64) { w.now = w.now.Add(14 * time.Hour) },
		"another machine": func(w *world, _ campaign.Campaign, _ int64) { w.run.Host = "another" },
	} {
		w := engine(t)
		c, id := lostOne(t, w, nil)
		do(w, c, id)
		if w.step(); w.claim() {
			t.Errorf("%s: an SMS leaves at %v", name, w.now)
		}
	}
	w := engine(t)
	lostOne(t, w, func(c *campaign.Campaign) { c.SMS = false })
	if w.step(); w.claim() {
		t.Error("an SMS leaves that nobody asked for")
	}
}

// TestAnSMSIsTakenBack: what waits in line goes back on an opt-out, whatever it
// is of, and does not come again.
func TestAnSMSIsTakenBack(t *testing.T) {
	w := engine(t)
	c, id := lostOne(t, w, nil)
	w.step()
	if w.texts(c.ID).InLine != 1 {
		t.Fatalf("%+v", w.texts(c.ID))
	}
	w.optOut(id)
	w.step()
	if w.claim() || w.texts(c.ID).Total() != 0 {
		t.Errorf("%+v after the opt-out", w.texts(c.ID))
	}
}

// TestSMSOnceWhateverDies: the program may die between any two steps; the
// person never gets two, and one whose sending was begun is unsure, not lost.
func TestSMSOnceWhateverDies(t *testing.T) {
	book, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	rs, rome := rules(t), zone(t, "Europe/Rome")
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt, rs, book, rome)
		c, id := lostOne(rt, w, nil)
		got, out := 0, false
		for i := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"step", "step", "claim", "settle", "take and die", "die", "expire", "failed again", "stop"}).Draw(rt, "what") {
			case "step":
				w.step()
			case "claim":
				if n := len(w.jobs); w.claim() && out {
					rt.Fatalf("step %d: claimed after an opt-out: %+v", i, w.jobs[n].Message)
				}
			case "settle":
				if len(w.jobs) > 0 {
					got++
					w.settle(w.jobs[0], "sms.1", core.Accepted, nil)
					w.jobs = nil
				}
			case "take and die":
				if len(w.jobs) > 0 {
					got++
					w.jobs = nil
				}
				w.restart()
			case "die":
				w.jobs = nil
				w.restart()
			case "expire":
				w.jobs = nil
				w.now = w.now.Add(2 * time.Minute)
				w.expire()
			case "failed again":
				w.report(w.ledger[0], core.Failed, core.ClassUndeliverable)
			case "stop":
				w.optOut(id)
				out = true
			}
			w.run.Texts = able
			if got > 1 || w.texts(c.ID).Total() > 1 {
				rt.Fatalf("step %d: %d SMS, %+v", i, got, w.texts(c.ID))
			}
		}
		w.jobs = nil
		w.now = w.now.Add(2 * time.Minute)
		w.expire()
		w.step()
		if n := w.texts(c.ID); got == 1 && n.Sent+n.Unsure != 1 {
			rt.Fatalf("an SMS that left counts as %+v", n)
		}
	})
}

// plain is a provider; textual one with SMS.
type plain struct{ core.Gateway }

func (plain) Capabilities() core.Capabilities { return core.Capabilities{} }

type textual struct{ core.Gateway }

func (textual) Capabilities() core.Capabilities { return core.Capabilities{SMS: true} }

func (textual) SendSMS(context.Context, core.SMS) (core.Accept, error) {
	return core.Accept{ProviderID: "sms.1"}, nil
}

type one struct{ gw core.Gateway }

func (o one) Gateway(context.Context, core.Channel) (core.Gateway, error) {
	if o.gw == nil {
		return nil, core.Fail(core.NoSecret, "test", nil)
	}
	return o.gw, nil
}

// TestSends asks the gateway behind the one that watches.
func TestSends(t *testing.T) {
	w := engine(t)
	for name, c := range map[string]struct {
		gw   core.Gateway
		want bool
	}{"none": {nil, false}, "plain": {plain{}, false}, "SMS": {textual{}, true}} {
		gws := campaign.Watched{Gateways: one{c.gw}, Runner: w.run}
		channel := func(context.Context, int64) (core.Channel, error) { return w.channel, nil }
		if got := campaign.Sends(gws, channel)(t.Context(), 1); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
		if c.want {
			gw, err := gws.Gateway(t.Context(), w.channel)
			if tx, ok := core.Port[core.Texter](gw); err != nil || !ok || tx == nil {
				t.Errorf("%s: no port behind the watch: %v", name, err)
			}
		}
	}
}

// TestPlanTellsWhatSMSCost before anything is sent.
func TestPlanTellsWhatSMSCost(t *testing.T) {
	w := engine(t)
	ids := w.people(3)
	c := notice()
	c.ChannelID = w.channel.ID
	if rep := w.plan(c, ids...); rep.SMS != nil {
		t.Errorf("not asked for: %+v", rep.SMS)
	}
	c.SMS = true
	if rep := w.plan(c, ids...); rep.SMS == nil || rep.SMS.Known || rep.SMS.Parts != 1 {
		t.Errorf("no price is known: %+v", rep.SMS)
	}
}

var _ campaign.Store = coretest.Campaigns{}
