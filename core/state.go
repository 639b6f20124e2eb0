package core

// State of an outbound message. On disk before the network is touched.
//
//	queued → sending → accepted → sent → delivered → read, or failed, or unsure
type State string

const (
	Received   State = ""        // inbound messages and notes have no state
	Queued     State = "queued"  // waits for its turn
	Sending    State = "sending" // claimed; the request may be on its way
	UnsureSent State = "unsure"  // the network left it open whether it arrived
	Accepted   State = "accepted"
	Sent       State = "sent"
	Failed     State = "failed"
	Delivered  State = "delivered"
	Read       State = "read"
)

// rank orders states for Merge. Failed stands between sent and delivered: a
// failure after "sent" is normal, one after "delivered" is not (bsp/meta.md 6.4).
var rank = map[State]int{
	Received: 0, Queued: 1, Sending: 2, UnsureSent: 3, Accepted: 4,
	Sent: 5, Failed: 6, Delivered: 7, Read: 8,
}

// Known reports whether s is a state of the contract.
func (s State) Known() bool { _, ok := rank[s]; return ok }

// Merge applies a receipt that may come late, twice or out of order. It is
// the maximum of a total order, so any order and any duplicates give the same
// end. An unknown word changes nothing.
func (s State) Merge(receipt State) State {
	if !receipt.Known() || rank[receipt] <= rank[s] {
		return s
	}
	return receipt
}

// Settled reports whether no further attempt to send can follow by itself.
func (s State) Settled() bool { return s != Queued && s != Sending }

// Terminal reports whether the provider has the message or refused it for good.
func (s State) Terminal() bool { return rank[s] >= rank[Accepted] }
