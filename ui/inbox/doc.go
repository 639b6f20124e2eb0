// Package inbox is the first tab: the list of conversations, the chat, the
// composer and the contact card.
//
// The pane reads through the ports of core and acts through Work; every read
// and write runs in a command, never in Handle or Lines. What is loaded is
// small whatever the shop's size: a window of the list (window.go), a stretch
// of one chat (thread.go). Everything drawn is drawn once per revision
// (row.go, bubble.go) and kept.
//
// The chat column always shows the conversation under the list's cursor. The
// three parts share the keyboard: list, chat (a cursor on messages) and
// composer; tab goes round, esc goes back.
package inbox
