package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/outbox"
)

// archive is a provider that can look up what it took.
type archive struct {
	gw    *coretest.Gateway
	has   []string // ids of what fits, the earliest first
	err   error
	asked []core.Outgoing
}

func (a *archive) Gateway(context.Context, core.Channel) (core.Gateway, error) { return a.self(), nil }

func (a *archive) self() core.Gateway { return lookup{a.gw, a} }

// lookup has the port beside what every gateway has.
type lookup struct {
	*coretest.Gateway
	a *archive
}

func (l lookup) Find(_ context.Context, m core.Outgoing, _ time.Time, known func(string) bool) (core.Accept, error) {
	l.a.asked = append(l.a.asked, m)
	if l.a.err != nil {
		return core.Accept{}, l.a.err
	}
	for _, id := range l.a.has {
		if !known(id) {
			return core.Accept{ProviderID: id}, nil
		}
	}
	return core.Accept{}, core.Fail(core.NotFound, "test", nil)
}

// TestFinder: what the provider has is adopted, with the receipts that came
// before; what it has not stays open; nobody is asked too early or for ever.
func TestFinder(t *testing.T) {
	for name, tt := range map[string]struct {
		has   []string
		err   error
		early []core.Event
		taken string // id that another message has
		wait  time.Duration
		state core.State
		id    string
	}{
		"there":            {has: []string{"SM1"}, wait: 2 * time.Minute, state: core.Accepted, id: "SM1"},
		"not there":        {wait: 2 * time.Minute, state: core.UnsureSent},
		"another's":        {has: []string{"SM1", "SM2"}, taken: "SM1", wait: 2 * time.Minute, state: core.Accepted, id: "SM2"},
		"delivered before": {has: []string{"SM1"}, early: []core.Event{{Kind: core.EvStatus, ID: "SM1", Status: core.Delivered}}, wait: 2 * time.Minute, state: core.Delivered, id: "SM1"},
		"out of reach":     {err: errors.New("no line"), wait: 2 * time.Minute, state: core.UnsureSent},
		"too early":        {has: []string{"SM1"}, wait: 50 * time.Second, state: core.UnsureSent},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				c := s.person("+393331234567")
				s.gw.Answer = func(int, core.Outgoing) (bool, error) {
					return true, core.Fail(core.OutcomeUnsure, "test", &core.ProviderError{Class: core.ClassRetry, Uncertain: true})
				}
				m := s.queue(c, "Buongiorno!")
				s.start(s.r)
				after(time.Second)
				s.stop()
				if got := s.message(m.ID); got.State != core.UnsureSent {
					t.Fatalf("state %s", got.State)
				}
				if tt.taken != "" {
					other := s.queue(c, "altro")
					if err := s.mem.Write(t.Context(), func(tx core.Tx) error {
						o, err := tx.Message(other.ID)
						if err != nil {
							return err
						}
						o.ProviderID, o.State = tt.taken, core.Accepted
						return tx.SaveMessage(&o)
					}); err != nil {
						t.Fatal(err)
					}
				}
				for _, e := range tt.early {
					if err := s.mem.Write(t.Context(), func(tx core.Tx) error { return tx.KeepReceipt(s.ch.ID, e) }); err != nil {
						t.Fatal(err)
					}
				}
				a := &archive{gw: s.gw, has: tt.has, err: tt.err}
				f := &outbox.Finder{Store: s.mem, Gateways: a, Rules: coretest.Rules, Now: time.Now, Log: slog.New(slog.DiscardHandler), Owner: "one"}
				ctx, stop := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- f.Run(ctx) }()
				time.Sleep(tt.wait)
				synctest.Wait()
				stop()
				if err := <-done; err != nil {
					t.Error(err)
				}
				if got := s.message(m.ID); got.State != tt.state || got.ProviderID != tt.id {
					t.Errorf("state %s, id %q; want %s, %q", got.State, got.ProviderID, tt.state, tt.id)
				}
				if len(a.asked) > 0 && (a.asked[0].To != "+393331234567" || a.asked[0].Text != "Buongiorno!") {
					t.Errorf("asked for %+v", a.asked[0])
				}
			})
		})
	}
}

// TestFinderGivesUp: an hour later nobody is asked any more.
func TestFinderGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		c := s.person("+393331234567")
		m := s.queue(c, "Buongiorno!")
		if err := s.mem.Write(t.Context(), func(tx core.Tx) error {
			o, err := tx.Message(m.ID)
			if err != nil {
				return err
			}
			o.State = core.UnsureSent
			return tx.SaveMessage(&o)
		}); err != nil {
			t.Fatal(err)
		}
		a := &archive{gw: s.gw}
		f := &outbox.Finder{Store: s.mem, Gateways: a, Rules: coretest.Rules, Now: time.Now, Log: slog.New(slog.DiscardHandler), Owner: "one"}
		hold := &core.Hold{Store: s.mem, Name: "find", Owner: "one", TTL: time.Minute, Now: time.Now}
		time.Sleep(61 * time.Minute)
		if err := f.Look(t.Context(), hold); err != nil || len(a.asked) != 0 {
			t.Errorf("asked %d times, %v", len(a.asked), err)
		}
	})
}

// TestMadeIsTold: the provider learns how old a message is, so that one whose
// key it may have forgotten is looked up first.
func TestMadeIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		made := make(chan time.Time, 1)
		s.gw.Hold = func(_ context.Context, m core.Outgoing) { made <- m.Made }
		m := s.queue(s.person("+393331234567"), "Buongiorno!")
		s.start(s.r)
		after(time.Second)
		s.stop()
		if got := <-made; !got.Equal(m.At) {
			t.Errorf("made %s, want %s", got, m.At)
		}
	})
}
