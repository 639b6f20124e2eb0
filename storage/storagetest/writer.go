package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"bottega/core"
)

func writer(t *testing.T, open Opener) {
	t.Run("a failed write leaves nothing and tells nobody", func(t *testing.T) {
		s := NewShop(t, open)
		sub := s.Feed.Subscribe()
		defer sub.Close()
		boom := errors.New("boom")
		var id int64
		err := s.Store.Write(s.ctx(), func(tx core.Tx) error {
			k := core.Contact{Name: "Nobody"}
			if err := tx.SaveContact(&k); err != nil {
				return err
			}
			id = k.ID
			tx.Changed(core.Change{Kind: core.Contacts, ID: k.ID})
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("error %v, want the one of fn", err)
		}
		_, err = s.Store.Contact(s.ctx(), id)
		s.code(err, core.NotFound)
		if cs, err := sub.Wait(s.ctx(), 0); cs != nil || err != nil {
			t.Errorf("changes %v, %v", cs, err)
		}
	})
	t.Run("changes are told once the rows are there", func(t *testing.T) {
		s := NewShop(t, open)
		sub := s.Feed.Subscribe(core.Contacts)
		defer sub.Close()
		s.Write(func(tx core.Tx) error {
			k := core.Contact{Name: "Ana"}
			err := tx.SaveContact(&k)
			tx.Changed(core.Change{Kind: core.Contacts, ID: k.ID})
			return err
		})
		cs, err := sub.Next(s.ctx(), 0)
		s.must(err)
		_, err = s.Store.Contact(s.ctx(), cs[0].ID)
		s.must(err)
	})
	t.Run("a panic is an error of its own write", func(t *testing.T) {
		s := NewShop(t, open)
		err := s.Store.Write(s.ctx(), func(core.Tx) error { panic("ouch") })
		if p, ok := errors.AsType[*core.PanicError](err); !ok || p.Value != "ouch" {
			t.Errorf("error %v", err)
		}
		s.Person("Ana", "+393331234567") // the store goes on
	})
	t.Run("many at once: each has its own outcome", func(t *testing.T) { together(t, open) })
	t.Run("a write that was given up leaves the line", func(t *testing.T) {
		s := NewShop(t, open)
		ctx, cancel := context.WithCancel(s.ctx())
		cancel()
		ran := false
		if err := s.Store.Write(ctx, func(core.Tx) error { ran = true; return nil }); !errors.Is(err, context.Canceled) || ran {
			t.Errorf("error %v, ran %v", err, ran)
		}
	})
}

func together(t *testing.T, open Opener) {
	s := NewShop(t, open)
	const n = 200
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			errs[i] = s.Store.Write(s.ctx(), func(tx core.Tx) error {
				k := core.Contact{Name: fmt.Sprint("c", i)}
				if err := tx.SaveContact(&k); err != nil {
					return err
				}
				if err := tx.AddIdentity(k.ID, core.Identity{ChannelID: 1, Kind: core.IdentityUser, Value: fmt.Sprint(i)}); err != nil {
					return err
				}
				switch i % 10 {
				case 3:
					return fmt.Errorf("refused %d", i)
				case 7:
					panic(i)
				}
				return nil
			})
		})
	}
	wg.Wait()
	for i, err := range errs {
		_, missing := s.Store.FindContact(s.ctx(), 1, core.IdentityUser, fmt.Sprint(i))
		switch i % 10 {
		case 3:
			if err == nil || err.Error() == "" || core.CodeOf(missing) != core.NotFound {
				t.Errorf("write %d: %v, row: %v", i, err, missing)
			}
		case 7:
			if p, ok := errors.AsType[*core.PanicError](err); !ok || p.Value != i || core.CodeOf(missing) != core.NotFound {
				t.Errorf("write %d: %v, row: %v", i, err, missing)
			}
		default:
			if err != nil || missing != nil {
				t.Errorf("write %d: %v, row: %v", i, err, missing)
			}
		}
	}
}

func channels(t *testing.T, open Opener) {
	s := NewShop(t, open)
	full := core.Channel{Name: "second", Provider: core.Meta, Number: "+390612345678", State: core.Paused, PauseClass: core.ClassAuth, Detail: "expired",
		Account:        core.Account{PhoneNumberID: "1", BusinessID: "2", BaseURL: "http://127.0.0.1", Version: "v23.0"},
		Health:         core.Health{Quality: core.QualityRed, Limit: -1, Status: "CONNECTED", VerifiedName: "Bottega", CanSend: "LIMITED", Notes: []string{"x"}, At: Start},
		LastCallbackAt: Start, CreatedAt: Start}
	saved, err := s.Store.SaveChannel(s.ctx(), full)
	s.must(err)
	full.ID, full.Rev = saved.ID, saved.Rev
	got, err := s.Store.ChannelByName(s.ctx(), "second")
	s.must(err)
	same(t, got, full)
	same(t, saved, full)

	full.State, full.PauseClass = core.Active, ""
	changed, err := s.Store.SaveChannel(s.ctx(), full)
	s.must(err)
	if changed.Rev <= saved.Rev {
		t.Errorf("rev %d after %d", changed.Rev, saved.Rev)
	}
	_, err = s.Store.SaveChannel(s.ctx(), core.Channel{Name: "shop"})
	s.code(err, core.Conflict)
	all, err := s.Store.Channels(s.ctx())
	s.must(err)
	if len(all) != 2 || all[0].Name != "shop" || all[1].Name != "second" {
		t.Errorf("channels %+v", all)
	}
	s.Write(func(tx core.Tx) error {
		ch, err := tx.Channel(full.ID)
		if err != nil {
			return err
		}
		ch.LastCallbackAt = Start.Add(time.Hour)
		return tx.SaveChannel(&ch)
	})
	if got, err = s.Store.Channel(s.ctx(), full.ID); err != nil || !got.LastCallbackAt.Equal(Start.Add(time.Hour)) {
		t.Errorf("channel %+v, %v", got, err)
	}
	s.must(s.Store.RemoveChannel(s.ctx(), full.ID))
	_, err = s.Store.Channel(s.ctx(), full.ID)
	s.code(err, core.NotFound)
	s.code(s.Store.RemoveChannel(s.ctx(), full.ID), core.NotFound)
	s.Person("Ana", "+393331234567")
	s.code(s.Store.RemoveChannel(s.ctx(), s.Channel.ID), core.Conflict)
}

func journal(t *testing.T, open Opener) {
	s := NewShop(t, open)
	sub := s.Feed.Subscribe(core.Journal)
	defer sub.Close()
	const n = 100
	bodies := map[int64]string{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			body := fmt.Sprintf("{\"n\":%d}\x00\xff", i)
			id, err := s.Store.AppendJournal(s.ctx(), int64(i%3), []byte(body), Start)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			bodies[id] = body
		})
	}
	wg.Wait()
	if len(bodies) != n {
		t.Fatalf("%d ids for %d callbacks", len(bodies), n)
	}
	if _, err := sub.Next(s.ctx(), 0); err != nil {
		t.Error(err)
	}
	es, err := s.Store.PendingJournal(s.ctx(), 1, n+1, 1<<30)
	s.must(err)
	if len(es) != n || !slices.IsSortedFunc(es, func(a, b core.JournalEntry) int { return int(a.ID - b.ID) }) {
		t.Fatalf("%d entries, want %d in order", len(es), n)
	}
	for _, e := range es {
		if string(e.Body) != bodies[e.ID] || e.State != core.JournalNew || !e.ReceivedAt.Equal(Start) || e.Version != 0 {
			t.Errorf("entry %+v, want body %q", e, bodies[e.ID])
		}
	}
	s.Write(func(tx core.Tx) error {
		return errors.Join(tx.FinishJournal(es[0].ID, core.JournalDone, "", 1), tx.FinishJournal(es[2].ID, core.JournalUnreadable, "no JSON", 2))
	})
	pending := func(version, limit int) []int64 {
		es, err := s.Store.PendingJournal(s.ctx(), version, limit, 1<<30)
		s.must(err)
		var ids []int64
		for _, e := range es {
			ids = append(ids, e.ID)
		}
		return ids
	}
	for version, want := range map[int][]int64{0: nil, 1: {es[1].ID, es[3].ID}, 2: {es[0].ID, es[1].ID}, 3: {es[0].ID, es[1].ID}} {
		if got := pending(version, 2); !slices.Equal(got, want) {
			t.Errorf("pending of version %d: %v, want %v", version, got, want)
		}
	}
	if got := pending(3, 3); !slices.Equal(got, []int64{es[0].ID, es[1].ID, es[2].ID}) {
		t.Errorf("pending of version 3: %v", got)
	}
	if _, err := s.Store.AppendJournal(s.ctx(), 1, nil, Start); err != nil {
		t.Errorf("empty body: %v", err)
	}
	roomy(s)
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.FinishJournal(1<<40, core.JournalDone, "", 1) }), core.NotFound)
}

// roomy: no more bodies come than fit, across versions, but always the first.
func roomy(s *Shop) {
	s.T.Helper()
	var ids []int64
	for _, n := range []int{300, 300, 300, 2000, 10} {
		id, err := s.Store.AppendJournal(s.ctx(), 1, make([]byte, n), Start)
		s.must(err)
		ids = append(ids, id)
	}
	all, err := s.Store.PendingJournal(s.ctx(), 9, 1000, 1<<30)
	s.must(err)
	s.Write(func(tx core.Tx) error {
		var errs []error
		for _, e := range all {
			if e.ID < ids[0] {
				errs = append(errs, tx.FinishJournal(e.ID, core.JournalDone, "", 9))
			}
		}
		return errors.Join(append(errs, tx.FinishJournal(ids[1], core.JournalDone, "", 1))...)
	})
	for _, tt := range []struct {
		size int64
		want []int64
	}{
		{1, ids[:1]}, {599, ids[:1]}, {600, ids[:2]}, {899, ids[:2]}, {900, ids[:3]}, {2899, ids[:3]}, {2900, ids[:4]}, {2910, ids},
	} {
		es, err := s.Store.PendingJournal(s.ctx(), 2, 100, tt.size)
		s.must(err)
		var got []int64
		for _, e := range es {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, tt.want) {
			s.T.Errorf("%d bytes: %v, want %v", tt.size, got, tt.want)
		}
	}
}
