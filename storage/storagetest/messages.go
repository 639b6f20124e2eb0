package storagetest

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

// everything is a message with a value in each field.
func everything(c core.Conversation) core.Message {
	at := func(h int) time.Time { return Start.Add(time.Duration(h) * time.Hour) }
	yes := true
	return core.Message{
		ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out,
		Content: core.Content{
			Type: core.TypeTemplate, Text: "quoth \"x\"\x00\u202e'; --", ReplyTo: "wamid.q",
			Media:    &core.Media{ID: "m", URL: "http://x", MIME: "image/png", Filename: "a b.png", Caption: "c", SHA256: "s", Voice: true, Size: 5, Path: "media/0000/1.png", Lost: core.TooLarge},
			Choice:   &core.Choice{ID: "1", Title: "one"},
			Location: &core.Location{Lat: 45.5, Lon: -9.25, Name: "n", Address: "a"},
			Referral: &core.Referral{Source: "ad", ID: "7", Headline: "h"},
			Buttons:  []core.Button{{ID: "b", Title: "B"}},
			Template: &core.TemplateCall{Name: "promo", Language: "it", Category: "MARKETING", Body: []string{"a", ""}, Named: map[string]string{"k": "v"},
				HeaderMedia: &core.Media{ID: "h", Size: 9, Path: "p", Lost: core.NotFound},
				Buttons:     []core.TemplateButton{{Index: 1, SubType: "url", Value: "x"}}, HeaderNamed: map[string]string{"h": "w"}, HeaderLocation: &core.Location{Lat: 1}},
			Reaction: &core.Reaction{Target: "wamid.t", Emoji: "👍", From: core.Out, At: at(1)},
		},
		ProviderID: "wamid.1", Ref: "ref.1", State: core.UnsureSent,
		Error:  &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable, Message: "no", RetryAfter: time.Minute, Uncertain: true},
		Author: "bea", Auto: true, Echo: true, RetryOf: 3, RetriedBy: 4, NotBefore: at(2), Attempts: 5, At: at(3), SentAt: at(4), DeliveredAt: at(5),
		ReadAt: at(6), EditedAt: at(7), Revoked: true, Courtesy: true, Waited: at(8),
		Pricing: &core.Pricing{Category: "utility", Billable: &yes, Model: "PMP", Type: "regular"}, Cost: &core.Money{Amount: "0.01", Currency: "EUR"},
		Reactions: []core.Reaction{{Target: "wamid.1", Emoji: "❤", From: core.In, At: at(9)}},
	}
}

func messages(t *testing.T, open Opener) {
	t.Run("all fields come back", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+393331234567")
		m := everything(c)
		v := reflect.ValueOf(m)
		for i := range v.NumField() { // a new field of core.Message must be stored as well
			if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "ID" && name != "Rev" && name != "Quote" {
				t.Errorf("field %s has no value in this test", name)
			}
		}
		s.Insert(&m)
		got := s.Message(m.ID)
		same(t, got, m)
		m.State, m.Error, m.Text, m.Media = core.Read, nil, "other", nil
		s.Write(func(tx core.Tx) error { return tx.SaveMessage(&m) })
		if m.Rev <= got.Rev {
			t.Errorf("rev %d after %d", m.Rev, got.Rev)
		}
		same(t, s.Message(m.ID), m)
	})
	t.Run("inserted once", func(t *testing.T) { once(t, open) })
	t.Run("pages of a chat", func(t *testing.T) { chat(t, open) })
	t.Run("reactions", func(t *testing.T) { reactions(t, open) })
	t.Run("last of each side", func(t *testing.T) { lasts(t, open) })
	t.Run("open outcomes are counted", func(t *testing.T) { outcomes(t, open) })
	t.Run("a tick shows in the list", func(t *testing.T) {
		s := NewShop(t, open)
		c := s.Person("Ana", "+393331234567")
		m := s.Queue(c, "ciao", time.Time{}, core.PriorityReply)
		old := s.Conversation(c.ID)
		m.State = core.Delivered
		s.Write(func(tx core.Tx) error { return tx.SaveMessage(&m) })
		if now := s.Conversation(c.ID); now.Rev <= old.Rev || now.Last.State != core.Delivered {
			t.Errorf("conversation %+v after %+v", now, old)
		}
	})
}

func once(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+393331234567")
	a, b := s.Receive(c, "uno"), s.Queue(c, "due", time.Time{}, core.PriorityReply)
	for name, dup := range map[string]core.Message{
		"provider id": {ProviderID: a.ProviderID, Content: core.Content{Text: "zwei"}},
		"ref":         {Ref: b.Ref, Content: core.Content{Text: "zwei"}},
	} {
		dup.ConversationID, dup.ChannelID, dup.At = c.ID, c.ChannelID, Start
		s.Write(func(tx core.Tx) error {
			ok, err := tx.InsertMessage(&dup)
			if ok {
				t.Errorf("a second message with the same %s went in", name)
			}
			return err
		})
	}
	if hits := s.Search("zwei"); len(hits) != 0 {
		t.Errorf("a refused message is found: %+v", hits)
	}
	second := s.AddChannel("second")
	other := core.Message{ConversationID: c.ID, ChannelID: second.ID, ProviderID: a.ProviderID, At: Start}
	s.Insert(&other) // provider ids are one channel's
	var note core.Message
	for range 2 {
		note = core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeNote, Text: "segreto"}, At: Start}
		s.Insert(&note)
	}
	s.Write(func(tx core.Tx) error {
		x, err := tx.MessageByProviderID(c.ChannelID, a.ProviderID)
		y, err2 := tx.MessageByRef(b.Ref)
		if x.ID != a.ID || y.ID != b.ID {
			t.Errorf("found %d and %d", x.ID, y.ID)
		}
		if _, err := tx.MessageByProviderID(c.ChannelID, ""); core.CodeOf(err) != core.NotFound {
			t.Errorf("message without provider id: %v", err)
		}
		if _, err := tx.MessageByRef(""); core.CodeOf(err) != core.NotFound {
			t.Errorf("message without ref: %v", err)
		}
		return errors.Join(err, err2)
	})
	err := s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.DeleteMessage(a.ID) })
	s.code(err, core.Conflict)
	s.Write(func(tx core.Tx) error { return errors.Join(tx.Dequeue(b.ID), tx.DeleteMessage(b.ID)) })
	next := s.Queue(c, "tre", time.Time{}, core.PriorityReply)
	if next.ID == b.ID {
		t.Error("the id of a deleted message came back")
	}
	if hits := s.Search("due"); len(hits) != 0 {
		t.Errorf("a deleted message is found: %+v", hits)
	}
	s.Write(func(tx core.Tx) error { return tx.DeleteMessage(note.ID) })
	if hits := s.Search("segreto"); len(hits) != 1 || hits[0].MessageID == note.ID {
		t.Errorf("after one of two notes is gone: %+v", hits)
	}
}

func chat(t *testing.T, open Opener) {
	s := NewShop(t, open)
	a, b := s.Person("Ana", "+391"), s.Person("Bo", "+392")
	var want []int64
	for i := range 25 {
		m := core.Message{ConversationID: a.ID, ChannelID: a.ChannelID, ProviderID: fmt.Sprint("p", i), At: Start.Add(time.Duration(-i) * time.Minute),
			Content: core.Content{Type: core.TypeText, Text: fmt.Sprint("n", i)}}
		if i > 0 {
			m.ReplyTo = fmt.Sprint("p", i-1)
		}
		s.Insert(&m)
		s.Receive(b, "elsewhere")
		want = append(want, m.ID)
	}
	var got []int64
	for first := int64(0); ; first = got[0] {
		ms, err := s.Store.Messages(s.ctx(), a.ID, first, 10)
		s.must(err)
		if len(ms) == 0 {
			break
		}
		var page []int64
		for _, m := range ms {
			page = append(page, m.ID)
			i := slices.Index(want, m.ID)
			if i == 0 != (m.Quote == nil) || i > 0 && (m.Quote.ID != want[i-1] || m.Quote.Text != fmt.Sprint("n", i-1) || m.Quote.Type != core.TypeText) {
				t.Errorf("quote of %d: %+v", m.ID, m.Quote)
			}
		}
		got = append(page, got...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func reactions(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+391")
	m := s.Receive(c, "ciao")
	at := func(n int) time.Time { return Start.Add(time.Duration(n) * time.Second) }
	for i, step := range []struct {
		emoji string
		from  core.Direction
		at    int
		want  []string
	}{
		{"👍", core.In, 1, []string{"👍"}},
		{"❤", core.Out, 1, []string{"👍", "❤"}},
		{"😮", core.In, 3, []string{"😮", "❤"}},
		{"👍", core.In, 2, []string{"😮", "❤"}}, // late
		{"", core.In, 4, []string{"❤"}},
		{"😮", core.In, 3, []string{"❤"}}, // late again: taken back since
		{"🎉", core.In, 5, []string{"🎉", "❤"}},
	} {
		s.Write(func(tx core.Tx) error {
			return tx.SetReaction(m.ID, core.Reaction{Target: m.ProviderID, Emoji: step.emoji, From: step.from, At: at(step.at)})
		})
		ms, err := s.Store.Messages(s.ctx(), c.ID, 0, 1)
		s.must(err)
		var got []string
		for _, r := range ms[0].Reactions {
			got = append(got, r.Emoji)
			if r.Target != m.ProviderID {
				t.Errorf("step %d: target %q", i, r.Target)
			}
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
	kept := s.Message(m.ID) // a save of the message leaves reactions alone
	stale := kept
	stale.Reactions, stale.State = nil, core.Received
	s.Write(func(tx core.Tx) error { return tx.SaveMessage(&stale) })
	same(t, s.Message(m.ID).Reactions, kept.Reactions)
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.SetReaction(99, core.Reaction{Emoji: "👍"}) }), core.NotFound)
}

func lasts(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+391")
	out := func(kind core.MessageType) core.Message {
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: kind, Text: "x"}, At: Start}
		s.Insert(&m)
		return m
	}
	s.Write(func(tx core.Tx) error {
		_, err := tx.LastInbound(c.ID)
		s.code(err, core.NotFound)
		_, err = tx.LastOutbound(c.ID)
		s.code(err, core.NotFound)
		return nil
	})
	s.Receive(c, "a")
	in := s.Receive(c, "b")
	answer := out(core.TypeText)
	out(core.TypeNote)
	out(core.TypeReaction)
	s.Write(func(tx core.Tx) error {
		i, err := tx.LastInbound(c.ID)
		o, err2 := tx.LastOutbound(c.ID)
		if i.ID != in.ID || o.ID != answer.ID {
			t.Errorf("last in %d, out %d, want %d, %d", i.ID, o.ID, in.ID, answer.ID)
		}
		return errors.Join(err, err2)
	})
	second := out(core.TypeText)
	s.Insert(&core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Auto: true, Content: core.Content{Type: core.TypeText}})
	s.Write(func(tx core.Tx) error {
		as, err := tx.Answers(c.ID, 5)
		if err != nil || len(as) != 2 || as[0].ID != second.ID || as[1].ID != answer.ID {
			t.Errorf("answers %+v", as)
		}
		if as, err = tx.Answers(c.ID, 1); err != nil || len(as) != 1 {
			t.Errorf("%d answers of one", len(as))
		}
		return err
	})
}

func outcomes(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+391")
	put := func(state core.State, days int, retried int64) core.Message {
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, State: state, RetriedBy: retried, At: Start.AddDate(0, 0, -days)}
		s.Insert(&m)
		return m
	}
	a, b := put(core.UnsureSent, 30, 0), put(core.UnsureSent, 0, 0)
	put(core.Failed, 1, 0)
	put(core.Failed, 6, 0)
	put(core.Failed, 8, 0)
	put(core.Failed, 1, a.ID)
	for _, state := range []core.State{core.UnsureSent, core.Failed} {
		s.Insert(&core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, State: state, At: Start,
			Content: core.Content{Type: core.TypeReaction, Reaction: &core.Reaction{Target: "wamid.1", Emoji: "👍", Before: "🎉", At: Start}}})
	}
	n, err := s.Store.Counts(s.ctx(), "", Start)
	s.must(err)
	if n.Unsure != 2 || n.Failed != 2 || n.Mine != 0 {
		t.Errorf("counts %+v", n)
	}
	ms, err := s.Store.UnsureMessages(s.ctx(), 10)
	s.must(err)
	if len(ms) != 2 || ms[0].ID != a.ID || ms[1].ID != b.ID {
		t.Errorf("unsure %+v", ms)
	}
}

// receipts keeps and takes events in random order and compares with a list.
func receipts(t *testing.T, open Opener) {
	s := NewShop(t, open)
	type kept struct {
		channel int64
		event   core.Event
	}
	var all []kept
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		channel := rapid.Int64Range(1, 2).Draw(rt, "channel")
		id := rapid.SampledFrom([]string{"", "w1", "w2"}).Draw(rt, "id")
		ref := rapid.SampledFrom([]string{"", "r1", "r2"}).Draw(rt, "ref")
		if rapid.Bool().Draw(rt, "keep") {
			n++
			e := core.Event{Kind: core.EvStatus, ID: id, Ref: ref, Status: core.Delivered, At: Start.Add(time.Duration(n) * time.Second)}
			if rapid.Bool().Draw(rt, "edit") {
				e = core.Event{Kind: core.EvEdit, ID: fmt.Sprint("e", n), Target: id, Ref: ref, Text: "x"}
			}
			all = append(all, kept{channel, e})
			s.Write(func(tx core.Tx) error { return tx.KeepReceipt(channel, e) })
			return
		}
		var want, got []core.Event
		all = slices.DeleteFunc(all, func(k kept) bool {
			hit := k.channel == channel && (id != "" && k.event.About() == id || ref != "" && k.event.Ref == ref)
			if hit {
				want = append(want, k.event)
			}
			return hit
		})
		s.Write(func(tx core.Tx) (err error) {
			got, err = tx.TakeReceipts(channel, id, ref)
			return err
		})
		if !reflect.DeepEqual(got, want) {
			rt.Fatalf("took %+v\nwant %+v", got, want)
		}
	})
	s = NewShop(t, open)
	s.Write(func(tx core.Tx) error { return tx.KeepReceipt(1, core.Event{Kind: core.EvStatus, ID: "old"}) })
	s.Clock = s.Clock.AddDate(0, 0, 31)
	s.Write(func(tx core.Tx) error { return tx.KeepReceipt(1, core.Event{Kind: core.EvStatus, ID: "new"}) })
	s.Write(func(tx core.Tx) error {
		old, err := tx.TakeReceipts(1, "old", "")
		fresh, err2 := tx.TakeReceipts(1, "new", "")
		if len(old) != 0 || len(fresh) != 1 {
			t.Errorf("after a month %d old, %d new", len(old), len(fresh))
		}
		return errors.Join(err, err2)
	})
}

func byID(a, b core.Message) int { return cmp.Compare(a.ID, b.ID) }
