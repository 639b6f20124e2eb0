package storagetest

import (
	"maps"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

// charges are told by when they arrived, with what receipts said, and nothing
// that has not left.
func charges(t *testing.T, open Opener) {
	s := NewShop(t, open)
	ana := s.Person("Ana", "+393331234567")
	asked := s.Receive(ana, "Ciao")
	month := Start.Add(time.Hour)
	out := func(ref string, state core.State, at, delivered time.Time, c core.Content) *core.Message {
		m := &core.Message{ConversationID: ana.ID, ChannelID: ana.ChannelID, Direction: core.Out, Content: c, Ref: ref, State: state, At: at, DeliveredAt: delivered}
		if state != core.Queued {
			m.SentAt = at.Add(time.Second)
		}
		s.Insert(m)
		return m
	}
	plain := core.Content{Type: core.TypeText, Text: "Sì"}
	sale := core.Content{Type: core.TypeTemplate, Text: "Sale", Template: &core.TemplateCall{Name: "sale", Language: "it", Category: "MARKETING"}}
	out("before", core.Delivered, month.Add(-time.Hour), month.Add(-time.Minute), plain)
	late := out("late", core.Delivered, month.Add(-20*24*time.Hour), month.Add(2*time.Minute), sale)
	out("queued", core.Queued, month.Add(3*time.Minute), time.Time{}, plain)
	out("failed", core.Failed, month.Add(4*time.Minute), time.Time{}, sale)
	told := *late
	told.ID, told.Ref, told.At, told.DeliveredAt = 0, "c1:2:3", month.Add(5*time.Minute), month.Add(6*time.Minute)
	yes := true
	told.Pricing, told.Cost = &core.Pricing{Category: "marketing", Billable: &yes}, &core.Money{Amount: "0.07", Currency: "EUR"}
	s.Insert(&told)
	out("note", core.Received, month.Add(7*time.Minute), time.Time{}, core.Content{Type: core.TypeNote, Text: "n"})
	out("after", core.Delivered, month.Add(8*time.Minute), month.Add(2*time.Hour), plain)

	text := out("s1:2", core.Failed, month.Add(9*time.Minute), time.Time{}, core.Content{Type: core.TypeSMS, Text: strings.Repeat("è pronto ", 20)})

	var got []core.Charge
	s.must(s.Store.Charges(s.ctx(), month, month.Add(time.Hour), func(c core.Charge) bool { got = append(got, c); return true }))
	if len(got) != 4 {
		t.Fatalf("%d charges: %+v", len(got), got)
	}
	want := core.Charge{ChannelID: ana.ChannelID, Country: "IT", Template: "sale", Category: "MARKETING"}
	a := want
	a.Ref, a.At, a.Made, a.Delivered, a.LastInAt = "late", late.DeliveredAt, late.At, true, asked.At
	same(t, got[0], a)
	b := want
	b.Ref, b.At, b.Made, b.LastInAt = "failed", month.Add(4*time.Minute+time.Second), month.Add(4*time.Minute), asked.At
	same(t, got[1], b)
	c := want
	c.Ref, c.At, c.Made, c.Delivered, c.Pricing, c.Cost = "c1:2:3", told.DeliveredAt, told.At, true, told.Pricing, told.Cost
	same(t, got[2], c)
	same(t, got[3], core.Charge{ChannelID: ana.ChannelID, Country: "IT", Ref: "s1:2", At: text.SentAt, Made: text.At, Texts: 2, Failed: true})
	n := 0
	s.must(s.Store.Charges(s.ctx(), month, month.Add(time.Hour), func(core.Charge) bool { n++; return false }))
	if n != 1 {
		t.Errorf("%d charges after the reader had enough", n)
	}

	in, err := s.Store.Received(s.ctx(), asked.At, asked.At.Add(time.Second))
	s.must(err)
	if !maps.Equal(in, map[int64]int{ana.ChannelID: 1}) {
		t.Errorf("received %v", in)
	}
	in, err = s.Store.Received(s.ctx(), asked.At.Add(time.Second), asked.At.Add(time.Hour))
	s.must(err)
	if len(in) != 0 {
		t.Errorf("received after the last: %v", in)
	}
}
