// Package contacts is the second tab: segments and tags with their counts, the
// list of people with its filter box, and the card of the one under the cursor.
//
// The pane reads through Reader and acts through Work; every read and write
// runs in a command, never in Handle or Lines. What is loaded is small whatever
// the shop's size: a stretch of the list (window.go) and one card. The filter
// box takes the segment language (core/segment): what is right is counted and
// listed while it is typed, what is wrong gets a caret and a sentence.
//
// Four parts share the keyboard: list, side (segments and tags), filter box
// and card; tab goes round, esc goes back.
package contacts
