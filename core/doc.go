// Package core holds bottega's domain: what a shop, a channel, a contact, a
// conversation and a message are, the ports that stores and providers fill,
// and the codes for everything that can go wrong.
//
// It does no I/O, draws nothing, and has no words for people: a code travels
// up and ui/text says it in the reader's language. Time comes in as a
// parameter or through a Now func, never from the wall clock.
package core
