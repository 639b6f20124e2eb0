package campaign

import (
	"slices"

	"bottega/core"
)

// State of a campaign, as the contract names them.
type State string

const (
	Draft     State = "draft"     // being made; no audience yet
	Scheduled State = "scheduled" // audience frozen, waits for its time
	Running   State = "running"
	Waiting   State = "waiting" // runs, but nobody may be written to just now; see Campaign.Wait
	Paused    State = "paused"  // by a person or by itself; see Campaign.Pause
	Finished  State = "finished"
	Cancelled State = "cancelled"
)

// States lists all of them in the order of a campaign's life.
var States = []State{Draft, Scheduled, Running, Waiting, Paused, Finished, Cancelled}

// legal are the steps of a campaign. Nothing leaves Cancelled; Finished runs
// again only for people who get another try (Desk.Retry, Desk.Settle).
var legal = map[State][]State{
	Draft:     {Scheduled, Running, Cancelled},
	Scheduled: {Running, Paused, Cancelled},
	Running:   {Waiting, Paused, Finished, Cancelled},
	Waiting:   {Running, Paused, Finished, Cancelled},
	Paused:    {Scheduled, Running, Finished, Cancelled},
	Finished:  {Running},
}

// Can reports whether a campaign in this state may go to another; to itself
// never.
func (s State) Can(to State) bool { return slices.Contains(legal[s], to) }

// Active reports whether the runner works on campaigns in this state.
func (s State) Active() bool { return s == Scheduled || s == Running || s == Waiting }

// To moves the campaign; Conflict when the step is not legal. Leaving Waiting
// or Paused forgets their reason.
func (c *Campaign) To(next State) error {
	if !c.State.Can(next) {
		return core.Fail(core.Conflict, "campaign.To", &StepError{c.State, next})
	}
	if c.State == Waiting {
		c.Wait = Wait{}
	}
	if c.State == Paused {
		c.Pause, c.PauseDetail = "", ""
	}
	c.State = next
	return nil
}

// resting is a Conflict unless the campaign is paused: a draft goes through
// Start, where the rules are asked, and who is finished stays so.
func (c *Campaign) resting() error {
	if c.State == Paused {
		return nil
	}
	return core.Fail(core.Conflict, "campaign.To", &StepError{c.State, Running})
}

// StepError names a step that is not legal.
type StepError struct{ From, To State }

func (e *StepError) Error() string { return "from " + string(e.From) + " to " + string(e.To) }

// RecipientState is where one person of the audience stands. Each is in
// exactly one, so that counts always add up to the audience.
type RecipientState string

const (
	Pending   RecipientState = "pending" // its turn has not come
	Sending   RecipientState = "sending" // handed to the outbox
	Accepted  RecipientState = "accepted"
	Delivered RecipientState = "delivered"
	Read      RecipientState = "read"
	Replied   RecipientState = "replied"   // wrote back within the time that counts
	Converted RecipientState = "converted" // ordered
	Failed    RecipientState = "failed"
	Unsure    RecipientState = "unsure"  // the network left it open
	Skipped   RecipientState = "skipped" // left out at the moment of sending; Recipient.Why says why
)

// RecipientStates lists all of them in the contract's order.
var RecipientStates = []RecipientState{Pending, Sending, Accepted, Delivered, Read, Replied, Converted, Failed, Unsure, Skipped}

// progress orders what receipts report, as core.State does: a failure after
// delivery is none, and a delivery after a failure counts (bsp/meta.md 6.4).
var progress = map[RecipientState]int{
	Pending: 0, Sending: 1, Unsure: 2, Accepted: 3, Failed: 4, Delivered: 5, Read: 6, Replied: 7, Converted: 8,
}

// Merge applies news about a person's message that may come late, twice or out
// of order. Only Follow and receipts come in here; going back to Pending is
// Recipient.Again. A person who was left out stays so.
func (s RecipientState) Merge(news RecipientState) RecipientState {
	if s == Skipped || news == Skipped || progress[news] <= progress[s] {
		return s
	}
	return news
}

// Of is a recipient's state for what became of its message.
func Of(s core.State) RecipientState {
	switch s {
	case core.Queued, core.Sending:
		return Sending
	case core.UnsureSent:
		return Unsure
	case core.Accepted, core.Sent:
		return Accepted
	case core.Delivered:
		return Delivered
	case core.Read:
		return Read
	case core.Failed:
		return Failed
	}
	return Pending
}

// Counts says how many recipients are in each state.
type Counts map[RecipientState]int

// Total is the size of the audience.
func (c Counts) Total() (n int) {
	for _, k := range c {
		n += k
	}
	return n
}

// Open is how many may still be written to or are on their way.
func (c Counts) Open() int { return c[Pending] + c[Sending] }

// All has every state of the contract, also those that nobody is in.
func (c Counts) All() Counts {
	out := make(Counts, len(RecipientStates))
	for _, s := range RecipientStates {
		out[s] = c[s]
	}
	return out
}

// Funnel is how far people came: each step counts all that came at least so far.
type Funnel struct {
	Accepted, Delivered, Read, Replied, Converted int
}

// Funnel sums the counts from the far end: who replied has read.
func (c Counts) Funnel() Funnel {
	var f Funnel
	f.Converted = c[Converted]
	f.Replied = f.Converted + c[Replied]
	f.Read = f.Replied + c[Read]
	f.Delivered = f.Read + c[Delivered]
	f.Accepted = f.Delivered + c[Accepted]
	return f
}

// Shares are the steps as parts of the accepted messages, zero without any.
func (f Funnel) Shares() Averages {
	if f.Accepted == 0 {
		return Averages{}
	}
	all := float64(f.Accepted)
	return Averages{Delivered: float64(f.Delivered) / all, Read: float64(f.Read) / all, Replied: float64(f.Replied) / all, Converted: float64(f.Converted) / all}
}
