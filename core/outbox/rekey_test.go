package outbox_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bottega/core"
)

// rotated are gateways whose key another process has renewed: the old one is
// refused until they are told to read it anew.
type rotated struct {
	core.Gateway
	fresh *atomic.Bool
}

func (r rotated) Rekey() { r.fresh.Store(true) }

// TestKeyRenewedElsewhere: a key that is refused because another process has
// renewed it pauses nothing, neither for a message nor for a file.
func TestKeyRenewedElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		refused := core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "190", Class: core.ClassAuth})
		far := rotated{s.gw, &atomic.Bool{}}
		s.gw.Answer = func(int, core.Outgoing) (bool, error) {
			if far.fresh.Load() {
				return true, nil
			}
			return false, refused
		}
		s.gw.UploadErr = func() error {
			if far.fresh.Load() {
				return nil
			}
			return refused
		}
		s.mem.PutMedia("torta.jpg", []byte("jpeg"))
		s.r.Gateways = only{far}
		for i, content := range []core.Content{
			{Type: core.TypeText, Text: "buongiorno"},
			{Type: core.TypeImage, Media: &core.Media{Path: "torta.jpg", MIME: "image/jpeg"}},
		} {
			far.fresh.Store(false)
			m := s.mem.QueueContent(t, s.person(core.Phone("+3933"+time.Duration(i).String())), content, time.Now(), core.PriorityReply)
			if i == 0 {
				s.start(s.r)
			} else {
				s.feed.Publish(core.Change{Kind: core.Work, ID: s.ch.ID})
			}
			after(time.Minute)
			if got := s.message(m.ID); got.State != core.Accepted || s.channel().State != core.Active {
				t.Errorf("%s: %q %v, the channel %s", content.Type, got.State, got.Error, s.channel().State)
			}
		}
		if n := len(s.gw.Ledger()); n != 2 {
			t.Errorf("%d arrived", n)
		}
	})
}
