// Package campaigns is the fourth tab: the list of campaigns, what becomes of
// the chosen one, and a wizard in five steps that makes a new one.
//
// The pane reads through Read and acts through Desk and Office; every read and
// write runs in a command, never in Handle or Lines. Changes are gathered: the
// figures of a running campaign are read again at most four times a second,
// and not at all while nothing happens. Three parts share the keyboard: list,
// card and wizard; esc goes back.
package campaigns
