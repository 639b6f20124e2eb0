// Package outbox is the one sender: the only caller of Gateway.Send.
//
// Work is rows, never memory. A message is claimed, which puts it in state
// Sending on disk; then the network is touched; then the result is put on
// disk. After a crash between any two of these steps the message is found
// Sending without an owner and becomes unsure, to be settled by its receipt or
// by a person: it is never sent a second time by itself.
//
// Each active channel has a lane. One process at a time works it (the lease
// "outbox:ID"), several messages at once but never two of one conversation,
// replies before campaigns. A lane writes once for each batch: the results of
// what was sent and the claims of what goes next are one transaction.
//
// What becomes of a message that was not taken is decided by the class of the
// provider's answer (outcome.go). No message fails of age: a free-form message
// is judged by the service window at the moment it would leave (S-032), and a
// template waits until the provider is back.
package outbox
