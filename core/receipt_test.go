package core

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawReceipt(t *rapid.T) Event {
	at := time.Unix(1_700_000_000, 0).UTC()
	e := Event{Kind: EvStatus, ID: "wamid.1",
		Status: rapid.SampledFrom([]State{Accepted, Sent, Delivered, Read, Failed, "played?"}).Draw(t, "status")}
	e.At = at.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "s")) * time.Second)
	if e.Status == Failed {
		e.Error = &ProviderError{Code: "131026", Class: ClassUndeliverable}
	}
	if rapid.Bool().Draw(t, "priced") {
		e.Pricing = &Pricing{Category: "service"}
	}
	return e
}

// TestReceiveAnyOrder: whatever the order and however often, the same message
// comes out.
func TestReceiveAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := rapid.SliceOfN(rapid.Custom(drawReceipt), 1, 8).Draw(t, "receipts")
		start := rapid.SampledFrom([]State{Queued, Sending, UnsureSent, Accepted}).Draw(t, "start")
		a := Message{Direction: Out, State: start}
		for i := range es {
			a.Receive(&es[i])
		}
		b := Message{Direction: Out, State: start}
		again := append(append([]Event{}, rapid.Permutation(es).Draw(t, "order")...), es...)
		for i := range again {
			b.Receive(&again[i])
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("in order %+v\nshuffled %+v", a, b)
		}
		for i := range es {
			if a.Receive(&es[i]) {
				t.Fatalf("receipt %d changes the message a second time", i)
			}
		}
	})
}

func TestReceive(t *testing.T) {
	failed := &ProviderError{Code: "131047", Class: ClassWindowClosed}
	tests := []struct {
		name string
		in   Message
		ev   Event
		want Message
	}{
		{"unsure learns its id and is settled",
			Message{Direction: Out, State: UnsureSent, Error: &ProviderError{Class: ClassUnknown, Uncertain: true}},
			Event{Kind: EvStatus, ID: "w", Status: Sent}, Message{Direction: Out, State: Sent, ProviderID: "w"}},
		{"a failure keeps its reason", Message{Direction: Out, State: Sent, ProviderID: "w"},
			Event{Kind: EvStatus, ID: "w", Status: Failed, Error: failed},
			Message{Direction: Out, State: Failed, ProviderID: "w", Error: failed}},
		{"no failure after delivery", Message{Direction: Out, State: Delivered, ProviderID: "w"},
			Event{Kind: EvStatus, ID: "w", Status: Failed, Error: failed}, Message{Direction: Out, State: Delivered, ProviderID: "w"}},
		{"delivered after failed", Message{Direction: Out, State: Failed, ProviderID: "w", Error: failed},
			Event{Kind: EvStatus, ID: "w", Status: Delivered}, Message{Direction: Out, State: Delivered, ProviderID: "w"}},
		{"a failure tells more than a lost answer", Message{Direction: Out, State: UnsureSent, ProviderID: "w", Error: &ProviderError{Class: ClassUnknown, Uncertain: true}},
			Event{Kind: EvStatus, ID: "w", Status: Failed, Error: failed},
			Message{Direction: Out, State: Failed, ProviderID: "w", Error: failed}},
		{"a failure tells more than an earlier try", Message{Direction: Out, State: Sending, Error: &ProviderError{Code: "131000", Class: ClassRetry}},
			Event{Kind: EvStatus, ID: "w", Status: Failed, Error: failed},
			Message{Direction: Out, State: Failed, ProviderID: "w", Error: failed}},
		{"a failure without a reason keeps what is known", Message{Direction: Out, State: UnsureSent, ProviderID: "w", Error: failed},
			Event{Kind: EvStatus, ID: "w", Status: Failed},
			Message{Direction: Out, State: Failed, ProviderID: "w", Error: failed}},
		{"a failure without a reason still has a class", Message{Direction: Out, State: Sent, ProviderID: "w"},
			Event{Kind: EvStatus, ID: "w", Status: Failed},
			Message{Direction: Out, State: Failed, ProviderID: "w", Error: &ProviderError{Class: ClassUnknown}}},
		{"inbound messages have no receipts", Message{Direction: In}, Event{Kind: EvStatus, ID: "w", Status: Read}, Message{Direction: In}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Receive(&tt.ev)
			if !reflect.DeepEqual(tt.in, tt.want) {
				t.Errorf("got %+v\nwant %+v", tt.in, tt.want)
			}
		})
	}
}

func TestPhoneForms(t *testing.T) {
	for _, pair := range [][2]Phone{
		{"+5511987654321", "+551187654321"}, {"+5215512345678", "+525512345678"}, {"+5491123456789", "+541123456789"},
	} {
		for i, p := range pair {
			got := p.Forms()
			if len(got) != 2 || got[0] != p || got[1] != pair[1-i] {
				t.Errorf("%s: %v", p, got)
			}
		}
	}
	for _, p := range []Phone{"", "+393331234567", "+551132654321", "+54", "+521"} {
		if got := p.Forms(); len(got) != 1 || got[0] != p {
			t.Errorf("%s: %v", p, got)
		}
	}
}
