// Package zenvia speaks to WhatsApp numbers at Zenvia, API v2 (bsp/zenvia.md).
//
// Zenvia has no idempotency key and no list to look in: a send whose answer is
// lost stays open until a receipt carries our reference back. And what
// customers write comes by callback only, unsigned: a secret header of our own
// and a path that nobody guesses stand in for the signature.
package zenvia
