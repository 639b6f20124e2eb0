package storagetest

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"bottega/core"
)

// same compares a value read with the one written.
func same[T any](t testing.TB, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func contacts(t *testing.T, open Opener) {
	t.Run("all columns come back", func(t *testing.T) {
		s := NewShop(t, open)
		k := core.Contact{Name: "Ana\x00\n'; DROP", Username: "@ana", Phone: "+393331234567", Language: "it", TimeZone: "Europe/Rome",
			Value: core.ValueHigh, Tags: []string{"  VIP ", "autumn", "vip", ""}, CreatedAt: Start, LastInAt: Start.Add(time.Hour)}
		ids := []core.Identity{{ChannelID: 1, Kind: core.IdentityPhone, Value: "+393331234567"}, {ChannelID: 1, Kind: core.IdentityUser, Value: "IT.1"},
			{ChannelID: 2, Kind: core.IdentityAddress, Value: "abc"}}
		s.Write(func(tx core.Tx) error {
			if err := tx.SaveContact(&k); err != nil {
				return err
			}
			for _, id := range slices.Backward(ids) {
				if err := errors.Join(tx.AddIdentity(k.ID, id), tx.AddIdentity(k.ID, id)); err != nil {
					return err
				}
			}
			return nil
		})
		got, err := s.Store.Contact(s.ctx(), k.ID)
		s.must(err)
		k.Tags, k.Identities, k.Rev = []string{"autumn", "vip"}, ids, got.Rev
		same(t, got, k)
		for _, id := range append(ids, core.Identity{Kind: core.IdentityUser, Value: "IT.1"}) {
			if got, err := s.Store.FindContact(s.ctx(), id.ChannelID, id.Kind, id.Value); err != nil || got.ID != k.ID {
				t.Errorf("find %+v: %d, %v", id, got.ID, err)
			}
		}
		_, err = s.Store.FindContact(s.ctx(), 2, core.IdentityUser, "IT.1")
		s.code(err, core.NotFound)
		_, err = s.Store.FindContact(s.ctx(), 0, core.IdentityUser, "it.1") // opaque: case counts
		s.code(err, core.NotFound)
	})
	t.Run("an address has one owner", func(t *testing.T) { identities(t, open) })
	t.Run("tags are counted", func(t *testing.T) { tags(t, open) })
	t.Run("figures of the card", func(t *testing.T) { stats(t, open) })
	t.Run("a change shows in the lists", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+393331234567")
		s.Write(func(tx core.Tx) error {
			k, err := tx.Contact(c.ContactID)
			if err != nil {
				return err
			}
			k.Name = "Anna"
			return tx.SaveContact(&k)
		})
		if after := s.Conversation(c.ID); after.Rev <= c.Rev || after.Contact.Rev <= c.Contact.Rev || after.Contact.Name != "Anna" {
			t.Errorf("conversation %+v after %+v", after, c)
		}
	})
	s := NewShop(t, open)
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.SaveContact(&core.Contact{ID: 77}) }), core.NotFound)
}

func identities(t *testing.T, open Opener) {
	s := NewShop(t, open)
	a, b := s.Person("Ana", "+393331234567").ContactID, s.Person("Bo", "+393331234568").ContactID
	id := core.Identity{ChannelID: s.Channel.ID, Kind: core.IdentityPhone, Value: "+393331234567"}
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.AddIdentity(b, id) }), core.Conflict)
	s.Write(func(tx core.Tx) error {
		k, err := tx.FindIdentity(core.Identity{ChannelID: 9, Kind: id.Kind, Value: id.Value}, id)
		if err == nil && k.ID != a {
			t.Errorf("owner %d, want %d", k.ID, a)
		}
		if k, err := tx.FindIdentity(core.Identity{Kind: id.Kind, Value: id.Value}); err != nil || k.ID != a {
			t.Errorf("on any channel: %d %v", k.ID, err)
		}
		if _, err := tx.FindIdentity(); core.CodeOf(err) != core.NotFound {
			t.Errorf("no identity: %v", err)
		}
		return err
	})
	s.Write(func(tx core.Tx) error { // the number moves to another person
		return errors.Join(tx.RemoveIdentity(id), tx.AddIdentity(b, id))
	})
	if k, err := s.Store.FindContact(s.ctx(), id.ChannelID, id.Kind, id.Value); err != nil || k.ID != b || len(k.Identities) != 2 {
		t.Errorf("owner %+v, %v", k, err)
	}
	if k, err := s.Store.Contact(s.ctx(), a); err != nil || len(k.Identities) != 0 {
		t.Errorf("first owner %+v, %v", k, err)
	}
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.RemoveIdentity(core.Identity{ChannelID: 5}) }), core.NotFound)
	s.Write(func(tx core.Tx) error { // the same address on another channel is another address
		return tx.AddIdentity(a, core.Identity{ChannelID: 2, Kind: id.Kind, Value: id.Value})
	})
}

func tags(t *testing.T, open Opener) {
	s := NewShop(t, open)
	s.Person("Ana", "+391", "vip", "sweet")
	c := s.Person("Bo", "+392", "vip")
	s.Person("Cy", "+393", "sour", "vip")
	want := []core.TagCount{{Tag: "vip", Count: 3}, {Tag: "sour", Count: 1}, {Tag: "sweet", Count: 1}}
	got, err := s.Store.Tags(s.ctx())
	s.must(err)
	same(t, got, want)
	s.Write(func(tx core.Tx) error {
		k, err := tx.Contact(c.ContactID)
		if err != nil {
			return err
		}
		k.Tags = []string{"sweet"}
		return tx.SaveContact(&k)
	})
	got, err = s.Store.Tags(s.ctx())
	s.must(err)
	same(t, got, []core.TagCount{{Tag: "sweet", Count: 2}, {Tag: "vip", Count: 2}, {Tag: "sour", Count: 1}})
}

func stats(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+393331234567")
	now := Start.AddDate(0, 0, 60)
	put := func(days int, d core.Direction, state core.State, kind core.MessageType) {
		s.refs++
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: d, State: state, At: now.AddDate(0, 0, -days),
			Content: core.Content{Type: kind, Text: "x"}}
		s.Insert(&m)
	}
	put(50, core.In, core.Received, core.TypeText)
	put(40, core.Out, core.Read, core.TypeText)
	put(20, core.In, core.Received, core.TypeImage)
	put(10, core.Out, core.Read, core.TypeText)
	put(9, core.Out, core.Delivered, core.TypeTemplate)
	put(8, core.Out, core.Failed, core.TypeText)
	put(7, core.Out, core.Received, core.TypeNote)
	put(6, core.Out, core.Read, core.TypeReaction)
	s.Write(func(tx core.Tx) error {
		k, err := tx.Contact(c.ContactID)
		k.LastInAt = now.AddDate(0, 0, -20)
		return errors.Join(err, tx.SaveContact(&k))
	})
	got, err := s.Store.ContactStats(s.ctx(), c.ContactID, now)
	s.must(err)
	same(t, got, core.ContactStats{In: 1, Out: 3, Sent: 2, Read: 1, FirstAt: now.AddDate(0, 0, -50), LastInAt: now.AddDate(0, 0, -20), Conversation: c.ID})
	_, err = s.Store.ContactStats(s.ctx(), 99, now)
	s.code(err, core.NotFound)
}

func conversations(t *testing.T, open Opener) {
	t.Run("all columns come back", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+393331234567", "vip")
		m := s.Receive(c, "ciao")
		at := func(h int) time.Time { return Start.Add(time.Duration(h) * time.Hour) }
		c = s.Conversation(c.ID)
		c.State, c.Assignee, c.Unread = core.Snoozed, "bea", 3
		c.LastAt, c.LastInAt, c.LastOutAt, c.WaitingSince, c.DueAt = at(1), at(2), at(3), at(4), at(5)
		c.CourtesySince, c.WindowCloses, c.FreeUntil, c.Referral, c.SnoozeUntil = at(6), at(7), at(8), at(9), at(10)
		c.SortKey = -5
		s.Write(func(tx core.Tx) error {
			if err := errors.Join(tx.SaveConversation(&c), tx.SaveDraft(c.ID, "bea", "caro…")); err != nil {
				return err
			}
			of, err := tx.ConversationOf(c.ChannelID, c.ContactID)
			if of.ID != c.ID || of.SortKey != -5 {
				t.Errorf("conversation of its channel and contact: %+v", of)
			}
			return err
		})
		got := s.Conversation(c.ID)
		if got.Rev < c.Rev {
			t.Errorf("rev %d after %d", got.Rev, c.Rev)
		}
		c.Rev, c.Draft, c.Drafts = got.Rev, "caro…", []core.Draft{{Agent: "bea", Text: "caro…"}}
		c.Last = core.Message{ID: m.ID, Content: core.Content{Type: core.TypeText, Text: "ciao"}, At: m.At}
		same(t, got, c)
	})
	t.Run("one for each channel and contact", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+393331234567")
		err := s.Store.Write(s.ctx(), func(tx core.Tx) error {
			return tx.SaveConversation(&core.Conversation{ChannelID: c.ChannelID, ContactID: c.ContactID, State: core.Open})
		})
		s.code(err, core.Conflict)
		_, err = s.Store.Conversation(s.ctx(), 99)
		s.code(err, core.NotFound)
	})
	t.Run("drafts", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+393331234567")
		for _, step := range []struct {
			agent, text, want string
			all               []core.Draft
		}{
			{"ana", "uno", "uno", []core.Draft{{Agent: "ana", Text: "uno"}}},
			{"bea", "d\"ue", "d\"ue", []core.Draft{{Agent: "bea", Text: "d\"ue"}, {Agent: "ana", Text: "uno"}}},
			{"bea", "", "uno", []core.Draft{{Agent: "ana", Text: "uno"}}},
			{"ana", "tre", "tre", []core.Draft{{Agent: "ana", Text: "tre"}}},
			{"ana", "", "", nil},
			{"ana", "", "", nil},
		} {
			s.Clock = s.Clock.Add(time.Second)
			s.Write(func(tx core.Tx) error { return tx.SaveDraft(c.ID, step.agent, step.text) })
			if got := s.Conversation(c.ID); got.Draft != step.want || got.Rev <= c.Rev {
				t.Errorf("after %q of %s: draft %q rev %d, want %q", step.text, step.agent, got.Draft, got.Rev, step.want)
			} else if !slices.Equal(got.Drafts, step.all) || got.DraftOf("eva") != "" {
				t.Errorf("after %q of %s: drafts %+v, want %+v", step.text, step.agent, got.Drafts, step.all)
			}
		}
	})
	t.Run("outcome of the last answer", func(t *testing.T) { lastOut(t, open) })
	t.Run("woken and waiting", func(t *testing.T) { woken(t, open) })
	t.Run("activities", func(t *testing.T) { activities(t, open) })
}

// lastOut is how the shop's newest message fared, whatever came after it.
func lastOut(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+393331234567")
	add := func(dir core.Direction, kind core.MessageType, state core.State) core.Message {
		t.Helper()
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: dir, Content: core.Content{Type: kind, Text: "x"}, State: state, At: s.Clock}
		s.Write(func(tx core.Tx) error { _, err := tx.InsertMessage(&m); return err })
		return m
	}
	is := func(what string, want core.State) {
		t.Helper()
		if got := s.Conversation(c.ID).LastOut; got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	is("nothing said", "")
	add(core.In, core.TypeText, core.Received)
	is("only they wrote", "")
	m := add(core.Out, core.TypeText, core.Failed)
	add(core.In, core.TypeText, core.Received)
	add(core.Out, core.TypeNote, core.Received)
	add(core.Out, core.TypeReaction, core.Delivered)
	is("failed, and they wrote again", core.Failed)
	m.RetriedBy = 99
	s.Write(func(tx core.Tx) error { return tx.SaveMessage(&m) })
	is("sent again", "")
	add(core.Out, core.TypeText, core.Queued)
	is("another answer", "")
	add(core.Out, core.TypeText, core.UnsureSent)
	for range 40 {
		add(core.In, core.TypeText, core.Received)
	}
	is("not sure, and they wrote on and on", core.UnsureSent)
}

func woken(t *testing.T, open Opener) {
	s := NewShop(t, open)
	var ids []int64
	for i := range 6 {
		c := s.Person("Ana", core.Phone("+39"+string(rune('0'+i))))
		c.State = core.Snoozed
		c.SnoozeUntil = Start.Add(time.Duration(6-i) * time.Hour)
		if i == 5 {
			c.State, c.SnoozeUntil = core.Open, Start
		}
		if i%2 == 0 {
			c.WaitingSince = Start
		}
		s.Write(func(tx core.Tx) error { return tx.SaveConversation(&c) })
		ids = append(ids, c.ID)
	}
	idsOf := func(cs []core.Conversation) (out []int64) {
		for _, c := range cs {
			out = append(out, c.ID)
			if c.Contact.Name != "Ana" {
				t.Error("a conversation without its contact")
			}
		}
		return out
	}
	s.Write(func(tx core.Tx) error {
		cs, err := tx.Woken(Start.Add(3*time.Hour), 10)
		if got := idsOf(cs); !slices.Equal(got, []int64{ids[4], ids[3]}) {
			t.Errorf("woken %v", got)
		}
		cs, err2 := tx.WaitingConversations(ids[0], 1)
		if got := idsOf(cs); !slices.Equal(got, []int64{ids[2]}) {
			t.Errorf("waiting after the first: %v", got)
		}
		return errors.Join(err, err2)
	})
}

func activities(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+393331234567")
	add := func(key string, at time.Time) error {
		return s.Store.Write(s.ctx(), func(tx core.Tx) error {
			return tx.AddActivity(core.Activity{ConversationID: c.ID, ContactID: c.ContactID, ChannelID: c.ChannelID,
				Kind: core.ActTagged, Actor: "bea", Detail: "vip", At: at, Key: key})
		})
	}
	s.must(add("k", Start.Add(2*time.Hour)))
	s.must(add("", Start.Add(time.Hour)))
	s.must(add("", Start))
	s.code(add("k", Start), core.Conflict)
	as, err := s.Store.Activities(s.ctx(), c.ID, Start.Add(time.Minute))
	s.must(err)
	if len(as) != 2 {
		t.Fatalf("%d activities, want 2", len(as))
	}
	same(t, as[1], core.Activity{ID: as[1].ID, ConversationID: c.ID, ContactID: c.ContactID, ChannelID: c.ChannelID,
		Kind: core.ActTagged, Actor: "bea", Detail: "vip", At: Start.Add(2 * time.Hour), Key: "k"})
	if !as[0].At.Equal(Start.Add(time.Hour)) {
		t.Errorf("first %+v", as[0])
	}
}
