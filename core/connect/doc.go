// Package connect brings a number to the counter: which fields each provider
// needs and how they must look, the steps from a typed key to a message on the
// owner's phone, and the change of a key for a new one. Every step says what it
// found as data; the words for it are the screen's and the commands' own.
package connect
