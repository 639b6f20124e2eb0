package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

// phone is a provider that sends SMS as well, and keeps what it was asked for.
type phone struct {
	wa     *coretest.Gateway
	answer func(n int, m core.SMS) (taken bool, err error)

	mu    sync.Mutex
	asked []core.SMS
	got   map[string]int // by reference
	at    []time.Time
}

// Gateway implements core.Gateways. Another gateway stands before it, as those
// that count and log do.
func (p *phone) Gateway(context.Context, core.Channel) (core.Gateway, error) {
	return front{p.wa, struct {
		core.Gateway
		core.Texter
	}{p.wa, p}}, nil
}

type front struct {
	core.Gateway
	behind core.Gateway
}

func (f front) Unwrap() core.Gateway { return f.behind }

// SendSMS implements core.Texter.
func (p *phone) SendSMS(_ context.Context, m core.SMS) (core.Accept, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked, p.at = append(p.asked, m), append(p.at, time.Now())
	taken, err := true, error(nil)
	if p.answer != nil {
		taken, err = p.answer(len(p.asked), m)
	}
	if taken {
		p.got[m.Ref]++
	}
	return core.Accept{ProviderID: "sms." + m.Ref, At: time.Now()}, err
}

// texting is a shop whose provider sends SMS.
func texting(t *testing.T) (*shop, *phone) {
	s := newShop(t)
	p := &phone{wa: s.gw, got: map[string]int{}}
	s.r.Gateways = p
	return s, p
}

// text puts an SMS in line for somebody whose service window is long shut.
func (s *shop) text(number core.Phone) core.Message {
	c := s.mem.AddPerson(s.t, s.ch, number, time.Now().Add(-48*time.Hour))
	return s.mem.QueueContent(s.t, c, core.Content{Type: core.TypeSMS, Text: "Il suo ordine è pronto"}, time.Now(), core.PriorityAuto)
}

// TestSMSByClass: what becomes of an SMS, by the provider's answer. It never
// goes by WhatsApp, and what may have arrived is never repeated.
func TestSMSByClass(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		taken bool
		want  core.State
		tries int
	}{
		"taken":            {nil, true, core.Accepted, 1},
		"undeliverable":    {refuse(core.ClassUndeliverable), false, core.Failed, 1},
		"invalid":          {refuse(core.ClassInvalid), false, core.Failed, 1},
		"busy":             {refuse(core.ClassRetry), false, core.Failed, 5},
		"answer lost":      {core.Fail(core.OutcomeUnsure, "x", &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}), true, core.UnsureSent, 1},
		"no sender of SMS": {core.Fail(core.Unsupported, "x", nil), false, core.Failed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := texting(t)
				p.answer = func(int, core.SMS) (bool, error) { return c.taken, c.err }
				m := s.text("+393331234567")
				s.start(s.r)
				after(10 * time.Minute)
				got := s.message(m.ID)
				if got.State != c.want || len(p.asked) != c.tries || s.gw.Requests() != 0 {
					t.Errorf("%s after %d SMS and %d messages: %v", got.State, len(p.asked), s.gw.Requests(), got.Error)
				}
				if sms := p.asked[0]; sms.To != "+393331234567" || sms.Text != m.Text || sms.Ref != m.Ref {
					t.Errorf("asked for %+v", sms)
				}
				if c.want == core.Accepted && got.ProviderID != "sms."+m.Ref {
					t.Errorf("its receipts would not find it: %q", got.ProviderID)
				}
			})
		})
	}
}

// TestNoSMSWithoutAWay: a provider that sends none, and a person without a
// number, end it at once; WhatsApp is not tried instead.
func TestNoSMSWithoutAWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		m := s.text("+393331234567")
		s.start(s.r)
		after(time.Minute)
		if got := s.message(m.ID); got.State != core.Failed || s.gw.Requests() != 0 {
			t.Errorf("%s after %d messages", got.State, s.gw.Requests())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s, p := texting(t)
		m := s.text("")
		s.start(s.r)
		after(time.Minute)
		if got := s.message(m.ID); got.State != core.Failed || len(p.asked)+s.gw.Requests() != 0 {
			t.Errorf("without a number: %s after %d SMS", got.State, len(p.asked))
		}
	})
}

// TestSMSPassesTheCampaign: it leaves within 5 s of being put in line (S-161),
// however many messages of campaigns stand there.
func TestSMSPassesTheCampaign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := texting(t)
		s.r.Policy.PerSecond = 1
		for i := range 200 {
			c := s.person(core.Phone(fmt.Sprintf("+39320%07d", i)))
			s.mem.Queue(t, c, "promo", time.Now(), core.PriorityCampaign)
		}
		s.start(s.r)
		after(20 * time.Second)
		made := time.Now()
		m := s.text("+393331234567")
		after(5 * time.Second)
		if got := s.message(m.ID); got.State != core.Accepted || len(p.at) != 1 || p.at[0].Sub(made) > 5*time.Second {
			t.Errorf("%s, sent at %v", got.State, p.at)
		}
	})
}

// TestSMSOnceAfterACrash: who dies after the claim was written leaves it unsure,
// whether or not the phone has it; the next process does not send it again. Who
// dies before leaves it in line, and it goes once.
func TestSMSOnceAfterACrash(t *testing.T) {
	for name, taken := range map[string]bool{"the phone has it": true, "the phone has nothing": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := texting(t)
				m := s.text("+393331234567")
				err := s.mem.Write(t.Context(), func(tx core.Tx) error { // a process that claims and dies
					_, err := tx.Claim(s.ch.ID, "dead", time.Now(), time.Minute, 1)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if taken {
					p.got[m.Ref]++
				}
				waits := s.text("+393337654321")
				s.start(s.r)
				after(30 * time.Minute)
				if got := s.message(m.ID); got.State != core.UnsureSent || p.got[m.Ref] > 1 {
					t.Errorf("%s, the phone got %d", got.State, p.got[m.Ref])
				}
				if got := s.message(waits.ID); got.State != core.Accepted || p.got[waits.Ref] != 1 || len(p.asked) != 1 {
					t.Errorf("the one behind: %s, the phone got %d of %d asked for", got.State, p.got[waits.Ref], len(p.asked))
				}
			})
		})
	}
}
