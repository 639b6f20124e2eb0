package storagetest

import (
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
	same(t, got[0], core.Delivery{Phone: "+491711234567", State: core.Sent, At: Start.Add(2 * time.Minute)})
	same(t, got[1], core.Delivery{Phone: "+393331234567", State: core.Delivered, At: Start.Add(time.Minute),
		SentAt: Start.Add(time.Minute + time.Second), DeliveredAt: Start.Add(time.Minute + 3*time.Second)})
	n := 0
	s.must(s.Store.Deliveries(s.ctx(), Start.Add(-time.Hour), func(core.Delivery) bool { n++; return false }))
	if n != 1 {
		t.Errorf("%d messages after the reader had enough", n)
	}
}
