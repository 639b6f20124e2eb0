package core

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// order is the contract's, with the two ways out where they belong.
var order = []State{Received, Queued, Sending, UnsureSent, Accepted, Sent, Failed, Delivered, Read}

// TestMergeIsTheMaximum walks the whole table: every state against every receipt.
func TestMergeIsTheMaximum(t *testing.T) {
	for i, s := range order {
		for j, r := range order {
			if got, want := s.Merge(r), order[max(i, j)]; got != want {
				t.Errorf("%q with %q is %q, want %q", s, r, got, want)
			}
		}
		for _, word := range []State{"played", "READ", "deleted", " "} {
			if got := s.Merge(word); got != s {
				t.Errorf("%q with the unknown %q is %q", s, word, got)
			}
		}
	}
	if len(rank) != len(order) {
		t.Errorf("%d states have a rank, want %d", len(rank), len(order))
	}
}

// TestMergeKnownTurns names the cases that providers' callbacks really bring.
func TestMergeKnownTurns(t *testing.T) {
	for _, c := range []struct{ state, receipt, want State }{
		{Read, Delivered, Read}, {Accepted, Read, Read}, {Sent, Failed, Failed}, {Failed, Sent, Failed},
		{Failed, Delivered, Delivered}, {Delivered, Failed, Delivered}, {UnsureSent, Sent, Sent}, {UnsureSent, Failed, Failed}, {Sending, Accepted, Accepted},
	} {
		if got := c.state.Merge(c.receipt); got != c.want {
			t.Errorf("%s with %s is %s, want %s", c.state, c.receipt, got, c.want)
		}
	}
}

func drawState(t *rapid.T) State {
	return rapid.OneOf(rapid.SampledFrom(order), rapid.Map(rapid.String(), func(s string) State { return State(s) })).Draw(t, "state")
}

// TestMergeLaws: whatever the order and however often, the same end.
func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.SampledFrom(order).Draw(t, "start")
		receipts := rapid.SliceOfN(rapid.Custom(drawState), 0, 10).Draw(t, "receipts")
		end := start
		for _, r := range receipts {
			next := end.Merge(r)
			if rank[next] < rank[end] {
				t.Fatalf("%q went back to %q on %q", end, next, r)
			}
			if next.Merge(r) != next {
				t.Fatalf("%q twice is not once", r)
			}
			end = next
		}
		again := append(rapid.Permutation(receipts).Draw(t, "shuffled"), receipts...)
		other := start
		for _, r := range again {
			other = other.Merge(r)
		}
		if other != end {
			t.Fatalf("%q in one order, %q in another", end, other)
		}
	})
}

func TestStateQuestions(t *testing.T) {
	for i, s := range order {
		if !s.Known() {
			t.Errorf("%q is not known", s)
		}
		if got, want := s.Settled(), !slices.Contains([]State{Queued, Sending}, s); got != want {
			t.Errorf("%q settled: %v", s, got)
		}
		if got, want := s.Terminal(), i >= slices.Index(order, Accepted); got != want {
			t.Errorf("%q terminal: %v", s, got)
		}
	}
	if State("played").Known() {
		t.Error("played is no state of ours")
	}
}
