// Package inbox is the work at the counter: who waits and for how long, in
// which order they are served, what may still be written to them, and what
// agents do about it.
//
// The pure part judges time: business hours (hours.go), the SLA clock (sla.go),
// the service window (window.go), closing courtesies (courtesy.go), the order of
// the queue (priority.go) and times in words (when.go). The transitions
// (transitions.go) change a conversation when something happened to it; ingest
// and the Service share them, so that both tell the same story. The Service
// does what an agent asks for, each action in one transaction.
//
// Transitions need the customer's value for the order of the queue: fill
// Conversation.Contact before calling them.
package inbox
