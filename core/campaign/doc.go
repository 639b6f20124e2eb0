// Package campaign sends one template to many people: lawful, throttled, and
// never twice.
//
// Its order of work: Decide says for one contact whether a campaign may write
// to it and with which template; Plan does so for all, predicts cost, pace and
// time, and finds what the rules forbid. Desk carries out what people order:
// Start fixes the audience, one row a person. Runner moves rows into the
// outbox, a few at a time as Throttle allows, and asks consent and caps again
// in the transaction that does so. What became of a message moves its row on
// (Follow); an opt-out takes back what has not left (Withdraw).
//
// That nobody gets it twice rests on three things: the row is unique by
// person, row and message change in one transaction, and a message is repeated
// by itself only when the provider never took it. The network is core/outbox's.
package campaign
