package storagetest

import (
	"fmt"
	"testing"
	"time"

	"bottega/core"
)

// deliveries come back newest first, outbound only, back to a day.
func deliveries(t *testing.T, open Opener) {
	s := NewShop(t, open)
	ana, ugo := s.Person("Ana", "+393331234567"), s.Person("Ugo", "+491711234567")
	s.Receive(ana, "Ciao")
	old := core.Message{ConversationID: ana.ID, ChannelID: ana.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeText, Text: "old"},
		Ref: "old", State: core.Read, At: Start.Add(-40 * 24 * time.Hour)}
	s.Insert(&old)
	for i, state := range []core.State{core.Failed, core.Delivered, core.Sent} {
		c := ana
		if i == 2 {
			c = ugo
		}
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeText, Text: "x"},
			Ref: string(state), State: state, At: Start.Add(time.Duration(i) * time.Minute)}
		if state == core.Delivered {
			m.SentAt, m.DeliveredAt = m.At.Add(time.Second), m.At.Add(3*time.Second)
		}
		s.Insert(&m)
	}
	note := core.Message{ConversationID: ana.ID, ChannelID: ana.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeNote, Text: "n"}, Ref: "n", At: Start}
	s.Insert(&note)

	var got []core.Delivery
	s.must(s.Store.Deliveries(s.ctx(), Start.Add(-time.Hour), func(d core.Delivery) bool { got = append(got, d); return true }))
	if len(got) != 3 {
		t.Fatalf("%d messages: %+v", len(got), got)
	}
	same(t, got[0], core.Delivery{Phone: "+491711234567", Type: core.TypeText, State: core.Sent, At: Start.Add(2 * time.Minute)})
	same(t, got[1], core.Delivery{Phone: "+393331234567", Type: core.TypeText, State: core.Delivered, At: Start.Add(time.Minute),
		SentAt: Start.Add(time.Minute + time.Second), DeliveredAt: Start.Add(time.Minute + 3*time.Second)})
	n := 0
	s.must(s.Store.Deliveries(s.ctx(), Start.Add(-time.Hour), func(core.Delivery) bool { n++; return false }))
	if n != 1 {
		t.Errorf("%d messages after the reader had enough", n)
	}
}

// reached counts the people whom a template got to, each once, whatever the
// number of messages; what failed, waits or was no template counts nobody.
func reached(t *testing.T, open Opener) {
	s := NewShop(t, open)
	people := []core.Conversation{s.Person("Ana", "+393331234567"), s.Person("Ugo", "+491711234567"), s.Person("Ben", "+447911123456"), s.Person("Eva", "+34600123456")}
	put := func(who int, kind core.MessageType, state core.State, ago time.Duration) {
		c := people[who]
		s.Insert(&core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: kind, Text: "x"},
			Ref: fmt.Sprint(who, kind, state, ago), State: state, At: Start.Add(-ago)})
	}
	put(0, core.TypeTemplate, core.Read, time.Hour)
	put(0, core.TypeTemplate, core.Sent, 2*time.Hour)
	put(1, core.TypeTemplate, core.UnsureSent, time.Hour)
	put(2, core.TypeTemplate, core.Failed, time.Hour)
	put(2, core.TypeTemplate, core.Queued, time.Hour)
	put(2, core.TypeText, core.Read, time.Hour)
	put(3, core.TypeTemplate, core.Delivered, 25*time.Hour)
	for _, c := range []struct {
		ago  time.Duration
		want int
	}{{24 * time.Hour, 2}, {25 * time.Hour, 3}, {30 * time.Minute, 0}} {
		if n, err := s.Store.Reached(s.ctx(), Start.Add(-c.ago)); err != nil || n != c.want {
			t.Errorf("within %v: %d people, %v; want %d", c.ago, n, err, c.want)
		}
	}
}

// manyDeliveries are read to the end, each once, also where many were sent in
// the same millisecond and on several channels.
func manyDeliveries(t *testing.T, open Opener) {
	s := NewShop(t, open)
	c := s.Person("Ana", "+393331234567")
	other := s.AddChannel("second")
	const n = 5000
	s.must(s.Store.Write(s.ctx(), func(tx core.Tx) error {
		for i := range n {
			m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeText, Text: "x"},
				Ref: fmt.Sprint("many ", i), State: core.Sent, At: Start.Add(time.Duration(i/1700) * time.Second), SentAt: Start.Add(time.Duration(i) * time.Hour)}
			if i%3 == 0 {
				m.Type, m.ChannelID = core.TypeTemplate, other.ID
			}
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
		}
		return nil
	}))
	seen, last := map[time.Time]bool{}, Start.Add(time.Hour)
	s.must(s.Store.Deliveries(s.ctx(), Start, func(d core.Delivery) bool {
		if d.At.After(last) {
			t.Errorf("%v comes after %v", d.At, last)
		}
		seen[d.SentAt], last = true, d.At
		return true
	}))
	if len(seen) != n {
		t.Errorf("%d of %d were read", len(seen), n)
	}
}
